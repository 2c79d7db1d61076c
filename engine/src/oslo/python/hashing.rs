//! One hash function for all dicts and all rule sets of a process, so that the hash of a name can be taken
//! once, by whoever will look for it often.
//!
//! Its seed is the process's own: what is in a target may come out of the body of a request, and whoever
//! wrote that must not know which keys collide.

use std::hash::{BuildHasher, Hash};

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
