//! A text as a YAML scalar, quoted so that PyYAML reads back the very same text.

use assay_engine::oslo::load::yaml::{Object, Style, read};
use assay_engine::oslo::python::Value;

/// Where a scalar is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the colon.
    Key,
    /// Behind it.
    Value,
}

/// A text as a scalar of one line, in the style that is wanted if that can hold it, else in quotes. `flow` is for
/// inside of braces and brackets, where plain scalars may hold less; what is in double quotes is JSON too.
///
/// ```
/// use assay::edit::{Place, scalar};
/// use assay_engine::oslo::load::yaml::Style;
/// let plain = |text| scalar(text, Style::Plain, false, Place::Value);
/// assert_eq!(plain("role:admin or rule:x"), "role:admin or rule:x");
/// assert_eq!(plain("!"), "\"!\"");
/// assert_eq!(plain("no"), "\"no\"");
/// assert_eq!(scalar("'a':%(b)s", Style::SingleQuoted, false, Place::Value), "'''a'':%(b)s'");
/// ```
#[must_use]
pub fn scalar(text: &str, style: Style, flow: bool, place: Place) -> String {
    let single = || format!("'{}'", text.replace('\'', "''"));
    let candidates = match style {
        Style::Plain if text.contains(['"', '\\']) => vec![text.to_owned(), single()],
        Style::Plain => vec![text.to_owned()],
        Style::SingleQuoted => vec![single()],
        _ => Vec::new(),
    };
    let same = |candidate: &String| reads_back(candidate, text, flow, place);
    candidates.into_iter().find(same).unwrap_or_else(|| double_quoted(text))
}

/// Whether a scalar is read as this text, beside a neighbour and a comment as in a file.
fn reads_back(scalar: &str, text: &str, flow: bool, place: Place) -> bool {
    let pair = match place {
        Place::Key => format!("{scalar}: v"),
        Place::Value => format!("k: {scalar}"),
    };
    let other = if text == "n" { "m" } else { "n" };
    let file = if flow { format!("{{{pair}, {other}: v}}") } else { format!("{pair}\n# c\n{other}: v\n") };
    let Ok(document) = read(&file) else {
        return false;
    };
    let Object::Dict(entries) = document.object(document.root()) else {
        return false;
    };
    let [first, _] = entries.as_slice() else {
        return false;
    };
    let read = document.object(if place == Place::Key { first.key } else { first.value });
    matches!(read, Object::Scalar(value) if *value == Value::from(text))
}

/// In double quotes, as both YAML and JSON read it.
fn double_quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // What ends a line in YAML, cannot stand in a file, or is easily overlooked.
            '\0'..=' '
            | '\u{7f}'..='\u{a0}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}'
                if c != ' ' =>
            {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
