//! What `ast.literal_eval` makes of the kind of a generic check: `kind:match` compares the match with
//! the text of `kind` where that is a Python literal, and with what creds hold there where it is another
//! expression; where it is none, upstream raises `SyntaxError`.
//!
//! The language is that of CPython 3.11; [`depends_on_version`] says where 3.12 or 3.13 may read something else.

mod arguments;
mod brackets;
mod calls;
mod evaluate;
mod fstrings;
mod identifiers;
mod limits;
mod numbers;
mod operators;
mod parser;
mod strings;
mod tokens;
mod tree;

use std::borrow::Cow;

use self::identifiers::is_keyword;
use self::parser::{Parsed, Parser};
use super::unicode::differs;
use super::value::Value;
use crate::oslo::error::ExceptionClass;

/// What `ast.literal_eval` makes of the kind of a generic check.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// It is a literal: the check compares the match with its text.
    Literal(Value),
    /// It is an expression but no literal (`ValueError`): the check looks the kind up in creds.
    Path,
    /// Anything else that is raised, which upstream lets out of `enforce`: `SyntaxError` where it is no
    /// expression, `IndentationError`, `TypeError` (`{[]}`), `OverflowError` (an integer of 400 digits
    /// plus `1j`).
    Raises(ExceptionClass),
}

/// Why there is no tree of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// `SyntaxError`.
    Syntax,
    /// `MemoryError`: too deep for CPython's parser.
    Memory,
    /// `RecursionError`: too deep to be made into Python's objects.
    Recursion,
}

impl From<Stop> for ExceptionClass {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Syntax => Self::SyntaxError,
            Stop::Memory => Self::MemoryError,
            Stop::Recursion => Self::RecursionError,
        }
    }
}

/// Reads a kind as upstream's `GenericCheck` does.
///
/// A kind that is nested so deeply that CPython gives up raises what CPython 3.11 raises there, as far as that
/// is known: `MemoryError` from some 180 brackets in brackets on, `RecursionError` from some 2,900 dots, signs or
/// sums in a row on. [`depends_on_version`] holds for it.
///
/// ```
/// use assay_engine::oslo::ExceptionClass;
/// use assay_engine::oslo::python::{Value, literal::{Kind, read_kind}};
/// assert_eq!(read_kind("'public'"), Kind::Literal(Value::from("public")));
/// assert_eq!(read_kind("0x10"), Kind::Literal(Value::from(16)));
/// assert_eq!(read_kind("'\\N{SNOWMAN}'"), Kind::Literal(Value::from("☃")));
/// assert_eq!(read_kind("user.domain_id"), Kind::Path);
/// assert_eq!(read_kind("user-id"), Kind::Path);
/// assert_eq!(read_kind("角色"), Kind::Path);
/// assert_eq!(read_kind("class"), Kind::Raises(ExceptionClass::SyntaxError));
/// ```
#[must_use]
pub fn read_kind(kind: &str) -> Kind {
    read(kind).0
}

/// Whether CPython 3.12 or 3.13 may make something else of a kind than 3.11, or 3.11 itself if it is called deep
/// down: of some f-strings, of characters and names that came with a newer Unicode, of very deep nesting.
///
/// ```
/// use assay_engine::oslo::python::literal::depends_on_version;
/// assert!(depends_on_version("f'{'a'}'"));
/// assert!(!depends_on_version("f'{a.b!r}'"));
/// assert!(!depends_on_version("'{a}'"));
/// ```
#[must_use]
pub fn depends_on_version(kind: &str) -> bool {
    (!kind.is_ascii() && kind.chars().any(|c| differs(c.into()))) || read(kind).1
}

/// What a kind is, and whether its nesting, an f-string or a name of a character makes it depend on the version.
fn read(kind: &str) -> (Kind, bool) {
    if let Some(kind) = dotted_name(kind) {
        return (kind, false);
    }
    if kind.contains('\0') {
        return (Kind::Raises(ExceptionClass::SyntaxError), false);
    }
    let source = with_unix_line_ends(kind.trim_start_matches([' ', '\t']));
    let (parsed, varies) = Parser::new(&source).text();
    let read = match parsed {
        Ok(Parsed::Expression(tree, root)) => match evaluate::evaluate(tree, root) {
            Ok(value) => Kind::Literal(value),
            Err(ExceptionClass::ValueError) => Kind::Path,
            Err(class) => Kind::Raises(class),
        },
        Ok(Parsed::Indented) => Kind::Raises(ExceptionClass::IndentationError),
        Err(stop) => Kind::Raises(stop.into()),
    };
    (read, varies)
}

/// How many segments a path may have before [`read_kind`] looks at its depth.
const MAX_SEGMENTS: usize = 500;

/// Names with dots between them, which nearly all kinds are; `None` for anything else.
fn dotted_name(kind: &str) -> Option<Kind> {
    match kind {
        "True" => return Some(Kind::Literal(Value::Bool(true))),
        "False" => return Some(Kind::Literal(Value::Bool(false))),
        "None" => return Some(Kind::Literal(Value::None)),
        "true" | "false" if fault!(LowerCaseConstants) => {
            return Some(Kind::Literal(Value::Bool(kind == "true")));
        }
        "none" if fault!(LowerCaseConstants) => return Some(Kind::Literal(Value::None)),
        _ => {}
    }
    let is_name = |segment: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !segment.is_empty() && !segment.as_bytes()[0].is_ascii_digit() && segment.bytes().all(inner)
    };
    let plain = |segment: &str| is_name(segment) && !is_keyword(segment);
    let dotted = kind.split('.').all(plain) && kind.split('.').take(MAX_SEGMENTS + 1).count() <= MAX_SEGMENTS;
    dotted.then_some(Kind::Path)
}

fn with_unix_line_ends(source: &str) -> Cow<'_, str> {
    if source.contains('\r') {
        source.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        source.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const INVALID: Kind = Kind::Raises(ExceptionClass::SyntaxError);

    /// Source: `ast.literal_eval` of CPython 3.11.7.
    #[rstest]
    #[case("True", Kind::Literal(Value::from(true)))]
    #[case("None", Kind::Literal(Value::None))]
    #[case("true", Kind::Path)]
    #[case("True.x", Kind::Path)]
    #[case("a.True", INVALID)]
    #[case("_1", Kind::Path)]
    #[case("user.id", Kind::Path)]
    #[case("user..id", INVALID)]
    #[case("user.", INVALID)]
    #[case(".user", INVALID)]
    #[case(".", INVALID)]
    #[case("..", INVALID)]
    #[case("", INVALID)]
    #[case("is", INVALID)]
    #[case("match", Kind::Path)]
    #[case("type", Kind::Path)]
    #[case("0", Kind::Literal(Value::from(0)))]
    #[case("00", Kind::Literal(Value::from(0)))]
    #[case("-17", Kind::Literal(Value::from(-17)))]
    #[case("+1", Kind::Literal(Value::from(1)))]
    #[case("017", INVALID)]
    #[case("-01", INVALID)]
    #[case("'public'", Kind::Literal(Value::from("public")))]
    #[case("\"it's\"", Kind::Literal(Value::from("it's")))]
    #[case("''", Kind::Literal(Value::from("")))]
    #[case("'é'", Kind::Literal(Value::from("é")))]
    fn a_kind_is_what_literal_eval_makes_of_it(#[case] kind: &str, #[case] read: Kind) {
        assert_eq!(read_kind(kind), read);
    }
}
