//! The value of string literals: prefixes, escapes, and several side by side.

use std::cell::Cell;

use super::tokens::Token;
use super::{Stop, fstrings};
use crate::oslo::python::unicode;
use crate::oslo::python::value::{PyStr, Value};

/// What string literals side by side come to.
pub(super) enum Text {
    /// A `str` or `bytes`.
    Constant(Value),
    /// At least one of them was an f-string: an expression, but no literal.
    Formatted {
        /// How deep the deepest of its expressions is, and what stands around it.
        depth: usize,
    },
}

/// One literal, cut into its parts.
struct Literal<'a> {
    bytes: bool,
    raw: bool,
    formatted: bool,
    body: &'a str,
}

impl<'a> Literal<'a> {
    fn cut(text: &'a str) -> Self {
        let quotes_at = text.find(['\'', '"']).unwrap_or_default();
        let (prefix, quoted) = text.split_at(quotes_at);
        let has = |letter: char| prefix.contains([letter, letter.to_ascii_uppercase()]);
        let triple = quoted.len() >= 6 && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""));
        let width = if triple { 3 } else { 1 };
        let body = &quoted[width..quoted.len() - width];
        Self { bytes: has('b'), raw: has('r'), formatted: has('f'), body }
    }
}

/// Joins string literals that stand side by side; `varies` is set where 3.12 or 3.13 may differ.
///
/// # Errors
/// `SyntaxError` for an escape that is none, for bytes outside ASCII, for bytes beside text.
pub(super) fn concatenate(literals: &[Token<'_>], varies: &Cell<bool>) -> Result<Text, Stop> {
    let (mut points, mut bytes) = (Vec::new(), Vec::new());
    let (mut formatted, mut depth, mut first_is_bytes) = (false, 1, None);
    for token in &literals[..if fault!(AdjacentStringsCut) { 1 } else { literals.len() }] {
        let literal = Literal::cut(token.text);
        if *first_is_bytes.get_or_insert(literal.bytes) != literal.bytes {
            return Err(Stop::Syntax);
        }
        if literal.formatted {
            formatted = true;
            depth = depth.max(1 + fstrings::check(literal.body, literal.raw, varies)?);
        } else if literal.bytes {
            read_bytes(&literal, &mut bytes)?;
        } else if literal.raw && !fault!(RawStringsUnescape) {
            points.extend(literal.body.chars().map(u32::from));
        } else {
            unescape(literal.body, &mut points, varies)?;
        }
    }
    if formatted {
        return Ok(Text::Formatted { depth });
    }
    let value = match first_is_bytes {
        Some(true) if fault!(BytesLiteralsAreText) => {
            Value::Str(PyStr::from_code_points(bytes.into_iter().map(u32::from).collect()))
        }
        Some(true) => Value::Bytes(bytes),
        _ => Value::Str(PyStr::from_code_points(points)),
    };
    Ok(Text::Constant(value))
}

/// Replaces the escapes of a `str`; an escape that Python does not know stays as it is.
pub(super) fn unescape(text: &str, out: &mut Vec<u32>, varies: &Cell<bool>) -> Result<(), Stop> {
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.extend(plain.chars().map(u32::from));
        let Some(letter) = escape.chars().next() else {
            // Only the part of an f-string in front of a brace can end like this.
            out.push('\\'.into());
            return Ok(());
        };
        rest = &escape[letter.len_utf8()..];
        let digits = match letter {
            'u' | 'U' if fault!(CodePointEscapesStay) => {
                out.extend(['\\', letter].map(u32::from));
                continue;
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0'..='7' => {
                let (value, length) = octal(escape.as_bytes());
                out.push(value);
                rest = &escape[length..];
                continue;
            }
            'N' => {
                let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let (name, behind) = name.ok_or(Stop::Syntax)?;
                varies.set(varies.get() || unicode::is_later_name(name));
                out.push(unicode::character(name).ok_or(Stop::Syntax)?);
                rest = behind;
                continue;
            }
            '\n' => continue,
            _ => {
                match simple(letter) {
                    Some(byte) => out.push(byte.into()),
                    None => out.extend(['\\', letter].map(u32::from)),
                }
                continue;
            }
        };
        let point = rest.get(..digits).and_then(hexadecimal).filter(|&point| point <= 0x10_ffff);
        out.push(point.ok_or(Stop::Syntax)?);
        rest = &rest[digits..];
    }
    out.extend(rest.chars().map(u32::from));
    Ok(())
}

fn read_bytes(literal: &Literal<'_>, out: &mut Vec<u8>) -> Result<(), Stop> {
    if !literal.body.is_ascii() && !fault!(BytesTakeAnyCharacter) {
        return Err(Stop::Syntax);
    }
    let mut rest = literal.body.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = match after.first() {
            Some(&escaped) if byte == b'\\' && !literal.raw => escaped,
            _ => {
                out.push(byte);
                continue;
            }
        };
        rest = &after[1..];
        match escaped {
            b'\n' => {}
            b'x' => {
                let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                let value = digits.and_then(hexadecimal).and_then(|value| u8::try_from(value).ok());
                out.push(value.ok_or(Stop::Syntax)?);
                rest = &rest[2..];
            }
            b'0'..=b'7' => {
                let (value, length) = octal(after);
                // `b'\400'` is `b'\x00'`.
                out.push((value & 0xff) as u8);
                rest = &after[length..];
            }
            _ => match simple(escaped.into()) {
                Some(byte) => out.push(byte),
                None => out.extend([b'\\', escaped]),
            },
        }
    }
    Ok(())
}

/// The escapes of one letter.
const fn simple(letter: char) -> Option<u8> {
    match letter {
        '\\' => Some(b'\\'),
        '\'' => Some(b'\''),
        '"' => Some(b'"'),
        'a' => Some(0x07),
        'b' => Some(0x08),
        'f' => Some(0x0c),
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'v' => Some(0x0b),
        _ => None,
    }
}

/// The value of up to three octal digits, and how many there are.
fn octal(text: &[u8]) -> (u32, usize) {
    let digits = text.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
    digits.fold((0, 0), |(value, length), digit| (value * 8 + u32::from(digit - b'0'), length + 1))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if all_digits { u32::from_str_radix(digits, 16).ok() } else { None }
}
