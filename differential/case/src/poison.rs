//! The complete list of reasons for which upstream's outcome is not compared.
//!
//! A poisoned expectation agrees with any answer but a panic. Every report counts each reason, and
//! there is no other list of excused differences.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why upstream's outcome of a case cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Poison {
    /// Upstream's outcome changes with CPython's recursion limit.
    Recursion,
    /// Upstream's outcome follows the order of a set, which follows hashes.
    SetOrder,
    /// The supported Python versions give different outcomes.
    PythonVersion,
    /// The supported Python versions have different Unicode tables for a character of the case.
    UnicodeVersion,
    /// A formatted text, or what a policy file stands for, goes over what the engine or a worker may hold.
    TooLarge,
    /// Upstream goes over the time that a batch may take.
    TooSlow,
}

/// Who finds out that a case is poisoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detector {
    /// The worker decides the request again under a recursion limit of 1200 in place of 1000.
    TwoRecursionLimits,
    /// The case itself, by what it holds; see [`Doubts`](crate::Doubts).
    TheCase,
    /// The case itself, or the worker that meets its memory limit while it decides the request alone.
    TheCaseOrMemoryLimit,
    /// The coordinator ends the worker when the request alone goes over the time limit.
    TimeLimit,
}

impl Detector {
    /// In words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::TwoRecursionLimits => "the worker, which decides again under another recursion limit",
            Self::TheCase => "the case itself, by what it holds",
            Self::TheCaseOrMemoryLimit => "the case itself, or the worker's memory limit",
            Self::TimeLimit => "the coordinator's time limit",
        }
    }
}

impl Poison {
    /// All reasons, in the order in which reports list them.
    pub const ALL: [Self; 6] = [
        Self::Recursion,
        Self::SetOrder,
        Self::PythonVersion,
        Self::UnicodeVersion,
        Self::TooLarge,
        Self::TooSlow,
    ];

    /// The word for it in case files and reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Recursion => "recursion",
            Self::SetOrder => "set-order",
            Self::PythonVersion => "python-version",
            Self::UnicodeVersion => "unicode-version",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
        }
    }

    /// Who detects it.
    #[must_use]
    pub const fn detector(self) -> Detector {
        match self {
            Self::Recursion => Detector::TwoRecursionLimits,
            Self::TooLarge => Detector::TheCaseOrMemoryLimit,
            Self::TooSlow => Detector::TimeLimit,
            Self::SetOrder | Self::PythonVersion | Self::UnicodeVersion => Detector::TheCase,
        }
    }
}

impl fmt::Display for Poison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
