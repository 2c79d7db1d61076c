//! What linting comes to.

use std::path::{Path, PathBuf};

use super::catalogue::Severity;
use super::finding::Finding;

/// Findings, with the texts in which they are.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of files and places.
    pub findings: Vec<Finding>,
    /// How many rules were too many to reason about: of these it is known what they say, not what they mean.
    pub skipped: usize,
    pub(super) sources: Vec<Source>,
}

impl Report {
    /// Whether there is a finding of this severity or worse.
    #[must_use]
    pub fn reaches(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.severity >= severity)
    }

    /// How many findings there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Takes over the findings of another.
    pub fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.sources.extend(other.sources);
        self.skipped += other.skipped;
    }

    pub(super) fn source(&self, path: &Path) -> Option<&Source> {
        self.sources.iter().find(|source| source.path == path)
    }
}

/// The text of a file by lines.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: PathBuf,
    text: String,
    starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let breaks = text.char_indices().filter(|(_, c)| is_break(*c)).map(|(at, c)| at + c.len_utf8());
        let starts = std::iter::once(0).chain(breaks).collect();
        Self { path, text, starts }
    }

    /// The byte at which a line starts.
    pub(super) fn start(&self, number: usize) -> usize {
        number.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or(self.text.len())
    }

    /// A line by its number from 1, with its end.
    pub(super) fn line(&self, number: usize) -> &str {
        let Some(start) = number.checked_sub(1).and_then(|index| self.starts.get(index)) else {
            return "";
        };
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        &self.text[*start..end]
    }
}

/// What ends a line, as YAML 1.1 has it.
const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
