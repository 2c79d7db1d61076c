//! What can end a decision other than allow or deny.

use std::fmt;

use thiserror::Error;

/// The class of a Python exception that leaves upstream's code.
///
/// Only the class is part of an outcome; messages are not compared. The unqualified name is what
/// Python's `type(error).__name__` gives.
///
/// ```
/// use assay_engine::oslo::ExceptionClass;
/// assert_eq!(ExceptionClass::TypeError.name(), "TypeError");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExceptionClass {
    /// `AttributeError`: a method was asked of a value that lacks it (`creds['roles'] = [1]`).
    AttributeError,
    /// `IndentationError`: the kind of a check has a line that starts with blanks (list form only).
    IndentationError,
    /// `IndexError`: a number without digits in a policy file (`!!int ""`).
    IndexError,
    /// `InvalidContextObject`: creds that are not a mapping (`oslo_policy.policy`).
    InvalidContextObject,
    /// `KeyError`: upstream catches it in every check of its own, so it leaves none of them; loading a
    /// policy file lets it out (`!!bool maybe`).
    KeyError,
    /// `MemoryError`: the kind of a check is nested too deeply for Python's parser.
    MemoryError,
    /// `OverflowError`: `%d` of an infinity, `%c` of no code point, `%f` of an int that no float holds; an
    /// escape far beyond Unicode in a policy file (`"\\UFFFFFFFF"`).
    OverflowError,
    /// `RecursionError`: a policy file, the kind of a check, or a value whose text is wanted, is nested too deeply
    /// for Python.
    RecursionError,
    /// `SyntaxError`: the kind of a check is no Python expression (`1abc:x`).
    SyntaxError,
    /// `TypeError`: a path goes through a value that cannot be indexed, a reference cycle, …
    TypeError,
    /// `UnicodeDecodeError`: a policy file is not UTF-8.
    UnicodeDecodeError,
    /// `ValueError`: an unfinished or unknown `%` directive, an integer too long for `str()`.
    ValueError,
}

impl ExceptionClass {
    /// The unqualified Python name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AttributeError => "AttributeError",
            Self::IndentationError => "IndentationError",
            Self::IndexError => "IndexError",
            Self::InvalidContextObject => "InvalidContextObject",
            Self::KeyError => "KeyError",
            Self::MemoryError => "MemoryError",
            Self::OverflowError => "OverflowError",
            Self::RecursionError => "RecursionError",
            Self::SyntaxError => "SyntaxError",
            Self::TypeError => "TypeError",
            Self::UnicodeDecodeError => "UnicodeDecodeError",
            Self::ValueError => "ValueError",
        }
    }
}

impl fmt::Display for ExceptionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A Python behaviour that this engine does not have yet.
///
/// It is returned in place of a guess: whoever sees it knows that the engine has no answer, which
/// is neither allow nor deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// An `http:` or `https:` check.
    #[error("remote checks (http:, https:) are not evaluated")]
    RemoteCheck,
}

/// What this engine has no answer to by design: it keeps a bound where Python has none but memory, or
/// Python's own answer changes from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum Limit {
    /// A formatted match would be longer than
    /// [`MAX_LENGTH`](crate::oslo::python::percent::MAX_LENGTH): `%(x)9999999999s` asks for ten
    /// gigabytes. Or the aliases or merge keys of a policy file stand for more than this engine builds,
    /// or a number there has more than 10,000 sixtieths (`1:30:…`).
    #[error("too large")]
    TooLarge,
    /// The text of a set of more than one element is wanted, or a rule is one: Python goes through it in
    /// the order of hashes, which for strings differ from process to process.
    #[error("the order of a set")]
    SetOrder,
}

/// Why there is no decision: upstream raises, or this engine has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Interrupt {
    /// Upstream lets this exception out of `enforce`.
    #[error("raises {0}")]
    Raised(ExceptionClass),
    /// No answer; see [`Unsupported`].
    #[error("unsupported: {0}")]
    Unsupported(#[from] Unsupported),
    /// No answer by design; see [`Limit`].
    #[error("limit: {0}")]
    Limit(#[from] Limit),
}

impl From<ExceptionClass> for Interrupt {
    fn from(class: ExceptionClass) -> Self {
        Self::Raised(class)
    }
}
