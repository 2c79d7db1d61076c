//! The checks written `kind:match` that look at creds (`RoleCheck`, `GenericCheck`).

use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::percent::format_str;
use crate::oslo::python::text::str_of;
use crate::oslo::python::unicode::lower;
use crate::oslo::python::{Dict, PyStr, Value};

use super::Request;

/// `role:match`: whether the formatted match is one of `creds['roles']`, in any case of letters.
pub(super) fn role(template: &PyStr, request: Request<'_>) -> Result<bool, Interrupt> {
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(false);
    };
    let Value::Dict(creds) = request.creds else {
        return Err(ExceptionClass::InvalidContextObject.into());
    };
    let Some(roles) = creds.get("roles") else {
        return Ok(false);
    };
    let wanted = lower(&wanted);
    let mut found = false;
    // All entries are lowered before any is compared, so one bad entry raises whatever the others.
    let mut meet = |entry: &Value| match entry {
        Value::Str(text) => {
            found |= lower(text) == wanted;
            Ok(())
        }
        // bytes have a lower() too, and never equal a str.
        Value::Bytes(_) => Ok(()),
        _ => Err(ExceptionClass::AttributeError),
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
pub(super) fn generic(kind: &PyStr, template: &PyStr, request: Request<'_>) -> Result<bool, Interrupt> {
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(false);
    };
    let Some(kind) = kind.as_text() else {
        // UnicodeEncodeError, a ValueError: "no literal".
        let path: Vec<PyStr> = segments(kind);
        return found_at(request.creds, &path, &wanted);
    };
    match read_kind(kind)? {
        Kind::Raises(class) => return Err(class.into()),
        Kind::Path => {}
        Kind::Literal(value) => match str_of(&value) {
            // Upstream takes the ValueError of str() for one of literal_eval: "no literal".
            Err(Interrupt::Raised(ExceptionClass::ValueError)) => {}
            text => return Ok(*text? == wanted),
        },
    }
    let path: Vec<&str> = kind.split('.').collect();
    found_at(request.creds, &path, &wanted)
}

/// A kind at its dots.
fn segments(kind: &PyStr) -> Vec<PyStr> {
    let mut start = 0;
    let segment = |text: &str| {
        let range = start..start + text.len();
        start = range.end + 1;
        kind.slice(range)
    };
    kind.masked().split('.').map(segment).collect()
}

/// What a path is made of: text, which nearly all of them are, or text with lone surrogates.
trait Segment {
    fn value_in<'d>(&self, dict: &'d Dict) -> Option<&'d Value>;
}

impl Segment for &str {
    fn value_in<'d>(&self, dict: &'d Dict) -> Option<&'d Value> {
        dict.get(self)
    }
}

impl Segment for PyStr {
    fn value_in<'d>(&self, dict: &'d Dict) -> Option<&'d Value> {
        dict.get_str(self)
    }
}

/// The match with the target's values in it; `None` where the target lacks one.
fn formatted(template: &PyStr, target: &Value) -> Result<Option<PyStr>, Interrupt> {
    match format_str(template, target) {
        Ok(text) => Ok(Some(text)),
        Err(Interrupt::Raised(ExceptionClass::KeyError)) => Ok(None),
        Err(interrupt) => Err(interrupt),
    }
}

/// `GenericCheck._find_in_dict`: a list on the way, or at the end, matches if one element does; the
/// elements are tried in order, so one that cannot be entered raises unless another matched before.
fn found_at<S: Segment>(creds: &Value, path: &[S], wanted: &PyStr) -> Result<bool, Interrupt> {
    // What is still to be tried, the next on top.
    let mut open = vec![(creds, path)];
    while let Some((value, path)) = open.pop() {
        let Some((key, rest)) = path.split_first() else {
            if *str_of(value)? == *wanted {
                return Ok(true);
            }
            continue;
        };
        let Value::Dict(dict) = value else {
            return Err(ExceptionClass::TypeError.into());
        };
        match key.value_in(dict) {
            None => {}
            Some(Value::List(items)) => open.extend(items.iter().rev().map(|item| (item, rest))),
            Some(value) => open.push((value, rest)),
        }
    }
    Ok(false)
}
