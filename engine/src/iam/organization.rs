//! The way from an organization's root to an account, with the SCPs attached on it.

use thiserror::Error;

use super::document::Document;
use super::profile::Profile;

/// An SCP that is attached.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Its name in explanations.
    pub name: String,
    /// The content.
    pub document: Document,
}

/// The root, an OU or an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its name.
    pub name: String,
    /// What is attached to it.
    pub scps: Vec<Attachment>,
}

/// The levels above and of an account: the root first, the account last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Organization {
    /// The levels.
    pub levels: Vec<Level>,
}

/// A rule or quota of organizations that is broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OrganizationProblem {
    /// More SCPs than can be attached.
    #[error("{node}: {count} SCPs are attached, {limit} can be")]
    TooManyScps {
        /// The root, OU or account.
        node: String,
        /// How many there are.
        count: usize,
        /// How many there can be.
        limit: usize,
    },
    /// No SCP: the last one cannot be detached (`Organizations.1614`).
    #[error("{node}: no SCP is attached, and the last one cannot be detached")]
    NoScp {
        /// The root, OU or account.
        node: String,
    },
    /// OUs nested too deeply; root and account are not counted.
    #[error("{depth} OUs are nested, {limit} can be")]
    TooDeep {
        /// How many there are.
        depth: usize,
        /// How many there can be.
        limit: usize,
    },
}

impl OrganizationProblem {
    /// Its name in case files and reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TooManyScps { .. } => "too-many-scps",
            Self::NoScp { .. } => "no-scp",
            Self::TooDeep { .. } => "too-deep",
        }
    }
}

impl Organization {
    /// Every documented rule and quota that it breaks.
    #[must_use]
    pub fn problems(&self, profile: &Profile) -> Vec<OrganizationProblem> {
        let mut problems = Vec::new();
        let depth = self.levels.len().saturating_sub(2);
        if depth > profile.ou_depth {
            problems.push(OrganizationProblem::TooDeep { depth, limit: profile.ou_depth });
        }
        for Level { name, scps } in &self.levels {
            if scps.is_empty() {
                problems.push(OrganizationProblem::NoScp { node: name.clone() });
            }
            if scps.len() > profile.scps_per_node {
                let (count, limit) = (scps.len(), profile.scps_per_node);
                problems.push(OrganizationProblem::TooManyScps { node: name.clone(), count, limit });
            }
        }
        problems
    }
}
