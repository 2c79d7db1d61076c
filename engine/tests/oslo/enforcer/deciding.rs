//! `enforce` and `authorize`: names, creds, scopes, exceptions.

use assay_engine::oslo::enforcer::{Asked, Definition, Enforcer, Options, RuleDefault, Warning};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{DefaultRule, ExceptionClass, Request, Rules, parse_text};
use rstest::rstest;
use std::sync::{Arc, Mutex};

use crate::enforcer::world::{NOT_AUTHORIZED, World, ask, ask_as, class, outcome, register};

#[test]
fn without_rules_everything_is_denied() {
    let enforcer = World::new().enforcer();
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(outcome(enforcer.enforce_or_raise("a", request, NOT_AUTHORIZED)), "PolicyNotAuthorized");
    assert_eq!(outcome(enforcer.enforce(&parse_text("@"), request)), "allow");
}

#[test]
fn authorize_knows_registered_rules_only() {
    let world = World::with(&[("policy.yaml", "a: '@'\nb: '@'")]);
    let enforcer = world.enforcer();
    register(&enforcer, "a", "!");
    register(&enforcer, "c", "role:x");
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(outcome(enforcer.authorize("a", request)), "allow");
    assert_eq!(outcome(enforcer.authorize("b", request)), "PolicyNotRegistered");
    assert_eq!(outcome(enforcer.enforce("b", request)), "allow");
    assert_eq!(outcome(enforcer.authorize("c", request)), "deny");
    assert_eq!(outcome(enforcer.authorize_or_raise("c", request, NOT_AUTHORIZED)), "PolicyNotAuthorized");
    let own = ExceptionClass::named("HTTPForbidden");
    assert_eq!(outcome(enforcer.authorize_or_raise("c", request, own)), "HTTPForbidden");
}

/// Not even loading is tried for a name that is not registered.
#[test]
fn not_registered_comes_before_a_broken_file() {
    let world = World::with(&[("policy.yaml", "a: [")]);
    let enforcer = world.enforcer();
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(outcome(enforcer.authorize("a", request)), "PolicyNotRegistered");
    assert_eq!(outcome(enforcer.enforce("a", request)), "ValueError");
}

#[rstest]
#[case(py!(None))]
#[case(py!([]))]
#[case(py!("x"))]
#[case(py!(5))]
fn creds_are_a_mapping(#[case] creds: Value) {
    let enforcer = World::new().enforcer();
    register(&enforcer, "a", "@");
    assert_eq!(ask_as(&enforcer, "a", &creds), "InvalidContextObject");
    assert_eq!(ask_as(&enforcer, "undefined", &creds), "InvalidContextObject");
}

/// Tokens of a project, a domain, the system, and of system and domain.
#[rstest]
#[case(&["project"], ["allow", "deny", "deny", "deny"])]
#[case(&["system"], ["deny", "deny", "allow", "allow"])]
#[case(&["domain"], ["deny", "allow", "deny", "deny"])]
#[case(&["system", "project"], ["allow", "deny", "allow", "allow"])]
#[case(&["bogus"], ["deny"; 4])]
#[case(&[], ["allow"; 4])]
fn a_rule_is_for_tokens_of_its_scopes(#[case] scopes: &[&str], #[case] expected: [&str; 4]) {
    let scope_types: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    let tokens = [
        py!({"project_id": "p"}),
        py!({"domain_id": "d"}),
        py!({"system_scope": "all"}),
        py!({"system": "all", "domain_id": "d"}),
    ];
    let world = World::new();
    let enforcer = world.enforcer();
    let definition = Definition { scope_types: scope_types.clone(), ..Definition::new("a", "@") };
    enforcer.register_default(RuleDefault::new(definition).expect("a default")).expect("a new name");
    register(&enforcer, "behind", "rule:a");
    let check = parse_text("@");
    for (creds, expected) in tokens.iter().zip(expected) {
        let target = py!({});
        let request = Request { creds, target: &target };
        assert_eq!(outcome(enforcer.enforce("a", request)), expected);
        assert_eq!(
            outcome(enforcer.enforce("behind", request)),
            "allow",
            "only the asked rule's scope counts"
        );
        assert_eq!(outcome(enforcer.enforce(Asked::ScopedCheck(&check, &scope_types), request)), expected);
        let raised = if expected == "deny" { "InvalidScope" } else { "allow" };
        let class = ExceptionClass::ValueError;
        assert_eq!(outcome(enforcer.enforce_or_raise("a", request, class)), raised);
    }
}

#[test]
fn a_scope_holds_for_an_override_too() {
    let world = World::with(&[("policy.yaml", "a: '@'")]);
    let enforcer = world.enforcer();
    let definition = Definition { scope_types: vec!["system".to_owned()], ..Definition::new("a", "!") };
    enforcer.register_default(RuleDefault::new(definition).expect("a default")).expect("a new name");
    assert_eq!(ask_as(&enforcer, "a", &py!({"project_id": "p"})), "deny");
    assert_eq!(ask_as(&enforcer, "a", &py!({"system": "all"})), "allow");
}

/// An option that oslo.policy had before 6.0.
#[test]
fn without_enforce_scope_there_is_a_warning() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let enforcer = Enforcer::builder(Options { enforce_scope: false, ..Options::default() })
        .on_warning(move |warning| heard.lock().expect("no panic").push(warning.clone()))
        .build();
    let scopes = vec!["system".to_owned()];
    let definition = Definition { scope_types: scopes.clone(), ..Definition::new("a", "@") };
    enforcer.register_default(RuleDefault::new(definition).expect("a default")).expect("a new name");
    assert_eq!(ask_as(&enforcer, "a", &py!({"project_id": "p"})), "allow");
    let expected = Warning::Scope { rule: "a".to_owned(), expected: scopes, token: "project" };
    assert!(told.lock().expect("no panic").contains(&expected));
}

/// Name of the option, default rule of the constructor, the rule that answers for `undefined`.
#[rstest]
#[case::by_option("other", None, "allow")]
#[case::by_the_usual_option("default", None, "deny")]
#[case::none_by_option("", None, "deny")]
#[case::by_constructor("default", Some(DefaultRule::Named("other".to_owned())), "allow")]
#[case::an_empty_name_is_none_given("other", Some(DefaultRule::Named(String::new())), "allow")]
#[case::a_check("default", Some(DefaultRule::Check(parse_text("@"))), "allow")]
fn the_default_rule_answers(
    #[case] option: &str,
    #[case] given: Option<DefaultRule>,
    #[case] expected: &str,
) {
    let world = World::with(&[("policy.yaml", "other: '@'\ndefault: '!'\nthrough: rule:undefined")]);
    let options = Options { policy_default_rule: option.to_owned(), ..world.options() };
    let mut builder = Enforcer::builder(options);
    if let Some(default_rule) = given {
        builder = builder.default_rule(default_rule);
    }
    let enforcer = builder.build();
    assert_eq!(ask(&enforcer, "undefined", &[]), expected);
    assert_eq!(ask(&enforcer, "through", &[]), expected);
}

#[test]
fn rules_that_are_set_replace_files_until_they_are_loaded_again() {
    let world = World::with(&[("policy.yaml", "a: '!'\nb: '!'")]);
    let enforcer = world.enforcer();
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    enforcer.set_rules(Rules::from_texts([("a", "@")]), true, false);
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["allow", "deny"]);
    enforcer.load_rules(true).expect("a policy");
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    enforcer.set_rules(Rules::from_texts([("b", "@")]), false, true);
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["deny", "allow"]);
}

#[test]
fn clear_forgets_everything() {
    let world = World::with(&[("policy.yaml", "a: '@'")]);
    let enforcer = world.enforcer();
    register(&enforcer, "b", "@");
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    enforcer.clear();
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "b", &[])], ["deny", "deny"]);
    register(&enforcer, "b", "@");
}

#[test]
fn a_policy_looks_at_no_file() {
    let mut world = World::with(&[("policy.yaml", "a: '@'")]);
    let enforcer = world.enforcer();
    let policy = enforcer.policy().expect("a policy");
    world.write("policy.yaml", "a: '!'");
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(policy.enforce("a", request), Ok(true.into()));
    assert_eq!(outcome(enforcer.enforce("a", request)), "deny");
    let raised = policy.enforce_or_raise("x", request, NOT_AUTHORIZED);
    assert_eq!(class(raised.err()), "PolicyNotAuthorized");
}
