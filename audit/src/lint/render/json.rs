//! One JSON value.

use serde_json::{Value, json as value};

use super::super::catalogue::Safety;
use super::super::finding::{Edit, Finding, Fix};
use super::super::report::Report;

/// All findings: `{"version": 1, "findings": [{"id", "severity", "file", "line", "column", …}]}`. Lines and columns
/// count from 1, columns in characters; `end_line` and `end_column` are exclusive.
#[must_use]
pub fn json(report: &Report) -> Value {
    let mut all = value!({"version": 1, "findings": report.findings.iter().map(finding).collect::<Vec<_>>()});
    if report.skipped > 0 {
        all["skipped"] = report.skipped.into();
    }
    all
}

fn finding(finding: &Finding) -> Value {
    let mut found = value!({
        "id": finding.lint.id,
        "severity": finding.severity.name(),
        "file": finding.file.display().to_string(),
        "line": finding.start.line,
        "column": finding.start.column,
        "end_line": finding.end.line,
        "end_column": finding.end.column,
        "rule": finding.rule,
        "message": finding.message,
    });
    if let Some(help) = &finding.help {
        found["help"] = help.as_str().into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|related| {
            value!({
                "file": related.file.display().to_string(),
                "line": related.at.line,
                "column": related.at.column,
                "message": related.message,
            })
        });
        found["related"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        found["fix"] = value!({
            "safety": safety(fix),
            "edits": fix.edits.iter().map(edit).collect::<Vec<_>>(),
        });
    }
    found
}

const fn safety(fix: &Fix) -> &'static str {
    match fix.safety {
        Safety::Same => "same",
        Safety::Narrows => "narrows",
        Safety::Widens => "widens",
    }
}

fn edit(edit: &Edit) -> Value {
    value!({
        "line": edit.start.line,
        "column": edit.start.column,
        "end_line": edit.end.line,
        "end_column": edit.end.column,
        "text": edit.text,
    })
}
