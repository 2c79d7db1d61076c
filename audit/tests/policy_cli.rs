//! `assay check` and `assay explain` as they are typed: what they print, and how they end.

use std::process::{Command, Output};

use rstest::rstest;

const FILES: [(&str, &str); 10] = [
    ("policy.yaml", "get_image: role:reader\ncrash: user_id.x:y\n\"remote\": \"http://policy.example/\"\n"),
    ("policy.d/10.yaml", "delete_image: '!'\n"),
    ("policy.d/.20.yaml", "delete_image: '@'\n"),
    ("personas.yaml", "robot: {roles: [Reader], project_id: p1}\n"),
    ("creds.json", "{\"roles\": [\"member\"], \"project_id\": \"p1\"}"),
    ("target.yaml", "project_id: p1\n"),
    (
        "access.json",
        "{\"token\": {\"roles\": [{\"name\": \"reader\"}], \"user\": {\"id\": \"u\"}, \"project\": {\"id\": \"p1\"}}}",
    ),
    ("bad.yaml", "a: 'x'\nb: [\n"),
    ("list.yaml", "- a\n"),
    ("number.yaml", "a: 5\n"),
];

fn assay(line: &str) -> Output {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.args(line.split_whitespace()).current_dir(directory.path()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[rstest]
#[case::persona("check get_image --policy policy.yaml --as reader", 0, "allow\n")]
#[case::denied("check get_image --policy policy.yaml --as no-role", 1, "deny\n")]
#[case::exception(
    "check crash --policy policy.yaml --as reader",
    1,
    "raise TypeError (the service answers with a 500)\n"
)]
#[case::undefined(
    "check nothing --policy policy.yaml --as reader",
    1,
    "deny (no rule is called so, and there is no default rule)\n"
)]
#[case::own_persona("check get_image --policy policy.yaml --personas personas.yaml --as robot", 0, "allow\n")]
#[case::creds("check modify_image --service glance:29 --creds creds.json --target target.yaml", 0, "allow\n")]
#[case::other("check modify_image --service glance:29 --creds creds.json --target other", 1, "deny\n")]
#[case::access("check get_image --policy policy.yaml --access access.json", 0, "allow\n")]
#[case::directory(
    "check delete_image --service glance --as admin --policy policy.yaml policy.d",
    1,
    "deny\n"
)]
#[case::several(
    "check get_image get_images --service glance:29 --as reader",
    0,
    "rule        outcome\nget_image   allow\nget_images  allow\n2 allow\n"
)]
#[case::scope(
    "check get_image --service glance --as system-admin",
    1,
    "deny (InvalidScope: for project scope, and the token is of system scope)\n"
)]
#[case::deprecated(
    "check get_image --service glance --as no-role --target other --enforce-new-defaults false",
    0,
    "allow\n"
)]
fn check_says_what_comes_of_it(#[case] line: &str, #[case] code: i32, #[case] stdout: &str) {
    let output = assay(line);
    assert_eq!(
        (text(&output.stdout).as_str(), output.status.code()),
        (stdout, Some(code)),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn check_without_a_rule_asks_for_all_that_there_are() {
    let output = assay("check --as reader --service glance:29 --policy policy.yaml policy.d");
    insta::assert_snapshot!("check_all", text(&output.stdout));
    assert_eq!(output.status.code(), Some(1));
}

#[rstest]
#[case::one("check_json", "check crash --format json --policy policy.yaml --as reader")]
#[case::several(
    "check_json_several",
    "check get_image remote nothing --format json --service glance:29 --as system-reader --policy policy.yaml"
)]
#[case::explain(
    "explain_json",
    "explain get_image --format json --flips 1 --policy policy.yaml --as no-role"
)]
fn json_is_as_programs_take_it(#[case] name: &str, #[case] line: &str) {
    insta::assert_snapshot!(name, text(&assay(line).stdout));
}

#[rstest]
#[case::nothing("check a --as reader", "no policy: name one with --policy, --defaults or --service\n")]
#[case::nobody(
    "check a --service glance",
    "nobody asks: name a persona with --as, or give --creds or --access\n"
)]
#[case::persona(
    "check a --service glance --as root",
    "no persona is called \"root\": there are project-admin, "
)]
#[case::service(
    "check a --service nova --as admin",
    "no built-in service is called \"nova\": there are glance, cinder\n"
)]
#[case::release(
    "check a --service glance:2 --as admin",
    "no built-in release is called \"glance:2\": there are 24.0.0, "
)]
#[case::missing("check a --as admin --policy none.yaml", "none.yaml: No such file or directory")]
#[case::syntax("check a --as admin --policy bad.yaml", "bad.yaml:3:1: ")]
#[case::list(
    "check a --as admin --policy list.yaml",
    "list.yaml:1:1: a policy file must hold a mapping of rules (raises AttributeError)\n"
)]
#[case::number(
    "check a --as admin --policy number.yaml",
    "number.yaml:1:4: this value is no rule (raises TypeError)\n"
)]
#[case::personas(
    "check a --service glance --personas list.yaml --as x",
    "list.yaml: personas are a mapping of names to creds\n"
)]
#[case::creds("check a --service glance --creds list.yaml", "list.yaml: this is no mapping\n")]
#[case::target("check a --service glance --as admin --target bad.yaml", "bad.yaml:")]
#[case::access(
    "check a --service glance --access creds.json",
    "creds.json: an access file is {\"token\": {…}}\n"
)]
#[case::endless(
    "check a --as admin --policy /dev/zero",
    "/dev/zero: the file is larger than 67108864 bytes\n"
)]
#[case::bytes("check a --as admin --defaults /bin/sh", "/bin/sh:1:")]
#[case::remote(
    "check remote --as admin --policy policy.yaml",
    "remote: unsupported: there is no client for remote checks (http:, https:)\n"
)]
fn bad_input_is_named_and_ends_with_2(#[case] line: &str, #[case] stderr: &str) {
    let output = assay(line);
    let said = text(&output.stderr);
    assert!(said.starts_with(stderr), "{said}");
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
}
