//! Policy files as nearly all of them are: one rule a line, `name: text`, both in quotes or plain, with
//! comments and empty lines in between.
//!
//! Such a file is read in one go; of anything else there is no answer here, and all steps are taken. What is
//! accepted is narrow on purpose: printable ASCII, nothing indented but comments, no escapes, no values that
//! YAML 1.1 takes for other than text.

use std::collections::HashMap;

use super::document::{Document, Entry, Object, ObjectId, Style, Written};
use super::error::Position;
use super::node::Tag;
use super::resolver::resolve;
use crate::oslo::python::hashing::Seeded;
use crate::oslo::python::{PyStr, Value};

/// How long a key may be; from 1,024 characters on one needs a `?`.
const LONGEST_KEY: usize = 1000;

/// What such a file holds; `None` for any other.
pub(super) fn read(text: &str) -> Option<Document> {
    if !text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)) {
        return None;
    }
    const ROOT: ObjectId = ObjectId(0);
    let mut objects = vec![Object::List(Vec::new())];
    // Of the mapping as soon as it is known.
    let mut written: Vec<Written> = vec![Written { style: Style::Block, start: 0, content: 0, end: 0 }];
    let mut hidden = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<&str, usize, Seeded> = HashMap::default();
    let mut next_line = 0;
    for (line, text) in text.split('\n').enumerate() {
        let start = next_line;
        next_line += text.len() + 1;
        let Some(Line { key, value, value_column }) = entry(text)? else { continue };
        // An apostrophe is written twice between apostrophes.
        let unescaped = |scalar: Scalar<'_>| match scalar.doubled {
            true => scalar.text.replace("''", "'"),
            false => scalar.text.to_owned(),
        };
        if key.doubled {
            return None;
        }
        let made = ObjectId(objects.len());
        let (key_written, value_written) = (key.written(start), value.written(start + value_column));
        written.extend([key_written, value_written]);
        objects.push(Object::Scalar(Value::Str(key.text.into())));
        objects.push(Object::Scalar(Value::Str(unescaped(value).into())));
        let entry = Entry {
            key: made,
            value: ObjectId(made.0 + 1),
            key_at: Position { line: line + 1, column: 1 },
            value_at: Position { line: line + 1, column: value_column + 1 },
            key_written,
            value_written,
            merged: false,
        };
        // Python keeps the first of equal keys and the last value.
        let place = *places.entry(key.text).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(old) => {
                hidden.push((ROOT, *old));
                *old = Entry { key: old.key, ..entry };
            }
            None => entries.push(entry),
        }
    }
    let (first, last) = (*written.get(1)?, *written.last()?);
    written[ROOT.0] =
        Written { style: Style::Block, start: first.start, content: first.start, end: last.end };
    objects[ROOT.0] = Object::Dict(entries);
    Some(Document { objects, written, hidden, root: ROOT })
}

/// A line that holds a rule.
struct Line<'t> {
    key: Scalar<'t>,
    value: Scalar<'t>,
    /// From 0.
    value_column: usize,
}

/// A text between its quotes, or plain.
struct Scalar<'t> {
    text: &'t str,
    style: Style,
    /// Whether it holds apostrophes that are written twice.
    doubled: bool,
}

impl Scalar<'_> {
    /// What it takes of the file from a byte on.
    fn written(&self, start: usize) -> Written {
        let quotes = if self.style == Style::Plain { 0 } else { 2 };
        Written { style: self.style, start, content: start, end: start + self.text.len() + quotes }
    }
}

/// The rule of a line, if it holds more than a comment; `None` where it is none of these.
fn entry(line: &str) -> Option<Option<Line<'_>>> {
    let inner = line.trim_start_matches(' ');
    if inner.is_empty() || inner.starts_with('#') {
        return Some(None);
    }
    if inner.len() < line.len() {
        return None;
    }
    let (key, behind) = match line.as_bytes()[0] {
        b'"' | b'\'' => quoted(line)?,
        _ => {
            let (key, _) = line.split_once(": ")?;
            (plain(key).filter(|key| !key.text.contains(' '))?, &line[key.len()..])
        }
    };
    let value = behind.strip_prefix(": ")?.trim_start_matches(' ');
    let value_column = line.len() - value.len();
    if value_column > LONGEST_KEY {
        return None;
    }
    let value = match value.as_bytes().first()? {
        b'"' | b'\'' => {
            let (value, behind) = quoted(value)?;
            let rest = behind.trim_start_matches(' ');
            let is_comment = rest.starts_with('#') && rest.len() < behind.len();
            (rest.is_empty() || is_comment).then_some(value)?
        }
        _ => {
            let end = value.find(" #").unwrap_or(value.len());
            plain(value[..end].trim_end_matches(' '))?
        }
    };
    Some(Some(Line { key, value, value_column }))
}

/// A text in quotes without escapes, and what stands behind it.
fn quoted(line: &str) -> Option<(Scalar<'_>, &str)> {
    let quote = line.as_bytes()[0];
    let inner = &line[1..];
    let mut from = 0;
    loop {
        let end =
            from + inner[from..].bytes().position(|byte| byte == quote || byte == b'\\' && quote == b'"')?;
        match (inner.as_bytes()[end], inner.as_bytes().get(end + 1)) {
            (b'\\', _) => return None,
            (b'\'', Some(b'\'')) => from = end + 2,
            _ => {
                let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
                return Some((Scalar { text: &inner[..end], style, doubled: from > 0 }, &inner[end + 1..]));
            }
        }
    }
}

/// A text without quotes that begins with a letter, a digit, `_` or `(`, and that YAML 1.1 takes for text.
fn plain(text: &str) -> Option<Scalar<'_>> {
    let first = *text.as_bytes().first()?;
    let starts = first.is_ascii_alphanumeric() || matches!(first, b'_' | b'(');
    let ends = text.contains(": ") || text.contains(" #") || text.ends_with(':');
    let text = (starts && !ends && resolve(&PyStr::from(text)) == Tag::Str).then_some(text)?;
    Some(Scalar { text, style: Style::Plain, doubled: false })
}

#[cfg(test)]
mod tests {
    use super::super::in_steps;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use rstest::rstest;

    #[rstest]
    #[case("a: role:a\n")]
    #[case("\"a:b\": \"role:a or role:b\" # why\n\n# none\n  # none\nc: (role:x)")]
    #[case("'a': '''public'':%(v)s'\n")]
    #[case("a: ''\nb: \"\"\na: \"!\"\n")]
    #[case("a:   x#y  # z")]
    fn a_flat_file_is_read_in_one_go(#[case] text: &str) {
        let read = read(text).expect("flat");
        assert_eq!(format!("{read:?}"), format!("{:?}", in_steps(text).expect("YAML")));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::comments("# a\n")]
    #[case::a_list("a: [b]\n")]
    #[case::no_value("a:\nb: c\n")]
    #[case::a_boolean("a: yes\n")]
    #[case::a_number_for_a_key("1: x\n")]
    #[case::continued("a: b\n c\n")]
    #[case::more_behind("a: \"b\" c\n")]
    #[case::a_comment_without_a_blank("a: \"b\"#c\n")]
    #[case::an_escape("a: \"\\x21\"\n")]
    #[case::over_two_lines("a: \"b\n  c\"\n")]
    #[case::a_tab("a:\tb\n")]
    #[case::a_document("---\na: b\n")]
    #[case::an_anchor("a: &x b\n")]
    #[case::a_mapping("a: b: c\n")]
    #[case::beyond_ascii("a: é\n")]
    fn another_file_is_read_in_steps(#[case] text: &str) {
        assert!(read(text).is_none());
    }

    const PIECES: &[&str] = &[
        "a",
        "a:b",
        "\"a\"",
        "'a'",
        "'a''b'",
        "\"a\\n\"",
        "",
        "yes",
        "1",
        "1:30",
        "~",
        "<<",
        "=",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a",
        "*a",
        "!",
        "!!str",
        "|",
        ">",
        "@",
        "%",
        "---",
        "...",
        "'",
        "\"",
        ": ",
        ":",
        " ",
        "  ",
        " #",
        "#",
        "\n",
        "\n ",
        "\t",
        "role:x or not y:z",
        "(role:x)",
        "2024-01-01",
        "é",
        "\u{85}",
        "\r\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is read in one go is read as in steps, places and all.
        #[test]
        fn in_one_go_as_in_steps(lines in vec(prop_oneof![
            3 => (select(PIECES), select(PIECES), select(PIECES)).prop_map(|(a, b, c)| format!("{a}: {b}{c}")),
            1 => vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat()),
        ], 0..5)) {
            let text = lines.join("\n");
            if let Some(read) = read(&text) {
                prop_assert_eq!(format!("{read:?}"), format!("{:?}", in_steps(&text).expect("YAML")), "{:?}", text);
            }
        }
    }
}
