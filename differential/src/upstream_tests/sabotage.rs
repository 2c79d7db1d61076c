//! Which engine the tests meet.

use std::sync::OnceLock;

use clap::ValueEnum;

/// What upstream's tests are run against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Subject {
    /// Upstream itself, untouched.
    Upstream,
    /// Our engine.
    Engine,
    /// Our engine, every decision turned round: a check's, a scope's, which rule answers, whether rules are sound. No
    /// default is refused, and no deprecation is seen.
    Decisions,
    /// Our engine, every parse refused: of a rule, a word, a list, a policy file, a default.
    Parses,
    /// Our engine, every canonical text wrong.
    Texts,
}

impl Subject {
    /// Our engine with something broken.
    pub const SABOTAGED: [Self; 3] = [Self::Decisions, Self::Parses, Self::Texts];

    /// The name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Engine => "engine",
            Self::Decisions => "decisions",
            Self::Parses => "parses",
            Self::Texts => "texts",
        }
    }
}

static SUBJECT: OnceLock<Subject> = OnceLock::new();

/// Settles what the tests of this process meet.
pub(super) fn set(subject: Subject) {
    SUBJECT.set(subject).ok();
}

/// Whether this is what is broken in this process.
pub(super) fn broken(subject: Subject) -> bool {
    SUBJECT.get() == Some(&subject)
}
