//! A policy document: version, statements, and for roles what they depend on.

use std::fmt;

use super::action::ActionPattern;
use super::json::{Span, write_string};
use super::operator::Operator;
use super::urn::ResourcePattern;

/// A value and the place in the text that it was read from. Places play no part in equality.
#[derive(Clone, Debug, Default)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands; empty for what no text was read for.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

impl<T> From<T> for Placed<T> {
    fn from(value: T) -> Self {
        Self { value, span: 0..0 }
    }
}

/// The versions of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// `1.0`: a role.
    V1_0,
    /// `1.1`: a policy, or a role.
    V1_1,
    /// `5.0`: an identity policy, or an SCP.
    V5_0,
}

impl Version {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V5_0 => "5.0",
        }
    }

    /// The version of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::V1_0, Self::V1_1, Self::V5_0].into_iter().find(|version| version.name() == name)
    }
}

/// What a document is used as. Each use has its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// A role, 1.0 or 1.1: it may depend on others.
    Role,
    /// A fine-grained policy, 1.1.
    Policy,
    /// An identity policy, 5.0.
    Identity,
    /// A service control policy, 5.0.
    Scp,
}

impl Use {
    /// Its name in case files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Identity => "identity",
            Self::Scp => "scp",
        }
    }

    /// The use of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Role, Self::Policy, Self::Identity, Self::Scp].into_iter().find(|use_| use_.name() == name)
    }
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// The actions of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// Whether it is `NotAction`: every action but these.
    pub except: bool,
    /// The patterns.
    pub patterns: Vec<Placed<ActionPattern>>,
}

/// One key of a condition block under one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator.
    pub operator: Operator,
    /// The key.
    pub key: String,
    /// The values; one is enough, or for a negated operator none may fit.
    pub values: Vec<Placed<String>>,
    /// Where the key stands.
    pub place: Placed<()>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// To which actions; `None` where a Deny of an SCP names none (every action).
    pub actions: Option<Actions>,
    /// On which resources; `None` is all.
    pub resources: Option<Vec<Placed<ResourcePattern>>>,
    /// All of these must hold.
    pub conditions: Vec<Condition>,
    /// Where it stands.
    pub place: Placed<()>,
}

impl Statement {
    /// A statement about some actions, on all resources, without conditions.
    ///
    /// ```
    /// use assay_engine::iam::{Effect, Statement};
    /// let statement = Statement::of(Effect::Deny, ["ims:images:deleteImage"]);
    /// assert_eq!(statement.actions.unwrap().patterns.len(), 1);
    /// ```
    #[must_use]
    pub fn of<'a>(effect: Effect, actions: impl IntoIterator<Item = &'a str>) -> Self {
        let patterns = actions.into_iter().map(|action| ActionPattern::from(action).into()).collect();
        Self {
            sid: None,
            effect,
            actions: Some(Actions { except: false, patterns }),
            resources: None,
            conditions: Vec::new(),
            place: Placed::default(),
        }
    }
}

/// A role that a role depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The service that it is granted for, or `BASE`.
    pub catalog: String,
    /// Its name.
    pub display_name: String,
}

/// A policy document.
///
/// It is read by [`read`](super::read()), which says everything that is wrong with a text, and printed as
/// JSON by `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The version.
    pub version: Version,
    /// The statements.
    pub statements: Vec<Statement>,
    /// What a role depends on; `None` where the document has no such member.
    pub depends: Option<Vec<Dependency>>,
}

impl Document {
    /// A document of some statements.
    #[must_use]
    pub const fn of(version: Version, statements: Vec<Statement>) -> Self {
        Self { version, statements, depends: None }
    }

    /// What a principal's document is used as: a role if it depends on something or is of version 1.0.
    #[must_use]
    pub const fn principal_use(&self) -> Use {
        match (self.version, &self.depends) {
            (Version::V5_0, _) => Use::Identity,
            (Version::V1_0, _) | (Version::V1_1, Some(_)) => Use::Role,
            (Version::V1_1, None) => Use::Policy,
        }
    }
}

/// As JSON on one line.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::from("{\"Version\": ");
        write_string(self.version.name(), &mut out);
        out.push_str(", \"Statement\": ");
        list(&self.statements, &mut out, statement);
        if let Some(depends) = &self.depends {
            out.push_str(", \"Depends\": ");
            list(depends, &mut out, |dependency, out| {
                out.push_str("{\"catalog\": ");
                write_string(&dependency.catalog, out);
                out.push_str(", \"display_name\": ");
                write_string(&dependency.display_name, out);
                out.push('}');
            });
        }
        out.push('}');
        f.write_str(&out)
    }
}

fn list<T>(items: &[T], out: &mut String, mut write: impl FnMut(&T, &mut String)) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push(']');
}

fn statement(statement: &Statement, out: &mut String) {
    out.push('{');
    if let Some(sid) = &statement.sid {
        out.push_str("\"Sid\": ");
        write_string(sid, out);
        out.push_str(", ");
    }
    out.push_str("\"Effect\": ");
    write_string(statement.effect.name(), out);
    if let Some(actions) = &statement.actions {
        out.push_str(if actions.except { ", \"NotAction\": " } else { ", \"Action\": " });
        list(&actions.patterns, out, |pattern, out| write_string(pattern.value.as_str(), out));
    }
    if let Some(resources) = &statement.resources {
        out.push_str(", \"Resource\": ");
        list(resources, out, |pattern, out| write_string(&pattern.value.to_string(), out));
    }
    if !statement.conditions.is_empty() {
        out.push_str(", \"Condition\": ");
        conditions(&statement.conditions, out);
    }
    out.push('}');
}

/// Operators in the order of their first key; keys of one operator stand together.
fn conditions(conditions: &[Condition], out: &mut String) {
    let mut operators: Vec<Operator> = Vec::new();
    for condition in conditions {
        if !operators.contains(&condition.operator) {
            operators.push(condition.operator);
        }
    }
    out.push('{');
    for (index, operator) in operators.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write_string(&operator.to_string(), out);
        out.push_str(": {");
        let mut first = true;
        for condition in conditions.iter().filter(|condition| condition.operator == *operator) {
            out.push_str(if std::mem::take(&mut first) { "" } else { ", " });
            write_string(&condition.key, out);
            out.push_str(": ");
            list(&condition.values, out, |value, out| write_string(&value.value, out));
        }
        out.push('}');
    }
    out.push('}');
}
