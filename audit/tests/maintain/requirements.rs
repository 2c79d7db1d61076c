//! Tables of requirements: how they are read, and what is made of them. The verdicts on Glance's defaults are those of the
//! matrix of Infomaniak's document and of upstream (`corpus/infomaniak`).

use std::path::Path;

use assay::policy::{Loaded, Personas, Setup, services};
use assay::requirements::{Got, Table, Verdict, judge, junit};
use rstest::rstest;

fn glance() -> Loaded {
    let defaults = services::find("glance:29").unwrap().defaults().unwrap();
    Setup { defaults, ..Setup::default() }.load().unwrap()
}

fn judged(name: &str, text: &str) -> Result<Vec<Verdict>, String> {
    let table = Table::parse(Path::new(name), text).map_err(|error| error.to_string())?;
    judge(&glance(), &Personas::built_in(), &table, Path::new(name)).map_err(|error| error.to_string())
}

/// A reader may read what is of its project or public, and write nothing; what a member may do hangs on the project.
#[rstest]
#[case("project-reader", "get_image", "", "conditional")]
#[case("project-reader", "get_image", "own", "allow")]
#[case("project-reader", "get_image", "other", "deny")]
#[case("project-reader", "download_image", "", "deny")]
#[case("project-member", "download_image", "", "conditional")]
#[case("project-member", "delete_image", "own", "allow")]
#[case("project-member", "DELETE /v2/images/{image_id}", "other", "deny")]
#[case("project-member", "delete /v2/images/7af2", "other", "deny")]
#[case("project-admin", "delete_image", "", "allow")]
#[case("system-admin", "delete_image", "", "deny")]
#[case("project-no-role", "get_images", "", "deny")]
fn verdicts_are_those_of_the_documents(
    #[case] persona: &str,
    #[case] operation: &str,
    #[case] target: &str,
    #[case] expected: &str,
) {
    let text = format!("persona,operation,expected,target\n{persona},{operation},{expected},{target}\n");
    let verdicts = judged("t.csv", &text).expect("a table");
    assert!(verdicts[0].is_met(), "{:?}", verdicts[0].got);
}

#[test]
fn a_conditional_verdict_shows_an_object_of_each_kind() {
    let text = "- {persona: project-member, rule: delete_image, expected: allow}\n";
    let verdicts = judged("t.yaml", text).expect("a table");
    let Got::Conditional { allowed: Some(allowed), refused: Some(refused) } = &verdicts[0].got else {
        panic!("{:?}", verdicts[0].got);
    };
    let creds = Personas::built_in().find("project-member").unwrap().creds;
    let ask = |target: &assay_engine::oslo::python::Value| {
        let request = assay_engine::oslo::Request { creds: &creds, target };
        glance().policy.enforce("delete_image", request).unwrap().truthy()
    };
    assert_eq!((ask(allowed), ask(refused)), (true, false));
}

#[test]
fn rows_of_several_personas_and_rules_are_one_requirement_each() {
    let text = "
version: 1
targets: {mine: {project_id: project-1}}
requirements:
- persona: [project-reader, project-member]
  operation: [get_images, get_image]
  expected: allow
  target: mine
- {persona: project-member, rule: publicize_image, target: {project_id: project-1}, expected: deny, note: admins only}
";
    let verdicts = judged("t.yaml", text).expect("a table");
    assert_eq!(verdicts.len(), 5);
    assert!(verdicts.iter().all(Verdict::is_met));
    assert_eq!(verdicts[4].requirement.at.to_string(), "9:3");
}

#[rstest]
#[case::persona(
    "t.csv",
    "persona,rule,expected\nroot,get_image,allow\n",
    "t.csv:2:1: no persona is called \"root\""
)]
#[case::rule(
    "t.csv",
    "persona,rule,expected\nproject-reader,get_imag,allow\n",
    "t.csv:2:1: no rule is called \"get_imag\""
)]
#[case::operation(
    "t.csv",
    "persona,rule,expected\nproject-reader,GET /v3,allow\n",
    "t.csv:2:1: no rule of glance 29.0.0 guards the operation GET /v3"
)]
#[case::several(
    "t.csv",
    "persona,rule,expected\nproject-reader,PATCH /v2/images/{image_id},allow\n",
    "t.csv:2:1: PATCH /v2/images/{image_id} is guarded by several rules, name one: "
)]
#[case::expected(
    "t.csv",
    "persona,rule,expected\n\nproject-reader,get_image,yes\n",
    "t.csv:3:1: expected is allow, deny, conditional or raise, not \"yes\""
)]
#[case::column("t.csv", "persona,rule,expect\n", "t.csv:1:1: \"expect\" is no column")]
#[case::no_column("t.csv", "persona,rule\n", "t.csv:1:1: there is no column expected")]
#[case::cells("t.csv", "persona,rule,expected\na,b\n", "t.csv:2:1: ")]
#[case::target(
    "t.yaml",
    "- {persona: project-reader, rule: get_image, expected: allow, target: mine}\n",
    "t.yaml:1:3: no target is called \"mine\": there are own, other, empty"
)]
#[case::conditional(
    "t.yaml",
    "- {persona: project-reader, rule: get_image, expected: conditional, target: own}\n",
    "t.yaml:1:3: `conditional` is about all objects"
)]
#[case::member("t.yaml", "- {person: project-reader, rule: get_image, expected: allow}\n", "t.yaml:1:")]
#[case::version("t.yaml", "version: 2\nrequirements: []\n", "t.yaml: version 2 is not known")]
#[case::nothing("t.yaml", "5\n", "t.yaml")]
fn what_is_wrong_with_a_table_is_said_with_its_place(
    #[case] name: &str,
    #[case] text: &str,
    #[case] message: &str,
) {
    let error = judged(name, text).expect_err("a bad table");
    assert!(error.starts_with(message), "{error}");
}

#[test]
fn junit_has_a_case_for_each_requirement() {
    let text = "persona,rule,expected,target\nproject-reader,get_image,allow,own\nproject-reader,get_image,deny,own\n";
    let xml = junit(&judged("t.csv", text).expect("a table"), "t.csv").expect("XML");
    for piece in [
        "<testsuite name=\"project-reader\" tests=\"2\"",
        "failures=\"1\"",
        "<testcase name=\"get_image [own]: allow\" classname=\"project-reader\"",
        "message=\"deny expected, allow found\"",
        "t.csv:3:1: deny expected, allow found",
    ] {
        assert!(xml.contains(piece), "{piece}\n{xml}");
    }
}
