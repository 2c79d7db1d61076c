//! What `explain` says, and what it proposes to change.

use std::path::Path;

use assay::policy::{Defaults, Loaded, Outcome, PolicyFile, Request, TargetPreset, flip, persona, services};
use assay_engine::oslo::python::Value;
use rstest::rstest;

const POLICY: &str = "\
# Every kind of check.
parcel:show: rule:admin_or_owner or 'public':%(visibility)s
admin_or_owner: >-
  role:admin or
  project_id:%(project_id)s
parcel:list: [[role:member, 'project_id:%(project_id)s'], [role:auditor]]
parcel:send: not rule:admin_or_owner and not role:auditor
parcel:burn: \"role:admin role:member\"
parcel:weigh: role:reader and user.name.first:%(user_id)s
parcel:count: project_id:%(project_id)s and user_id:%(project_id)d
parcel:lost: rule:no_such_rule or groups:%(group)s
parcel:nested: target_user.id:%(user.id)s or True:%(visible)s and rule:admin_or_owner and rule:admin_or_owner
loop: role:reader and rule:loop
remote: http://policy.example/%(project_id)s
";

const DEFAULTS: &str = "\
service: parcel
release: 4.0
defaults:
- {name: owner, check_str: 'project_id:%(project_id)s'}
- name: parcel:show
  check_str: role:reader and rule:owner
  scope_types: [project]
  operations: [{method: [GET, HEAD], path: '/v1/parcels/{id}'}]
- name: parcel:new
  check_str: role:member and rule:owner
  deprecated_rule: {name: parcel:old, check_str: rule:owner, deprecated_reason: Roles., deprecated_since: '3.0'}
- {name: system:only, check_str: role:reader, scope_types: [system]}
";

fn load(policy: &str, defaults: &str, enforce_new_defaults: bool) -> Loaded {
    let file = PolicyFile::of_bytes("policy.yaml".as_ref(), policy.as_bytes()).unwrap();
    let defaults = match defaults {
        "" => Defaults::default(),
        text => Defaults::parse(Path::new("defaults.yaml"), text).unwrap(),
    };
    Loaded::of(vec![file], defaults, enforce_new_defaults).unwrap()
}

fn request(name: &str, target: TargetPreset) -> Request {
    let creds = persona::find(name).unwrap().creds;
    Request { target: target.target(&creds), creds }
}

fn explain(policy: &Loaded, rules: &[&str], request: &Request) -> String {
    let reports = rules.iter().map(|rule| policy.explain(rule, request, 4).to_string());
    reports.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_kind_of_check_says_what_it_compared() {
    let policy = load(POLICY, "", true);
    let rules = ["parcel:show", "parcel:list", "parcel:send", "parcel:weigh", "parcel:count", "parcel:lost"];
    insta::assert_snapshot!("checks", explain(&policy, &rules, &request("reader", TargetPreset::Other)));
}

#[test]
fn what_is_nested_repeated_cyclic_remote_or_broken_is_said() {
    let policy = load(POLICY, "", true);
    let mut request = request("reader", TargetPreset::Own);
    let Value::Dict(creds) = &mut request.creds else { panic!("a mapping") };
    let ids = [Value::dict([("id", "u1".into())]), Value::dict([("id", "u2".into())])];
    creds.insert_str("target_user", Value::list(ids));
    let Value::Dict(target) = &mut request.target else { panic!("a mapping") };
    target.insert_str("user.id", "u3".into());
    target.insert_str("visible", true.into());
    let rules = ["parcel:nested", "loop", "parcel:burn", "remote", "no:such:rule"];
    insta::assert_snapshot!("oddities", explain(&policy, &rules, &request));
}

#[test]
fn what_the_service_registers_is_shown_beside_what_counts() {
    let request = request("no-role", TargetPreset::Other);
    let rules = ["parcel:show", "parcel:new", "system:only", "owner", "nobody"];
    let overridden = load("parcel:old: role:courier\nparcel:show: '!'\nnobody: '!'\n", DEFAULTS, true);
    let mut said = explain(&overridden, &rules, &request);
    said.push_str("\n# without the override of the old name, deprecated defaults allowed\n\n");
    said.push_str(&explain(&load("{}", DEFAULTS, false), &["parcel:new"], &request));
    insta::assert_snapshot!("defaults", said);
}

#[test]
fn an_allowed_request_says_what_would_deny_it() {
    let glance =
        Loaded::of(Vec::new(), services::find("glance:29").unwrap().defaults().unwrap(), true).unwrap();
    insta::assert_snapshot!(
        "allowed",
        explain(&glance, &["download_image"], &request("member", TargetPreset::Own))
    );
}

/// Not `explain`'s own word: every set of changes is applied and decided again, and none of it can be left out.
#[rstest]
#[case::glance("glance:29")]
#[case::cinder("cinder:22")]
fn what_would_turn_an_answer_turns_it_and_nothing_less_does(#[case] release: &str) {
    let policy = Loaded::of(Vec::new(), services::find(release).unwrap().defaults().unwrap(), true).unwrap();
    let (mut turned, mut stuck) = (0, Vec::new());
    for (index, rule) in policy.effective.keys().enumerate() {
        let names = ["project-no-role", "project-member", "system-reader", "project-admin"];
        let name = names[index % names.len()];
        let request = request(name, TargetPreset::ALL[index % 3]);
        let before = policy.ask(rule, &request).outcome;
        let flips = flip::flips(&policy, rule, &request, 6);
        if flips.is_empty() {
            stuck.push((rule.as_str(), policy.rule(rule).unwrap().tree.to_string()));
        }
        for flip in flips {
            let outcome = |changes: &[flip::Change]| {
                let changed =
                    changes.iter().try_fold(request.clone(), |request, change| change.apply(&request));
                changed.map(|request| policy.ask(rule, &request).outcome)
            };
            assert_ne!((flip.outcome, before), (before, flip.outcome), "{rule}: {flip}");
            assert_eq!(outcome(&flip.changes), Some(flip.outcome), "{rule}: {flip}");
            assert_eq!(flip.outcome == Outcome::Deny, before == Outcome::Allow);
            for left_out in 0..flip.changes.len() {
                let mut part = flip.changes.clone();
                part.remove(left_out);
                assert_ne!(outcome(&part), Some(flip.outcome), "{rule}: {flip}, without the part {left_out}");
            }
            turned += 1;
        }
    }
    assert!(turned > 100, "{turned}");
    // Nothing turns a rule that is always true or always false.
    let constant = |(_, tree): &&(&str, String)| tree != "@" && tree != "!";
    assert_eq!(stuck.iter().find(constant), None);
}

#[rstest]
#[case::three("role:a and x:%(x)s and y:%(y)s", 5)]
#[case::under_not("not (role:reader or 'public':%(v)s)", 1)]
#[case::format("x:prefix-%(a)s-%(b)s", 0)]
#[case::literal("True:%(enabled)s and role:%(kind)s", 2)]
fn larger_sets_of_changes_are_found_too(#[case] rule: &str, #[case] changes: usize) {
    let policy = load(&format!("a: \"{rule}\"\n"), "", true);
    let flips = flip::flips(&policy, "a", &request("reader", TargetPreset::Empty), 1);
    assert_eq!(flips.first().map_or(0, |flip| flip.changes.len()), changes);
}
