//! What a program is made of: a graph of tests in the order in which upstream makes them.
//!
//! Each operation tests one thing and says what comes next if it holds and if not; `and`, `or`, `not` and
//! constants are nothing but places to go to. An exception ends the decision where it is met, so no test is
//! left out and none is moved.

use crate::oslo::language::NodeId;
use crate::oslo::load::RuleIndex;
use crate::oslo::python::hashing::Name;

/// Where a decision goes on: an operation, or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(pub(super) u32);

impl Label {
    /// The rule is true.
    pub(super) const TRUE: Self = Self(u32::MAX);
    /// The rule is false.
    pub(super) const FALSE: Self = Self(u32::MAX - 1);

    /// The first number that is no operation's.
    pub(super) const END: u32 = Self::FALSE.0;
}

/// A test, and what comes next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub(super) test: Test,
    pub(super) on_true: Label,
    pub(super) on_false: Label,
    /// The check that this is, for what only the interpreter knows.
    pub(super) origin: Origin,
}

/// A check in its rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) rule: RuleIndex,
    pub(super) node: NodeId,
}

/// What is tested. Numbers are places in [`Tables`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Test {
    /// Whether a constant role, in lower case, is one of the caller's.
    Role(u32),
    /// Whether a role that the target names is one of the caller's.
    RoleOf(Wanted),
    /// Whether what is wanted is the text of a literal.
    Literal(u32, Wanted),
    /// Whether what is wanted is the text of something at a path of creds.
    Path(u32, Wanted),
    /// Another rule.
    Call { rule: RuleIndex, memory: Memory },
    /// Left to the interpreter.
    Interpret,
}

/// Where a rule's answer is kept within a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory(pub(super) u32);

impl Memory {
    /// Nowhere: no decision meets the rule twice.
    pub(super) const NONE: Self = Self(u32::MAX);
}

/// The match of a check, with the target's values in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The same for all targets.
    Text(u32),
    /// `%(key)s` and nothing else.
    Key(u32),
    /// Several parts.
    Parts(u32),
}

/// A part of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A text.
    Text(u32),
    /// `%(key)s`
    Key(u32),
}

/// A path through creds.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) first: Name,
    pub(super) rest: Box<[Name]>,
    /// Whether it begins at `system`, which is what creds have as `system_scope`.
    pub(super) is_system: bool,
}

/// All that operations refer to, each thing once.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) texts: Vec<Box<str>>,
    pub(super) roles: Vec<Name>,
    pub(super) keys: Vec<Name>,
    pub(super) parts: Vec<Box<[Part]>>,
    pub(super) paths: Vec<Path>,
}

/// How a rule is decided.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// From this place on.
    At(Label),
    /// By the interpreter.
    Interpreted,
}
