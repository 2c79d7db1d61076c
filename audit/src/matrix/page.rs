//! A matrix as one page that needs nothing else, for any browser.

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use super::documented::{Documented, Line};
use super::{Cell, Matrix, Verdict};

/// Hides the rows that do not have all words that were typed. The only script that the page lets itself run.
const SCRIPT: &str = include_str!("../../templates/matrix.js");

#[derive(Template)]
#[template(path = "matrix.html")]
struct Page<'m> {
    matrix: &'m Matrix,
    document: Option<&'m Documented>,
    sections: Vec<Section<'m>>,
    script: &'static str,
    /// Of the script, for the page's own rules on what it runs.
    hash: String,
}

/// Rows under a heading.
struct Section<'m> {
    title: Option<&'m str>,
    lines: Vec<Shown<'m>>,
}

/// A row of the table.
struct Shown<'m> {
    rule: &'m str,
    name: Option<&'m str>,
    calls: Vec<String>,
    description: Option<&'m str>,
    stated: Option<&'m str>,
    cells: Vec<(&'m str, &'m Cell)>,
    contradictions: &'m [String],
}

/// The page.
///
/// # Errors
/// None that is known: the template's own.
pub fn page(matrix: &Matrix, document: Option<&Documented>) -> Result<String, askama::Error> {
    let sections = match document {
        None => vec![Section {
            title: None,
            lines: matrix.rows.iter().map(|row| shown(matrix, row, None)).collect(),
        }],
        Some(document) => document
            .sections
            .iter()
            .map(|section| Section {
                title: Some(&section.title),
                lines: section
                    .lines
                    .iter()
                    .filter_map(|line| {
                        let row = matrix.rows.iter().find(|row| row.rule == line.policy)?;
                        Some(shown(matrix, row, Some(line)))
                    })
                    .collect(),
            })
            .collect(),
    };
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    Page { matrix, document, sections, script: SCRIPT, hash }.render()
}

fn shown<'m>(matrix: &'m Matrix, row: &'m super::Row, line: Option<&'m Line>) -> Shown<'m> {
    Shown {
        rule: &row.rule,
        name: line.map(|line| line.operation.as_str()),
        calls: line.map_or_else(|| row.calls(), |line| vec![line.endpoint.clone()]),
        description: row.description.as_deref().filter(|_| line.is_none()),
        stated: line.map(|line| line.condition.as_str()),
        cells: matrix.names().zip(&row.cells).collect(),
        contradictions: line.map_or(&[], |line| &line.contradictions),
    }
}

impl Page<'_> {
    fn count(&self, verdict: Verdict) -> usize {
        self.matrix.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.verdict == verdict).count()
    }

    fn symbol(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Allow => "\u{2714}",
            Verdict::Deny => "\u{2718}",
            Verdict::Conditional => "\u{25d1}",
            Verdict::Raise => "500",
            Verdict::Undecided => "?",
        }
    }

    fn word(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Allow => "always",
            Verdict::Deny => "never",
            Verdict::Conditional => "if",
            Verdict::Raise => "error 500",
            Verdict::Undecided => "not known",
        }
    }
}
