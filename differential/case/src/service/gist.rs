//! What a service's decisions may come to, as plain rules: enough to see what is doubtful about them.

use std::collections::BTreeMap;

use assay_engine::oslo::Rules;
use assay_engine::oslo::python::Value;

use super::{Service, Step};
use crate::document::World;

impl Service {
    /// All contents that policy files ever have.
    pub(crate) fn contents(&self) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = self.policy.files().into_iter().map(|(_, bytes)| bytes).collect();
        for step in &self.steps {
            if let Step::Write { files, .. } = step {
                all.extend(files.iter().map(|(_, bytes)| bytes.clone()));
            }
        }
        all
    }

    /// Plain rules in which each name is all that it is anywhere: registered, deprecated, or in a file.
    pub(crate) fn gist(&self, default_rule: Option<&str>) -> World {
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |name: String, text: String| texts.entry(name).or_default().push(text);
        for default in &self.registered.defaults {
            let Some((name, text)) = named(default) else { continue };
            if let Value::Dict(members) = default
                && let Some((old, text)) = members.get("deprecated_rule").and_then(named)
            {
                // It may answer for the new name as well.
                add(old, text.clone());
                add(name.clone(), text);
            }
            add(name, text);
        }
        for bytes in self.contents() {
            if let Ok(rules) = Rules::load_bytes(&bytes) {
                rules.iter().for_each(|(name, tree)| add(name.to_string(), tree.text().to_string()));
            }
        }
        let default_check = self.setup.default_check.as_ref().map(|text| {
            add(DEFAULT_CHECK.to_owned(), text.clone());
            DEFAULT_CHECK.to_owned()
        });
        let all = |texts: Vec<String>| texts.iter().map(|text| format!("({text})")).collect::<Vec<_>>();
        let rules = texts.into_iter().map(|(name, texts)| (name, all(texts).join(" or ")));
        let default_rule = default_check
            .or(default_rule.map(str::to_owned))
            .or_else(|| self.options.policy_default_rule.clone());
        World { default_rule, ..World::of_rules(rules) }
    }
}

/// What stands for the name of a default rule that has none.
const DEFAULT_CHECK: &str = "(default check)";

/// Name and text of a default, where both are texts.
fn named(default: &Value) -> Option<(String, String)> {
    let Value::Dict(members) = default else { return None };
    let text = |name: &str| match members.get(name) {
        Some(Value::Str(text)) => text.as_text().map(str::to_owned),
        _ => None,
    };
    Some((text("name")?, text("check_str")?))
}
