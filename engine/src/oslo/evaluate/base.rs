//! The checks written `kind:match` that look at creds (`RoleCheck`, `GenericCheck`).

use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::percent::format_str;
use crate::oslo::python::text::str_of;
use crate::oslo::python::unicode::lower;
use crate::oslo::python::{Dict, PyStr, Value};

use super::Request;
use super::frames::Frames;

/// What a search in creds found.
pub(in crate::oslo) struct Found {
    pub(in crate::oslo) value: bool,
    /// The most frames that were taken.
    pub(super) deepest: Frames,
}

/// `role:match`: whether the formatted match is one of `creds['roles']`, in any case of letters.
pub(in crate::oslo) fn role(template: &PyStr, request: Request<'_>) -> Result<bool, Interrupt> {
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(fault!(MissingKeyAllows));
    };
    let Value::Dict(creds) = request.creds else {
        return Err(ExceptionClass::InvalidContextObject.into());
    };
    let Some(roles) = creds.get("roles") else {
        return if fault!(MissingRolesRaise) { Err(ExceptionClass::KeyError.into()) } else { Ok(false) };
    };
    let wanted = comparable(&wanted);
    let mut found = false;
    // All entries are lowered before any is compared, so one bad entry raises whatever the others.
    each_role(roles, |entry| {
        if !(fault!(RolesAreLoweredOneByOne) && found) {
            found |= lowered_role(entry)? == Some(wanted.clone());
        }
        Ok(())
    })?;
    Ok(found)
}

/// What Python's `for` gives of `creds['roles']`.
pub(in crate::oslo) fn each_role(
    roles: &Value,
    mut meet: impl FnMut(&Value) -> Result<(), ExceptionClass>,
) -> Result<(), ExceptionClass> {
    match roles {
        Value::List(items) | Value::Tuple(items) => items.iter().try_for_each(meet),
        // Which bad entry comes first is hash order, but every bad entry raises the same.
        Value::Set(items) => items.iter().try_for_each(meet),
        Value::Dict(dict) => dict.iter().try_for_each(|(key, _)| meet(key)),
        Value::Str(_) if fault!(TextOfRolesIsOneRole) => meet(roles),
        Value::Str(text) => {
            let letter = |point| Value::Str(PyStr::from_code_points(vec![point]));
            text.code_points().try_for_each(|point| meet(&letter(point)))
        }
        Value::Bytes(bytes) if bytes.is_empty() => Ok(()),
        Value::Bytes(_) => Err(ExceptionClass::AttributeError),
        Value::None if fault!(RolesOfNoneDeny) => Ok(()),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Complex { .. }
        | Value::Ellipsis => Err(ExceptionClass::TypeError),
    }
}

/// `entry.lower()`. bytes have a `lower()` too, and never equal a str.
pub(in crate::oslo) fn lowered_role(entry: &Value) -> Result<Option<PyStr>, ExceptionClass> {
    match entry {
        Value::Str(text) => Ok(Some(comparable(text))),
        Value::Bytes(_) => Ok(None),
        _ if fault!(BadRoleEntryTypeError) => Err(ExceptionClass::TypeError),
        _ => Err(ExceptionClass::AttributeError),
    }
}

/// A role as it is compared.
fn comparable(role: &PyStr) -> PyStr {
    let ascii = |point: u32| u8::try_from(point).map_or(point, |byte| byte.to_ascii_lowercase().into());
    let folded = |point| match point {
        0xdf => vec![0x73, 0x73],
        0x17f => vec![0x73],
        0x3c2 => vec![0x3c3],
        point => vec![point],
    };
    match () {
        () if fault!(CaseSensitiveRole) => role.clone(),
        () if fault!(AsciiRole) => PyStr::from_code_points(role.code_points().map(ascii).collect()),
        () if fault!(RolesFold) => {
            PyStr::from_code_points(lower(role).code_points().flat_map(folded).collect())
        }
        () => lower(role),
    }
}

/// `kind:match`: whether the formatted match is the text of the literal `kind`, or of the value
/// (of one of the values) at the path `kind` in creds. `taken` are the frames of the check itself.
pub(in crate::oslo) fn generic(
    kind: &PyStr,
    template: &PyStr,
    request: Request<'_>,
    taken: Frames,
) -> Result<Found, Interrupt> {
    let at_once = |value| Found { value, deepest: taken };
    let Some(wanted) = formatted(template, request.target)? else {
        return Ok(at_once(fault!(MissingKeyAllows)));
    };
    let Some(kind) = kind.as_text() else {
        // UnicodeEncodeError, a ValueError: "no literal".
        let path: Vec<PyStr> = segments(kind);
        return found_at(request.creds, &path, &wanted, taken);
    };
    if too_deep_to_parse(kind, taken) {
        return Err(ExceptionClass::RecursionError.into());
    }
    let own = match request.creds {
        Value::Dict(creds) => creds.get(kind),
        _ => None,
    };
    if let Some(value) = own.filter(|_| fault!(DottedCredentialFound) && kind.contains('.')) {
        return Ok(at_once(*str_of(value)? == wanted));
    }
    match read_kind(kind) {
        Kind::Raises(ExceptionClass::SyntaxError) if fault!(KindSyntaxErrorDenies) => {
            return Ok(at_once(false));
        }
        Kind::Literal(_) if fault!(LiteralKindsAreLookedUp) => {}
        Kind::Literal(_) if fault!(CredentialsBeforeLiterals) && own.is_some() => {}
        Kind::Raises(class) => return Err(class.into()),
        Kind::Path => {}
        Kind::Literal(value) => match str_of(&value) {
            // Upstream takes the ValueError of str() for one of literal_eval: "no literal".
            Err(Interrupt::Raised(ExceptionClass::ValueError)) => {}
            text => return Ok(at_once(*text? == wanted)),
        },
    }
    let path: Vec<&str> = kind.split('.').collect();
    found_at(request.creds, &path, &wanted, taken)
}

/// Whether a kind is a dotted name that CPython does not even parse. Names cost a step of the syntax tree
/// each.
fn too_deep_to_parse(kind: &str, taken: Frames) -> bool {
    let names = || kind.split('.');
    // At least a letter and a dot each: nearly every kind is done with by its length.
    taken.overflow_in_kind(kind.len() / 2 + 1)
        && taken.overflow_in_kind(names().count())
        && names().all(|name| !name.contains(['\'', '"']) && read_kind(name) == Kind::Path)
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
        Err(Interrupt::Raised(ExceptionClass::KeyError)) if !fault!(MissingKeyRaises) => Ok(None),
        Err(interrupt) => Err(interrupt),
    }
}

/// Whether the text of a value is the one that is wanted.
fn is_text_of(value: &Value, wanted: &PyStr) -> Result<bool, Interrupt> {
    let text = str_of(value)?;
    let number = || wanted.as_text().and_then(|text| text.parse::<f64>().ok());
    Ok(*text == *wanted
        || (fault!(MatchIgnoresCase) && lower(&text) == lower(wanted))
        || (fault!(NumbersMatchByValue) && matches!(value, Value::Float(float) if number() == Some(*float))))
}

/// `GenericCheck._find_in_dict`: a list on the way, or at the end, matches if one element does; the
/// elements are tried in order, so one that cannot be entered raises unless another matched before.
/// Upstream calls itself once a step.
fn found_at<S: Segment>(
    creds: &Value,
    path: &[S],
    wanted: &PyStr,
    taken: Frames,
) -> Result<Found, Interrupt> {
    // What is still to be tried, the next on top.
    let mut open = vec![(creds, path)];
    let mut deepest = taken;
    while let Some((value, rest)) = open.pop() {
        let frames = taken.plus(path.len() - rest.len() + 1);
        if frames.overflow() {
            return Err(ExceptionClass::RecursionError.into());
        }
        deepest = deepest.max(frames);
        let Some((key, rest)) = rest.split_first() else {
            if is_text_of(value, wanted)? {
                return Ok(Found { value: true, deepest });
            }
            continue;
        };
        let Value::Dict(dict) = value else {
            let denied = Ok(Found { value: false, deepest });
            return if fault!(PathIntoScalarDenies) { denied } else { Err(ExceptionClass::TypeError.into()) };
        };
        match key.value_in(dict) {
            None if fault!(MissingCredentialRaises) => return Err(ExceptionClass::KeyError.into()),
            None => {}
            Some(Value::List(items)) if fault!(ListFanOutLost) => {
                open.extend(items.first().map(|item| (item, rest)));
            }
            Some(Value::List(items)) if fault!(ListFanOutNeedsAll) => {
                for item in items {
                    if !found_at(item, rest, wanted, frames)?.value {
                        return Ok(Found { value: false, deepest });
                    }
                }
                return Ok(Found { value: !items.is_empty(), deepest });
            }
            Some(Value::List(items)) if fault!(BadListElementsSkipped) && !rest.is_empty() => {
                let good = items.iter().rev().filter(|item| matches!(item, Value::Dict(_)));
                open.extend(good.map(|item| (item, rest)));
            }
            Some(Value::Tuple(items)) if fault!(TuplesFanOut) && rest.is_empty() => {
                open.extend(items.iter().rev().map(|item| (item, rest)));
            }
            Some(Value::List(items)) => open.extend(items.iter().rev().map(|item| (item, rest))),
            Some(value) => open.push((value, rest)),
        }
    }
    Ok(Found { value: false, deepest })
}
