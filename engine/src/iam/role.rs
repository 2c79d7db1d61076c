//! What a principal holds, and which of its roles take effect.

use super::document::{Document, Version};
use super::switch::{Asker, Switch};

/// A role or policy that a principal holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Its name, in explanations and in what other roles depend on.
    pub name: String,
    /// The service that a role is granted for, or `BASE`.
    pub catalog: Option<String>,
    /// The content.
    pub document: Document,
}

impl Grant {
    /// A grant of no catalog.
    #[must_use]
    pub fn new(name: &str, document: Document) -> Self {
        Self { name: name.to_owned(), catalog: None, document }
    }
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Principal {
    /// Its name in messages.
    pub name: String,
    /// The account itself: it may do all that its organization lets it.
    pub root_user: bool,
    /// The organization's management account, or a user of it: SCPs do not bound it.
    pub management_account: bool,
    /// A service-linked agency: SCPs do not bound it.
    pub service_linked_agency: bool,
    /// The call is made with a token, not signed.
    pub token: bool,
    /// Roles and policies, through groups or directly.
    pub grants: Vec<Grant>,
}

/// The grants that take effect, in order.
///
/// "Administrator needs to assign both the required roles and their dependent roles for the authorization
/// to take effect": a role whose dependencies, and theirs, are not all held contributes nothing. Roles that
/// depend on each other in a circle and are all held take effect.
pub(super) fn effective<'p>(principal: &'p Principal, asker: &Asker) -> Vec<&'p Grant> {
    let mut held: Vec<&Grant> = principal.grants.iter().collect();
    loop {
        let satisfied: Vec<&Grant> =
            held.iter().copied().filter(|grant| lacking(grant, &held, asker).is_none()).collect();
        let counts = fault!(IamRoleWithoutItsDependencyCounts);
        if satisfied.len() == held.len() || counts || !asker.ask(Switch::UnsatisfiedDependsDrops) {
            return held;
        }
        if fault!(IamDependenciesOfDependenciesIgnored) {
            return satisfied;
        }
        held = satisfied;
    }
}

/// The grants that do not take effect, each with a role that it lacks.
pub(super) fn without_effect(principal: &Principal, asker: &Asker) -> Vec<(String, String)> {
    let held = effective(principal, asker);
    let lacks = |grant| Some((grant, lacking(grant, &held, asker)?));
    let dropped =
        principal.grants.iter().filter(|grant| !held.iter().any(|held| std::ptr::eq(*held, *grant)));
    dropped.filter_map(lacks).map(|(grant, role)| (grant.name.clone(), role.to_owned())).collect()
}

/// A role that a grant depends on and that is not held.
fn lacking<'g>(grant: &'g Grant, held: &[&Grant], asker: &Asker) -> Option<&'g str> {
    let depends = grant.document.depends.iter().flatten();
    let missing = depends.into_iter().find(|dependency| {
        let mut named = held.iter().filter(|held| held.name == dependency.display_name).peekable();
        if named.peek().is_none() {
            return true;
        }
        let of_catalog = |held: &&&Grant| held.catalog.as_deref() == Some(dependency.catalog.as_str());
        !named.any(|held| of_catalog(&held)) && asker.ask(Switch::DependsCatalog)
    });
    missing.map(|dependency| dependency.display_name.as_str())
}

/// Whether a grant belongs to the 1.0/1.1 model.
pub(super) fn is_v1(grant: &Grant) -> bool {
    grant.document.version != Version::V5_0
}
