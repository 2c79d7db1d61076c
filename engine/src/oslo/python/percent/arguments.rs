//! What stands behind the `%`: the values that directives take.

use crate::oslo::error::ExceptionClass;
use crate::oslo::python::{Dict, PyStr, Value};

/// The target as a source of values.
pub(super) struct Arguments<'v> {
    target: &'v Value,
    /// What the next directives take, in order: the elements of a tuple, or the one value that is
    /// the target itself or what the last key gave.
    next: std::slice::Iter<'v, Value>,
}

impl<'v> Arguments<'v> {
    pub(super) fn new(target: &'v Value) -> Self {
        let next = match target {
            Value::Tuple(items) => items.iter(),
            one => std::slice::from_ref(one).iter(),
        };
        Self { target, next }
    }

    /// What CPython calls a mapping here: whatever can be indexed, but for tuples and strings.
    fn is_mapping(&self) -> bool {
        matches!(self.target, Value::Dict(_) | Value::List(_) | Value::Bytes(_))
    }

    /// `%(` needs a mapping, even where the key is never closed.
    pub(super) fn require_mapping(&self) -> Result<(), ExceptionClass> {
        if self.is_mapping() { Ok(()) } else { Err(ExceptionClass::TypeError) }
    }

    /// Makes the value of a key the one that is taken next.
    pub(super) fn select(&mut self, key: &str) -> Result<(), ExceptionClass> {
        let inner = |dict: &'v Dict| match (key.split_once('.'), dict) {
            (Some((outer, inner)), dict) if fault!(FormatKeysArePaths) => match dict.get(outer) {
                Some(Value::Dict(dict)) => dict.get(inner),
                _ => None,
            },
            _ => None,
        };
        self.select_by(|dict| inner(dict).or_else(|| dict.get(key)))
    }

    /// [`Arguments::select`] of a key with lone surrogates.
    pub(super) fn select_str(&mut self, key: &PyStr) -> Result<(), ExceptionClass> {
        self.select_by(|dict| dict.get_str(key))
    }

    fn select_by(&mut self, find: impl FnOnce(&'v Dict) -> Option<&'v Value>) -> Result<(), ExceptionClass> {
        let Value::Dict(dict) = self.target else {
            return Err(ExceptionClass::TypeError);
        };
        let value = find(dict).ok_or(ExceptionClass::KeyError)?;
        self.next = std::slice::from_ref(value).iter();
        Ok(())
    }

    /// The next value; there may be none left.
    pub(super) fn next(&mut self) -> Result<&'v Value, ExceptionClass> {
        self.next.next().ok_or(ExceptionClass::TypeError)
    }

    /// At the end of the template: what is no mapping must have been taken.
    pub(super) fn finish(&self) -> Result<(), ExceptionClass> {
        let refused = fault!(ListTargetsRefused) && matches!(self.target, Value::List(_));
        if self.next.len() == 0 || (self.is_mapping() && !refused) {
            Ok(())
        } else {
            Err(ExceptionClass::TypeError)
        }
    }
}
