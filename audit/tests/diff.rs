//! `assay diff`, `implies` and `equivalent` as they are typed.

use std::path::Path;
use std::process::{Command, Output};

use assay_case::{EngineSubject, Subject as _, case_files, read_file};
use rstest::rstest;
use serde_json::Value;

fn assay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_assay")).args(arguments).output().expect("assay runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// An override of Glance's defaults with a trap in each rule.
const OVERRIDE: &str = r#"
"get_image": "role:reader"
"modify_image": "rule:context_is_admin"
"delete_image": "rule:context_is_admin or (role:member and project_id:%(owner)s)"
"add_image": "(role:member and project_id:%(owner)s and project_id:%(project_id)s) or rule:context_is_admin"
"publicize_image": "rule:no_such_rule"
"get_images": "x.y:1 or rule:context_is_admin or (role:reader and project_id:%(project_id)s)"
"copy_from": ""
"#;

fn policy(directory: &Path) -> String {
    let path = directory.join("policy.yaml");
    std::fs::write(&path, OVERRIDE).unwrap();
    format!("glance:29+{}", path.display())
}

/// Expected by hand, from the defaults of Glance 29.0.0: `default` is `""` there, so an undefined reference allows.
#[rstest]
#[case("get_image", "both")]
#[case("modify_image", "narrower")]
#[case("delete_image", "both")]
#[case("add_image", "same")]
#[case("publicize_image", "wider")]
#[case("get_images", "both")]
#[case("copy_from", "added")]
#[case("default", "same")]
fn each_rule_changes_as_it_says(#[case] rule: &str, #[case] change: &str) {
    let directory = tempfile::tempdir().unwrap();
    let output = assay(&["diff", "glance:29", &policy(directory.path()), "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let diff: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = diff["rules"].as_array().unwrap().iter().find(|found| found["name"] == rule).unwrap();
    assert_eq!(found["change"], change, "{found}");
    assert_eq!(found.get("wider").is_some(), ["wider", "both"].contains(&change));
    assert_eq!(found.get("narrower").is_some(), ["narrower", "both"].contains(&change));
}

#[test]
fn a_change_is_read_by_people() {
    let directory = tempfile::tempdir().unwrap();
    let output = assay(&["diff", "glance:29", &policy(directory.path())]);
    let text = text(&output).replace(&directory.path().display().to_string(), "DIR");
    insta::assert_snapshot!("diff", text);
}

/// Source: the registered defaults of the two releases, compared name by name (four names are new; service_api and
/// stores_info_detail differ, and two rules refer to the first).
#[test]
fn releases_are_compared() {
    let output = assay(&["diff", "--release", "glance:29", "glance:33", "--format", "json"]);
    let diff: Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |change: &str| -> Vec<String> {
        let rules = diff["rules"].as_array().unwrap().iter().filter(|rule| rule["change"] == change);
        rules.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named("added"), ["download_from_store", "list_cached_nodes", "cache_clean", "cache_prune"]);
    assert_eq!(
        named("wider"),
        ["service_api", "add_image_location", "fetch_image_location", "stores_info_detail"]
    );
    assert_eq!(diff["counts"]["same"], 59);
}

#[rstest]
#[case(&[], 1)]
#[case(&["--fail-on", "wider"], 1)]
#[case(&["--fail-on", "narrower"], 0)]
#[case(&["--fail-on", "removed,undecided"], 0)]
#[case(&["--fail-on", "added"], 1)]
#[case(&["--fail-on", "never"], 0)]
fn the_exit_code_says_what_was_asked_for(#[case] options: &[&str], #[case] code: i32) {
    let arguments = [&["diff", "glance:29", "glance:33"], options].concat();
    assert_eq!(assay(&arguments).status.code(), Some(code));
}

#[test]
fn nothing_changes_from_a_release_to_itself() {
    let output = assay(&["diff", "cinder:29", "cinder:29"]);
    assert_eq!(output.status.code(), Some(0));
}

/// The engine, asked anew by way of the case files, is of the same mind.
#[test]
fn witnesses_are_case_files() {
    let directory = tempfile::tempdir().unwrap();
    let witnesses = directory.path().join("witnesses");
    let policy = policy(directory.path());
    assay(&["diff", "glance:29", &policy, "--witnesses", witnesses.to_str().unwrap()]);
    let mut cases = 0;
    for file in case_files(&witnesses).unwrap() {
        for document in read_file(&file).unwrap() {
            let world = EngineSubject.load(&document.world);
            for case in &document.cases {
                assert_eq!(world.decide(&case.request).outcome(), case.expect.as_ref());
                cases += 1;
            }
        }
    }
    assert!(cases >= 16, "{cases}");
}

#[rstest]
#[case(&["implies", "role:admin", "role:ADMIN or x:y"], 0)]
#[case(&["implies", "role:admin or x:y", "role:admin"], 1)]
#[case(&["equivalent", "context_is_admin", "role:admin", "--service", "glance:29"], 0)]
#[case(&["equivalent", "get_images", "get_image_location", "--service", "glance:29"], 0)]
#[case(&["equivalent", "get_images", "get_image", "--service", "glance:29"], 1)]
#[case(&["equivalent", "get_image", "glance:29", "glance:33"], 0)]
#[case(&["equivalent", "service_api", "glance:29", "glance:33"], 1)]
#[case(&["equivalent", "glance:27", "glance:28"], 0)]
#[case(&["equivalent", "no_such_rule", "glance:27", "glance:28"], 2)]
#[case(&["implies", "role:a b", "role:a"], 2)]
#[case(&["diff", "glance:29", "glance:1"], 2)]
#[case(&["diff", "no/such/file.yaml", "glance:29"], 2)]
fn exit_codes_say_yes_no_and_bad_input(#[case] arguments: &[&str], #[case] code: i32) {
    let output = assay(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
}
