//! Strict mode, which upstream does not have.

use std::sync::{Arc, Mutex};

use assay_engine::oslo::enforcer::{Enforcer, Failure, Refusal, Trap, TrapKind, Warning};
use assay_engine::oslo::{Call, Checks, Unknown};
use rstest::rstest;

use crate::enforcer::world::{World, ask, class, register};

fn strict(world: &World) -> Enforcer {
    let mut checks = Checks::new();
    checks.register("field", Unknown);
    checks.register("1own", |_: &Call<'_>| Ok(true.into()));
    Enforcer::builder(world.options()).checks(checks).strict(true).build()
}

fn traps(enforcer: &Enforcer) -> Vec<Trap> {
    match enforcer.load_rules(false) {
        Ok(()) => Vec::new(),
        Err(Failure::Refused(Refusal::Traps(traps))) => traps,
        Err(other) => panic!("{other}"),
    }
}

/// A file, the place and kind of its trap.
#[rstest]
#[case::an_unquoted_exclamation_mark("a: role:x\nb: !", "2:4", TrapKind::AllowsEverybody)]
#[case::nothing("b:", "1:3", TrapKind::AllowsEverybody)]
#[case::null("b: null", "1:4", TrapKind::AllowsEverybody)]
#[case::no("b: no", "1:4", TrapKind::AllowsEverybody)]
#[case::zero("b: 0", "1:4", TrapKind::AllowsEverybody)]
#[case::an_empty_mapping("b: {}", "1:4", TrapKind::AllowsEverybody)]
#[case::no_colon("b: admin", "1:4", TrapKind::Unparsable("admin".to_owned()))]
#[case::no_operator("b: role:a role:b", "1:4", TrapKind::Unparsable("role:b".to_owned()))]
#[case::undefined_under_not("b: not rule:x", "1:4", TrapKind::UndefinedUnderNot("x".to_owned()))]
#[case::undefined_far_under_not(
    "b: role:a and not (role:c or rule:d)\nd: rule:e\ne: rule:x", "1:4",
    TrapKind::UndefinedUnderNot("x".to_owned()),
)]
#[case::a_default_rule_does_not_help(
    "default: '!'\nb: not rule:x", "2:4", TrapKind::UndefinedUnderNot("x".to_owned())
)]
#[case::a_cycle("b: rule:b", "1:4", TrapKind::Cycle("b".to_owned()))]
#[case::a_cycle_under_not("b: not rule:b", "1:4", TrapKind::Cycle("b".to_owned()))]
#[case::a_kind("b: '1abc:x'", "1:4", TrapKind::Kind("1abc".to_owned()))]
#[case::an_empty_kind("b: ':x'", "1:4", TrapKind::Kind(String::new()))]
#[case::an_unfinished_format("b: role:100%", "1:4", TrapKind::Format("100%".to_owned()))]
#[case::an_unknown_format("b: a:%(x)y", "1:4", TrapKind::Format("%(x)y".to_owned()))]
#[case::a_number_of_a_text("b: a:%(x)d", "1:4", TrapKind::Format("%(x)d".to_owned()))]
#[case::a_number_of_the_whole("b: a:%d", "1:4", TrapKind::Format("%d".to_owned()))]
#[case::in_an_address("b: http://h/%(x)y", "1:4", TrapKind::Format("//h/%(x)y".to_owned()))]
#[case::in_a_list("b: [['role:x', '1abc:x']]", "1:4", TrapKind::Kind("1abc".to_owned()))]
fn a_trap_is_refused(#[case] text: &str, #[case] at: &str, #[case] kind: TrapKind) {
    let world = World::with(&[("policy.yaml", text)]);
    let found = traps(&strict(&world));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule.as_str(), &found[0].kind), ("b", &kind));
    let place = found[0].place.as_ref().expect("a place");
    assert_eq!(place.to_string(), format!("{}:{at}", world.path.join("policy.yaml").display()));
}

#[rstest]
#[case("a: ''")]
#[case("a: '@'")]
#[case("a: '!'")]
#[case("a: []")]
#[case("a: rule:x")]
#[case("a: rule:x\ndefault: '!'")]
#[case("a: not rule:b\nb: role:x")]
#[case("a: \"'literal':%(x)s and True:%(y)s and user.id:%(a(b))s\"")]
#[case("a: field:x:y=%d and 1own:%")]
#[case("a: http://h/%(x)s")]
#[case("")]
fn what_means_what_it_says_is_taken(#[case] text: &str) {
    let world = World::with(&[("policy.yaml", text)]);
    assert_eq!(traps(&strict(&world)), []);
}

#[test]
fn a_name_that_is_no_text_is_a_trap() {
    let world = World::with(&[("policy.yaml", "a: role:x\nyes: role:y")]);
    let found = traps(&strict(&world));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, TrapKind::Name);
    assert_eq!(found[0].place.as_ref().expect("a place").at.to_string(), "2:1");
}

#[test]
fn the_place_is_that_of_the_last_file() {
    let world = World::with(&[("policy.yaml", "a: role:x"), ("policy.d/1", "b: '@'\na: not rule:x")]);
    let found = traps(&strict(&world));
    let place = found[0].place.as_ref().expect("a place");
    assert_eq!(place.to_string(), format!("{}:2:4", world.path.join("policy.d/1").display()));
}

#[test]
fn a_registered_default_has_no_place() {
    let world = World::with(&[("policy.yaml", "a: role:x")]);
    let enforcer = strict(&world);
    register(&enforcer, "b", "not rule:gone");
    let found = traps(&enforcer);
    assert_eq!((found.len(), &found[0].place, found[0].rule.as_str()), (1, &None, "b"));
}

#[test]
fn the_last_good_policy_goes_on() {
    let mut world = World::with(&[("policy.yaml", "a: '@'"), ("policy.d/1", "b: '@'")]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let enforcer = Enforcer::builder(world.options())
        .strict(true)
        .on_warning(move |warning| heard.lock().expect("no panic").push(warning.clone()))
        .build();
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["allow", "allow"]);
    for text in ["a: [", "a: yes", "a: !", "a: admin", "- a"] {
        world.write("policy.yaml", text);
        world.write("policy.d/1", "b: '!'");
        assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["allow", "allow"], "{text}");
        let told = std::mem::take(&mut *told.lock().expect("no panic"));
        assert!(matches!(told[..], [Warning::Refused(_)]), "{text}: {told:?}");
        let refused = enforcer.load_rules(false).expect_err("still refused");
        assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    }
    world.write("policy.yaml", "a: '!'");
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["deny", "deny"]);
}

#[test]
fn without_a_good_policy_nothing_is_decided() {
    let mut world = World::with(&[("policy.yaml", "a: !")]);
    let enforcer = strict(&world);
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "a", &[])], ["refused", "refused"]);
    world.write("policy.yaml", "a: [");
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "a", &[])], ["ValueError", "ValueError"]);
    world.write("policy.yaml", "a: '@'");
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
}

/// Which upstream does not see: an older mtime, and a file that goes.
#[test]
fn any_change_counts_but_a_file_that_goes() {
    let world = World::new();
    world.write_at("policy.yaml", "a: '@'", 10);
    let enforcer = strict(&world);
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    world.write_at("policy.yaml", "a: '!'", 5);
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    std::fs::remove_file(world.path.join("policy.yaml")).expect("a file");
    register(&enforcer, "b", "@");
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    assert_eq!(traps(&enforcer)[0].kind, TrapKind::Gone);
    assert_eq!(class(None), "refused");
}
