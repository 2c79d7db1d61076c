//! `int` and `float`: what PyYAML does with the text before Python's own functions get it, and those.

use std::borrow::Cow;

use num_bigint::BigInt;

use super::super::node::NodeId;
use super::Failure;
use crate::oslo::error::{ExceptionClass, Limit};
use crate::oslo::python::text::MAX_INT_DIGITS;
use crate::oslo::python::unicode::decimal;
use crate::oslo::python::{PyStr, is_space};

type Result<T> = std::result::Result<T, Failure>;

/// How many sixtieths (`1:30:00` has two) a whole number may have. The work grows with the square.
const MAX_SIXTIETHS: usize = 10_000;

fn not_a_number() -> Failure {
    (ExceptionClass::ValueError.into(), "this is no number")
}

/// The text without underscores and sign, and whether the sign is `-`.
fn unsigned(text: &PyStr) -> Result<(String, bool)> {
    // With a lone surrogate it is no number, as it is none with what masks it.
    let text = text.masked().replace('_', "");
    let Some(first) = text.chars().next() else {
        return Err((ExceptionClass::IndexError.into(), "a number without digits"));
    };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text).to_owned();
    Ok((digits, first == '-'))
}

pub(super) fn int(text: &PyStr) -> Result<BigInt> {
    let (digits, negative) = unsigned(text)?;
    let magnitude = if digits.is_empty() {
        return Err((ExceptionClass::IndexError.into(), "a sign without digits"));
    } else if digits == "0" {
        BigInt::ZERO
    } else if let Some(binary) = digits.strip_prefix("0b") {
        python_int(binary, 2)?
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        python_int(hexadecimal, 16)?
    } else if digits.starts_with('0') && !fault!(YamlLeadingZeroIsDecimal) {
        python_int(&digits, 8)?
    } else if digits.contains(':') {
        sexagesimal(&digits)?
    } else {
        python_int(&digits, 10)?
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn sexagesimal(text: &str) -> Result<BigInt> {
    let parts = text.split(':').map(|part| python_int(part, 10)).collect::<Result<Vec<_>>>()?;
    if parts.len() > MAX_SIXTIETHS {
        return Err((Limit::TooLarge.into(), "too many ':' in a number"));
    }
    Ok(parts.into_iter().fold(BigInt::ZERO, |value, part| value * 60 + part))
}

/// Python's `int(text, base)`.
fn python_int(text: &str, base: u32) -> Result<BigInt> {
    let ascii = with_ascii_digits(text);
    let text = strip(&ascii);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefix = match base {
        2 => ["0b", "0B"],
        8 => ["0o", "0O"],
        16 => ["0x", "0X"],
        _ => ["", ""],
    };
    let digits = prefix.iter().find_map(|prefix| digits.strip_prefix(prefix)).unwrap_or(digits);
    let too_long = base == 10 && digits.len() > MAX_INT_DIGITS;
    if too_long || digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(not_a_number());
    }
    let magnitude = BigInt::parse_bytes(digits.as_bytes(), base).ok_or_else(not_a_number)?;
    Ok(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// A float. A `nan` other than `.nan` itself is an object of its own in Python, hence a key of its own
/// in a dict; here it has bits of its own, after the number of its node.
pub(super) fn float(text: &PyStr, id: NodeId) -> Result<f64> {
    let (digits, negative) = unsigned(text)?;
    let digits = digits.to_ascii_lowercase();
    let magnitude = match digits.as_str() {
        ".inf" => f64::INFINITY,
        ".nan" => return Ok(f64::NAN),
        _ if digits.contains(':') => sixtieths(&digits)?,
        _ => python_float(&digits)?,
    };
    if magnitude.is_nan() {
        return Ok(f64::from_bits(f64::NAN.to_bits() | (id.0 as u64 + 1)));
    }
    Ok(if negative { -magnitude } else { magnitude })
}

fn sixtieths(text: &str) -> Result<f64> {
    let parts = text.split(':').map(python_float).collect::<Result<Vec<_>>>()?;
    let mut value = 0.0;
    let mut base = BigInt::from(1);
    for part in parts.into_iter().rev() {
        // Through its text: the nearest float, ties to even, as Python converts an int.
        let factor = base.to_string().parse::<f64>().unwrap_or(f64::INFINITY);
        if factor.is_infinite() {
            return Err((ExceptionClass::OverflowError.into(), "too many ':' in a number"));
        }
        value += part * factor;
        base *= 60;
    }
    Ok(value)
}

/// Python's `float(text)`; what it accepts between the blanks is what Rust does.
fn python_float(text: &str) -> Result<f64> {
    strip(&with_ascii_digits(text)).parse().map_err(|_| not_a_number())
}

/// The text with the decimal digits of every script as those of ASCII: in Python's numbers they mix.
fn with_ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let ascii = |c: char| decimal(c.into()).and_then(|value| char::from_digit(value, 10)).unwrap_or(c);
    text.chars().map(ascii).collect()
}

/// The text without the blanks around it that Python ignores, which in numbers are not all of them.
fn strip(text: &str) -> &str {
    text.trim_matches(|c| is_space(c) && !matches!(c, '\u{1c}'..='\u{1f}'))
}
