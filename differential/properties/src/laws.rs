//! Laws that hold between a world and a changed one, whatever the documents leave open.

use assay_case::iam::{Answer, Document, Node, Policy, answer_as};
use assay_engine::iam::{Reading, Verdict};
use serde_json::{Value, json};

/// How the verdicts of the changed world stand to those of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Same,
    NeverWider,
    NeverNarrower,
    NothingAllowed,
}

/// A law.
#[derive(Clone, Copy)]
pub struct Law {
    /// What it says.
    pub name: &'static str,
    change: fn(&Document) -> Option<Document>,
    relation: Relation,
}

/// All laws.
pub const LAWS: [Law; 9] = [
    Law { name: "adding a Deny never widens", change: with_a_deny, relation: Relation::NeverWider },
    Law {
        name: "a Deny of everything denies everything",
        change: with_a_deny_of_everything,
        relation: Relation::NothingAllowed,
    },
    Law {
        name: "a level that allows nothing stops everything",
        change: under_a_level_that_allows_nothing,
        relation: Relation::NothingAllowed,
    },
    Law { name: "an SCP never grants", change: without_organization, relation: Relation::NeverNarrower },
    Law { name: "the order of statements is irrelevant", change: reversed, relation: Relation::Same },
    Law { name: "a wider SCP never narrows", change: with_a_wider_scp, relation: Relation::NeverNarrower },
    Law { name: "FullAccess everywhere is no bound", change: with_full_access, relation: Relation::Same },
    Law { name: "splitting a statement by action changes nothing", change: split, relation: Relation::Same },
    Law { name: "what is printed is read again", change: printed, relation: Relation::Same },
];

/// A law that a case of a world breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What the law says.
    pub law: &'static str,
    /// The case, from 0.
    pub case: usize,
    /// The answer in the world, and in the changed one.
    pub answers: (String, String),
}

/// Every law that a world breaks.
///
/// ```
/// use assay_properties::laws::broken;
/// use assay_engine::iam::AsDocumented;
/// use assay_generate::iam::{Capability, world};
/// assert!(broken::<AsDocumented>(&world(0, &Capability::everything(), 0)).is_empty());
/// ```
#[must_use]
pub fn broken<R: Reading>(world: &Document) -> Vec<Broken> {
    let before = answer_as::<R>(world);
    let mut broken = Vec::new();
    for law in LAWS {
        let Some(changed) = (law.change)(world) else { continue };
        // FullAccess everywhere is compared with no organization at all.
        let before = if changed.organization.iter().any(|node| node.node == FULL) {
            &answer_as::<R>(&Document { organization: Vec::new(), ..world.clone() })
        } else {
            &before
        };
        for (case, (before, after)) in before.iter().zip(answer_as::<R>(&changed)).enumerate() {
            let holds = match (allows(before), allows(&after)) {
                (Some(before), Some(after)) => match law.relation {
                    Relation::Same => before == after,
                    Relation::NeverWider => before || !after,
                    Relation::NeverNarrower => after || !before,
                    Relation::NothingAllowed => !after,
                },
                _ => false,
            };
            if !holds {
                broken.push(Broken { law: law.name, case, answers: (before.to_string(), after.to_string()) });
            }
        }
    }
    broken
}

const fn allows(answer: &Answer) -> Option<bool> {
    match answer {
        Answer::Decision(decision) => Some(matches!(decision.verdict, Verdict::Allow)),
        _ => None,
    }
}

const FULL: &str = "full";

fn with_a_deny(world: &Document) -> Option<Document> {
    let mut changed = world.clone();
    // The first Deny of an SCP that the principal could hold too; else one that is at hand.
    let statement = json!({"Effect": "Deny", "Action": ["ims:images:*"], "Condition": {"Bool": {"g:MFAPresent": ["false"]}}});
    let deny = world.organization.iter().flat_map(|node| &node.scps).filter_map(document);
    let deny = deny.flat_map(|scp| scp["Statement"].as_array().cloned().unwrap_or_default());
    let mut deny = deny.filter(|statement| {
        statement["Effect"] == "Deny" && (statement.get("Action").or(statement.get("NotAction")).is_some())
    });
    let statement = deny.next().unwrap_or(statement);
    let added = Policy::Text(json!({"Version": "5.0", "Statement": [statement]}).to_string());
    changed.principal.policies.push(added);
    Some(changed)
}

fn with_a_deny_of_everything(world: &Document) -> Option<Document> {
    let mut changed = world.clone();
    let statement = json!({"Effect": "Deny", "Action": ["*"]});
    let added = Policy::Text(json!({"Version": "5.0", "Statement": [statement]}).to_string());
    changed.principal.policies.insert(0, added);
    Some(changed)
}

fn under_a_level_that_allows_nothing(world: &Document) -> Option<Document> {
    let bounded = !world.principal.management_account && !world.principal.service_linked_agency;
    let mut changed = world.clone();
    let statement = json!({"Effect": "Deny", "Action": ["none:none:none"]});
    let scp = Policy::Text(json!({"Version": "5.0", "Statement": [statement]}).to_string());
    changed.organization.insert(0, Node { node: "nothing".to_owned(), scps: vec![scp] });
    (bounded && !world.organization.is_empty()).then_some(changed)
}

fn without_organization(world: &Document) -> Option<Document> {
    (!world.organization.is_empty()).then(|| Document { organization: Vec::new(), ..world.clone() })
}

fn reversed(world: &Document) -> Option<Document> {
    let mut changed = world.clone();
    changed.principal.policies.reverse();
    changed.organization.iter_mut().for_each(|node| node.scps.reverse());
    each(&mut changed, &|statements| statements.reverse());
    Some(changed)
}

fn with_a_wider_scp(world: &Document) -> Option<Document> {
    let mut changed = world.clone();
    let bare = |node: &&mut Node| !node.scps.contains(&Policy::Named("FullAccess".to_owned()));
    let node = changed.organization.iter_mut().find(bare)?;
    node.scps.push(Policy::Named("FullAccess".to_owned()));
    Some(changed)
}

fn with_full_access(world: &Document) -> Option<Document> {
    let node = || Node { node: FULL.to_owned(), scps: vec![Policy::Named("FullAccess".to_owned())] };
    Some(Document { organization: vec![node(), node(), node()], ..world.clone() })
}

fn split(world: &Document) -> Option<Document> {
    let mut changed = world.clone();
    each(&mut changed, &|statements| {
        let split = statements.iter().flat_map(|statement| match statement["Action"].as_array() {
            None => vec![statement.clone()],
            Some(actions) => {
                let one = |action: &Value| {
                    let mut one = statement.clone();
                    one["Action"] = json!([action]);
                    one
                };
                actions.iter().map(one).collect()
            }
        });
        *statements = split.collect();
    });
    Some(changed)
}

/// Every policy as the engine prints it.
fn printed(world: &Document) -> Option<Document> {
    let loaded = assay_case::iam::load(world).ok()?;
    let mut changed = world.clone();
    for (policy, grant) in changed.principal.policies.iter_mut().zip(&loaded.principal.grants) {
        *policy = Policy::Text(grant.document.to_string());
    }
    for (node, level) in
        changed.organization.iter_mut().zip(loaded.organization.iter().flat_map(|o| &o.levels))
    {
        for (scp, attached) in node.scps.iter_mut().zip(&level.scps) {
            *scp = Policy::Text(attached.document.to_string());
        }
    }
    Some(changed)
}

fn document(policy: &Policy) -> Option<Value> {
    match policy {
        Policy::Named(_) => None,
        Policy::Text(text) => serde_json::from_str(text).ok(),
    }
}

/// Changes the statements of every document.
fn each(world: &mut Document, change: &dyn Fn(&mut Vec<Value>)) {
    let scps = world.organization.iter_mut().flat_map(|node| &mut node.scps);
    for policy in world.principal.policies.iter_mut().chain(scps) {
        let Some(mut document) = document(policy) else { continue };
        if let Some(statements) = document["Statement"].as_array_mut() {
            change(statements);
        }
        *policy = Policy::Text(document.to_string());
    }
}
