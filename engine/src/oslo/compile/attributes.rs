//! Named values, as creds and targets hold them.

use std::borrow::Cow;

use super::index::{Index, same};
use crate::oslo::python::hashing::{Name, hash_of};
use crate::oslo::python::{Dict, PyStr, Value};

/// A mapping, its own or somebody else's, in which keys are found by hashes that were taken before.
#[derive(Clone, Debug)]
pub(super) struct Attributes<'v> {
    value: Cow<'v, Value>,
    index: Index,
}

impl<'v> Attributes<'v> {
    /// The attributes of a mapping; what is none is handed back.
    pub(super) fn new(value: Cow<'v, Value>) -> Result<Self, Cow<'v, Value>> {
        match value.as_ref() {
            Value::Dict(dict) => {
                let index = Index::new(dict.hashes());
                Ok(Self { value, index })
            }
            _ => Err(value),
        }
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// The key and the value at a place.
    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<(&Value, &Value)> {
        match self.value.as_ref() {
            Value::Dict(dict) => dict.at(place),
            _ => None,
        }
    }

    /// Where a key stands.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        self.find(hash_of(key), key, |place, _| place)
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &Name) -> Option<&Value> {
        self.find(name.hash(), name.text(), |_, value| value)
    }

    #[inline]
    fn find<'s, T>(&'s self, hash: u64, key: &str, found: impl Fn(usize, &'s Value) -> T) -> Option<T> {
        let Value::Dict(dict) = self.value.as_ref() else { return None };
        self.index.find(hash, |place| match dict.at(place) {
            Some((Value::Str(met), value)) if met.as_text().is_some_and(|met| same(met, key)) => {
                Some(found(place, value))
            }
            _ => None,
        })
    }
}

/// A mapping on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(Dict);

impl Pairs {
    pub(super) fn set(&mut self, key: impl Into<PyStr>, value: impl Into<Value>) {
        self.0.insert_str(key, value.into());
    }
}

impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(from: I) -> Self {
        let mut pairs = Self::default();
        from.into_iter().for_each(|(key, value)| pairs.set(key, value));
        pairs
    }
}

impl From<Pairs> for Value {
    fn from(pairs: Pairs) -> Self {
        Self::Dict(pairs.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Two names that an index cannot tell apart where it has two slots.
    fn alike() -> (String, String) {
        let mut met = HashMap::new();
        for name in (0_u32..).map(|number| number.to_string()) {
            let hash = hash_of(name.as_str());
            if let Some(other) = met.insert((hash >> 32, hash & 1), name.clone()) {
                return (other, name);
            }
        }
        unreachable!("there are more names than halves of hashes")
    }

    #[test]
    fn names_that_hash_alike_are_told_apart() {
        let (one, other) = alike();
        let value = Value::dict([(one.as_str(), Value::from("x"))]);
        let attributes = Attributes::new(Cow::Borrowed(&value)).expect("a mapping");
        assert_eq!(attributes.get(&Name::from(one.as_str())), Some(&"x".into()));
        assert_eq!(attributes.get(&Name::from(other.as_str())), None);
    }
}
