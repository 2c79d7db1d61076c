//! What is handed to the crate and what is made of its answers. The crate's own semantics are not ours
//! to test: where a fact is about it, the fact is quoted from its README.

use assay_case::{Answer, Outcome, Subject, read_text};
use peer_oslo_policy_0_1::OsloPolicy01;
use rstest::rstest;

/// A document in YAML without its source, with one case.
fn answer(document: &str) -> Answer {
    let text = format!("source: {{oracle: none, python: '3.11'}}\n{document}");
    let documents = read_text("case.yaml", &text).expect("a document");
    OsloPolicy01.load(&documents[0].world).decide(&documents[0].cases[0].request)
}

const ALLOW: Answer = Answer::Outcome(Outcome::Allow);
const DENY: Answer = Answer::Outcome(Outcome::Deny);

#[rstest]
#[case::roles("cases: [{check: 'role:Admin', creds: {roles: [aDMIN]}}]", ALLOW)]
#[case::no_roles("cases: [{check: 'role:admin'}]", DENY)]
#[case::attribute("cases: [{check: 'a:%(b)s', creds: {a: x}, target: {b: x}}]", ALLOW)]
#[case::none("cases: [{check: 'a:%(b)s', creds: {a: null}, target: {b: null}}]", ALLOW)]
#[case::boolean("cases: [{check: 'a:True', creds: {a: true}}]", ALLOW)]
#[case::number("cases: [{check: 'a:%(b)s', creds: {a: '1'}, target: {b: 1}}]", ALLOW)]
#[case::path("cases: [{check: 'a.b.c:x', creds: {a: {b: {c: x}}}}]", ALLOW)]
#[case::key_with_a_dot("cases: [{check: 'a.b:x', creds: {a.b: x}}]", DENY)]
#[case::target_key_with_a_dot("cases: [{check: 'a:%(b.c)s', creds: {a: x}, target: {b.c: x}}]", ALLOW)]
#[case::reference("cases: [{check: 'rule:yes'}]", ALLOW)]
// "This library takes the safe default and returns false when there is no rule defined".
#[case::undefined("default_rule: 'yes'\ncases: [{rule: nowhere}]", DENY)]
#[case::reference_to_a_list("cases: [{check: 'rule:list'}]", DENY)]
#[case::an_untouched_list("cases: [{check: '@', creds: [1], target: text}]", ALLOW)]
fn what_can_be_asked_is_answered(#[case] cases: &str, #[case] expected: Answer) {
    assert_eq!(answer(&format!("rules: {{'yes': '@', list: ['@']}}\n{cases}")), expected);
}

#[rstest]
#[case::list_rule("cases: [{rule: list}]", "a rule that is no text")]
#[case::attribute("cases: [{check: 'a:x', creds: {a: {b: x}}}]", "an attribute of creds that has no text")]
#[case::path("cases: [{check: 'a.b:x', creds: {a: [{b: x}]}}]", "a path through a list")]
#[case::roles("cases: [{check: 'role:x', creds: {roles: x}}]", "roles that are no list of texts")]
#[case::role("cases: [{check: 'role:x', creds: {roles: [x, 1]}}]", "roles that are no list of texts")]
#[case::creds("cases: [{check: 'role:x', creds: [x]}]", "creds that are no mapping")]
#[case::target("cases: [{check: 'a:%(b)s', target: [b]}]", "a target that is no mapping")]
#[case::attribute_of_target(
    "cases: [{check: 'a:%(b)s', target: {b: [x]}}]",
    "an attribute of the target that has no text"
)]
fn what_the_crate_cannot_hold_is_unsupported(#[case] cases: &str, #[case] reason: &str) {
    let document = format!("rules: {{'yes': '@', list: ['@']}}\n{cases}");
    assert_eq!(answer(&document), Answer::Unsupported(reason.to_owned()));
}

#[rstest]
// "this library rejects empty rule strings with a parse error instead"
#[case::empty_rule("rules: {a: '', b: '@'}\ncases: [{rule: a}]")]
#[case::empty_check("rules: {a: '@'}\ncases: [{check: ''}]")]
#[case::file("text: 'a: ['\ncases: [{rule: a}]")]
fn what_the_crate_rejects_is_an_error(#[case] document: &str) {
    let answer = answer(document);
    assert!(matches!(answer, Answer::Error(_)), "{answer}");
}

#[rstest]
#[case::rejected_neighbour("rules: {a: '', b: '@'}\ncases: [{rule: b}]")]
#[case::file("text: \"b: '@'\"\ncases: [{rule: b}]")]
#[case::json_file("text: '{\"b\": \"@\"}'\ncases: [{rule: b}]")]
#[case::unsupported_neighbour_in_a_file("text: \"a: [x]\\nb: '@'\"\ncases: [{rule: b}]")]
fn other_rules_do_not_suffer(#[case] document: &str) {
    assert_eq!(answer(document), ALLOW);
}
