//! When an answer agrees with what was expected, and what a disagreement is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::subject::Answer;

/// Whether an answer is what was expected. A poisoned expectation takes every answer but a panic and
/// a death.
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
        (Outcome::Poisoned(_), answer) => !matches!(answer, Answer::Panicked | Answer::Died(_)),
        (expected, Answer::Outcome(outcome)) => expected == outcome,
        (_, Answer::Error(_) | Answer::Unsupported(_) | Answer::Panicked | Answer::Died(_)) => false,
    }
}

/// How closely a subject that is not ours is held to upstream. Only [`Measure::Strict`] makes a verdict;
/// the others tell in which way a disagreement is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// As [`agrees`]: the outcome is the same, the class of an exception included. An error that is no
    /// Python exception agrees with nothing.
    Strict,
    /// Any exception, in any phase, agrees with any other, and so does an error of the subject's own.
    Lenient,
    /// The request is let through on both sides, or on neither, for whatever reason.
    LetThrough,
}

/// Whether an answer is what was expected, by a measure. What a subject cannot be asked, or dies of,
/// agrees by none.
///
/// ```
/// use assay_case::{Answer, Measure, Outcome, agrees_by};
/// let raised: Outcome = serde_json::from_str(r#"{"raise": "TypeError"}"#).unwrap();
/// let refused = Answer::Error("could not parse".into());
/// assert!(!agrees_by(Measure::Strict, &raised, &refused));
/// assert!(agrees_by(Measure::Lenient, &raised, &refused));
/// assert!(!agrees_by(Measure::Lenient, &Outcome::Deny, &refused));
/// assert!(agrees_by(Measure::LetThrough, &Outcome::Deny, &refused));
/// ```
#[must_use]
pub fn agrees_by(measure: Measure, expected: &Outcome, answer: &Answer) -> bool {
    if agrees(expected, answer) {
        return true;
    }
    let raised = |outcome: &Outcome| matches!(outcome, Outcome::Raise(_) | Outcome::Load(_));
    match (measure, answer) {
        (Measure::Lenient, Answer::Error(_)) => raised(expected),
        (Measure::Lenient, Answer::Outcome(outcome)) => raised(expected) && raised(outcome),
        (Measure::LetThrough, Answer::Error(_)) => *expected != Outcome::Allow,
        (Measure::LetThrough, Answer::Outcome(outcome)) => {
            *expected != Outcome::Allow && *outcome != Outcome::Allow
        }
        (_, _) => false,
    }
}

/// Where two sides part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
