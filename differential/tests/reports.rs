//! Reports: their JSON fits the committed schema, their page and their XML take any text, and several make one.

use std::path::Path;
use std::process::Command;

use assay_case::{Phase, Signature};
use assay_differential::report::merge::{MergeError, merge, read};
use assay_differential::report::{
    Amount, Cell, CellState, Corpora, Disagreement, Finding, Job, Kind, Mutant, Part, Report, Shard,
    TraceStep, Verdict, Versions,
};
use assay_generate::Profile;
use rstest::rstest;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_assay-differential");

fn validate(report: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(report)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn written(directory: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(directory.join("report.json")).expect("a report")).expect("JSON")
}

fn versions(pinned: bool) -> Versions {
    Versions {
        assay: "0.1.0".to_owned(),
        oslo_policy: Some(if pinned { "6.0.1" } else { "4.5.0" }.to_owned()),
        pinned,
        python: Some("3.11.7".to_owned()),
        pyyaml: Some("6.0.3".to_owned()),
    }
}

fn part(index: u64, of: u64, pinned: bool) -> Part {
    Part {
        seed: 7,
        profile: "language".to_owned(),
        amount: Amount::Cases(128),
        shard: Shard { index, of },
        jobs: 1,
        versions: versions(pinned),
        worlds: 1,
        cases: 64,
        seconds: 1.0,
        digest: serde_json::from_value(format!("{index:064x}").into()).expect("a digest"),
    }
}

fn shard(index: u64, of: u64, findings: Vec<Finding>) -> Report {
    let mut report = Report::new(Kind::Run, versions(true), "engine", Corpora::default());
    report.parts = vec![part(index, of, true)];
    report.divergences = findings.iter().map(|finding| finding.count).sum();
    report.findings = findings;
    report
}

fn finding(index: u64, text: &str) -> Finding {
    Finding {
        signature: Signature { phase: Phase::Outcome, expected: "allow".to_owned(), got: text.to_owned() },
        profile: Profile::Language,
        index,
        file: format!("findings/{index}.yaml").into(),
        case: format!("rules: {{a: {text}}}\n"),
        trace: vec![TraceStep {
            depth: 0,
            asked: text.to_owned(),
            upstream: "allow".to_owned(),
            subject: "deny".to_owned(),
        }],
        replay: format!("cargo differential replay findings/{index}.yaml"),
        python: text.to_owned(),
        count: 2,
    }
}

/// Everything that a report may hold, with one text wherever a text may stand.
fn full(text: &str) -> Report {
    let mut report = shard(0, 1, vec![finding(3, text)]);
    report.title = Some(text.to_owned());
    report.missing = vec![text.to_owned()];
    report.corpora.files.insert(text.into(), 1);
    report.corpora.disagreements.push(Disagreement {
        file: text.into(),
        case: text.to_owned(),
        recorded: Some(text.to_owned()),
        upstream: None,
        subject: text.to_owned(),
    });
    report.all.unsupported.insert(text.to_owned(), 1);
    report.all.outcomes.insert(format!("raise {text}"), 1);
    report.profiles.insert(Profile::Language, report.all.clone());
    report.matrix.push(Cell {
        oslo_policy: "4.5.0".to_owned(),
        pinned: false,
        python: "3.13.0".to_owned(),
        state: CellState::Absent,
        reason: Some(text.to_owned()),
        cases: 0,
        changes: vec![finding(4, text)],
    });
    report.jobs.push(Job {
        name: text.to_owned(),
        command: text.to_owned(),
        exit: Some(1),
        seconds: 2.5,
        note: text.to_owned(),
    });
    report.mutants = Some(vec![Mutant {
        name: text.to_owned(),
        found: true,
        cases: Some(640),
        recorded: None,
        profiles: vec![text.to_owned()],
    }]);
    report
}

#[test]
fn a_report_with_everything_fits_the_schema_and_reads_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = full("a text");
    report.write(directory.path()).expect("written");
    validate(&written(directory.path()));
    assert_eq!(read(directory.path()).expect("a report"), report);
}

#[rstest]
#[case::script("<script>alert(1)</script>")]
#[case::attribute("\"><img src=x onerror=alert(1)>")]
#[case::quote("' onmouseover='alert(1)")]
#[case::cdata("]]><script>alert(1)</script>")]
#[case::entity("&lt;script&gt;&amp;")]
#[case::control("\u{0}\u{1}\u{1b}[31m\u{fffe}")]
#[case::backwards("\u{202e}txet\u{2066}")]
#[case::style("</style></pre><h1>AGREED</h1>")]
fn no_text_of_a_case_becomes_markup(#[case] text: &str) {
    let page = full(text).page().expect("a page");
    let harmless = full("harmless").page().expect("a page");
    // As many tags and attributes as with a text that has none.
    for markup in ["<script", "<img", "<h1", "</style", "onerror=alert(1)>", "'alert"] {
        let count = |page: &str| page.matches(markup).count();
        assert_eq!(count(&page), count(&harmless), "{markup}");
    }
    assert!(!page.contains(text) || !text.contains(['<', '&', '\'', '"']), "unescaped");

    let is_unseen = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2066}');
    assert!(!page.contains(is_unseen), "a character that turns the others round, or that nobody sees");

    let xml = full(text).junit().expect("XML");
    let suites = quick_junit::Report::deserialize_from_str(&xml).expect("well-formed XML");
    assert_eq!((suites.tests, suites.failures), (5, 4), "{xml}");
}

#[test]
fn the_page_asks_nothing_of_a_network() {
    let page = full("a text").page().expect("a page");
    assert!(page.contains("default-src 'none'"));
    for outside in ["http://", "https://", "src=", "@import", "url(", "<link", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn of_each_signature_the_first_world_of_all_shards_is_kept_and_counts_add_up() {
    let later = finding(5, "deny");
    let (first, other) = (finding(2, "deny"), finding(8, "raise KeyError"));
    let reports = vec![shard(1, 2, vec![later, other.clone()]), shard(0, 2, vec![first.clone()])];
    let merged = merge(reports).expect("one report");
    assert_eq!(merged.findings, [Finding { count: 4, ..first }, other]);
    assert_eq!((merged.divergences, merged.verdict()), (6, Verdict::Diverged));
    assert_eq!(merged.digest.to_string(), format!("{:064x}", 1));
}

#[test]
fn a_shard_that_is_missing_is_named_and_nothing_is_agreed() {
    let merged = merge(vec![shard(0, 3, vec![]), shard(2, 3, vec![])]).expect("one report");
    assert_eq!(merged.missing, ["seed 7, profile language: shard 1/3"]);
    assert_eq!(merged.verdict(), Verdict::Incomplete);
}

/// A shard of a run that is not whole has nothing missing by itself.
#[test]
fn a_merged_report_that_lacks_a_shard_can_be_made_whole() {
    let most = merge(vec![shard(0, 3, vec![]), shard(2, 3, vec![])]).expect("one report");
    let all = merge(vec![most, shard(1, 3, vec![])]).expect("one report");
    assert_eq!((all.missing.as_slice(), all.verdict()), (&[] as &[String], Verdict::Agreed));
}

#[test]
fn a_shard_that_is_there_twice_is_refused() {
    let twice = merge(vec![shard(0, 2, vec![]), shard(1, 2, vec![]), shard(0, 2, vec![])]);
    assert!(matches!(twice, Err(MergeError::Twice { index: 0, of: 2, .. })), "{twice:?}");
}

#[test]
fn reports_of_different_subjects_are_refused() {
    let mut other = shard(1, 2, vec![]);
    other.subject = "another".to_owned();
    assert!(matches!(merge(vec![shard(0, 2, vec![]), other]), Err(MergeError::Subjects(..))));
}

#[test]
fn what_another_version_does_is_a_change_and_no_divergence() {
    let mut other = shard(0, 1, vec![finding(2, "deny")]);
    other.parts = vec![part(0, 1, false)];
    let merged = merge(vec![shard(0, 1, vec![]), other]).expect("one report");
    assert_eq!(merged.verdict(), Verdict::Agreed);
    let states: Vec<_> = merged
        .matrix
        .iter()
        .map(|cell| (cell.oslo_policy.as_str(), cell.state, cell.changes.len()))
        .collect();
    assert_eq!(states, [("4.5.0", CellState::Changed, 1), ("6.0.1", CellState::Same, 0)]);
}

#[test]
fn a_report_of_another_schema_is_named_as_such() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("report.json"), "{\"schema\": 99}").expect("written");
    let error = read(directory.path()).expect_err("not read").to_string();
    assert!(error.ends_with("report.json: schema 99, and this program reads 1"), "{error}");
}

#[test]
fn a_replay_writes_the_report_of_its_files() {
    let directory = tempfile::tempdir().expect("a directory");
    let cases = directory.path().join("cases.yaml");
    let text = "source: {document: a.txt}\nrules: {get: 'role:reader'}\ncases:\n\
                - {name: right, rule: get, creds: {roles: [reader]}, target: {}, expect: allow}\n\
                - {name: <wrong>, rule: get, creds: {}, target: {}, expect: allow}\n";
    std::fs::write(&cases, text).expect("written");
    let report = directory.path().join("report");
    let status = Command::new(PROGRAM)
        .args(["replay", "--oracle", "recorded", "--report"])
        .args([&report, &cases])
        .output()
        .expect("the program runs")
        .status;
    assert_eq!(status.code(), Some(1));
    let json = written(&report);
    validate(&json);
    assert_eq!((&json["kind"], &json["agreed"]), (&"replay".into(), &false.into()));
    assert_eq!(json["corpora"]["files"][cases.display().to_string()], 2);
    assert_eq!(json["corpora"]["disagreements"][0]["case"], "<wrong>");
    let page = std::fs::read_to_string(report.join("report.html")).expect("a page");
    assert!(page.contains("<h1>DIVERGED</h1>") && page.contains("&#60;wrong&#62;"), "{page}");
    let xml = std::fs::read_to_string(report.join("junit.xml")).expect("XML");
    assert_eq!(quick_junit::Report::deserialize_from_str(&xml).expect("well-formed XML").failures, 1);
}

#[test]
fn what_was_done_beside_the_campaigns_is_part_of_the_verdict() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    shard(0, 1, vec![]).write(&at("run")).expect("written");
    std::fs::write(
        at("mutants.json"),
        r#"{"faults": [{"name": "a-fault", "cases": [640, null, 128, 512, null], "by": ["language"], "recorded": 7}, {"name": "b-fault", "cases": [null], "by": [], "recorded": 9}]}"#,
    )
    .expect("written");
    let merged = |beside: &str| {
        std::fs::write(at("beside.json"), beside).expect("written");
        let output = Command::new(PROGRAM)
            .arg("merge")
            .arg(at("run"))
            .arg("--report")
            .arg(at("all"))
            .arg("--beside")
            .arg(at("beside.json"))
            .arg("--mutants")
            .arg(at("mutants.json"))
            .output()
            .expect("the program runs");
        let json = written(&at("all"));
        validate(&json);
        let expected = serde_json::json!([
            {"name": "a-fault", "found": true, "cases": 640, "recorded": 7, "profiles": ["language"]},
            {"name": "b-fault", "found": true, "cases": null, "recorded": 9, "profiles": []},
        ]);
        assert_eq!(json["mutants"], expected);
        output.status.code()
    };
    let absent = |pinned: bool| {
        format!(
            r#"{{"absent": [{{"oslo_policy": "3.12.1", "pinned": {pinned}, "python": "3.13.0", "reason": "no"}}]}}"#
        )
    };
    let job = |exit: &str| {
        format!(
            r#"{{"jobs": [{{"name": "fuzz", "command": "f", "exit": {exit}, "seconds": 1, "note": ""}}]}}"#
        )
    };
    assert_eq!(merged("{}"), Some(0));
    assert_eq!(merged(&absent(false)), Some(0));
    assert_eq!(merged(&absent(true)), Some(2));
    assert_eq!(merged(&job("null")), Some(0));
    assert_eq!(merged(&job("1")), Some(1));
}

#[cfg(feature = "upstream")]
#[path = "support/faulty.rs"]
mod faulty;
#[cfg(feature = "upstream")]
mod support;

#[cfg(feature = "upstream")]
mod campaigns {
    use assay_differential::campaign::run::{Settings, run};
    use assay_generate::Schedule;

    use super::faulty::Lenient;
    use super::*;

    fn diverging(findings: &Path, shard: Shard) -> Report {
        let settings = Settings {
            seed: 5,
            schedule: Schedule::One(Profile::Language),
            amount: Amount::Cases(640),
            jobs: 1,
            shard,
            corpus: None,
            findings: findings.to_owned(),
            coverage: false,
        };
        run(&settings, &support::recipe(), &Lenient, &mut ()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What does not hang on time, on places or on how the work was divided.
    fn essence(directory: &Path) -> Value {
        let mut report = written(directory);
        let members = report.as_object_mut().expect("an object");
        for member in
            ["kind", "parts", "matrix", "campaign_seconds", "seconds", "rate", "upstream_share", "versions"]
        {
            members.remove(member);
        }
        fn strip(value: &mut Value) {
            match value {
                Value::Object(members) => {
                    for member in ["upstream_ns", "total_ns", "file", "replay", "python"] {
                        members.remove(member);
                    }
                    members.values_mut().for_each(strip);
                }
                Value::Array(items) => items.iter_mut().for_each(strip),
                _ => {}
            }
        }
        strip(&mut report);
        report
    }

    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[test]
    fn merged_shards_are_the_report_of_one_process() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: String| directory.path().join(name);
        let whole = at("whole".to_owned());
        diverging(&whole.join("findings"), Shard::WHOLE).write(&whole).expect("written");
        validate(&written(&whole));
        let expected = essence(&whole);
        assert!(
            expected["findings"].as_array().is_some_and(|findings| !findings.is_empty()),
            "nothing found"
        );
        for of in [3] {
            let parts: Vec<_> = (0..of).map(|index| at(format!("part-{index}-of-{of}"))).collect();
            for (index, part) in (0..).zip(&parts) {
                diverging(&part.join("findings"), Shard { index, of }).write(part).expect("written");
            }
            let merged = at(format!("merged-{of}"));
            let output =
                Command::new(PROGRAM).arg("merge").args(&parts).arg("--report").arg(&merged).output();
            assert_eq!(output.expect("the program runs").status.code(), Some(1));
            assert_eq!(essence(&merged), expected, "{of} shards");
            validate(&written(&merged));
            let mut laid: Vec<_> = std::fs::read_dir(merged.join("findings"))
                .expect("listed")
                .map(|entry| entry.expect("one").file_name())
                .collect();
            laid.sort();
            let mut saved: Vec<_> = std::fs::read_dir(whole.join("findings"))
                .expect("listed")
                .map(|entry| entry.expect("one").file_name())
                .collect();
            saved.sort();
            assert_eq!(laid, saved, "{of} shards");
        }
    }

    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[test]
    fn a_finding_tells_which_part_of_its_case_both_sides_see_otherwise() {
        let directory = tempfile::tempdir().expect("a directory");
        let report = diverging(directory.path(), Shard::WHOLE);
        let traced = report.findings.iter().filter(|finding| !finding.trace.is_empty());
        let mut count = 0;
        for finding in traced.filter(|finding| finding.signature.phase == Phase::Outcome) {
            let Signature { expected, got, .. } = &finding.signature;
            assert_eq!(
                (&finding.trace[0].upstream, &finding.trace[0].subject),
                (expected, got),
                "{}",
                finding.case
            );
            count += 1;
        }
        assert!(count > 0, "no finding has a trace");
    }
}
