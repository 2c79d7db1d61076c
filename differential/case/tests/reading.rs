//! What a case file may hold, and where a bad one says that it is bad.

use std::path::Path;

use assay_case::{Ask, ReadError, case_files, read_file, read_text};
use assay_engine::oslo::python::Value;
use rstest::rstest;

const HEAD: &str = "source: {document: a.txt}\nrules: {a: '@'}\n";

#[rstest]
#[case::unknown_key("source: {document: a.txt}\nrule: {}\ncases: []\n", 2, "unknown field `rule`")]
#[case::unknown_case_key(&format!("{HEAD}cases:\n- {{rule: a, expected: allow}}\n"), 4, "unknown field `expected`")]
#[case::no_source("rules: {}\ncases: []\n", 1, "missing field `source`")]
#[case::oracle_without_python("source: {oracle: oslo.policy}\nrules: {}\ncases: []\n", 1, "needs its python")]
#[case::bad_yaml(&format!("{HEAD}cases: [\n"), 3, "while parsing")]
#[case::bad_second_document(&format!("{HEAD}cases: [{{rule: a}}]\n---\nsource: 5\n"), 5, "source")]
#[case::no_ask(&format!("{HEAD}cases: [{{creds: {{}}}}]\n"), 1, "exactly one of `rule` and `check`")]
#[case::two_asks(&format!("{HEAD}cases: [{{rule: a, check: b}}]\n"), 1, "exactly one of `rule` and `check`")]
#[case::duplicate_rule("source: {document: a}\nrules: {a: '@', a: '!'}\ncases: []\n", 2, "duplicate")]
#[case::huge_integer(&format!("{HEAD}cases: [{{rule: a, creds: {{n: 99999999999999999999}}}}]\n"), 3, "$int")]
#[case::giant_integer(&format!("{HEAD}cases: [{{rule: a, creds: {{n: {}}}}}]\n", "9".repeat(60)), 3, "$int")]
#[case::dollar_key(&format!("{HEAD}cases: [{{rule: a, creds: {{$x: 1}}}}]\n"), 3, "$dict")]
#[case::unhashable(&format!("{HEAD}cases: [{{rule: a, creds: {{$dict: [[[], 1]]}}}}]\n"), 3, "cannot be the key")]
#[case::bad_outcome(&format!("{HEAD}cases:\n- {{rule: a, expect: perhaps}}\n"), 4, "perhaps")]
#[case::bad_class(&format!("{HEAD}cases:\n- {{rule: a, expect: {{raise: 'no class'}}}}\n"), 4, "not the name")]
#[case::no_rules("source: {document: a}\ncases: []\n", 1, "exactly one of `rules`, `text` and `policy`")]
#[case::two_kinds_of_rules(&format!("{HEAD}text: ''\ncases: []\n"), 1, "exactly one of `rules`, `text` and `policy`")]
#[case::odd_text("source: {document: a}\ntext: 5\ncases: []\n", 1, "neither a text nor $bytes")]
#[case::no_policy("source: {document: a}\npolicy: no.yaml\ncases: []\n", 1, "dir/no.yaml: No such file")]
#[case::bad_poison(&format!("{HEAD}cases:\n- {{rule: a, expect: {{poisoned: whim}}}}\n"), 4, "whim")]
fn a_bad_file_is_refused_with_file_line_and_cause(
    #[case] text: &str,
    #[case] line: usize,
    #[case] cause: &str,
) {
    let error = read_text("dir/bad.yaml", text).expect_err("a bad file");
    let ReadError::Invalid { path, line: at, message } = &error else { panic!("{error}") };
    assert_eq!((path.as_path(), *at), (Path::new("dir/bad.yaml"), line), "{message}");
    assert!(message.contains(cause), "{message}");
}

#[test]
fn a_file_without_cases_is_refused() {
    for text in ["", "# nothing\n", "---\n---\n", &format!("{HEAD}cases: []\n")] {
        assert!(matches!(read_text("empty.yaml", text), Err(ReadError::NoCases { .. })), "{text:?}");
    }
}

#[test]
fn text_that_is_no_utf8_is_refused_with_its_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bad.yaml");
    std::fs::write(&path, b"about: a\nsource: \xff\n").expect("written");
    assert!(matches!(read_file(&path), Err(ReadError::Invalid { line: 2, .. })));
}

#[test]
fn a_directory_without_case_files_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("README.md"), "no case").expect("written");
    assert!(matches!(case_files(directory.path()), Err(ReadError::NoFiles { .. })));
    assert!(matches!(case_files(&directory.path().join("none")), Err(ReadError::Io { .. })));
}

#[test]
fn json_and_yaml_documents_stand_in_one_file() {
    let text = format!(
        "---\n{HEAD}cases: [{{rule: a}}]\n--- # another\n{{\"source\": {{\"document\": \"b\"}}, \"rules\": {{}}, \
         \"cases\": [{{\"check\": \"\\ud83d\\ude00:1\", \"expect\": {{\"raise\": \"SyntaxError\"}}}}]}}\n"
    );
    let documents = read_text("two.yaml", &text).expect("two documents");
    assert_eq!(documents.iter().map(|document| document.line).collect::<Vec<_>>(), [2, 6]);
    assert_eq!(documents[1].cases[0].request.ask, Ask::Check("😀:1".to_owned()));
}

#[test]
fn a_json_file_is_read_as_json() {
    let text =
        r#"{"source": {"document": "b"}, "rules": {"a": ["role:x", ["b:1"]]}, "cases": [{"rule": "a"}]}"#;
    let documents = read_text("a.json", text).expect("a document");
    let list = Value::list(["role:x".into(), Value::list(["b:1".into()])]);
    assert_eq!(documents[0].world.rules(), [("a".to_owned(), list)]);
}

#[test]
fn a_yaml_marker_inside_a_text_ends_the_document_as_yaml_has_it() {
    let text = format!("about: |\n  first\n  ---\n{HEAD}cases: [{{rule: a}}]\n");
    assert_eq!(read_text("a.yaml", &text).expect("one document").len(), 1);
}

#[test]
fn a_policy_file_stands_in_the_case_file_or_beside_it() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("policy.yaml"), "a: role:x\n").expect("written");
    let text = "source: {document: b}\npolicy: policy.yaml\ncases: [{rule: a}]\n---\n\
                source: {document: b}\ntext: |\n  a: role:x\ncases: [{rule: a}]\n---\n\
                source: {document: b}\ntext: {$bytes: YTogcm9sZTp4Cg==}\ncases: [{rule: a}]\n";
    let documents = read_text(directory.path().join("cases.yaml"), text).expect("three documents");
    for document in documents {
        assert_eq!(document.world.policy_file(), Some("a: role:x\n".as_bytes()));
        assert!(document.world.rules().is_empty());
    }
}
