//! What a registered default comes to when it replaces another (`Enforcer._handle_deprecated_rule`).

use indexmap::IndexMap;

use super::defaults::{DeprecatedRule, RuleDefault};
use super::warning::Warning;
use crate::oslo::language::CheckTree;
use crate::oslo::python::PyStr;

/// Which warnings are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suppress {
    /// `suppress_deprecation_warnings`: all of these.
    pub deprecations: bool,
    /// `suppress_default_change_warnings`: those of changed defaults that nobody overrides.
    pub default_changes: bool,
}

/// The check of a default that no policy file sets by its name.
///
/// An override of the old name counts for the new one, unless it says what the old default said, or is
/// an alias of the new name. Otherwise the old default is allowed beside the new one if their texts
/// differ and `enforce_new_defaults` is off.
pub(super) fn effective(
    default: &RuleDefault,
    file_rules: &IndexMap<PyStr, CheckTree>,
    enforce_new_defaults: bool,
    suppress: Suppress,
    warnings: &mut Vec<Warning>,
) -> CheckTree {
    let Some(old) = &default.definition().deprecated_rule else {
        return default.check().clone();
    };
    let name = default.name();
    let overridden = file_rules.contains_key(name);
    let renamed = old.name() != name;
    if let Some(file_rule) = file_rules.get(old.name()).filter(|_| renamed) {
        if !suppress.deprecations {
            let (since, reason) = explanation(default, old);
            warnings.push(Warning::OldName { old: old.name().into(), new: name.into(), since, reason });
        }
        let alias = || file_rule.to_string() == format!("rule:{name}");
        let replaced = overridden && !fault!(RenamedOverrideBeatsNewName);
        let says_old = file_rule == old.check() && !fault!(RenamedOldDefaultOverrides);
        let is_alias = alias() && !fault!(RenamedAliasOverrides);
        if !replaced && !says_old && !is_alias && !fault!(RenamedOverrideLost) {
            return file_rule.clone();
        }
    }
    let new_only = enforce_new_defaults && !fault!(DeprecatedAlwaysJoined);
    let same = !default.changes_text() && !fault!(DeprecatedJoinedThoughEqual);
    if new_only || overridden || same || fault!(DeprecatedNeverJoined) {
        return default.check().clone();
    }
    if !suppress.deprecations && !suppress.default_changes {
        let (since, reason) = explanation(default, old);
        warnings.push(Warning::ChangedDefault { name: name.into(), since, reason });
    }
    CheckTree::either(default.check(), old.check())
}

/// Since when and why, the old rule's own word before the default's.
fn explanation(default: &RuleDefault, old: &DeprecatedRule) -> (Option<String>, Option<String>) {
    let given = |own: Option<&str>, other: &Option<String>| {
        own.filter(|text| !text.is_empty()).map(str::to_owned).or_else(|| other.clone())
    };
    let definition = default.definition();
    (given(old.since(), &definition.deprecated_since), given(old.reason(), &definition.deprecated_reason))
}
