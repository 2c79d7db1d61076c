//! How and where values are written: what a linter underlines and a converter replaces.

use assay_engine::oslo::load::yaml::{Document, Entry, Object, ObjectId, Style, Written, read};
use rstest::rstest;

use Style::{Alias, Block, DoubleQuoted, Flow, Folded, Literal, Plain, SingleQuoted};

fn entries(document: &Document, id: ObjectId) -> &[Entry] {
    match document.object(id) {
        Object::Dict(entries) => entries,
        other => panic!("{other:?}"),
    }
}

fn whole<'t>(text: &'t str, written: &Written) -> &'t str {
    &text[written.start..written.end]
}

/// The value of the key `a`, as a whole and without what stands before it. Files of plain lines are read in one
/// go, which another line with a list rules out.
#[rstest]
#[case("a: b\n", Plain, "b", "b")]
#[case("a: b c  # d\n", Plain, "b c", "b c")]
#[case("\"a\": 'b'\n", SingleQuoted, "'b'", "'b'")]
#[case("a: 'b''c'\n", SingleQuoted, "'b''c'", "'b''c'")]
#[case("a:   \"b\" # c\n", DoubleQuoted, "\"b\"", "\"b\"")]
#[case("y: z\na: b\n", Plain, "b", "b")]
#[case("a: &x b\n", Plain, "&x b", "b")]
#[case("a: !!str &x 'b'\n", SingleQuoted, "!!str &x 'b'", "'b'")]
#[case("a: |\n  b\n  c\ny: z\n", Literal, "|\n  b\n  c\n", "|\n  b\n  c\n")]
#[case("a: !!str >-\n  b\ny: z\n", Folded, "!!str >-\n  b\n", ">-\n  b\n")]
#[case("y: &x b\na: *x\n", Alias, "*x", "*x")]
#[case("é: z\na: é\n", Plain, "é", "é")]
fn a_scalar_has_its_place(
    #[case] text: &str,
    #[case] style: Style,
    #[case] expected: &str,
    #[case] content: &str,
) {
    for text in [text.to_owned(), format!("list: [1]\n{text}"), format!("{text}list: [1]\n")] {
        let document = read(&text).expect("a mapping");
        let is_a = |entry: &&Entry| whole(&text, &entry.key_written).trim_matches('"') == "a";
        let entry = entries(&document, document.root()).iter().find(is_a).expect("a key");
        let written = entry.value_written;
        assert_eq!((written.style, whole(&text, &written)), (style, expected), "{text}");
        assert_eq!(&text[written.content..written.end], content, "{text}");
        let shown = document.written(entry.value);
        let anchor = if style == Alias { (Plain, "&x b") } else { (style, expected) };
        assert_eq!((shown.style, whole(&text, &shown)), anchor, "{text}");
    }
}

#[rstest]
#[case("a: [b, c]\n", Flow, "[b, c]")]
#[case("a: &x [b,\n  c] # d\n", Flow, "&x [b,\n  c]")]
#[case("a: {b: c}\n", Flow, "{b: c}")]
#[case("a: !!map {}\n", Flow, "!!map {}")]
#[case("a:\n- b\n- c\nd: e\n", Block, "- b\n- c")]
#[case("a:\n  b: c\n  d: e\nf: g\n", Block, "b: c\n  d: e")]
fn a_collection_has_its_place(#[case] text: &str, #[case] style: Style, #[case] expected: &str) {
    let document = read(text).expect("a mapping");
    let entry = entries(&document, document.root())[0];
    let written = entry.value_written;
    assert_eq!((written.style, whole(text, &written)), (style, expected));
    assert_eq!(document.written(entry.value), written);
}

#[rstest]
#[case("a: b\n", Plain, "a")]
#[case("'a': b\n", SingleQuoted, "'a'")]
#[case("\"a\" : b\n", DoubleQuoted, "\"a\"")]
#[case("? a\n: b\n", Plain, "a")]
#[case("&x a: b\n", Plain, "&x a")]
fn a_key_has_its_place(#[case] text: &str, #[case] style: Style, #[case] expected: &str) {
    let document = read(text).expect("a mapping");
    let entry = entries(&document, document.root())[0];
    assert_eq!((entry.key_written.style, whole(text, &entry.key_written)), (style, expected));
    assert_eq!(document.written(entry.key), entry.key_written);
}

/// Lines and columns count from 1. Of equal keys the last has the place; the others are hidden.
#[test]
fn of_equal_keys_the_last_has_the_place() {
    for more in ["", "list: [1]\n"] {
        let text = format!("# x\na: b\n\"a\":  c\n{more}");
        let document = read(&text).expect("a mapping");
        let entry = entries(&document, document.root())[0];
        assert_eq!((entry.key_at.line, entry.key_at.column), (3, 1));
        assert_eq!((entry.value_at.line, entry.value_at.column), (3, 7));
        assert_eq!(whole(&text, &entry.key_written), "\"a\"");
        assert_eq!(whole(&text, &document.written(entry.key)), "a");
        let hidden: Vec<_> = document.hidden(document.root()).map(|entry| entry.key_at.line).collect();
        assert_eq!(hidden, [2]);
    }
}

#[test]
fn what_is_merged_stands_elsewhere() {
    let text = "base: &b {x: 1, y: 2}\na:\n  <<: *b\n  y: 3\n  z: 4\n";
    let document = read(text).expect("a mapping");
    let a = entries(&document, document.root())[1];
    let merged: Vec<_> = entries(&document, a.value)
        .iter()
        .map(|entry| (whole(text, &document.written(entry.key)), entry.merged))
        .collect();
    assert_eq!(merged.iter().filter(|(_, merged)| *merged).count(), 1, "{merged:?}");
    assert!(merged.contains(&("x", true)), "{merged:?}");
}
