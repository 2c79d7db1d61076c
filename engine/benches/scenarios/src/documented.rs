//! The documented policies of Glance and Cinder, and what is asked of them.
//!
//! Creds and targets have the attributes that the services hand over, not only those that a rule reads: an engine that
//! pays for what it does not need is to show it.

use serde_json::json;

use crate::{Attributes, Bench, Policy, Request, Scenario, attributes};

const GLANCE: &str = include_str!("../../../../policies/glance.yaml");
const CINDER: &str = include_str!("../../../../policies/cinder.json");

const OWN: &str = "3f1c0c5e8a1d4b0e9a6f27d5b8c4e913";
const OTHER: &str = "c27d94be51e64a02b7730e8f6d1a9b54";
const THIRD: &str = "7be0f86a2d3347c1a94d5c10e2f6b8d7";
const USER: &str = "5d0e7a1c94b24f6d8e3ba7c61f02d985";

/// Glance's documented defaults: `get_image`, `add_image`, `modify_image`.
///
/// # Panics
/// Where the policy in this repository is not what it was.
#[must_use]
pub fn glance() -> Bench {
    let document: serde_yaml::Value = serde_yaml::from_str(GLANCE).expect("policies/glance.yaml");
    let text = |rule: &serde_yaml::Value, key: &str| rule[key].as_str().expect("a text").to_owned();
    let defaults = document["defaults"].as_sequence().expect("a list");
    let rules = defaults.iter().map(|rule| (text(rule, "name"), text(rule, "check_str"))).collect();
    let scenario = |rule: &str, writer: &str| {
        // Everybody's own image, refused for want of a role, and the image that leads through every operand: of
        // another project, to which it is not shared as a member, but which is `shared`; for a writer, refused at the end.
        let timed = [
            ("allow", glance_creds(&[writer]), image(OWN, None, "private")),
            ("deny", glance_creds(&["auditor"]), image(OTHER, None, "private")),
            match rule {
                "add_image" => {
                    let mut target = image(OWN, None, "private");
                    target.insert("owner".to_owned(), OTHER.into());
                    ("worst", glance_creds(&[writer]), target)
                }
                _ => ("worst", glance_creds(&[writer]), image(OTHER, Some(THIRD), "shared")),
            },
        ];
        Scenario {
            name: format!("glance {rule}"),
            rule: rule.to_owned(),
            requests: requests(timed, glance_matrix()),
        }
    };
    Bench {
        policy: Policy { name: "glance".to_owned(), rules },
        scenarios: vec![
            scenario("get_image", "reader"),
            scenario("add_image", "member"),
            scenario("modify_image", "member"),
        ],
    }
}

/// Cinder's documented policy: `volume:get`, which leads to `admin_or_owner`.
///
/// # Panics
/// Where the policy in this repository is not what it was.
#[must_use]
pub fn cinder() -> Bench {
    let document: Attributes = serde_json::from_str(CINDER).expect("policies/cinder.json");
    let rules = document
        .iter()
        .map(|(name, text)| (name.clone(), text.as_str().expect("a text").to_owned()))
        .collect();
    let timed = [
        ("allow", cinder_creds(&["member"], false, true), volume(OWN)),
        ("deny", cinder_creds(&["member"], false, true), volume(OTHER)),
        // An administrator of a project that is not the administrators': both halves of the `and` are tried.
        ("worst", cinder_creds(&["admin"], false, false), volume(OTHER)),
    ];
    let mut others = Vec::new();
    for roles in [&["member"][..], &["admin"], &["Admin"], &[]] {
        for (is_admin, of_admin_project) in [(false, false), (false, true), (true, false), (true, true)] {
            for project in [OWN, OTHER] {
                others.push((
                    format!("{roles:?}, {is_admin}, {of_admin_project}, of {project}"),
                    cinder_creds(roles, is_admin, of_admin_project),
                    volume(project),
                ));
            }
        }
    }
    let scenario = Scenario {
        name: "cinder volume:get".to_owned(),
        rule: "volume:get".to_owned(),
        requests: requests(timed, others),
    };
    Bench { policy: Policy { name: "cinder".to_owned(), rules }, scenarios: vec![scenario] }
}

fn requests(
    timed: [(&str, Attributes, Attributes); 3],
    others: Vec<(String, Attributes, Attributes)>,
) -> Vec<Request> {
    let request = |timed| {
        move |(name, creds, target): (String, Attributes, Attributes)| Request { name, timed, creds, target }
    };
    let named = timed.map(|(name, creds, target)| (name.to_owned(), creds, target));
    named.into_iter().map(request(true)).chain(others.into_iter().map(request(false))).collect()
}

/// Who asks Glance for what, that is not timed.
fn glance_matrix() -> Vec<(String, Attributes, Attributes)> {
    let mut all = Vec::new();
    for roles in
        [&["admin"][..], &["ADMIN"], &["member"], &["reader"], &["member", "reader"], &["service"], &[]]
    {
        for project in [OWN, OTHER] {
            for member in [None, Some(OWN), Some(THIRD)] {
                for visibility in ["private", "community", "public", "shared", "Shared"] {
                    let name = format!("{roles:?}, of {project}, member {member:?}, {visibility}");
                    all.push((name, glance_creds(roles), image(project, member, visibility)));
                }
            }
        }
    }
    let mut of_another_owner = image(OWN, None, "private");
    of_another_owner.insert("owner".to_owned(), OTHER.into());
    all.push(("owned by another".to_owned(), glance_creds(&["member"]), of_another_owner));
    let mut bare = glance_creds(&["member"]);
    bare.remove("project_id");
    all.push(("a caller without a project".to_owned(), bare, image(OWN, None, "private")));
    all
}

fn glance_creds(roles: &[&str]) -> Attributes {
    attributes(json!({
        "user_id": USER,
        "user_domain_id": "default",
        "system_scope": null,
        "project_id": OWN,
        "project_domain_id": "default",
        "domain_id": null,
        "roles": roles,
        "is_admin_project": true,
        "service_user_id": null,
        "service_user_domain_id": null,
        "service_project_id": null,
        "service_project_domain_id": null,
        "service_roles": [],
        "is_admin": false,
    }))
}

fn image(project: &str, member: Option<&str>, visibility: &str) -> Attributes {
    let mut target = attributes(json!({
        "image_id": "0b6c1a2e-5e1f-4f5b-9c43-7d2a90c1d5aa",
        "name": "debian-13-genericcloud",
        "status": "active",
        "container_format": "bare",
        "disk_format": "qcow2",
        "min_disk": 3,
        "min_ram": 512,
        "protected": false,
        "project_id": project,
        "owner": project,
        "visibility": visibility,
    }));
    if let Some(member) = member {
        target.insert("member_id".to_owned(), member.into());
    }
    target
}

fn cinder_creds(roles: &[&str], is_admin: bool, is_admin_project: bool) -> Attributes {
    attributes(json!({
        "user_id": USER,
        "user_domain_id": "default",
        "system_scope": null,
        "project_id": OWN,
        "project_domain_id": "default",
        "domain_id": null,
        "roles": roles,
        "is_admin_project": is_admin_project,
        "service_user_id": null,
        "service_user_domain_id": null,
        "service_project_id": null,
        "service_project_domain_id": null,
        "service_roles": [],
        "is_admin": is_admin,
    }))
}

fn volume(project: &str) -> Attributes {
    attributes(json!({
        "id": "8d14fbd2-44ae-4f61-a7a9-3c9b7f0ad1c3",
        "user_id": USER,
        "project_id": project,
        "availability_zone": "nova",
        "status": "in-use",
        "display_name": "data",
        "volume_type_id": "b2c5f9d1-9e0c-4f8f-8d4d-6b1ef6a2c4c7",
        "size": 100,
        "bootable": false,
        "multiattach": false,
        "host": "node-7@ceph#rbd",
        "encryption_key_id": null,
    }))
}
