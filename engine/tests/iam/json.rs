//! The reader of JSON agrees with serde_json on what JSON is, and says where a fault stands.

use assay_engine::iam::json::{Fault, MAX_DEPTH, Node, Position, Value, parse, write_string};
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::end("{\"a\": [1,", Fault::End, 9)]
#[case::comma("[1,]", Fault::Unexpected(']'), 3)]
#[case::comma_in_object("{\"a\": 1,}", Fault::Unexpected('}'), 8)]
#[case::no_colon("{\"a\" 1}", Fault::Unexpected('1'), 5)]
#[case::bare_key("{a: 1}", Fault::Unexpected('a'), 1)]
#[case::single_quotes("['a']", Fault::Unexpected('\''), 1)]
#[case::comment("// x\n1", Fault::Unexpected('/'), 0)]
#[case::leading_zero("[01]", Fault::Unexpected('1'), 2)]
#[case::plus("[+1]", Fault::Unexpected('+'), 1)]
#[case::control("\"a\nb\"", Fault::Control, 2)]
#[case::escape("\"\\x\"", Fault::Escape, 1)]
#[case::short_escape("\"\\u12\"", Fault::Escape, 1)]
#[case::half_a_pair("\"\\ud83d\"", Fault::Surrogate, 1)]
#[case::low_alone("\"\\ude00\"", Fault::Surrogate, 1)]
#[case::twice("{\"a\": 1, \"\\u0061\": 2}", Fault::Duplicate("a".into()), 9)]
#[case::trailing("{}\n{}", Fault::Trailing, 3)]
#[case::empty("", Fault::End, 0)]
#[case::byte_order_mark("\u{feff}{}", Fault::Unexpected('\u{feff}'), 0)]
#[case::end_in_escape("\"\\u00", Fault::Escape, 1)]
fn a_fault_is_named_with_its_place(#[case] text: &str, #[case] fault: Fault, #[case] offset: usize) {
    let error = parse(text).expect_err("a fault");
    assert_eq!((error.fault, error.offset), (fault, offset));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(parse(&nested(MAX_DEPTH + 1)).expect_err("too deep").fault, Fault::Depth);
    assert_eq!(parse(&"[".repeat(1 << 20)).expect_err("too deep").fault, Fault::Depth);
}

#[test]
fn a_place_counts_lines_and_characters_from_1() {
    let text = "{\n  \"é\": \"x\",\r\n\t\"y\": 1}";
    let document = parse(text).expect("a document");
    let at = |key: &str| Position::of(text, document.get(key).expect("a member").span.start).to_string();
    assert_eq!((at("é"), at("y")), ("2:8".to_owned(), "3:7".to_owned()));
}

fn same(ours: &Node, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Theirs;
    match (&ours.value, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(a), Theirs::Bool(b)) => a == b,
        (Value::Number(a), Theirs::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
        (Value::String(a), Theirs::String(b)) => a == b,
        (Value::Array(a), Theirs::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Theirs::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, (key, b))| a.key == *key && same(&a.value, b))
        }
        _ => false,
    }
}

proptest! {
    /// Source of truth: serde_json, but for members that are there twice, which it lets pass.
    #[test]
    fn json_is_what_serde_json_takes_for_it(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"\\u00e9\\ud83d\\ude00\"", "1", "-0.5e+3", "0",
            "true", "false", "null", " ", "\n", "\"", "\\", "tru", "-", "1.", "\"\\/\"", "é",
        ]), 0..12),
    ) {
        let text = parts.concat();
        match (parse(&text), serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert!(same(&ours, &theirs), "{text}"),
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => prop_assert!(matches!(error.fault, Fault::Duplicate(_)), "{text}: {error}"),
            // Numbers too large for a float are none to it.
            (Ok(ours), Err(error)) => prop_assert!(error.to_string().contains("number out of range"), "{ours:?}: {error}"),
        }
    }

    #[test]
    fn what_is_written_as_a_string_reads_back(text: String) {
        let mut written = String::new();
        write_string(&text, &mut written);
        let read = parse(&written).expect("a string");
        prop_assert_eq!(read.as_str(), Some(text.as_str()));
    }

    #[test]
    fn no_text_panics(text: String) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.offset <= text.len());
        }
    }
}
