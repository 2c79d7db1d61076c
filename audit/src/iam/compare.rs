//! Two documents by what they allow. Nothing is claimed without a request that the engine decided both ways.

use assay_case::iam::ims;
use assay_engine::iam::{
    Attachment, Decision, Document, Effect, Grant, Level, Organization, Principal, Request, Statement,
    Verdict, Version, World, decide,
};

use super::candidates::Candidates;
use super::{Input, InputError, Witness};

/// How a document stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// They have the same statements, in whatever order.
    Same,
    /// The new one allows more.
    Wider,
    /// The new one allows less.
    Narrower,
    /// More here, less there.
    Both,
    /// They are written otherwise, and no request shows a difference.
    Undecided,
}

impl Change {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Both => "both",
            Self::Undecided => "undecided",
        }
    }
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// A request that only the new document allows.
    pub wider: Option<Witness>,
    /// A request that only the old document allows.
    pub narrower: Option<Witness>,
    /// Whether the statements are the same, in whatever order.
    pub same: bool,
    /// How many requests were decided.
    pub requests: u64,
}

impl Comparison {
    /// In a word.
    #[must_use]
    pub const fn change(&self) -> Change {
        match (&self.wider, &self.narrower) {
            (Some(_), Some(_)) => Change::Both,
            (Some(_), None) => Change::Wider,
            (None, Some(_)) => Change::Narrower,
            (None, None) if self.same => Change::Same,
            (None, None) => Change::Undecided,
        }
    }
}

/// Who holds a document.
struct Holder {
    organization: Option<Organization>,
    principal: Principal,
}

impl Holder {
    /// An SCP bounds an account that may do everything else; any other document is all that a principal holds. A
    /// document that grants nothing would be held beside one that grants everything, so that its Deny shows.
    fn of(document: &Document, scp: bool, beside_all: bool) -> Self {
        let all = || Document::of(Version::V5_0, vec![Statement::of(Effect::Allow, ["*"])]);
        if scp {
            let mut scps = vec![Attachment { name: "the document".to_owned(), document: document.clone() }];
            if beside_all {
                scps.push(Attachment { name: "FullAccess".to_owned(), document: all() });
            }
            let organization = Organization { levels: vec![Level { name: "account".to_owned(), scps }] };
            let principal = Principal { root_user: true, ..Principal::default() };
            return Self { organization: Some(organization), principal };
        }
        let mut grants = vec![Grant::new("the document", document.clone())];
        if beside_all {
            grants.push(Grant::new("all", all()));
        }
        Self { organization: None, principal: Principal { grants, ..Principal::default() } }
    }

    fn decide(&self, input: &Input, request: &Request) -> Result<Decision, InputError> {
        let world = World {
            organization: self.organization.as_ref(),
            principal: &self.principal,
            catalogue: ims(),
            switches: input.profile.switches,
        };
        Ok(decide(&world, request)?)
    }
}

/// Compares two documents.
///
/// # Errors
/// A request that cannot be decided; there is none among requests for actions.
pub fn compare(input: &Input, old: &Document, new: &Document) -> Result<Comparison, InputError> {
    compare_as(input, old, new, false)
}

/// Compares two SCPs by what they leave to an account.
///
/// # Errors
/// As [`compare`].
pub fn compare_scps(input: &Input, old: &Document, new: &Document) -> Result<Comparison, InputError> {
    compare_as(input, old, new, true)
}

fn compare_as(input: &Input, old: &Document, new: &Document, scp: bool) -> Result<Comparison, InputError> {
    let candidates = Candidates::of([old, new]);
    // Roles are compared by their statements: on what they depend their holder has.
    let alone = |document: &Document| Document { depends: None, ..document.clone() };
    let (old, new) = (alone(old), alone(new));
    let allows =
        |document: &Document| document.statements.iter().any(|statement| statement.effect == Effect::Allow);
    let beside_all = !allows(&old) && !allows(&new);
    let holders = [&old, &new].map(|document| Holder::of(document, scp, beside_all));
    let mut comparison =
        Comparison { wider: None, narrower: None, same: statements(&old) == statements(&new), requests: 0 };
    for action in candidates.actions() {
        for request in candidates.requests(action) {
            let (before, after) = (holders[0].decide(input, &request)?, holders[1].decide(input, &request)?);
            comparison.requests += 1;
            let place = match (before.verdict, after.verdict) {
                (Verdict::Allow, Verdict::Deny(_)) => &mut comparison.narrower,
                (Verdict::Deny(_), Verdict::Allow) => &mut comparison.wider,
                _ => continue,
            };
            if place.is_none() {
                *place = Some(Witness { request, reason: format!("OLD: {before}; NEW: {after}") });
            }
        }
    }
    Ok(comparison)
}

fn statements(document: &Document) -> Vec<String> {
    let print = |statement: &Statement| Document::of(document.version, vec![statement.clone()]).to_string();
    let mut statements: Vec<String> = document.statements.iter().map(print).collect();
    statements.sort();
    statements.dedup();
    statements
}
