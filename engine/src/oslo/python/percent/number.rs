//! The conversions of numbers: `d i u o x X` and `e E f F g G`.

use num_bigint::{BigInt, Sign};

use super::directive::Directive;
use super::{MAX_LENGTH, too_large};
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::Value;
use crate::oslo::python::integral;
use crate::oslo::python::text::int_text;

/// CPython refuses to write an int with a greater precision.
const MAX_INT_PRECISION: usize = i32::MAX as usize - 3;

/// A double has no more decimal digits than this, before the point and behind it together; from
/// here on there are only zeros. (Rust's own formatting takes no precision above 65,535.)
const ALL_DIGITS: usize = 1100;

/// A number in text, not yet filled to a width.
pub(super) struct NumberText {
    pub(super) negative: bool,
    /// `0x`, `0X` or `0o`; zeros that fill come behind it.
    pub(super) base: &'static str,
    pub(super) digits: String,
}

/// `%d`, `%i`, `%u`, `%o`, `%x`, `%X`.
pub(super) fn integer(value: &Value, directive: &Directive) -> Result<NumberText, Interrupt> {
    let hexadecimal_or_octal = matches!(directive.conversion, 'o' | 'x' | 'X');
    let number = match value {
        Value::Int(number) => number.clone(),
        Value::Bool(value) => BigInt::from(u8::from(*value)),
        Value::Float(value) if !hexadecimal_or_octal => truncated(*value)?,
        Value::Str(text) if fault!(DecimalReadsText) && !hexadecimal_or_octal => {
            text.masked().parse().map_err(|_| ExceptionClass::TypeError)?
        }
        _ => return Err(ExceptionClass::TypeError.into()),
    };
    let wraps =
        fault!(NegativeHexadecimalWraps) && directive.conversion == 'x' && number.sign() == Sign::Minus;
    let number = if wraps { number + (BigInt::from(1) << 32) } else { number };
    let precision = directive.precision.unwrap_or(0);
    if precision > MAX_INT_PRECISION {
        return Err(ExceptionClass::OverflowError.into());
    }
    let (base, digits) = match directive.conversion {
        'o' => ("0o", number.magnitude().to_str_radix(8)),
        'x' => ("0x", number.magnitude().to_str_radix(16)),
        'X' if fault!(UpperCaseConversionLost) => ("0X", number.magnitude().to_str_radix(16)),
        'X' => ("0X", number.magnitude().to_str_radix(16).to_ascii_uppercase()),
        _ => ("", int_text(&number)?.trim_start_matches('-').to_owned()),
    };
    if precision.max(digits.len()) > MAX_LENGTH {
        return Err(too_large());
    }
    Ok(NumberText {
        negative: number.sign() == Sign::Minus,
        base: if directive.alternate { base } else { "" },
        digits: format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len()))),
    })
}

/// `int()` of a float.
fn truncated(value: f64) -> Result<BigInt, ExceptionClass> {
    if value.is_nan() {
        return Err(ExceptionClass::ValueError);
    }
    if value.is_infinite() {
        return Err(ExceptionClass::OverflowError);
    }
    let value = if fault!(DecimalRounds) { value.round() } else { value };
    Ok(integral(value.trunc()).unwrap_or_default())
}

/// `%e`, `%f`, `%g` and their capitals.
pub(super) fn float(value: &Value, directive: &Directive) -> Result<NumberText, Interrupt> {
    let number = match value {
        Value::Float(value) => *value,
        Value::Int(value) => nearest(value)?,
        Value::Bool(value) => f64::from(u8::from(*value)),
        _ => return Err(ExceptionClass::TypeError.into()),
    };
    let precision = directive.precision.unwrap_or(6);
    let magnitude = number.abs();
    let digits = if number.is_nan() {
        "nan".to_owned()
    } else if number.is_infinite() {
        "inf".to_owned()
    } else {
        match directive.conversion.to_ascii_lowercase() {
            'e' => exponential(magnitude, precision, directive.alternate)?,
            'f' => fixed(magnitude, precision, directive.alternate)?,
            _ => general(magnitude, precision.max(1), directive.alternate)?,
        }
    };
    Ok(NumberText {
        negative: number.is_sign_negative() && !number.is_nan(),
        base: "",
        digits: if directive.conversion.is_ascii_uppercase() && !fault!(UpperCaseConversionLost) {
            digits.to_ascii_uppercase()
        } else {
            digits
        },
    })
}

/// `float()` of an int.
fn nearest(value: &BigInt) -> Result<f64, ExceptionClass> {
    // 2^1024 has 1025 bits; up to there the decimal text is short, and reading it rounds correctly.
    let read = if value.bits() > 1025 { None } else { value.to_string().parse().ok() };
    read.filter(|number: &f64| number.is_finite()).ok_or(ExceptionClass::OverflowError)
}

fn zeros(count: usize) -> Result<String, Interrupt> {
    if count > MAX_LENGTH { Err(too_large()) } else { Ok("0".repeat(count)) }
}

fn fixed(magnitude: f64, precision: usize, alternate: bool) -> Result<String, Interrupt> {
    let exact = precision.min(ALL_DIGITS);
    let magnitude = if fault!(HalvesRoundUp) && exact == 0 { magnitude.round() } else { magnitude };
    let point = if alternate && precision == 0 { "." } else { "" };
    Ok(format!("{magnitude:.exact$}{point}{}", zeros(precision - exact)?))
}

fn exponential(magnitude: f64, precision: usize, alternate: bool) -> Result<String, Interrupt> {
    let exact = precision.min(ALL_DIGITS);
    let (mantissa, exponent) = scientific(magnitude, exact);
    let point = if alternate && precision == 0 { "." } else { "" };
    Ok(format!("{mantissa}{point}{}{}", zeros(precision - exact)?, exponent_text(exponent)))
}

/// `precision` significant digits, in whichever of the two forms suits the exponent; zeros at the
/// end are left out unless the alternate form is asked for.
fn general(magnitude: f64, precision: usize, alternate: bool) -> Result<String, Interrupt> {
    let exact = precision.min(ALL_DIGITS);
    let (mantissa, exponent) = scientific(magnitude, exact - 1);
    let mut digits = mantissa.replacen('.', "", 1);
    if alternate {
        digits += &zeros(precision - exact)?;
    } else {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let with_point = |whole: &str, fraction: &str| {
        let point = if fraction.is_empty() && !alternate { "" } else { "." };
        format!("{whole}{point}{fraction}")
    };
    let places = exponent.unsigned_abs() as usize;
    if exponent < -4 || (exponent >= 0 && places >= precision) {
        return Ok(with_point(&digits[..1], &digits[1..]) + &exponent_text(exponent));
    }
    if exponent < 0 {
        return Ok(with_point("0", &format!("{}{digits}", "0".repeat(places - 1))));
    }
    if digits.len() <= places {
        digits += &"0".repeat(places + 1 - digits.len());
    }
    Ok(with_point(&digits[..=places], &digits[places + 1..]))
}

/// One digit, a point and `places` more, correctly rounded; and the exponent of ten.
fn scientific(magnitude: f64, places: usize) -> (String, i32) {
    let text = format!("{magnitude:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or_default())
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    if fault!(ExponentOfOneDigit) {
        return format!("e{sign}{}", exponent.unsigned_abs());
    }
    format!("e{sign}{:02}", exponent.unsigned_abs())
}
