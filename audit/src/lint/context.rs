//! What the lints know besides the rule in front of them.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, HashSet};

use assay_engine::oslo::language::{BaseClass, Check, CheckTree};
use assay_engine::oslo::python::PyStr;
use indexmap::IndexMap;

use super::nearest::nearest;
use crate::policy::{Defaults, PolicyFile, services};

/// Roles that Keystone creates, or that the defaults of services outside of the built-in ones name.
const ROLES: [&str; 21] = [
    "admin",
    "manager",
    "member",
    "reader",
    "service",
    "_member_",
    "audit",
    "creator",
    "heat_stack_owner",
    "heat_stack_user",
    "key-manager:service-admin",
    "load-balancer_admin",
    "load-balancer_global_observer",
    "load-balancer_member",
    "load-balancer_observer",
    "load-balancer_quota_admin",
    "observer",
    "rating",
    "resellerAdmin",
    "swiftoperator",
    "tempest",
];

/// How many unknown names are guessed at.
const GUESSES: usize = 200;

/// A rule by its name: what a policy file says, else what the service registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'c> {
    /// What it is parsed to; nothing where upstream raises.
    pub(super) tree: Option<&'c CheckTree>,
    /// Whether a policy file says so.
    pub(super) in_file: bool,
}

/// Everything that is known.
pub(super) struct Context<'c> {
    pub(super) defaults: &'c Defaults,
    /// All rules: of files, the last of a name; then the defaults that no file overrides.
    pub(super) rules: IndexMap<&'c str, Named<'c>>,
    /// The names that any of them refers to.
    pub(super) referenced: HashSet<&'c str>,
    /// The defaults themselves are what is looked at.
    pub(super) of_defaults: bool,
    roles: HashSet<String>,
    old_names: HashMap<&'c str, Vec<&'c str>>,
    history: OnceCell<HashMap<String, &'static str>>,
    guesses: Cell<usize>,
}

impl<'c> Context<'c> {
    pub(super) fn of(files: &'c [PolicyFile], defaults: &'c Defaults, of_defaults: bool) -> Self {
        let mut rules: IndexMap<&str, Named<'_>> = IndexMap::new();
        for entry in files.iter().flat_map(|file| &file.entries).filter(|entry| entry.is_named) {
            rules.insert(&entry.name, Named { tree: entry.tree.as_ref().ok(), in_file: true });
        }
        let mut old_names: HashMap<&str, Vec<&str>> = HashMap::new();
        for default in defaults.rules() {
            let named = Named { tree: Some(default.check()), in_file: false };
            rules.entry(default.name()).or_insert(named);
            if let Some(old) = &default.definition().deprecated_rule
                && old.name() != default.name()
            {
                old_names.entry(old.name()).or_default().push(default.name());
            }
        }
        let mut referenced = HashSet::new();
        let mut roles: HashSet<String> = ROLES.iter().map(|role| role.to_lowercase()).collect();
        for named in rules.values() {
            let Some(tree) = named.tree else {
                continue;
            };
            referenced.extend(references(tree).map(PyStr::masked));
        }
        for tree in defaults.rules().iter().map(assay_engine::oslo::enforcer::RuleDefault::check) {
            roles.extend(bases(tree, BaseClass::Role).map(|role| role.masked().to_lowercase()));
        }
        Self {
            defaults,
            rules,
            referenced,
            of_defaults,
            roles,
            old_names,
            history: OnceCell::new(),
            guesses: Cell::new(GUESSES),
        }
    }

    /// Whether it is known what the service registers.
    pub(super) fn knows_service(&self) -> bool {
        !self.defaults.rules().is_empty()
    }

    /// Whether the service itself lets everybody do it.
    pub(super) fn is_open_by_default(&self, name: &str) -> bool {
        let default = self.defaults.get(name);
        default.is_some_and(|default| *default.check().check(default.check().root()) == Check::True)
    }

    /// Whether there is a rule of this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.rules.contains_key(name)
    }

    /// The name that a name which is not known may be a typo of. In a file of nothing but unknown names the first are
    /// guessed at, so that it takes no longer than any other.
    pub(super) fn nearest<'n>(
        &self,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let left = self.guesses.get().checked_sub(1)?;
        self.guesses.set(left);
        nearest(name, known)
    }

    /// The names that a deprecated name has now.
    pub(super) fn new_names(&self, old: &str) -> &[&'c str] {
        self.old_names.get(old).map(Vec::as_slice).unwrap_or_default()
    }

    /// The deprecated names that are still known.
    pub(super) fn old_names(&self) -> impl Iterator<Item = &'c str> {
        self.old_names.keys().copied()
    }

    /// Whether a role is known, whatever its case.
    pub(super) fn knows_role(&self, role: &str) -> bool {
        self.roles.contains(&role.to_lowercase())
    }

    /// The roles that are known, in small letters.
    pub(super) fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(String::as_str)
    }

    /// The newest built-in release of the same service that has a policy of this name.
    pub(super) fn last_release(&self, name: &str) -> Option<&'static str> {
        self.history.get_or_init(|| self.read_history()).get(name).copied()
    }

    fn read_history(&self) -> HashMap<String, &'static str> {
        let mut history = HashMap::new();
        let of_service =
            |release: &&services::Release| Some(release.service) == self.defaults.service.as_deref();
        for release in services::releases().iter().filter(of_service) {
            for default in release.defaults().iter().flat_map(Defaults::rules) {
                history.insert(default.name().to_owned(), release.version);
                if let Some(old) = &default.definition().deprecated_rule {
                    history.entry(old.name().to_owned()).or_insert(release.version);
                }
            }
        }
        history
    }
}

/// The names that a rule refers to.
pub(super) fn references(tree: &CheckTree) -> impl Iterator<Item = &PyStr> {
    bases(tree, BaseClass::Rule)
}

fn bases(tree: &CheckTree, class: BaseClass) -> impl Iterator<Item = &PyStr> {
    tree.ids().into_iter().filter_map(move |id| match tree.check(id) {
        Check::Base(base) if base.class == class => Some(&base.text),
        _ => None,
    })
}
