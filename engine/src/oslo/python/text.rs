//! `str()`, `repr()` and `ascii()` of values.

use std::borrow::Cow;
use std::fmt::Write as _;

use num_bigint::BigInt;

use super::buffer::Buffer;
use super::unicode::is_printable;
use super::value::{PyStr, Value};
use crate::oslo::error::{ExceptionClass, Interrupt, Limit};

/// The most decimal digits that `str()` of an int writes (`sys.int_info.default_max_str_digits`).
pub const MAX_INT_DIGITS: usize = 4300;

/// How many levels `repr()` goes down, the innermost value included. Python's own count ends at its
/// recursion limit, of which its caller has used some: under a limit of 1000, upstream raises from 987
/// to 991 levels on where a plain check is asked from the top of a program (CPython 3.11.7).
const MAX_LEVELS: usize = 990;

/// Python's `str(value)`.
///
/// # Errors
/// `ValueError` for an int of more than [`MAX_INT_DIGITS`] digits, itself or inside a container;
/// `RecursionError` for a container of 990 levels; [`Limit::SetOrder`] for a set of more than one element.
///
/// ```
/// use assay_engine::oslo::python::{Value, text::str_of};
/// assert_eq!(*str_of(&Value::from(1e16)).unwrap(), "1e+16".into());
/// assert_eq!(*str_of(&Value::list(["a".into(), Value::None])).unwrap(), "['a', None]".into());
/// ```
pub fn str_of(value: &Value) -> Result<Cow<'_, PyStr>, Interrupt> {
    match value {
        Value::Str(text) => Ok(Cow::Borrowed(text)),
        other => repr_of(other).map(Cow::Owned),
    }
}

/// Python's `repr(value)`.
///
/// # Errors
/// As [`str_of`].
///
/// ```
/// use assay_engine::oslo::python::{Value, text::repr_of};
/// assert_eq!(repr_of(&Value::from("é\u{a0}")).unwrap(), r"'é\xa0'".into());
/// ```
pub fn repr_of(value: &Value) -> Result<PyStr, Interrupt> {
    let mut out = Buffer::default();
    write_repr(value, &mut out)?;
    Ok(out.finish())
}

/// Python's `ascii(value)`: its `repr()` with everything outside ASCII escaped.
///
/// # Errors
/// As [`str_of`].
///
/// ```
/// use assay_engine::oslo::python::{Value, text::ascii_of};
/// assert_eq!(ascii_of(&Value::from("é")).unwrap(), r"'\xe9'");
/// ```
pub fn ascii_of(value: &Value) -> Result<String, Interrupt> {
    let mut out = String::new();
    for point in repr_of(value)?.code_points() {
        match char::from_u32(point) {
            Some(c) if c.is_ascii() => out.push(c),
            _ => out.push_str(&escape(point)),
        }
    }
    Ok(out)
}

/// What is still to be written.
enum Piece<'v> {
    Value(&'v Value),
    Text(&'static str),
    /// The end of a container of so many levels.
    Close(&'static str, usize),
}

/// Writes without recursion: values come from callers, who may nest them as they like.
fn write_repr(value: &Value, out: &mut Buffer) -> Result<(), Interrupt> {
    let mut pieces = vec![Piece::Value(value)];
    let mut open = 0;
    while let Some(piece) = pieces.pop() {
        let value = match piece {
            Piece::Value(value) => value,
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Close(text, levels) => {
                out.push_str(text);
                open -= levels;
                continue;
            }
        };
        if open >= MAX_LEVELS {
            return Err(ExceptionClass::RecursionError.into());
        }
        let ([before, after], levels, items) = match value {
            Value::List(items) => (["[", "]"], 1, items),
            Value::Tuple(items) if items.len() == 1 && !fault!(TupleOfOneLosesItsComma) => {
                (["(", ",)"], 1, items)
            }
            Value::Tuple(items) => (["(", ")"], 1, items),
            // Python writes a set by way of a list.
            Value::Set(items) if items.len() == 1 => (["{", "}"], 2, items),
            Value::Set(items) if items.len() > 1 => return Err(Limit::SetOrder.into()),
            Value::Dict(dict) => {
                out.push('{');
                open += 1;
                pieces.push(Piece::Close("}", 1));
                let mut sorted = Vec::new();
                if fault!(MappingsPrintSorted) {
                    sorted.extend(dict.iter());
                    sorted
                        .sort_by_key(|(key, _)| str_of(key).map(|text| text.to_string()).unwrap_or_default());
                }
                for (index, entry) in dict.iter().enumerate().rev() {
                    let (key, value) = sorted.get(index).copied().unwrap_or(entry);
                    pieces.extend([Piece::Value(value), Piece::Text(": "), Piece::Value(key)]);
                    if index > 0 {
                        pieces.push(Piece::Text(", "));
                    }
                }
                continue;
            }
            single => {
                write_single(single, out)?;
                continue;
            }
        };
        out.push_str(before);
        open += levels;
        pieces.push(Piece::Close(after, levels));
        for (index, item) in items.iter().enumerate().rev() {
            pieces.push(Piece::Value(item));
            if index > 0 {
                pieces.push(Piece::Text(", "));
            }
        }
    }
    Ok(())
}

/// What holds no other values.
fn write_single(value: &Value, out: &mut Buffer) -> Result<(), Interrupt> {
    match value {
        Value::None if fault!(NonePrintsNull) => out.push_str("null"),
        Value::None => out.push_str("None"),
        Value::Bool(value) if fault!(BooleansPrintLowerCase) => out.push_str(&value.to_string()),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(value) => out.push_str(&int_text(value)?),
        Value::Float(value) => out.push_str(&float_text(*value)),
        Value::Complex { re, im } => out.push_str(&complex_text(*re, *im)),
        Value::Ellipsis => out.push_str("Ellipsis"),
        Value::Str(text) => write_quoted(text, out),
        Value::Bytes(bytes) => out.push_str(&bytes_text(bytes)),
        Value::Set(_) => out.push_str("set()"),
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) => {}
    }
    Ok(())
}

/// `str()` of an int.
pub(super) fn int_text(value: &BigInt) -> Result<String, ExceptionClass> {
    if fault!(HugeIntegersPrint) {
        return Ok(value.to_string());
    }
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
    if value.is_infinite() && fault!(InfinityPrintsInFull) {
        return if value > 0.0 { "infinity" } else { "-infinity" }.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = shortest_digits(value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let signless = fault!(NegativeZeroLosesItsSign) && value == 0.0;
    let sign = if value.is_sign_negative() && !signless { "-" } else { "" };
    // CPython writes an exponent outside [-4, 16), and then with at least two digits.
    let greatest = if fault!(FloatsPrintNoExponent) { i32::MAX } else { 16 };
    if !(-4..greatest).contains(&exponent) {
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
    if fault!(FloatsPrintSeventeenDigits) {
        let exact = format!("{value:.16e}");
        let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
        return format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
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
fn write_quoted(text: &PyStr, out: &mut Buffer) {
    let holds = |quote: char| text.code_points().any(|point| point == u32::from(quote));
    let quote = if holds('\'') && !holds('"') && !fault!(ReprAlwaysSingleQuotes) { '"' } else { '\'' };
    out.push(quote);
    for point in text.code_points() {
        match char::from_u32(point) {
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c) if c == quote => {
                out.push('\\');
                out.push(c);
            }
            Some(c) if fault!(ReprPrintsUnprintables) => out.push(c),
            Some(c @ ' '..='~') => out.push(c),
            Some(c) if !c.is_ascii() && is_printable(point) => out.push(c),
            _ => out.push_str(&escape(point)),
        }
    }
    out.push(quote);
}

/// A code point in the shortest of the three forms of `repr()`.
fn escape(point: u32) -> String {
    match point {
        0..=0xff => format!("\\x{point:02x}"),
        0x100..=0xffff => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

/// `repr()` of bytes.
fn bytes_text(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::from("b");
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
    out
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
    #[case(Value::from(403571235018099.25 / 2.0), "201785617509049.62")]
    #[case(Value::from(2f64.powi(-44)), "5.684341886080802e-14")]
    #[case(Value::from(9007199254740992.0), "9007199254740992.0")]
    #[case(Value::from(9999999999999998.0), "9999999999999998.0")]
    #[case(Value::from(1234567890123450.0), "1234567890123450.0")]
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
    #[case(Value::list(["é ß\u{3a3}".into()]), "['é ß\u{3a3}']")]
    #[case(Value::list(["\u{a0}\u{ad}\u{200b}".into()]), r"['\xa0\xad\u200b']")]
    #[case(Value::list(["\u{1f600}\u{e0001}\u{10ffff}".into()]), "['\u{1f600}\\U000e0001\\U0010ffff']")]
    #[case(Value::list([Value::Str(PyStr::from_code_points(vec![0x27, 0xd83d, 0x61]))]), r#"["'\ud83da"]"#)]
    #[case(Value::Bytes(b"a'\xff".to_vec()), r#"b"a'\xff""#)]
    #[case(Value::Tuple(vec![Value::from(1)]), "(1,)")]
    #[case(Value::Tuple(vec![]), "()")]
    #[case(Value::Set(vec![]), "set()")]
    #[case(Value::Set(vec!["x".into()]), "{'x'}")]
    #[case(Value::dict([("k", Value::None), ("l", Value::list([]))]), "{'k': None, 'l': []}")]
    #[case(Value::Dict(Dict::default()), "{}")]
    fn a_value_is_written_as_python_writes_it(#[case] value: Value, #[case] text: &str) {
        assert_eq!(str_of(&value).map(Cow::into_owned), Ok(text.into()));
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

    #[test]
    fn the_text_of_a_set_of_two_follows_hashes() {
        let set = Value::Set(vec![Value::from(1), Value::from(2)]);
        assert_eq!(str_of(&set), Err(Limit::SetOrder.into()));
        assert_eq!(str_of(&Value::list([set])), Err(Limit::SetOrder.into()));
    }

    /// Source: `str(creds['a'])` under a check of oslo.policy 6.0.1 on CPython 3.11.7, where Python's limit
    /// (which depends on the caller) is met within the gap.
    #[rstest]
    #[case::lists(|inner| Value::list([inner]), 987, 991)]
    #[case::tuples(|inner| Value::Tuple(vec![inner]), 987, 991)]
    #[case::dicts(|inner| Value::dict([("k", inner)]), 987, 991)]
    fn deep_values_are_a_recursion_error(
        #[case] nest: fn(Value) -> Value,
        #[case] good: usize,
        #[case] bad: usize,
    ) {
        let nested = |levels| (0..levels).fold(Value::None, |inner, _| nest(inner));
        assert!(str_of(&nested(good)).is_ok());
        let too_deep = Err(Interrupt::Raised(ExceptionClass::RecursionError));
        assert_eq!(str_of(&nested(bad)), too_deep);
        assert_eq!(str_of(&nested(3000)), too_deep);
    }
}
