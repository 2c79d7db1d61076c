//! How deep upstream can walk. It recurses, and CPython counts: under a recursion limit of 1000 there is an
//! end at some 327 levels, whatever they are made of.
//!
//! A *level* is an operator's operand or a rule behind `rule:`; the check that is asked for is level 0.
//! Each costs `_check`, the call of an object, and its `__call__`. At every level upstream looks at the
//! signature of the check first, and `inspect` turns the `RecursionError` that it meets there into a
//! `TypeError`: that is the usual end. Only what needs more frames than `inspect` ends in a
//! `RecursionError`: a long path through creds, or a long dotted kind.
//!
//! Measured with oslo.policy 6.0.1 on CPython 3.11.7: the first chain that raises has 327 levels under a
//! limit of 1000 and 394 under 1200, be it of `rule:`, `not`, `and`, `or` or a mixture. Which of the
//! two it is under depends on the caller of `enforce`. [`MAX`] lies between them, so whatever comes out the
//! same under both comes out the same here.

/// Frames of one level.
const PER_LEVEL: usize = 3;

/// Frames that looking at a signature takes, counted from where `_find_in_dict` would be called.
const SIGNATURE: usize = 7;

/// The frames that a decision has. The ends that were measured are 987 and 1188.
const MAX: usize = 1090;

/// The steps of a syntax tree that CPython's compiler allows for each frame that is left: `a.b.c` is
/// two steps below `a`.
const STEPS_PER_FRAME: usize = 3;

/// Frames that are taken at some point of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oslo) struct Frames(usize);

impl Frames {
    pub(in crate::oslo) const NONE: Self = Self(0);

    /// What is taken where the check of a level is reached.
    pub(in crate::oslo) const fn of_level(level: usize) -> Self {
        Self(level.saturating_mul(PER_LEVEL))
    }

    pub(in crate::oslo) const fn with_signature(self) -> Self {
        self.plus(SIGNATURE)
    }

    /// With so many calls more, one in the other.
    pub(in crate::oslo) const fn plus(self, calls: usize) -> Self {
        Self(self.0.saturating_add(calls))
    }

    /// With all that another walk took.
    pub(in crate::oslo) const fn plus_all(self, walk: Self) -> Self {
        self.plus(walk.0)
    }

    /// What was taken beyond a point where `start` was taken.
    pub(in crate::oslo) const fn since(self, start: Self) -> Self {
        Self(self.0.saturating_sub(start.0))
    }

    /// Whether CPython has no such number of frames.
    pub(in crate::oslo) const fn overflow(self) -> bool {
        self.0 > MAX
    }

    /// Whether a dotted kind of so many names is too deep a tree for the compiler.
    pub(in crate::oslo) const fn overflow_in_kind(self, names: usize) -> bool {
        names > STEPS_PER_FRAME * MAX.saturating_sub(self.0)
    }
}
