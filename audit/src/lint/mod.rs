//! Linting of policy files: what they do not mean although they seem to, at its place.
//!
//! ```text
//! files ──► context, graph ──► the families of lints, rule by rule ──► ignores ──► report ──► render
//!               ▲                                                                     └──► fixed
//! defaults ─────┘
//! ```

mod catalogue;
mod collect;
mod context;
mod credentials;
mod directives;
mod file;
mod finding;
mod fix;
mod lists;
mod meaning;
mod nearest;
mod references;
mod releases;
pub mod render;
mod report;
mod rule;
mod syntax;
mod targets;
mod values;

use std::path::PathBuf;

use crate::policy::{Defaults, InputError, PolicyFile};

pub use catalogue::{FAMILIES, Family, Lint, Safety, Severity, all, find};
pub use finding::{Edit, Finding, Fix, Related};
pub use fix::fixed;
pub use report::Report;

use collect::Found;
use context::Context;
use references::Graph;
use report::Source;
use rule::Rule;

/// Which lints speak.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, if there are any; pedantic ones too.
    pub select: Vec<&'static Lint>,
    /// Not these.
    pub ignore: Vec<&'static Lint>,
    /// Pedantic ones too.
    pub pedantic: bool,
}

impl Selection {
    /// Whether a lint speaks.
    #[must_use]
    pub fn wants(&self, lint: &Lint) -> bool {
        let selected = match self.select.is_empty() {
            true => !lint.pedantic || self.pedantic,
            false => self.select.iter().any(|selected| selected.id == lint.id),
        };
        selected && !self.ignore.iter().any(|ignored| ignored.id == lint.id)
    }
}

/// Lints policy files that a service loads one after the other, given by path and bytes, on the defaults that it
/// registers (none where these are not known).
///
/// ```
/// use assay::lint::{Selection, lint};
/// use assay::policy::Defaults;
/// let files = [("policy.yaml".into(), b"delete_image: !\n".to_vec())];
/// let report = lint(&files, &Defaults::default(), &Selection::default());
/// let found = &report.findings[0];
/// assert_eq!((found.lint.id, found.start.to_string().as_str()), ("bare-exclamation", "1:15"));
/// ```
#[must_use]
pub fn lint(files: &[(PathBuf, Vec<u8>)], defaults: &Defaults, selection: &Selection) -> Report {
    let wanted = |lint: &Lint| selection.wants(lint);
    let mut report = Report::default();
    let mut read = Vec::new();
    for (path, bytes) in files {
        match PolicyFile::of_bytes(path, bytes) {
            Ok(file) => read.push(file),
            Err(InputError::Policy(error)) => {
                let mut found = Found::new(&wanted);
                file::broken(&error, bytes, &mut found);
                report.findings.extend(found.collected.into_iter().map(|collected| collected.finding));
                let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
                report.sources.push(Source::new(path.clone(), text));
            }
            // Nothing else is an answer to bytes.
            Err(_) => {}
        }
    }
    report.append(look(read, defaults, false, &wanted));
    report
}

/// Lints what a service registers: the defaults in a file, at their places, or as if they were a policy file.
#[must_use]
pub fn lint_defaults(defaults: &Defaults, file: PolicyFile, selection: &Selection) -> Report {
    look(vec![file], defaults, true, &|lint| selection.wants(lint))
}

fn look(
    files: Vec<PolicyFile>,
    defaults: &Defaults,
    of_defaults: bool,
    wanted: &dyn Fn(&Lint) -> bool,
) -> Report {
    let context = Context::of(&files, defaults, of_defaults);
    let graph = Graph::of(&context);
    let mut report = Report::default();
    let (side, skipped) = meaning::side(&context);
    report.skipped = skipped;
    let mut meaning = meaning::Meaning::of(side.as_ref());
    for file in &files {
        let mut found = Found::new(wanted);
        let mut said = credentials::Said::default();
        let mut rules = Vec::new();
        file::look(file, &mut found);
        for entry in &file.entries {
            values::look(&context, file, entry, &mut found);
            let Some(rule) = Rule::of(file, entry) else {
                continue;
            };
            rules.push(rule);
            let leaves = rule.leaves();
            syntax::look(&context, &rule, &mut found);
            lists::look(&context, &rule, &mut found);
            references::look(&context, &graph, &rule, &leaves, &mut found);
            credentials::look(&context, &rule, &leaves, &mut said, &mut found);
            targets::look(&rule, &leaves, &mut found);
            meaning.look(&context, &graph, &rule, &leaves, &mut found);
        }
        references::unused(&context, &rules, &mut found);
        releases::look(&context, &rules, &mut found);
        let collected = std::mem::take(&mut found.collected);
        let kept = directives::apply(file, collected, &mut found);
        let mut findings: Vec<Finding> =
            kept.into_iter().chain(found.collected).map(|collected| collected.finding).collect();
        findings.sort_by_key(|finding| (finding.start, finding.lint.id));
        findings.dedup();
        report.findings.extend(findings);
    }
    report.sources = files.into_iter().map(|file| Source::new(file.path, file.text)).collect();
    report
}
