//! `str()` and `repr()` of values, as far as they need no Unicode tables.

use std::borrow::Cow;
use std::fmt::Write as _;

use num_bigint::BigInt;

use super::value::Value;
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};

/// The most decimal digits that `str()` of an int writes (`sys.int_info.default_max_str_digits`).
pub const MAX_INT_DIGITS: usize = 4300;

/// How deeply nested a value is still written out. A JSON or YAML reader stops at about 128.
const MAX_NESTING: usize = 200;

/// Python's `str(value)`.
///
/// # Errors
/// `ValueError` for an int of more than [`MAX_INT_DIGITS`] digits, itself or inside a container;
/// [`Unsupported`] where the text cannot be given exactly.
///
/// ```
/// use assay_engine::oslo::python::{Value, text::str_of};
/// assert_eq!(str_of(&Value::from(1e16)).unwrap(), "1e+16");
/// assert_eq!(str_of(&Value::list(["a".into(), Value::None])).unwrap(), "['a', None]");
/// ```
pub fn str_of(value: &Value) -> Result<Cow<'_, str>, Interrupt> {
    match value {
        Value::Str(text) => match text.as_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => Err(Unsupported::Surrogate.into()),
        },
        other => {
            let mut out = String::new();
            write_repr(other, &mut out, 0)?;
            Ok(Cow::Owned(out))
        }
    }
}

fn write_repr(value: &Value, out: &mut String, depth: usize) -> Result<(), Interrupt> {
    if depth > MAX_NESTING {
        return Err(Unsupported::Nesting.into());
    }
    let inner = depth + 1;
    match value {
        Value::None => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(value) => out.push_str(&int_text(value)?),
        Value::Float(value) => out.push_str(&float_text(*value)),
        Value::Complex { re, im } => out.push_str(&complex_text(*re, *im)),
        Value::Ellipsis => out.push_str("Ellipsis"),
        Value::Str(text) => match text.as_text() {
            Some(text) => write_quoted(text, out)?,
            None => return Err(Unsupported::Surrogate.into()),
        },
        Value::Bytes(bytes) => write_bytes(bytes, out),
        Value::List(items) => write_items(items, ["[", "]"], out, inner)?,
        Value::Tuple(items) if items.len() == 1 => write_items(items, ["(", ",)"], out, inner)?,
        Value::Tuple(items) => write_items(items, ["(", ")"], out, inner)?,
        Value::Set(items) if items.is_empty() => out.push_str("set()"),
        Value::Set(items) if items.len() == 1 => write_items(items, ["{", "}"], out, inner)?,
        Value::Set(_) => return Err(Unsupported::SetOrder.into()),
        Value::Dict(dict) => {
            out.push('{');
            for (index, (key, value)) in dict.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_repr(key, out, inner)?;
                out.push_str(": ");
                write_repr(value, out, inner)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_items(
    items: &[Value],
    [open, close]: [&str; 2],
    out: &mut String,
    depth: usize,
) -> Result<(), Interrupt> {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_repr(item, out, depth)?;
    }
    out.push_str(close);
    Ok(())
}

/// `str()` of an int.
pub(super) fn int_text(value: &BigInt) -> Result<String, ExceptionClass> {
    // Some 3.3 bits a digit: no need to write out a giant to know that it is one.
    if value.bits() > 4 * MAX_INT_DIGITS as u64 {
        return Err(ExceptionClass::ValueError);
    }
    let text = value.to_string();
    let digits = text.strip_prefix('-').unwrap_or(&text).len();
    if digits > MAX_INT_DIGITS { Err(ExceptionClass::ValueError) } else { Ok(text) }
}

/// `repr()` of a float: the shortest digits that read back as the same float.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = shortest_digits(value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    // CPython writes an exponent outside [-4, 16), and then with at least two digits.
    if !(-4..16).contains(&exponent) {
        let of_exponent = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{of_exponent}{:02}", exponent.unsigned_abs());
    }
    let mut digits = mantissa.replace('.', "");
    let places = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(places - 1));
    }
    while digits.len() < places + 2 {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(places + 1);
    format!("{sign}{whole}.{fraction}")
}

/// The fewest digits that read back as the same float, and of those the nearest to it, in the form
/// `1.5e-7`. Where two are equally near, Python takes the even one and Rust the greater.
fn shortest_digits(value: f64) -> String {
    let shortest = format!("{value:e}");
    let decimals = shortest.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count() - 1;
    let nearest = format!("{value:.decimals$e}");
    if nearest.parse() == Ok(value) { nearest } else { shortest }
}

/// `repr()` of a complex number: its parts as floats are written, but without `.0`.
fn complex_text(re: f64, im: f64) -> String {
    let part = |value: f64| {
        let text = float_text(value);
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    if re == 0.0 && re.is_sign_positive() {
        return part(im) + "j";
    }
    let im = part(im);
    let sign = if im.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{im}j)", part(re))
}

/// `repr()` of a string.
fn write_quoted(text: &str, out: &mut String) -> Result<(), Unsupported> {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            c if c.is_ascii() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            // Whether it is written or escaped is str.isprintable's decision.
            _ => return Err(Unsupported::Unicode),
        }
    }
    out.push(quote);
    Ok(())
}

fn write_bytes(bytes: &[u8], out: &mut String) {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            b' '..=b'~' => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oslo::python::Dict;
    use rstest::rstest;

    /// Each text is what CPython 3.11.7 prints.
    #[rstest]
    #[case(Value::None, "None")]
    #[case(Value::from(true), "True")]
    #[case(Value::from(-7), "-7")]
    #[case(Value::from(1.0), "1.0")]
    #[case(Value::from(-0.0), "-0.0")]
    #[case(Value::from(0.1), "0.1")]
    #[case(Value::from(1e15), "1000000000000000.0")]
    #[case(Value::from(1e16), "1e+16")]
    #[case(Value::from(615_324_525_473_603.0 + 0.25), "615324525473603.2")]
    #[case(Value::from(9_498_770_766_522.0 + 0.3125), "9498770766522.312")]
    #[case(Value::from(-1234.5), "-1234.5")]
    #[case(Value::from(1.5e-5), "1.5e-05")]
    #[case(Value::from(0.0001), "0.0001")]
    #[case(Value::from(1e100), "1e+100")]
    #[case(Value::from(5e-324), "5e-324")]
    #[case(Value::from(f64::NAN), "nan")]
    #[case(Value::from(f64::NEG_INFINITY), "-inf")]
    #[case(Value::Complex { re: 1.0, im: 2.0 }, "(1+2j)")]
    #[case(Value::Complex { re: 0.0, im: 1.5 }, "1.5j")]
    #[case(Value::Complex { re: -0.0, im: -1.0 }, "(-0-1j)")]
    #[case(Value::Complex { re: 1e16, im: 0.0 }, "(1e+16+0j)")]
    #[case(Value::Complex { re: 0.0, im: -0.0 }, "-0j")]
    #[case(Value::Complex { re: f64::INFINITY, im: f64::NAN }, "(inf+nanj)")]
    #[case(Value::Complex { re: f64::NAN, im: f64::NEG_INFINITY }, "(nan-infj)")]
    #[case(Value::Ellipsis, "Ellipsis")]
    #[case(Value::from("it's"), "it's")]
    #[case(Value::list(["it's".into()]), r#"["it's"]"#)]
    #[case(Value::list(["it's \"x\"".into()]), r#"['it\'s "x"']"#)]
    #[case(Value::list(["a\\\n\u{1}".into()]), r"['a\\\n\x01']")]
    #[case(Value::Bytes(b"a'\xff".to_vec()), r#"b"a'\xff""#)]
    #[case(Value::Tuple(vec![Value::from(1)]), "(1,)")]
    #[case(Value::Tuple(vec![]), "()")]
    #[case(Value::Set(vec![]), "set()")]
    #[case(Value::Set(vec!["x".into()]), "{'x'}")]
    #[case(Value::dict([("k", Value::None), ("l", Value::list([]))]), "{'k': None, 'l': []}")]
    #[case(Value::Dict(Dict::default()), "{}")]
    fn a_value_is_written_as_python_writes_it(#[case] value: Value, #[case] text: &str) {
        assert_eq!(str_of(&value).as_deref(), Ok(text));
    }

    #[test]
    fn an_int_of_more_than_4300_digits_has_no_text() {
        let nines = |count: usize| Value::Int("9".repeat(count).parse().expect("digits"));
        assert!(str_of(&nines(4300)).is_ok());
        let too_long = Err(Interrupt::Raised(ExceptionClass::ValueError));
        assert_eq!(str_of(&nines(4301)), too_long);
        assert_eq!(str_of(&Value::Int(BigInt::from(-1) << 100_000)), too_long);
        assert_eq!(str_of(&Value::list([nines(4301)])), too_long);
    }

    #[rstest]
    #[case(Value::list(["é".into()]), Unsupported::Unicode)]
    #[case(Value::Set(vec![Value::from(1), Value::from(2)]), Unsupported::SetOrder)]
    fn what_cannot_be_exact_is_unsupported(#[case] value: Value, #[case] why: Unsupported) {
        assert_eq!(str_of(&value), Err(why.into()));
    }
}
