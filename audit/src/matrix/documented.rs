//! A table that a provider publishes, beside what its policy really says.

use assay_case::{Stated, read_text};
use serde::Deserialize;

use super::{Cell, Matrix};
use crate::diff::Incomparable;
use crate::meaning::{Outcome, Side, Subject};
use crate::policy::{InputError, Loaded, Persona, value};

/// The tables that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Document {
    /// Infomaniak's page on Glance policies.
    Infomaniak,
}

impl Document {
    const fn files(self) -> (&'static str, &'static str) {
        match self {
            Self::Infomaniak => (
                include_str!("../../../policies/tables/infomaniak.yaml"),
                include_str!("../../../corpus/infomaniak/contradictions.yaml"),
            ),
        }
    }

    /// The built-in release that the document is about.
    #[must_use]
    pub const fn release(self) -> &'static str {
        match self {
            Self::Infomaniak => "glance:29",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[allow(dead_code, reason = "for readers of the file")]
    source: serde_json::Value,
    personas: serde_json::Map<String, serde_json::Value>,
    sections: Vec<FileSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSection {
    title: String,
    rows: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    operation: String,
    endpoint: String,
    policy: String,
    condition: String,
}

/// A published table, and where the policy says otherwise.
#[derive(Clone, Debug)]
pub struct Documented {
    /// Its title.
    pub title: String,
    /// Its parts.
    pub sections: Vec<Section>,
    /// What the document says and the policy does not, each once.
    pub contradictions: Vec<Contradiction>,
}

/// A part of a published table.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Its rows.
    pub lines: Vec<Line>,
}

/// A row of a published table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is done.
    pub operation: String,
    /// Method and path.
    pub endpoint: String,
    /// The rule.
    pub policy: String,
    /// The condition that the document states.
    pub condition: String,
    /// The numbers of the [contradictions](Documented::contradictions) that are about the rule.
    pub contradictions: Vec<String>,
}

/// Something that a document says and a policy does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What it is.
    pub about: String,
    /// The rules that it is about.
    pub rules: Vec<String>,
    /// Requests of which the document says one thing and the policy another.
    pub cases: usize,
}

impl Documented {
    /// A document with what a policy makes of each of its statements, and its personas' matrix.
    ///
    /// # Errors
    /// A rule of the document that the policy lacks.
    pub fn of(document: Document, loaded: &Loaded) -> Result<(Self, Matrix), InputError> {
        let (table, statements) = document.files();
        let text = |error: &dyn std::fmt::Display| InputError::Text(error.to_string());
        let file: File = serde_yaml::from_str(table).map_err(|error| text(&error))?;
        let contradictions = contradictions(statements, loaded)?;
        let marks = |policy: &str| {
            let about = |(index, found): (usize, &Contradiction)| {
                found.rules.iter().any(|rule| rule == policy).then(|| (index + 1).to_string())
            };
            contradictions.iter().enumerate().filter_map(about).collect()
        };
        let sections: Vec<Section> = file
            .sections
            .into_iter()
            .map(|section| Section {
                title: section.title,
                lines: section
                    .rows
                    .into_iter()
                    .map(|row| Line {
                        contradictions: marks(&row.policy),
                        operation: row.operation,
                        endpoint: row.endpoint,
                        policy: row.policy,
                        condition: row.condition,
                    })
                    .collect(),
            })
            .collect();
        let personas = file
            .personas
            .into_iter()
            .map(|(name, creds)| {
                let creds = value::parse("creds.json".as_ref(), &creds.to_string())?;
                Ok(Persona { name, creds })
            })
            .collect::<Result<Vec<_>, InputError>>()?;
        let rules: Vec<String> =
            sections.iter().flat_map(|section| &section.lines).map(|line| line.policy.clone()).collect();
        let matrix = Matrix::of(loaded, personas, &rules)?;
        Ok((Self { title: file.title, sections, contradictions }, matrix))
    }

    /// Rows with their cells.
    pub fn lines<'d>(
        &'d self,
        matrix: &'d Matrix,
    ) -> impl Iterator<Item = (&'d Section, &'d Line, &'d [Cell])> {
        let cells = |policy: &str| {
            matrix.rows.iter().find(|row| row.rule == policy).map_or(&[][..], |row| row.cells.as_slice())
        };
        let lines =
            self.sections.iter().flat_map(|section| section.lines.iter().map(move |line| (section, line)));
        lines.map(move |(section, line)| (section, line, cells(&line.policy)))
    }
}

/// Each statement is asked of the policy; what comes of it is compared with what is stated.
fn contradictions(statements: &str, loaded: &Loaded) -> Result<Vec<Contradiction>, InputError> {
    let side = Side::of(loaded).map_err(|error| InputError::Text(Incomparable::from(error).to_string()))?;
    let documents =
        read_text("contradictions.yaml", statements).map_err(|error| InputError::Text(error.to_string()))?;
    let mut found = Vec::new();
    for document in documents {
        let mut contradiction =
            Contradiction { about: document.about.unwrap_or_default(), rules: Vec::new(), cases: 0 };
        if let Some((_, about)) = contradiction.about.split_once(": ") {
            contradiction.about = about.to_owned();
        }
        for case in &document.cases {
            let (assay_case::Ask::Rule(rule), Some(stated)) = (&case.request.ask, case.stated) else {
                continue;
            };
            let outcome = side.decide(Subject::Rule(rule), &case.request.creds, &case.request.target, &[]);
            if (outcome == Outcome::Allow) != (stated == Stated::Allow) {
                contradiction.cases += 1;
                if !contradiction.rules.contains(rule) {
                    contradiction.rules.push(rule.clone());
                }
            }
        }
        if contradiction.cases > 0 {
            found.push(contradiction);
        }
    }
    Ok(found)
}
