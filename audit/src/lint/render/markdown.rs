//! The catalogue as a document.

use std::fmt::Write as _;

use super::super::catalogue::{FAMILIES, Lint};
use super::text::{option, sentence};

/// `docs/lints.md`: a table of all lints, then each with its explanation and example.
#[must_use]
pub fn catalogue() -> String {
    let mut out = String::from(
        "# Lints\n\nWritten by `cargo assay lint --catalogue > docs/lints.md`; a test holds this file against the code. \
         Each lint says so too:\n`assay lint --explain ID`. *Pedantic* lints speak under `--pedantic`, or when selected. \
         `--fix` changes nothing that is allowed\nto more than before; `--unsafe-fixes` also mends what denies by mistake.\n",
    );
    for family in &FAMILIES {
        let _ = write!(
            out,
            "\n## {}\n\n| lint | severity | what it finds | fix |\n|---|---|---|---|\n",
            family.about
        );
        for lint in family.lints {
            let severity = if lint.pedantic { "pedantic" } else { lint.severity.name() };
            let fix = lint.fix.map(|safety| format!("`{}`", option(safety))).unwrap_or_default();
            let summary = lint.summary.replace('|', "\\|");
            let _ = writeln!(out, "| [`{0}`](#{0}) | {severity} | {summary} | {fix} |", lint.id);
        }
    }
    for family in &FAMILIES {
        for lint in family.lints {
            entry(&mut out, lint);
        }
    }
    out
}

fn entry(out: &mut String, lint: &Lint) {
    let _ = write!(out, "\n### {}\n\n{}. {}\n", lint.id, sentence(lint.summary), lint.explanation);
    let on = lint.service.map(|service| format!(" (on `--service {service}`)")).unwrap_or_default();
    let _ =
        write!(out, "\nInstead of{on}\n\n```yaml\n{}```\n\nwrite\n\n```yaml\n{}```\n", lint.bad, lint.good);
}
