//! The catalogue: every lint is what it says it is.

use assay::lint::{Lint, Selection, all, lint, render};
use assay::policy::{Defaults, services};

use super::found;

#[test]
fn every_example_has_its_finding_and_no_more_once_it_is_mended() {
    for of in all() {
        for (text, has) in [(of.bad, true), (of.good, false)] {
            let found = in_example(of, text);
            assert_eq!(
                found.iter().any(|finding| finding.starts_with(&format!("{} ", of.id))),
                has,
                "{}: {found:?}",
                of.id
            );
        }
    }
}

fn in_example(of: &'static Lint, text: &str) -> Vec<String> {
    let defaults = match of.service {
        Some(service) => {
            services::find(service).and_then(|release| release.defaults()).expect("it is built in")
        }
        None => Defaults::default(),
    };
    let name = if of.id == "not-json" { "policy.json" } else { "policy.yaml" };
    let selection = Selection { select: vec![of], ..Selection::default() };
    found(&lint(&[(name.into(), text.as_bytes().to_vec())], &defaults, &selection))
}

#[test]
fn ids_are_unique_and_kebab_case() {
    let mut ids: Vec<&str> = all().map(|lint| lint.id).collect();
    let fits = |id: &&str| id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    assert!(ids.iter().all(fits), "{ids:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn every_lint_is_explained_in_sentences() {
    for lint in all() {
        assert!(!lint.summary.is_empty() && !lint.summary.ends_with('.'), "{}", lint.id);
        assert!(lint.explanation.ends_with('.') && lint.explanation.len() > 60, "{}", lint.id);
    }
}

#[test]
fn the_document_is_that_of_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/lints.md");
    let written = std::fs::read_to_string(path).expect("docs/lints.md");
    assert_eq!(written, render::catalogue(), "cargo assay lint --catalogue > docs/lints.md");
}

#[test]
fn an_explanation_reads_well() {
    let lint = assay::lint::find("redundant-override").expect("it is there");
    insta::assert_snapshot!(render::explanation(lint));
}
