//! The checks written `kind:match` that look at creds (`RoleCheck`, `GenericCheck`).

use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::percent::format;
use crate::oslo::python::text::str_of;
use crate::oslo::python::{PyStr, Value};

use super::Request;

/// `role:match`: whether the formatted match is one of `creds['roles']`, in any case of letters.
pub(super) fn role(template: &str, request: Request<'_>) -> Result<bool, Interrupt> {
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(false);
    };
    let Value::Dict(creds) = request.creds else {
        return Err(ExceptionClass::InvalidContextObject.into());
    };
    let Some(roles) = creds.get("roles") else {
        return Ok(false);
    };
    let wanted = lower(&wanted)?;
    let mut found = false;
    // All entries are lowered before any is compared, so one bad entry raises whatever the others.
    let mut meet = |entry: &Value| match entry {
        Value::Str(text) => {
            found |= lower(text.as_text().ok_or(Unsupported::Surrogate)?)? == wanted;
            Ok(())
        }
        // bytes have a lower() too, and never equal a str.
        Value::Bytes(_) => Ok(()),
        _ => Err(Interrupt::Raised(ExceptionClass::AttributeError)),
    };
    match roles {
        Value::List(items) | Value::Tuple(items) => items.iter().try_for_each(meet)?,
        // Which bad entry comes first is hash order, but every bad entry raises the same.
        Value::Set(items) => items.iter().try_for_each(meet)?,
        Value::Dict(dict) => dict.iter().try_for_each(|(key, _)| meet(key))?,
        Value::Str(text) => {
            let letter = |point| Value::Str(PyStr::from_code_points(vec![point]));
            text.code_points().try_for_each(|point| meet(&letter(point)))?;
        }
        Value::Bytes(bytes) if bytes.is_empty() => {}
        Value::Bytes(_) => return Err(ExceptionClass::AttributeError.into()),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Complex { .. }
        | Value::Ellipsis => {
            return Err(ExceptionClass::TypeError.into());
        }
    }
    Ok(found)
}

/// `kind:match`: whether the formatted match is the text of the literal `kind`, or of the value
/// (of one of the values) at the path `kind` in creds.
pub(super) fn generic(kind: &str, template: &str, request: Request<'_>) -> Result<bool, Interrupt> {
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(false);
    };
    match read_kind(kind)? {
        Kind::Raises(class) => return Err(class.into()),
        Kind::Literal(value) => match str_of(&value) {
            Ok(text) => return Ok(text == wanted),
            // An int too long for str(): upstream catches that like the ValueError of literal_eval.
            Err(Interrupt::Raised(ExceptionClass::ValueError)) => {}
            Err(interrupt) => return Err(interrupt),
        },
        Kind::Path => {}
    }
    let path: Vec<&str> = kind.split('.').collect();
    found_at(request.creds, &path, &wanted)
}

/// The match with the target's values in it; `None` where the target lacks one.
fn formatted(template: &str, target: &Value) -> Result<Option<String>, Interrupt> {
    match format(template, target) {
        Ok(text) => Ok(Some(text)),
        Err(Interrupt::Raised(ExceptionClass::KeyError)) => Ok(None),
        Err(interrupt) => Err(interrupt),
    }
}

/// `GenericCheck._find_in_dict`: a list on the way, or at the end, matches if one element does; the
/// elements are tried in order, so one that cannot be entered raises unless another matched before.
///
/// Recurses once per step, so no deeper than creds are nested.
fn found_at(value: &Value, path: &[&str], wanted: &str) -> Result<bool, Interrupt> {
    let Some((key, rest)) = path.split_first() else {
        return Ok(str_of(value)? == wanted);
    };
    let Value::Dict(dict) = value else {
        return Err(ExceptionClass::TypeError.into());
    };
    match dict.get(key) {
        None => Ok(false),
        Some(Value::List(items)) => {
            for item in items {
                if found_at(item, rest, wanted)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Some(value) => found_at(value, rest, wanted),
    }
}

/// `str.lower()`.
fn lower(text: &str) -> Result<String, Unsupported> {
    if text.is_ascii() { Ok(text.to_ascii_lowercase()) } else { Err(Unsupported::Unicode) }
}
