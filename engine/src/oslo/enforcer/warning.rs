//! What upstream warns of or logs, as values.

use std::path::PathBuf;

use thiserror::Error;

use super::error::Refusal;

/// Something that an operator or a developer should know, and that changes no decision.
///
/// The text is for a log; the variant is for a program.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Warning {
    /// A policy file overrides a rule that is to go away.
    #[error("{name} is deprecated for removal since {since}: {reason}")]
    DeprecatedForRemoval {
        /// The rule.
        name: String,
        /// Since which release.
        since: String,
        /// Why.
        reason: String,
    },
    /// A policy file overrides a rule by its old name.
    #[error("{old} is deprecated since {} in favour of {new}: {}", .since.as_deref().unwrap_or("?"),
        .reason.as_deref().unwrap_or("?"))]
    OldName {
        /// The name in the file.
        old: String,
        /// The name now.
        new: String,
        /// Since which release.
        since: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// A default has changed, and the old one is allowed beside it (`enforce_new_defaults` is off).
    #[error("the default of {name} has changed since {}: {}", .since.as_deref().unwrap_or("?"),
        .reason.as_deref().unwrap_or("?"))]
    ChangedDefault {
        /// The rule.
        name: String,
        /// Since which release.
        since: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// Rules of policy files that say what the service says anyway.
    #[error("policy files repeat the defaults of {}", .0.join(", "))]
    Redundant(Vec<String>),
    /// Rules that refer to a rule which is not defined.
    #[error("{} refer to a rule that is not defined", .0.join(", "))]
    Undefined(Vec<String>),
    /// Rules that lead into a cycle of references.
    #[error("{} lead into a cycle of references", .0.join(", "))]
    Cyclic(Vec<String>),
    /// A default gives a reason or release that belongs to its deprecated rule.
    #[error("{0} gives a deprecation's reason or release that belongs to its deprecated rule")]
    MisplacedReason(String),
    /// A deprecated rule without reason or release.
    #[error("the deprecated rule {0} has no reason or no release")]
    NoReason(String),
    /// There is no policy file. Said once.
    #[error("the policy file {0} is not there")]
    NoPolicyFile(String),
    /// A policy file that was there is gone; it counts as empty.
    #[error("the policy file {} is gone", .0.display())]
    Gone(PathBuf),
    /// A policy file that cannot be read; what it held before goes on.
    #[error("the policy file {} cannot be read", .0.display())]
    Unreadable(PathBuf),
    /// A token of another scope than the rule's was let through, since `enforce_scope` is off.
    #[error("{rule} is for scope {}, and the token's is {token}", .expected.join(", "))]
    Scope {
        /// The rule.
        rule: String,
        /// The rule's scopes.
        expected: Vec<String>,
        /// The token's scope.
        token: &'static str,
    },
    /// Strict mode: the files have changed and are not taken; the last good policy goes on.
    #[error("the policy stays as it was: {0}")]
    Refused(Refusal),
}
