//! What upstream's own tools take and print, recorded by `tests/upstream/record`.

use std::path::{Path, PathBuf};

use assay::policy::{Defaults, Loaded, PolicyFile, Request, access, value};
use assay_engine::oslo::enforcer::{Definition, RuleDefault};
use rstest::rstest;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upstream").join(name)
}

/// A description as the generator wraps it, and unwrapped.
fn words(text: Option<&String>) -> Option<String> {
    text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn of(default: &RuleDefault) -> Definition {
    let definition = default.definition().clone();
    Definition { description: words(definition.description.as_ref()), ..definition }
}

#[test]
fn a_sample_says_all_that_the_defaults_say_of_which_it_was_generated() {
    let registered = Defaults::read(&path("sample/defaults.yaml")).unwrap();
    let sample = Defaults::read(&path("sample/sample.yaml")).unwrap();
    assert_eq!(sample.rules().len(), 8);
    for (registered, sample) in registered.rules().iter().zip(sample.rules()) {
        assert_eq!(of(sample), of(registered));
    }
    assert_eq!(sample.place("parcel:show").unwrap().to_string(), "10:2");
    assert_eq!(sample.place("parcel:burn").unwrap().to_string(), "60:2");
}

#[test]
fn a_sample_without_deprecations_says_all_else() {
    let registered = Defaults::read(&path("sample/defaults.yaml")).unwrap();
    let sample = Defaults::read(&path("sample/without-deprecated.yaml")).unwrap();
    for (registered, sample) in registered.rules().iter().zip(sample.rules()) {
        let Definition { name, check_str, description, scope_types, operations, .. } = of(registered);
        let plain = Definition { description, scope_types, operations, ..Definition::new(name, check_str) };
        assert_eq!(of(sample), plain);
    }
}

#[test]
fn a_sample_without_help_says_what_rules_were() {
    let registered = Defaults::read(&path("sample/defaults.yaml")).unwrap();
    let sample = Defaults::read(&path("sample/without-help.yaml")).unwrap();
    for (registered, sample) in registered.rules().iter().zip(sample.rules()) {
        assert_eq!(of(sample).check_str, of(registered).check_str);
        assert_eq!(of(sample).deprecated_rule, of(registered).deprecated_rule);
    }
}

#[rstest]
#[case::rule("#\"a\": \"role:x\"\nb: [x]\n", "sample.yaml:2:1: neither a comment nor")]
#[case::twice("#\"a\": \"role:x\"\n\n#\"a\": \"role:y\"\n", "sample.yaml:3:2: \"a\" is registered twice")]
fn what_is_wrong_with_a_sample_is_said_with_its_place(#[case] text: &str, #[case] message: &str) {
    let error = Defaults::parse(Path::new("sample.yaml"), text).unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}

/// The checker and this command differ in one thing: the checker hands `system: {all: true}` of the token to the rule,
/// where a service would have `system: all`. No rule here looks at that.
#[test]
fn access_files_are_decided_as_the_checker_decides_them() {
    let recorded = std::fs::read_to_string(path("checker/recorded.json")).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
    let file = PolicyFile::read(&path("checker/policy.yaml")).unwrap();
    let policy = Loaded::of(vec![file], Defaults::default(), true).unwrap();
    let mut compared = 0;
    for run in recorded["runs"].as_array().unwrap() {
        let access = path("checker").join(run["access"].as_str().unwrap());
        let creds = access::read(&access, run["is_admin"].as_bool().unwrap()).unwrap();
        let target = match run["target"].as_str() {
            Some(target) => access::flatten(value::read(&path("checker").join(target)).unwrap()),
            None => access::own_target(&creds),
        };
        let request = Request { creds, target };
        for (rule, outcome) in run["outcomes"].as_object().unwrap() {
            assert_eq!(policy.ask(rule, &request).outcome.name(), outcome, "{rule}, {run}");
            compared += 1;
        }
    }
    assert_eq!(compared, 144);
}

#[rstest]
#[case::yaml("token: {}", "access.json:1:2: ")]
#[case::no_token("{}", "access.json: an access file is {\"token\": {…}}")]
#[case::roles(
    "{\"token\": {\"roles\": [{}], \"user\": {\"id\": \"u\"}}}",
    "access.json: a role of `token.roles` has no name"
)]
#[case::user("{\"token\": {\"roles\": []}}", "access.json: `token.user` has no id")]
fn what_is_wrong_with_an_access_file_is_said(#[case] text: &str, #[case] message: &str) {
    let error = access::creds(Path::new("access.json"), text, false).unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}
