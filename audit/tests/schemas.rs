//! What is printed and what is read, against the committed schemas.

use std::path::{Path, PathBuf};

use assay::policy::{Loaded, PolicyFile, Request, TargetPreset, persona, services};
use jsonschema::Validator;
use rstest::rstest;
use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn schema(name: &str) -> Validator {
    let path = repository().join(format!("audit/schemas/{name}.schema.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[track_caller]
fn assert_valid(schema: &Validator, value: &Value, what: &dyn std::fmt::Display) {
    let errors: Vec<String> =
        schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// Files of a directory, at any depth.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A policy that comes to everything, asked by some personas.
fn answers() -> Vec<(Loaded, String, Request)> {
    let text = "\
default_of: 'rule:nobody_knows or not (role:reader and tenant:%(a)d)'
crash: 'user_id.x:%(a)s or role:%(role)s'
cycle: 'rule:cycle'
cond: '(True:%(visible)s or project_id:%(project_id)s) and rule:default_of'
bad: 'role:a role:b'
old: [[role:admin, '@'], [role:member]]
";
    let file = PolicyFile::of_bytes("policy.yaml".as_ref(), text.as_bytes()).unwrap();
    let defaults = services::find("glance:29").unwrap().defaults().unwrap();
    let with_default = Loaded::of(vec![file.clone()], defaults, false).unwrap();
    let without = Loaded::of(vec![file], Default::default(), true).unwrap();
    let rules = ["default_of", "crash", "cycle", "cond", "bad", "old", "undefined", "get_image", "get_tasks"];
    let mut asked = Vec::new();
    for policy in [with_default, without] {
        for name in ["reader", "system-admin", "no-role"] {
            let creds = persona::find(name).unwrap().creds;
            for rule in rules {
                let target = TargetPreset::Other.target(&creds);
                asked.push((policy.clone(), rule.to_owned(), Request { creds: creds.clone(), target }));
            }
        }
    }
    asked
}

#[test]
fn what_check_and_explain_print_is_as_their_schemas_say() {
    let (check, explain) = (schema("check"), schema("explain"));
    let mut outcomes = Vec::new();
    for (policy, rule, request) in answers() {
        let answer = policy.ask(&rule, &request).json();
        assert_valid(&check, &answer, &rule);
        assert_valid(&check, &Value::Array(vec![answer.clone()]), &rule);
        assert_valid(&explain, &policy.explain(&rule, &request, 3).json(), &rule);
        outcomes.push(answer["outcome"].as_str().unwrap().to_owned());
    }
    for outcome in ["allow", "deny", "raise"] {
        assert!(outcomes.iter().any(|known| known == outcome), "{outcome}");
    }
}

#[test]
fn every_defaults_file_of_the_project_is_as_the_schema_says() {
    let schema = schema("defaults");
    let mut read = 0;
    let own = [
        repository().join("policies/glance.yaml"),
        repository().join("audit/tests/upstream/sample/defaults.yaml"),
    ];
    for path in files(&repository().join("policies/services")).into_iter().chain(own) {
        assert_valid(&schema, &yaml(&std::fs::read_to_string(&path).unwrap()), &path.display());
        read += 1;
    }
    assert!(read > 20, "{read}");
}

#[test]
fn every_document_of_the_corpus_is_as_the_schema_says() {
    let schema = schema("case");
    let mut documents = 0;
    // Those of Glance and of Cinder are made like those of Infomaniak, and are many.
    let kinds = ["enforcer", "fuzzed", "ims", "infomaniak", "language", "registered"];
    for path in kinds.iter().flat_map(|kind| files(&repository().join("corpus").join(kind))) {
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for document in serde_yaml::Deserializer::from_str(&text) {
            let value = <Value as serde::Deserialize>::deserialize(document).unwrap();
            assert_valid(&schema, &value, &path.display());
            documents += 1;
        }
    }
    assert!(documents > 1000, "{documents}");
}

#[test]
fn personas_are_as_the_schema_says() {
    let personas: serde_json::Map<String, Value> = assay::policy::Personas::built_in()
        .iter()
        .map(|persona| (persona.name, assay::policy::value::json(&persona.creds)))
        .collect();
    assert_valid(&schema("personas"), &Value::Object(personas), &"built-in personas");
}

#[rstest]
#[case::check("check", "{rule: a, outcome: allow, class: TypeError}")]
#[case::outcome("check", "{rule: a, outcome: maybe, class: null}")]
#[case::no_class("check", "{rule: a, outcome: raise, class: null}")]
#[case::more("check", "{rule: a, outcome: allow, class: null, sure: true}")]
#[case::explain("explain", "{rule: a, outcome: allow, class: null}")]
#[case::no_name("defaults", "{defaults: [{check_str: x}]}")]
#[case::member("defaults", "{defaults: [{name: a, check_str: x, scope: [project]}]}")]
#[case::removal("defaults", "{defaults: [{name: a, check_str: x, deprecated_for_removal: true}]}")]
#[case::operation("defaults", "{defaults: [{name: a, check_str: x, operations: [{path: /}]}]}")]
#[case::creds("personas", "{somebody: [reader]}")]
#[case::no_source("case", "{rules: {}, cases: []}")]
#[case::no_rules("case", "{source: {document: d}, cases: []}")]
#[case::both("case", "{source: {document: d}, rules: {}, cases: [{rule: a, check: b}]}")]
#[case::expect("case", "{source: {document: d}, rules: {}, cases: [{rule: a, expect: maybe}]}")]
#[case::key("case", "{source: {document: d}, rules: {}, cases: [], note: x}")]
#[case::iam("case", "{kind: iam, source: {document: d}, cases: [{rule: a}]}")]
fn what_is_not_so_is_refused(#[case] name: &str, #[case] text: &str) {
    assert!(!schema(name).is_valid(&yaml(text)));
}
