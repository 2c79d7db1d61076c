//! The campaign finds what is wrong, says so once, small and replayable, and does the same work
//! however it is divided.
#![cfg(feature = "upstream")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use assay_case::{
    Answer, Ask, EngineSubject, LoadedWorld, Outcome, Phase, Request, Subject, World, read_file,
};
use assay_differential::campaign::finding::investigate;
use assay_differential::campaign::run::{Amount, Settings, Shard, run};
use assay_differential::compare::compare;
use assay_differential::oracle::upstream::Upstream;
use assay_differential::report::{FileCoverage, Finding, Report};
use assay_engine::oslo::python::Value;
use assay_generate::shrink::Found;
use assay_generate::{Profile, Schedule};
use faulty::*;
use rstest::rstest;

fn settings(findings: &Path, cases: u64) -> Settings {
    Settings {
        seed: 3,
        schedule: Schedule::One(Profile::Language),
        amount: Amount::Cases(cases),
        jobs: 2,
        shard: Shard::WHOLE,
        corpus: None,
        findings: findings.to_owned(),
        coverage: false,
    }
}

#[rstest]
#[case::blank_rules(blank_rules_allow, nothing)]
#[case::default_rule(the_default_rule_is_ignored, nothing)]
#[case::roles(nothing, roles_are_compared_with_their_case)]
#[case::none(nothing, none_is_written_null)]
#[case::lists(nothing, only_the_first_of_a_list_is_looked_at)]
#[case::creds(nothing, a_mapping_of_creds_is_not_needed)]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn a_planted_fault_is_found_shrunk_and_saved(
    #[case] world: fn(&mut World),
    #[case] request: fn(&mut Request),
) {
    let recipe = support::recipe();
    let directory = tempfile::tempdir().expect("a directory");
    let report = run(&settings(directory.path(), 6_400), &recipe, &Faulty { world, request }, &mut ())
        .unwrap_or_else(|error| panic!("{error}"));

    assert!(!report.agreed);
    assert!(!report.findings.is_empty(), "the fault was not found");
    let files = std::fs::read_dir(directory.path()).expect("listed").count();
    assert!(files <= report.findings.len(), "{files} files for {} findings", report.findings.len());
    for finding in &report.findings {
        is_small(finding);
        replays(finding);
        upstream_shows_the_same(finding);
    }
}

/// A find that begins as a case that somebody keeps, and becomes a smaller one.
#[test]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn a_kept_case_outlives_a_find_that_begins_as_it() {
    let subject = Faulty { world: nothing, request: none_is_written_null };
    let request = Request {
        ask: Ask::Rule("a".to_owned()),
        creds: Value::dict([("user_id", Value::None), ("roles", Value::list(["x".into()]))]),
        target: Value::dict([("owner", Value::None), ("b", "c".into())]),
    };
    let world = World::of_rules([("a", "user_id:None and (@ or role:x)"), ("b", "role:x")]);
    let mut upstream = Upstream::start(support::recipe()).expect("upstream");
    let directory = tempfile::tempdir().expect("a directory");
    let mut found = |known| {
        let requests = [request.clone()];
        let reply = upstream.decide(&world, &requests).expect("decided");
        let compared = compare(&subject, &world, &requests, reply.shapes.as_deref(), &reply.outcomes);
        let signature = compared.divergences.first().expect("a divergence").signature.clone();
        let found = Found { world: world.clone(), request: Some(request.clone()) };
        let place = (Profile::Language, 0);
        investigate(signature, found, place, known, &subject, &mut upstream, directory.path()).expect("saved")
    };
    let kept = found(1000).file;
    let text = std::fs::read_to_string(&kept).expect("a case file") + "# kept\n";
    std::fs::write(&kept, &text).expect("written");
    let small = found(0).file;
    assert_ne!(small, kept);
    assert_eq!(std::fs::read_to_string(&kept).expect("it is still there"), text);
    std::fs::remove_file(&kept).expect("removed");
    assert_eq!(found(0).file, small);
    assert!(!kept.exists(), "what nobody keeps goes when it has become smaller");
}

fn is_small(finding: &Finding) {
    let documents = read_file(&finding.file).expect("a case file");
    let [document] = documents.as_slice() else { panic!("one document") };
    assert!(document.world.rules().len() <= 2 && finding.case.len() < 700, "{}", finding.case);
    assert_eq!(document.cases.len(), 1);
}

/// The line that a person is given, run as it stands but for the way to the program.
fn replays(finding: &Finding) {
    let arguments = finding.replay.strip_prefix("cargo differential ").expect("a command of this project");
    let output = shell(&format!("{} {arguments}", support::PROGRAM));
    // The engine itself has no such fault.
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(printed, "1 cases, engine against upstream: 0 disagree\n");
}

fn upstream_shows_the_same(finding: &Finding) {
    if finding.signature.phase != Phase::Outcome {
        // It prints the rules as upstream reads them, and there is nothing recorded to compare that with.
        assert!(shell(&finding.python).status.success(), "{}", finding.python);
        return;
    }
    let documents = read_file(&finding.file).expect("a case file");
    let expected = documents[0].cases[0].expect.as_ref().expect("an expectation");
    let output = shell(&finding.python);
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match expected {
        Outcome::Allow => assert_eq!(printed, "True\n", "{}", finding.python),
        Outcome::Deny => assert_eq!(printed, "False\n", "{}", finding.python),
        Outcome::Raise(class) | Outcome::Load(class) => {
            let last = errors.lines().last().unwrap_or_default();
            assert!(last.split('.').any(|word| word.starts_with(class.as_str())), "{errors}");
        }
        Outcome::Poisoned(reason) => panic!("a finding is {reason}"),
    }
}

fn shell(line: &str) -> std::process::Output {
    Command::new("sh").arg("-c").arg(line).output().expect("a shell")
}

/// A subject that reads rules otherwise, and decides alike.
struct Misread;

struct MisreadWorld(Box<dyn LoadedWorld>);

impl Subject for Misread {
    fn name(&self) -> &'static str {
        "misread"
    }

    fn load(&self, world: &World) -> Box<dyn LoadedWorld> {
        Box::new(MisreadWorld(EngineSubject.load(world)))
    }
}

impl LoadedWorld for MisreadWorld {
    fn shapes(&self) -> Option<Vec<assay_case::RuleShape>> {
        let mut shapes = self.0.shapes()?;
        for shape in &mut shapes {
            for step in &mut shape.tree {
                if let assay_case::TreeStep::And(count) = *step {
                    *step = assay_case::TreeStep::Or(count);
                }
            }
        }
        Some(shapes)
    }

    fn decide(&self, request: &Request) -> Answer {
        self.0.decide(request)
    }
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn rules_that_are_read_otherwise_are_found_though_every_decision_agrees() {
    let recipe = support::recipe();
    let directory = tempfile::tempdir().expect("a directory");
    let report = run(&settings(directory.path(), 640), &recipe, &Misread, &mut ())
        .unwrap_or_else(|error| panic!("{error}"));
    let first = report.findings.first().expect("a finding");
    assert!(first.signature.to_string().starts_with("tree: upstream and of "), "{}", first.signature);
    let documents = read_file(&first.file).expect("a case file");
    assert_eq!(documents[0].world.rules().len(), 1);
    replays(first);
    assert!(shell(&first.python).status.success());
}

fn report(settings: &Settings) -> Report {
    run(settings, &support::recipe(), &EngineSubject, &mut ()).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn jobs_and_shards_do_not_change_what_is_done() {
    let directory = tempfile::tempdir().expect("a directory");
    let all = Settings { schedule: Schedule::All, jobs: 1, ..settings(directory.path(), 1_300) };
    let whole = report(&all);
    assert_eq!(whole.all.cases, 1_300);
    assert!(whole.agreed);
    for jobs in [2, 3] {
        let again = report(&Settings { jobs, ..all.clone() });
        assert_eq!(again.digest, whole.digest, "{jobs} jobs");
    }
    let parts: Vec<Report> = (0..3)
        .map(|index| report(&Settings { shard: Shard { index, of: 3 }, jobs: 2, ..all.clone() }))
        .collect();
    let digest = parts
        .iter()
        .fold(Default::default(), |sum: assay_differential::campaign::statistics::Digest, part| {
            sum.plus(part.digest)
        });
    assert_eq!(digest, whole.digest);
    assert_eq!(parts.iter().map(|part| part.all.cases).sum::<u64>(), 1_300);
    let other = report(&Settings { seed: 4, ..all });
    assert_ne!(other.digest, whole.digest);
}

/// Both sides of a remote check ask a server of the harness's own, which has another port in every process.
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn another_process_comes_to_the_same_digest() {
    let one = || {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(support::PROGRAM);
        command.args([
            "run",
            "--profile",
            "enforcer",
            "--seed",
            "4",
            "--cases",
            "640",
            "--no-corpus",
            "--report",
        ]);
        let output = command.arg(directory.path()).current_dir(directory.path()).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        let text = std::fs::read_to_string(directory.path().join("report.json")).expect("a report");
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let (first, second) = (one(), one());
    assert!(first["all"]["features"]["remote check"].as_u64() > Some(0), "{first}");
    assert_eq!(first["digest"], second["digest"]);
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_run_with_a_time_limit_is_the_beginning_of_a_longer_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let timed = Settings { amount: Amount::Time(Duration::from_secs(2)), ..settings(directory.path(), 0) };
    let timed = report(&timed);
    let counted = report(&settings(directory.path(), timed.all.cases));
    assert!(timed.all.cases > 0);
    assert_eq!(counted.digest, timed.digest);
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn the_report_is_written_whole_with_what_a_machine_wants() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = report(&settings(directory.path(), 640));
    report.write(directory.path()).expect("written");
    let text = std::fs::read(directory.path().join("report.json")).expect("a report");
    let json: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(json["agreed"], true);
    assert_eq!(json["all"]["cases"], 640);
    assert_eq!(json["poisoned"]["too-slow"], 0);
    assert_eq!(json["versions"]["oslo_policy"], "6.0.1");
    assert_eq!(json["digest"], report.digest.to_string());
    let mut names: Vec<_> = std::fs::read_dir(directory.path())
        .expect("listed")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["junit.xml", "report.html", "report.json"]);
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn the_end_of_a_run_reads_well() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = report(&settings(directory.path(), 640));
    // What depends on the machine, or on the moment.
    let filters = [
        (r"in \d+\.\d s, \d+ cases/s", "in [seconds], [rate]"),
        (r"\d+\.\d % of worker CPU time", "[share] of worker CPU time"),
        (r"Python 3\.\d+\.\d+", "Python [version]"),
    ];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(report.text()) });
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn the_cases_take_nearly_all_branches_of_upstreams_parser_and_checks() {
    let coverage = coverage_of(Schedule::All, 10_000);
    let language = ["_parser.py", "_checks.py"].map(|name| part(&coverage, name));
    for file in language {
        assert!(file.branch_share() >= 0.9, "{file:?}");
    }
    let sum = |of: fn(&FileCoverage) -> u64| language.into_iter().map(of).sum::<u64>();
    let (taken, all) = (sum(|file| file.branches.0), sum(|file| file.branches.1));
    assert!(taken * 100 >= all * 95, "{taken} of {all} branches: {coverage:?}");
}

/// What is not taken needs a race, an argument that no type here allows, or another kind of creds.
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn whole_enforcers_take_most_branches_of_upstreams_enforcement() {
    let coverage = coverage_of(Schedule::One(Profile::Enforcer), 6_400);
    let enforcement = part(&coverage, "policy.py (enforcement)");
    assert!(enforcement.branch_share() >= 0.88, "{enforcement:?}");
}

fn coverage_of(schedule: Schedule, cases: u64) -> Vec<FileCoverage> {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = Settings { coverage: true, schedule, ..settings(directory.path(), cases) };
    report(&settings).coverage.expect("a measurement")
}

fn part<'c>(coverage: &'c [FileCoverage], name: &str) -> &'c FileCoverage {
    coverage.iter().find(|file| file.file == name).expect("the file")
}
