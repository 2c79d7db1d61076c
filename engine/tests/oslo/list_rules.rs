//! Rules that are no texts: the legacy lists, and what else a policy file could hold.

use assay_engine::oslo::language::parse_list;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, LoadError, Rules};
use rstest::rstest;

/// Lists are joined by `or`, the lists in them by `and`; their strings are single checks. list-01 to
/// list-61. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::empty_list(py!([]), "@")]
#[case::empty_tuple(py!(()), "@")]
#[case::a_none(py!(None), "@")]
#[case::a_false(py!(False), "@")]
#[case::zero(py!(0), "@")]
#[case::zero_float(py!(0.0), "@")]
#[case::empty_bytes(py!(b""), "@")]
#[case::empty_dict(py!({}), "@")]
#[case::one_string(py!(["a:1"]), "a:1")]
#[case::strings_are_joined_by_or(py!(["a:1", "b:2"]), "(a:1 or b:2)")]
#[case::inner_strings_are_joined_by_and(py!([["a:1", "b:2"]]), "(a:1 and b:2)")]
#[case::or_of_ands(py!([["a:1", "b:2"], ["c:3"]]), "((a:1 and b:2) or c:3)")]
#[case::two_ands(py!([["a:1", "b:2"], ["c:3", "d:4"]]), "((a:1 and b:2) or (c:3 and d:4))")]
#[case::tuples_are_lists(py!((("a:1", "b:2"), "c:3")), "((a:1 and b:2) or c:3)")]
#[case::a_dict_is_read_by_its_keys(py!({"a:1": 1, "@": 2}), "(a:1 or @)")]
#[case::an_inner_dict_is_read_by_its_keys(py!([{"a:1": 0, "b:2": 0}]), "(a:1 and b:2)")]
#[case::at(py!(["@"]), "@")]
#[case::bang(py!(["!"]), "!")]
#[case::at_or_bang(py!(["@", "!"]), "(@ or !)")]
#[case::at_and_bang(py!([["@", "!"]]), "(@ and !)")]
#[case::one_empty_list_denies(py!([[]]), "!")]
#[case::two_empty_lists_deny(py!([[], []]), "!")]
#[case::empty_lists_are_skipped(py!([[], ["!"]]), "!")]
#[case::one_none_denies(py!([None]), "!")]
#[case::one_empty_string_denies(py!([""]), "!")]
#[case::an_empty_string_is_skipped(py!(["", "@"]), "@")]
#[case::none_is_skipped(py!([None, "@"]), "@")]
#[case::false_is_skipped(py!([False, "a:1"]), "a:1")]
#[case::zero_is_skipped(py!([0, 0.0, "a:1"]), "a:1")]
#[case::empty_dicts_are_skipped(py!([{}, (), b"", "a:1"]), "a:1")]
#[case::zero_alone_denies(py!([0]), "!")]
#[case::an_inner_none_denies(py!([[None, "@"]]), "(! and @)")]
#[case::an_inner_empty_string_denies(py!([["@", ""]]), "(@ and !)")]
#[case::an_inner_int_denies(py!([[5]]), "!")]
#[case::an_inner_list_denies(py!([["@", ["!"]]]), "(@ and !)")]
#[case::an_inner_empty_list_denies(py!([[[]]]), "!")]
#[case::an_inner_tuple_denies(py!([[("a:1",)]]), "!")]
#[case::inner_bytes_deny(py!([[b"a:1", "@"]]), "(! and @)")]
#[case::bytes_are_read_as_ints(py!([b"ab"]), "(! and !)")]
#[case::one_byte(py!([b"a"]), "!")]
#[case::bytes_of_zeros_as_a_rule(py!(b"\0\0"), "!")]
#[case::a_zero_key(py!({0: "a:1"}), "!")]
#[case::no_operators(py!(["@ or !"]), "!")]
#[case::no_not(py!(["not @"]), "!")]
#[case::no_parentheses(py!([["(@)"]]), "!")]
#[case::parentheses_stay_in_words(py!(["(a:1)"]), "(a:1)")]
#[case::blanks_stay_in_words(py!([" a : b c "]), " a : b c ")]
#[case::blank_alone(py!([" "]), "!")]
#[case::quotes_stay(py!(["'x':'x'"]), "'x':'x'")]
#[case::a_quoted_word(py!(["'x'"]), "!")]
#[case::a_trailing_parenthesis_stays(py!(["a:%(x)s)"]), "a:%(x)s)")]
#[case::a_leading_parenthesis_stays(py!(["(1):x"]), "(1):x")]
#[case::a_word_without_colon(py!(["admin", "a:1"]), "(! or a:1)")]
fn list_rules(#[case] rule: Value, #[case] canonical: &str) {
    assert_eq!(parse_list(&rule).unwrap().to_string(), canonical);
    let rules = Rules::from_values([("r", &rule)]).unwrap();
    assert_eq!(rules.get("r").unwrap().to_string(), canonical);
}

/// A set of one string has one order. Source: oslo.policy 6.0.1 on CPython 3.11.7 (list-45).
#[rstest]
#[case::empty(Value::Set(vec![]), "@")]
#[case::one_string(py!({"a:1"}), "a:1")]
#[case::inner_one_string(py!([{"a:1"}]), "a:1")]
fn sets_without_a_choice_of_order(#[case] rule: Value, #[case] canonical: &str) {
    assert_eq!(parse_list(&rule).unwrap().to_string(), canonical);
}

/// What Python cannot iterate ends the reading of all rules, at the first such rule. list-53, list-55.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7 (`Rules.from_dict`).
#[rstest]
#[case::a_bool(py!(True))]
#[case::int(py!(5))]
#[case::float(py!(1.5))]
#[case::bytes(py!(b"@"))]
#[case::negative(py!((-1)))]
#[case::list_of_int(py!([5]))]
#[case::list_of_true(py!([True]))]
#[case::list_of_float(py!([1.5]))]
#[case::a_later_int(py!(["@", [], 5]))]
#[case::dict_of_int(py!({5: "@"}))]
#[case::tuple_of_int(py!((1,)))]
fn rules_that_cannot_be_iterated(#[case] rule: Value) {
    let error = Rules::from_values([("fine", &py!("@")), ("bad", &rule), ("worse", &py!(7))]).unwrap_err();
    let cause = Interrupt::Raised(ExceptionClass::TypeError);
    assert_eq!(error, LoadError { rule: "bad".to_owned(), cause });
}
