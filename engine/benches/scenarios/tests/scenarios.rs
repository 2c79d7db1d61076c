//! What is measured is what its name says.

use std::collections::HashSet;

use assay_scenarios::{Bench, Shape, cinder, glance, nova_size, policy_file};
use rstest::rstest;

#[rstest]
#[case::glance(glance(), 63)]
#[case::cinder(cinder(), 137)]
#[case::nova_size(nova_size(), 360)]
#[case::ten(Shape::Wide(10).bench(), 10)]
#[case::thousand(Shape::Wide(1_000).bench(), 1_000)]
#[case::chain(Shape::Chain(10).bench(), 11)]
#[case::doubled(Shape::Doubled(18).bench(), 19)]
#[case::length(Shape::Length(100).bench(), 1)]
fn a_policy_has_so_many_rules_and_those_that_are_asked_for(#[case] bench: Bench, #[case] rules: usize) {
    let names: HashSet<_> = bench.policy.rules.iter().map(|(name, _)| name).collect();
    assert_eq!((bench.policy.rules.len(), names.len()), (rules, rules));
    for scenario in &bench.scenarios {
        assert!(names.contains(&scenario.rule), "{}", scenario.rule);
        assert!(scenario.requests.iter().any(|request| request.timed), "{}", scenario.name);
    }
}

/// Else one of two would be counted under the other's name.
#[test]
fn scenarios_and_timed_requests_have_names_of_their_own() {
    let benches = [glance(), cinder(), nova_size(), Shape::Wide(10).bench(), Shape::Wide(100).bench()];
    let mut names = HashSet::new();
    for scenario in benches.iter().flat_map(|bench| &bench.scenarios) {
        for request in scenario.requests.iter().filter(|request| request.timed) {
            assert!(names.insert((scenario.name.clone(), request.name.clone())));
        }
    }
}

#[test]
fn the_rule_in_the_middle_is_of_one_kind_whatever_the_number() {
    let asked = |count: usize| {
        let Bench { policy, scenarios } = Shape::Wide(count).bench();
        policy.rules.into_iter().find(|(name, _)| *name == scenarios[0].rule).map(|(_, text)| text)
    };
    let texts = [10, 100, 1_000, 10_000].map(asked);
    assert!(texts.iter().all(|text| *text == texts[0] && text.is_some()));
}

#[test]
fn a_policy_file_has_a_rule_on_each_line() {
    let file = policy_file(&Shape::Chain(1).bench().policy);
    assert_eq!(file, "\"level_0\": \"rule:level_1\"\n\"level_1\": \"role:reader\"\n");
}
