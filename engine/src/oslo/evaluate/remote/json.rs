//! `json.dumps` of values, as remote checks send them.

use std::fmt::Write as _;

use crate::oslo::error::{ExceptionClass, Interrupt, Limit};
use crate::oslo::python::text::str_of;
use crate::oslo::python::{PyStr, Value};

/// How deeply nested a value is still written. Upstream copies the target before it sends it, and gets a
/// RecursionError from some 490 levels on, sooner where its callers have used up more of the stack.
const MAX_NESTING: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// `oslo_serialization.jsonutils.dumps`: bytes are UTF-8, sets are lists, `NaN` is written.
    Lenient,
    /// What requests does with `json=`: `json.dumps(…, allow_nan=False)`.
    Strict,
}

/// `jsonutils.dumps(value)`
pub(super) fn lenient(value: &Value) -> Result<String, Interrupt> {
    let mut out = String::new();
    write(value, Manner::Lenient, 0, &mut out)?;
    Ok(out)
}

/// `json.dumps(dict(members), allow_nan=False)` within requests, which has a class of its own for
/// the `ValueError` of that.
pub(super) fn strict(members: &[(&str, &Value)]) -> Result<String, Interrupt> {
    let mut out = String::from("{");
    for (name, value) in members {
        if out.len() > 1 {
            out.push_str(", ");
        }
        write_text(&(*name).into(), &mut out);
        out.push_str(": ");
        write(value, Manner::Strict, 0, &mut out).map_err(|interrupt| match interrupt {
            Interrupt::Raised(ExceptionClass::ValueError) => ExceptionClass::InvalidJSONError.into(),
            other => other,
        })?;
    }
    out.push('}');
    Ok(out)
}

fn write(value: &Value, manner: Manner, depth: usize, out: &mut String) -> Result<(), Interrupt> {
    if depth > MAX_NESTING {
        return Err(Limit::TooLarge.into());
    }
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            out.push_str(&scalar(value, manner)?);
        }
        Value::Str(text) => write_text(text, out),
        Value::List(items) | Value::Tuple(items) => write_items(items, manner, depth, out)?,
        Value::Dict(dict) => {
            out.push('{');
            for (index, (key, value)) in dict.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match key {
                    Value::Str(text) => write_text(text, out),
                    Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                        write_text(&scalar(key, manner)?.into(), out);
                    }
                    _ => return Err(ExceptionClass::TypeError.into()),
                }
                out.push_str(": ");
                write(value, manner, depth + 1, out)?;
            }
            out.push('}');
        }
        Value::Bytes(_) | Value::Set(_) if manner == Manner::Strict => {
            return Err(ExceptionClass::TypeError.into());
        }
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => write_text(&text.into(), out),
            Err(_) => return Err(ExceptionClass::UnicodeDecodeError.into()),
        },
        Value::Set(items) if items.len() > 1 => return Err(Limit::SetOrder.into()),
        Value::Set(items) => write_items(items, manner, depth, out)?,
        Value::Complex { .. } | Value::Ellipsis => {
            let lenient = manner == Manner::Lenient;
            let class = if lenient { ExceptionClass::ValueError } else { ExceptionClass::TypeError };
            return Err(class.into());
        }
    }
    Ok(())
}

fn write_items(items: &[Value], manner: Manner, depth: usize, out: &mut String) -> Result<(), Interrupt> {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, manner, depth + 1, out)?;
    }
    out.push(']');
    Ok(())
}

/// What JSON says of `None`, a bool or a number, as a value and as a key.
fn scalar(value: &Value, manner: Manner) -> Result<String, Interrupt> {
    Ok(match value {
        Value::None => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Float(value) if !value.is_finite() => {
            if manner == Manner::Strict {
                return Err(ExceptionClass::ValueError.into());
            }
            let name = if value.is_nan() { "NaN" } else { "Infinity" };
            let sign = if *value < 0.0 { "-" } else { "" };
            format!("{sign}{name}")
        }
        number => str_of(number)?.as_text().unwrap_or_default().to_owned(),
    })
}

fn write_text(text: &PyStr, out: &mut String) {
    out.push('"');
    for point in text.code_points() {
        match point {
            0x22 => out.push_str("\\\""),
            0x5c => out.push_str("\\\\"),
            0x08 => out.push_str("\\b"),
            0x09 => out.push_str("\\t"),
            0x0a => out.push_str("\\n"),
            0x0c => out.push_str("\\f"),
            0x0d => out.push_str("\\r"),
            0x20..=0x7e => out.extend(char::from_u32(point)),
            0x1_0000.. => {
                let rest = point - 0x1_0000;
                let _ = write!(out, "\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
            }
            _ => {
                let _ = write!(out, "\\u{point:04x}");
            }
        }
    }
    out.push('"');
}
