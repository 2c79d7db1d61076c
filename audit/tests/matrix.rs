//! `assay matrix`, `who-can`, `what-can`: what personas can do, against what upstream was seen to decide.

use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;

fn assay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_assay")).args(arguments).output().expect("assay runs")
}

fn json(arguments: &[&str]) -> Value {
    let output = assay(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

const OWN: &str = "its project_id is yours";
const MEMBER: &str = "its member_id is your project_id";
const VISIBLE: &str = "its project_id is yours or its member_id is your project_id or its visibility is community, public or shared";

/// Source: upstream's decisions on the Glance 29.0.0 defaults, for every combination of owner, visibility and
/// membership (corpus/infomaniak): the words are what those of a cell have in common.
#[rstest]
#[case("get_images", Some(OWN), Some(OWN))]
#[case("get_image_location", Some(OWN), Some(OWN))]
#[case("get_image", Some(VISIBLE), Some(VISIBLE))]
#[case("download_image", None, Some(VISIBLE))]
#[case(
    "get_members",
    Some("its project_id is yours or its member_id is your project_id"),
    Some("its project_id is yours or its member_id is your project_id")
)]
#[case("modify_image", None, Some(OWN))]
#[case("delete_image", None, Some(OWN))]
#[case("communitize_image", None, Some(OWN))]
#[case("deactivate", None, Some(OWN))]
#[case("modify_member", None, Some(MEMBER))]
#[case("add_image", None, Some("its project_id is yours and its owner is your project_id"))]
fn the_table_of_infomaniak_is_computed(
    #[case] rule: &str,
    #[case] reader: Option<&str>,
    #[case] member: Option<&str>,
) {
    let matrix = json(&["matrix", "--like", "infomaniak", "--format", "json"]);
    let rows = matrix["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 17);
    let row = rows.iter().find(|row| row["rule"] == rule).unwrap();
    for (persona, condition) in [("Reader", reader), ("Member", member)] {
        let cell = &row["cells"][persona];
        assert_eq!(cell["outcome"], if condition.is_some() { "conditional" } else { "deny" }, "{persona}");
        assert_eq!(cell["condition"].as_str(), condition, "{persona}");
    }
}

/// The six ways in which the document and upstream part, as the corpus has them.
#[test]
fn what_the_document_says_otherwise_is_marked() {
    let matrix = json(&["matrix", "--like", "infomaniak", "--format", "json"]);
    let said = matrix["contradictions"].as_array().unwrap();
    assert_eq!(said.len(), 6);
    assert_eq!(said.iter().map(|said| said["requests"].as_u64().unwrap()).sum::<u64>(), 19);
    let text = String::from_utf8(assay(&["matrix", "--like", "infomaniak"]).stdout).unwrap();
    assert!(text.lines().any(|line| line.contains("download_image [1]")), "{text}");
}

#[rstest]
#[case("text")]
#[case("markdown")]
#[case("csv")]
fn the_glance_matrix_is_read_by_people(#[case] format: &str) {
    let arguments = [
        "matrix",
        "--service",
        "glance:29",
        "--rule",
        "get_image",
        "--rule",
        "add_image",
        "--rule",
        "publicize_image",
        "--format",
        format,
    ];
    insta::assert_snapshot!(format!("matrix-{format}"), String::from_utf8(assay(&arguments).stdout).unwrap());
}

/// Nothing of what a policy says is markup, and the page asks for nothing.
#[test]
fn the_page_stands_alone() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy.yaml");
    std::fs::write(&policy, "\"<script>alert(1)</script>\": \"'<b>':%(x)s\"\n").unwrap();
    let output = assay(&["matrix", "--policy", policy.to_str().unwrap(), "--format", "html"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!page.contains("<script>alert") && !page.contains("<b>"));
    assert!(page.contains("default-src 'none'"));
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[rstest]
#[case("get_image")]
#[case("add_image")]
#[case("context_is_admin")]
fn who_can_is_said_in_words(#[case] rule: &str) {
    let output = assay(&["who-can", rule, "--service", "glance:29"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(format!("who-can-{rule}"), String::from_utf8(output.stdout).unwrap());
}

#[test]
fn what_a_reader_can_do_is_said_in_words() {
    let output = assay(&["what-can", "--as", "reader", "--service", "glance:29"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!("what-can-reader", String::from_utf8(output.stdout).unwrap());
}

#[rstest]
#[case(&["who-can", "nope", "--service", "glance"], "no rule is called \"nope\"")]
#[case(&["what-can", "--as", "nobody", "--service", "glance"], "no persona is called \"nobody\"")]
#[case(&["matrix"], "no policy")]
fn bad_input_is_named(#[case] arguments: &[&str], #[case] message: &str) {
    let output = assay(arguments);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(message), "{stderr}");
}

fn schema(text: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[rstest]
#[case(&["matrix", "--service", "glance:29", "--all"], include_str!("../schemas/matrix.schema.json"))]
#[case(&["matrix", "--like", "infomaniak"], include_str!("../schemas/matrix.schema.json"))]
#[case(&["what-can", "--as", "reader", "--service", "cinder"], include_str!("../schemas/what-can.schema.json"))]
#[case(&["who-can", "get_image", "--service", "glance"], include_str!("../schemas/who-can.schema.json"))]
#[case(&["who-can", "default", "--service", "glance"], include_str!("../schemas/who-can.schema.json"))]
#[case(&["diff", "glance:24", "glance:33"], include_str!("../schemas/diff.schema.json"))]
#[case(&["diff", "cinder:10", "cinder:29"], include_str!("../schemas/diff.schema.json"))]
#[case(&["implies", "role:a or http://h/x", "role:b"], include_str!("../schemas/implies.schema.json"))]
#[case(&["equivalent", "glance:29", "glance:33"], include_str!("../schemas/implies.schema.json"))]
fn json_is_as_its_schema_says(#[case] arguments: &[&str], #[case] text: &str) {
    let printed = json(&[arguments, &["--format", "json"]].concat());
    let errors: Vec<String> = schema(text).iter_errors(&printed).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
