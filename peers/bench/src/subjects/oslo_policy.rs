//! The crate `oslo-policy` 0.1.0, asked as its README does: creds as a type of one's own that implements `Token`, here
//! a hash map and a list of roles, targets as the hash map that the crate itself has an implementation for.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use assay_scenarios::{Attributes, Bench, Policy, Request, Scenario, policy_file};
use serde_json::Value;

use super::folded;
use crate::subject::{Asked, Prepared, Subject, clocked, timed};

pub(crate) struct OsloPolicy;

impl Subject for OsloPolicy {
    fn name(&self) -> &'static str {
        "oslo-policy 0.1"
    }

    fn about(&self) -> String {
        "crate oslo-policy 0.1.0; parentheses set off by spaces, which it needs to read Glance's rules right; without empty rules, which it rejects".to_owned()
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        let mut rules = oslo_policy::RuleSet::new();
        for (name, text) in &bench.policy.rules {
            // It takes no empty rule: those are left out, and none of them is asked for.
            if !text.is_empty() {
                rules.add_rule(name.as_str(), &spaced(text)).map_err(|error| error.to_string())?;
            }
        }
        Ok(Box::new(Loaded(rules)))
    }

    fn loads(&self, policy: &Policy, _: &Path) -> Result<Vec<(&'static str, Duration)>, String> {
        let spaced = spaced(&policy_file(policy));
        let load = || {
            let rules: HashMap<String, String> =
                serde_yaml::from_str(&spaced).map_err(|error| error.to_string())?;
            let mut set = oslo_policy::RuleSet::new();
            set.add_rules(rules).map_err(|error| error.to_string())?;
            Ok(set)
        };
        Ok(vec![("oslo-policy 0.1: serde_yaml and add_rules", clocked(load)?)])
    }
}

/// The crate takes a parenthesis that touches a check for a part of it.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut inside_format = false;
    let mut previous = ' ';
    for letter in text.chars() {
        match letter {
            '(' if previous == '%' => {
                inside_format = true;
                out.push('(');
            }
            ')' if inside_format => {
                inside_format = false;
                out.push(')');
            }
            '(' => out.push_str("( "),
            ')' => out.push_str(" )"),
            other => out.push(other),
        }
        previous = letter;
    }
    out
}

struct Loaded(oslo_policy::RuleSet);

impl Prepared for Loaded {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let rule = scenario.rule.clone();
        let creds = folded(&request.creds);
        let roles = match creds.get("roles") {
            Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let token = Token { roles, attributes: texts(&creds) };
        let target = texts(&request.target);
        Ok(Box::new(move |loops| {
            // A request is two references.
            let request = oslo_policy::Request::new(&token).with_target(&target);
            timed(loops, || self.0.evaluate(black_box(&rule), black_box(&request)))
        }))
    }
}

/// Attributes as the crate knows them: texts, the others as Python writes them.
fn texts(attributes: &Attributes) -> HashMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null => Some("None".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    };
    attributes.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
}

struct Token {
    roles: Vec<String>,
    attributes: HashMap<String, String>,
}

impl oslo_policy::Token for Token {
    fn get_api_attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|name| name == role)
    }
}
