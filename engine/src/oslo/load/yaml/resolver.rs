//! YAML 1.1: which type a plain scalar has, by its text.
//!
//! PyYAML matches with `$`, which also holds before a line break at the very end. Only a scalar with
//! the tag `!` can have one.

use super::node::Tag;
use crate::oslo::python::PyStr;

/// The type that a value without a tag has.
pub(super) fn resolve(value: &PyStr) -> Tag {
    let Some(text) = value.as_text() else {
        return Tag::Str;
    };
    let Some(first) = text.bytes().next() else {
        return Tag::Null;
    };
    let text = text.strip_suffix('\n').unwrap_or(text);
    match first {
        b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' if is_bool(text) => Tag::Bool,
        b'n' | b'N' if is_bool(text) => Tag::Bool,
        b'n' | b'N' | b'~' if is_null(text) => Tag::Null,
        b'-' | b'+' | b'.' | b'0'..=b'9' if is_float(text) => Tag::Float,
        b'-' | b'+' | b'0'..=b'9' if is_int(text) => Tag::Int,
        b'0'..=b'9' if super::constructor::timestamp::is_implicit(text) && !fault!(YamlDatesAreText) => {
            Tag::Timestamp
        }
        b'<' if text == "<<" && !fault!(YamlMergeKeyIsPlain) => Tag::Merge,
        b'=' if text == "=" => Tag::Value,
        // `tag:yaml.org,2002:yaml`, which nothing constructs.
        b'!' | b'&' | b'*' if text.len() == 1 => Tag::Unknown,
        _ => Tag::Str,
    }
}

fn is_bool(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off"];
    words[..if fault!(YamlNoIsText) { 2 } else { 6 }].iter().any(|word| in_one_case(text, word))
}

fn is_null(text: &str) -> bool {
    (text == "~" && !fault!(YamlTildeIsText)) || in_one_case(text, "null")
}

/// `word`, `Word` or `WORD`.
fn in_one_case(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word) && {
        let tail = &text.as_bytes()[1..];
        tail.iter().all(u8::is_ascii_lowercase) || text.bytes().all(|b| b.is_ascii_uppercase())
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all(text: &str, allowed: fn(u8) -> bool) -> bool {
    text.bytes().all(allowed)
}

fn digit_or_underscore(b: u8) -> bool {
    b.is_ascii_digit() || b == b'_'
}

/// Digits and underscores, a digit first.
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && all(text, digit_or_underscore)
}

/// Digits 0 to 59, or 60 parted by colons.
fn sixtieths<'t>(mut parts: impl Iterator<Item = &'t str>) -> bool {
    parts.all(|part| match part.as_bytes() {
        [low] => low.is_ascii_digit(),
        [b'0'..=b'5', low] => low.is_ascii_digit(),
        _ => false,
    })
}

fn is_int(text: &str) -> bool {
    let digits = unsigned(text);
    if let Some(binary) = digits.strip_prefix("0b") {
        return !binary.is_empty() && all(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hexadecimal) = digits.strip_prefix("0x") {
        return !hexadecimal.is_empty() && all(hexadecimal, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if let Some(octal) = digits.strip_prefix("0o").filter(|_| fault!(YamlOctalOf12)) {
        return !octal.is_empty() && all(octal, |b| matches!(b, b'0'..=b'7'));
    }
    if let Some(octal) = digits.strip_prefix('0').filter(|_| !fault!(YamlLeadingZeroIsDecimal)) {
        return all(octal, |b| matches!(b, b'0'..=b'7' | b'_'));
    }
    let mut parts = digits.split(':');
    if fault!(YamlSexagesimalIsText) && digits.contains(':') {
        return false;
    }
    parts.next().is_some_and(is_number) && sixtieths(parts)
}

fn is_float(text: &str) -> bool {
    let digits = unsigned(text);
    if in_one_case_after_dot(digits, "inf") || in_one_nan(text) {
        return true;
    }
    let Some((whole, fraction)) = digits.split_once('.') else {
        let exponent = digits.contains(['e', 'E']) && digits.parse::<f64>().is_ok();
        return fault!(YamlExponentNeedsNoPoint) && exponent;
    };
    if whole.is_empty() {
        // No sign here, and a digit behind the dot.
        return digits.len() == text.len() && is_number(mantissa(fraction));
    }
    if whole.contains(':') && !fault!(YamlSexagesimalIsText) {
        let mut parts = whole.split(':');
        return parts.next().is_some_and(is_number) && sixtieths(parts) && all(fraction, digit_or_underscore);
    }
    is_number(whole) && all(mantissa(fraction), digit_or_underscore)
}

fn in_one_case_after_dot(text: &str, word: &str) -> bool {
    text.strip_prefix('.').is_some_and(|rest| in_one_case(rest, word))
}

fn in_one_nan(text: &str) -> bool {
    matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// Without the exponent, which must have a sign to be one.
fn mantissa(fraction: &str) -> &str {
    let Some((mantissa, exponent)) = fraction.split_once(['e', 'E']) else {
        return fraction;
    };
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or_default();
    if !digits.is_empty() && all(digits, |b| b.is_ascii_digit()) { mantissa } else { fraction }
}
