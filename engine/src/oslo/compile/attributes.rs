//! Named values, as creds and targets are built from them.

use crate::oslo::python::{Dict, PyStr, Value};

/// A mapping on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes(Dict);

impl Attributes {
    pub(super) fn set(&mut self, key: impl Into<PyStr>, value: impl Into<Value>) {
        self.0.insert_str(key, value.into());
    }
}

impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut attributes = Self::default();
        pairs.into_iter().for_each(|(key, value)| attributes.set(key, value));
        attributes
    }
}

impl From<Attributes> for Value {
    fn from(attributes: Attributes) -> Self {
        Self::Dict(attributes.0)
    }
}
