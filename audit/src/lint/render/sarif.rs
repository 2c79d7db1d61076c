//! SARIF 2.1.0.

use assay_engine::oslo::load::yaml::Position;
use serde_json::Value;

use super::super::catalogue::{Severity, all};
use super::super::finding::Finding;
use super::super::report::Report;
use super::text::sentence;
use crate::sarif::{Finding as Result, Level, Region, Rule, log};

/// All findings, with the descriptions of the lints that found them, and fixes.
#[must_use]
pub fn sarif(report: &Report) -> Value {
    let rules: Vec<Rule<'_>> = all()
        .map(|lint| Rule {
            id: lint.id,
            level: level(lint.severity),
            summary: lint.summary,
            explanation: lint.explanation,
        })
        .collect();
    log(&report.findings.iter().map(result).collect::<Vec<_>>(), &rules)
}

fn result(finding: &Finding) -> Result {
    let message = match &finding.help {
        Some(help) => format!("{}. {}", finding.message, sentence(help)),
        None => finding.message.clone(),
    };
    let related = finding.related.iter().map(|related| {
        let at = Region::at(related.at.line, related.at.column);
        (related.file.display().to_string(), at, related.message.clone())
    });
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    Result {
        id: finding.lint.id.to_owned(),
        level: level(finding.severity),
        file: finding.file.display().to_string(),
        region: region(finding.start, finding.end),
        message,
        related: related.collect(),
        fix: edits.map(|edit| (region(edit.start, edit.end), edit.text.clone())).collect(),
    }
}

const fn region(start: Position, end: Position) -> Region {
    Region { start: (start.line, start.column), end: Some((end.line, end.column)) }
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Note => Level::Note,
    }
}
