//! Findings as SARIF 2.1.0, which code hosts and editors show at their places.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// A finding at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken, by name.
    pub id: String,
    /// How much it matters.
    pub level: Level,
    /// The file.
    pub file: String,
    /// Where in it.
    pub region: Region,
    /// What is wrong.
    pub message: String,
    /// Other places that belong to it: file, place, what is there.
    pub related: Vec<(String, Region, String)>,
    /// A change that mends it: the pieces of the file to replace, and what comes in their place.
    pub fix: Vec<(Region, String)>,
}

/// SARIF's levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `error`
    Error,
    /// `warning`
    Warning,
    /// `note`
    Note,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A piece of a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The line and the column.
    pub start: (usize, usize),
    /// Where it ends, exclusive, if that is known.
    pub end: Option<(usize, usize)>,
}

impl Region {
    /// The place at which something starts.
    #[must_use]
    pub const fn at(line: usize, column: usize) -> Self {
        Self { start: (line, column), end: None }
    }

    fn value(self) -> Value {
        let mut region = Map::new();
        region.insert("startLine".into(), self.start.0.into());
        region.insert("startColumn".into(), self.start.1.into());
        if let Some((line, column)) = self.end {
            region.insert("endLine".into(), line.into());
            region.insert("endColumn".into(), column.into());
        }
        region.into()
    }
}

/// What a rule is, for those who look at a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'r> {
    /// Its name.
    pub id: &'r str,
    /// The level of most of its findings.
    pub level: Level,
    /// In a line.
    pub summary: &'r str,
    /// In full.
    pub explanation: &'r str,
}

/// A run's findings. Of `rules` those that are broken are described; a rule that is not among them is named only.
///
/// ```
/// let log = assay::sarif::log(&[], &[]);
/// assert_eq!(log["version"], "2.1.0");
/// ```
#[must_use]
pub fn log(findings: &[Finding], rules: &[Rule<'_>]) -> Value {
    let mut broken: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
    broken.sort_unstable();
    broken.dedup();
    let described = |id: &&str| match rules.iter().find(|rule| rule.id == *id) {
        Some(rule) => json!({
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.explanation},
            "defaultConfiguration": {"level": rule.level.name()},
        }),
        None => json!({"id": id}),
    };
    let descriptions: Vec<Value> = broken.iter().map(described).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "assay",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptions,
            }},
            // Columns are characters, not UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|finding| result(finding, &broken)).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding, broken: &[&str]) -> Value {
    let mut result = json!({
        "ruleId": finding.id,
        "ruleIndex": broken.binary_search(&finding.id.as_str()).unwrap_or_default(),
        "level": finding.level.name(),
        "message": {"text": finding.message},
        "locations": [location(&finding.file, finding.region)],
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(id, (file, region, message))| {
            let mut location = location(file, *region);
            location["id"] = id.into();
            location["message"] = json!({"text": message});
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if !finding.fix.is_empty() {
        let replacements: Vec<Value> = finding
            .fix
            .iter()
            .map(|(region, text)| json!({"deletedRegion": region.value(), "insertedContent": {"text": text}}))
            .collect();
        result["fixes"] = json!([{"artifactChanges": [{
            "artifactLocation": {"uri": uri(&finding.file)},
            "replacements": replacements,
        }]}]);
    }
    result
}

fn location(file: &str, region: Region) -> Value {
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": region.value()}})
}

/// What a path keeps in a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let path = path.replace(std::path::MAIN_SEPARATOR, "/");
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(&path, PATH))
}
