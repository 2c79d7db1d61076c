//! What can come of a request.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::poison::Poison;

/// The unqualified name of a Python exception class, such as `TypeError`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassName(String);

/// A text that no Python class can be called.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not the name of an exception class")]
pub struct InvalidClassName(String);

impl ClassName {
    /// The name as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClassName {
    type Error = InvalidClassName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let valid = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(word);
        if valid { Ok(Self(name)) } else { Err(InvalidClassName(name)) }
    }
}

impl From<ClassName> for String {
    fn from(name: ClassName) -> Self {
        name.0
    }
}

impl From<assay_engine::oslo::ExceptionClass> for ClassName {
    fn from(class: assay_engine::oslo::ExceptionClass) -> Self {
        Self(class.name().to_owned())
    }
}

impl fmt::Display for ClassName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What comes of a request. Equality is exact; exception messages are no part of it.
///
/// ```
/// use assay_case::Outcome;
/// let outcome: Outcome = serde_json::from_str(r#"{"raise": "TypeError"}"#).unwrap();
/// assert_eq!(outcome.to_string(), "raise TypeError");
/// assert_eq!(serde_json::to_string(&Outcome::Allow).unwrap(), r#""allow""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The request is allowed.
    Allow,
    /// The request is denied.
    Deny,
    /// An exception leaves `enforce`.
    Raise(ClassName),
    /// An exception ends the construction, registration or loading of the rules.
    Load(ClassName),
    /// Upstream gives no outcome that could be compared: a judgement of the harness, never of a
    /// subject.
    Poisoned(Poison),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Deny => f.write_str("deny"),
            Self::Raise(class) => write!(f, "raise {class}"),
            Self::Load(class) => write!(f, "load {class}"),
            Self::Poisoned(reason) => write!(f, "poisoned {reason}"),
        }
    }
}
