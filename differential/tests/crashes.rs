//! A campaign that is killed at any moment has lost nothing of what it announced.
#![cfg(feature = "upstream")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use assay_case::{Document, Subject, agrees, read_file};
use assay_differential::campaign::run::{Amount, Settings, Shard, Watcher, run};
use assay_differential::report::Finding;
use assay_generate::{Profile, Schedule};
use faulty::Lenient;
use rstest::rstest;

/// Where the process that is to be killed leaves its findings.
const DIRECTORY: &str = "ASSAY_TEST_CRASH_DIRECTORY";

/// Announces findings on stdout, each in one write.
struct Announce;

impl Watcher for Announce {
    fn finding(&mut self, finding: &Finding) {
        let line = format!("\nfound {}\n", finding.file.display());
        std::io::stdout().write_all(line.as_bytes()).expect("a pipe");
        std::io::stdout().flush().expect("a pipe");
    }
}

/// What the tests below start as a process of its own and kill.
#[test]
#[ignore = "endless; started by the tests of this file"]
fn an_endless_campaign() {
    let directory = PathBuf::from(std::env::var_os(DIRECTORY).expect("a directory"));
    // Each signature is announced once in a run, so short runs follow each other.
    for seed in 0.. {
        let settings = Settings {
            seed,
            schedule: Schedule::One(Profile::Language),
            amount: Amount::Cases(640),
            jobs: 2,
            shard: Shard::WHOLE,
            corpus: None,
            findings: directory.clone(),
            coverage: false,
        };
        run(&settings, &support::recipe(), &Lenient, &mut Announce).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Runs the campaign until so many findings are announced and then for `longer`, kills it, and tells what it had
/// announced by then.
fn killed(directory: &Path, announced: u64, longer: Duration) -> Vec<PathBuf> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["an_endless_campaign", "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let output = child.stdout.take().expect("a pipe");
    let (tell, told) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        // A line that is cut off by the kill announces nothing.
        let whole = BufReader::new(output).split(b'\n').map_while(Result::ok);
        let lines = whole.map(|line| String::from_utf8_lossy(&line).into_owned());
        let found = lines.filter_map(|line| Some(PathBuf::from(line.strip_prefix("found ")?)));
        found.inspect(|_| tell.send(()).unwrap_or_default()).collect::<Vec<_>>()
    });
    for _ in 0..announced {
        told.recv().expect("a finding");
    }
    std::thread::sleep(longer);
    child.kill().expect("killed");
    child.wait().expect("reaped");
    reader.join().expect("read")
}

/// Everything that stands in the directory, whole: a file that was being written has another name, and no reader of
/// case files takes it for one.
fn saved(directory: &Path) -> Vec<Document> {
    let entries = std::fs::read_dir(directory).expect("listed").map(|entry| entry.expect("an entry").path());
    let (cases, others): (Vec<_>, Vec<_>) =
        entries.partition(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    for other in others {
        let name = other.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with(".case-"), "{name}");
    }
    let read = |path: &PathBuf| read_file(path).unwrap_or_else(|error| panic!("{error}"));
    cases.iter().flat_map(read).collect()
}

/// It shows the fault, and upstream still says what it records.
fn replays(document: &Document) {
    let world = Lenient.load(&document.world);
    let differs = document.cases.iter().any(|case| {
        let expected = case.expect.as_ref().expect("an expectation");
        !agrees(expected, &world.decide(&case.request))
    });
    let Document { file, .. } = document;
    assert!(differs || only_the_rules_differ(document), "{} shows nothing", file.display());
}

/// A finding about the rules alone is recorded with a request that both sides decide alike.
fn only_the_rules_differ(document: &Document) -> bool {
    document.about.as_ref().is_some_and(|about| !about.contains("campaign: outcome"))
}

#[rstest]
#[case::a_few(6)]
#[ignore = "minutes; the whole proof"]
#[case::fifty(50)]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn findings_outlive_kills_at_random_moments(#[case] kills: u64) {
    // Any moment will do, and a failure says which it was.
    let mut state = std::process::id().into();
    let mut announced = 0;
    for kill in 0..kills {
        let directory = tempfile::tempdir().expect("a directory");
        // Also before anything is announced, and while the next one is saved, made small, and saved again.
        let (wanted, longer) = (next(&mut state) % 4, Duration::from_millis(next(&mut state) % 1_500));
        let findings = killed(directory.path(), wanted, longer);
        let documents = saved(directory.path());
        for file in &findings {
            let there = documents.iter().any(|document| document.file == *file);
            assert!(
                there,
                "kill {kill}, {longer:?} after {wanted}: {} was announced and is gone",
                file.display()
            );
        }
        documents.iter().for_each(replays);
        if !documents.is_empty() {
            let replay =
                Command::new(support::PROGRAM).arg("replay").arg(directory.path()).output().expect("run");
            assert!(replay.status.success(), "kill {kill}, {longer:?} after {wanted}: {replay:?}");
        }
        announced += findings.len();
    }
    println!("{kills} kills, {announced} announced findings, none lost");
    assert!(announced > 0, "nothing was announced before any kill");
}

/// Numbers that nobody chose (xorshift).
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
