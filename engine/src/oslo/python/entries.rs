//! Keys and values in order, found by the hashes that keys bring along.

use hashbrown::HashTable;

use super::dict::Key;
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
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    entries: Vec<(Key, Value)>,
    /// Where each key stands, by its hash, once there are more than [`FEW`].
    places: Option<Box<HashTable<usize>>>,
}

impl Entries {
    pub(super) fn with_capacity(keys: usize) -> Self {
        Self { entries: Vec::with_capacity(keys), places: None }
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Where a key stands.
    #[inline]
    fn place(&self, sought: &impl Sought) -> Option<usize> {
        let hash = sought.hash();
        let is_it = |(key, _): &(Key, Value)| key.hash() == hash && sought.is(key);
        match &self.places {
            None => self.entries.iter().position(is_it),
            Some(places) => places.find(hash, |&place| is_it(&self.entries[place])).copied(),
        }
    }

    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<(&Key, &Value)> {
        self.entries.get(place).map(|(key, value)| (key, value))
    }

    #[inline]
    pub(super) fn get(&self, sought: &impl Sought) -> Option<&Value> {
        self.place(sought).map(|place| &self.entries[place].1)
    }

    pub(super) fn get_mut(&mut self, sought: &impl Sought) -> Option<&mut Value> {
        self.place(sought).map(|place| &mut self.entries[place].1)
    }

    /// Sets a key. An equal one that is there already stays, and stays where it is.
    pub(super) fn insert(&mut self, key: Key, value: Value) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
            return;
        }
        let (hash, place) = (key.hash(), self.entries.len());
        self.entries.push((key, value));
        match &mut self.places {
            None if self.entries.len() <= FEW => {}
            None => self.find_places(),
            Some(places) => {
                places.insert_unique(hash, place, |&place| self.entries[place].0.hash());
            }
        }
    }

    /// Takes a key out; the others stay in order.
    pub(super) fn remove(&mut self, sought: &impl Sought) -> Option<Value> {
        let place = self.place(sought)?;
        let (_, value) = self.entries.remove(place);
        if self.places.is_some() {
            self.find_places();
        }
        Some(value)
    }

    fn find_places(&mut self) {
        let mut places = Box::new(HashTable::with_capacity(self.entries.len()));
        for (place, (key, _)) in self.entries.iter().enumerate() {
            places.insert_unique(key.hash(), place, |&place: &usize| self.entries[place].0.hash());
        }
        self.places = Some(places);
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Value)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub(super) fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Value> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target may come out of a request's body: however many keys it has, none costs more than another.
    #[test]
    fn many_keys_are_found_by_a_table() {
        let mut entries = Entries::with_capacity(FEW);
        assert!(entries.entries.capacity() >= FEW);
        for number in 0..20_i64 {
            entries.insert(Key::new(number.into()), Value::None);
            assert_eq!(entries.places.is_some(), entries.len() > FEW);
        }
        let places = entries.places.as_ref().map_or(0, |places| places.len());
        assert_eq!(places, 20);
        entries.remove(&Key::new(7.into()));
        assert_eq!(entries.places.as_ref().map_or(0, |places| places.len()), 19);
    }
}
