//! Undefined and cyclic references (`Enforcer.check_rules`).

use std::collections::HashMap;

use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::Checks;
use crate::oslo::language::{Check, CheckTree, NodeId};
use crate::oslo::load::Rules;
use crate::oslo::python::PyStr;

/// What `check_rules` finds. Like upstream it does not look under `not`, and the default rule makes no
/// name defined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Rules that refer to a rule which is not defined.
    pub undefined: Vec<String>,
    /// Rules from which a cycle can be reached.
    pub cyclic: Vec<String>,
}

impl References {
    /// Whether all is well, which is what upstream's `check_rules()` returns.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.undefined.is_empty() && self.cyclic.is_empty()
    }

    /// `check_rules(raise_on_violation=True)`
    ///
    /// # Errors
    /// `InvalidDefinitionError` unless all is well.
    pub fn require(&self) -> Result<(), Interrupt> {
        if self.is_sound() { Ok(()) } else { Err(ExceptionClass::InvalidDefinitionError.into()) }
    }
}

/// Whether a walk over a tree goes under `not`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// As upstream's `check_rules` does.
    AndOr,
    /// Everywhere.
    All,
}

/// The names that a tree refers to, from left to right.
pub(super) fn references<'t>(
    tree: &'t CheckTree,
    from: NodeId,
    reach: Reach,
    checks: &Checks,
) -> Vec<&'t PyStr> {
    let mut found = Vec::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        let check = tree.check(id);
        found.extend(checks.reference(check));
        if reach == Reach::All || !matches!(check, Check::Not(_)) || fault!(CheckRulesLooksInsideNot) {
            open.extend(tree.children(id).iter().rev());
        }
    }
    found
}

/// Checks all rules.
pub(super) fn check(rules: &Rules, skip_undefined: bool, checks: &Checks) -> References {
    let named = rules.iter().map(|(name, tree)| (name.to_string(), tree));
    let nameless = rules.nameless().map(|(name, tree)| (format!("{name:?}"), tree));
    let refers = |tree| -> Vec<&PyStr> { references(tree, CheckTree::root(tree), Reach::AndOr, checks) };
    let cycles = Cycles::find(rules, &|tree| refers(tree));
    let mut found = References::default();
    for (name, tree) in named.chain(nameless) {
        let names = refers(tree);
        if names.iter().any(|name| cycles.reached_from(name)) && !fault!(CheckRulesMissesCycles) {
            found.cyclic.push(name.clone());
        }
        if !skip_undefined && names.iter().any(|name| rules.own_tree(name).is_none()) {
            found.undefined.push(name);
        }
    }
    found
}

/// From which rules a cycle of references can be reached.
pub(super) struct Cycles<'r>(HashMap<&'r PyStr, State>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// On the way down.
    Open,
    /// No cycle from here.
    Clear,
    /// A cycle can be reached.
    Cyclic,
}

impl<'r> Cycles<'r> {
    /// A walk in depth over the graph of references, on a stack of its own, each rule once.
    pub(super) fn find(rules: &'r Rules, refers: &dyn Fn(&'r CheckTree) -> Vec<&'r PyStr>) -> Self {
        let mut states: HashMap<&PyStr, State> = HashMap::new();
        for (root, tree) in rules.iter() {
            if states.contains_key(root) {
                continue;
            }
            states.insert(root, State::Open);
            let mut path = vec![(root, refers(tree).into_iter(), false)];
            while let Some((name, rest, cyclic)) = path.last_mut() {
                let Some(next) = rest.next() else {
                    let (name, cyclic) = (*name, *cyclic);
                    states.insert(name, if cyclic { State::Cyclic } else { State::Clear });
                    path.pop();
                    if let Some((_, _, above)) = path.last_mut() {
                        *above |= cyclic;
                    }
                    continue;
                };
                match states.get(next) {
                    Some(State::Open | State::Cyclic) => *cyclic = true,
                    Some(State::Clear) => {}
                    None => {
                        if let Some(tree) = rules.own_tree(next) {
                            states.insert(next, State::Open);
                            path.push((next, refers(tree).into_iter(), false));
                        }
                    }
                }
            }
        }
        Self(states)
    }

    pub(super) fn reached_from(&self, name: &PyStr) -> bool {
        self.0.get(name) == Some(&State::Cyclic)
    }
}
