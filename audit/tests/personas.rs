//! Who asks, by name.

use assay::policy::{Personas, TargetPreset, persona, value};
use rstest::rstest;

#[test]
fn there_is_every_default_role_of_keystone_with_a_token_of_every_scope() {
    let names: Vec<String> = Personas::built_in().iter().map(|persona| persona.name).collect();
    let roles = ["admin", "manager", "member", "reader", "service", "no-role"];
    let expected = ["project", "domain", "system"].map(|scope| roles.map(|role| format!("{scope}-{role}")));
    assert_eq!(names, expected.concat());
}

/// Roles imply each other as `keystone-manage bootstrap` sets them up; what a token is not for is null.
#[rstest]
#[case::admin("project-admin", r#"["admin","manager","member","reader"]"#, r#"["project-1",null,null,true]"#)]
#[case::manager("domain-manager", r#"["manager","member","reader"]"#, r#"[null,"domain-1",null,false]"#)]
#[case::reader("system-reader", r#"["reader"]"#, r#"[null,null,"all",false]"#)]
#[case::service("service", r#"["service"]"#, r#"["project-1",null,null,false]"#)]
#[case::nobody("no-role", "[]", r#"["project-1",null,null,false]"#)]
fn creds_are_those_of_a_token(#[case] name: &str, #[case] roles: &str, #[case] scope: &str) {
    let creds = value::json(&persona::find(name).unwrap().creds);
    assert_eq!(creds["roles"].to_string(), roles);
    let scopes = ["project_id", "domain_id", "system_scope", "is_admin"].map(|key| creds[key].clone());
    assert_eq!(serde_json::Value::from(scopes.to_vec()).to_string(), scope);
}

#[test]
fn a_preset_target_is_the_callers_own_or_not() {
    let creds = persona::find("member").unwrap().creds;
    let target = |preset: TargetPreset| value::json(&preset.target(&creds));
    assert_eq!(target(TargetPreset::Own)["project_id"], "project-1");
    assert_eq!(target(TargetPreset::Other)["owner"], "other-project");
    assert_eq!(target(TargetPreset::Empty).to_string(), "{}");
}
