//! What a `kind:match` check looks at: both sides of its comparison.

use super::Fact;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::Request;
use crate::oslo::evaluate::remote::template;
use crate::oslo::language::{Base, BaseClass};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::percent::{format_str, keys};
use crate::oslo::python::text::str_of;
use crate::oslo::python::{PyStr, Value};

/// The right side of a check: its match, with the target's values in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// As it stands in the rule.
    pub template: PyStr,
    /// The keys of the target that it names, in order, each with what the target has there.
    pub keys: Vec<(String, Option<Value>)>,
    /// What it comes to: `None` where the target lacks a key, which denies.
    pub text: Result<Option<PyStr>, Interrupt>,
}

impl Wanted {
    fn of(template: PyStr, target: &Value) -> Self {
        let value = |key: &str| match target {
            Value::Dict(target) => target.get(key).cloned(),
            _ => None,
        };
        let keys = keys(template.masked()).into_iter().map(|key| (key.to_owned(), value(key))).collect();
        let text = match format_str(&template, target) {
            Ok(text) => Ok(Some(text)),
            Err(Interrupt::Raised(ExceptionClass::KeyError)) => Ok(None),
            Err(interrupt) => Err(interrupt),
        };
        Self { template, keys, text }
    }

    /// The first key that the target lacks.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        self.keys.iter().find(|(_, value)| value.is_none()).map(|(key, _)| key.as_str())
    }
}

/// The left side of a check: what its kind stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Looked {
    /// A Python literal: `'public'`, `True`, `None`.
    Literal(Value),
    /// A path into creds.
    Creds(CredsValue),
    /// The kind raises, whatever creds hold.
    Raises(ExceptionClass),
}

/// What creds hold at a path.
#[derive(Clone, Debug, PartialEq)]
pub struct CredsValue {
    /// The path, with dots.
    pub path: String,
    /// The values there: several where a list is on the way or at the end, of which one has to match.
    pub found: Vec<Value>,
    /// The part of the path that creds lack, from their top on.
    pub missing: Option<String>,
    /// A part of the path that leads to something that cannot be gone into, with what stands there: that raises.
    pub blocked: Option<(String, Value)>,
}

/// What a check looks at, one of oslo.policy's own; `None` for a reference. Creds are taken as they are: see
/// [`seen_creds`](crate::oslo::seen_creds).
#[must_use]
pub fn fact(base: &Base, request: Request<'_>) -> Option<Fact> {
    let wanted = |template| Wanted::of(template, request.target);
    Some(match base.class {
        BaseClass::Rule => return None,
        BaseClass::Role => {
            let roles = match request.creds {
                Value::Dict(creds) => creds.get("roles").cloned(),
                _ => None,
            };
            Fact::Role { wanted: wanted(base.text.clone()), roles }
        }
        BaseClass::Generic => {
            Fact::Match { wanted: wanted(base.text.clone()), looked: looked(&base.kind, request.creds) }
        }
        BaseClass::Http | BaseClass::Https => Fact::Remote { url: wanted(template(base)) },
    })
}

fn looked(kind: &PyStr, creds: &Value) -> Looked {
    match kind.as_text().map_or(Kind::Path, read_kind) {
        // Upstream takes the ValueError of str() for one of literal_eval: "no literal".
        Kind::Literal(value) if str_of(&value) != Err(ExceptionClass::ValueError.into()) => {
            Looked::Literal(value)
        }
        Kind::Raises(class) => Looked::Raises(class),
        Kind::Literal(_) | Kind::Path => Looked::Creds(look(kind, creds)),
    }
}

/// `GenericCheck._find_in_dict`, to the end of every branch.
fn look(kind: &PyStr, creds: &Value) -> CredsValue {
    let mut seen = CredsValue { path: kind.to_string(), found: Vec::new(), missing: None, blocked: None };
    let mut ends = 0;
    let segment = |text: &str| {
        let start = ends;
        ends += text.len() + 1;
        kind.slice(start..ends - 1)
    };
    let path: Vec<PyStr> = kind.masked().split('.').map(segment).collect();
    let mut open = vec![(creds, 0)];
    while let Some((value, depth)) = open.pop() {
        if depth == path.len() {
            seen.found.push(value.clone());
            continue;
        }
        let upto = |depth: usize| path[..depth].iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        let Value::Dict(dict) = value else {
            seen.blocked.get_or_insert_with(|| (upto(depth), value.clone()));
            continue;
        };
        match dict.get_str(&path[depth]) {
            None => {
                seen.missing.get_or_insert_with(|| upto(depth + 1));
            }
            Some(Value::List(items)) => open.extend(items.iter().rev().map(|item| (item, depth + 1))),
            Some(value) => open.push((value, depth + 1)),
        }
    }
    seen
}
