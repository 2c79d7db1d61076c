//! Where a file is too long, too deep or too much; where in it a problem is; and any text at all.

use std::time::{Duration, Instant};

use assay_engine::oslo::load::yaml::{Object, decode, read};
use assay_engine::oslo::{ExceptionClass, Interrupt, Limit, Rules};
use proptest::prelude::*;
use rstest::rstest;

use crate::yaml::class;

/// A key without `?` is at most 1024 characters long. Source: PyYAML 6.0.3.
#[rstest]
#[case("", "x", "", 1024, true)]
#[case("", "x", "", 1025, false)]
#[case("\"", "x", "\"", 1022, true)]
#[case("\"", "x", "\"", 1023, false)]
#[case("? ", "x", "\n", 1025, true)]
#[case("{", "x", "", 1025, false)]
fn long_keys(
    #[case] open: &str,
    #[case] fill: &str,
    #[case] close: &str,
    #[case] length: usize,
    #[case] good: bool,
) {
    let brace = if open == "{" { "}" } else { "" };
    let text = format!("{open}{}{close}: a{brace}", fill.repeat(length));
    let cause = read(&text).err().map(|error| error.cause);
    let expected = Interrupt::Raised(ExceptionClass::ValueError);
    assert_eq!(cause, (!good).then_some(expected));
}

/// Source: CPython 3.11.7.
#[rstest]
#[case("!!int \"", "9", "\"", 4300, None)]
#[case("!!int \"", "9", "\"", 4301, Some(ExceptionClass::ValueError))]
#[case("!!int \"0x", "f", "\"", 100_000, None)]
#[case("", "1", "", 4301, Some(ExceptionClass::ValueError))]
#[case("!!float \"1", ":1", "\"", 173, None)]
#[case("!!float \"1", ":1", "\"", 174, Some(ExceptionClass::OverflowError))]
#[case("%YAML ", "1", ".1\n--- a", 4301, Some(ExceptionClass::ValueError))]
#[case("%YAML ", "0", "1.1\n--- a", 4299, None)]
fn long_numbers(
    #[case] open: &str,
    #[case] fill: &str,
    #[case] close: &str,
    #[case] count: usize,
    #[case] raised: Option<ExceptionClass>,
) {
    let cause = read(&format!("{open}{}{close}", fill.repeat(count))).err().map(|error| error.cause);
    assert_eq!(cause, raised.map(Interrupt::Raised));
}

const TOO_DEEP: Option<Interrupt> = Some(Interrupt::Raised(ExceptionClass::RecursionError));
const INVALID: Option<Interrupt> = Some(Interrupt::Raised(ExceptionClass::ValueError));

/// PyYAML recurses. Source: an `Enforcer` with such a policy file on CPython 3.11.7, where Python's limit
/// (which depends on the caller) is met from 487 levels on. What the scanner meets ahead comes first.
#[rstest]
#[case("[", "]", 487, None)]
#[case("[", "]", 490, TOO_DEEP)]
#[case("[", "", 480, INVALID)]
#[case("[", "", 490, TOO_DEEP)]
#[case("[", "", 1_000_000, TOO_DEEP)]
#[case("{a: ", "}", 487, None)]
#[case("{a: ", "}", 489, TOO_DEEP)]
#[case("- ", "", 487, None)]
#[case("- ", "", 489, TOO_DEEP)]
#[case("- ", "", 100_000, TOO_DEEP)]
#[case("[", "@", 1_510, INVALID)]
#[case("[", "@", 1_513, TOO_DEEP)]
fn deep_nesting(
    #[case] open: &str,
    #[case] close: &str,
    #[case] levels: usize,
    #[case] cause: Option<Interrupt>,
) {
    let text = format!("{}{}", open.repeat(levels), close.repeat(levels));
    assert_eq!(read(&text).err().map(|error| error.cause), cause);
}

/// Each line stands for ten times the line before it.
fn bomb(lines: usize, line: impl Fn(String) -> String) -> String {
    let first = "l0: &l0 {a: b}\n".to_owned();
    (1..lines).fold(first, |text, n| text + &format!("l{n}: &l{n} {}\n", line(format!("*l{}", n - 1))))
}

#[test]
fn aliases_are_not_copied() {
    let start = Instant::now();
    let text = bomb(2_000, |last| format!("[{}]", vec![last; 10].join(", ")));
    let rules = Rules::load(&text).unwrap();
    assert_eq!(rules.len(), 2_000);
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
}

#[rstest]
#[case::merges(bomb(40, |last| format!("{{<<: [{last}, {last}, {last}]}}")))]
#[case::items(format!("a: &a [{}]\nb: [{}]", "x, ".repeat(2_000), "*a, ".repeat(2_000)))]
#[case::text(format!("a: &a {}\n{}", "x".repeat(100_000), (0..2_000).map(|n| format!("{n}: *a\n")).collect::<String>()))]
#[case::sixtieths(format!("a: 1{}", ":1".repeat(20_000)))]
fn what_stands_for_too_much_is_a_limit(#[case] text: String) {
    assert_eq!(Rules::load(&text).unwrap_err().cause, Interrupt::Limit(Limit::TooLarge));
}

/// Steps that PyYAML recurses for once each: the last object is made first, since what is deeper in the
/// file waits. Source: as for `deep_nesting`; the limit is met from 979 steps on.
#[rstest]
#[case::value("!!str {=: ", 978, None)]
#[case::value_further("!!str {=: ", 990, TOO_DEEP)]
#[case::merge("{<<: ", 978, None)]
#[case::merge_further("{<<: ", 990, TOO_DEEP)]
fn long_chains(#[case] link: &str, #[case] length: usize, #[case] cause: Option<Interrupt>) {
    let first = if link.starts_with('!') { "x" } else { "{x: y}" };
    let links = (1..=length).map(|n| format!("- [[[&a{n} {link}*a{}}}]]]\n", n - 1)).collect::<String>();
    let text = format!("- [[[&a0 {first}]]]\n{links}- *a{length}\n");
    assert_eq!(read(&text).err().map(|error| error.cause), cause);
}

#[test]
fn a_value_without_end_is_a_recursion_error() {
    let error = read("&a !!str {=: *a}").unwrap_err();
    assert_eq!(error.cause, Interrupt::Raised(ExceptionClass::RecursionError));
}

#[rstest]
#[case("a: b\nc: @\n", "2:4")]
#[case("a: b\nc\n", "2:1")]
#[case("a: b: c", "1:5")]
#[case("a: *x", "1:4")]
#[case("a: 'b\n", "2:1")]
#[case("a: [b\n", "2:1")]
#[case("a:\n  - b\n - c", "3:2")]
#[case("é: \u{7f}", "1:4")]
#[case("\u{feff}a: @", "1:4")]
#[case("a: b\r\nc: @", "2:4")]
#[case("a: b\n---\nc: d", "2:1")]
#[case("a: &x b\nc: &x d", "2:4")]
#[case("a: b\nc: yes", "2:4")]
#[case("x: &x yes\n", "1:4")]
#[case("a:\n  !foo b", "2:3")]
#[case("a: b\n[c]: d", "2:1")]
fn a_problem_has_a_place(#[case] text: &str, #[case] place: &str) {
    let error = Rules::load(text).unwrap_err();
    assert_eq!(error.at.expect("a place").to_string(), place, "{error}");
}

#[test]
fn names_and_values_have_places() {
    let document = read("# c\na:  b\nd: &d\n  - e\n? f\n: *d\n").unwrap();
    let Object::Dict(entries) = document.object(document.root()) else { panic!("a mapping") };
    let places: Vec<_> = entries.iter().map(|e| (e.key_at.to_string(), e.value_at.to_string())).collect();
    let places: Vec<_> = places.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(places, [("2:1", "2:5"), ("3:1", "3:4"), ("5:3", "6:3")]);
}

/// Source: `open(path).read()` and `Rules.load` on CPython 3.11.7.
#[rstest]
#[case(b"a: |\r\n  b\r  c", Ok("a: |\n  b\n  c"))]
#[case(b"\xef\xbb\xbfa: b", Ok("\u{feff}a: b"))]
#[case(b"a: b\xff", Err(("1:5", "UnicodeDecodeError")))]
#[case(b"a: b\r\nc: \xed\xa0\x80", Err(("2:4", "UnicodeDecodeError")))]
fn bytes_are_utf_8(#[case] bytes: &[u8], #[case] expected: Result<&str, (&str, &str)>) {
    let decoded = decode(bytes).map_err(|error| (error.at.map(|at| at.to_string()), class(&error)));
    let expected =
        expected.map(str::to_owned).map_err(|(place, class)| (Some(place.to_owned()), class.to_owned()));
    assert_eq!(decoded, expected);
}

/// What YAML's syntax is made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "#",
        " ",
        "\t",
        "&a ",
        "*a",
        "!",
        "!!str ",
        "!!set ",
        "!!omap ",
        "!!int ",
        "!!binary ",
        "|",
        ">-\n",
        "'",
        "\"",
        "\\x4",
        "\\u00e9",
        "\\UFFFFFFFF",
        "\\\n",
        "---",
        "...",
        "\n---\n",
        "\n...\n",
        "%YAML 1.1\n",
        "%TAG ! x\n",
        "<<: ",
        "=: ",
        "1:30",
        "0x",
        ".5",
        "2024-01-01",
        "yes",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\0",
        "é",
        "\u{1f600}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        let _ = Rules::load(&text);
    }

    #[test]
    fn any_yaml_is_read_or_refused(text in pieces()) {
        let loaded = Rules::load(&text);
        if let (Err(read), Err(loaded)) = (read(&text), loaded) {
            prop_assert_eq!(read, loaded);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Rules::load_bytes(&bytes);
    }

    /// JSON with ASCII text is YAML 1.1 to PyYAML.
    #[test]
    fn json_is_yaml(rules in prop::collection::vec(("[a-z:]{1,8}", "[ -~]{0,20}"), 0..6)) {
        let members: Vec<_> = rules.iter().map(|(name, text)| format!("{name:?}: {:?}", text.replace('\'', ""))).collect();
        let loaded = Rules::load(&format!("{{{}}}", members.join(",\n  "))).unwrap();
        let expected = Rules::from_texts(rules.iter().map(|(name, text)| (name.clone(), text.replace('\'', ""))));
        let list = |rules: &Rules| rules.iter().map(|(n, t)| format!("{n} {t}")).collect::<Vec<_>>();
        prop_assert_eq!(list(&loaded), list(&expected));
    }
}
