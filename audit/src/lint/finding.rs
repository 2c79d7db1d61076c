//! What a lint says of a place.

use std::ops::Range;
use std::path::PathBuf;

use assay_engine::oslo::load::yaml::Position;

use super::catalogue::{Lint, Safety, Severity};

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which lint says so.
    pub lint: &'static Lint,
    /// How much it matters here.
    pub severity: Severity,
    /// The file.
    pub file: PathBuf,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive; on the same line as the start unless a value spans lines.
    pub end: Position,
    /// The rule; empty where it is the file.
    pub rule: String,
    /// What is wrong here, in a sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// How to mend it.
    pub fix: Option<Fix>,
}

/// Another place that a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub file: PathBuf,
    /// Where.
    pub at: Position,
    /// What is there.
    pub message: String,
}

/// A change of a file that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What may change with it.
    pub safety: Safety,
    /// The changes: all of them or none.
    pub edits: Vec<Edit>,
}

/// A piece of a file's text to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Its bytes, in the text as Python reads it (all line ends are `\n`).
    pub range: Range<usize>,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What comes in its place.
    pub text: String,
}
