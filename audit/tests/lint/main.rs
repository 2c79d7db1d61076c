//! `assay lint`: what it finds, where, and what it makes of it.

mod catalogue;
mod command;
mod fixes;
mod formats;
mod ignores;
mod laws;
mod meaning;
mod quiet;
mod traps;

use assay::lint::{Report, Selection, lint};
use assay::policy::{Defaults, services};

/// What is found in a policy file, pedantic lints included.
fn all(text: &str) -> Report {
    on(text, &Defaults::default(), true)
}

/// What is found in a policy file by default.
fn usual(text: &str) -> Report {
    on(text, &Defaults::default(), false)
}

/// What is found by default in a policy file of a built-in release.
fn of_service(service: &str, text: &str) -> Report {
    let defaults = services::find(service).and_then(|release| release.defaults()).expect("it is built in");
    on(text, &defaults, false)
}

fn on(text: &str, defaults: &Defaults, pedantic: bool) -> Report {
    let selection = Selection { pedantic, ..Selection::default() };
    lint(&[("policy.yaml".into(), text.as_bytes().to_vec())], defaults, &selection)
}

/// The places at which a lint has found something: `line:column`.
fn places(report: &Report, id: &str) -> Vec<String> {
    let of_id = report.findings.iter().filter(|finding| finding.lint.id == id);
    of_id.map(|finding| finding.start.to_string()).collect()
}

/// All findings as `id line:column`.
fn found(report: &Report) -> Vec<String> {
    report.findings.iter().map(|finding| format!("{} {}", finding.lint.id, finding.start)).collect()
}
