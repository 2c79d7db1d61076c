//! Which operators and elements the worlds of a run held.

use std::collections::BTreeMap;

use assay_case::iam::{Document, Policy};
use serde_json::Value;

/// The elements that are counted.
pub const ELEMENTS: [&str; 20] = [
    "organization",
    "three levels or more",
    "level without FullAccess",
    "SCP that denies",
    "SCP that allows",
    "caller that SCPs do not bound",
    "root user",
    "policy 1.1",
    "identity policy 5.0",
    "policies of both models",
    "Allow",
    "Deny",
    "NotAction",
    "wildcard inside an action",
    "? in an action",
    "URN",
    "wildcard in a URN's account",
    "wildcard inside a URN's path",
    "two operators in a block",
    "several values",
];

/// In how many worlds each operator and each element stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Worlds.
    pub worlds: u64,
    /// By the operator's whole name.
    pub operators: BTreeMap<String, u64>,
    /// By the name in [`ELEMENTS`].
    pub elements: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// Counts a world.
    pub fn count(&mut self, world: &Document) {
        let mut found = Found::default();
        found.world(world);
        self.worlds += 1;
        for operator in found.operators.into_keys() {
            *self.operators.entry(operator).or_default() += 1;
        }
        for element in found.elements.into_keys() {
            *self.elements.entry(element).or_default() += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        for (operator, count) in other.operators {
            *self.operators.entry(operator).or_default() += count;
        }
        for (element, count) in other.elements {
            *self.elements.entry(element).or_default() += count;
        }
    }

    /// The share of worlds with an element.
    ///
    /// ```
    /// use assay_generate::iam::{Capability, Coverage, world};
    /// let mut coverage = Coverage::default();
    /// (0..50).for_each(|index| coverage.count(&world(0, &Capability::everything(), index)));
    /// assert!(coverage.share("Deny") > 0.5);
    /// ```
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a share is printed with one digit")]
    pub fn share(&self, element: &str) -> f64 {
        let count = self.elements.get(element).copied().unwrap_or_default();
        count as f64 / self.worlds.max(1) as f64
    }
}

#[derive(Default)]
struct Found {
    operators: BTreeMap<String, ()>,
    elements: BTreeMap<&'static str, ()>,
}

impl Found {
    fn see(&mut self, element: &'static str, seen: bool) {
        if seen {
            self.elements.insert(element, ());
        }
    }

    fn world(&mut self, world: &Document) {
        self.see("organization", !world.organization.is_empty());
        self.see("three levels or more", world.organization.len() >= 3);
        for node in &world.organization {
            let full = node.scps.iter().any(|scp| matches!(scp, Policy::Named(_)));
            self.see("level without FullAccess", !full);
            for statement in node.scps.iter().flat_map(statements) {
                let denies = statement["Effect"] == "Deny";
                self.see(if denies { "SCP that denies" } else { "SCP that allows" }, true);
                self.statement(&statement);
            }
        }
        let principal = &world.principal;
        self.see(
            "caller that SCPs do not bound",
            !world.organization.is_empty()
                && (principal.management_account || principal.service_linked_agency),
        );
        self.see("root user", principal.root_user);
        for policy in &principal.policies {
            let Policy::Text(text) = policy else { continue };
            let v1 = text.contains("\"Version\":\"1.1\"");
            self.see(if v1 { "policy 1.1" } else { "identity policy 5.0" }, true);
            for statement in statements(policy) {
                self.statement(&statement);
            }
        }
        let both =
            self.elements.contains_key("policy 1.1") && self.elements.contains_key("identity policy 5.0");
        self.see("policies of both models", both);
    }

    fn statement(&mut self, statement: &Value) {
        self.see(if statement["Effect"] == "Allow" { "Allow" } else { "Deny" }, true);
        self.see("NotAction", statement.get("NotAction").is_some());
        for action in texts(&statement["Action"]).chain(texts(&statement["NotAction"])) {
            self.see("wildcard inside an action", action.trim_end_matches('*').contains('*'));
            self.see("? in an action", action.contains('?'));
        }
        for resource in texts(&statement["Resource"]).filter(|resource| *resource != "*") {
            self.see("URN", true);
            let parts: Vec<&str> = resource.splitn(5, ':').collect();
            self.see("wildcard in a URN's account", parts[2].contains('*'));
            self.see("wildcard inside a URN's path", parts[4].trim_end_matches('*').contains('*'));
        }
        let Some(block) = statement["Condition"].as_object() else { return };
        self.see("two operators in a block", block.len() > 1);
        for (operator, keys) in block {
            self.operators.insert(operator.clone(), ());
            let several = keys.as_object().into_iter().flatten().any(|(_, values)| texts(values).count() > 1);
            self.see("several values", several);
        }
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn statements(policy: &Policy) -> Vec<Value> {
    let Policy::Text(text) = policy else { return Vec::new() };
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    document["Statement"].as_array().cloned().unwrap_or_default()
}
