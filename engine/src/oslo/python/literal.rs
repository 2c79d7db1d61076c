//! Which kinds are Python literals: the part of `ast.literal_eval` that stands before a colon.

use num_bigint::BigInt;

use super::text::MAX_INT_DIGITS;
use super::value::Value;
use crate::oslo::error::Unsupported;

/// What `ast.literal_eval` makes of the kind of a generic check.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// It is a literal: the check compares the match with its text.
    Literal(Value),
    /// It is an expression but no literal (`ValueError`): the check looks the kind up in creds.
    Path,
    /// It is no Python expression: `SyntaxError`, which upstream lets out of `enforce`.
    Invalid,
}

/// Reads a kind as upstream's `GenericCheck` does.
///
/// # Errors
/// [`Unsupported::Literal`] for everything but dotted ASCII names, `True`, `False`, `None`,
/// decimal integers (signed, without underscores) and strings without prefix or escape.
///
/// ```
/// use assay_engine::oslo::python::{Value, literal::{Kind, read_kind}};
/// assert_eq!(read_kind("'public'"), Ok(Kind::Literal(Value::from("public"))));
/// assert_eq!(read_kind("user.domain_id"), Ok(Kind::Path));
/// assert_eq!(read_kind("class"), Ok(Kind::Invalid));
/// ```
pub fn read_kind(kind: &str) -> Result<Kind, Unsupported> {
    match kind {
        "True" => return Ok(Kind::Literal(Value::Bool(true))),
        "False" => return Ok(Kind::Literal(Value::Bool(false))),
        "None" => return Ok(Kind::Literal(Value::None)),
        "" => return Ok(Kind::Invalid),
        _ => {}
    }
    if is_word(kind) {
        return Ok(dotted_name(kind));
    }
    if let Some(integer) = integer(kind) {
        return integer;
    }
    plain_string(kind).ok_or(Unsupported::Literal)
}

/// Only name characters and dots, not starting like a number.
fn is_word(kind: &str) -> bool {
    let number_like = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        && !number_like(kind.trim_start_matches('.'))
        // `a.1` and `a.1b` are numbers to the tokenizer; with a name before them all are errors,
        // but `a.1if` and the like are left to the issue that brings the whole grammar.
        && !kind.split('.').skip(1).any(number_like)
}

/// A kind for which [`is_word`] holds.
fn dotted_name(kind: &str) -> Kind {
    let mut segments = kind.split('.');
    let first = segments.next().unwrap_or_default();
    let constant = matches!(first, "True" | "False" | "None");
    let usable = |segment: &str| !segment.is_empty() && !is_keyword(segment);
    if (constant || usable(first)) && segments.all(usable) { Kind::Path } else { Kind::Invalid }
}

/// CPython's hard keywords, the same in 3.11, 3.12 and 3.13 (`keyword.kwlist`).
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}

/// Decimal digits, perhaps with one sign; `None` if the kind is no such thing.
fn integer(kind: &str) -> Option<Result<Kind, Unsupported>> {
    let digits = kind.strip_prefix(['+', '-']).unwrap_or(kind);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let leading_zero = digits.len() > 1 && digits.starts_with('0');
    if leading_zero && digits.bytes().any(|b| b != b'0') {
        return Some(Ok(Kind::Invalid));
    }
    if digits.len() > MAX_INT_DIGITS {
        return Some(Err(Unsupported::Literal));
    }
    let magnitude: BigInt = digits.parse().ok()?;
    let value = if kind.starts_with('-') { -magnitude } else { magnitude };
    Some(Ok(Kind::Literal(Value::Int(value))))
}

/// A quoted text with nothing in it that Python reads as anything but itself.
fn plain_string(kind: &str) -> Option<Kind> {
    let quote = kind.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let text = kind.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = |c: char| c != quote && !matches!(c, '\\' | '\n' | '\r' | '\0');
    text.chars().all(plain).then(|| Kind::Literal(Value::from(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Source: `ast.literal_eval` of CPython 3.11.7.
    #[rstest]
    #[case("True", Ok(Kind::Literal(Value::from(true))))]
    #[case("None", Ok(Kind::Literal(Value::None)))]
    #[case("true", Ok(Kind::Path))]
    #[case("True.x", Ok(Kind::Path))]
    #[case("a.True", Ok(Kind::Invalid))]
    #[case("_1", Ok(Kind::Path))]
    #[case("user.id", Ok(Kind::Path))]
    #[case("user..id", Ok(Kind::Invalid))]
    #[case("user.", Ok(Kind::Invalid))]
    #[case(".user", Ok(Kind::Invalid))]
    #[case(".", Ok(Kind::Invalid))]
    #[case("..", Ok(Kind::Invalid))]
    #[case("", Ok(Kind::Invalid))]
    #[case("is", Ok(Kind::Invalid))]
    #[case("match", Ok(Kind::Path))]
    #[case("type", Ok(Kind::Path))]
    #[case("0", Ok(Kind::Literal(Value::from(0))))]
    #[case("00", Ok(Kind::Literal(Value::from(0))))]
    #[case("-17", Ok(Kind::Literal(Value::from(-17))))]
    #[case("+1", Ok(Kind::Literal(Value::from(1))))]
    #[case("017", Ok(Kind::Invalid))]
    #[case("-01", Ok(Kind::Invalid))]
    #[case("'public'", Ok(Kind::Literal(Value::from("public"))))]
    #[case("\"it's\"", Ok(Kind::Literal(Value::from("it's"))))]
    #[case("''", Ok(Kind::Literal(Value::from(""))))]
    #[case("'é'", Ok(Kind::Literal(Value::from("é"))))]
    fn a_kind_is_what_literal_eval_makes_of_it(#[case] kind: &str, #[case] read: Result<Kind, Unsupported>) {
        assert_eq!(read_kind(kind), read);
    }

    #[rstest]
    #[case("1.0")]
    #[case("1abc")]
    #[case("a.1")]
    #[case("a-b")]
    #[case("'a'b'")]
    #[case("'''a'''")]
    #[case("'\\n'")]
    #[case("b'x'")]
    #[case("é")]
    #[case("[1]")]
    #[case("1 ")]
    fn the_rest_is_unsupported(#[case] kind: &str) {
        assert_eq!(read_kind(kind), Err(Unsupported::Literal));
    }
}
