//! Places by hash: what is looked for has its hash with it, what is found is looked at by the caller.

/// Places of things by their hashes, in a table of at least twice their number: a search meets one or two
/// slots, however many things there are.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// A power of two.
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The half of the hash that says nothing of the slot.
    hash: u32,
    /// Where the thing is; [`EMPTY`] in an empty slot.
    place: u32,
}

const EMPTY: u32 = u32::MAX;

impl Index {
    /// The index of things with these hashes, of which no two are equal.
    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let size = (2 * hashes.len()).next_power_of_two().max(2);
        let mut slots = vec![Slot { hash: 0, place: EMPTY }; size].into_boxed_slice();
        for (place, hash) in (0..EMPTY).zip(hashes) {
            let mut at = start(hash) & (size - 1);
            while slots[at].place != EMPTY {
                at = (at + 1) & (size - 1);
            }
            slots[at] = Slot { hash: other_half(hash), place };
        }
        Self { slots }
    }

    /// What `is_it` says of the first thing of this hash that it has something to say of.
    #[inline]
    pub(super) fn find<T>(&self, hash: u64, is_it: impl Fn(usize) -> Option<T>) -> Option<T> {
        let mask = self.slots.len() - 1;
        let mut at = start(hash) & mask;
        loop {
            let Slot { hash: met, place } = self.slots[at & mask];
            if place == EMPTY {
                return None;
            }
            if met == other_half(hash)
                && let Some(found) = is_it(place as usize)
            {
                return Some(found);
            }
            at = at.wrapping_add(1);
        }
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "any half of a hash will do")]
const fn start(hash: u64) -> usize {
    hash as usize
}

#[inline]
const fn other_half(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Whether two texts are the same. Names and identifiers have 4 to 32 bytes, and comparing these four or eight at
/// a time takes less than calling for it.
#[inline]
pub(super) fn same(mine: &str, theirs: &str) -> bool {
    let (mine, theirs) = (mine.as_bytes(), theirs.as_bytes());
    if mine.len() != theirs.len() {
        return false;
    }
    match mine.len() {
        4..=7 => same_ends::<4>(mine, theirs),
        8..=16 => same_ends::<8>(mine, theirs),
        17..=32 => {
            let (middle, end) = (mine.len() - 16, mine.len());
            same_ends::<8>(&mine[..16], &theirs[..16])
                && same_ends::<8>(&mine[middle..end], &theirs[middle..end])
        }
        _ => mine == theirs,
    }
}

/// Whether the first and the last so many bytes are the same.
#[inline]
fn same_ends<const N: usize>(mine: &[u8], theirs: &[u8]) -> bool {
    mine.first_chunk::<N>() == theirs.first_chunk() && mine.last_chunk::<N>() == theirs.last_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oslo::python::hashing::hash_of;

    #[test]
    fn what_is_indexed_is_found() {
        for count in [0_usize, 1, 2, 3, 100] {
            let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let index = Index::new(names.iter().map(|name| hash_of(name.as_str())));
            for (place, name) in names.iter().enumerate() {
                assert_eq!(
                    index.find(hash_of(name.as_str()), |at| (names[at] == *name).then_some(at)),
                    Some(place)
                );
            }
            assert_eq!(index.find(hash_of("x"), |at| (names[at] == "x").then_some(at)), None);
        }
    }

    /// However many things there are, none is far from where its hash says.
    #[test]
    fn a_search_meets_few_slots() {
        let index = Index::new((0..100_000_u32).map(|number| hash_of(&number)));
        let runs = index.slots.split(|slot| slot.place == EMPTY).map(<[Slot]>::len);
        assert!(runs.max() < Some(200));
    }

    /// Even where all hashes are one.
    #[test]
    fn collisions_are_passed_over() {
        let index = Index::new([7, 7, 7].into_iter());
        assert_eq!(index.find(7, |place| (place == 2).then_some(place)), Some(2));
        assert_eq!(index.find(7, |_| None::<usize>), None);
    }

    #[test]
    fn a_difference_anywhere_is_one() {
        for length in 0..70 {
            let text = "x".repeat(length);
            assert!(same(&text, &text.clone()));
            assert!(!same(&text, &"x".repeat(length + 1)));
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                assert!(!same(&text, &other), "{length} {at}");
            }
        }
    }
}
