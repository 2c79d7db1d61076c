//! The policies and corpora are what the documents say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use assay_case::{Ask, Document, Entry, case_files, read_entries, read_file};
use assay_engine::oslo::python::Value;
use rstest::rstest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn documents(folder: &str) -> Vec<Document> {
    let files = case_files(&root().join("corpus").join(folder)).expect("case files");
    let entries = files.iter().flat_map(|file| read_entries(file).expect("a case file"));
    entries.filter_map(Entry::oslo).collect()
}

/// Runs the importer over the documents where they are: they are no part of this project.
#[cfg_attr(not(documents), ignore = "ASSAY_DOCUMENTS does not name the directory of the documents")]
#[test]
fn importing_the_documents_again_gives_the_same_policies() {
    let directory = std::env::var_os("ASSAY_DOCUMENTS").expect("the directory of the documents");
    let output = Command::new("python3")
        .arg(root().join("scripts/import"))
        .arg(&directory)
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{output:?}");
}

/// Whoever changes a table, or a case that follows from one, changes both.
#[cfg(feature = "upstream")]
#[test]
fn the_cases_that_follow_from_the_image_services_tables_are_as_the_tables_have_them() {
    let output = Command::new("python3")
        .arg(root().join("scripts/ims-cases"))
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{output:?}");
}

/// Source: documents 001 (63 rules) and 002 (137 rules).
#[test]
fn the_documented_policies_have_all_their_rules() {
    let glance = assay_generate::glance().expect("a policy");
    let cinder = assay_generate::cinder().expect("a policy");
    assert_eq!((glance.rules().len(), cinder.rules().len()), (63, 137));
    assert_eq!(glance.rules()[0], ("default".to_owned(), Value::from("")));
    assert_eq!(cinder.rules()[136], ("workers:cleanup".to_owned(), Value::from("rule:admin_api")));
}

#[rstest]
#[case::glance("glance", assay_generate::glance().expect("a policy"))]
#[case::cinder("cinder", assay_generate::cinder().expect("a policy"))]
fn every_rule_is_asked_in_its_corpus_and_stands_there_as_documented(
    #[case] folder: &str,
    #[case] policy: assay_case::World,
) {
    let mut asked = BTreeSet::new();
    for document in documents(folder) {
        for rule in document.world.rules() {
            assert!(policy.rules().contains(rule), "{}: {rule:?}", document.file.display());
        }
        for case in document.cases {
            if let Ask::Rule(name) = case.request.ask {
                asked.insert(name);
            }
        }
    }
    let missing: Vec<_> = policy.rules().iter().filter(|(name, _)| !asked.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Source: document 000 has 17 policies.
#[test]
fn the_infomaniak_corpus_asks_the_17_policies_of_its_document() {
    let of_matrix = |document: &Document| !document.file.ends_with("contradictions.yaml");
    let asked: BTreeSet<String> = documents("infomaniak")
        .into_iter()
        .filter(of_matrix)
        .flat_map(|document| document.cases)
        .filter_map(|case| match case.request.ask {
            Ask::Rule(name) => Some(name),
            Ask::Check(_) | Ask::Step(_) => None,
        })
        .collect();
    assert_eq!(asked.len(), 17, "{asked:?}");
}

#[test]
fn every_statement_that_is_called_a_contradiction_is_one() {
    let file = root().join("corpus/infomaniak/contradictions.yaml");
    let cases: Vec<_> =
        read_file(&file).expect("a case file").into_iter().flat_map(|document| document.cases).collect();
    assert_eq!(cases.len(), 19);
    for case in cases {
        let stated = case.stated.expect("what the document states").outcome();
        assert_ne!(Some(stated), case.expect, "{:?}", case.name);
        assert!(case.quote.is_some(), "{:?}", case.name);
    }
}

#[test]
fn every_recorded_document_names_its_oracle() {
    for document in documents("") {
        let source = &document.source;
        assert_eq!(source.oracle.as_deref(), Some("oslo.policy 6.0.1"), "{}", document.file.display());
        assert_eq!(source.python.as_deref(), Some("3.11"), "{}", document.file.display());
        assert!(document.cases.iter().all(|case| case.expect.is_some()), "{}", document.file.display());
    }
}
