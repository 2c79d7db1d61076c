//! `assay lint` as it is typed.

use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;

const BAD: &str = "delete_image: !\n";
const GOOD: &str = "delete_image: \"role:admin\"\n";
const NOTED: &str = "default: \"role:admin\"\n";

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &[u8]| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("bad.yaml", BAD.as_bytes());
    write("good.yaml", GOOD.as_bytes());
    write("noted.yaml", NOTED.as_bytes());
    write("broken.yaml", b"a: [\n");
    write("latin.yaml", b"a: \"role:\xe9\"\n");
    write("policy.yaml", b"get_image: \"rule:helper\"\n");
    write("policy.d/10.yaml", b"helper: \"role:reader\"\n");
    write("policy.d/.hidden.yaml", b"a: !\n");
    directory
}

fn assay(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command
        .arg("lint")
        .args(arguments)
        .current_dir(directory)
        .env_remove("NO_COLOR")
        .output()
        .expect("the program runs")
}

fn ids(output: &Output) -> Vec<String> {
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let id = |finding: &Value| finding["id"].as_str().expect("an id").to_owned();
    report["findings"].as_array().expect("findings").iter().map(id).collect()
}

#[rstest]
#[case::findings(&["bad.yaml"], 1)]
#[case::nothing(&["good.yaml"], 0)]
#[case::notes_count(&["noted.yaml"], 1)]
#[case::notes_do_not_count(&["--fail-on", "warning", "noted.yaml"], 0)]
#[case::errors_count(&["--fail-on", "error", "bad.yaml"], 1)]
#[case::one_of_two(&["good.yaml", "bad.yaml"], 1)]
#[case::what_upstream_cannot_load(&["broken.yaml"], 1)]
#[case::not_utf8(&["latin.yaml"], 1)]
#[case::no_such_file(&["none.yaml"], 2)]
#[case::no_such_lint(&["--select", "nonsense", "bad.yaml"], 2)]
#[case::no_such_service(&["--service", "nonsense", "bad.yaml"], 2)]
#[case::nothing_named(&[], 2)]
#[case::ignored(&["--ignore", "bare-exclamation", "bad.yaml"], 0)]
#[case::not_selected(&["--select", "cycle,null-rule", "bad.yaml"], 0)]
#[case::pedantic(&["--pedantic", "good.yaml"], 1)]
#[case::explain(&["--explain", "cycle"], 0)]
#[case::list(&["--list"], 0)]
#[case::defaults(&["--service", "cinder:29"], 0)]
fn the_exit_code_says_what_was_found(#[case] arguments: &[&str], #[case] code: i32) {
    let directory = directory();
    let output = assay(directory.path(), arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stderr.is_empty(), code != 2);
}

#[test]
fn files_of_one_policy_define_what_the_others_refer_to() {
    let directory = directory();
    let alone = assay(directory.path(), &["--format", "json", "policy.yaml", "policy.d/10.yaml"]);
    assert_eq!(ids(&alone), ["undefined-reference"]);
    let together = assay(directory.path(), &["--format", "json", "--policy", "policy.yaml", "policy.d"]);
    assert_eq!(ids(&together), [] as [String; 0]);
}

#[test]
fn every_finding_has_the_members_that_are_promised() {
    let directory = directory();
    let output = assay(directory.path(), &["--format", "json", "bad.yaml"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "bare-exclamation");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], "bad.yaml");
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(1), Some(15)));
    assert_eq!(finding["rule"], "delete_image");
    assert!(finding["message"].is_string());
}

#[test]
fn fix_mends_the_file_and_tells_what_is_left() {
    let directory = directory();
    let output = assay(directory.path(), &["--fix", "bad.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let read = || std::fs::read_to_string(directory.path().join("bad.yaml")).expect("read");
    assert_eq!(read(), "delete_image: \"!\"\n");
    let again = assay(directory.path(), &["--fix", "bad.yaml"]);
    assert_eq!((again.status.code(), read().as_str()), (Some(0), "delete_image: \"!\"\n"));
}

#[rstest]
#[case("--diff")]
#[case("--dry-run")]
fn diff_shows_what_fix_would_change_and_changes_nothing(#[case] option: &str) {
    let directory = directory();
    let output = assay(directory.path(), &["--fix", option, "bad.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "--- bad.yaml\n+++ bad.yaml\n@@ -1 +1 @@\n-delete_image: !\n+delete_image: \"!\"\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(std::fs::read_to_string(directory.path().join("bad.yaml")).expect("read"), BAD);
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let directory = directory();
    let output = assay(directory.path(), &["bad.yaml"]);
    assert!(!output.stdout.contains(&0x1b));
}

/// Runs the step of the GitHub Action as a runner does, with the program in the place of the one that it builds.
fn action(directory: &Path, inputs: &[(&str, &str)]) -> Output {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../action.yml");
    let action: Value = serde_yaml::from_str(&std::fs::read_to_string(path).expect("read")).expect("YAML");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["name"] == "Lint").expect("a step");
    let script = directory.join("step.sh");
    std::fs::write(&script, step["run"].as_str().expect("a script")).expect("written");
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script).current_dir(directory);
    for (name, value) in step["env"].as_object().expect("variables") {
        let input = value.as_str().and_then(|value| value.strip_prefix("${{ inputs.")?.strip_suffix(" }}"));
        let default = input.map(|input| action["inputs"][input]["default"].as_str().expect("a default"));
        let given = inputs.iter().find(|(given, _)| Some(*given) == input).map(|(_, value)| *value);
        command.env(name, given.or(default).unwrap_or(env!("CARGO_BIN_EXE_assay")));
    }
    command.output().expect("bash runs")
}

#[rstest]
#[case::findings(&[("files", "bad.yaml")], 1)]
#[case::patterns(&[("files", "b*.yaml g*.yaml")], 1)]
#[case::nothing(&[("files", "good.yaml")], 0)]
#[case::notes(&[("files", "noted.yaml")], 0)]
#[case::notes_that_count(&[("files", "noted.yaml"), ("fail-on", "note")], 1)]
#[case::one_policy(&[("policy", "policy.yaml policy.d"), ("fail-on", "note")], 0)]
#[case::arguments(&[("files", "bad.yaml"), ("arguments", "--ignore bare-exclamation")], 0)]
#[case::service(&[("service", "glance"), ("files", "good.yaml")], 0)]
#[case::bad_input(&[("files", "none.yaml"), ("sarif", "out.sarif")], 2)]
fn the_action_ends_as_the_program_does(#[case] inputs: &[(&str, &str)], #[case] code: i32) {
    let directory = directory();
    let output = action(directory.path(), inputs);
    let ends = output.status.code() == Some(code) || (code == 2 && !output.status.success());
    assert!(ends, "{output:?}");
}

#[test]
fn the_action_annotates_and_writes_sarif() {
    let directory = directory();
    let output = action(directory.path(), &[("files", "bad.yaml"), ("sarif", "out.sarif")]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.starts_with(b"::error file=bad.yaml,line=1,"), "{output:?}");
    let log: Value =
        serde_json::from_slice(&std::fs::read(directory.path().join("out.sarif")).expect("written"))
            .expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "bare-exclamation");
}
