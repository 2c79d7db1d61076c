//! What an account can do at most under its SCPs: what its root user can.

use assay_engine::iam::{Principal, Verdict, decide};

use super::candidates::Candidates;
use super::{InputError, Parts, Witness};

/// The bound of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The action.
    pub action: String,
    /// A request that the SCPs let pass.
    pub allowed: Option<Witness>,
    /// A request that they stop.
    pub denied: Option<Witness>,
}

impl Bound {
    /// In a word.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (&self.allowed, &self.denied) {
            (Some(_), None) => "allowed",
            (Some(_), Some(_)) => "conditional",
            (None, _) => "denied",
        }
    }
}

/// The bound of every action of the service's table, and of some more. Each request that is shown was decided by the
/// engine for the account's root user, whom nothing but SCPs bounds.
///
/// # Errors
/// A request that cannot be decided; there is none among requests for actions.
pub fn boundary(parts: &Parts, more: &[String]) -> Result<Vec<Bound>, InputError> {
    let documents = parts.organization.levels.iter().flat_map(|level| &level.scps).map(|scp| &scp.document);
    let candidates = Candidates::of(documents);
    let principal = Principal { root_user: true, name: "root user".to_owned(), ..Principal::default() };
    let parts = Parts { principal, ..parts.clone() };
    let known = assay_case::iam::ims().actions().iter().map(|action| &action.name);
    known.chain(more).map(|action| bound(&parts, &candidates, action)).collect()
}

fn bound(parts: &Parts, candidates: &Candidates, action: &str) -> Result<Bound, InputError> {
    let mut bound = Bound { action: action.to_owned(), allowed: None, denied: None };
    for request in candidates.requests(action) {
        let decision = decide(&parts.world(), &request)?;
        let place = match decision.verdict {
            Verdict::Allow => &mut bound.allowed,
            Verdict::Deny(_) => &mut bound.denied,
        };
        if place.is_none() {
            *place = Some(Witness { request, reason: decision.to_string() });
        }
    }
    Ok(bound)
}
