//! What rules mean.

use rstest::rstest;

use super::{found, of_service, places, usual};

#[rstest]
#[case::or_not("a: \"role:x or not role:x\"\n", "always-allows", "1:4")]
#[case::by_way_of_another("a: \"rule:b\"\nb: \"@\"\n", "always-allows", "1:4")]
#[case::or_true("a: \"role:x or @\"\n", "always-allows", "1:4")]
#[case::and_not("a: \"role:x and not role:x\"\n", "always-denies", "1:4")]
#[case::and_false("a: \"role:x and !\"\n", "always-denies", "1:4")]
#[case::roles_in_any_case("a: \"role:X and not role:x\"\n", "always-denies", "1:4")]
#[case::two_constants("a: \"'p':%(x)s and 'q':%(x)s\"\n", "always-denies", "1:4")]
#[case::constant("a: \"1:2\"\n", "always-denies", "1:4")]
#[case::contained("a: \"role:x or (role:x and role:y)\"\n", "dead-branch", "1:15")]
#[case::twice("a: \"role:x or role:y or role:x\"\n", "dead-branch", "1:25")]
#[case::implied("a: \"rule:b or role:x\"\nb: \"role:x or role:y\"\n", "dead-branch", "1:15")]
#[case::never("a: \"role:x or (role:y and !)\"\n", "dead-branch", "1:15")]
#[case::in_a_list("a: [[\"role:x\"], [\"role:x\", \"role:y\"]]\n", "dead-branch", "1:4")]
fn what_decides_nothing_is_reported(#[case] text: &str, #[case] id: &str, #[case] place: &str) {
    let report = usual(text);
    assert_eq!(places(&report, id), [place], "{:?}", found(&report));
}

#[rstest]
#[case::undefined_may_be_the_services("a: \"rule:theirs and role:x\"\n")]
#[case::remote_may_say_anything("a: \"https://h/p or role:x\"\n")]
#[case::two_keys_of_the_target("a: \"project_id:%(a)s and project_id:%(b)s\"\n")]
#[case::credentials_may_be_lists("a: \"project_id:p1 and project_id:p2\"\n")]
#[case::roles_go_together("a: \"role:x and role:y\"\n")]
#[case::short_circuits_that_raise("a: \"role:x or b.c:%(d)s\"\n")]
fn what_may_decide_is_not(#[case] text: &str) {
    let ids = ["always-allows", "always-denies", "dead-branch"];
    let report = usual(text);
    let said: Vec<String> =
        found(&report).into_iter().filter(|said| ids.iter().any(|id| said.starts_with(id))).collect();
    assert_eq!(said, [] as [String; 0]);
}

#[rstest]
#[case::by_a_role("get_image: \"role:guest\"\n", r#"creds {"roles":["guest"]}, target {}"#)]
#[case::of_any_project(
    "delete_image: \"rule:context_is_admin or role:member\"\n",
    r#"creds {"roles":["member"]}, target {}"#
)]
fn what_an_override_opens_is_shown_by_a_request(#[case] text: &str, #[case] request: &str) {
    let report = of_service("glance:29", text);
    let wider =
        report.findings.iter().find(|finding| finding.lint.id == "widens-default").expect("it is wider");
    assert!(wider.message.ends_with(request), "{}", wider.message);
}

#[rstest]
#[case::denied_by_default("default: \"!\"\n", true)]
#[case::allowed_by_default("default: \"\"\n", false)]
fn an_undefined_rule_is_what_default_makes_of_it(#[case] default: &str, #[case] wider: bool) {
    let report = of_service("glance:29", &format!("{default}publicize_image: \"not rule:banned\"\n"));
    let found = report.findings.iter().find(|finding| finding.lint.id == "widens-default");
    assert_eq!(found.is_some(), wider);
    assert!(found.is_none_or(|found| found.message.ends_with("creds {}, target {}")), "{found:?}");
}

#[test]
fn an_override_by_an_old_name_is_held_against_the_new_defaults() {
    let report = of_service("cinder:29", "volume_extension:types_manage: \"role:member\"\n");
    // All three that it was split into have the same default: said once.
    assert_eq!(places(&report, "widens-default"), ["1:32"]);
}

#[rstest]
#[case::system("get_image: \"system_scope:all\"\n", true)]
#[case::system_in_a_helper("a: \"role:admin and system_scope:all\"\nget_image: \"rule:a or role:x\"\n", true)]
#[case::one_of_two("a: \"role:admin or system_scope:all\"\nget_image: \"rule:a\"\n", false)]
#[case::domain("get_image: \"domain_id:default\"\n", true)]
#[case::domain_may_be_none("get_image: \"domain_id:%(domain_id)s\"\n", false)]
#[case::project("get_image: \"project_id:p1\"\n", false)]
fn scopes_that_no_token_of_the_rule_has(#[case] text: &str, #[case] impossible: bool) {
    let report = of_service("glance:29", text);
    assert_eq!(!places(&report, "impossible-scope").is_empty(), impossible, "{:?}", found(&report));
}
