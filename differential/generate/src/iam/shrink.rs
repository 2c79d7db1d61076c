//! Smaller worlds in which one case still does what it did.

use assay_case::iam::{Case, Document, Policy};
use assay_engine::iam::Context;
use serde_json::Value;

/// Takes away from a world, as long as the property holds: nodes, SCPs, policies, statements, elements, items
/// of lists, the keys of the request.
#[must_use]
pub fn shrink(world: &Document, case: usize, holds: impl Fn(&Document) -> bool) -> Document {
    let mut smallest = world.clone();
    smallest.cases = world.cases.get(case).cloned().into_iter().collect();
    if !holds(&smallest) {
        return world.clone();
    }
    // Every step takes something away, so this ends.
    while let Some(smaller) = steps(&smallest).into_iter().find(|smaller| holds(smaller)) {
        smallest = smaller;
    }
    smallest
}

fn steps(world: &Document) -> Vec<Document> {
    let mut steps = Vec::new();
    let mut step = |change: &dyn Fn(&mut Document)| {
        let mut smaller = world.clone();
        change(&mut smaller);
        if smaller != *world {
            steps.push(smaller);
        }
    };
    step(&|world| world.organization.clear());
    for index in 0..world.organization.len() {
        step(&|world| drop(world.organization.remove(index)));
        for scp in 0..world.organization[index].scps.len() {
            step(&|world| drop(world.organization[index].scps.remove(scp)));
        }
    }
    for index in 0..world.principal.policies.len() {
        step(&|world| drop(world.principal.policies.remove(index)));
    }
    step(&|world| world.principal.token = false);
    step(&|world| world.principal.root_user = false);
    step(&|world| world.principal.management_account = false);
    step(&|world| world.principal.service_linked_agency = false);
    for (index, node) in world.organization.iter().enumerate() {
        for (scp, policy) in node.scps.iter().enumerate() {
            for smaller in policies(policy) {
                step(&|world| world.organization[index].scps[scp] = smaller.clone());
            }
        }
    }
    for (index, policy) in world.principal.policies.iter().enumerate() {
        for smaller in policies(policy) {
            step(&|world| world.principal.policies[index] = smaller.clone());
        }
    }
    for case in world.cases.iter().flat_map(cases) {
        step(&|world| world.cases[0] = case.clone());
    }
    steps
}

fn cases(case: &Case) -> Vec<Case> {
    let without = |left: usize| {
        let rest = case.context.iter().enumerate().filter(|(index, _)| *index != left);
        let context = rest
            .fold(Context::default(), |context, (_, (key, value))| context.with_value(key, value.clone()));
        Case { context, ..case.clone() }
    };
    let keys = (0..case.context.iter().count()).map(without);
    keys.chain(case.resource.as_ref().map(|_| Case { resource: None, ..case.clone() })).collect()
}

fn policies(policy: &Policy) -> Vec<Policy> {
    let Policy::Text(text) = policy else { return Vec::new() };
    let Ok(document) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let statements = document["Statement"].as_array().map_or(0, Vec::len);
    let mut smaller = Vec::new();
    for index in 0..statements {
        if statements > 1 {
            let mut document = document.clone();
            document["Statement"].as_array_mut().map(|statements| statements.remove(index));
            smaller.push(document);
        }
        for element in ["Sid", "Resource", "Condition", "Action", "NotAction"] {
            let place = format!("/Statement/{index}");
            let mut without = document.clone();
            let statement = without.pointer_mut(&place).and_then(Value::as_object_mut);
            if let Some(statement) = statement.filter(|_| !element.ends_with("Action")) {
                statement.shift_remove(element);
                smaller.push(without);
            }
            shorter(&document, &format!("{place}/{element}"), &mut smaller);
        }
    }
    smaller.into_iter().map(|document| Policy::Text(document.to_string())).collect()
}

/// The document with each item of a list or block left out, and the same of the blocks inside.
fn shorter(document: &Value, place: &str, found: &mut Vec<Value>) {
    let mut places = vec![place.to_owned()];
    while let Some(place) = places.pop() {
        match document.pointer(&place) {
            Some(Value::Array(items)) if items.len() > 1 => {
                for index in 0..items.len() {
                    let mut smaller = document.clone();
                    smaller
                        .pointer_mut(&place)
                        .and_then(Value::as_array_mut)
                        .map(|items| items.remove(index));
                    found.push(smaller);
                }
            }
            Some(Value::Object(members)) => {
                for key in members.keys() {
                    if members.len() > 1 {
                        let mut smaller = document.clone();
                        let block = smaller.pointer_mut(&place).and_then(Value::as_object_mut);
                        block.map(|block| block.shift_remove(key));
                        found.push(smaller);
                    }
                    places.push(format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")));
                }
            }
            _ => {}
        }
    }
}
