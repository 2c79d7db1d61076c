//! Workflow commands, which GitHub Actions shows at the lines of a pull request.

use std::fmt::Write as _;

use super::super::catalogue::Severity;
use super::super::finding::Finding;
use super::super::report::Report;
use super::text::sentence;

/// A line for each finding: `::error file=…,line=…,col=…,title=…::…`.
#[must_use]
pub fn github(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        line(&mut out, finding);
    }
    out
}

fn line(out: &mut String, finding: &Finding) {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let file = property(&finding.file.display().to_string());
    let _ = write!(out, "::{command} file={file},line={},endLine={}", finding.start.line, finding.end.line);
    // GitHub takes columns only where the line is one.
    if finding.start.line == finding.end.line {
        let _ = write!(out, ",col={},endColumn={}", finding.start.column, finding.end.column);
    }
    let help = finding.help.as_ref().map(|help| format!(". {}", sentence(help))).unwrap_or_default();
    let message = data(&format!("{}{help}", finding.message));
    let _ = writeln!(out, ",title={}::{message}", property(&format!("assay {}", finding.lint.id)));
}

/// What the runner takes for syntax, escaped as it asks for.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
