//! Which requests are too deep for some Pythons only.

use std::path::Path;

use assay_case::{Ask, Request, RuleSource, World, depth_depends_on_python, read_file};
use assay_engine::oslo::python::Value;
use rstest::rstest;

fn asked(rule: &str, creds: Value) -> Request {
    Request { ask: Ask::Rule(rule.to_owned()), creds, target: Value::dict::<&str>([]) }
}

fn nobody() -> Value {
    Value::dict::<&str>([])
}

fn in_lists(count: usize) -> Value {
    (0..count).fold(Value::None, |inner, _| Value::list([inner]))
}

fn chain(count: usize, link: &str, end: &str) -> World {
    let links = (0..count).map(|n| (format!("r{n}"), link.replace("NEXT", &format!("r{}", n + 1))));
    World::of_rules(links.chain([(format!("r{count}"), end.to_owned())]))
}

/// Levels in all. The steady outcomes of such chains, measured with oslo.policy 6.0.1 under recursion limits
/// of 1000 and 1200: up to 326 levels CPython 3.11.7, 3.12.1 and 3.13.0 all decide; from 394 on 3.11 raises, from
/// 497 on 3.12, from 593 on 3.13.
#[rstest]
#[case::all_decide(300, false)]
#[case::the_first_may_raise(340, true)]
#[case::one_raises(410, true)]
#[case::two_raise(550, true)]
#[case::all_raise(700, false)]
#[case::all_raise_by_far(20_000, false)]
fn chains(#[case] levels: usize, #[case] depends: bool) {
    for (link, each) in [("rule:NEXT", 1), ("not rule:NEXT", 2), ("not (rule:NEXT and @)", 3)] {
        let world = chain(levels / each, link, "@");
        assert_eq!(depth_depends_on_python(&world, &asked("r0", nobody())), depends, "{link}");
    }
    let text = "not ".repeat(levels) + "@";
    let world = World::of_rules([("r", text.as_str())]);
    assert_eq!(depth_depends_on_python(&world, &asked("r", nobody())), depends);
    let anonymous = Request { ask: Ask::Check(text), ..asked("", nobody()) };
    assert_eq!(depth_depends_on_python(&World::of_rules::<&str, Value>([]), &anonymous), depends);
}

/// Only what the asked rule reaches counts.
#[rstest]
#[case("r0", true)]
#[case("r200", false)]
#[case("beside", false)]
#[case("nowhere", false)]
fn other_rules_have_no_say(#[case] rule: &str, #[case] depends: bool) {
    let mut world = chain(450, "rule:NEXT", "@");
    if let RuleSource::Rules(rules) = &mut world.source {
        rules.push(("beside".to_owned(), "role:a".into()));
    }
    assert_eq!(depth_depends_on_python(&world, &asked(rule, nobody())), depends);
}

#[test]
fn the_default_rule_answers_for_unknown_names() {
    let mut world = chain(450, "rule:NEXT", "@");
    world.default_rule = Some("r0".to_owned());
    assert!(depth_depends_on_python(&world, &asked("nowhere", nobody())));
}

#[test]
fn the_rules_of_a_policy_file_count() {
    let text = format!("r: '{}@'\n", "not ".repeat(450));
    let world = World { source: RuleSource::Text(text.into_bytes()), default_rule: None };
    assert!(depth_depends_on_python(&world, &asked("r", nobody())));
}

/// What may be walked, may be walked: whether `role:a` goes on is not looked at.
#[test]
fn a_walk_that_may_stop_anywhere_depends_on_where() {
    let text = "(role:a and ".repeat(900) + "@" + &")".repeat(900);
    let world = World::of_rules([("r", text)]);
    assert!(depth_depends_on_python(&world, &asked("r", nobody())));
}

/// What is never walked does not count, and what is walked in any case is not in doubt.
#[rstest]
#[case::never_walked_in_an_and("! and rule:r0", 450, false)]
#[case::never_walked_in_an_or("@ or rule:r0", 450, false)]
#[case::walked_in_an_and("@ and rule:r0", 450, true)]
#[case::walked_far_in_an_and("@ and rule:r0", 700, false)]
#[case::walked_far_in_an_or("! or not rule:r0 or @", 700, false)]
#[case::walked_far_or_not_at_all("role:a or rule:r0", 700, true)]
fn constants(#[case] text: &str, #[case] levels: usize, #[case] depends: bool) {
    let request = Request { ask: Ask::Check(text.to_owned()), ..asked("", nobody()) };
    assert_eq!(depth_depends_on_python(&chain(levels, "rule:NEXT", "@"), &request), depends);
}

/// Under a reference cycle. Up to six frames for a check all end in a TypeError; with paths of 8 steps 3.13 ends
/// in a RecursionError where 3.11 and 3.12 have no steady end; measured as above.
#[rstest]
#[case::alone("rule:r", 0, false)]
#[case::behind_a_role("role:a or rule:r", 0, false)]
#[case::behind_a_short_path("a.b.c.d:x or not rule:r", 0, false)]
#[case::behind_a_long_path("a.b.c.d.e.f.g.h:x or rule:r", 0, true)]
#[case::behind_a_value("a:x or rule:r", 3, false)]
#[case::behind_a_deep_value("a:x or rule:r", 9, true)]
#[case::behind_a_nested_literal("a[[[(1,)]]]:x or rule:r", 0, true)]
#[case::behind_a_remote_check("http://h or rule:r", 0, true)]
#[case::beside_a_long_path_without_a_cycle("a.b.c.d.e.f.g.h:x", 9, false)]
fn cycles(#[case] text: &str, #[case] lists: usize, #[case] depends: bool) {
    let world = World::of_rules([("r", text)]);
    let request = asked("r", Value::dict([("a", in_lists(lists))]));
    assert_eq!(depth_depends_on_python(&world, &request), depends);
}

/// A path behind references: of 300 and 200 steps 3.11 raises, 3.12 and 3.13 decide. Measured as above.
#[rstest]
#[case::short(300, 20, false)]
#[case::long(300, 300, true)]
#[case::long_alone(0, 300, false)]
fn paths(#[case] references: usize, #[case] steps: usize, #[case] depends: bool) {
    let world = chain(references, "rule:NEXT", &format!("{}:x", vec!["a"; steps].join(".")));
    assert_eq!(depth_depends_on_python(&world, &asked("r0", nobody())), depends);
}

/// A kind of 3700 names: a RecursionError on 3.11.7 and 3.12.1, a path on 3.13.0.
#[test]
fn a_kind_of_thousands_of_names_depends() {
    let world = World::of_rules([("r", format!("{}:x", vec!["a"; 3700].join(".")))]);
    assert!(depth_depends_on_python(&world, &asked("r", nobody())));
}

/// The recorded cases come out the same on all Pythons, so none of them may be taken out of the comparison.
#[test]
fn recorded_cases_do_not_depend() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/language/depth.yaml");
    let documents = read_file(&file).unwrap();
    assert!(documents[0].cases.len() > 25);
    for case in &documents[0].cases {
        assert!(!depth_depends_on_python(&documents[0].world, &case.request), "{:?}", case.name);
    }
}

/// Rules that are doubled at every level are looked at once each.
#[test]
fn doubled_references_are_no_work() {
    let world = chain(200, "rule:NEXT or rule:NEXT", "@");
    assert!(depth_depends_on_python(&world, &asked("r0", nobody())));
}
