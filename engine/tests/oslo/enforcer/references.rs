//! `check_rules`: what it finds, and what it does not look at.

use assay_engine::oslo::enforcer::References;
use assay_engine::oslo::{ExceptionClass, Rules};
use rstest::rstest;

use crate::enforcer::world::World;

/// Rules, those with undefined references, those from which a cycle can be reached.
#[rstest]
#[case::sound(&[("a", "rule:b or role:x"), ("b", "@")], &[], &[])]
#[case::undefined(&[("a", "rule:b")], &["a"], &[])]
#[case::undefined_within(&[("a", "role:x and (role:y or rule:b)")], &["a"], &[])]
#[case::undefined_two_steps_away_is_the_other_s(&[("a", "rule:b"), ("b", "rule:c")], &["b"], &[])]
#[case::undefined_under_not_is_not_seen(&[("a", "not rule:b")], &[], &[])]
#[case::undefined_under_and_not_is_not_seen(&[("a", "role:x and not rule:b")], &[], &[])]
#[case::the_default_rule_defines_nothing(&[("a", "rule:b"), ("default", "@")], &["a"], &[])]
#[case::itself(&[("a", "rule:a")], &[], &["a"])]
#[case::each_other(&[("a", "rule:b"), ("b", "rule:a")], &[], &["a", "b"])]
#[case::into_a_cycle(&[("a", "role:x or rule:b"), ("b", "rule:c"), ("c", "rule:b")], &[], &["a", "b", "c"])]
#[case::a_cycle_through_not_is_not_seen(&[("a", "not rule:a")], &[], &[])]
#[case::half_a_cycle_through_not(&[("a", "rule:b"), ("b", "not rule:a")], &[], &[])]
#[case::twice_is_no_cycle(&[("a", "rule:b and rule:b"), ("b", "rule:c"), ("c", "@")], &[], &[])]
#[case::a_diamond_is_no_cycle(
    &[("a", "rule:b or rule:c"), ("b", "rule:d"), ("c", "rule:d"), ("d", "@")], &[], &[],
)]
#[case::both(&[("a", "rule:a or rule:x")], &["a"], &["a"])]
fn bad_references_are_found(
    #[case] rules: &[(&str, &str)],
    #[case] undefined: &[&str],
    #[case] cyclic: &[&str],
) {
    let enforcer = World::new().enforcer();
    enforcer.set_rules(Rules::from_texts(rules.iter().copied()), true, false);
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = enforcer.check_rules();
    assert_eq!(found, References { undefined: names(undefined), cyclic: names(cyclic) });
    let sound = undefined.is_empty() && cyclic.is_empty();
    assert_eq!(found.is_sound(), sound);
    let required = if sound { Ok(()) } else { Err(ExceptionClass::InvalidDefinitionError.into()) };
    assert_eq!(found.require(), required);
}

/// Upstream goes every way through such rules, 2⁵⁰ of them.
#[test]
fn many_ways_take_no_time() {
    let rules = (0..50).map(|n| (format!("r{n}"), format!("rule:r{m} or rule:r{m}", m = n + 1)));
    let enforcer = World::new().enforcer();
    enforcer.set_rules(Rules::from_texts(rules), true, false);
    let found = enforcer.check_rules();
    assert_eq!((found.undefined, found.cyclic), (vec!["r49".to_owned()], vec![]));
}

#[test]
fn a_chain_of_any_length_overflows_nothing() {
    let rules = (0..100_000).map(|n| (format!("r{n}"), format!("rule:r{}", (n + 1) % 100_000)));
    let enforcer = World::new().enforcer();
    enforcer.set_rules(Rules::from_texts(rules), true, false);
    assert_eq!(enforcer.check_rules().cyclic.len(), 100_000);
}
