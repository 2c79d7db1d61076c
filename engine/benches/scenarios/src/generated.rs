//! Policies that are made here, because what they show is a size.

use std::fmt::Write as _;

use serde_json::json;

use crate::{Attributes, Bench, Policy, Request, Scenario, attributes};

const OWN: &str = "3f1c0c5e8a1d4b0e9a6f27d5b8c4e913";
const OTHER: &str = "c27d94be51e64a02b7730e8f6d1a9b54";

/// What a generated policy is made to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One decision among this many rules.
    Wide(usize),
    /// A rule that refers to a rule, this many times.
    Chain(usize),
    /// As [`Shape::Chain`], each level referring to the next twice.
    Doubled(usize),
    /// An `or` of this many operands.
    Length(usize),
}

impl Shape {
    /// The policy with its requests.
    #[must_use]
    pub fn bench(self) -> Bench {
        match self {
            Self::Wide(rules) => wide(rules),
            Self::Chain(levels) => chain(levels),
            Self::Doubled(levels) => doubled(levels),
            Self::Length(operands) => length(operands),
        }
    }
}

/// A policy of Nova's size and manner: 360 rules, made so.
///
/// Nova's defaults are a handful of base rules (administrators, readers and members of the project, each alone and
/// `or` administrators) and, over them, a rule for every action of every API, most of which are nothing but a
/// reference to a base rule. Here: 9 base rules, 39 resources with 9 actions each; readers for `index` and `show`, members
/// for what changes things, administrators for `force_delete` and `migrate`, and one check of its own in `update`.
/// What is asked for is `show` and `update` of the resource in the middle.
#[must_use]
pub fn nova_size() -> Bench {
    const RESOURCES: usize = 39;
    let base = [
        ("context_is_admin", "role:admin"),
        ("admin_or_owner", "is_admin:True or project_id:%(project_id)s"),
        ("admin_api", "is_admin:True"),
        ("project_reader_api", "role:reader and project_id:%(project_id)s"),
        ("project_member_api", "role:member and project_id:%(project_id)s"),
        ("project_manager_api", "role:manager and project_id:%(project_id)s"),
        ("project_reader_or_admin", "rule:project_reader_api or rule:context_is_admin"),
        ("project_member_or_admin", "rule:project_member_api or rule:context_is_admin"),
        ("project_manager_or_admin", "rule:project_manager_api or rule:context_is_admin"),
    ];
    let actions = [
        ("index", "rule:project_reader_or_admin"),
        ("show", "rule:project_reader_or_admin"),
        ("create", "rule:project_member_or_admin"),
        ("update", "rule:project_member_or_admin and not 'locked':%(state)s"),
        ("delete", "rule:project_member_or_admin"),
        ("lock", "rule:project_manager_or_admin"),
        ("force_delete", "rule:context_is_admin"),
        ("migrate", "rule:context_is_admin or rule:admin_api"),
        ("rename", "rule:admin_or_owner"),
    ];
    let mut rules: Vec<_> =
        base.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for resource in 0..RESOURCES {
        for (action, text) in actions {
            rules.push((format!("os_compute_api:os-resource-{resource:02}:{action}"), text.to_owned()));
        }
    }
    let scenario = |action: &str, role: &str| Scenario {
        name: format!("nova-size {action}"),
        rule: format!("os_compute_api:os-resource-{:02}:{action}", RESOURCES / 2),
        requests: vec![
            timed("allow", &[role], server(OWN, "active")),
            timed("deny", &["auditor"], server(OWN, "active")),
            // A role that is right and a project that is not; then whether an administrator asks.
            timed("worst", &[role], server(OTHER, "locked")),
        ],
    };
    Bench {
        policy: Policy { name: "nova-size".to_owned(), rules },
        scenarios: vec![scenario("show", "reader"), scenario("update", "member")],
    }
}

/// A policy of `count` rules in the manner of Glance's; what is asked for is the one in the middle.
#[must_use]
pub fn wide(count: usize) -> Bench {
    let mut rules = vec![("context_is_admin".to_owned(), "role:admin".to_owned())];
    rules.extend((1..count).map(|index| {
        let text = match index % 3 {
            0 => "rule:context_is_admin",
            1 => "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
            _ => "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)",
        };
        (format!("service:resource_{index}:act"), text.to_owned())
    }));
    let middle = count / 2 / 3 * 3 + 1;
    let scenario = Scenario {
        name: format!("{count} rules"),
        rule: format!("service:resource_{middle}:act"),
        requests: vec![timed("worst", &["member"], server(OTHER, "active"))],
    };
    Bench { policy: Policy { name: format!("{count} rules"), rules }, scenarios: vec![scenario] }
}

/// `level_0: rule:level_1`, and so on, down to a role that the caller has.
#[must_use]
pub fn chain(levels: usize) -> Bench {
    levelled("chain of", levels, |next| format!("rule:{next}"), "role:reader", "reader")
}

/// As [`chain`], each level referring to the next twice, down to a role that the caller lacks: both are tried at each
/// level, so that who remembers nothing asks for the role `2^levels` times.
#[must_use]
pub fn doubled(levels: usize) -> Bench {
    levelled("doubled", levels, |next| format!("rule:{next} or rule:{next}"), "role:admin", "reader")
}

fn levelled(
    name: &str,
    levels: usize,
    text: impl Fn(&str) -> String,
    last: &str,
    role: &'static str,
) -> Bench {
    let level = |index: usize| format!("level_{index}");
    let mut rules: Vec<_> = (0..levels).map(|index| (level(index), text(&level(index + 1)))).collect();
    rules.push((level(levels), last.to_owned()));
    let name = format!("{name} {levels}");
    let requests = vec![timed("worst", &[role], server(OWN, "active"))];
    let scenario = Scenario { name: name.clone(), rule: level(0), requests };
    Bench { policy: Policy { name, rules }, scenarios: vec![scenario] }
}

/// `project_id:%(key_0)s or project_id:%(key_1)s or …`, none of which holds.
#[must_use]
pub fn length(operands: usize) -> Bench {
    let mut text = String::new();
    for index in 0..operands {
        let or = if index > 0 { " or " } else { "" };
        let _ = write!(text, "{or}project_id:%(key_{})s", index % 10);
    }
    let mut target = server(OTHER, "active");
    target.extend((0..10).map(|index| (format!("key_{index}"), OTHER.into())));
    let name = format!("{operands} operands");
    let scenario = Scenario {
        name: name.clone(),
        rule: "long".to_owned(),
        requests: vec![timed("worst", &["reader"], target)],
    };
    Bench { policy: Policy { name, rules: vec![("long".to_owned(), text)] }, scenarios: vec![scenario] }
}

/// A policy as a file in YAML, each rule on a line, as `oslopolicy-policy-generator` writes it.
#[must_use]
pub fn policy_file(policy: &Policy) -> String {
    let mut text = String::new();
    for (name, rule) in &policy.rules {
        let _ = writeln!(text, "\"{name}\": \"{rule}\"");
    }
    text
}

fn timed(name: &str, roles: &[&str], target: Attributes) -> Request {
    let creds = attributes(json!({
        "user_id": "5d0e7a1c94b24f6d8e3ba7c61f02d985",
        "user_domain_id": "default",
        "system_scope": null,
        "project_id": OWN,
        "project_domain_id": "default",
        "domain_id": null,
        "roles": roles,
        "is_admin_project": true,
        "is_admin": false,
        "service_roles": [],
    }));
    Request { name: name.to_owned(), timed: true, creds, target }
}

fn server(project: &str, state: &str) -> Attributes {
    attributes(json!({
        "id": "4c1d9b0e-7a35-4f2c-b8f1-0e6f5d2a9c83",
        "user_id": "5d0e7a1c94b24f6d8e3ba7c61f02d985",
        "project_id": project,
        "member_id": OTHER,
        "availability_zone": "nova",
        "state": state,
        "host": "node-7",
        "flavor_id": "42",
    }))
}
