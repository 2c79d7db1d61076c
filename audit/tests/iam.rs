//! `assay iam` as it is typed: what it prints, and how it ends.

use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;

const DEVELOPERS: &str = r#"{"Version": "5.0", "Statement": [
  {"Sid": "use", "Effect": "Allow", "Action": ["ims:images:*"]},
  {"Effect": "Deny", "Action": ["ims:images:deleteImage"], "Resource": ["ims:*:*:image:prod-*"]}
]}
"#;
const STRICTER: &str = r#"{"Version": "5.0", "Statement": [
  {"Effect": "Allow", "Action": ["ims:images:*", "ims:quotas:get"]},
  {"Effect": "Deny", "Action": ["ims:images:deleteImage"]}
]}
"#;
const REORDERED: &str = r#"{"Version": "5.0", "Statement": [
  {"Effect": "Deny", "Action": ["ims:images:deleteImage"], "Resource": ["ims:*:*:image:prod-*"]},
  {"Sid": "use", "Effect": "Allow", "Action": ["ims:images:*"]}
]}
"#;
const REDUNDANT: &str = r#"{"Version": "5.0", "Statement": [
  {"Sid": "use", "Effect": "Allow", "Action": ["ims:images:*", "ims:images:get"]},
  {"Effect": "Deny", "Action": ["ims:images:deleteImage"], "Resource": ["ims:*:*:image:prod-*"]}
]}
"#;
const SHARING: &str = r#"{"Version": "5.0", "Statement": [
  {"Effect": "Deny", "Action": ["ims:images:share"], "Condition": {"ForAnyValue:StringNotMatch": {"ims:TargetOrgPaths": ["o-1/*"]}}},
  {"Effect": "Deny", "Action": ["ims:quotas:get"]}
]}
"#;
const BROKEN: &str =
    "{\"Version\": \"5.0\",\n \"Statement\": [{\"Effect\": \"Alow\", \"Action\": [\"*\"]}]}\n";
const WORLD: &str = r#"kind: iam
source: {document: none}
organization:
- {node: root, scps: [FullAccess]}
- {node: account, scps: [FullAccess, {Version: "5.0", Statement: [{Effect: Deny, Action: ["ims:quotas:get"]}]}]}
principal: {policies: ["IMS FullAccess"]}
cases: [{action: "ims:images:list", expect: allow}]
"#;

fn assay(arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in [
        ("developers.json", DEVELOPERS),
        ("stricter.json", STRICTER),
        ("reordered.json", REORDERED),
        ("redundant.json", REDUNDANT),
        ("sharing.json", SHARING),
        ("broken.json", BROKEN),
        ("world.yaml", WORLD),
    ] {
        std::fs::write(directory.path().join(name), text).expect("written");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.arg("iam").args(arguments).current_dir(directory.path()).output().expect("the program runs")
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[rstest]
#[case(&["check", "--policy", "developers.json", "--action", "ims:images:get"], 0)]
#[case(&["check", "--policy", "developers.json", "--action", "ims:quotas:get"], 1)]
#[case(&["check", "--policy", "developers.json", "--action", "ims:images:deleteImage", "--resource", "ims:r:a:image:prod-1"], 1)]
#[case(&["check", "--policy", "developers.json", "--action", "ims:images:deleteImage", "--resource", "ims:r:a:image:test-1"], 0)]
#[case(&["check", "--policy", "IMS FullAccess", "--api", "DELETE /v2/images/{image_id}"], 0)]
#[case(&["check", "--role", "IMS Administrator", "--api", "DELETE /v2/images/{image_id}"], 1)]
#[case(&["check", "--role", "IMS Administrator", "--role", "Tenant Administrator", "--api", "DELETE /v2/images/{image_id}"], 0)]
#[case(&["check", "--world", "world.yaml", "--action", "ims:images:list"], 0)]
#[case(&["check", "--world", "world.yaml", "--action", "ims:quotas:get"], 1)]
#[case(&["check", "--root-user", "--scp", "root=FullAccess", "--action", "ims:quotas:get"], 0)]
#[case(&["check", "--root-user", "--scp", "root=FullAccess", "--scp", "account=sharing.json", "--action", "ims:images:get"], 1)]
#[case(&["check", "--management-account", "--policy", "IMS FullAccess", "--scp", "root=sharing.json", "--action", "ims:images:get"], 0)]
#[case(&["validate", "developers.json"], 0)]
#[case(&["validate", "broken.json"], 1)]
#[case(&["validate", "sharing.json", "--as", "scp"], 0)]
#[case(&["diff", "developers.json", "reordered.json"], 0)]
#[case(&["diff", "developers.json", "stricter.json"], 1)]
#[case(&["boundary", "--scp", "root=FullAccess"], 0)]
#[case(&["matrix"], 0)]
#[case(&["check", "--policy", "broken.json", "--action", "ims:images:get"], 2)]
#[case(&["check", "--policy", "missing.json", "--action", "ims:images:get"], 2)]
#[case(&["check", "--policy", "developers.json", "--action", "ims:images:get", "--resource", "image-1"], 2)]
#[case(&["check", "--policy", "developers.json", "--api", "GET /nowhere"], 2)]
#[case(&["check", "--policy", "developers.json", "--action", "ims:images:get", "--switch", "unknown=true"], 2)]
#[case(&["check", "--policy", "developers.json"], 2)]
#[case(&["validate", "missing.json"], 2)]
#[case(&["boundary"], 2)]
fn the_exit_code_is_the_answer(#[case] arguments: &[&str], #[case] code: i32) {
    let output = assay(arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stderr.is_empty(), code != 2, "{output:?}");
}

#[rstest]
#[case("broken.json", "broken.json:2:27: Effect must be Allow or Deny\n")]
#[case("missing.json", "missing.json: No such file or directory (os error 2)\n")]
fn bad_input_is_named_with_its_place(#[case] file: &str, #[case] message: &str) {
    let output = assay(&["check", "--policy", file, "--action", "ims:images:get"]);
    assert_eq!(String::from_utf8(output.stderr).expect("text"), message);
}

/// Table 3 of document 003, cell by cell.
#[test]
fn the_matrix_is_the_documents_own_table() {
    let table: Value =
        serde_json::from_str(include_str!("../../policies/ims/permissions.json")).expect("JSON");
    let matrix = json(&assay(&["matrix", "--format", "json"]));
    let rows = matrix["rows"].as_array().expect("rows");
    let operations = table["operations"].as_array().expect("operations");
    assert_eq!(rows.len(), operations.len());
    for (row, operation) in rows.iter().zip(operations) {
        assert_eq!(row["operation"], operation["operation"]);
        for (permission, allowed) in operation["allowed"].as_object().expect("permissions") {
            let mut cells = row["cells"].as_object().expect("cells").iter();
            let (_, cell) =
                cells.find(|(name, _)| name.split('+').next() == Some(permission)).expect("a cell");
            let outcome = if allowed == true { "allow" } else { "deny" };
            assert_eq!(cell["outcome"], outcome, "{} {permission}", row["operation"]);
        }
    }
}

/// Each witness, asked again by itself, is allowed by the one document and denied by the other.
#[test]
fn witnesses_of_a_difference_hold_when_they_are_asked() {
    let diff = json(&assay(&["diff", "developers.json", "stricter.json", "--format", "json"]));
    assert_eq!(diff["change"], "both");
    for (witness, old, new) in [(&diff["wider"], 1, 0), (&diff["narrower"], 0, 1)] {
        let action = witness["action"].as_str().expect("an action");
        for (file, code) in [("developers.json", old), ("stricter.json", new)] {
            let output = assay(&["check", "--policy", file, "--action", action]);
            assert_eq!(output.status.code(), Some(code), "{file} {witness}");
        }
    }
}

#[rstest]
#[case(&["developers.json", "reordered.json"], "same")]
#[case(&["developers.json", "redundant.json"], "undecided")]
#[case(&["stricter.json", "developers.json"], "both")]
#[case(&["IMS ReadOnlyAccess", "IMS FullAccess"], "wider")]
#[case(&["IMS FullAccess", "IMS ReadOnlyAccess"], "narrower")]
#[case(&["FullAccess", "sharing.json", "--as", "scp"], "narrower")]
fn a_difference_has_its_direction(#[case] documents: &[&str], #[case] change: &str) {
    let output = assay(&[&["diff", "--format", "json"], documents].concat());
    assert_eq!(json(&output)["change"], change, "{output:?}");
}

#[test]
fn sarif_names_rule_and_place() {
    let sarif = json(&assay(&["validate", "broken.json", "--format", "sarif"]));
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "effect");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "broken.json");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&2.into(), &27.into()));
}

#[rstest]
#[case("check", &["check", "--policy", "developers.json", "--action", "ims:images:deleteImage", "--resource", "ims:r:a:image:prod-1"])]
#[case("check_json", &["check", "--world", "world.yaml", "--action", "ims:quotas:get", "--format", "json"])]
#[case("explain", &["explain", "--role", "Server Administrator", "--action", "ims:images:delete"])]
#[case("explain_json", &["explain", "--role", "Server Administrator", "--action", "ims:images:delete", "--format", "json"])]
#[case("validate", &["validate", "broken.json", "developers.json"])]
#[case("matrix", &["matrix"])]
#[case("matrix_markdown", &["matrix", "--format", "markdown"])]
#[case("matrix_csv", &["matrix", "--format", "csv", "--permission", "developers.json"])]
#[case("diff", &["diff", "developers.json", "stricter.json"])]
#[case("diff_undecided", &["diff", "developers.json", "redundant.json"])]
#[case("boundary", &["boundary", "--scp", "root=FullAccess", "--scp", "account=FullAccess", "--scp", "account=sharing.json"])]
fn what_people_read(#[case] name: &str, #[case] arguments: &[&str]) {
    insta::assert_snapshot!(name, printed(&assay(arguments)));
}
