//! Where there is nothing to say, nothing is said.

use assay::lint::{Report, Selection, lint_defaults};
use assay::policy::{PolicyFile, services};
use rstest::rstest;

use super::{found, of_service, usual};

/// Rules as services and operators write them.
#[rstest]
#[case::empty("")]
#[case::comments("# nothing yet\n")]
#[case::roles("a: \"role:admin or role:member\"\n")]
#[case::own_roles("a: \"role:cloud_image_admin\"\n")]
#[case::capitals_in_roles("a: \"role:Admin\"\n")]
#[case::owner("admin_or_owner: \"role:admin or project_id:%(project_id)s\"\n")]
#[case::owner_by_way_of_another(
    "owner: \"user_id:%(user_id)s\"\nadmin_or_owner: \"role:admin or rule:owner\"\n"
)]
#[case::constants("a: \"'public':%(visibility)s or None:%(owner)s or True:%(protected)s\"\n")]
#[case::flags("a: \"is_admin:True or is_admin_project:True\"\n")]
#[case::system("a: \"role:reader and system_scope:all\"\n")]
#[case::deny("a: \"!\"\n")]
#[case::groups("a: \"(role:admin or role:reader) and (project_id:%(project_id)s or user_id:%(user_id)s)\"\n")]
#[case::not_in_a_conjunction("a: \"role:reader and not role:service\"\n")]
#[case::guarded_not("a: \"domain_id:%(domain_id)s and not None:%(domain_id)s\"\n")]
#[case::inner_list("a: [[\"role:reader\", \"project_id:%(project_id)s\"]]\n")]
#[case::plain("a: role:admin or role:member\n")]
#[case::plain_with_a_comment("a: role:admin # nobody else\n")]
#[case::keystone_token("a: \"token.project.domain.id:%(target.domain.id)s\"\n")]
#[case::role_with_a_colon("a: \"role:key-manager:service-admin\"\n")]
#[case::percent_sign("a: \"project_name:100%%\"\n")]
#[case::role_and_rule_of_one_name(
    "image_admin: \"role:image_admin\"\na: \"rule:image_admin and role:image_admin\"\n"
)]
#[case::same_rule_twice_by_anchor("a: &x \"role:admin\"\nb: *x\n")]
#[case::merge_key_overridden("<<: {a: \"role:admin\"}\na: \"role:reader\"\n")]
#[case::json("{\"a\": \"role:admin\"}\n")]
fn ordinary_rules_are_not_reported(#[case] text: &str) {
    let expected: &[&str] = match text.contains("rule:image_admin") {
        // Who asks for the role besides the rule asks twice, which is all that is said.
        true => &["dead-branch 2:26"],
        false => &[],
    };
    assert_eq!(found(&usual(text)), expected);
}

/// Overrides that do what overrides are for.
#[rstest]
#[case::narrower("glance:29", "delete_image: \"rule:context_is_admin\"\n")]
#[case::helper_of_the_service(
    "glance:29",
    "get_image: \"rule:context_is_admin and role:admin and role:reader\"\n"
)]
#[case::as_open_as_the_default("cinder:12", "helper: \"rule:admin_api\"\nvolume:create: \"rule:helper\"\n")]
fn overrides_that_only_deny_more_are_not_reported(#[case] service: &str, #[case] text: &str) {
    let quiet = ["dead-branch", "redundant-override"];
    let report = of_service(service, text);
    let said: Vec<&str> =
        report.findings.iter().map(|finding| finding.lint.id).filter(|id| !quiet.contains(id)).collect();
    assert_eq!(said, [] as [&str; 0], "{:?}", found(&report));
}

fn of_release(service: &str) -> Report {
    let release = services::find(service).expect("it is built in");
    let file = PolicyFile::of_defaults(release.file_name().as_ref(), release.text()).expect("it is read");
    lint_defaults(&release.defaults().expect("it is read"), file, &Selection::default())
}

/// What is found in what services register. Each of these was judged, and is true:
/// - Glance's `default` is the empty rule, and its task rules are `rule:default`: anybody passes.
/// - Two of its rules mix `or` and `and` without parentheses.
/// - From 2025.1 on `service_api` holds for admins too, so that `context_is_admin or service_api` asks twice.
/// - Cinder's older `group:nobody` denies because no context has such a credential.
#[rstest]
#[case("glance:24", &["default-allows", "mixed-operators", "mixed-operators", "always-allows", "always-allows", "always-allows", "always-allows"])]
#[case("glance:29", &["default-allows", "mixed-operators", "mixed-operators", "always-allows", "always-allows", "always-allows", "always-allows"])]
#[case("cinder:12", &[])]
#[case("cinder:15", &[])]
#[case("cinder:29", &[])]
fn nothing_untrue_is_said_of_shipped_defaults(#[case] service: &str, #[case] expected: &[&str]) {
    let report = of_release(service);
    let ids: Vec<&str> = report.findings.iter().map(|finding| finding.lint.id).collect();
    assert_eq!(ids, expected, "{:?}", found(&report));
}

#[test]
fn no_error_is_found_in_any_built_in_release() {
    for release in services::releases() {
        let name = format!("{}:{}", release.service, release.version);
        let report = of_release(&name);
        assert!(!report.reaches(assay::lint::Severity::Error), "{name}: {:?}", found(&report));
    }
}
