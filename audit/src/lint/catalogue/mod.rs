//! What is looked for: every lint with its id, severity and explanation.

pub(super) mod credentials;
pub(super) mod directives;
pub(super) mod file;
pub(super) mod lists;
pub(super) mod meaning;
pub(super) mod references;
pub(super) mod releases;
pub(super) mod syntax;
pub(super) mod targets;
pub(super) mod values;

use std::fmt;

use clap::ValueEnum;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ValueEnum)]
pub enum Severity {
    /// True, and worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Does not do what it says: allows everybody, denies everybody, fails, or is lost.
    Error,
}

impl Severity {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a finding can be mended without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Safety {
    /// `--fix`: every request is decided as before.
    Same,
    /// `--fix`: some request that was allowed is denied, as the text says; none is allowed that was not.
    Narrows,
    /// `--unsafe-fixes`: some request may be allowed that was not, as the text says.
    Widens,
}

/// Something to look for.
#[derive(Debug, PartialEq, Eq)]
pub struct Lint {
    /// Its name: kebab case, never changed once released.
    pub id: &'static str,
    /// The severity of most of its findings.
    pub severity: Severity,
    /// Whether it speaks only when selected, or under `--pedantic`.
    pub pedantic: bool,
    /// Of a lint that needs to know what the service registers (`--service`, `--defaults`): the release of its examples.
    pub service: Option<&'static str>,
    /// What is wrong, in a line.
    pub summary: &'static str,
    /// Why, in sentences.
    pub explanation: &'static str,
    /// A policy file that has it.
    pub bad: &'static str,
    /// The file as it should be.
    pub good: &'static str,
    /// How it is mended.
    pub fix: Option<Safety>,
}

impl Lint {
    /// What an ordinary lint is like, to be filled in.
    const fn ordinary(severity: Severity) -> Self {
        Self {
            id: "",
            severity,
            pedantic: false,
            service: None,
            summary: "",
            explanation: "",
            bad: "",
            good: "",
            fix: None,
        }
    }
}

const ERROR: Lint = Lint::ordinary(Severity::Error);
const WARNING: Lint = Lint::ordinary(Severity::Warning);
const NOTE: Lint = Lint::ordinary(Severity::Note);
const PEDANTIC: Lint = Lint { pedantic: true, ..Lint::ordinary(Severity::Note) };

/// Lints that look at the same thing.
#[derive(Debug)]
pub struct Family {
    /// What they look at.
    pub about: &'static str,
    /// The lints.
    pub lints: &'static [&'static Lint],
}

/// All lints by family.
pub const FAMILIES: [Family; 10] = [
    Family { about: "The file", lints: file::LINTS },
    Family { about: "Values", lints: values::LINTS },
    Family { about: "Rule texts", lints: syntax::LINTS },
    Family { about: "List rules", lints: lists::LINTS },
    Family { about: "References", lints: references::LINTS },
    Family { about: "Credentials", lints: credentials::LINTS },
    Family { about: "Targets, constants, remote checks", lints: targets::LINTS },
    Family { about: "What rules mean", lints: meaning::LINTS },
    Family { about: "Names and releases", lints: releases::LINTS },
    Family { about: "Comments to this linter", lints: directives::LINTS },
];

/// All lints.
pub fn all() -> impl Iterator<Item = &'static Lint> {
    FAMILIES.iter().flat_map(|family| family.lints.iter().copied())
}

/// The lint of an id.
///
/// ```
/// assert_eq!(assay::lint::find("cycle").unwrap().severity, assay::lint::Severity::Error);
/// assert!(assay::lint::find("cycles").is_none());
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static Lint> {
    all().find(|lint| lint.id == id)
}
