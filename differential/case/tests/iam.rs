//! The cases of `corpus/ims`: what the vendor's documents say, the engine decides; and each planted fault
//! is found by them.

#[path = "support/readings.rs"]
mod readings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use assay_case::iam::{Answer, Ask, Document, Expectation, agrees, answer, answer_as, ims, write_document};
use assay_case::{Entry, case_files, read_entries, read_entries_text};
use assay_engine::iam::{OPERATORS, Operator, SWITCHES, Use};
use readings::*;
use rstest::rstest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn corpus() -> Vec<Document> {
    let files = case_files(&root().join("corpus/ims")).expect("case files");
    let entries = files.iter().flat_map(|file| read_entries(file).expect("a case file"));
    let iam = |entry| match entry {
        Entry::Iam(document) => document,
        Entry::Oslo(document) => panic!("{}: not of kind iam", document.file.display()),
    };
    entries.map(iam).collect()
}

/// What disagrees, by the case's name.
fn disagreements(answer: impl Fn(&Document) -> Vec<Answer>) -> Vec<String> {
    let mut found = Vec::new();
    for document in corpus() {
        for (case, answer) in document.cases.iter().zip(answer(&document)) {
            let expect = case.expect.as_ref().expect("an expectation");
            if !agrees(expect, &answer) {
                let name = case.name.as_deref().unwrap_or("a case");
                found.push(format!("{}: {name}: {expect:?}, got {answer}", document.file.display()));
            }
        }
    }
    found
}

#[test]
fn the_engine_decides_every_case_as_its_document_says() {
    let found = disagreements(answer);
    assert!(found.is_empty(), "{found:#?}");
}

#[rstest]
#[case::deny_no_longer_wins(answer_as::<DenyDoesNotPrevail>, "IMS FullAccess but deleting: deleting")]
#[case::allow_asked_at_the_account_only(answer_as::<AllowIsAskedAtTheAccountOnly>, "nothing at the OU allows")]
#[case::if_exists_false_on_a_missing_key(answer_as::<IfExistsFailsOnAMissingKey>, "StringEndWithIfExists: no name")]
#[case::urn_account_ignored(answer_as::<TheAccountOfAUrnIsIgnored>, "the agency of another account")]
#[case::star_at_the_end_only(answer_as::<AStarCountsAtTheEndOnly>, "IMS ReadOnlyAccess alone, the quota")]
fn a_planted_fault_is_found_by_the_recorded_cases(
    #[case] faulty: fn(&Document) -> Vec<Answer>,
    #[case] by: &str,
) {
    let found = disagreements(faulty);
    println!("{} cases find it", found.len());
    assert!(found.iter().any(|case| case.contains(by)), "{found:#?}");
}

#[test]
fn every_document_and_case_says_where_it_is_from() {
    for document in corpus() {
        let place = format!("{}:{}", document.file.display(), document.line);
        assert!(document.source.document.is_some(), "{place}");
        assert!(document.cases.iter().all(|case| case.expect.is_some() && case.name.is_some()), "{place}");
    }
}

#[test]
fn what_is_written_reads_back_as_the_same_document() {
    for document in corpus() {
        let text = write_document(&document);
        let mut read = read_entries_text(&document.file, &text).expect("a document");
        let Some(Entry::Iam(mut read)) = read.pop() else { panic!("{text}") };
        // The comment at the top moves the lines of the text; the document begins where it began.
        read.line = document.line;
        assert_eq!(read, document, "{text}");
    }
}

/// Source: document 003, Table 3.
#[test]
fn the_corpus_has_the_12_verdicts_of_table_3() {
    let mut verdicts: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    for document in corpus().iter().filter(|document| document.file.ends_with("operations.yaml")) {
        for (case, answer) in document.cases.iter().zip(answer(document)) {
            let (operation, permission) = case
                .name
                .as_deref()
                .and_then(|name| name.split_once(", "))
                .expect("an operation and a permission");
            let allowed =
                matches!(&answer, Answer::Decision(d) if d.verdict == assay_engine::iam::Verdict::Allow);
            verdicts.entry(operation.to_owned()).or_default().insert(permission.to_owned(), allowed);
        }
    }
    let permissions = ["IMS FullAccess", "IMS ReadOnlyAccess", "IMS Administrator"];
    let row = |operation: &str| {
        permissions
            .map(|permission| if verdicts[operation][permission] { 'Y' } else { 'x' })
            .iter()
            .collect::<String>()
    };
    assert_eq!(row("Creating images"), "YxY");
    assert_eq!(row("Deleting images"), "YxY");
    assert_eq!(row("Querying images"), "YYY");
    assert_eq!(row("Updating image information"), "YxY");
}

#[test]
fn the_corpus_asks_every_action_and_every_call_of_the_tables() {
    let (mut actions, mut calls) = (BTreeSet::new(), BTreeSet::new());
    for case in corpus().into_iter().flat_map(|document| document.cases) {
        match case.ask {
            Ask::Action(action) => actions.insert(action),
            Ask::Api { call, .. } => calls.insert(call),
            Ask::Document { .. } => continue,
        };
    }
    let actions_missing: Vec<_> =
        ims().actions().iter().filter(|facts| !actions.contains(&facts.name)).collect();
    let rows = ims().apis().iter().chain(ims().apis_v1());
    let calls_missing: Vec<_> = rows.filter(|row| !calls.contains(&row.api)).collect();
    assert!(actions_missing.is_empty() && calls_missing.is_empty(), "{actions_missing:?} {calls_missing:?}");
}

#[test]
fn the_corpus_uses_every_documented_operator() {
    let text = std::fs::read_to_string(root().join("corpus/ims/conditions.yaml")).expect("read");
    let missing: Vec<&str> = OPERATORS
        .iter()
        .map(|operator| operator.name)
        .filter(|name| !text.contains(&format!("\"{name}\":")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for name in ["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "StringEqualsIfExists"] {
        assert!(Operator::named(name).is_some() && text.contains(name), "{name}");
    }
}

/// Source: documents 003 and 004.
#[test]
fn the_tables_are_those_of_the_documents() {
    assert_eq!((ims().actions().len(), ims().apis().len()), (26, 33));
    let with_images = ims().actions().iter().filter(|action| action.resource_types == ["image"]).count();
    assert_eq!(with_images, 13);
    let depends = |role: &str| {
        let depends = ims().document(role, Use::Role).and_then(|role| role.document.depends.clone());
        depends.unwrap_or_default().into_iter().map(|role| role.display_name).collect::<Vec<_>>()
    };
    assert_eq!(depends("IMS Administrator"), ["Tenant Administrator"]);
    assert_eq!(depends("Server Administrator"), ["IMS Administrator"]);
    let inferred: Vec<&str> = ims()
        .documents()
        .iter()
        .filter(|document| !document.documented)
        .map(|document| document.name.as_str())
        .collect();
    assert_eq!(inferred, ["IMS FullAccess", "FullAccess"]);
}

#[test]
fn invalid_documents_are_refused_for_the_reason_that_is_expected_and_no_other() {
    let reasons: BTreeSet<String> = corpus()
        .into_iter()
        .flat_map(|document| document.cases)
        .filter_map(|case| case.expect)
        .filter_map(|expect| match expect.outcome {
            Expectation::Invalid(names) => Some(names),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(reasons.len() >= 40, "{}: {reasons:?}", reasons.len());
}

#[rstest]
#[case::profile("profile: x\n", "cases: [{action: a}]", "no profile is called \"x\"")]
#[case::switch("switches: {x: true}\n", "cases: [{action: a}]", "no switch is called \"x\"")]
#[case::two_asks("", "cases: [{action: a, api: b}]", "exactly one of `action`")]
#[case::outcome("", "cases: [{action: a, expect: maybe}]", "not an outcome")]
#[case::unknown_key("", "cases: [{action: a, nome: b}]", "unknown field `nome`")]
#[case::by("", "cases: [{action: a, expect: deny, by: nobody}]", "by: neither scp nor identity")]
fn a_bad_document_of_the_kind_is_refused(#[case] head: &str, #[case] cases: &str, #[case] message: &str) {
    let text = format!("kind: iam\nsource: {{document: a.txt}}\n{head}{cases}\n");
    let error = read_entries_text("bad.yaml", &text).expect_err("a bad file").to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn by_and_node_stand_beside_the_outcome_or_within_it() {
    let text = "kind: iam\nsource: {document: a.txt}\ncases:\n\
                - {action: a, expect: {deny: explicit, by: scp, node: ou}}\n\
                - {action: a, expect: {deny: explicit}, by: scp, node: ou}\n";
    let Some(Entry::Iam(document)) = read_entries_text("a.yaml", text).expect("read").pop() else { panic!() };
    assert_eq!(document.cases[0].expect, document.cases[1].expect);
}

#[test]
fn every_switch_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = SWITCHES.iter().map(|switch| switch.name()).collect();
    assert_eq!(names.len(), SWITCHES.len());
}

/// Readers of YAML look no further than 1024 characters for the colon behind a key.
#[test]
fn keys_too_long_for_yaml_read_back() {
    let key = "k".repeat(2000);
    let text = format!(
        "{{\"kind\": \"iam\", \"source\": {{\"document\": \"a\"}}, \"principal\": {{\"policies\": [{{\"{key}\": 1}}]}}, \
         \"cases\": [{{\"action\": \"a\", \"context\": {{\"{key}\": \"v\"}}}}]}}"
    );
    let read = |file: &str, text: &str| {
        let mut entries = read_entries_text(file, text).expect("a case file");
        match entries.pop() {
            Some(Entry::Iam(document)) => Document { file: "a.yaml".into(), ..document },
            other => panic!("no document of kind iam: {other:?}"),
        }
    };
    let document = read("a.json", &text);
    assert_eq!(read("a.yaml", &write_document(&document)), document);
}
