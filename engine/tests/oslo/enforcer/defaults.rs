//! What can be registered.

use assay_engine::oslo::enforcer::{Definition, DeprecatedRule, RuleDefault, Warning};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Unsupported};
use rstest::rstest;

use crate::enforcer::world::{World, class, register};

/// Keyword arguments of `RuleDefault`, or of `DocumentedRuleDefault` where there are both a description and
/// operations, with `name='a'` and `check_str='@'`; a mapping as `deprecated_rule` is a `DeprecatedRule`.
#[rstest]
#[case::nothing_more(py!({}), "fine")]
#[case::scopes(py!({"scope_types": ["system", "project"]}), "fine")]
#[case::unknown_scopes(py!({"scope_types": ["bogus"]}), "fine")]
#[case::no_scopes(py!({"scope_types": []}), "fine")]
#[case::scopes_twice(py!({"scope_types": ["a", "a"]}), "ValueError")]
#[case::scopes_in_a_tuple(py!({"scope_types": ("project",)}), "ValueError")]
#[case::scopes_in_an_empty_tuple(py!({"scope_types": ()}), "fine")]
#[case::scopes_as_a_text(py!({"scope_types": "project"}), "ValueError")]
#[case::a_scope_that_is_no_text(py!({"scope_types": [5]}), "ValueError")]
#[case::removal(
    py!({"deprecated_for_removal": True, "deprecated_reason": "r", "deprecated_since": "s"}), "fine"
)]
#[case::removal_with_empty_texts(
    py!({"deprecated_for_removal": True, "deprecated_reason": "", "deprecated_since": ""}), "fine"
)]
#[case::removal_without_reason(py!({"deprecated_for_removal": True, "deprecated_since": "s"}), "ValueError")]
#[case::removal_without_release(py!({"deprecated_for_removal": True, "deprecated_reason": "s"}), "ValueError")]
#[case::no_rule(py!({"check_str": True}), "TypeError")]
#[case::none(py!({"check_str": None}), "fine")]
#[case::a_list(py!({"check_str": ["role:a"]}), "fine")]
#[case::a_deprecated_rule(py!({"deprecated_rule": {"name": "b", "check_str": "!"}}), "fine")]
#[case::a_deprecated_rule_without_check(py!({"deprecated_rule": {"name": "b"}}), "TypeError")]
#[case::a_deprecated_rule_that_is_none(
    py!({"deprecated_rule": {"name": "b", "check_str": 5}}), "TypeError"
)]
#[case::a_deprecated_rule_that_is_a_text(py!({"deprecated_rule": "b"}), "ValueError")]
#[case::a_deprecated_rule_that_is_empty(py!({"deprecated_rule": ""}), "fine")]
#[case::no_rule_before_no_deprecated_rule(
    py!({"check_str": True, "deprecated_rule": "b"}), "TypeError"
)]
#[case::an_unknown_member(py!({"scopes": []}), "TypeError")]
#[case::documented(py!({"description": "d", "operations": [{"path": "/", "method": "GET"}]}), "fine")]
#[case::an_empty_description(
    py!({"description": "", "operations": [{"path": "/", "method": "GET"}]}), "InvalidRuleDefault"
)]
#[case::no_description(
    py!({"description": None, "operations": [{"path": "/", "method": "GET"}]}), "InvalidRuleDefault"
)]
#[case::no_operations(py!({"description": "d", "operations": []}), "InvalidRuleDefault")]
#[case::operations_in_a_tuple(py!({"description": "d", "operations": ()}), "InvalidRuleDefault")]
#[case::an_operation_without_method(
    py!({"description": "d", "operations": [{"path": "/"}]}), "InvalidRuleDefault"
)]
#[case::an_operation_without_path(
    py!({"description": "d", "operations": [{"method": "/"}]}), "InvalidRuleDefault"
)]
#[case::an_operation_with_more(
    py!({"description": "d", "operations": [{"path": "/", "method": "GET", "x": 1}]}), "InvalidRuleDefault"
)]
#[case::an_operation_that_is_a_number(py!({"description": "d", "operations": [5]}), "TypeError")]
#[case::an_operation_that_is_a_text(py!({"description": "d", "operations": ["x"]}), "InvalidRuleDefault")]
#[case::an_operation_that_is_a_list(
    py!({"description": "d", "operations": [["path", "method"]]}), "AttributeError"
)]
#[case::an_operation_that_is_a_tuple(
    py!({"description": "d", "operations": [("path", "method")]}), "AttributeError"
)]
#[case::an_operation_that_is_a_set(
    py!({"description": "d", "operations": [{"path", "method"}]}), "AttributeError"
)]
#[case::an_operation_that_is_a_short_list(
    py!({"description": "d", "operations": [["path"]]}), "InvalidRuleDefault"
)]
#[case::an_operation_that_is_a_lucky_text(
    py!({"description": "d", "operations": ["path method"]}), "AttributeError"
)]
fn a_default_is_checked(#[case] members: Value, #[case] outcome: &str) {
    let mut value = py!({"name": "a", "check_str": "@"});
    if let (Value::Dict(all), Value::Dict(members)) = (&mut value, members) {
        for (key, member) in members.iter() {
            all.insert(key.clone(), member.clone()).expect("a text");
        }
    }
    let got = RuleDefault::from_value(&value).map_or_else(|error| class(Some(error.cause)), |_| "fine");
    assert_eq!(got, outcome);
}

#[rstest]
#[case(py!({"check_str": "@"}), ExceptionClass::TypeError.into())]
#[case(py!({"name": "a"}), ExceptionClass::TypeError.into())]
#[case(py!(5), ExceptionClass::TypeError.into())]
#[case(py!({"name": 5, "check_str": "@"}), Unsupported::Name.into())]
fn name_and_check_are_needed(#[case] value: Value, #[case] cause: Interrupt) {
    assert_eq!(RuleDefault::from_value(&value).expect_err("no default").cause, cause);
}

#[test]
fn a_name_is_registered_once() {
    let enforcer = World::new().enforcer();
    register(&enforcer, "a", "@");
    let again = RuleDefault::new(Definition::new("a", "!")).expect("a default");
    assert_eq!(enforcer.register_default(again), Err(ExceptionClass::DuplicatePolicyError.into()));
}

#[test]
fn those_before_a_duplicate_stay_registered() {
    let enforcer = World::new().enforcer();
    let default = |name: &str| RuleDefault::new(Definition::new(name, "@")).expect("a default");
    let all = ["a", "b", "a", "c"].map(default);
    assert_eq!(enforcer.register_defaults(all), Err(ExceptionClass::DuplicatePolicyError.into()));
    let policy = enforcer.policy().expect("a policy");
    assert_eq!(["a", "b", "c"].map(|name| policy.is_registered(name)), [true, true, false]);
}

#[test]
fn constructors_warn_of_reasons_that_are_missing_or_misplaced() {
    let old = DeprecatedRule::new("old", "!").expect("a rule");
    let definition = Definition {
        deprecated_rule: Some(old),
        deprecated_reason: Some("r".to_owned()),
        ..Definition::new("a", "@")
    };
    let warnings = RuleDefault::new(definition).expect("a default").warnings();
    assert_eq!(warnings, [Warning::NoReason("old".to_owned()), Warning::MisplacedReason("a".to_owned())]);
}

/// What an operator reads of a default. Source: the attributes of upstream's objects, oslo.policy 6.0.1.
#[test]
fn a_default_keeps_what_it_was_given() {
    let given = py!({
        "name": "a", "check_str": "@", "description": "d", "operations": [{"path": "/a", "method": "GET"}],
        "deprecated_for_removal": True, "deprecated_reason": "r", "deprecated_since": "s",
        "scope_types": ["project"]
    });
    let default = RuleDefault::from_value(&given).expect("a default");
    let Definition { name, check_str, description, scope_types, .. } = default.definition();
    assert_eq!((name.as_str(), check_str), ("a", &Value::from("@")));
    assert_eq!(description.as_deref(), Some("d"));
    assert_eq!(scope_types.as_slice(), ["project"]);
    let Definition { deprecated_for_removal, deprecated_reason, deprecated_since, .. } = default.definition();
    assert!(*deprecated_for_removal);
    assert_eq!((deprecated_reason.as_deref(), deprecated_since.as_deref()), (Some("r"), Some("s")));
    let plain = RuleDefault::from_value(&py!({"name": "a", "check_str": "@", "description": "d"}));
    assert_eq!(plain.expect("a default").definition().description.as_deref(), Some("d"));
}

#[test]
fn operations_keep_their_methods() {
    let operations = py!([{"path": "/a", "method": ["GET", "HEAD"]}, {"path": "/b", "method": "PUT"}]);
    let value = Value::dict([
        ("name", "a".into()),
        ("check_str", "@".into()),
        ("description", "d".into()),
        ("operations", operations),
    ]);
    let default = RuleDefault::from_value(&value).expect("a default");
    let operations = default.definition().operations.as_ref().expect("documented");
    let read: Vec<_> = operations.iter().map(|one| (one.path.as_str(), one.methods.join(","))).collect();
    assert_eq!(read, [("/a", "GET,HEAD".to_owned()), ("/b", "PUT".to_owned())]);
}
