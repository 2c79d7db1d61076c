//! `report.html`: one page that needs nothing else, for any browser.
//!
//! Texts of cases are hostile: the template escapes whatever it is given, and the page forbids itself scripts and the
//! network.

use askama::Template;
use assay_case::Phase;
use assay_generate::Feature;
use serde_json::Value;

use super::chart::{self, Bar};
use super::text::{percent, versions_line};
use super::{Cell, CellState, Finding, Report, Verdict};

/// How many findings and disagreements the page shows; `report.json` has all.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    report: &'r Report,
    verdict: Verdict,
    mix: Vec<Bar>,
    rates: Vec<Bar>,
    mutants: Vec<Bar>,
}

/// A version of upstream and its cell for each Python.
type GridRow<'r> = (&'r str, Vec<Option<&'r Cell>>);

impl Report {
    /// The report as a page.
    ///
    /// # Errors
    /// None that is known: the template's own.
    pub fn page(&self) -> Result<String, askama::Error> {
        visible(self).map_err(askama::Error::custom)?.render()
    }

    fn render(&self) -> Result<String, askama::Error> {
        let mutants = self.mutants.as_deref().map(chart::mutants).unwrap_or_default();
        let page = Page {
            report: self,
            verdict: self.verdict(),
            mix: chart::mix(self),
            rates: chart::rates(self),
            mutants,
        };
        page.render()
    }
}

impl Page<'_> {
    fn title(&self) -> String {
        let title = self.report.title.as_ref().map(|title| format!(", {title}"));
        format!("Assay: {}{}", self.verdict.word().to_lowercase(), title.unwrap_or_default())
    }

    /// The verdict in a sentence.
    fn sentence(&self) -> String {
        let report = self.report;
        let recorded: u64 = report.corpora.files.values().sum();
        let wrong = report.corpora.disagreements.len();
        let failed = report.jobs.iter().filter(|job| job.failed()).count();
        let mut said = Vec::new();
        if report.all.cases > 0 {
            said.push(format!(
                "{} generated cases, {} divergences in {} signatures",
                report.all.cases,
                report.divergences,
                report.findings.len()
            ));
        }
        if recorded > 0 {
            said.push(format!("{recorded} recorded cases, {wrong} disagreements"));
        }
        if failed > 0 {
            said.push(format!("{failed} of {} jobs failed", report.jobs.len()));
        }
        if !report.missing.is_empty() {
            said.push(format!("{} parts missing", report.missing.len()));
        }
        if said.is_empty() { "nothing was compared".to_owned() } else { said.join("; ") }
    }

    fn findings(&self) -> &[Finding] {
        &self.report.findings[..self.report.findings.len().min(MOST)]
    }

    fn features(&self) -> Vec<(&'static str, u64, String)> {
        let counts = &self.report.all;
        let of = |feature: &Feature| {
            let count = counts.feature(*feature);
            (feature.id(), count, percent(count, counts.worlds))
        };
        let mut features: Vec<_> = Feature::ALL.iter().map(of).collect();
        features.sort_by_key(|&(_, count, _)| std::cmp::Reverse(count));
        features
    }

    fn exceptions(&self) -> Vec<(&str, u64)> {
        let raised = self.report.all.outcomes.iter().filter(|(outcome, _)| outcome.contains(' '));
        let mut raised: Vec<_> = raised.map(|(outcome, &count)| (outcome.as_str(), count)).collect();
        raised.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        raised
    }

    /// The matrix: versions down, Pythons across.
    fn grid(&self) -> (Vec<&str>, Vec<GridRow<'_>>) {
        let cells = &self.report.matrix;
        let pythons = in_order(cells.iter().map(|cell| minor(&cell.python)).collect());
        let upstreams = in_order(cells.iter().map(|cell| cell.oslo_policy.as_str()).collect());
        let cell = |upstream: &str, python: &str| {
            cells.iter().find(|cell| cell.oslo_policy == upstream && minor(&cell.python) == python)
        };
        let row = |upstream| (upstream, pythons.iter().map(|python| cell(upstream, python)).collect());
        let rows = upstreams.into_iter().map(row).collect();
        (pythons, rows)
    }

    fn changes(&self) -> bool {
        self.report.matrix.iter().any(|cell| !cell.changes.is_empty())
    }
}

/// The same with every character that a reader would not see, or that turns the others round, spelled out.
fn visible(report: &Report) -> serde_json::Result<Report> {
    let mut value = serde_json::to_value(report)?;
    let mut waiting = vec![&mut value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) if text.contains(is_unseen) => *text = spelled_out(text),
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                if members.keys().any(|key| key.contains(is_unseen)) {
                    let spelled = |(key, value): (String, Value)| (spelled_out(&key), value);
                    *members = std::mem::take(members).into_iter().map(spelled).collect();
                }
                waiting.extend(members.values_mut());
            }
            _ => {}
        }
    }
    serde_json::from_value(value)
}

fn is_unseen(c: char) -> bool {
    let is_format = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    is_format || (c.is_control() && c != '\n' && c != '\t')
}

fn spelled_out(text: &str) -> String {
    let spell = |c: char| if is_unseen(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(spell).collect()
}

fn in_order(mut versions: Vec<&str>) -> Vec<&str> {
    versions.sort_by_key(|version| numbers(version));
    versions.dedup();
    versions
}

/// `3.12` of `3.12.1`.
fn minor(python: &str) -> &str {
    python.match_indices('.').nth(1).map_or(python, |(end, _)| &python[..end])
}

fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

const fn state_word(state: CellState) -> &'static str {
    match state {
        CellState::Same => "same",
        CellState::Diverged => "diverged",
        CellState::Changed => "changed",
        CellState::Absent => "absent",
    }
}

fn part_of(some: &u64, all: &u64) -> String {
    percent(*some, *all)
}

fn share((some, all): &(u64, u64)) -> String {
    percent(*some, *all)
}

const fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Tree => "tree",
        Phase::Text => "text",
        Phase::Outcome => "outcome",
    }
}
