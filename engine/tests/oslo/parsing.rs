//! Rule texts to check trees: shape, places, diagnostics, depth.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use assay_engine::oslo::language::{BaseClass, Check, DiagnosticKind, reductions};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Request, Rules, decide, parse_text};
use rstest::rstest;

/// What the stack of `ParseState` holds before and after each step. Source: oslo.policy 6.0.1.
#[rstest]
#[case("(a:1)", &["( check )"])]
#[case("(a:1 and b:2)", &["check and check", "( and_expr )"])]
#[case("(a:1 or b:2)", &["check or check", "( or_expr )"])]
#[case("not a:1", &["not check"])]
#[case("a:1 and b:2 and c:3", &["check and check", "and_expr and check"])]
#[case("a:1 or b:2 or c:3", &["check or check", "or_expr or check"])]
#[case("a:1 and b:2 or c:3", &["check and check", "and_expr or check"])]
#[case("a:1 or b:2 and c:3 and d:4", &["check or check", "or_expr and check", "or_expr and check"])]
#[case(
    "(a:1 and b:2) or not (c:3 or d:4)",
    &["check and check", "( and_expr )", "check or check", "( or_expr )", "not check", "check or check"]
)]
fn expressions_are_reduced_as_upstream_reduces_them(#[case] text: &str, #[case] expected: &[&str]) {
    let names: Vec<&str> = reductions(text).into_iter().map(|reduction| reduction.name()).collect();
    assert_eq!(names, expected);
}

/// `not` before `and` before `or`; parentheses before all. prec-01 to prec-21.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::and_binds_tighter_on_the_right("a:1 or b:2 and c:3", "(a:1 or (b:2 and c:3))")]
#[case::and_binds_tighter_on_the_left("a:1 and b:2 or c:3", "((a:1 and b:2) or c:3)")]
#[case::and_in_the_middle("a:1 or b:2 and c:3 or d:4", "(a:1 or (b:2 and c:3) or d:4)")]
#[case::two_ands_joined_by_or("a:1 and b:2 or c:3 and d:4", "((a:1 and b:2) or (c:3 and d:4))")]
#[case::or_terms_stay_flat("a:1 or b:2 or c:3", "(a:1 or b:2 or c:3)")]
#[case::and_terms_stay_flat("a:1 and b:2 and c:3", "(a:1 and b:2 and c:3)")]
#[case::parentheses_win_over_precedence("c:3 and (a:1 or b:2)", "(c:3 and (a:1 or b:2))")]
#[case::parentheses_win_at_the_front("(a:1 or b:2) and c:3", "((a:1 or b:2) and c:3)")]
#[case::not_binds_tightest_before_or("not a:1 or b:2", "(not a:1 or b:2)")]
#[case::not_binds_tightest_before_and("not a:1 and b:2", "(not a:1 and b:2)")]
#[case::not_behind_and("a:1 and not b:2", "(a:1 and not b:2)")]
#[case::not_of_a_group("not (a:1 or b:2)", "not (a:1 or b:2)")]
#[case::not_of_a_group_then_and("not (a:1 or b:2) and c:3", "(not (a:1 or b:2) and c:3)")]
#[case::not_chain("not not not a:1", "not not not a:1")]
#[case::not_chain_over_a_group("not not (a:1 and b:2)", "not not (a:1 and b:2)")]
#[case::not_inside_a_longer_and("a:1 or b:2 and not c:3 and d:4", "(a:1 or (b:2 and not c:3 and d:4))")]
fn precedence(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// A group keeps its shape, but an `and` group that is the last operand of an `or` takes further `and`s.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::an_and_group_behind_or_is_extended("a:1 or (b:2 and c:3) and d:4", "(a:1 or (b:2 and c:3 and d:4))")]
#[case::a_group_that_ends_in_an_and_takes_nothing(
    "(a:1 or b:2 and c:3) and d:4",
    "((a:1 or (b:2 and c:3)) and d:4)"
)]
#[case::a_double_group_is_merged_too("a:1 or ((b:2 and c:3)) and d:4", "(a:1 or (b:2 and c:3 and d:4))")]
#[case::a_grouped_and_at_the_front_stays_nested("(a:1 and b:2) and c:3", "((a:1 and b:2) and c:3)")]
#[case::a_grouped_and_at_the_end_stays_nested("a:1 and (b:2 and c:3)", "(a:1 and (b:2 and c:3))")]
#[case::a_grouped_and_behind_and_stays_nested(
    "a:1 and (b:2 and c:3) and d:4",
    "(a:1 and (b:2 and c:3) and d:4)"
)]
#[case::a_grouped_or_at_the_front_stays_nested("(a:1 or b:2) or c:3", "((a:1 or b:2) or c:3)")]
#[case::a_grouped_or_at_the_end_stays_nested("a:1 or (b:2 or c:3)", "(a:1 or (b:2 or c:3))")]
#[case::a_grouped_or_behind_or_is_wrapped("a:1 or (b:2 or c:3) and d:4", "(a:1 or ((b:2 or c:3) and d:4))")]
#[case::a_not_behind_or_is_wrapped("a:1 or not b:2 and c:3", "(a:1 or (not b:2 and c:3))")]
#[case::extended_by_every_and(
    "a:1 or (b:2 and c:3) and d:4 and e:5 or f:6 and g:7",
    "(a:1 or (b:2 and c:3 and d:4 and e:5) or (f:6 and g:7))"
)]
#[case::nested_groups_keep_their_shape("(a:1 or (b:2 and (c:3 or d:4)))", "(a:1 or (b:2 and (c:3 or d:4)))")]
fn grouping(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// Parentheses are taken off both ends of every word, whatever the word is.
/// form-05 to form-11, form-67 to form-71. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::parentheses_around_one_check_vanish("(a:1)", "a:1")]
#[case::blanks_inside_parentheses("( a:1 )", "a:1")]
#[case::many_parentheses_around_one_check_vanish("((((a:1))))", "a:1")]
#[case::parentheses_around_every_term("(a:1) and (b:2)", "(a:1 and b:2)")]
#[case::parentheses_in_words_of_their_own("( ( a:1 ) or ( b:2 ) )", "(a:1 or b:2)")]
#[case::nothing_in_parentheses("()", "!")]
#[case::a_blank_in_parentheses("( )", "!")]
#[case::only_an_opening_parenthesis("(", "!")]
#[case::only_a_closing_parenthesis(")", "!")]
#[case::closing_without_opening("@)", "!")]
#[case::opening_without_closing("(@", "!")]
#[case::one_closing_too_many("(@))", "!")]
#[case::one_opening_too_many("((@)", "!")]
#[case::reversed_parentheses(")@(", "!")]
#[case::closing_behind_a_check("a:1)", "!")]
#[case::opening_before_a_check("(a:1", "!")]
#[case::two_groups_without_operator("(@) (@)", "!")]
#[case::operator_glued_between_groups("(@)and(@)", "!")]
#[case::not_glued_to_a_group("not(@)", "!")]
#[case::and_glued_to_checks("@and@", "!")]
#[case::a_group_around_an_operator("(and)", "!")]
#[case::parentheses_within_a_word_stay("a:b(c)d", "a:b(c)d")]
#[case::a_leading_parenthesis_of_the_match_stays("a:(b", "a:(b")]
#[case::a_trailing_parenthesis_is_stripped("a:(b)", "!")]
#[case::a_placeholder_loses_its_last_parenthesis("a:%(b)", "!")]
#[case::a_whole_placeholder_stays("a:%(b)s", "a:%(b)s")]
#[case::a_parenthesis_behind_a_placeholder_is_stripped("a:%(b)s)", "!")]
#[case::the_leading_parenthesis_of_a_kind_is_stripped("(1):x", "!")]
#[case::a_group_around_placeholders("(a:%(b)s and c:%(d)s)", "(a:%(b)s and c:%(d)s)")]
fn parentheses(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// Operators are words of their own, in any case of letters; what they do not join denies.
/// form-13 to form-41. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::nothing("", "@")]
#[case::and_alone("and", "!")]
#[case::or_alone("or", "!")]
#[case::not_alone("not", "!")]
#[case::not_not("not not", "!")]
#[case::and_at_the_front("and @", "!")]
#[case::or_at_the_front("or @", "!")]
#[case::and_at_the_end("@ and", "!")]
#[case::or_at_the_end("@ or", "!")]
#[case::two_operators("@ and or @", "!")]
#[case::or_and("@ or and @", "!")]
#[case::and_not_without_operand("@ and not", "!")]
#[case::not_before_and("not and @", "!")]
#[case::not_between_checks("@ not @", "!")]
#[case::two_checks("@ @", "!")]
#[case::three_checks("a:1 b:2 c:3", "!")]
#[case::two_checks_then_and("a:1 b:2 and c:3", "!")]
#[case::ampersands_are_no_operator("@ && @", "!")]
#[case::an_error_deep_inside_denies_the_whole_rule("@ or (@ and (a:1 b:2))", "!")]
#[case::upper_case_and("@ AND @", "(@ and @)")]
#[case::mixed_case_or("@ Or !", "(@ or !)")]
#[case::upper_case_not("NOT !", "not !")]
#[case::odd_case("nOt @ aNd @ oR !", "((not @ and @) or !)")]
#[case::operators_with_a_colon_are_checks("and:x or or:y", "(and:x or or:y)")]
#[case::not_with_a_colon_is_a_check("not:x", "not:x")]
#[case::operators_as_matches("a:and and b:or or c:not", "((a:and and b:or) or c:not)")]
fn operators(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// A word without a colon is `!` by itself; the first colon splits. form-57 to form-81.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::a_word_without_colon_denies("admin", "!")]
#[case::true_is_no_check("True", "!")]
#[case::two_ats_are_no_check("@@", "!")]
#[case::at_and_bang_are_no_check("@!", "!")]
#[case::at_with_a_colon_is_a_check("@:x", "@:x")]
#[case::an_empty_match("a:", "a:")]
#[case::an_empty_kind(":x", ":x")]
#[case::a_lone_colon(":", ":")]
#[case::the_first_colon_splits("a:b:c", "a:b:c")]
#[case::a_word_without_colon_only_denies_itself("a:1 or admin", "(a:1 or !)")]
#[case::a_word_without_colon_under_not("not admin", "not !")]
#[case::no_comments("@ #x", "!")]
#[case::a_semicolon_is_part_of_the_word("@;", "!")]
#[case::letters_outside_ascii("é:ü or 日:本", "(é:ü or 日:本)")]
fn words(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// A word in quotes makes the whole rule deny, unless a parenthesis behind it hides the closing quote.
/// form-43 to form-55. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::single_quoted_word("'x'", "!")]
#[case::double_quoted_word("\"x\"", "!")]
#[case::quoted_blank_is_two_words("'a b'", "!")]
#[case::empty_quotes("''", "!")]
#[case::quoted_operator("\"and\"", "!")]
#[case::quoted_check("'a:b'", "!")]
#[case::quoted_word_between_checks("@ or 'x' or @", "!")]
#[case::a_closing_parenthesis_hides_the_quotes("('x')", "!")]
#[case::an_opening_parenthesis_hides_nothing("('x'", "!")]
#[case::hidden_quotes_around_a_check("('a:b')", "'a:b'")]
#[case::a_quoted_check_at_the_end_of_a_group("(@ and 'x':'x')", "(@ and 'x':'x')")]
#[case::a_quoted_check_at_the_front_of_a_group("('x':'x' and @)", "!")]
#[case::quoted_kind_and_match("'x':'x'", "!")]
#[case::quoted_kind("'x':x", "'x':x")]
#[case::double_quoted_kind("\"x\":x", "\"x\":x")]
#[case::quoted_match("x:'x'", "x:'x'")]
#[case::mixed_quotes_are_a_check("'x':\"x\"", "'x':\"x\"")]
#[case::one_quote("'", "!")]
#[case::one_quote_with_a_colon("':", "':")]
#[case::unequal_quotes("'x\"", "!")]
fn quotes(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// Blanks split words; a text of blanks only denies.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::one_blank(" ", "!")]
#[case::many_blanks("    ", "!")]
#[case::tabs_and_line_ends("\t\r\n", "!")]
#[case::blank_in_front(" @", "@")]
#[case::blank_behind("@ ", "@")]
#[case::blanks_everywhere("  a:1   or \t\n b:2  ", "(a:1 or b:2)")]
#[case::a_line_end_splits("role:a\nor role:b\n", "(role:a or role:b)")]
#[case::a_blank_splits_a_match("a:b c", "!")]
#[case::a_nul_is_part_of_a_word("@\0", "!")]
fn blanks(#[case] text: &str, #[case] canonical: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
}

/// Source: oslo.policy 6.0.1 on CPython 3.11.7 (the class that `parse_rule` gives).
#[rstest]
#[case::rule("rule:a", BaseClass::Rule, "rule", "a")]
#[case::role("role:a:b", BaseClass::Role, "role", "a:b")]
#[case::http("http://h/p", BaseClass::Http, "http", "//h/p")]
#[case::https("https:a", BaseClass::Https, "https", "a")]
#[case::rule_in_capitals("Rule:a", BaseClass::Generic, "Rule", "a")]
#[case::role_in_capitals("ROLE:a", BaseClass::Generic, "ROLE", "a")]
#[case::http_in_capitals("HTTP:a", BaseClass::Generic, "HTTP", "a")]
#[case::a_longer_word("rules:a", BaseClass::Generic, "rules", "a")]
#[case::two_colons("rule::a", BaseClass::Rule, "rule", ":a")]
#[case::no_kind(":x", BaseClass::Generic, "", "x")]
fn classes_of_checks(#[case] text: &str, #[case] class: BaseClass, #[case] kind: &str, #[case] rest: &str) {
    let tree = parse_text(text);
    let Check::Base(base) = tree.check(tree.root()) else { panic!("{tree} is no kind:match") };
    assert_eq!((base.class, &base.kind, &base.text), (class, &kind.into(), &rest.into()));
}

/// Of all characters, those of Python's `str.isspace` and no others split words. ws-01 to ws-27.
/// Source: oslo.policy 6.0.1 on CPython 3.11.7, asked about every character.
#[test]
fn white_space_is_what_str_isspace_says() {
    let ranges = ['\t'..='\r', '\u{1c}'..='\u{20}', '\u{2000}'..='\u{200a}', '\u{2028}'..='\u{2029}'];
    let single = ['\u{85}', '\u{a0}', '\u{1680}', '\u{202f}', '\u{205f}', '\u{3000}'];
    let splits = |c: char| ranges.iter().any(|range| range.contains(&c)) || single.contains(&c);
    let [both, one_check, denied] = ["(@ and @)", "@:and:@", "!"].map(parse_text);
    let mut text = String::new();
    for c in '\0'..=char::MAX {
        text.clear();
        text.extend(['@', c, 'a', 'n', 'd', c, '@']);
        let expected = match c {
            ':' => &one_check,
            _ if splits(c) => &both,
            _ => &denied,
        };
        assert!(parse_text(&text) == *expected, "{c:?}");
    }
}

/// Every node, a parent before its children: its text without and with the parentheses around it.
/// Source: the documentation of `Node`.
#[rstest]
#[case::one_check("a:1", &[("a:1", "a:1")])]
#[case::blanks_are_outside("  a:1 ", &[("a:1", "a:1")])]
#[case::parentheses("(a:1)", &[("a:1", "(a:1)")])]
#[case::all_parentheses("( (a:1 ))", &[("a:1", "( (a:1 ))")])]
#[case::empty_text("", &[("", "")])]
#[case::a_word_without_colon("admin", &[("admin", "admin")])]
#[case::hidden_quotes("('x')", &[("'x'", "('x')")])]
#[case::precedence("a:1 or b:2 and @", &[
    ("a:1 or b:2 and @", "a:1 or b:2 and @"), ("a:1", "a:1"), ("b:2 and @", "b:2 and @"),
    ("b:2", "b:2"), ("@", "@"),
])]
#[case::group("(a:1 or b:2) and c:3", &[
    ("(a:1 or b:2) and c:3", "(a:1 or b:2) and c:3"), ("a:1 or b:2", "(a:1 or b:2)"), ("a:1", "a:1"),
    ("b:2", "b:2"),
    ("c:3", "c:3"),
])]
#[case::not_chain("not  (not ( a:1 ))", &[
    ("not  (not ( a:1 ))", "not  (not ( a:1 ))"), ("not ( a:1 )", "(not ( a:1 ))"), ("a:1", "( a:1 )"),
])]
#[case::group_around_all("( ( a:1 ) or not ( b:2 ) )", &[
    ("( a:1 ) or not ( b:2 )", "( ( a:1 ) or not ( b:2 ) )"), ("a:1", "( a:1 )"),
    ("not ( b:2 )", "not ( b:2 )"),
    ("b:2", "( b:2 )"),
])]
#[case::merged_group("a:1 or (b:2 and c:3) and d:4", &[
    ("a:1 or (b:2 and c:3) and d:4", "a:1 or (b:2 and c:3) and d:4"), ("a:1", "a:1"),
    ("(b:2 and c:3) and d:4", "(b:2 and c:3) and d:4"), ("b:2", "b:2"), ("c:3", "c:3"), ("d:4", "d:4"),
])]
#[case::nested_group("a:1 or (b:2 or c:3) and d:4", &[
    ("a:1 or (b:2 or c:3) and d:4", "a:1 or (b:2 or c:3) and d:4"), ("a:1", "a:1"),
    ("(b:2 or c:3) and d:4", "(b:2 or c:3) and d:4"), ("b:2 or c:3", "(b:2 or c:3)"), ("b:2", "b:2"),
    ("c:3", "c:3"),
    ("d:4", "d:4"),
])]
#[case::outside_ascii("é:ü\u{3000}or (日:本)", &[
    ("é:ü\u{3000}or (日:本)", "é:ü\u{3000}or (日:本)"), ("é:ü", "é:ü"), ("日:本", "(日:本)"),
])]
#[case::what_cannot_be_parsed_is_one_node(" a:1 b:2 ", &[(" a:1 b:2 ", " a:1 b:2 ")])]
fn places(#[case] text: &str, #[case] nodes: &[(&str, &str)]) {
    let tree = parse_text(text);
    let places = tree.ids().into_iter().map(|id| tree.node(id));
    let places: Vec<_> = places.map(|node| (&text[node.span.clone()], &text[node.outer.clone()])).collect();
    assert_eq!(places, nodes);
}

/// Which words are no checks, and where the parse fails. Source: what oslo.policy 6.0.1 logs on
/// CPython 3.11.7, a word or the whole rule at a time; the place of a failed parse is this engine's.
#[rstest]
#[case::nothing_to_say("a:1 or not @", &[], None)]
#[case::the_empty_text("", &[], None)]
#[case::one_word("admin", &["admin"], None)]
#[case::every_such_word("a:1 or admin and x", &["admin", "x"], None)]
#[case::words_in_parentheses("(true) and false", &["true", "false"], None)]
#[case::hidden_quotes("('x')", &["'x'"], None)]
#[case::blanks_only(" ", &[], Some(" "))]
#[case::two_checks("a:1 b:2", &[], Some("b:2"))]
#[case::two_checks_behind_an_or("a:1 or b:2 c:3", &[], Some("c:3"))]
#[case::a_group_and_a_check("(a:1 or b:2) c:3", &[], Some("c:3"))]
#[case::an_open_parenthesis("( a:1", &[], Some("("))]
#[case::an_open_group("(a:1 or b:2", &[], Some("("))]
#[case::a_closing_parenthesis("a:1 )", &[], Some(")"))]
#[case::a_closing_parenthesis_behind_a_group("a:1 or b:2)", &[], Some(")"))]
#[case::a_quoted_word("a:1 or 'x'", &[], Some("'x'"))]
#[case::operator_at_the_front("and a:1", &[], Some("and"))]
#[case::operator_at_the_end("a:1 and", &[], Some("and"))]
#[case::only_not("not", &[], Some("not"))]
#[case::not_before_and("not and a:1", &[], Some("not"))]
#[case::words_and_a_failed_parse("admin 'x'", &["admin"], Some("'x'"))]
#[case::outside_ascii("é and a:1 ü:2", &["é"], Some("ü:2"))]
fn diagnostics(#[case] text: &str, #[case] words: &[&str], #[case] unparsable: Option<&str>) {
    let tree = parse_text(text);
    let found = tree.diagnostics().iter().map(|found| (found.kind, &text[found.span.clone()]));
    let words = words.iter().map(|word| (DiagnosticKind::NoColon, *word));
    let expected = words.chain(unparsable.map(|place| (DiagnosticKind::Unparsable, place)));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// No depth overflows a stack or takes long. Source: oslo.policy 6.0.1 on CPython 3.11.7, deep-03 to
/// deep-13; the texts with its recursion limit lifted, the outcomes of walks with the usual one; `None`
/// stands for the text itself.
#[rstest]
#[case::parentheses(["(", "@", ")"], 20_000, Some("@"), Ok(true))]
#[case::parentheses_left_open(["(", "@", ""], 20_000, Some("!"), Ok(false))]
#[case::nots(["not ", "@", ""], 20_000, None, Err(Interrupt::Raised(ExceptionClass::TypeError)))]
#[case::nots_without_operand(["not ", "", ""], 20_000, Some("!"), Ok(false))]
#[case::nested_ands(["(@ and ", "@", ")"], 20_000, None, Err(Interrupt::Raised(ExceptionClass::TypeError)))]
#[case::nested_ors(
    ["(! or ", "@", ")"], 20_000, None, Err(Interrupt::Raised(ExceptionClass::TypeError)),
)]
#[case::or_of_many_terms(["! or ", "@", ""], 100_000, Some("(…)"), Ok(true))]
fn depth(
    #[case] parts: [&'static str; 3],
    #[case] times: usize,
    #[case] canonical: Option<&'static str>,
    #[case] outcome: Result<bool, Interrupt>,
) {
    let [open, middle, close] = parts;
    let text = open.repeat(times) + middle + &close.repeat(times);
    let canonical = match canonical {
        None => text.clone(),
        Some(around) => around.replace('…', &text),
    };
    within_a_minute_on_a_small_stack(move || {
        let rules = Rules::from_texts([("r", &text)]);
        let tree = parse_text(&text);
        assert!(tree.to_string() == canonical, "printed otherwise");
        assert!(rules.get("r") == Some(&tree), "not equal to itself");
        let copy = tree.clone();
        drop(tree);
        assert!(copy == parse_text(&text), "a copy is not equal");
        assert!(copy != parse_text("a:1"), "equal to another");
        let (creds, target) = (Value::dict([("", Value::None); 0]), Value::dict([("", Value::None); 0]));
        assert_eq!(decide(&rules, "r", Request { creds: &creds, target: &target }), outcome);
    });
}

fn within_a_minute_on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let thread = thread::Builder::new().stack_size(256 * 1024);
    let thread = thread.spawn(move || {
        work();
        done.send(()).expect("the test waits");
    });
    let thread = thread.expect("a thread can be made");
    if wait.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("still at it after a minute");
    }
    thread.join().expect("no panic on the small stack");
}
