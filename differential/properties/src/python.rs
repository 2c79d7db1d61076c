//! The Python that the language leaks.

use assay_engine::oslo::python::literal::{Kind, depends_on_version, read_kind};
use assay_engine::oslo::python::percent::{MAX_LENGTH, format, format_str};
use assay_engine::oslo::python::text::{ascii_of, repr_of, str_of};
use assay_engine::oslo::python::{PyStr, Value};

use crate::bytes;

/// `literal-bytes`: any kind is a literal, a path or an exception; the `repr` of a literal is a literal again,
/// the same one.
pub(crate) fn literal(input: &[u8]) {
    let kind = bytes::utf8(input);
    let _ = depends_on_version(&kind);
    let Kind::Literal(value) = read_kind(&kind) else { return };
    let _ = (str_of(&value), ascii_of(&value));
    let Ok(text) = repr_of(&value) else { return };
    if let Some(text) = text.as_text().filter(|_| has_a_literal(&value)) {
        assert_eq!(read_kind(text), Kind::Literal(value), "{text:?} is no repr of {kind:?}");
    }
}

/// Whether Python's `repr` of a value is a literal at all: of an infinity, `...` and an empty set it is a name.
fn has_a_literal(value: &Value) -> bool {
    match value {
        Value::Ellipsis | Value::Complex { .. } => false,
        Value::Float(number) => number.is_finite(),
        Value::Set(items) => !items.is_empty() && items.iter().all(has_a_literal),
        Value::List(items) | Value::Tuple(items) => items.iter().all(has_a_literal),
        Value::Dict(dict) => dict.iter().all(|(key, value)| has_a_literal(key) && has_a_literal(value)),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Bytes(_) => true,
    }
}

/// A match that the engine's reading of a kind meets, where it is a literal: upstream shows whether it is right.
pub(crate) fn match_of(kind: &str) -> PyStr {
    let text = match read_kind(kind) {
        Kind::Literal(value) => str_of(&value).ok().map(std::borrow::Cow::into_owned),
        Kind::Path | Kind::Raises(_) => None,
    };
    let Some(text) = text else { return "1".into() };
    let percent = u32::from('%');
    let doubled = text.code_points().flat_map(|c| std::iter::repeat_n(c, if c == percent { 2 } else { 1 }));
    PyStr::from_code_points(doubled.collect())
}

/// What the engine makes of a template, or any text where it makes none.
pub(crate) fn formatted_or(template: &PyStr, target: &Value) -> PyStr {
    format_str(template, target).unwrap_or_else(|_| "1".into())
}

/// A template and what it is formatted with: two parts, the second a value in the spelling of case files. What
/// is none is a text, `x` of a dict.
pub(crate) fn template_of(input: &[u8]) -> (PyStr, Value) {
    let (template, target) = bytes::split(input);
    let target =
        bytes::value(target).unwrap_or_else(|| Value::dict([("x", Value::Str(bytes::text(target)))]));
    (bytes::text(template), target)
}

/// `format-bytes`: any template is formatted with any value, or refused; what it gives is no longer than the
/// limit; a template with its `%` doubled is itself.
pub(crate) fn formatted(input: &[u8]) {
    let (template, target) = template_of(input);
    if let Ok(text) = format_str(&template, &target) {
        assert!(text.code_points().count() <= MAX_LENGTH);
    }
    if let Some(text) = template.as_text() {
        assert_eq!(format_str(&template, &target), format(text, &target));
        let empty = Value::dict::<&str>([]);
        assert_eq!(format(&text.replace('%', "%%"), &empty), Ok(template));
    }
}
