//! Whether two policies decide alike, but for names.

use std::collections::{HashMap, HashSet};

use assay_engine::oslo::Rules;
use assay_engine::oslo::language::{BaseClass, Check, CheckTree};
use assay_engine::oslo::python::PyStr;

/// What the upgrade calls what.
pub(super) struct Renaming<'p> {
    /// Old names and what references to them become.
    pub(super) names: &'p HashMap<String, String>,
    /// Rules that go, and that nothing refers to any more.
    pub(super) dropped: &'p HashSet<String>,
    /// References that lead nowhere, and what they become: decisions change, as was asked for.
    pub(super) dangling: &'p HashMap<String, String>,
}

impl Renaming<'_> {
    /// A rule of the policy before that has no equal one in the policy after; `None` if all have. Then every request
    /// is decided alike: each rule is the same tree, with references to rules that are the same in turn.
    pub(super) fn differing(&self, before: &Rules, after: &Rules) -> Option<String> {
        let differs = |(name, tree): &(&PyStr, &CheckTree)| {
            let name = name.masked();
            if self.dropped.contains(name) {
                return false;
            }
            let new = self.names.get(name).map_or(name, String::as_str);
            !after.contains(new) || !after.get(new).is_some_and(|other| self.same(tree, other))
        };
        before.iter().find(differs).map(|(name, _)| name.to_string())
    }

    fn same(&self, before: &CheckTree, after: &CheckTree) -> bool {
        let mut pairs = vec![(before.root(), after.root())];
        while let Some((old, new)) = pairs.pop() {
            match (before.check(old), after.check(new)) {
                (Check::Not(a), Check::Not(b)) => pairs.push((*a, *b)),
                (Check::And(a), Check::And(b)) | (Check::Or(a), Check::Or(b)) if a.len() == b.len() => {
                    pairs.extend(a.iter().copied().zip(b.iter().copied()));
                }
                (Check::Base(a), Check::Base(b)) if a.class == BaseClass::Rule && b.class == a.class => {
                    let name = a.text.masked();
                    let becomes = self.names.get(name).or_else(|| self.dangling.get(name));
                    let is_lost = becomes.is_none() && self.dropped.contains(name);
                    if is_lost || becomes.map_or(name, String::as_str) != b.text.masked() {
                        return false;
                    }
                }
                (a, b) if a == b && !matches!(a, Check::Not(_) | Check::And(_) | Check::Or(_)) => {}
                _ => return false,
            }
        }
        true
    }
}
