//! How deep CPython reads.
//!
//! CPython's parser counts the levels of its own recursion and ends in `MemoryError` at 6000 of them. An operand,
//! a bracket, an operator each cost some: the numbers here were measured on 3.11, and 3.12 and 3.13 differ from
//! them by one or two for the whole of a valid text. For a text that is none, a second pass looks for the words
//! of the error, which costs more, and more from version to version. Then the tree is made into Python's
//! objects, which ends in `RecursionError` at a depth that depends on how deep the caller stands.

use std::cell::Cell;

/// CPython's `MemoryError`.
const MAX_LEVELS: usize = 6000;
/// What a name or a number costs by itself.
const OPERAND: usize = 24;
/// From here on a valid text may be too deep for one version and not for another.
const LEVELS_THAT_VARY: usize = 5900;

pub(super) const GROUP: usize = 28;
/// The first item of a list, a set, a dict; what is behind `if` and `yield`.
pub(super) const ITEM: usize = 29;
/// What an item costs more that has one in front of it, and in `()` again where it has two.
pub(super) const LATER_ITEM: usize = 1;
/// `*x`, `**x` as the first item in `[]` and `{}`.
pub(super) const UNPACKED: usize = 23;
/// `*x` as the first item in `()`.
pub(super) const UNPACKED_IN_GROUP: usize = 22;
/// What is behind `yield from`, and behind `in` of a comprehension.
pub(super) const SOURCE: usize = 27;
/// What the generator of a call takes less than others behind `in` and `if`.
pub(super) const IN_CALL: usize = 2;
pub(super) const ARGUMENT: usize = 24;
pub(super) const LATER_ARGUMENT: usize = 28;
pub(super) const NAMED_ARGUMENT: usize = 27;
pub(super) const SLICE: usize = 24;
pub(super) const LATER_SLICE: usize = 27;
/// `*x` as the first of a subscript.
pub(super) const UNPACKED_SLICE: usize = 26;
pub(super) const TARGET: usize = 11;
pub(super) const LAMBDA: usize = 2;
pub(super) const DEFAULT: usize = 8;
/// A default of a parameter behind a `/`.
pub(super) const DEFAULT_BEHIND_SLASH: usize = 7;
pub(super) const ELSE: usize = 1;
/// What the expressions of an f-string cost from 3.12 on, if they are not nested themselves.
pub(super) const FORMATTED: usize = 70;

/// How deep a tree may be before 3.11 raises `RecursionError`: between 2,981, which is the end under a recursion
/// limit of 1000 where `enforce` is called from the top, and 3,581 under one of 1200, as for walks of checks.
pub(super) const MAX_DEPTH: usize = 3270;
/// Rules that ask for rules take their part of that, and 3.12 and 3.13 count otherwise.
const DEPTH_THAT_VARIES: usize = 1000;

/// What CPython's parser has spent.
#[derive(Debug, Default)]
pub(super) struct Levels {
    now: Cell<usize>,
    deepest: Cell<usize>,
}

impl Levels {
    /// Stands deeper; where it stood before, or `None` for `MemoryError`.
    pub(super) fn descend(&self, levels: usize) -> Option<usize> {
        let before = self.now.get();
        self.now.set(before + levels);
        self.note(OPERAND);
        (self.now.get() + OPERAND < MAX_LEVELS).then_some(before)
    }

    pub(super) fn ascend(&self, level: usize) {
        self.now.set(level);
    }

    /// Something stands this much deeper.
    pub(super) fn note(&self, levels: usize) {
        self.deepest.set(self.deepest.get().max(self.now.get() + levels));
    }

    /// Whether the second pass ends in `MemoryError`, which costs some two levels more for a bracket.
    pub(super) fn exhausted_by_second_pass(&self) -> bool {
        let now = self.now.get();
        now + 2 * (now / GROUP) + OPERAND + 3 >= MAX_LEVELS
    }
}

/// Whether a valid text of this depth may be too deep for one of the versions, or under one call stack.
pub(super) fn may_vary(levels: &Levels, depth: usize) -> bool {
    levels.deepest.get() > LEVELS_THAT_VARY || depth > DEPTH_THAT_VARIES
}
