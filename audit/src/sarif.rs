//! Findings as SARIF 2.1.0, which code hosts and editors show at their places.

use serde_json::{Value, json};

/// A finding at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken, by name.
    pub id: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character within the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// A run's findings.
///
/// ```
/// let log = assay::sarif::log(&[]);
/// assert_eq!(log["version"], "2.1.0");
/// ```
#[must_use]
pub fn log(findings: &[Finding]) -> Value {
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<Value> = rules.iter().map(|id| json!({"id": id})).collect();
    let result = |finding: &Finding| {
        json!({
            "ruleId": finding.id,
            "level": "error",
            "message": {"text": finding.message},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": finding.file},
                "region": {"startLine": finding.line, "startColumn": finding.column},
            }}],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "assay",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns are characters, not UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
