//! A document of a case file: a world and the cases that are asked of it.

use std::path::PathBuf;

use assay_engine::oslo::python::Value;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::service::Service;
use crate::texts::RuleTexts;

/// The rules of an enforcer, made afresh for each document.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Where the rules come from.
    pub source: RuleSource,
    /// The name of the default rule; without one, upstream's own option (`default`).
    pub default_rule: Option<String>,
}

/// Where the rules of a world come from.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleSource {
    /// Name and value of every rule, in order: a check string, a legacy list, or whatever else a
    /// policy file could hold. Names are unique. (`Rules.from_dict`.)
    Rules(Vec<(String, Value)>),
    /// The bytes of the policy file of an enforcer.
    Text(Vec<u8>),
    /// A policy file by its path, relative to the case file, and its bytes.
    Policy {
        /// The path as it is written.
        path: String,
        /// What the file holds.
        bytes: Vec<u8>,
    },
    /// A whole enforcer: registered defaults, options, files, and what happens to them.
    Service(Box<Service>),
}

impl World {
    /// A world of rules, with upstream's own default rule.
    ///
    /// ```
    /// let world = assay_case::World::of_rules([("get", "role:reader")]);
    /// assert_eq!(world.rules().len(), 1);
    /// ```
    pub fn of_rules<N: Into<String>, V: Into<Value>>(rules: impl IntoIterator<Item = (N, V)>) -> Self {
        let rules = rules.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { source: RuleSource::Rules(rules.collect()), default_rule: None }
    }

    /// The rules, where they are given as such; those of a policy file are known once it is loaded.
    #[must_use]
    pub fn rules(&self) -> &[(String, Value)] {
        match &self.source {
            RuleSource::Rules(rules) => rules,
            RuleSource::Text(_) | RuleSource::Policy { .. } | RuleSource::Service(_) => &[],
        }
    }

    /// The bytes of the policy file, where there is one.
    #[must_use]
    pub fn policy_file(&self) -> Option<&[u8]> {
        match &self.source {
            RuleSource::Rules(_) | RuleSource::Service(_) => None,
            RuleSource::Text(bytes) | RuleSource::Policy { bytes, .. } => Some(bytes),
        }
    }

    /// The whole enforcer, where it is one.
    #[must_use]
    pub const fn service(&self) -> Option<&Service> {
        match &self.source {
            RuleSource::Service(service) => Some(service),
            RuleSource::Rules(_) | RuleSource::Text(_) | RuleSource::Policy { .. } => None,
        }
    }
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// A rule of the world, by name.
    Rule(String),
    /// A check text without a name, whose references are the world's.
    Check(String),
    /// The call that is a step of the world, by the position of the step. Creds and target are the step's.
    Step(usize),
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is decided.
    pub ask: Ask,
    /// The caller's attributes.
    pub creds: Value,
    /// The attributes of the object.
    pub target: Value,
}

impl Request {
    /// The request that stands for a step.
    #[must_use]
    pub const fn step(index: usize) -> Self {
        Self { ask: Ask::Step(index), creds: Value::None, target: Value::None }
    }

    /// What is decided, with whose creds: itself, or what the step of a world asks; `None` where that asks
    /// nothing.
    #[must_use]
    pub fn asked<'r>(&'r self, world: &'r World) -> Option<&'r Self> {
        match (&self.ask, world.service()) {
            (Ask::Step(step), Some(service)) => service.call(*step)?.request(),
            (Ask::Step(_), None) => None,
            (Ask::Rule(_) | Ask::Check(_), _) => Some(self),
        }
    }
}

/// What a document states of a request, where that can be compared with upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stated {
    /// The document says that it is allowed.
    Allow,
    /// The document says that it is denied.
    Deny,
}

impl Stated {
    /// The outcome that would bear the document out.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Allow => Outcome::Allow,
            Self::Deny => Outcome::Deny,
        }
    }
}

/// One request with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The fact that the case states.
    pub name: Option<String>,
    /// The request.
    pub request: Request,
    /// What upstream makes of it; `None` until it is recorded.
    pub expect: Option<Outcome>,
    /// What the source document states.
    pub stated: Option<Stated>,
    /// The words of the document that state it.
    pub quote: Option<String>,
}

/// Where a document's expectations come from: an oracle (then with its Python), or a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document that the cases encode, by file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Out of what the expectations were derived, where the document itself does not give them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<String>,
    /// Name and version of the oracle, such as `oslo.policy 6.0.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oracle: Option<String>,
    /// The Python version under the oracle, such as `3.11`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
}

impl Source {
    /// What is wrong with it, if anything.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        match self {
            Self { document: None, oracle: None, .. } => {
                Some("source: names neither an oracle nor a document")
            }
            Self { oracle: Some(_), python: None, .. } => Some("source: an oracle needs its python"),
            _ => None,
        }
    }
}

/// One document of a case file.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file it was read from, or will be written to.
    pub file: PathBuf,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Comment lines at its top, with their `#`.
    pub comment: Vec<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Where the expectations come from.
    pub source: Source,
    /// What the rules are read as, where that is recorded.
    pub texts: Option<RuleTexts>,
    /// The rules.
    pub world: World,
    /// The requests.
    pub cases: Vec<Case>,
}
