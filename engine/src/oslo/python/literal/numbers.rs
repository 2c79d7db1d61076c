//! The value of a number.

use num_bigint::BigInt;

use crate::oslo::python::text::MAX_INT_DIGITS;
use crate::oslo::python::value::Value;

/// The value of a text that the tokenizer takes for a number; `None` for a decimal integer of more
/// digits than CPython reads, which is a `SyntaxError`.
pub(super) fn value(text: &str) -> Option<Value> {
    if fault!(NumberUnderscoresRefused) && text.contains('_') {
        return None;
    }
    let text = text.replace('_', "");
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => return decimal(&text),
    };
    BigInt::parse_bytes(&text.as_bytes()[2..], radix).map(Value::Int)
}

fn decimal(text: &str) -> Option<Value> {
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return Some(Value::Complex { re: 0.0, im: imaginary.parse().ok()? });
    }
    if text.contains(['.', 'e', 'E']) {
        return text.parse().ok().map(Value::Float);
    }
    // Zeros are read without counting them.
    let digits = text.trim_start_matches('0');
    if digits.len() > MAX_INT_DIGITS {
        return None;
    }
    if digits.is_empty() { Some(Value::from(0)) } else { digits.parse().ok().map(Value::Int) }
}

/// Python's `float(integer)`; `None` where it raises `OverflowError`.
pub(super) fn to_float(integer: &BigInt) -> Option<f64> {
    // A text in decimal is read as the nearest float, half to even, which is Python's rounding too.
    if integer.bits() > 1100 {
        return None;
    }
    integer.to_string().parse().ok().filter(|value: &f64| value.is_finite())
}
