//! Choices, one after another, from a source of random numbers.
//!
//! Strategies that choose among alternatives keep all of them at hand for proptest's shrinking. Here
//! cases are shrunk as cases, so what is drawn by the thousand is drawn from this instead.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// A source of choices.
pub(crate) struct Draw {
    source: TestRng,
    /// The next numbers, from `next` on: they are fetched by the block, as the source makes them.
    fetched: [u8; BLOCK],
    next: usize,
}

/// Bytes that ChaCha makes at once.
const BLOCK: usize = 256;

impl Draw {
    const fn of(source: TestRng) -> Self {
        Self { source, fetched: [0; BLOCK], next: BLOCK }
    }

    /// Choices that follow from 32 bytes.
    pub(crate) fn seeded(seed: &[u8; 32]) -> Self {
        Self::of(TestRng::from_seed(RngAlgorithm::ChaCha, seed))
    }

    /// Choices that some bytes spell out, eight for each; when they are used up, the first of everything.
    pub(crate) fn spelled(bytes: &[u8]) -> Self {
        Self::of(TestRng::from_seed(RngAlgorithm::PassThrough, bytes))
    }

    /// A number below `count`, which is not 0.
    #[inline]
    pub(crate) fn below(&mut self, count: usize) -> usize {
        // The bias of a remainder does not matter for choices among a few.
        usize::try_from(self.bits() % count.max(1) as u64).unwrap_or_default()
    }

    /// True so many times in a thousand.
    #[inline]
    pub(crate) fn chance(&mut self, of_1000: usize) -> bool {
        self.below(1000) < of_1000
    }

    /// One of some things.
    #[inline]
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// One of some words.
    #[inline]
    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    /// One of a few things made for the purpose.
    pub(crate) fn one<T, const N: usize>(&mut self, things: [T; N]) -> T {
        let index = self.below(N);
        things.into_iter().nth(index).expect("an index below the length")
    }

    /// One of some things, each as often as its weight says; not all weights are 0.
    pub(crate) fn weighted<'t, T>(&mut self, things: &'t [(usize, T)]) -> &'t T {
        let total = things.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, thing) in things {
            if left < *weight {
                return thing;
            }
            left -= weight;
        }
        &things[0].1
    }

    /// As many things as a number below `count` says.
    pub(crate) fn several<T>(&mut self, count: usize, mut draw: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(count)).map(|_| draw(self)).collect()
    }

    /// Any 64 bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        if self.next == BLOCK {
            self.source.fill_bytes(&mut self.fetched);
            self.next = 0;
        }
        let (numbers, _) = self.fetched[self.next..].as_chunks();
        self.next += size_of::<u64>();
        u64::from_le_bytes(numbers[0])
    }
}
