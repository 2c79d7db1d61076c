//! `scripts/fleet`: a worker that is killed in the middle of a shard costs time and nothing else.
#![cfg(feature = "upstream")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assay_differential::campaign::run::{Amount, Settings, Shard, Watcher, run};
use assay_differential::report::Report;
use assay_differential::report::merge::read;
use assay_generate::{Profile, Schedule};
use faulty::Lenient;

/// The arguments of the process that does a shard.
const ARGUMENTS: &str = "ASSAY_TEST_SHARD_ARGUMENTS";

/// The directory where the first shard that is in the middle of its cases says so.
const MIDDLE: &str = "ASSAY_TEST_MIDDLE";

const CASES: u64 = 2_560;
const SHARDS: u64 = 4;
/// How long anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Keeps the first of all shards in the middle of its cases, until it is killed.
struct Hold {
    directory: PathBuf,
    shard: String,
}

impl Watcher for Hold {
    fn progress(&mut self, cases: u64, of: Option<u64>) {
        let middle = 0 < cases && Some(cases) < of;
        if !middle || std::fs::File::create_new(self.directory.join("claimed")).is_err() {
            return;
        }
        let held = self.directory.join("held");
        let said = format!("{} {}", std::os::unix::process::parent_id(), self.shard);
        std::fs::write(held.with_extension("new"), said).expect("written");
        std::fs::rename(held.with_extension("new"), held).expect("renamed");
        std::thread::sleep(PATIENCE);
    }
}

/// The process that does the shard which is held, and the shard.
fn held(directory: &Path) -> (String, String) {
    let begun = Instant::now();
    loop {
        if let Ok(said) = std::fs::read_to_string(directory.join("held")) {
            let (worker, shard) = said.split_once(' ').expect("a process and a shard");
            return (worker.to_owned(), shard.to_owned());
        }
        assert!(begun.elapsed() < PATIENCE, "no shard came to the middle of its cases");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn campaign(shard: Shard, directory: &Path, watcher: &mut dyn Watcher) {
    let settings = Settings {
        seed: 11,
        schedule: Schedule::One(Profile::Language),
        amount: Amount::Cases(CASES),
        jobs: 1,
        shard,
        corpus: None,
        findings: directory.join("findings"),
        coverage: false,
    };
    let report =
        run(&settings, &support::recipe(), &Lenient, watcher).unwrap_or_else(|error| panic!("{error}"));
    report.write(directory).expect("written");
}

/// `run`, with a fault planted, for the program that the fleet is given.
#[test]
#[ignore = "started by the test below"]
fn a_shard() {
    let arguments = std::env::var(ARGUMENTS).expect("arguments");
    let words: Vec<&str> = arguments.split(' ').collect();
    let value = |name: &str| {
        let position = words.iter().position(|word| *word == name).expect("the argument");
        words[position + 1]
    };
    let directory = std::env::var_os(MIDDLE).expect("a directory").into();
    let mut hold = Hold { directory, shard: value("--shard").to_owned() };
    campaign(value("--shard").parse().expect("a shard"), Path::new(value("--report")), &mut hold);
}

/// A program that takes what the harness takes, and has the fault in it.
fn program(directory: &Path) -> PathBuf {
    let path = directory.join("program");
    let here = std::env::current_exe().expect("this program");
    let (here, harness) = (here.display(), support::PROGRAM);
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = run ]; then\n  {ARGUMENTS}=\"$*\" exec '{here}' a_shard --exact --ignored\nfi\nexec '{harness}' \"$@\"\n"
    );
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    path
}

fn comparable(report: Report) -> serde_json::Value {
    let findings = report.findings.into_iter();
    let findings: Vec<_> =
        findings.map(|found| (found.signature, found.index, found.case, found.trace, found.count)).collect();
    let counts = (report.all.cases, report.all.outcomes, report.all.features, report.poisoned);
    serde_json::json!([report.digest, counts, report.divergences, findings, report.missing])
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_killed_worker_loses_nothing_and_the_merged_report_is_that_of_one_process() {
    let directory = tempfile::tempdir().expect("a directory");
    let whole = directory.path().join("whole");
    campaign(Shard::WHOLE, &whole, &mut ());

    let out = directory.path().join("out");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut fleet = Command::new("python3")
        .arg(root.join("scripts/fleet"))
        .args(["--workers", "2", "--shards", &SHARDS.to_string(), "--out"])
        .arg(&out)
        .arg("--program")
        .arg(program(directory.path()))
        .env(MIDDLE, directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stderr = fleet.stderr.take().expect("a pipe");
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut text).map(|_| text).unwrap_or_default()
    });
    let middle = directory.path().to_owned();
    let killer = std::thread::spawn(move || {
        let (worker, shard) = held(&middle);
        let killed = Command::new("kill").args(["-9", &worker]).status().expect("kill runs");
        assert!(killed.success(), "the worker had ended by itself");
        format!("shard {shard}")
    });
    let mut begun: Vec<String> = Vec::new();
    for line in BufReader::new(fleet.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
        begun.extend(line.split_once(": begun by process ").map(|(shard, _)| shard.to_owned()));
    }
    let status = fleet.wait().expect("reaped");
    let errors = errors.join().unwrap_or_default();
    assert_eq!(status.code(), Some(1), "{errors}");
    let victim = killer.join().expect("a worker was killed");
    let again = begun.iter().filter(|shard| **shard == victim).count();
    assert!(again >= 2, "the shard of the killed worker was not begun again: {begun:?}");

    let merged = read(&out.join("merged")).expect("a report");
    let expected = read(&whole).expect("a report");
    assert!(!expected.findings.is_empty(), "the fault was not found");
    assert_eq!(comparable(merged), comparable(expected));
    let abandoned =
        std::fs::read_dir(&out).expect("listed").map(|entry| entry.expect("an entry").file_name());
    let abandoned: Vec<_> = abandoned.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(abandoned.is_empty(), "{abandoned:?}");
}
