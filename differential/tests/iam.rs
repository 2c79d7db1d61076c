//! The campaign on the IAM half: it agrees with the engine, and finds every planted fault.

#[path = "../case/tests/support/readings.rs"]
mod readings;

use assay_differential::iam::{Settings, judges, run};
use assay_engine::iam::{AsDocumented, Reading};
use readings::*;
use rstest::rstest;

/// A seed of which every fault is found early. Any other does too, later or sooner.
const SEED: u64 = 6;

fn settings(cases: u64) -> Settings {
    Settings { seed: SEED, cases: Some(cases), time: None, jobs: 2, findings: None, first: false, laws: true }
}

#[test]
fn nothing_diverges_and_operators_and_elements_reach_their_floors() {
    let outcome = run::<AsDocumented>(&settings(12_800), &judges()).expect("a run");
    assert_eq!(outcome.diverging, 0, "{}", outcome.text());
    let coverage = outcome.coverage();
    let rare: Vec<&str> =
        assay_generate::iam::ELEMENTS.into_iter().filter(|element| coverage.share(element) < 0.01).collect();
    assert!(rare.is_empty(), "{rare:?}: {}", outcome.text());
    assert!(coverage.operators.len() > 145, "{}", outcome.text());
    #[cfg(feature = "iam-oracles")]
    for engine in ["cedar-policy 4.14", "iam-rs 0.8"] {
        assert!(outcome.judged_by(engine) * 2 >= outcome.cases(), "{engine}");
    }
}

#[rstest]
#[case(DenyDoesNotPrevail)]
#[case(AllowIsAskedAtTheAccountOnly)]
#[case(IfExistsFailsOnAMissingKey)]
#[case(TheAccountOfAUrnIsIgnored)]
#[case(AStarCountsAtTheEndOnly)]
#[cfg(feature = "iam-oracles")]
fn a_planted_fault_is_found_and_shrunk_to_a_case_that_replays<R: Reading>(#[case] _fault: R) {
    use assay_case::iam::{agrees, answer, answer_as, write_document};

    // Without the laws, which find some of the faults sooner.
    let settings = Settings { jobs: 1, first: true, laws: false, ..settings(6_400) };
    let outcome = run::<R>(&settings, &judges()).expect("a run");
    let found = outcome.divergences.iter().find(|found| found.world.source.oracle.is_some());
    let found = found.unwrap_or_else(|| panic!("not found: {}", outcome.text()));
    let expect = found.world.cases[0].expect.as_ref().expect("the oracle's answer");
    assert!(!agrees(expect, &answer_as::<R>(&found.world)[0]));
    assert!(agrees(expect, &answer(&found.world)[0]), "{}", write_document(&found.world));
    let text = write_document(&found.world);
    let again = assay_case::read_entries_text("found.yaml", &text).expect("a case file");
    assert_eq!(again.len(), 1, "{text}");
    assert!(text.len() < 700, "{text}");
}

/// Without another engine the laws find what contradicts itself; what is consistently another language they cannot.
#[rstest]
#[case(DenyDoesNotPrevail, true)]
#[case(AllowIsAskedAtTheAccountOnly, true)]
#[case(TheAccountOfAUrnIsIgnored, false)]
fn laws_alone_find_what_contradicts_itself<R: Reading>(#[case] _fault: R, #[case] found: bool) {
    let laws = &judges()[..1];
    let outcome = run::<R>(&Settings { first: true, ..settings(3_200) }, laws).expect("a run");
    assert_eq!(outcome.diverging > 0, found, "{}", outcome.text());
}

#[test]
fn a_run_of_the_profile_says_who_judged() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_assay-differential"))
        .args(["run", "--profile", "iam", "--cases", "640"])
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("cases of kind iam, engine against documents: 0 disagree"), "{printed}");
    assert!(printed.contains("judged by the laws"), "{printed}");
    assert_eq!(printed.contains("judged by cedar-policy"), cfg!(feature = "iam-oracles"), "{printed}");
    assert_eq!(printed.contains("--features iam-oracles"), cfg!(not(feature = "iam-oracles")), "{printed}");
}
