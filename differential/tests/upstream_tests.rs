//! Upstream's own unit tests against our engine: how results are judged, the list of tests that are not applicable,
//! and the command.
#![cfg(feature = "upstream")]

use std::collections::BTreeMap;
use std::process::Command;

use assay_differential::upstream_tests::runs::{Ended, Ending, Results};
use assay_differential::upstream_tests::verdict::{NotApplicable, Standing, Verdict, judge};
use assay_differential::upstream_tests::{NOT_APPLICABLE, Subject};
use rstest::rstest;
use serde_json::Value;

/// May be lowered, never raised.
const LISTED: usize = 40;

const TEST: &str = "oslo_policy.tests.test_checks.Case.test_a";

/// One test, with how it ends against upstream, our engine, and each broken one.
fn verdict(endings: [Ending; 5], list: &str) -> Verdict {
    let subjects = [Subject::Upstream, Subject::Engine].into_iter().chain(Subject::SABOTAGED);
    let results = subjects.zip(endings).map(|(subject, ending)| {
        let ended = Ended { ending, why: "AssertionError".to_owned() };
        (subject, Results { tests: BTreeMap::from([(TEST.to_owned(), ended)]), seconds: 0.0 })
    });
    judge(&results.collect(), &NotApplicable::read(list))
}

use Ending::{Failed, Passed, Skipped};

#[rstest]
#[case::it_fails_with_a_broken_engine([Passed, Passed, Passed, Failed, Passed], Standing::Ours)]
#[case::it_passes_whatever_is_broken([Passed, Passed, Passed, Passed, Passed], Standing::Unproved)]
#[case::it_fails_with_ours([Passed, Failed, Failed, Failed, Failed], Standing::Failing)]
#[case::it_is_skipped_with_ours([Passed, Skipped, Failed, Failed, Failed], Standing::Failing)]
#[case::it_fails_with_upstream([Failed, Passed, Failed, Failed, Failed], Standing::FailsUpstream)]
fn a_test_is_ours_if_it_passes_and_a_broken_engine_fails_it(
    #[case] endings: [Ending; 5],
    #[case] standing: Standing,
) {
    assert_eq!(verdict(endings, "").tests[0].standing, standing);
}

const UNPROVED: [Ending; 5] = [Passed, Passed, Passed, Passed, Passed];
const OURS: [Ending; 5] = [Passed, Passed, Failed, Passed, Passed];

#[rstest]
#[case::sound(UNPROVED, "# why\ntest_checks.Case.test_a: a reason", &[])]
#[case::ours(OURS, "test_checks.Case.test_a: a reason", &["test_checks.Case.test_a is listed, and is ours: take it off the list"])]
#[case::unknown(OURS, "test_checks.Case.test_b: a reason",
    &["test_checks.Case.test_b is listed, and there is no such test in test_checks, test_parser, test_policy"])]
#[case::twice(UNPROVED, "test_checks.Case.test_a: one\ntest_checks.Case.test_a: two", &["test_checks.Case.test_a is listed twice"])]
#[case::no_reason(OURS, "test_checks.Case.test_b:", &["no reason: test_checks.Case.test_b:"])]
fn the_list_is_held_against_what_the_tests_did(
    #[case] endings: [Ending; 5],
    #[case] list: &str,
    #[case] problems: &[&str],
) {
    assert_eq!(verdict(endings, list).problems, problems);
}

#[test]
fn what_is_listed_does_not_lower_the_share_and_what_is_unproved_does() {
    assert!((verdict(UNPROVED, "").share - 0.0).abs() < f64::EPSILON);
    assert!((verdict(OURS, "").share - 100.0).abs() < f64::EPSILON);
    let listed = verdict(UNPROVED, "test_checks.Case.test_a: a reason");
    assert_eq!((listed.files[0].not_applicable, listed.files[0].unproved), (1, 0));
}

#[test]
fn the_list_only_shrinks() {
    assert!(NotApplicable::read(NOT_APPLICABLE).len() <= LISTED, "nothing may be added");
}

/// The whole thing: five interpreters, 330 tests each.
#[test]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn ninety_five_percent_of_upstreams_applicable_tests_are_ours() {
    let program = env!("CARGO_BIN_EXE_assay-differential");
    let output = Command::new(program)
        .args(["upstream-tests", "--format", "json"])
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    let verdict: Value = serde_json::from_str(&printed).expect("JSON");
    assert!(verdict["share"].as_f64().expect("a number") >= 95.0);
    assert_eq!(verdict["problems"], serde_json::json!([]));
    // Counted in the installed package.
    let counted = |file: &str| {
        let files = verdict["files"].as_array().expect("files");
        files.iter().find(|tally| tally["file"] == file).map(|tally| tally["tests"].clone())
    };
    for (file, tests) in [("test_checks", 56), ("test_parser", 63), ("test_policy", 139)] {
        assert_eq!(counted(file), Some(tests.into()), "{file}");
    }
    let failing = |test: &&Value| test["standing"] == "failing";
    let failing: Vec<_> = verdict["tests"].as_array().expect("tests").iter().filter(failing).collect();
    assert!(failing.is_empty(), "{failing:?}");
}
