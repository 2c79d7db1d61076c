//! Text outside ASCII: roles in any case of letters, `repr()`, lone surrogates.

use assay_engine::oslo::language::{CheckTree, parse_str, parse_text};
use assay_engine::oslo::python::text::{ascii_of, repr_of};
use assay_engine::oslo::python::unicode::{differs, lower};
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{Interrupt, Request, Rules, decide};
use rstest::rstest;

type Outcome = Result<bool, Interrupt>;

const ALLOW: Outcome = Ok(true);
const DENY: Outcome = Ok(false);

fn decide_text(text: &str, creds: &Value, target: &Value) -> Outcome {
    decide(&Rules::from_texts([("r", text)]), "r", Request { creds, target })
}

/// The role that is wanted, and the one in creds: simple and full mappings, the final sigma, no
/// normal forms and no case folding. role-27 to role-43. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case("\u{e9}", "\u{c9}", ALLOW)]
#[case("\u{c9}", "\u{e9}", ALLOW)]
#[case("e\u{301}", "\u{e9}", DENY)]
#[case("\u{130}", "i\u{307}", ALLOW)]
#[case("i\u{307}", "\u{130}", ALLOW)]
#[case("I", "\u{131}", DENY)]
#[case("\u{131}", "I", DENY)]
#[case("i", "\u{130}", DENY)]
#[case("\u{1e9e}", "\u{df}", ALLOW)]
#[case("\u{df}", "SS", DENY)]
#[case("\u{df}", "\u{1e9e}", ALLOW)]
#[case("ss", "\u{df}", DENY)]
#[case("\u{3a3}", "\u{3c3}", ALLOW)]
#[case("\u{3a3}", "\u{3c2}", DENY)]
#[case("\u{3c3}", "\u{3a3}", ALLOW)]
#[case("\u{3c2}", "\u{3a3}", DENY)]
#[case("\u{391}\u{3a3}", "\u{3b1}\u{3c2}", ALLOW)]
#[case("\u{391}\u{3a3}", "\u{3b1}\u{3c3}", DENY)]
#[case("\u{3b1}\u{3c2}", "\u{391}\u{3a3}", ALLOW)]
#[case("\u{3b1}\u{3c3}", "\u{391}\u{3a3}", DENY)]
#[case("\u{391}\u{3a3}.", "\u{3b1}\u{3c2}.", ALLOW)]
#[case("\u{391}\u{3a3}.\u{391}", "\u{3b1}\u{3c3}.\u{3b1}", ALLOW)]
#[case("\u{391}\u{3a3} \u{391}", "\u{3b1}\u{3c2} \u{3b1}", ALLOW)]
#[case("\u{391}\u{3a3}1", "\u{3b1}\u{3c2}1", ALLOW)]
#[case("\u{391}\u{3a3}\u{ad}", "\u{3b1}\u{3c2}\u{ad}", ALLOW)]
#[case("\u{391}\u{3a3}'\u{391}", "\u{3b1}\u{3c3}'\u{3b1}", ALLOW)]
#[case("\u{391}\u{301}\u{3a3}", "\u{3b1}\u{301}\u{3c2}", ALLOW)]
#[case("'\u{3a3}", "'\u{3c3}", ALLOW)]
#[case("'\u{3a3}", "'\u{3c2}", DENY)]
#[case("1\u{3a3}", "1\u{3c3}", ALLOW)]
#[case("a\u{3a3}", "a\u{3c2}", ALLOW)]
#[case("A\u{3a3}b", "a\u{3c3}b", ALLOW)]
#[case("A\u{3a3}\u{3a3}", "a\u{3c3}\u{3c2}", ALLOW)]
#[case("A\u{3a3}\u{345}\u{3a3}", "a\u{3c3}\u{345}\u{3c2}", ALLOW)]
#[case("A\u{3a3}:\u{3a3}", "a\u{3c3}:\u{3c2}", ALLOW)]
#[case("A\u{3a3}\u{2019}\u{392}", "a\u{3c3}\u{2019}\u{3b2}", ALLOW)]
#[case("K", "k", ALLOW)]
#[case("K", "K", ALLOW)]
#[case("\u{212a}", "k", ALLOW)]
#[case("\u{2126}", "\u{3c9}", ALLOW)]
#[case("\u{212b}", "\u{e5}", ALLOW)]
#[case("\u{1c5}", "\u{1c6}", ALLOW)]
#[case("\u{1c4}", "\u{1c5}", ALLOW)]
#[case("\u{10400}", "\u{10428}", ALLOW)]
#[case("\u{1c90}", "\u{10d0}", ALLOW)]
#[case("\u{13a0}", "\u{ab70}", ALLOW)]
#[case("\u{2c6f}", "\u{250}", ALLOW)]
#[case("\u{2167}", "\u{2177}", ALLOW)]
#[case("\u{24b6}", "\u{24d0}", ALLOW)]
#[case("\u{ff21}", "\u{ff41}", ALLOW)]
#[case("\u{a7c0}", "\u{a7c1}", ALLOW)]
#[case("\u{a7cb}", "\u{264}", DENY)]
#[case("\u{1c89}", "\u{1c8a}", DENY)]
#[case("\u{a7da}", "\u{a7db}", DENY)]
#[case("\u{fb01}", "FI", DENY)]
#[case("\u{149}", "\u{2bc}N", DENY)]
#[case("\u{1f0}", "J\u{30c}", DENY)]
#[case("\u{390}", "\u{3aa}\u{301}", DENY)]
#[case("\u{4e2d}\u{6587}", "\u{4e2d}\u{6587}", ALLOW)]
#[case("\u{1f600}", "\u{1f600}", ALLOW)]
fn roles(#[case] wanted: &str, #[case] role: &str, #[case] outcome: Outcome) {
    let creds = Value::dict([("roles", Value::list([role.into()]))]);
    assert_eq!(decide_text("role:%(x)s", &creds, &Value::dict([("x", wanted.into())])), outcome);
}

/// `repr()` and `ascii()` of a list of one text. Source: CPython 3.11.7.
#[rstest]
#[case("\u{e9}", "['\u{e9}']", "['\\xe9']")]
#[case("\u{e9}'", "[\"\u{e9}'\"]", "[\"\\xe9'\"]")]
#[case("\u{a0}", "['\\xa0']", "['\\xa0']")]
#[case("\u{ad}", "['\\xad']", "['\\xad']")]
#[case("\u{200b}", "['\\u200b']", "['\\u200b']")]
#[case("\u{2028}", "['\\u2028']", "['\\u2028']")]
#[case("\u{3000}", "['\\u3000']", "['\\u3000']")]
#[case("\u{1f600}", "['\u{1f600}']", "['\\U0001f600']")]
#[case("\u{1fae8}", "['\\U0001fae8']", "['\\U0001fae8']")]
#[case("\u{e0001}", "['\\U000e0001']", "['\\U000e0001']")]
#[case("\u{378}", "['\\u0378']", "['\\u0378']")]
#[case("\u{e000}", "['\\ue000']", "['\\ue000']")]
#[case("\u{ffff}", "['\\uffff']", "['\\uffff']")]
#[case("\u{10ffff}", "['\\U0010ffff']", "['\\U0010ffff']")]
#[case("\u{4e2d}", "['\u{4e2d}']", "['\\u4e2d']")]
#[case("e\u{301}", "['e\u{301}']", "['e\\u0301']")]
#[case("\u{7f}", "['\\x7f']", "['\\x7f']")]
#[case("\u{85}", "['\\x85']", "['\\x85']")]
#[case("\u{feff}", "['\\ufeff']", "['\\ufeff']")]
#[case("\u{600}", "['\\u0600']", "['\\u0600']")]
#[case("\u{2063}", "['\\u2063']", "['\\u2063']")]
fn texts(#[case] text: &str, #[case] repr: &str, #[case] ascii: &str) {
    let value = Value::list([text.into()]);
    assert_eq!(repr_of(&value), Ok(repr.into()));
    assert_eq!(ascii_of(&value), Ok(ascii.to_owned()));
    let creds = Value::dict([("a", Value::list([value]))]);
    assert_eq!(decide_text("a:%(t)s", &creds, &Value::dict([("t", repr.into())])), ALLOW);
}

/// The rule, the target, and creds; `S` is a lone surrogate. Source: oslo.policy 6.0.1 on CPython
/// 3.11.7.
#[rstest]
#[case::a_role("role:%(x)s", "x", wide("S"), "roles", Value::list([wide("S")]), ALLOW)]
#[case::a_role_in_capitals("role:%(x)s", "x", wide("AS"), "roles", Value::list([wide("aS")]), ALLOW)]
#[case::another_role("role:a", "x", wide("S"), "roles", Value::list([wide("S")]), DENY)]
#[case::among_letters("role:%(x)s", "x", wide("S"), "roles", wide("aS"), ALLOW)]
#[case::behind_a_final_sigma("role:%(x)s", "x", wide("AΣS"), "roles", Value::list([wide("aςS")]), ALLOW)]
#[case::itself("a:%(x)s", "x", wide("S"), "a", wide("S"), ALLOW)]
#[case::two_do_not_make_a_character("a:%(x)s", "x", wide("ST"), "a", "\u{1f600}".into(), DENY)]
#[case::in_a_list("a:%(x)s", "x", Value::list([wide("S")]), "a", "['\\ud83d']".into(), ALLOW)]
fn surrogates(
    #[case] text: &str,
    #[case] key: &str,
    #[case] target: Value,
    #[case] creds_key: &str,
    #[case] creds: Value,
    #[case] outcome: Outcome,
) {
    let (creds, target) = (Value::dict([(creds_key, creds)]), Value::dict([(key, target)]));
    assert_eq!(decide_text(text, &creds, &target), outcome);
}

/// `S` and `T` stand for the two halves of U+1F600.
fn wide(text: &str) -> Value {
    let point = |c| match c {
        'S' => 0xd83d,
        'T' => 0xde00,
        c => u32::from(c),
    };
    Value::Str(PyStr::from_code_points(text.chars().map(point).collect()))
}

/// `S` and `T` are the halves of a character, and letters like any other to the parser. Source: oslo.policy 6.0.1
/// on CPython 3.11.7 (`str(parse_rule(text))`).
#[rstest]
#[case::as_a_match("a:S", "a:S")]
#[case::as_a_kind("S:a", "S:a")]
#[case::on_both_sides("S:T", "S:T")]
#[case::a_pair("a:ST or (TS:b)", "(a:ST or TS:b)")]
#[case::no_blank("@S and @", "(! and @)")]
#[case::beside_letters("é:S\u{fffd}T and not T\u{1f600}:x", "(é:S\u{fffd}T and not T\u{1f600}:x)")]
#[case::around_operators("SandS:x", "SandS:x")]
fn surrogates_in_a_rule(#[case] text: &str, #[case] canonical: &str) {
    let (Value::Str(text), Value::Str(canonical)) = (wide(text), wide(canonical)) else { panic!("texts") };
    let tree = parse_str(&text);
    assert_eq!(tree.text(), canonical);
    assert_eq!(parse_str(&canonical), tree);
    let spans =
        |tree: &CheckTree| tree.ids().iter().map(|id| tree.node(*id).span.clone()).collect::<Vec<_>>();
    assert_eq!(spans(&tree), spans(&parse_text(text.masked())));
}

/// Lowering twice is lowering once, but for a sigma whose neighbours change: here it does not.
#[test]
fn the_lower_form_of_one_character_is_its_own() {
    for point in 0..0x11_0000 {
        let once = lower(&PyStr::from_code_points(vec![point]));
        assert_eq!(lower(&once), once, "{point:x}");
    }
}

/// The interpreters know the more characters the newer they are; on all others they agree.
/// Source: CPython 3.11.7, 3.12.1 and 3.13.0.
#[rstest]
#[case::new_in_unicode_15_0(0x1fae8, true)]
#[case::new_in_unicode_15_1(0x2ffc, true)]
#[case::in_identifiers_since_unicode_15_1(0x30fb, true)]
#[case::new_in_unicode_14_0(0x1fae7, false)]
#[case::not_there_yet(0x1c89, false)]
#[case::ascii(0x41, false)]
#[case::surrogate(0xd800, false)]
fn interpreters_differ(#[case] point: u32, #[case] expected: bool) {
    assert_eq!(differs(point), expected);
}
