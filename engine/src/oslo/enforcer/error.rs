//! Why there is no policy, or no decision.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::oslo::error::Interrupt;
use crate::oslo::load::yaml::Position;

/// A policy source could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{}{message} ({cause})", .path.display(), .at.map_or(": ".to_owned(), |at| format!(":{at}: ")))]
pub struct PolicyError {
    /// The file or directory.
    pub path: PathBuf,
    /// Where in the file.
    pub at: Option<Position>,
    /// The exception that upstream raises, or that this engine has no answer.
    pub cause: Interrupt,
    /// What is wrong, for people.
    pub message: String,
}

/// One of upstream's traps, which strict mode does not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{rule:?}: {kind}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct Trap {
    /// Where; `None` for a default that the service registered.
    pub place: Option<Place>,
    /// The rule.
    pub rule: String,
    /// Which trap.
    pub kind: TrapKind,
}

/// A place in a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Line and column.
    pub at: Position,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.at)
    }
}

/// What strict mode refuses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrapKind {
    /// `a: !`, `a:`, `a: no`, `a: 0`, `a: {}`: no text, and everybody is allowed. (`""`, `"@"` and `[]`
    /// say the same on purpose.)
    #[error("a value that is no rule and that upstream takes for \"allow everybody\"")]
    AllowsEverybody,
    /// The text, or a part of it, is no rule: upstream denies.
    #[error("{0:?} is no check, and the rule or this part of it denies")]
    Unparsable(String),
    /// A reference to an undefined rule that is decided under `not`: undefined is false, `not` of it
    /// allows.
    #[error("the undefined rule {0:?} is decided under `not`, which allows")]
    UndefinedUnderNot(String),
    /// A cycle of references, which raises a TypeError when it is decided.
    #[error("leads into a cycle of references through {0:?}")]
    Cycle(String),
    /// A kind that raises whenever it is looked at: `1abc:x`.
    #[error("the kind {0:?} raises whenever it is decided")]
    Kind(String),
    /// A format that raises: always, or wherever the target's value is a text.
    #[error("the format {0:?} raises when it is decided")]
    Format(String),
    /// A name that is no text: no request can ask for it.
    #[error("the name of the rule is no text, so nothing can ask for it")]
    Name,
    /// A file that was part of the policy is gone.
    #[error("the file is gone")]
    Gone,
}

/// Why strict mode does not take a policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Upstream would not take it either.
    #[error(transparent)]
    Error(#[from] PolicyError),
    /// Traps, in the order of files and rules.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Traps(Vec<Trap>),
}

/// What ends `enforce` and its like other than by a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// Loading the policy failed.
    #[error(transparent)]
    Load(#[from] PolicyError),
    /// Strict mode has no policy that it takes.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The decision itself.
    #[error(transparent)]
    Decision(#[from] Interrupt),
}

impl Failure {
    /// The exception, or that there is no answer; `None` where strict mode refuses what upstream takes.
    #[must_use]
    pub const fn cause(&self) -> Option<Interrupt> {
        match self {
            Self::Load(error) | Self::Refused(Refusal::Error(error)) => Some(error.cause),
            Self::Decision(interrupt) => Some(*interrupt),
            Self::Refused(Refusal::Traps(_)) => None,
        }
    }
}
