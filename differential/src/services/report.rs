//! What is printed of services: tables and lists for people, one JSON object for programs.

use std::fmt::Write as _;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use super::compare::{Comparison, Kind, nearest};
use super::defaults::{Method, Operation};

/// One request that the two sides decide differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The rule.
    pub rule: String,
    /// Who asks.
    pub persona: String,
    /// The target, as JSON.
    pub target: String,
    /// What upstream says.
    pub upstream: String,
    /// What the engine says.
    pub engine: String,
}

/// What came of all questions to one release in one mode; the counts are upstream's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// The release.
    pub release: String,
    /// The mode.
    pub enforce_new_defaults: bool,
    /// How many defaults were registered.
    pub rules: usize,
    /// How many requests were decided.
    pub decisions: u64,
    /// How many were allowed.
    pub allow: u64,
    /// How many were denied.
    pub deny: u64,
    /// How many ended in an exception.
    pub raise: u64,
    /// Those that the engine decides otherwise.
    pub disagreements: Vec<Disagreement>,
}

impl Decisions {
    /// None yet.
    #[must_use]
    pub fn new(release: &str, enforce_new_defaults: bool, rules: usize) -> Self {
        let release = release.to_owned();
        let disagreements = Vec::new();
        Self {
            release,
            enforce_new_defaults,
            rules,
            decisions: 0,
            allow: 0,
            deny: 0,
            raise: 0,
            disagreements,
        }
    }

    /// Counts what upstream says.
    pub fn count(&mut self, upstream: &str) {
        self.decisions += 1;
        *match upstream {
            "allow" => &mut self.allow,
            "deny" => &mut self.deny,
            _ => &mut self.raise,
        } += 1;
    }
}

/// All of one service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceReport {
    /// The service.
    pub service: String,
    /// Modules that were not installed and that something stood in for.
    pub stood_in_for: Vec<String>,
    /// The documented policy, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Both engines, release by release and mode by mode.
    pub decisions: Vec<Decisions>,
    /// The document beside each release.
    pub releases: Vec<Comparison>,
    /// The releases that are nearest to the document.
    pub nearest: Vec<String>,
}

impl ServiceReport {
    /// A report with its nearest releases found.
    #[must_use]
    pub fn new(
        service: &str,
        document: Option<String>,
        stood_in_for: Vec<String>,
        decisions: Vec<Decisions>,
        releases: Vec<Comparison>,
    ) -> Self {
        let nearest = nearest(&releases).into_iter().map(|comparison| comparison.release.clone()).collect();
        Self { service: service.to_owned(), stood_in_for, document, decisions, releases, nearest }
    }

    /// How many decisions differ.
    #[must_use]
    pub fn disagreements(&self) -> usize {
        self.decisions.iter().map(|decisions| decisions.disagreements.len()).sum()
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.decisions_text();
        if let Some(document) = &self.document {
            text.push_str(&self.comparison_text(document));
        }
        if !self.stood_in_for.is_empty() {
            let names = self.stood_in_for.join(", ");
            let _ =
                writeln!(text, "\n{} imports what no rule needs and is not installed: {names}", self.service);
        }
        text
    }

    fn decisions_text(&self) -> String {
        let head =
            ["release", "rules", "enforce_new_defaults", "decisions", "allow", "deny", "raise", "disagree"];
        let row = |one: &Decisions| {
            vec![
                one.release.clone(),
                one.rules.to_string(),
                one.enforce_new_defaults.to_string(),
                one.decisions.to_string(),
                one.allow.to_string(),
                one.deny.to_string(),
                one.raise.to_string(),
                one.disagreements.len().to_string(),
            ]
        };
        let rows = self.decisions.iter().map(row);
        let mut text =
            format!("{}: every rule, the engine against upstream\n{}\n", self.service, table(&head, rows));
        for one in &self.decisions {
            for Disagreement { rule, persona, target, upstream, engine } in &one.disagreements {
                let Decisions { release, enforce_new_defaults, .. } = one;
                let _ = writeln!(
                    text,
                    "DIVERGENCE {release} (enforce_new_defaults {enforce_new_defaults}) {rule}: {persona}, \
                     target {target}: upstream {upstream}, engine {engine}"
                );
            }
        }
        text
    }

    fn comparison_text(&self, document: &str) -> String {
        let head = [
            "release",
            "differences",
            "only documented",
            "only registered",
            "check strings",
            "scopes",
            "operations",
        ];
        let rows = self.releases.iter().map(|one| {
            let mut counts = [0_usize; 5];
            for difference in &one.differences {
                counts[column(&difference.kind)] += 1;
            }
            let total = one.differences.len().to_string();
            [one.release.clone(), total].into_iter().chain(counts.iter().map(usize::to_string)).collect()
        });
        let mut text = format!("\n{document} beside what is registered\n{}\n", table(&head, rows));
        for one in &self.releases {
            text.push_str(&differences_text(one));
        }
        let fewest = nearest(&self.releases);
        if let Some(first) = fewest.first() {
            let names = self.nearest.join(", ");
            let order = match fewest.iter().all(|one| one.same_order) {
                true => "in the same order",
                false => "in another order",
            };
            let count = first.differences.len();
            let plural = if count == 1 { "difference" } else { "differences" };
            let _ =
                writeln!(text, "nearest to {document}: {} {names}, {count} {plural}, {order}", self.service);
        }
        text
    }
}

const fn column(kind: &Kind) -> usize {
    match kind {
        Kind::OnlyInDocument => 0,
        Kind::OnlyInRelease => 1,
        Kind::CheckStr { .. } => 2,
        Kind::ScopeTypes { .. } => 3,
        Kind::Operations { .. } => 4,
    }
}

/// The differences of a release; rules that differ in the same thing share a line.
fn differences_text(comparison: &Comparison) -> String {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for difference in &comparison.differences {
        let what = match &difference.kind {
            Kind::OnlyInDocument => "only documented".to_owned(),
            Kind::OnlyInRelease => "only registered".to_owned(),
            Kind::CheckStr { document, release } => {
                format!("documented \"{document}\", registered \"{release}\"")
            }
            Kind::ScopeTypes { document, release } => {
                format!("scopes documented [{}], registered [{}]", document.join(", "), release.join(", "))
            }
            Kind::Operations { document, release } => {
                format!("operations documented {}, registered {}", operations(document), operations(release))
            }
        };
        match lines.iter_mut().find(|(line, _)| *line == what) {
            Some((_, names)) => names.push(&difference.name),
            None => lines.push((what, vec![&difference.name])),
        }
    }
    let mut text = String::new();
    for (what, names) in lines {
        let _ = writeln!(text, "  {}: {what}: {}", comparison.release, names.join(", "));
    }
    text
}

fn operations(operations: &[Operation]) -> String {
    let operation = |one: &Operation| match &one.method {
        Method::One(method) => format!("{method} {}", one.path),
        Method::Several(methods) => format!("{} {}", methods.join("|"), one.path),
    };
    match operations {
        [] => "none".to_owned(),
        several => several.iter().map(operation).collect::<Vec<_>>().join(", "),
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(head).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
