//! Templates, targets of every kind, and the conversions `%s`, `%r`, `%a`, `%c`.

use crate::common::format::{Expected, OVERFLOW_ERROR, TYPE_ERROR, VALUE_ERROR, check, int};
use assay_engine::oslo::python::percent::{MAX_LENGTH, format};
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{ExceptionClass, Interrupt, Limit};
use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;

const KEY_ERROR: Expected = Err(Interrupt::Raised(ExceptionClass::KeyError));
const TOO_LARGE: Interrupt = Interrupt::Limit(Limit::TooLarge);

fn several() -> Value {
    py!({"x": 1, "a(b)c": "v", "": "e", "%": "p", "é": "u", "t": "%(x)s", "f": 2.5})
}

/// `%s`, `%r`, `%a`: the text of a value; the precision cuts it, and zeros do not fill it.
/// Source: CPython 3.11.7.
#[rstest]
#[case("%(x)s", py!("abc"), Ok("abc"))]
#[case("%(x)r", py!("abc"), Ok("'abc'"))]
#[case("%(x)a", py!("abc"), Ok("'abc'"))]
#[case("%(x)s", py!("é€"), Ok("é€"))]
#[case("%(x)r", py!("é€"), Ok("'é€'"))]
#[case("%(x)a", py!("é€"), Ok("'\\xe9\\u20ac'"))]
#[case("%(x)s", py!(5), Ok("5"))]
#[case("%(x)r", py!(5), Ok("5"))]
#[case("%(x)a", py!(5), Ok("5"))]
#[case("%(x)s", py!(1.5), Ok("1.5"))]
#[case("%(x)r", py!(1.5), Ok("1.5"))]
#[case("%(x)a", py!(1.5), Ok("1.5"))]
#[case("%(x)s", py!(True), Ok("True"))]
#[case("%(x)r", py!(True), Ok("True"))]
#[case("%(x)a", py!(True), Ok("True"))]
#[case("%(x)s", py!(None), Ok("None"))]
#[case("%(x)r", py!(None), Ok("None"))]
#[case("%(x)a", py!(None), Ok("None"))]
#[case("%(x)s", py!([1, "é"]), Ok("[1, 'é']"))]
#[case("%(x)r", py!([1, "é"]), Ok("[1, 'é']"))]
#[case("%(x)a", py!([1, "é"]), Ok("[1, '\\xe9']"))]
#[case("%(x)s", py!((1,)), Ok("(1,)"))]
#[case("%(x)r", py!((1,)), Ok("(1,)"))]
#[case("%(x)a", py!((1,)), Ok("(1,)"))]
#[case("%(x)s", py!({"k": "é"}), Ok("{'k': 'é'}"))]
#[case("%(x)r", py!({"k": "é"}), Ok("{'k': 'é'}"))]
#[case("%(x)a", py!({"k": "é"}), Ok("{'k': '\\xe9'}"))]
#[case("%(x)s", py!(b"a\xff"), Ok("b'a\\xff'"))]
#[case("%(x)r", py!(b"a\xff"), Ok("b'a\\xff'"))]
#[case("%(x)a", py!(b"a\xff"), Ok("b'a\\xff'"))]
#[case("%(x)s", py!({5}), Ok("{5}"))]
#[case("%(x)r", py!({5}), Ok("{5}"))]
#[case("%(x)a", py!({5}), Ok("{5}"))]
#[case("%(x)8s", py!("abé"), Ok("     abé"))]
#[case("%(x)-8s", py!("abé"), Ok("abé     "))]
#[case("%(x).2s", py!("abé"), Ok("ab"))]
#[case("%(x)8.2s", py!("abé"), Ok("      ab"))]
#[case("%(x)-8.2s", py!("abé"), Ok("ab      "))]
#[case("%(x)08s", py!("abé"), Ok("     abé"))]
#[case("%(x)+8s", py!("abé"), Ok("     abé"))]
#[case("%(x).0s", py!("abé"), Ok(""))]
#[case("%(x)8r", py!("abé"), Ok("   'abé'"))]
#[case("%(x)-8r", py!("abé"), Ok("'abé'   "))]
#[case("%(x).2r", py!("abé"), Ok("'a"))]
#[case("%(x)8.2r", py!("abé"), Ok("      'a"))]
#[case("%(x)-8.2r", py!("abé"), Ok("'a      "))]
#[case("%(x)08r", py!("abé"), Ok("   'abé'"))]
#[case("%(x)+8r", py!("abé"), Ok("   'abé'"))]
#[case("%(x).0r", py!("abé"), Ok(""))]
#[case("%(x)8a", py!("abé"), Ok("'ab\\xe9'"))]
#[case("%(x)-8a", py!("abé"), Ok("'ab\\xe9'"))]
#[case("%(x).2a", py!("abé"), Ok("'a"))]
#[case("%(x)8.2a", py!("abé"), Ok("      'a"))]
#[case("%(x)-8.2a", py!("abé"), Ok("'a      "))]
#[case("%(x)08a", py!("abé"), Ok("'ab\\xe9'"))]
#[case("%(x)+8a", py!("abé"), Ok("'ab\\xe9'"))]
#[case("%(x).0a", py!("abé"), Ok(""))]
#[case("%(x)1s", py!("abc"), Ok("abc"))]
#[case("%(x).9s", py!("abc"), Ok("abc"))]
#[case("%(x).3s", py!(12345), Ok("123"))]
#[case("%(x).1s", py!([1]), Ok("["))]
#[case("%(x)5s", py!(""), Ok("     "))]
#[case("%(x)ls", py!("a"), Ok("a"))]
#[case("%(x)hs", py!("a"), Ok("a"))]
#[case("%(x) s", py!("a"), Ok("a"))]
#[case("%(x)#s", py!("a"), Ok("a"))]
#[case("%(x)r", py!("it's"), Ok("\"it's\""))]
#[case("%(x)r", py!("it's \"x\""), Ok("'it\\'s \"x\"'"))]
#[case("%(x)r", py!("a\\\n\t\u{0}\u{7f}"), Ok("'a\\\\\\n\\t\\x00\\x7f'"))]
#[case("%(x)r", py!("\u{a0}\u{ad}\u{200b}\u{1f600}\u{e0001}"), Ok("'\\xa0\\xad\\u200b\u{1f600}\\U000e0001'"))]
#[case("%(x)a", py!("\u{1f600}€é\u{a0}"), Ok("'\\U0001f600\\u20ac\\xe9\\xa0'"))]
#[case(
    "%(x)f",
    int(
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    ),
    Ok(
        "1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160.000000"
    )
)]
#[case("%(x)s", Value::Set(vec![]), Ok("set()"))]
fn texts(#[case] template: &str, #[case] value: Value, #[case] expected: Expected) {
    check(template, &Value::dict([("x", value)]), expected);
}

/// `%c`: one character, or its number.
/// Source: CPython 3.11.7.
#[rstest]
#[case("%(x)c", py!("a"), Ok("a"))]
#[case("%(x)c", py!("é"), Ok("é"))]
#[case("%(x)c", py!("\u{1f600}"), Ok("\u{1f600}"))]
#[case("%(x)c", py!(""), TYPE_ERROR)]
#[case("%(x)c", py!("ab"), TYPE_ERROR)]
#[case("%(x)c", py!(65), Ok("A"))]
#[case("%(x)c", py!(0), Ok("\u{0}"))]
#[case("%(x)c", py!(1114111), Ok("\u{10ffff}"))]
#[case("%(x)c", py!(1114112), OVERFLOW_ERROR)]
#[case("%(x)c", py!(-1), OVERFLOW_ERROR)]
#[case("%(x)c", int("1180591620717411303424"), OVERFLOW_ERROR)]
#[case("%(x)c", py!(True), Ok("\u{1}"))]
#[case("%(x)c", py!(65.0), TYPE_ERROR)]
#[case("%(x)c", py!(None), TYPE_ERROR)]
#[case("%(x)c", py!(b"a"), TYPE_ERROR)]
#[case("%(x)c", py!(["a"]), TYPE_ERROR)]
#[case("%(x)c", py!([]), TYPE_ERROR)]
#[case("%(x)5c", py!("é"), Ok("    é"))]
#[case("%(x)-5c", py!(65), Ok("A    "))]
#[case("%(x)05c", py!("a"), Ok("    a"))]
#[case("%(x).0c", py!("a"), Ok("a"))]
#[case("%(x)+c", py!(65), Ok("A"))]
#[case("%(x)lc", py!(65), Ok("A"))]
fn characters(#[case] template: &str, #[case] value: Value, #[case] expected: Expected) {
    check(template, &Value::dict([("x", value)]), expected);
}

/// What is no directive, or not a whole one.
/// Source: CPython 3.11.7.
#[rstest]
#[case("%(x)%", py!(3), VALUE_ERROR)]
#[case("%(x)5%", py!(3), VALUE_ERROR)]
#[case("%(x)b", py!(3), VALUE_ERROR)]
#[case("%(x)n", py!(3), VALUE_ERROR)]
#[case("%(x)D", py!(3), VALUE_ERROR)]
#[case("%(x)S", py!("a"), VALUE_ERROR)]
#[case("%(x)z", py!(3), VALUE_ERROR)]
#[case("%(x) ", py!(3), VALUE_ERROR)]
#[case("%(x)é", py!(3), VALUE_ERROR)]
#[case("%(x)", py!(3), VALUE_ERROR)]
#[case("%(x)5", py!(3), VALUE_ERROR)]
#[case("%(x).", py!(3), VALUE_ERROR)]
#[case("%(x)-", py!(3), VALUE_ERROR)]
#[case("%(x)l", py!(3), VALUE_ERROR)]
#[case("%(x).3", py!(3), VALUE_ERROR)]
#[case("%(x)lll", py!(3), VALUE_ERROR)]
#[case("%(x)hlx", py!(3), VALUE_ERROR)]
#[case("%(x)*d", py!(3), TYPE_ERROR)]
#[case("%(x).*f", py!(3), TYPE_ERROR)]
#[case("%(x)*d", py!("a"), TYPE_ERROR)]
#[case("%(x).*d", py!(None), TYPE_ERROR)]
#[case("%(x)*d", int("1180591620717411303424"), OVERFLOW_ERROR)]
#[case("%(x).*d", int("1180591620717411303424"), OVERFLOW_ERROR)]
#[case("%(x)*", py!(3), VALUE_ERROR)]
#[case("%(x)9223372036854775808d", py!(3), VALUE_ERROR)]
#[case("%(x).2147483648d", py!(3), VALUE_ERROR)]
#[case("%(x).2147483648s", py!(""), VALUE_ERROR)]
#[case("%(x).2147483645d", py!(3), OVERFLOW_ERROR)]
#[case("%(x).2147483645x", py!(1.5), TYPE_ERROR)]
#[case("%(x).2147483647s", py!("a"), Ok("a"))]
#[case("%(x).2147483647r", py!([]), Ok("[]"))]
#[case("%(x)(y)s", py!(1), VALUE_ERROR)]
fn bad_directives(#[case] template: &str, #[case] value: Value, #[case] expected: Expected) {
    check(template, &Value::dict([("x", value)]), expected);
}

/// Whole templates, and targets of every kind: only what can be indexed, and is neither tuple nor
/// string, may be left unused, and only a dict has keys.
/// Source: CPython 3.11.7.
#[rstest]
#[case("", several(), Ok(""))]
#[case("plain", several(), Ok("plain"))]
#[case("%%", several(), Ok("%"))]
#[case("100%%", several(), Ok("100%"))]
#[case("%%%%", several(), Ok("%%"))]
#[case("%%(x)s", several(), Ok("%(x)s"))]
#[case("%(x)s%%%(f)s", several(), Ok("1%2.5"))]
#[case("%(a(b)c)s", several(), Ok("v"))]
#[case("%()s", several(), Ok("e"))]
#[case("%(%)s", several(), Ok("p"))]
#[case("%(é)s", several(), Ok("u"))]
#[case("%(t)s", several(), Ok("%(x)s"))]
#[case("%(x)s-%(x)d-%(f).1f", several(), Ok("1-1-2.5"))]
#[case("%(y)s", several(), KEY_ERROR)]
#[case("%(y)d", several(), KEY_ERROR)]
#[case("%(y)%", several(), KEY_ERROR)]
#[case("%(y)", several(), KEY_ERROR)]
#[case("%(y", several(), VALUE_ERROR)]
#[case("%(y))s", several(), KEY_ERROR)]
#[case("%(x", several(), VALUE_ERROR)]
#[case("%(x)", several(), VALUE_ERROR)]
#[case("%", several(), VALUE_ERROR)]
#[case("a%", several(), VALUE_ERROR)]
#[case("%(x)d%", several(), VALUE_ERROR)]
#[case("%(f)x%(y)s", several(), TYPE_ERROR)]
#[case("%(y)s%(f)x", several(), KEY_ERROR)]
#[case("%(x)s%(y)s", several(), KEY_ERROR)]
#[case("%(x)-%d", several(), VALUE_ERROR)]
#[case("%5%", several(), VALUE_ERROR)]
#[case("%-%", several(), VALUE_ERROR)]
#[case("% %", several(), VALUE_ERROR)]
#[case("%.1%", several(), VALUE_ERROR)]
#[case("%l%", several(), VALUE_ERROR)]
#[case("%s", py!({}), Ok("{}"))]
#[case("%s", py!({"a": 1}), Ok("{'a': 1}"))]
#[case("%5s|", py!({}), Ok("   {}|"))]
#[case("%-5s|", py!({}), Ok("{}   |"))]
#[case("%r", py!({"a": "é"}), Ok("{'a': 'é'}"))]
#[case("%a", py!({"a": "é"}), Ok("{'a': '\\xe9'}"))]
#[case("%d", py!({"a": 1}), TYPE_ERROR)]
#[case("%c", py!({}), TYPE_ERROR)]
#[case("%x", py!({}), TYPE_ERROR)]
#[case("%f", py!({}), TYPE_ERROR)]
#[case("%s%s", py!({}), TYPE_ERROR)]
#[case("%s%(a)s", py!({"a": 1}), Ok("{'a': 1}1"))]
#[case("%(a)s%s", py!({"a": 1}), TYPE_ERROR)]
#[case("%s%(a)s%s", py!({"a": 1}), TYPE_ERROR)]
#[case("%*d", py!({"a": 1}), TYPE_ERROR)]
#[case("%.*d", py!({}), TYPE_ERROR)]
#[case("%q", py!({}), VALUE_ERROR)]
#[case("lit", py!(None), TYPE_ERROR)]
#[case("%s", py!(None), Ok("None"))]
#[case("%d", py!(None), TYPE_ERROR)]
#[case("%(x)s", py!(None), TYPE_ERROR)]
#[case("%(x", py!(None), TYPE_ERROR)]
#[case("%%", py!(None), TYPE_ERROR)]
#[case("", py!(None), TYPE_ERROR)]
#[case("%s%s", py!(None), TYPE_ERROR)]
#[case("lit", py!(5), TYPE_ERROR)]
#[case("%d", py!(5), Ok("5"))]
#[case("%05d|%%", py!(5), Ok("00005|%"))]
#[case("%*d", py!(5), TYPE_ERROR)]
#[case("%(x)s", py!(5), TYPE_ERROR)]
#[case("%s", py!(True), Ok("True"))]
#[case("lit", py!(1.5), TYPE_ERROR)]
#[case("%.1f", py!(1.5), Ok("1.5"))]
#[case("%s", py!("s"), Ok("s"))]
#[case("lit", py!("s"), TYPE_ERROR)]
#[case("%(x)s", py!("s"), TYPE_ERROR)]
#[case("%d", py!("s"), TYPE_ERROR)]
#[case("%s", py!(b"s"), Ok("b's'"))]
#[case("lit", py!(b"s"), Ok("lit"))]
#[case("%(x)s", py!(b"s"), TYPE_ERROR)]
#[case("%(x", py!(b"s"), VALUE_ERROR)]
#[case("%s", py!([]), Ok("[]"))]
#[case("lit", py!([]), Ok("lit"))]
#[case("%(x)s", py!([]), TYPE_ERROR)]
#[case("%(x)s", py!([1]), TYPE_ERROR)]
#[case("%s", py!([1, 2]), Ok("[1, 2]"))]
#[case("%d", py!([1]), TYPE_ERROR)]
#[case("%s%s", py!([1, 2]), TYPE_ERROR)]
#[case("lit", py!({5}), TYPE_ERROR)]
#[case("%s", py!({5}), Ok("{5}"))]
#[case("%(x)s", py!({5}), TYPE_ERROR)]
#[case("lit", py!(()), Ok("lit"))]
#[case("%s", py!(()), TYPE_ERROR)]
#[case("%%", py!(()), Ok("%"))]
#[case("%s", py!((1,)), Ok("1"))]
#[case("%s", py!(((1,),)), Ok("(1,)"))]
#[case("lit", py!((1,)), TYPE_ERROR)]
#[case("%s %s", py!((1, "b")), Ok("1 b"))]
#[case("%s", py!((1, 2)), TYPE_ERROR)]
#[case("%s%s%s", py!((1, 2)), TYPE_ERROR)]
#[case("%(x)s", py!((1,)), TYPE_ERROR)]
#[case("%(x", py!(()), TYPE_ERROR)]
#[case("%*d|", py!((5, 42)), Ok("   42|"))]
#[case("%-*d|", py!((5, 42)), Ok("42   |"))]
#[case("%*d|", py!(((-5), 42)), Ok("42   |"))]
#[case("%*s|", py!((True, "ab")), Ok("ab|"))]
#[case("%.*f", py!((2, 1.239)), Ok("1.24"))]
#[case("%*.*f|", py!((8, 2, 1.239)), Ok("    1.24|"))]
#[case("%.*s|", py!(((-1), "ab")), Ok("|"))]
#[case("%.*d", py!(((-3), 7)), Ok("7"))]
#[case("%*d", py!((5,)), TYPE_ERROR)]
#[case("%*d", py!(("5", 1)), TYPE_ERROR)]
#[case("%*d", py!((1.0, 1)), TYPE_ERROR)]
#[case("%.*d", py!((2147483648, 1)), OVERFLOW_ERROR)]
#[case("%.*d", py!(((-2147483649), 1)), OVERFLOW_ERROR)]
#[case("%*%", py!((5,)), TYPE_ERROR)]
#[case("%*%", py!((5, 6)), VALUE_ERROR)]
#[case("%d%%", py!((5,)), Ok("5%"))]
#[case("%c%c", py!(("a", 98)), Ok("ab"))]
#[case("%s%(x)s", py!((1,)), TYPE_ERROR)]
#[case("%*", py!((5,)), VALUE_ERROR)]
#[case("%*", py!(()), TYPE_ERROR)]
#[case("%.*", py!((5,)), VALUE_ERROR)]
fn templates(#[case] template: &str, #[case] target: Value, #[case] expected: Expected) {
    check(template, &target, expected);
}

/// The arguments of a `*` that no width or precision holds. Source: CPython 3.11.7.
#[rstest]
#[case("%*d", int("9223372036854775808"), OVERFLOW_ERROR)]
#[case("%*d|", int("-9223372036854775808"), Ok("1|"))]
#[case("%*d", int("-9223372036854775809"), OVERFLOW_ERROR)]
#[case("%.*d", int("2147483648"), OVERFLOW_ERROR)]
#[case("%.*d", int("-2147483648"), Ok("1"))]
#[case("%.*d", int("-2147483649"), OVERFLOW_ERROR)]
fn stars(#[case] template: &str, #[case] star: Value, #[case] expected: Expected) {
    check(template, &Value::Tuple(vec![star, 1.into()]), expected);
}

/// A lone surrogate goes through like any character. Source: CPython 3.11.7.
#[rstest]
#[case("é%(x)s!", &[0xe9, 0xd83d, 0x61, 0x21])]
#[case("%(x)4s", &[0x20, 0x20, 0xd83d, 0x61])]
#[case("%(x)-4s", &[0xd83d, 0x61, 0x20, 0x20])]
#[case("%(x).1s", &[0xd83d])]
#[case("%(c)c%(x)s", &[0xdc00, 0xd83d, 0x61])]
#[case("%(x)r", &[0x27, 0x5c, 0x75, 0x64, 0x38, 0x33, 0x64, 0x61, 0x27])]
fn surrogates(#[case] template: &str, #[case] expected: &[u32]) {
    let x = Value::Str(PyStr::from_code_points(vec![0xd83d, 0x61]));
    let target = Value::dict([("x", x), ("c", 0xdc00.into())]);
    assert_eq!(format(template, &target), Ok(PyStr::from_code_points(expected.to_vec())));
}

/// What Python would write in gigabytes ends in the limit, and only that: a width or a precision
/// that does not lengthen the text, and an exception that comes first, are not touched by it.
#[test]
fn a_giant_text_is_too_large() {
    let target = py!({"x": 1, "f": 0.5, "s": "ab"});
    let of = |template: &str| format(template, &target);
    let length = |text: Result<PyStr, Interrupt>| text.map(|text| text.code_points().count());
    assert_eq!(length(of(&format!("%(x){MAX_LENGTH}d"))), Ok(MAX_LENGTH));
    assert_eq!(length(of(&format!("%(f).{}f", MAX_LENGTH - 2))), Ok(MAX_LENGTH));
    for directive in ["%(x)16777217s", "%(x)9223372036854775807d", "%(s)-99999999999c", "%(x)16777216s%(x)d"]
    {
        let expected = if directive.ends_with('c') { Err(TYPE_ERROR.unwrap_err()) } else { Err(TOO_LARGE) };
        assert_eq!(of(directive), expected, "{directive}");
    }
    for directive in
        ["%(x).16777217d", "%(x).2147483644x", "%(f).16777216f", "%(f).2147483647e", "%(f)#.99999999g"]
    {
        assert_eq!(of(directive), Err(TOO_LARGE), "{directive}");
    }
    assert_eq!(of("%(s).2147483647s"), Ok("ab".into()));
    assert_eq!(of("%(f).2147483647g"), Ok("0.5".into()));
    assert_eq!(of("%(s)99999999999d"), Err(TYPE_ERROR.unwrap_err()));
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
        proptest::collection::vec(0..0x11_0000_u32, 0..3)
            .prop_map(|points| Value::Str(PyStr::from_code_points(points))),
        proptest::collection::vec(any::<u8>(), 0..3).prop_map(Value::Bytes),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let items = || proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            items().prop_map(Value::List),
            items().prop_map(Value::Tuple),
            proptest::collection::vec((select(vec!["x", "y", ""]), inner.clone()), 0..3)
                .prop_map(Value::dict),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        pieces in proptest::collection::vec(
            prop_oneof![
                "[%().*#0+ xy19-]{0,3}[hlL]?[sradiouxXeEfFgGc%]",
                "%(\\([xy]\\))?[-#0 +]{0,2}[0-9]{0,3}(\\.[0-9]{0,3})?[sradiouxXeEfFgGc%]",
                ".",
            ],
            0..5,
        ),
        target in any_value(),
    ) {
        let template = pieces.concat();
        let text = format(&template, &target);
        if !template.contains('%') && !matches!(&target, Value::Tuple(items) if items.is_empty()) {
            let mapping = matches!(target, Value::Dict(_) | Value::List(_) | Value::Bytes(_));
            prop_assert_eq!(text, if mapping { Ok(template.as_str().into()) } else { Err(TYPE_ERROR.unwrap_err()) });
        }
    }
}
