//! What is really used: overrides, defaults, and what upstream makes of both.

use assay_engine::oslo::parse_text;
use assay_engine::oslo::python::Value;

use super::rule;
use crate::edit::value;
use crate::policy::{Effective, Loaded, Origin};

/// A rule that is used.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// What decides, as a policy file can say it.
    pub check: Value,
    /// Where it comes from.
    pub origin: &'static str,
    /// The same for people.
    pub comment: String,
}

impl Used {
    /// As a line of a policy file.
    #[must_use]
    pub fn line(&self) -> String {
        rule(&self.name, &value(&self.check))
    }
}

/// All rules that are used, in the order of the policy. As a policy file on no defaults they decide alike, scopes left
/// aside.
///
/// Upstream prints the registered default where an override of the old name, or the old default beside the new one,
/// decides.
#[must_use]
pub fn effective(loaded: &Loaded) -> Vec<Used> {
    loaded.effective.values().map(|rule| used(loaded, rule)).collect()
}

fn used(loaded: &Loaded, rule: &Effective) -> Used {
    let place =
        loaded.entry(rule.origin).map(|(file, entry)| format!("{}:{}", file.path.display(), entry.value_at));
    let place = place.unwrap_or_default();
    let comment = match rule.origin {
        Origin::File { .. } => place,
        Origin::Default { .. } => "default".to_owned(),
        Origin::OldName { file, entry, .. } => {
            format!("{place}, by the old name {}", loaded.files[file].entries[entry].name)
        }
        Origin::Either { .. } => "the default or the deprecated default".to_owned(),
    };
    Used { name: rule.name.clone(), check: check(loaded, rule), origin: rule.origin.name(), comment }
}

/// The check as somebody wrote it; of two that are joined, the canonical text.
fn check(loaded: &Loaded, rule: &Effective) -> Value {
    match rule.origin {
        Origin::File { .. } | Origin::OldName { .. } => {
            loaded.entry(rule.origin).map_or(Value::None, |(_, entry)| entry.value.clone())
        }
        Origin::Default { default } => loaded.defaults.rules()[default].definition().check_str.clone(),
        Origin::Either { default } => {
            let text = rule.tree.to_string();
            // A list may hold what no text can say (`role:a b`): then by parts, which upstream joins alike.
            let definition = loaded.defaults.rules()[default].definition();
            match (&definition.check_str, definition.deprecated_rule.as_ref().map(|old| old.check_str())) {
                _ if parse_text(&text).to_string() == text => text.into(),
                (Value::List(new), Some(Value::List(old))) => {
                    Value::List(new.iter().chain(old).cloned().collect())
                }
                _ => text.into(),
            }
        }
    }
}
