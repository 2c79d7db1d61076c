//! The commands as they are typed: what they print, what they write, how they end, and the schemas of their JSON.

use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

const DEFAULTS: &str = "\
service: share
release: '7'
defaults:
- {name: admin, check_str: 'role:admin', description: Who runs the cloud.}
- name: share:get
  check_str: role:reader
  description: Show a share.
  scope_types: [project]
  operations: [{method: GET, path: '/v1/shares/{share_id}'}]
  deprecated_rule: {name: 'share:show', check_str: 'role:user', deprecated_reason: Two verbs were one too many., deprecated_since: '6'}
- {name: 'type:create', check_str: 'rule:admin', deprecated_rule: {name: 'type:manage', check_str: 'role:operator', deprecated_reason: r, deprecated_since: '6'}}
- {name: 'type:delete', check_str: 'rule:admin', deprecated_rule: {name: 'type:manage', check_str: 'role:operator', deprecated_reason: r, deprecated_since: '6'}}
- {name: 'task:get', check_str: 'rule:admin', deprecated_for_removal: true, deprecated_reason: Nobody has tasks., deprecated_since: '7'}
";
const POLICY: &str = "\
# Storage team, 2026.

# Auditors see all shares.
\"share:show\": \"role:auditor\"   # ticket 12
type:manage:
  role:operator or
  rule:share:show
task:get: role:Admin
lost: role:x
";
const JSON: &str = "\
{
    # The cloud's own.
    \"admin\": \"role:admin\",
    \"share:get\": [[\"role:reader\", \"project_id:%(project_id)s\"]],
}
";
const TABLE: &str = "\
persona,operation,expected,target,note
project-reader,GET /v1/shares/{share_id},allow,,
project-reader,type:create,deny,,
project-member,type:delete,allow,own,wrong on purpose
";

fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("defaults.yaml", DEFAULTS),
        ("policy.yaml", POLICY),
        ("crlf.yaml", &POLICY.replace('\n', "\r\n")),
        ("policy.json", JSON),
        ("table.csv", TABLE),
        ("clean.yaml", "share:get: role:x\n"),
        ("broken.yaml", "a: [\n"),
        ("number.yaml", "a: 5\n"),
        ("merge.yaml", "<<: {'share:show': role:x}\n"),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

fn assay(directory: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.args(line.split_whitespace()).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Everything that a person sees.
fn seen(line: &str) -> String {
    let output = assay(directory().path(), line);
    let code = output.status.code().unwrap();
    format!("$ assay {line}\n{}--- stderr\n{}--- exit {code}\n", text(&output.stdout), text(&output.stderr))
}

macro_rules! snapshots {
    ($($name:ident: $line:literal;)*) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
                insta::assert_snapshot!(concat!("maintain__", stringify!($name)), seen($line));
            });
        })*
    };
}

snapshots! {
    upgrade: "upgrade --policy policy.yaml --defaults defaults.yaml";
    upgrade_diff: "upgrade --policy policy.yaml --defaults defaults.yaml --check --diff";
    upgrade_json: "upgrade --policy policy.yaml --defaults defaults.yaml --format json";
    upgrade_merge_key: "upgrade --policy merge.yaml --defaults defaults.yaml";
    sample: "sample --defaults defaults.yaml";
    effective: "sample --effective --defaults defaults.yaml --policy policy.yaml --enforce-new-defaults false";
    effective_json: "sample --effective --defaults defaults.yaml --policy policy.yaml --format json";
    convert: "convert --policy policy.json --defaults defaults.yaml";
    convert_json: "convert --policy policy.json --defaults defaults.yaml --format json";
    redundant: "redundant --policy policy.yaml --defaults defaults.yaml --all";
    redundant_json: "redundant --policy policy.yaml --defaults defaults.yaml --format json";
    requirements: "requirements table.csv --defaults defaults.yaml";
    requirements_json: "requirements table.csv --defaults defaults.yaml --format json";
    exit_codes: "help exit-codes";
}

#[rstest]
#[case::unreadable("upgrade --policy broken.yaml --defaults defaults.yaml", "broken.yaml:2:1: ")]
#[case::no_rule("upgrade --policy number.yaml --defaults defaults.yaml", "number.yaml:1:4: ")]
#[case::no_file("upgrade --defaults defaults.yaml", "no policy file")]
#[case::no_defaults("upgrade --policy policy.yaml", "no names to upgrade to")]
#[case::several("upgrade --policy policy.yaml clean.yaml --defaults defaults.yaml", "several policy files")]
#[case::no_sample("sample", "no defaults")]
#[case::yaml_already("convert --policy policy.yaml", "policy.yaml: this is YAML already")]
#[case::no_table("requirements none.csv --defaults defaults.yaml", "none.csv: ")]
#[case::no_directory("man nowhere", "nowhere: ")]
#[case::bad_redundant("redundant --policy number.yaml --defaults defaults.yaml", "number.yaml:1:4: ")]
fn bad_input_ends_with_2_and_says_where(#[case] line: &str, #[case] message: &str) {
    let output = assay(directory().path(), line);
    assert_eq!(output.status.code(), Some(2), "{line}");
    assert!(text(&output.stderr).starts_with(message), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
}

#[rstest]
#[case::nothing_to_do("upgrade --policy clean.yaml --defaults defaults.yaml --check", 0)]
#[case::something_to_do("upgrade --policy policy.yaml --defaults defaults.yaml --check", 1)]
#[case::none_redundant("redundant --policy clean.yaml --defaults defaults.yaml", 0)]
#[case::not_met("requirements table.csv --defaults defaults.yaml", 1)]
#[case::exit_codes("exit-codes", 0)]
fn exit_codes_say_what_came_of_it(#[case] line: &str, #[case] code: i32) {
    assert_eq!(assay(directory().path(), line).status.code(), Some(code));
}

#[test]
fn in_place_keeps_line_ends_and_permissions_and_comes_to_rest() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory();
    let path = directory.path().join("crlf.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = directory.path().join("link.yaml");
    std::os::unix::fs::symlink("crlf.yaml", &link).unwrap();
    let upgrade = "upgrade --policy link.yaml --defaults defaults.yaml --in-place";
    assert_eq!(assay(directory.path(), upgrade).status.code(), Some(0));
    let once = std::fs::read_to_string(&path).unwrap();
    assert!(
        once.contains("# Auditors see all shares.\r\n\"share:get\": \"role:auditor\"   # ticket 12\r\n"),
        "{once}"
    );
    assert_eq!(once.matches('\n').count(), once.matches("\r\n").count());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assay(directory.path(), upgrade);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
}

#[test]
fn output_goes_to_the_file_that_is_named() {
    let directory = directory();
    for line in [
        "upgrade --policy policy.yaml --defaults defaults.yaml --output new",
        "sample --defaults defaults.yaml --output new",
        "convert --policy policy.json --defaults defaults.yaml --output new",
    ] {
        let output = assay(directory.path(), line);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), ""), "{line}");
        assert!(
            std::fs::read_to_string(directory.path().join("new")).unwrap().contains("share:get"),
            "{line}"
        );
    }
}

#[rstest]
#[case("upgrade", "upgrade --policy policy.yaml --defaults defaults.yaml --diff --format json")]
#[case("upgrade", "upgrade --policy policy.yaml clean.yaml --defaults defaults.yaml --check --format json")]
#[case("convert", "convert --policy policy.json --defaults defaults.yaml --format json")]
#[case("redundant", "redundant --policy policy.yaml --defaults defaults.yaml --all --format json")]
#[case("requirements-report", "requirements table.csv --defaults defaults.yaml --format json")]
fn json_is_as_its_schema_says(#[case] schema: &str, #[case] line: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{schema}.schema.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let printed: Value = serde_json::from_slice(&assay(directory().path(), line).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&printed).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[rstest]
#[case::list("- {persona: [a, b], operation: c, expected: allow, target: {x: 1}}", true)]
#[case::mapping(
    "{version: 1, targets: {t: {}}, requirements: [{persona: a, rule: c, expected: conditional}]}",
    true
)]
#[case::no_rule("- {persona: a, expected: allow}", false)]
#[case::other_word("- {persona: a, rule: b, expected: yes please}", false)]
fn tables_are_as_their_schema_says(#[case] table: &str, #[case] valid: bool) {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/requirements.schema.json")).unwrap();
    let table: Value = serde_yaml::from_str(table).unwrap();
    assert_eq!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&table), valid);
}

#[test]
fn man_pages_and_completions_name_every_command() {
    let directory = directory();
    std::fs::create_dir(directory.path().join("man")).unwrap();
    assert_eq!(assay(directory.path(), "man man").status.code(), Some(0));
    for command in ["upgrade", "sample", "convert", "redundant", "requirements", "check"] {
        let page = std::fs::read_to_string(directory.path().join(format!("man/assay-{command}.1"))).unwrap();
        assert!(page.contains(".SH OPTIONS"), "{command}");
        for shell in ["bash", "zsh", "fish"] {
            let script = text(&assay(directory.path(), &format!("completions {shell}")).stdout);
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}
