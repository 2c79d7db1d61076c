//! A set of named rules with its default rule.

use std::hash::Hash;

use indexmap::{Equivalent, IndexMap};
use thiserror::Error;

use super::yaml::Object;
use crate::oslo::error::Interrupt;
use crate::oslo::language::{CheckTree, parse_list, parse_rule_str, parse_text};
use crate::oslo::python::hashing::Seeded;
use crate::oslo::python::{PyStr, Value};

/// The name of the rule that answers for undefined ones unless told otherwise (upstream's option
/// `policy_default_rule`).
const DEFAULT_RULE: &str = "default";

/// A rule could not be read from its value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("rule {rule:?}: {cause}")]
pub struct LoadError {
    /// The rule's name.
    pub rule: String,
    /// The exception that ends upstream's `Rules.from_dict`, or what is not built yet.
    pub cause: Interrupt,
}

/// The position of a rule in its [`Rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RuleIndex(pub(crate) usize);

impl RuleIndex {
    /// The rule's place in [`Rules::iter`], from 0.
    #[must_use]
    pub const fn position(self) -> usize {
        self.0
    }
}

/// What answers for a name that has no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultRule {
    /// Nothing: such names are denied.
    None,
    /// The rule of this name, if there is one.
    Named(String),
    /// This check.
    Check(CheckTree),
}

/// Rules by name, in order, with the default rule (`oslo_policy.policy.Rules`).
#[derive(Clone, Debug)]
pub struct Rules {
    rules: IndexMap<PyStr, CheckTree, Seeded>,
    /// Rules of a file whose names are no text: `null: '@'`, `1: '!'`. Whoever asks for a rule does so by
    /// a text, so none is ever found; but that they are there can be seen.
    nameless: Vec<(Object, CheckTree)>,
    default_rule: DefaultRule,
}

impl Rules {
    /// Rules from rule texts: the texts of a policy file whose rules all are strings. No text is too deep
    /// here ([`parse_text`]).
    ///
    /// ```
    /// use assay_engine::oslo::Rules;
    /// let rules = Rules::from_texts([("default", "!"), ("get", "role:reader")]);
    /// assert_eq!(rules.get("get").unwrap().to_string(), "role:reader");
    /// assert_eq!(rules.get("undefined").unwrap().to_string(), "!");
    /// ```
    pub fn from_texts<N: Into<String>, T: AsRef<str>>(rules: impl IntoIterator<Item = (N, T)>) -> Self {
        let rules =
            rules.into_iter().map(|(name, text)| (PyStr::from(name.into()), parse_text(text.as_ref())));
        Self { rules: rules.collect(), ..Self::empty() }
    }

    /// Rules from values of any kind: strings, legacy lists, or what else a policy file could hold
    /// (`Rules.from_dict`).
    ///
    /// # Errors
    /// The first rule that cannot be read, with the exception that upstream raises.
    pub fn from_values<'v>(rules: impl IntoIterator<Item = (&'v str, &'v Value)>) -> Result<Self, LoadError> {
        let read = |(name, value): (&str, &Value)| match read_rule(value) {
            Ok(tree) => Ok((name.into(), tree)),
            Err(cause) => Err(LoadError { rule: name.to_owned(), cause }),
        };
        let rules = rules.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { rules, ..Self::empty() })
    }

    pub(in crate::oslo) fn empty() -> Self {
        let default_rule = DefaultRule::Named(DEFAULT_RULE.to_owned());
        Self { rules: IndexMap::default(), nameless: Vec::new(), default_rule }
    }

    /// Sets a rule, keeping the position of one of the same name.
    pub fn insert(&mut self, name: impl Into<PyStr>, tree: CheckTree) {
        self.rules.insert(name.into(), tree);
    }

    pub(super) fn insert_nameless(&mut self, name: Object, tree: CheckTree) {
        self.nameless.push((name, tree));
    }

    /// The same rules with another default rule. As upstream's, an empty name stands for `default`.
    #[must_use]
    pub fn with_default_rule(self, name: &str) -> Self {
        let name = if name.is_empty() || fault!(DefaultRuleOptionIgnored) { DEFAULT_RULE } else { name };
        self.with_default(DefaultRule::Named(name.to_owned()))
    }

    /// The same rules with another default rule, which may be none or a check.
    #[must_use]
    pub fn with_default(mut self, default_rule: DefaultRule) -> Self {
        self.default_rule = default_rule;
        self
    }

    /// Takes over the rules of another set (`dict.update`); the default rule stays.
    pub fn update(&mut self, other: Self) {
        self.rules.extend(other.rules);
        for (name, tree) in other.nameless {
            match self.nameless.iter_mut().find(|(known, _)| known.same_key(&name)) {
                Some((_, known)) => *known = tree,
                None => self.nameless.push((name, tree)),
            }
        }
    }

    /// The same rules with other trees.
    pub(in crate::oslo) fn map(mut self, other: impl Fn(CheckTree) -> CheckTree) -> Self {
        self.nameless = self.nameless.into_iter().map(|(name, tree)| (name, other(tree))).collect();
        self.rules = self.rules.into_iter().map(|(name, tree)| (name, other(tree))).collect();
        self
    }

    /// Whether there is a rule of this very name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.rules.contains_key(name)
    }

    /// The rule of this very name.
    pub(in crate::oslo) fn own_tree(&self, name: &PyStr) -> Option<&CheckTree> {
        self.rules.get(name)
    }

    /// Whether there is no rule at all: then every name is denied.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.nameless.is_empty()
    }

    /// How many rules there are, [nameless](Self::nameless) ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len() + self.nameless.len()
    }

    /// The rules of a policy file whose names are no text (`null`, `true`, `5`, a date), in order among
    /// themselves. No request and no `rule:` can reach them.
    pub fn nameless(&self) -> impl ExactSizeIterator<Item = (&Object, &CheckTree)> {
        self.nameless.iter().map(|(name, tree)| (name, tree))
    }

    /// Names and trees in order, without the [nameless](Self::nameless).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&PyStr, &CheckTree)> {
        self.rules.iter()
    }

    /// The rule that answers for a name: its own, else the default rule, else none
    /// (`Rules.__missing__` raising `KeyError`).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CheckTree> {
        self.find(name).map(|index| self.tree(index))
    }

    /// [`Rules::get`], by position.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<RuleIndex> {
        self.find_by(name)
    }

    /// [`Rules::find`] by a name that may hold lone surrogates, as `rule:` can.
    #[must_use]
    pub fn find_str(&self, name: &PyStr) -> Option<RuleIndex> {
        self.find_by(name)
    }

    fn find_by<Q: ?Sized + Hash + Equivalent<PyStr>>(&self, name: &Q) -> Option<RuleIndex> {
        let index = self.rules.get_index_of(name).or_else(|| match &self.default_rule {
            _ if fault!(DefaultRuleIgnored) => None,
            DefaultRule::None => None,
            DefaultRule::Named(name) => self.rules.get_index_of(name.as_str()),
            DefaultRule::Check(_) => Some(self.rules.len()),
        });
        index.map(RuleIndex)
    }

    /// The name of the rule at a position; a default rule that is a check has none.
    pub(in crate::oslo) fn name(&self, index: RuleIndex) -> Option<&PyStr> {
        self.rules.get_index(index.0).map(|(name, _)| name)
    }

    /// How many positions [`Rules::find`] can give.
    pub(in crate::oslo) fn positions(&self) -> usize {
        self.rules.len() + usize::from(matches!(self.default_rule, DefaultRule::Check(_)))
    }

    /// The positions of all rules that have a text for a name.
    pub(super) fn indices(&self) -> impl Iterator<Item = RuleIndex> + use<> {
        (0..self.rules.len()).map(RuleIndex)
    }

    /// The rule of this very name; the default rule does not answer for it.
    pub(super) fn own(&self, name: &PyStr) -> Option<RuleIndex> {
        self.rules.get_index_of(name).map(RuleIndex)
    }

    /// The tree at a position of these rules.
    #[must_use]
    pub fn tree(&self, index: RuleIndex) -> &CheckTree {
        match (self.rules.get_index(index.0), &self.default_rule) {
            (None, DefaultRule::Check(tree)) => tree,
            _ => &self.rules[index.0],
        }
    }
}

/// `oslo_policy._parser.parse_rule`.
pub(in crate::oslo) fn read_rule(value: &Value) -> Result<CheckTree, Interrupt> {
    match value {
        Value::Str(text) => Ok(parse_rule_str(text)?),
        other => parse_list(other),
    }
}
