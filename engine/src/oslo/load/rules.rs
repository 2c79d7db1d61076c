//! A set of named rules with its default rule.

use indexmap::IndexMap;
use thiserror::Error;

use super::yaml::Object;
use crate::oslo::error::{Interrupt, Unsupported};
use crate::oslo::language::{CheckTree, parse_list, parse_text};
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

/// Rules by name, in order, with the default rule (`oslo_policy.policy.Rules`).
#[derive(Clone, Debug)]
pub struct Rules {
    rules: IndexMap<String, CheckTree>,
    /// Rules of a file whose names are no text: `null: '@'`, `1: '!'`. Whoever asks for a rule does so by
    /// a text, so none is ever found; but that they are there can be seen.
    nameless: Vec<(Object, CheckTree)>,
    default_rule: String,
}

impl Rules {
    /// Rules from rule texts: the texts of a policy file whose rules all are strings.
    ///
    /// ```
    /// use assay_engine::oslo::Rules;
    /// let rules = Rules::from_texts([("default", "!"), ("get", "role:reader")]);
    /// assert_eq!(rules.get("get").unwrap().to_string(), "role:reader");
    /// assert_eq!(rules.get("undefined").unwrap().to_string(), "!");
    /// ```
    pub fn from_texts<N: Into<String>, T: AsRef<str>>(rules: impl IntoIterator<Item = (N, T)>) -> Self {
        let rules = rules.into_iter().map(|(name, text)| (name.into(), parse_text(text.as_ref())));
        Self { rules: rules.collect(), ..Self::empty() }
    }

    /// Rules from values of any kind: strings, legacy lists, or what else a policy file could hold
    /// (`Rules.from_dict`).
    ///
    /// # Errors
    /// The first rule that cannot be read, with the exception that upstream raises.
    pub fn from_values<'v>(rules: impl IntoIterator<Item = (&'v str, &'v Value)>) -> Result<Self, LoadError> {
        let read = |(name, value): (&str, &Value)| match read_rule(value) {
            Ok(tree) => Ok((name.to_owned(), tree)),
            Err(cause) => Err(LoadError { rule: name.to_owned(), cause }),
        };
        let rules = rules.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { rules, ..Self::empty() })
    }

    pub(super) fn empty() -> Self {
        Self { rules: IndexMap::new(), nameless: Vec::new(), default_rule: DEFAULT_RULE.to_owned() }
    }

    pub(super) fn insert(&mut self, name: &str, tree: CheckTree) {
        self.rules.insert(name.to_owned(), tree);
    }

    pub(super) fn insert_nameless(&mut self, name: Object, tree: CheckTree) {
        self.nameless.push((name, tree));
    }

    /// The same rules with another default rule. As upstream's, an empty name stands for `default`.
    #[must_use]
    pub fn with_default_rule(mut self, name: &str) -> Self {
        self.default_rule = if name.is_empty() { DEFAULT_RULE } else { name }.to_owned();
        self
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

    /// The rules of a policy file whose names are no text (`null`, `true`, `5`, a date, or a string with a
    /// lone surrogate), in order among themselves. No request and no `rule:` can reach them.
    pub fn nameless(&self) -> impl ExactSizeIterator<Item = (&Object, &CheckTree)> {
        self.nameless.iter().map(|(name, tree)| (name, tree))
    }

    /// Names and trees in order, without the [nameless](Self::nameless).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &CheckTree)> {
        self.rules.iter().map(|(name, tree)| (name.as_str(), tree))
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
        let position = |name: &str| self.rules.get_index_of(name).map(RuleIndex);
        position(name).or_else(|| position(&self.default_rule))
    }

    /// The tree at a position of these rules.
    #[must_use]
    pub fn tree(&self, index: RuleIndex) -> &CheckTree {
        &self.rules[index.0]
    }
}

/// `oslo_policy._parser.parse_rule`.
pub(super) fn read_rule(value: &Value) -> Result<CheckTree, Interrupt> {
    match value {
        Value::Str(text) => match text.as_text() {
            Some(text) => Ok(parse_text(text)),
            None => parse_surrogates(text).map_err(Interrupt::from),
        },
        other => parse_list(other),
    }
}

/// A text with lone surrogates, which are letters like any other to the parser; only a check that holds
/// one cannot be told.
fn parse_surrogates(text: &PyStr) -> Result<CheckTree, Unsupported> {
    // As long in bytes as a surrogate would be.
    let stand_in = ('\u{e000}'..).find(|c| text.code_points().all(|point| point != u32::from(*c)));
    let stand_in = stand_in.filter(|c| c.len_utf8() == 3).ok_or(Unsupported::Surrogate)?;
    let spelled = text.code_points().map(|point| char::from_u32(point).unwrap_or(stand_in));
    let tree = parse_text(&spelled.collect::<String>());
    if tree.to_string().contains(stand_in) { Err(Unsupported::Surrogate) } else { Ok(tree) }
}
