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
    double_quoted_points(text.chars().map(u32::from))
}

/// [`double_quoted`] of code points, lone surrogates among them.
fn double_quoted_points(points: impl Iterator<Item = u32>) -> String {
    use std::fmt::Write as _;
    let mut quoted = "\"".to_owned();
    for point in points {
        match char::from_u32(point) {
            Some(c @ ('"' | '\\')) => quoted.extend(['\\', c]),
            Some('\n') => quoted.push_str("\\n"),
            Some('\r') => quoted.push_str("\\r"),
            Some('\t') => quoted.push_str("\\t"),
            Some(c) if !needs_escape(c) => quoted.push(c),
            _ => {
                let _ = write!(quoted, "\\u{point:04x}");
            }
        }
    }
    quoted.push('"');
    quoted
}

/// What ends a line in YAML, cannot stand in a file, or is easily overlooked.
fn needs_escape(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A rule's value on one line, as both YAML and JSON read it: a text in double quotes, a list of lists as it is. What
/// a rule cannot be but by being false (`{}`, `0`) is `null`, which says the same.
///
/// ```
/// use assay::edit::value;
/// use assay_engine::oslo::python::Value;
/// let rule = Value::list([Value::list(["role:a".into(), "b:1".into()]), "c:2".into()]);
/// assert_eq!(value(&rule), r#"[["role:a", "b:1"], "c:2"]"#);
/// ```
#[must_use]
pub fn value(rule: &Value) -> String {
    match rule {
        Value::Str(text) => double_quoted_points(text.code_points()),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", "))
        }
        Value::Bool(false) => "false".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        // Inside of a list, `!` whatever it is.
        other if other.truthy() => "true".to_owned(),
        _ => "null".to_owned(),
    }
}
