//! What people and tools read.

use assay::lint::render;
use serde_json::Value;

use super::{Report, usual};

const TEXT: &str = "\
# site policy
\"delete_image\": !
get_image: \"role:reader or rule:ownr\"
owner: \"project_id:%(owner)\"
owner_x: [role:x, rule:owner]
delete_image: \"role:a role:b\"
";

fn report() -> Report {
    usual(TEXT)
}

#[test]
fn text_shows_the_line_and_marks_the_place() {
    insta::assert_snapshot!(render::text(&report(), render::Color::Plain));
}

#[test]
fn json_has_what_is_promised_and_more() {
    insta::assert_snapshot!(format!("{:#}", render::json(&report())));
}

#[test]
fn sarif_is_read_by_code_hosts() {
    insta::assert_snapshot!(format!("{:#}", render::sarif(&report())));
}

#[test]
fn github_marks_lines_of_a_pull_request() {
    insta::assert_snapshot!(render::github(&report()));
}

/// The members that SARIF 2.1.0 requires, and the relations between them.
#[test]
fn sarif_has_its_required_members() {
    let log = render::sarif(&report());
    assert_eq!(log["version"], "2.1.0");
    let [run] = log["runs"].as_array().expect("runs").as_slice() else { panic!("one run") };
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "assay");
    let rules = driver["rules"].as_array().expect("rules");
    for rule in rules {
        for member in ["/id", "/shortDescription/text", "/fullDescription/text"] {
            assert!(rule.pointer(member).is_some_and(Value::is_string), "{rule}");
        }
    }
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), report().findings.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string());
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][member].as_u64().is_some_and(|number| number >= 1), "{result}");
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            let replacement = &fix["artifactChanges"][0]["replacements"][0];
            assert!(
                replacement["deletedRegion"]["startLine"].is_u64()
                    && replacement["insertedContent"]["text"].is_string()
            );
        }
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/lint.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("read")).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for lint in assay::lint::all() {
        for text in [lint.bad, lint.good, TEXT] {
            let value = render::json(&super::all(text));
            let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", lint.id);
        }
    }
}
