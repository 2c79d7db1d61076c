//! Rules and a request to a decision: evaluation order, references, what `enforce` itself does.

use crate::common::outcome::{
    ALLOW, ATTRIBUTE_ERROR, DENY, Outcome, SYNTAX_ERROR, TYPE_ERROR, VALUE_ERROR, decide_text,
};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{
    ExceptionClass, Interrupt, Limit, LoadError, Request, Rules, Unsupported, decide, decide_check,
    parse_text,
};
use rstest::rstest;

/// From left to right and no further than needed: `n.x:1` raises a TypeError, `role:a` an
/// AttributeError, `:x` a SyntaxError and `a:100%` a ValueError, once they are looked at.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::or_stops_at_the_first_true("@ or n.x:1", ALLOW)]
#[case::or_raises_before_a_true("n.x:1 or @", TYPE_ERROR)]
#[case::or_raises_behind_a_false("! or n.x:1", TYPE_ERROR)]
#[case::and_stops_at_the_first_false("! and n.x:1", DENY)]
#[case::and_raises_before_a_false("n.x:1 and !", TYPE_ERROR)]
#[case::and_raises_behind_a_true("@ and n.x:1", TYPE_ERROR)]
#[case::or_stops_at_a_matching_check("yes:1 or n.x:1", ALLOW)]
#[case::and_stops_at_a_check_that_does_not_match("yes:2 and n.x:1", DENY)]
#[case::the_first_of_two_exceptions_wins("n.x:1 or role:a", TYPE_ERROR)]
#[case::the_first_of_two_exceptions_wins_the_other_way_round("role:a and n.x:1", ATTRIBUTE_ERROR)]
#[case::a_syntax_error_behind_a_decision_is_not_seen("@ or :x", ALLOW)]
#[case::a_syntax_error_is_seen_at_the_call("yes:1 and :x", SYNTAX_ERROR)]
#[case::not_hands_an_exception_on("not n.x:1", TYPE_ERROR)]
#[case::an_inner_and_that_is_false_goes_on_to_the_next_or_term("(! and n.x:1) or @", ALLOW)]
#[case::an_inner_or_that_is_true_goes_on_to_the_next_and_term("(@ or n.x:1) and !", DENY)]
#[case::an_inner_group_that_raises_ends_all("(yes:1 and n.x:1) or @", TYPE_ERROR)]
#[case::not_of_a_short_circuit("not (@ or n.x:1)", DENY)]
#[case::the_last_term_of_a_long_or_decides("! or ! or ! or yes:1 or n.x:1", ALLOW)]
#[case::the_last_term_of_a_long_and_raises("@ and @ and yes:1 and n.x:1", TYPE_ERROR)]
#[case::what_cannot_be_parsed_denies_and_hides_the_rest("n.x:1 n.x:1", DENY)]
#[case::a_word_without_colon_denies_before_an_exception("admin and n.x:1", DENY)]
#[case::a_value_error_behind_a_false("! or a:100%", VALUE_ERROR)]
#[case::a_value_error_before_a_true("a:100% or @", VALUE_ERROR)]
fn evaluation_order(#[case] text: &str, #[case] outcome: Outcome) {
    let creds = py!({"n": None, "roles": [None], "yes": 1, "no": 0});
    assert_eq!(decide_text(text, &creds, &py!({})), outcome);
}

/// The rules, the default rule's option, the rule that is asked for. A cycle that is walked is a
/// TypeError. ref-01 to ref-17. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::a_reference_allows(&[("r", "rule:x"), ("x", "@")], "", "r", ALLOW)]
#[case::a_reference_denies(&[("r", "rule:x"), ("x", "!")], "", "r", DENY)]
#[case::a_chain(&[("r", "rule:x"), ("x", "rule:y"), ("y", "yes:1")], "", "r", ALLOW)]
#[case::undefined_denies(&[("r", "rule:x")], "", "r", DENY)]
#[case::not_of_undefined_allows(&[("r", "not rule:x")], "", "r", ALLOW)]
#[case::undefined_as_the_asked_rule_denies(&[("r", "@")], "", "x", DENY)]
#[case::an_exception_comes_out_of_a_reference(&[("r", "rule:x or @"), ("x", "n.x:1")], "", "r", TYPE_ERROR)]
#[case::names_are_case_sensitive(&[("r", "rule:X"), ("x", "@")], "", "r", DENY)]
#[case::names_are_not_formatted(&[("r", "rule:%(n)s"), ("x", "@")], "", "r", DENY)]
#[case::a_name_with_a_percent_sign(&[("r", "rule:%(n)s"), ("%(n)s", "@")], "", "r", ALLOW)]
#[case::the_empty_name(&[("r", "rule:"), ("", "@")], "", "r", ALLOW)]
#[case::a_name_with_colons(&[("r", "rule:os:x:y"), ("os:x:y", "@")], "", "r", ALLOW)]
#[case::a_kind_in_capitals_is_no_reference(&[("r", "Rule:x"), ("x", "@")], "", "r", DENY)]
#[case::default_answers_for_undefined(&[("r", "rule:x"), ("default", "@")], "", "r", ALLOW)]
#[case::default_that_denies(&[("r", "rule:x"), ("default", "!")], "", "r", DENY)]
#[case::default_answers_for_the_asked_rule(&[("r", "!"), ("default", "@")], "", "x", ALLOW)]
#[case::default_does_not_answer_for_defined_rules(&[("r", "!"), ("default", "@")], "", "r", DENY)]
#[case::default_is_a_rule_like_others(&[("r", "rule:default"), ("default", "@")], "", "r", ALLOW)]
#[case::not_of_undefined_with_default(&[("r", "not rule:x"), ("default", "@")], "", "r", DENY)]
#[case::default_by_option(&[("r", "rule:x"), ("other", "@"), ("default", "!")], "other", "r", ALLOW)]
#[case::default_by_option_for_the_asked_rule(&[("r", "!"), ("other", "@")], "other", "x", ALLOW)]
#[case::default_by_option_that_is_undefined_denies(&[("r", "rule:x"), ("default", "@")], "other", "r", DENY)]
#[case::empty_option_means_the_rule_named_default(&[("r", "rule:x"), ("default", "@")], "", "r", ALLOW)]
#[case::empty_option_does_not_mean_the_empty_name(&[("r", "rule:x"), ("", "@")], "", "r", DENY)]
#[case::default_chain(&[("r", "rule:x"), ("default", "rule:y"), ("y", "@")], "", "r", ALLOW)]
#[case::default_refers_to_a_defined_rule_that_raises(
    &[("r", "rule:x or @"), ("default", "n.x:1")], "", "r", TYPE_ERROR,
)]
#[case::default_refers_to_undefined_which_is_default_again(
    &[("r", "rule:x"), ("default", "rule:y")], "", "r", TYPE_ERROR,
)]
#[case::default_by_option_refers_to_undefined(
    &[("r", "rule:x"), ("other", "rule:y")], "other", "r", TYPE_ERROR,
)]
#[case::default_refers_to_itself(&[("r", "rule:x"), ("default", "rule:default")], "", "r", TYPE_ERROR)]
#[case::default_refers_to_itself_behind_a_decision(
    &[("r", "rule:x"), ("default", "@ or rule:default")], "", "r", ALLOW,
)]
#[case::a_rule_named_like_nothing_asks_default_in_a_cycle(
    &[("default", "rule:nope or @")], "", "r", TYPE_ERROR,
)]
#[case::self_cycle(&[("r", "rule:r")], "", "r", TYPE_ERROR)]
#[case::cycle_of_two(&[("r", "rule:x"), ("x", "rule:r")], "", "r", TYPE_ERROR)]
#[case::cycle_of_three_entered_from_outside(
    &[("r", "rule:x"), ("x", "rule:y"), ("y", "rule:z"), ("z", "rule:x")], "", "r", TYPE_ERROR,
)]
#[case::cycle_through_not(&[("r", "not rule:r")], "", "r", TYPE_ERROR)]
#[case::cycle_through_not_of_two(&[("r", "not rule:x"), ("x", "not rule:r")], "", "r", TYPE_ERROR)]
#[case::cycle_hidden_by_or(&[("r", "@ or rule:r")], "", "r", ALLOW)]
#[case::cycle_hidden_by_and(&[("r", "! and rule:r")], "", "r", DENY)]
#[case::cycle_hidden_by_a_check(&[("r", "yes:1 or rule:r")], "", "r", ALLOW)]
#[case::cycle_met_before_a_true(&[("r", "rule:r or @")], "", "r", TYPE_ERROR)]
#[case::cycle_met_before_a_false(&[("r", "rule:r and !")], "", "r", TYPE_ERROR)]
#[case::cycle_met_behind_a_false(&[("r", "! or rule:r")], "", "r", TYPE_ERROR)]
#[case::cycle_beside_a_defined_rule(&[("r", "rule:x or rule:r"), ("x", "@")], "", "r", ALLOW)]
#[case::cycle_hidden_in_a_referred_rule(&[("r", "rule:x"), ("x", "@ or rule:r")], "", "r", ALLOW)]
#[case::cycle_that_raises_something_else_first(&[("r", ":x or rule:r")], "", "r", SYNTAX_ERROR)]
#[case::a_rule_twice_is_no_cycle(&[("r", "rule:x and rule:x"), ("x", "yes:1")], "", "r", ALLOW)]
#[case::a_rule_twice_after_not(&[("r", "not rule:x and not rule:x"), ("x", "yes:2")], "", "r", ALLOW)]
#[case::a_diamond_is_no_cycle(
    &[("r", "rule:x and rule:y"), ("x", "rule:z"), ("y", "rule:z"), ("z", "@")], "", "r", ALLOW,
)]
#[case::an_undefined_rule_twice(&[("r", "rule:x or rule:x or rule:y")], "", "r", DENY)]
#[case::no_rules(&[], "", "r", DENY)]
fn references(
    #[case] rules: &[(&str, &str)],
    #[case] default_rule: &str,
    #[case] asked: &str,
    #[case] outcome: Outcome,
) {
    let (creds, target) = (py!({"n": None, "yes": 1}), py!({}));
    let request = Request { creds: &creds, target: &target };
    let rules = Rules::from_texts(rules.iter().copied());
    if default_rule.is_empty() {
        assert_eq!(decide(&rules, asked, request), outcome, "without the option");
    }
    assert_eq!(decide(&rules.with_default_rule(default_rule), asked, request), outcome);
}

/// An empty rule set denies every name, but decides a check that has none.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[test]
fn an_empty_rule_set() {
    let rules = Rules::from_texts([("", ""); 0]);
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(decide(&rules, "r", request), DENY);
    assert_eq!(decide(&rules, "default", request), DENY);
    assert_eq!(decide_check(&rules, &parse_text("@"), request), ALLOW);
    assert_eq!(decide_check(&rules, &parse_text("rule:x"), request), DENY);
    assert_eq!(decide_check(&rules, &parse_text("not rule:x"), request), ALLOW);
}

/// Even where the rule would not look at creds, or where there is no rule.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
fn creds_must_be_a_mapping(
    #[values(py!(None), py!([]), py!(()), py!("admin"), py!(5), py!(True), py!({"a"}))] creds: Value,
    #[values("@", "!", "rule:undefined")] text: &str,
) {
    let invalid = Err(Interrupt::Raised(ExceptionClass::InvalidContextObject));
    assert_eq!(decide_text(text, &creds, &py!({})), invalid);
    let request = Request { creds: &creds, target: &py!({}) };
    assert_eq!(decide(&Rules::from_texts([("", ""); 0]), "r", request), invalid);
}

/// A true `system_scope` is known as `system`. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::the_scope_is_known_as_system("system:all", py!({"system_scope": "all"}), ALLOW)]
#[case::another_scope("system:all", py!({"system_scope": "one"}), DENY)]
#[case::it_stays_known_by_its_own_name("system_scope:all", py!({"system_scope": "all"}), ALLOW)]
#[case::no_scope("system:all", py!({}), DENY)]
#[case::a_none("system:None", py!({"system_scope": None}), DENY)]
#[case::empty("system:", py!({"system_scope": ""}), DENY)]
#[case::bool_false("system:False", py!({"system_scope": False}), DENY)]
#[case::a_scope_replaces_system("system:x", py!({"system": "x", "system_scope": "all"}), DENY)]
#[case::a_scope_replaces_system_with_itself("system:all", py!({"system": "x", "system_scope": "all"}), ALLOW)]
#[case::none_leaves_system_alone("system:x", py!({"system": "x", "system_scope": None}), ALLOW)]
#[case::system_without_scope("system:all", py!({"system": "all"}), ALLOW)]
#[case::any_true_value("system:1", py!({"system_scope": 1}), ALLOW)]
#[case::a_list_fans_out("system:b", py!({"system_scope": ["a", "b"]}), ALLOW)]
#[case::a_dict_is_gone_into("system.a:b", py!({"system_scope": {"a": "b"}}), ALLOW)]
#[case::an_empty_list("system:x", py!({"system": "x", "system_scope": []}), ALLOW)]
fn system_scope(#[case] text: &str, #[case] creds: Value, #[case] outcome: Outcome) {
    let before = creds.clone();
    assert_eq!(decide_text(text, &creds, &py!({})), outcome);
    assert_eq!(creds, before, "a request is only read");
}

/// Forty levels that each refer to the next one twice are decided at once. Source: the outcomes of
/// ten levels on oslo.policy 6.0.1, CPython 3.11.7, which takes 2ⁿ steps.
#[rstest]
#[case::and_of_true("rule:NEXT and rule:NEXT", "yes:1", ALLOW)]
#[case::and_of_false("rule:NEXT and rule:NEXT", "yes:2", DENY)]
#[case::or_of_false("rule:NEXT or rule:NEXT", "yes:2", DENY)]
#[case::or_of_true("rule:NEXT or rule:NEXT", "yes:1", ALLOW)]
#[case::not_of_true("not rule:NEXT or not rule:NEXT", "yes:1", ALLOW)]
#[case::not_of_false("not rule:NEXT or not rule:NEXT", "yes:2", DENY)]
#[case::cycle("rule:NEXT and rule:NEXT", "rule:r0", TYPE_ERROR)]
#[case::undefined("rule:NEXT or rule:NEXT", "rule:undefined", DENY)]
fn doubled_references(#[case] level: &str, #[case] last: &str, #[case] outcome: Outcome) {
    let levels = (0..40).map(|n| (format!("r{n}"), level.replace("NEXT", &format!("r{}", n + 1))));
    let rules = Rules::from_texts(levels.chain([("r40".to_owned(), last.to_owned())]));
    let (creds, target) = (py!({"yes": 1}), py!({}));
    assert_eq!(decide(&rules, "r0", Request { creds: &creds, target: &target }), outcome);
}

/// What is not built yet is said to be so. Source: the documentation of `Unsupported`. A row goes
/// when its behaviour comes.
#[rstest]
#[case::http("http://h/p", py!({}), py!({}), Unsupported::RemoteCheck)]
#[case::https("https://h/p", py!({}), py!({}), Unsupported::RemoteCheck)]
#[case::http_before_a_true("http://h/p or @", py!({}), py!({}), Unsupported::RemoteCheck)]
#[case::not_of_http("not http://h/p", py!({}), py!({}), Unsupported::RemoteCheck)]
fn unsupported(#[case] text: &str, #[case] creds: Value, #[case] target: Value, #[case] reason: Unsupported) {
    assert_eq!(decide_text(text, &creds, &target), Err(Interrupt::Unsupported(reason)));
}

/// Source: the documentation of `Limit`.
#[rstest]
#[case::kind_that_is_a_set("{1,2}:x", py!({}))]
#[case::text_of_a_set("a:x", py!({"a": {1, 2}}))]
fn what_follows_the_order_of_a_set_is_a_limit(#[case] text: &str, #[case] creds: Value) {
    assert_eq!(decide_text(text, &creds, &py!({})), Err(Interrupt::Limit(Limit::SetOrder)));
}

#[test]
fn a_rule_that_is_a_set_of_two_is_a_limit() {
    let error = Rules::from_values([("r", &py!({"a:1", "b:2"}))]).unwrap_err();
    assert_eq!(error, LoadError { rule: "r".to_owned(), cause: Interrupt::Limit(Limit::SetOrder) });
}

/// Source: oslo.policy 6.0.1 on CPython 3.11.7, whose limit is met from 987 levels on.
#[rstest]
#[case::in_creds("a:x", Value::dict([("a", deep(1200))]), py!({}))]
#[case::in_a_format("a:%(k)s", py!({"a": "x"}), Value::dict([("k", deep(1200))]))]
#[case::in_a_role("role:%(k)r", py!({"roles": []}), Value::dict([("k", deep(1200))]))]
fn the_text_of_a_deep_value(#[case] text: &str, #[case] creds: Value, #[case] target: Value) {
    let expected = Err(Interrupt::Raised(ExceptionClass::RecursionError));
    assert_eq!(decide_text(text, &creds, &target), expected);
}

/// What upstream does not look at needs no support. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::http_behind_a_true("@ or http://h/p", ALLOW)]
#[case::https_behind_a_false("! and https:x", DENY)]
#[case::literal_behind_a_true("@ or {1,2}:x", ALLOW)]
#[case::kind_outside_latin_behind_a_false("! and 日本:x", DENY)]
fn unsupported_behind_a_decision(#[case] text: &str, #[case] outcome: Outcome) {
    assert_eq!(decide_text(text, &py!({}), &py!({})), outcome);
}

/// No check looks at it. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::at("@", ALLOW)]
#[case::undefined("rule:x", DENY)]
fn a_target_that_is_no_mapping(#[case] text: &str, #[case] outcome: Outcome) {
    assert_eq!(decide_text(text, &py!({}), &py!(None)), outcome);
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(Value::None, |inner, _| Value::list([inner]))
}
