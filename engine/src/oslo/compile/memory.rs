//! What a decision knows of the rules that it has met.

use std::cell::RefCell;

use super::code::Memory;
use crate::oslo::error::Interrupt;

/// The answers of rules within a decision.
pub(super) trait Answers {
    /// What a rule came to.
    fn get(&self, memory: Memory) -> Option<Result<bool, Interrupt>>;

    /// Keeps what a rule came to.
    fn set(&mut self, memory: Memory, answer: Result<bool, Interrupt>);
}

/// Two bits for each rule, on the stack. An exception ends the decision, so none is kept.
pub(super) struct Few([u64; Self::WORDS]);

impl Few {
    const WORDS: usize = 8;

    /// How many rules there is room for.
    pub(super) const ROOM: u32 = (Self::WORDS * 32) as u32;

    pub(super) const fn new() -> Self {
        Self([0; Self::WORDS])
    }
}

impl Answers for Few {
    #[inline]
    fn get(&self, Memory(place): Memory) -> Option<Result<bool, Interrupt>> {
        let bits = self.0.get(place as usize / 32)? >> (place % 32 * 2);
        (bits & 1 == 1).then_some(Ok(bits & 2 == 2))
    }

    #[inline]
    fn set(&mut self, Memory(place): Memory, answer: Result<bool, Interrupt>) {
        if let (Some(word), Ok(value)) = (self.0.get_mut(place as usize / 32), answer) {
            *word |= (1 | u64::from(value) << 1) << (place % 32 * 2);
        }
    }
}

/// For any number of rules: a thread's own marks, each with the decision that left it, so that none has to
/// be wiped away.
pub(super) struct Many {
    /// The decision, counted.
    now: u64,
    /// By place: a decision and, in the lowest bit, what the rule came to.
    marks: Vec<u64>,
}

thread_local! {
    static MANY: RefCell<Many> = const { RefCell::new(Many { now: 0, marks: Vec::new() }) };
}

impl Many {
    /// Lends the thread's marks to a decision. Only the first that needs so many takes memory.
    pub(super) fn with<T>(rules: u32, decide: impl FnOnce(&mut Self) -> T) -> T {
        MANY.with_borrow_mut(|many| {
            many.now += 1;
            if many.marks.len() < rules as usize {
                many.marks.resize(rules as usize, 0);
            }
            decide(many)
        })
    }
}

impl Answers for Many {
    fn get(&self, Memory(place): Memory) -> Option<Result<bool, Interrupt>> {
        let mark = self.marks.get(place as usize)?;
        (mark >> 1 == self.now).then_some(Ok(mark & 1 == 1))
    }

    fn set(&mut self, Memory(place): Memory, answer: Result<bool, Interrupt>) {
        if let (Some(mark), Ok(value)) = (self.marks.get_mut(place as usize), answer) {
            *mark = self.now << 1 | u64::from(value);
        }
    }
}

/// For the decisions of all rules on one request, exceptions included.
pub(super) struct Whole(Vec<Option<Result<bool, Interrupt>>>);

impl Whole {
    pub(super) fn new(rules: u32) -> Self {
        Self(vec![None; rules as usize])
    }
}

impl Answers for Whole {
    fn get(&self, Memory(place): Memory) -> Option<Result<bool, Interrupt>> {
        *self.0.get(place as usize)?
    }

    fn set(&mut self, Memory(place): Memory, answer: Result<bool, Interrupt>) {
        if let Some(kept) = self.0.get_mut(place as usize) {
            *kept = Some(answer);
        }
    }
}
