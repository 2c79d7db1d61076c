//! The checks `kind:match`: roles, paths into creds, literals, formats, `str()`.

use crate::common::outcome::{
    ALLOW, ATTRIBUTE_ERROR, DENY, Outcome, SYNTAX_ERROR, TYPE_ERROR, VALUE_ERROR, decide_text,
};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt};
use rstest::rstest;

const OVERFLOW_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::OverflowError));

/// `role:`: lower case on both sides, all entries before any comparison. role-01 to role-25.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::same("admin", py!({"roles": ["admin"]}), py!({}), ALLOW)]
#[case::not_among_them("admin", py!({"roles": ["member", "reader"]}), py!({}), DENY)]
#[case::the_second_of_two("admin", py!({"roles": ["member", "admin"]}), py!({}), ALLOW)]
#[case::creds_in_capitals("admin", py!({"roles": ["ADMIN"]}), py!({}), ALLOW)]
#[case::match_in_capitals("ADMIN", py!({"roles": ["admin"]}), py!({}), ALLOW)]
#[case::target_in_capitals("%(x)s", py!({"roles": ["mEMBER"]}), py!({"x": "Member"}), ALLOW)]
#[case::no_roles_key("a", py!({}), py!({}), DENY)]
#[case::no_roles("a", py!({"roles": []}), py!({}), DENY)]
#[case::an_empty_match_is_no_role("", py!({"roles": ["a"]}), py!({}), DENY)]
#[case::an_empty_role("", py!({"roles": [""]}), py!({}), ALLOW)]
#[case::no_part_of_a_name("adm", py!({"roles": ["admin"]}), py!({}), DENY)]
#[case::blanks_count("a", py!({"roles": [" a"]}), py!({}), DENY)]
#[case::a_colon_in_a_role("a:b", py!({"roles": ["A:B"]}), py!({}), ALLOW)]
#[case::percent_percent("a%%", py!({"roles": ["a%"]}), py!({}), ALLOW)]
#[case::missing_in_the_target_denies("%(x)s", py!({"roles": ["a"]}), py!({}), DENY)]
#[case::missing_in_the_target_comes_before_bad_roles("%(x)s", py!({"roles": 5}), py!({}), DENY)]
#[case::none_in_the_target("%(x)s", py!({"roles": ["none"]}), py!({"x": None}), ALLOW)]
#[case::true_in_the_target("%(x)s", py!({"roles": ["TRUE"]}), py!({"x": True}), ALLOW)]
#[case::int_in_the_target("%(x)s", py!({"roles": ["7"]}), py!({"x": 7}), ALLOW)]
#[case::list_in_the_target("%(x)s", py!({"roles": ["['A']"]}), py!({"x": ["A"]}), ALLOW)]
#[case::bad_format_comes_before_bad_roles("100%", py!({"roles": 5}), py!({}), VALUE_ERROR)]
#[case::a_string_is_taken_letter_by_letter("a", py!({"roles": "cba"}), py!({}), ALLOW)]
#[case::a_string_is_no_role("abc", py!({"roles": "abc"}), py!({}), DENY)]
#[case::an_empty_string("a", py!({"roles": ""}), py!({}), DENY)]
#[case::letters_in_any_case("A", py!({"roles": "abc"}), py!({}), ALLOW)]
#[case::keys_of_a_dict("a", py!({"roles": {"A": 1}}), py!({}), ALLOW)]
#[case::an_empty_dict("a", py!({"roles": {}}), py!({}), DENY)]
#[case::values_of_a_dict_play_no_part("a", py!({"roles": {"b": "a"}}), py!({}), DENY)]
#[case::a_key_that_is_no_string("a", py!({"roles": {"a": 1, 5: 2}}), py!({}), ATTRIBUTE_ERROR)]
#[case::tuple("a", py!({"roles": ("b", "A")}), py!({}), ALLOW)]
#[case::empty_tuple("a", py!({"roles": ()}), py!({}), DENY)]
#[case::set("a", py!({"roles": {"a"}}), py!({}), ALLOW)]
#[case::a_none("a", py!({"roles": None}), py!({}), TYPE_ERROR)]
#[case::bool_true("a", py!({"roles": True}), py!({}), TYPE_ERROR)]
#[case::int("a", py!({"roles": 5}), py!({}), TYPE_ERROR)]
#[case::zero("a", py!({"roles": 0}), py!({}), TYPE_ERROR)]
#[case::float("a", py!({"roles": 1.5}), py!({}), TYPE_ERROR)]
#[case::none_in_the_list("a", py!({"roles": [None]}), py!({}), ATTRIBUTE_ERROR)]
#[case::int_in_the_list("a", py!({"roles": [1]}), py!({}), ATTRIBUTE_ERROR)]
#[case::list_in_the_list("a", py!({"roles": [["a"]]}), py!({}), ATTRIBUTE_ERROR)]
#[case::none_behind_a_match("a", py!({"roles": ["a", None]}), py!({}), ATTRIBUTE_ERROR)]
#[case::none_before_a_match("a", py!({"roles": [None, "a"]}), py!({}), ATTRIBUTE_ERROR)]
#[case::dict_in_the_list("a", py!({"roles": [{"name": "a"}]}), py!({}), ATTRIBUTE_ERROR)]
#[case::none_in_a_tuple("a", py!({"roles": ("a", None)}), py!({}), ATTRIBUTE_ERROR)]
#[case::bytes_are_equal_to_nothing("a", py!({"roles": [b"a"]}), py!({}), DENY)]
#[case::bytes_beside_a_match("a", py!({"roles": [b"a", "a"]}), py!({}), ALLOW)]
#[case::bytes_as_roles("a", py!({"roles": b"a"}), py!({}), ATTRIBUTE_ERROR)]
#[case::no_bytes_as_roles("a", py!({"roles": b""}), py!({}), DENY)]
fn roles(#[case] wanted: &str, #[case] creds: Value, #[case] target: Value, #[case] outcome: Outcome) {
    assert_eq!(decide_text(&format!("role:{wanted}"), &creds, &target), outcome);
}

/// A kind that is no literal is a path into creds; lists fan out, in order. path-01 to path-57.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::equal("a:x", py!({"a": "x"}), py!({}), ALLOW)]
#[case::unequal("a:x", py!({"a": "y"}), py!({}), DENY)]
#[case::missing("a:x", py!({}), py!({}), DENY)]
#[case::missing_is_not_empty("a:", py!({}), py!({}), DENY)]
#[case::empty("a:", py!({"a": ""}), py!({}), ALLOW)]
#[case::kinds_are_case_sensitive("A:x", py!({"a": "x"}), py!({}), DENY)]
#[case::the_match_keeps_its_colons("a:b:c", py!({"a": "b:c"}), py!({}), ALLOW)]
#[case::roles_are_values_like_others("roles:Admin", py!({"roles": ["admin", "Admin"]}), py!({}), ALLOW)]
#[case::role_in_capitals_is_a_path("Role:a", py!({"Role": "a", "roles": []}), py!({}), ALLOW)]
#[case::two_steps("a.b:x", py!({"a": {"b": "x"}}), py!({}), ALLOW)]
#[case::three_steps("a.b.c:x", py!({"a": {"b": {"c": "x"}}}), py!({}), ALLOW)]
#[case::missing_at_the_second_step("a.b:x", py!({"a": {"c": "x"}}), py!({}), DENY)]
#[case::missing_at_the_first_step("a.b:x", py!({"b": "x"}), py!({}), DENY)]
#[case::a_dotted_key_is_not_reachable("a.b:x", py!({"a.b": "x"}), py!({}), DENY)]
#[case::a_dotted_key_below_is_not_reachable("a.b.c:x", py!({"a": {"b.c": "x"}}), py!({}), DENY)]
#[case::none_at_the_end("a:None", py!({"a": None}), py!({}), ALLOW)]
#[case::through_none("a.b:x", py!({"a": None}), py!({}), TYPE_ERROR)]
#[case::through_int("a.b:x", py!({"a": 5}), py!({}), TYPE_ERROR)]
#[case::through_true("a.b:x", py!({"a": True}), py!({}), TYPE_ERROR)]
#[case::through_a_string("a.b:x", py!({"a": "s"}), py!({}), TYPE_ERROR)]
#[case::through_float("a.b:x", py!({"a": 1.5}), py!({}), TYPE_ERROR)]
#[case::through_bytes("a.b:x", py!({"a": b"s"}), py!({}), TYPE_ERROR)]
#[case::through_a_tuple("a.b:x", py!({"a": ({"b": "x"},)}), py!({}), TYPE_ERROR)]
#[case::through_a_set("a.b:x", py!({"a": {"b"}}), py!({}), TYPE_ERROR)]
#[case::deeper_than_a_missing_key("a.b.c:x", py!({"a": {}}), py!({}), DENY)]
#[case::list_at_the_end("a:x", py!({"a": ["y", "x"]}), py!({}), ALLOW)]
#[case::list_without_it("a:x", py!({"a": ["y", "z"]}), py!({}), DENY)]
#[case::empty_list("a:x", py!({"a": []}), py!({}), DENY)]
#[case::empty_list_before_the_end("a.b:x", py!({"a": []}), py!({}), DENY)]
#[case::a_list_matches_by_the_text_of_its_elements("a:2", py!({"a": [1, 2]}), py!({}), ALLOW)]
#[case::a_list_is_not_compared_itself("a:[]", py!({"a": []}), py!({}), DENY)]
#[case::nested_list_is_compared_as_text("a:x", py!({"a": [["x"]]}), py!({}), DENY)]
#[case::text_of_a_nested_list("a:['x']", py!({"a": [["x"]]}), py!({}), ALLOW)]
#[case::list_below("a.b:x", py!({"a": {"b": ["y", "x"]}}), py!({}), ALLOW)]
#[case::list_of_dicts("a.b:x", py!({"a": [{"b": "y"}, {"b": "x"}]}), py!({}), ALLOW)]
#[case::list_of_dicts_that_lack_the_key("a.b:x", py!({"a": [{}, {"b": "x"}]}), py!({}), ALLOW)]
#[case::lists_at_two_steps("a.b.c:x", py!({"a": [{"b": [{"c": "y"}, {"c": "x"}]}]}), py!({}), ALLOW)]
#[case::list_in_a_list("a.b:x", py!({"a": [[{"b": "x"}]]}), py!({}), TYPE_ERROR)]
#[case::a_bad_element_before_the_match("a.b:x", py!({"a": ["s", {"b": "x"}]}), py!({}), TYPE_ERROR)]
#[case::a_bad_element_behind_the_match("a.b:x", py!({"a": [{"b": "x"}, "s"]}), py!({}), ALLOW)]
#[case::a_bad_element_behind_no_match("a.b:x", py!({"a": [{"b": "y"}, "s"]}), py!({}), TYPE_ERROR)]
#[case::none_in_a_list_at_the_end("a:x", py!({"a": [None, "x"]}), py!({}), ALLOW)]
#[case::tuple_is_compared_as_text("a:x", py!({"a": ("x",)}), py!({}), DENY)]
#[case::text_of_a_tuple("a:('x',)", py!({"a": ("x",)}), py!({}), DENY)]
#[case::text_of_a_dict("a:%(d)s", py!({"a": {"b": 1}}), py!({"d": {"b": 1}}), ALLOW)]
#[case::text_of_an_empty_dict("a:{}", py!({"a": {}}), py!({}), ALLOW)]
#[case::text_of_bytes("a:b'x'", py!({"a": b"x"}), py!({}), ALLOW)]
#[case::text_of_a_set("a:{'x'}", py!({"a": {"x"}}), py!({}), ALLOW)]
#[case::format_comes_before_the_path("a.b:%(x)s", py!({"a": None}), py!({}), DENY)]
#[case::target_keys_are_not_paths("a:%(d.e)s", py!({"a": "x"}), py!({"d": {"e": "x"}}), DENY)]
#[case::a_dotted_target_key("a:%(d.e)s", py!({"a": "x"}), py!({"d.e": "x"}), ALLOW)]
#[case::int_keys_are_not_text("a:%(1)s", py!({"a": "x"}), py!({1: "x"}), DENY)]
fn paths(#[case] text: &str, #[case] creds: Value, #[case] target: Value, #[case] outcome: Outcome) {
    assert_eq!(decide_text(text, &creds, &target), outcome);
}

/// The value in creds, `a`, and the one in the target are compared as texts. path-49 to path-55.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::true_is_true(py!(True), py!(True), ALLOW)]
#[case::true_and_its_name(py!(True), py!("True"), ALLOW)]
#[case::true_and_a_name_in_small_letters(py!(True), py!("true"), DENY)]
#[case::true_is_not_one(py!(True), py!(1), DENY)]
#[case::one_and_its_text(py!(1), py!("1"), ALLOW)]
#[case::one_is_not_one_point_zero(py!(1), py!(1.0), DENY)]
#[case::one_point_zero_and_its_text(py!(1.0), py!("1.0"), ALLOW)]
#[case::none_is_none(py!(None), py!(None), ALLOW)]
#[case::none_and_its_name(py!(None), py!("None"), ALLOW)]
#[case::none_is_not_empty(py!(None), py!(""), DENY)]
#[case::empty_is_empty(py!(""), py!(""), ALLOW)]
#[case::false_is_not_zero(py!(False), py!(0), DENY)]
#[case::minus_zero(py!(-0.0), py!("-0.0"), ALLOW)]
#[case::minus_zero_is_not_zero(py!(-0.0), py!(0.0), DENY)]
#[case::a_large_float(py!(1e+16), py!("1e+16"), ALLOW)]
#[case::a_small_float(py!(1e-05), py!("1e-05"), ALLOW)]
#[case::a_float_below_the_exponent_form(py!(1000000000000000.0), py!("1000000000000000.0"), ALLOW)]
#[case::floats_of_two_spellings(py!(1.1), py!("1.1"), ALLOW)]
#[case::a_list_of_values(py!([["x"]]), py!(["x"]), ALLOW)]
#[case::a_dict_and_its_text(py!({"b": [None, True]}), py!("{'b': [None, True]}"), ALLOW)]
#[case::order_of_a_dict_counts(py!({"x": 1, "y": 2}), py!({"y": 2, "x": 1}), DENY)]
#[case::a_quote_in_a_string_of_a_container(py!([["it's"]]), py!("[\"it's\"]"), ALLOW)]
#[case::bytes_and_text(py!(b"x"), py!("x"), DENY)]
#[case::bytes_and_bytes(py!(b"x"), py!(b"x"), ALLOW)]
#[case::case_counts(py!("Admin"), py!("admin"), DENY)]
#[case::blanks_count(py!("a"), py!("a "), DENY)]
#[case::the_target_is_not_formatted_again(py!("%(t)s"), py!("%(t)s"), ALLOW)]
fn values_are_compared_as_texts(#[case] creds: Value, #[case] target: Value, #[case] outcome: Outcome) {
    let (creds, target) = (Value::dict([("a", creds)]), Value::dict([("t", target)]));
    assert_eq!(decide_text("a:%(t)s", &creds, &target), outcome);
}

/// A kind that is a literal is compared itself; one that is no expression raises. lit-01 to lit-99,
/// synt-11 to synt-101. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::bool_true("True", py!(True), py!({}), ALLOW)]
#[case::true_and_its_name("True", py!("True"), py!({}), ALLOW)]
#[case::true_is_not_one("True", py!(1), py!({}), DENY)]
#[case::bool_false("False", py!(False), py!({}), ALLOW)]
#[case::a_none("None", py!(None), py!({}), ALLOW)]
#[case::none_and_its_name("None", py!("None"), py!({}), ALLOW)]
#[case::one("1", py!(1), py!({}), ALLOW)]
#[case::one_and_its_text("1", py!("1"), py!({}), ALLOW)]
#[case::one_is_not_one_point_zero("1", py!(1.0), py!({}), DENY)]
#[case::minus_one("-1", py!((-1)), py!({}), ALLOW)]
#[case::plus_one("+1", py!(1), py!({}), ALLOW)]
#[case::zeros("00", py!(0), py!({}), ALLOW)]
#[case::leading_zero("017", py!(15), py!({}), SYNTAX_ERROR)]
#[case::single_quotes("'x'", py!("x"), py!({}), ALLOW)]
#[case::double_quotes("\"x\"", py!("x"), py!({}), ALLOW)]
#[case::a_string_is_not_its_source("'x'", py!("'x'"), py!({}), DENY)]
#[case::a_string_with_a_dot("'a.b'", py!("a.b"), py!({}), ALLOW)]
#[case::an_empty_string("''", py!(""), py!({}), ALLOW)]
#[case::a_number_in_quotes("'1'", py!(1), py!({}), ALLOW)]
#[case::a_literal_is_not_looked_up("True", py!("x"), py!({"True": "x"}), DENY)]
#[case::an_int_is_not_looked_up("1", py!("x"), py!({"1": "x"}), DENY)]
#[case::a_string_is_not_looked_up("'a'", py!("x"), py!({"'a'": "x", "a": "x"}), DENY)]
#[case::true_in_small_letters_is_a_path("true", py!("x"), py!({"true": "x"}), ALLOW)]
#[case::null_is_a_path("null", py!("x"), py!({"null": "x"}), ALLOW)]
#[case::inf_is_a_path("inf", py!("x"), py!({"inf": "x"}), ALLOW)]
#[case::nothing("", py!("x"), py!({"": "x"}), SYNTAX_ERROR)]
#[case::a_dot(".", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::two_dots("a..b", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::a_dot_at_the_end("a.", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::a_dot_in_front(".a", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::keyword("class", py!("x"), py!({"class": "x"}), SYNTAX_ERROR)]
#[case::keyword_in_a_path("a.if.b", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::keyword_at_the_end("a.is", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::true_in_a_path("a.True", py!("x"), py!({}), SYNTAX_ERROR)]
#[case::soft_keyword("match", py!("x"), py!({"match": "x"}), ALLOW)]
#[case::soft_keyword_type("type", py!("x"), py!({"type": "x"}), ALLOW)]
#[case::a_path_from_none("None.x", py!("x"), py!({}), DENY)]
#[case::underscore("_", py!("x"), py!({"_": "x"}), ALLOW)]
#[case::underscore_and_digit("_1", py!("x"), py!({"_1": "x"}), ALLOW)]
fn literal_kinds(#[case] kind: &str, #[case] target: Value, #[case] creds: Value, #[case] outcome: Outcome) {
    let target = Value::dict([("t", target)]);
    assert_eq!(decide_text(&format!("{kind}:%(t)s"), &creds, &target), outcome);
}

/// The match is formatted before the kind is read. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::no_kind(":%(x)s")]
#[case::keyword("class:%(x)s")]
#[case::a_literal_not_built_yet("{1,2}:%(x)s")]
#[case::a_bad_directive("a:%(x)s%(y)d")]
fn a_missing_target_key_denies_whatever_the_kind(#[case] text: &str) {
    assert_eq!(decide_text(text, &py!({}), &py!({})), DENY);
}

/// The match, the target, and the text that creds hold. fmt-01 to fmt-63.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::no_directive("v", py!({}), "v", ALLOW)]
#[case::one("%(x)s", py!({"x": "v"}), "v", ALLOW)]
#[case::text_around("p-%(x)s-q", py!({"x": "v"}), "p-v-q", ALLOW)]
#[case::two("%(x)s/%(y)s", py!({"x": 1, "y": 2}), "1/2", ALLOW)]
#[case::the_same_twice("%(x)s-%(x)s", py!({"x": 1}), "1-1", ALLOW)]
#[case::missing("%(x)s", py!({}), "None", DENY)]
#[case::missing_is_no_wildcard("%(x)s", py!({}), "", DENY)]
#[case::keys_are_case_sensitive("%(X)s", py!({"x": "v"}), "v", DENY)]
#[case::percent_percent("100%%", py!({}), "100%", ALLOW)]
#[case::percent_percent_is_read_once("%%(x)s", py!({"x": 1}), "%(x)s", ALLOW)]
#[case::percent_at_the_end("100%", py!({}), "100%", VALUE_ERROR)]
#[case::an_open_key("%(x", py!({"x": 1}), "1", VALUE_ERROR)]
#[case::a_key_and_nothing("%(x)s%(y)", py!({"x": 1}), "1", DENY)]
#[case::the_empty_key("%()s", py!({"": "v"}), "v", ALLOW)]
#[case::parentheses_in_a_key("%(x(y)z)s", py!({"x(y)z": "v"}), "v", ALLOW)]
#[case::a_dotted_key("%(x.y)s", py!({"x.y": "v"}), "v", ALLOW)]
#[case::a_key_with_a_colon("%(x:y)s", py!({"x:y": "v"}), "v", ALLOW)]
#[case::no_second_round("%(x)s", py!({"x": "%(y)s", "y": 1}), "%(y)s", ALLOW)]
#[case::a_missing_key_before_an_open_directive("%(x)s%", py!({}), "v", DENY)]
#[case::an_open_directive_behind_a_key("%(x)s%", py!({"x": 1}), "1", VALUE_ERROR)]
#[case::an_open_key_before_a_missing_one("%(x%(y)s", py!({}), "v", VALUE_ERROR)]
fn formats(#[case] wanted: &str, #[case] target: Value, #[case] creds: &str, #[case] outcome: Outcome) {
    let creds = Value::dict([("a", creds.into())]);
    assert_eq!(decide_text(&format!("a:{wanted}"), &creds, &target), outcome);
}

/// Other directives, and targets that are no dicts. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case("a:%(x)d", py!({"x": 1}), py!({"a": 1}), ALLOW)]
#[case("a:%(x)5s", py!({"x": 1}), py!({"a": 1}), DENY)]
#[case("a:%(x)5s", py!({"x": 1}), py!({"a": "    1"}), ALLOW)]
#[case("role:%(x)r", py!({"x": 1}), py!({"roles": []}), DENY)]
#[case("role:%(x)r", py!({"x": "A"}), py!({"roles": ["'a'"]}), ALLOW)]
#[case("a:%s", py!({}), py!({"a": 1}), DENY)]
#[case("a:%s", py!({}), py!({"a": "{}"}), ALLOW)]
#[case("a:%s", py!({"b": 1}), py!({"a": {"b": 1}}), ALLOW)]
#[case("a:x", py!([]), py!({"a": "x"}), ALLOW)]
#[case("a:x", py!(()), py!({"a": "x"}), ALLOW)]
#[case("a:x", py!(None), py!({"a": "x"}), TYPE_ERROR)]
#[case("role:x", py!(None), py!({"roles": []}), TYPE_ERROR)]
#[case("role:x", py!(b""), py!({"roles": ["X"]}), ALLOW)]
#[case("a:%s", py!(None), py!({"a": None}), ALLOW)]
#[case("a:%(x)s", py!([]), py!({"a": "x"}), TYPE_ERROR)]
#[case("a:%(x)c", py!({"x": 1114112}), py!({"a": "x"}), OVERFLOW_ERROR)]
#[case("a:%(x)d", py!({"x": "1"}), py!({"a": 1}), TYPE_ERROR)]
#[case("a:%(x)b", py!({"x": 1}), py!({"a": 1}), VALUE_ERROR)]
#[case("a:%(x)b", py!({}), py!({"a": 1}), DENY)]
#[case("rule:%d", py!({}), py!({}), DENY)]
#[case("True:%s", py!(True), py!({}), ALLOW)]
#[case("'x':%s", py!("x"), py!({}), ALLOW)]
#[case("class:%d", py!({"x": 1}), py!({}), TYPE_ERROR)]
#[case("class:%(y)d", py!({}), py!({}), DENY)]
#[case("a.b:%s", py!(("x",)), py!({"a": {"b": "x"}}), ALLOW)]
#[case("a:%s%s", py!(("x", "y")), py!({"a": "xy"}), ALLOW)]
#[case("a:x", py!(("y",)), py!({"a": "x"}), TYPE_ERROR)]
#[case("role:\u{e9}", py!({}), py!({"roles": ["\u{c9}"]}), ALLOW)]
#[case("role:a", py!({}), py!({"roles": ["\u{e9}"]}), DENY)]
#[case("role:%(x).1f", py!({"x": 1}), py!({"roles": ["1.0"]}), ALLOW)]
fn directives_and_targets(
    #[case] text: &str,
    #[case] target: Value,
    #[case] creds: Value,
    #[case] outcome: Outcome,
) {
    assert_eq!(decide_text(text, &creds, &target), outcome);
}
