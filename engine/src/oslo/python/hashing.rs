//! One hash function for all dicts and all rule sets of a process, so that the hash of a name can be taken
//! once, by whoever will look for it often.
//!
//! Its seed is the process's own: what is in a target may come out of the body of a request, and whoever
//! wrote that must not know which keys collide.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::SharedSeed;
use foldhash::fast::{FoldHasher, SeedableRandomState};

/// Hashes as everything of this process does.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::oslo) struct Seeded;

impl BuildHasher for Seeded {
    type Hasher = FoldHasher<'static>;

    #[inline]
    fn build_hasher(&self) -> Self::Hasher {
        SeedableRandomState::with_seed(0, SharedSeed::global_random()).build_hasher()
    }
}

/// The hash of a value in this process.
#[inline]
pub(in crate::oslo) fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    Seeded.hash_one(value)
}

/// Takes the hash that a key brings along.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::oslo) struct Given(u64);

impl Hasher for Given {
    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_of(&(self.0, bytes));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A text with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::oslo) struct Name {
    hash: u64,
    text: Box<str>,
}

impl Name {
    #[inline]
    pub(in crate::oslo) fn text(&self) -> &str {
        &self.text
    }

    #[inline]
    pub(in crate::oslo) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { hash: hash_of(text), text: text.into() }
    }
}
