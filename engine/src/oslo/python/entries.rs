//! Keys and values in order, found by the hashes that keys bring along.

use std::hash::{BuildHasherDefault, Hash, Hasher};

use indexmap::{Equivalent, IndexMap};

use super::dict::Key;
use super::hashing::Given;
use super::value::Value;

/// What is looked for among keys.
pub(super) trait Sought {
    fn hash(&self) -> u64;

    /// Whether it is this key, which has the same hash.
    fn is(&self, key: &Key) -> bool;
}

/// So many are looked through faster than a table is made for them.
const FEW: usize = 8;

/// Most mappings are small, are made once and are asked a few times.
#[derive(Clone, Debug)]
pub(super) enum Entries {
    Few(Vec<(Key, Value)>),
    Many(Box<IndexMap<Key, Value, BuildHasherDefault<Given>>>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Entries {
    pub(super) fn with_capacity(keys: usize) -> Self {
        if keys <= FEW {
            Self::Few(Vec::with_capacity(keys))
        } else {
            Self::Many(Box::new(IndexMap::with_capacity_and_hasher(keys, BuildHasherDefault::default())))
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(entries) => entries.len(),
            Self::Many(entries) => entries.len(),
        }
    }

    /// Where a key stands.
    #[inline]
    fn place(&self, sought: &impl Sought) -> Option<usize> {
        match self {
            Self::Few(entries) => {
                let hash = sought.hash();
                entries.iter().position(|(key, _)| key.hash() == hash && sought.is(key))
            }
            Self::Many(entries) => entries.get_index_of(&Wanted(sought)),
        }
    }

    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<(&Key, &Value)> {
        match self {
            Self::Few(entries) => entries.get(place).map(|(key, value)| (key, value)),
            Self::Many(entries) => entries.get_index(place),
        }
    }

    #[inline]
    pub(super) fn get(&self, sought: &impl Sought) -> Option<&Value> {
        self.at(self.place(sought)?).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, sought: &impl Sought) -> Option<&mut Value> {
        let place = self.place(sought)?;
        match self {
            Self::Few(entries) => entries.get_mut(place).map(|(_, value)| value),
            Self::Many(entries) => entries.get_index_mut(place).map(|(_, value)| value),
        }
    }

    /// Sets a key. An equal one that is there already stays, and stays where it is.
    pub(super) fn insert(&mut self, key: Key, value: Value) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
            return;
        }
        match self {
            Self::Few(entries) if entries.len() < FEW => entries.push((key, value)),
            Self::Few(entries) => {
                let entries = std::mem::take(entries).into_iter().chain([(key, value)]);
                *self = Self::Many(Box::new(entries.collect()));
            }
            Self::Many(entries) => drop(entries.insert(key, value)),
        }
    }

    /// Takes a key out; the others stay in order.
    pub(super) fn remove(&mut self, sought: &impl Sought) -> Option<Value> {
        let place = self.place(sought)?;
        match self {
            Self::Few(entries) => Some(entries.remove(place).1),
            Self::Many(entries) => entries.shift_remove_index(place).map(|(_, value)| value),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Value)> + DoubleEndedIterator {
        (0..self.len()).map(|place| self.at(place).expect("a place below the length"))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        let (few, many) = match self {
            Self::Few(entries) => (Some(entries), None),
            Self::Many(entries) => (None, Some(entries)),
        };
        let few = few.into_iter().flat_map(|entries| entries.iter_mut().map(|(_, value)| value));
        few.chain(many.into_iter().flat_map(|entries| entries.values_mut()))
    }
}

/// As a table of keys asks for it.
struct Wanted<'s, S>(&'s S);

impl<S: Sought> Hash for Wanted<'_, S> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash());
    }
}

impl<S: Sought> Equivalent<Key> for Wanted<'_, S> {
    #[inline]
    fn equivalent(&self, key: &Key) -> bool {
        self.0.is(key)
    }
}
