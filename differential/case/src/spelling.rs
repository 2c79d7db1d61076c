//! How values are spelled in JSON and YAML.
//!
//! Plain JSON, integers within 64 bits, and for the rest a mapping with one key that starts with
//! `$`: `{$int: "…"}`, `{$float: inf}`, `{$str: 'escaped \ud83d'}`, `{$bytes: base64}`,
//! `{$tuple: […]}`, `{$set: […]}`, `{$dict: [[key, value], …]}`. The escapes of a high and a low surrogate
//! in a row are one character; where they are two, they stand in pieces: `{$str: ['\ud83d', '\ude00']}`.

use std::fmt::{self, Write as _};

use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::{Dict, PyStr, Value};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use num_bigint::BigInt;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Floats from here on must be spelled `{$float: "1e300"}`: YAML and JSON readers give an integer
/// that is too long for them as a float, and a case must not change its meaning silently.
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// A value read from its spelling.
///
/// ```
/// use assay_case::Spelled;
/// let Spelled(value) = serde_json::from_str(r#"{"$tuple": [1, {"$float": "inf"}]}"#).unwrap();
/// let mut json = String::new();
/// assay_case::write_json(&value, &mut json);
/// assert_eq!(json, r#"{"$tuple":[1,{"$float":"inf"}]}"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Spelled(pub Value);

impl<'de> Deserialize<'de> for Spelled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpelledVisitor).map(Self)
    }
}

struct SpelledVisitor;

impl<'de> Visitor<'de> for SpelledVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value, or a mapping with one key that starts with $")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Err(E::custom(format_args!("{value} does not fit 64 bits: write {{$int: \"{value}\"}}")))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Err(E::custom(format_args!("{value} does not fit 64 bits: write {{$int: \"{value}\"}}")))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        if value.is_finite() && value.abs() < TWO_TO_64 {
            Ok(Value::Float(value))
        } else {
            Err(E::custom("a number of 2^64 or more: write {$int: \"…\"} or {$float: \"…\"}"))
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Value, A::Error> {
        read_items(seq).map(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut dict = Dict::default();
        while let Some(key) = map.next_key::<String>()? {
            if key.starts_with('$') {
                if !dict.is_empty() {
                    return Err(de::Error::custom(format_args!(
                        "the key {key:?} starts with $: spell such a mapping {{$dict: [[key, value], …]}}"
                    )));
                }
                let value = read_special(&key, &mut map)?;
                return match map.next_key::<String>()? {
                    None => Ok(value),
                    Some(extra) => {
                        Err(de::Error::custom(format_args!("unexpected key {extra:?} beside {key}")))
                    }
                };
            }
            if dict.get(&key).is_some() {
                return Err(de::Error::custom(format_args!("duplicate key {key:?}")));
            }
            let Spelled(value) = map.next_value()?;
            dict.insert_str(key, value);
        }
        Ok(Value::Dict(dict))
    }
}

fn read_items<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Vec<Value>, A::Error> {
    let mut items = Vec::new();
    while let Some(Spelled(item)) = seq.next_element()? {
        items.push(item);
    }
    Ok(items)
}

fn read_special<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Value, A::Error> {
    let invalid = |what: &str| de::Error::custom(format_args!("{key}: {what}"));
    match key {
        "$int" => {
            let text: String = map.next_value()?;
            text.parse::<BigInt>().map(Value::Int).map_err(|_| invalid("not an integer"))
        }
        "$float" => {
            let text: String = map.next_value()?;
            text.parse::<f64>().map(Value::Float).map_err(|_| invalid("not a float"))
        }
        "$str" => {
            let Pieces(pieces) = map.next_value()?;
            let points = pieces.iter().map(|piece| unescape(piece)).collect::<Option<Vec<_>>>();
            let points = points.ok_or_else(|| invalid("not a text with JSON escapes"))?;
            Ok(Value::Str(PyStr::from_code_points(points.concat())))
        }
        "$bytes" => {
            let text: String = map.next_value()?;
            BASE64_STANDARD.decode(text).map(Value::Bytes).map_err(|_| invalid("not base64"))
        }
        "$tuple" => map.next_value().map(|items| Value::Tuple(unspell(items))),
        "$set" => map.next_value().map(|items| Value::Set(unspell(items))),
        "$dict" => {
            let pairs: Vec<(Spelled, Spelled)> = map.next_value()?;
            let mut dict = Dict::default();
            for (Spelled(key), Spelled(value)) in pairs {
                dict.insert(key, value).map_err(|error| invalid(&error.to_string()))?;
            }
            Ok(Value::Dict(dict))
        }
        _ => Err(invalid("no such spelling (a mapping whose key starts with $ is spelled with $dict)")),
    }
}

/// What `$str` has: a text, or several that are read each on its own.
struct Pieces(Vec<String>);

impl<'de> Deserialize<'de> for Pieces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PiecesVisitor;

        impl<'de> Visitor<'de> for PiecesVisitor {
            type Value = Pieces;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Pieces, E> {
                Ok(Pieces(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pieces, A::Error> {
                let mut pieces = Vec::new();
                while let Some(piece) = seq.next_element()? {
                    pieces.push(piece);
                }
                Ok(Pieces(pieces))
            }
        }

        deserializer.deserialize_any(PiecesVisitor)
    }
}

fn unspell(items: Vec<Spelled>) -> Vec<Value> {
    items.into_iter().map(|Spelled(item)| item).collect()
}

/// Reads JSON's string escapes; unlike in JSON a surrogate may stand alone.
fn unescape(text: &str) -> Option<Vec<u32>> {
    let mut points: Vec<u32> = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            points.push(c.into());
            continue;
        }
        points.push(match chars.next()? {
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'b' => 0x08,
            'f' => 0x0c,
            c @ ('\\' | '"' | '/') => c.into(),
            'u' => {
                let unit = four_digits(&mut chars)?;
                let mut ahead = chars.clone();
                let low = match (ahead.next(), ahead.next()) {
                    (Some('\\'), Some('u')) => four_digits(&mut ahead),
                    _ => None,
                };
                match low {
                    Some(low) if (0xd800..0xdc00).contains(&unit) && (0xdc00..0xe000).contains(&low) => {
                        chars = ahead;
                        0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                    }
                    _ => unit,
                }
            }
            _ => return None,
        });
    }
    Some(points)
}

fn four_digits(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits: String = chars.take(4).collect();
    let valid = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(&digits, 16).ok()).flatten()
}

/// How strings and mapping keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// JSON, without blanks.
    Json,
    /// YAML's flow form, for people: blanks behind commas, no quotes around plain words.
    Yaml,
}

/// Writes a value as JSON, spelled so that reading it gives the value again.
pub fn write_json(value: &Value, out: &mut String) {
    write_value(value, Style::Json, out);
}

pub(crate) fn write_value(value: &Value, style: Style, out: &mut String) {
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Err(_), Err(_)) => write_special("$int", style, out, |out| {
                write_string(&value.to_string(), style, out);
            }),
            _ => {
                let _ = write!(out, "{value}");
            }
        },
        Value::Float(value) if value.is_finite() && value.abs() < TWO_TO_64 => {
            let _ = write!(out, "{value:?}");
        }
        Value::Float(value) => write_special("$float", style, out, |out| {
            let text = if value.is_nan() { "nan".to_owned() } else { format!("{value:?}") };
            write_string(&text, style, out);
        }),
        // They stand in no case: only a literal in a rule text makes them, and the text is what is
        // written there. So they need no spelling that can be read again.
        Value::Complex { .. } | Value::Ellipsis => {
            let text = str_of(value).ok();
            let text = text.as_ref().and_then(|text| text.as_text()).unwrap_or_default();
            write_string(text, style, out);
        }
        Value::Str(text) => match text.as_text() {
            Some(text) => write_string(text, style, out),
            None => write_special("$str", style, out, |out| match pieces(text).as_slice() {
                [whole] => write_string(&escape(whole), style, out),
                pieces => {
                    let pieces: Vec<_> = pieces.iter().map(|piece| Value::from(escape(piece))).collect();
                    write_items(&pieces, style, out);
                }
            }),
        },
        Value::Bytes(bytes) => write_special("$bytes", style, out, |out| {
            write_string(&BASE64_STANDARD.encode(bytes), style, out);
        }),
        Value::List(items) => write_items(items, style, out),
        Value::Tuple(items) => write_special("$tuple", style, out, |out| write_items(items, style, out)),
        Value::Set(items) => write_special("$set", style, out, |out| write_items(items, style, out)),
        Value::Dict(dict) => write_dict(dict, style, out),
    }
}

fn write_dict(dict: &Dict, style: Style, out: &mut String) {
    let plain_key = |key: &Value| match key {
        Value::Str(text) => text.as_text().filter(|text| is_plain_key(text)).map(str::to_owned),
        _ => None,
    };
    let keys: Option<Vec<String>> = dict.iter().map(|(key, _)| plain_key(key)).collect();
    let Some(keys) = keys else {
        let pairs = dict.iter().map(|(key, value)| Value::List(vec![key.clone(), value.clone()]));
        let pairs: Vec<Value> = pairs.collect();
        return write_special("$dict", style, out, |out| write_items(&pairs, style, out));
    };
    out.push('{');
    for (index, (key, (_, value))) in keys.iter().zip(dict.iter()).enumerate() {
        if index > 0 {
            out.push_str(style.comma());
        }
        write_string(key, style, out);
        out.push_str(style.colon());
        write_value(value, style, out);
    }
    out.push('}');
}

/// Whether a key can stand as the key of a mapping. YAML takes a key of no more than 1024 characters as
/// it stands, and an escape has up to ten.
pub(crate) fn is_plain_key(key: &str) -> bool {
    !key.starts_with('$') && key.chars().count() <= 100
}

fn write_items(items: &[Value], style: Style, out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(style.comma());
        }
        write_value(item, style, out);
    }
    out.push(']');
}

fn write_special(key: &str, style: Style, out: &mut String, write: impl FnOnce(&mut String)) {
    out.push('{');
    match style {
        Style::Json => write_string(key, style, out),
        // `$int` is a plain word in YAML.
        Style::Yaml => out.push_str(key),
    }
    out.push_str(style.colon());
    write(out);
    out.push('}');
}

impl Style {
    const fn comma(self) -> &'static str {
        match self {
            Self::Json => ",",
            Self::Yaml => ", ",
        }
    }

    const fn colon(self) -> &'static str {
        match self {
            Self::Json => ":",
            Self::Yaml => ": ",
        }
    }
}

/// A string, without quotes only where no reader of YAML 1.1 or 1.2 takes it for anything else.
pub(crate) fn write_string(text: &str, style: Style, out: &mut String) {
    if style == Style::Yaml && is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c if style == Style::Json && c >= '\u{a0}' => out.push(c),
            c if c.is_alphanumeric() && u32::from(c) < 0x10000 => out.push(c),
            c if u32::from(c) < 0x10000 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf", "infinity", "nil",
    ];
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    starts_well && text.chars().all(inner) && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// A string, parted where a low surrogate follows a high one.
fn pieces(text: &PyStr) -> Vec<Vec<u32>> {
    let points: Vec<u32> = text.code_points().collect();
    let one_character =
        |before: &u32, behind: &u32| (0xd800..0xdc00).contains(before) && (0xdc00..0xe000).contains(behind);
    points.chunk_by(|before, behind| !one_character(before, behind)).map(<[u32]>::to_vec).collect()
}

/// The text of `$str`, or of a piece of it.
fn escape(points: &[u32]) -> String {
    let mut out = String::new();
    for &point in points {
        match char::from_u32(point) {
            Some('\\') => out.push_str("\\\\"),
            // Readers of JSON take the text between two of these.
            Some('"') => out.push_str("\\u0022"),
            Some(c @ ' '..='~') => out.push(c),
            _ if point < 0x10000 => {
                let _ = write!(out, "\\u{point:04x}");
            }
            _ => {
                let offset = point - 0x10000;
                let _ = write!(out, "\\u{:04x}\\u{:04x}", 0xd800 + (offset >> 10), 0xdc00 + (offset & 0x3ff));
            }
        }
    }
    out
}
