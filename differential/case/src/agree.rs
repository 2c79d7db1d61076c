//! When an answer agrees with what was expected, and what a disagreement is called.

use std::fmt;

use serde::Serialize;

use crate::outcome::Outcome;
use crate::subject::Answer;

/// Whether an answer is what was expected. A poisoned expectation takes every answer but a panic.
///
/// ```
/// use assay_case::{Answer, Outcome, Poison, agrees};
/// let poisoned = Outcome::Poisoned(Poison::TooSlow);
/// assert!(agrees(&poisoned, &Answer::Outcome(Outcome::Deny)));
/// assert!(!agrees(&poisoned, &Answer::Panicked));
/// assert!(!agrees(&Outcome::Allow, &Answer::Outcome(Outcome::Deny)));
/// ```
#[must_use]
pub fn agrees(expected: &Outcome, answer: &Answer) -> bool {
    match (expected, answer) {
        (Outcome::Poisoned(_), answer) => *answer != Answer::Panicked,
        (expected, Answer::Outcome(outcome)) => expected == outcome,
        (_, Answer::Unsupported(_) | Answer::Panicked) => false,
    }
}

/// Where two sides part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The trees that rules are parsed to differ.
    Tree,
    /// The canonical texts differ, the trees do not.
    Text,
    /// The outcomes of a request differ.
    Outcome,
}

/// The kind of a disagreement. Findings with equal signatures count as one, and shrinking keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Signature {
    /// Where the sides part.
    pub phase: Phase,
    /// What upstream says; for trees and texts, which kind of node or text it is.
    pub expected: String,
    /// What the subject says.
    pub got: String,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Tree => "tree",
            Phase::Text => "text",
            Phase::Outcome => "outcome",
        };
        write!(f, "{phase}: upstream {}, subject {}", self.expected, self.got)
    }
}
