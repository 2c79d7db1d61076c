//! What would change an answer: the least changes to who asks and about what, each tried on the policy.

mod change;
mod plan;

use super::{Loaded, Outcome, Request};

pub use change::Change;

/// How many single changes are put together to pairs at most.
const ATOMS: usize = 48;

/// Changes that together turn an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// What changes; none of it can be left out.
    pub changes: Vec<Change>,
    /// The request then.
    pub request: Request,
    /// What comes of it.
    pub outcome: Outcome,
}

/// The least changes that make a denied request allowed, or one that raises; or an allowed one denied. At most `limit`
/// sets, the smallest first. Every set was decided by the engine, and so was each without one of its changes.
///
/// The search goes by what the rule's checks compare: values are set to what would satisfy a check, or spoil it. It
/// does not find what only another value would do (a format such as `%(x)5d`, say).
///
/// ```
/// use assay::policy::{Loaded, PolicyFile, Request, flip, persona, TargetPreset};
/// let file = PolicyFile::of_bytes("policy.yaml".as_ref(), b"a: 'role:admin or project_id:%(project_id)s'\n").unwrap();
/// let policy = Loaded::of(vec![file], Default::default(), true).unwrap();
/// let creds = persona::find("reader").unwrap().creds;
/// let request = Request { target: TargetPreset::Other.target(&creds), creds };
/// let flips: Vec<String> = flip::flips(&policy, "a", &request, 3).iter().map(|flip| flip.to_string()).collect();
/// assert_eq!(flips[0], "creds.roles has \"admin\" too");
/// ```
#[must_use]
pub fn flips(policy: &Loaded, rule: &str, request: &Request, limit: usize) -> Vec<Flip> {
    let allow = policy.ask(rule, request).outcome != Outcome::Allow;
    let mut search = Search { policy, rule, request, allow, found: Vec::new() };
    let mut starts = vec![(Vec::new(), request.clone())];
    for scope in change::SCOPES {
        let change = Change::Scope(scope);
        starts.extend(change.apply(request).map(|changed| (vec![change], changed)));
    }
    let scope = policy.policy.scope(rule, &request.creds);
    for (start, changed) in starts {
        let fits = policy.policy.scope(rule, &changed.creds).fits;
        // Another token is a greater change than all others: it is of interest where the scope stands in the way, or
        // where it would.
        let of_interest = if start.is_empty() { fits || !allow } else { fits != scope.fits };
        if !of_interest {
            continue;
        }
        search.attempt(&start);
        let plans = plan::plans(policy, rule, &changed, allow);
        let mut atoms: Vec<Change> = Vec::new();
        for change in plans.iter().flatten() {
            if !atoms.contains(change) {
                atoms.push(change.clone());
            }
        }
        atoms.truncate(ATOMS);
        let with = |changes: &[Change]| [&start[..], changes].concat();
        for atom in &atoms {
            search.attempt(&with(std::slice::from_ref(atom)));
        }
        for (index, first) in atoms.iter().enumerate() {
            for second in &atoms[index + 1..] {
                search.attempt(&with(&[first.clone(), second.clone()]));
            }
        }
        for plan in plans.iter().filter(|plan| plan.len() > 2) {
            search.attempt(&with(plan));
        }
    }
    let mut found = search.found;
    found.sort_by_key(|flip| flip.changes.len());
    found.truncate(limit);
    found
}

struct Search<'p> {
    policy: &'p Loaded,
    rule: &'p str,
    request: &'p Request,
    /// Whether it is to be allowed, or to be denied.
    allow: bool,
    found: Vec<Flip>,
}

impl Search<'_> {
    /// Keeps these changes if they do it and no part of them does.
    fn attempt(&mut self, changes: &[Change]) {
        let has = |flip: &Flip| flip.changes.iter().all(|change| changes.contains(change));
        if changes.is_empty() || self.found.iter().any(has) {
            return;
        }
        let Some((request, outcome)) = self.outcome(changes) else {
            return;
        };
        let part = |left_out: usize| {
            let mut part = changes.to_vec();
            part.remove(left_out);
            part
        };
        match (0..changes.len()).map(part).find(|part| !part.is_empty() && self.outcome(part).is_some()) {
            Some(part) => self.attempt(&part),
            None => self.found.push(Flip { changes: changes.to_vec(), request, outcome }),
        }
    }

    /// The request with these changes, if that turns the answer.
    fn outcome(&self, changes: &[Change]) -> Option<(Request, Outcome)> {
        let mut request = self.request.clone();
        for change in changes {
            request = change.apply(&request)?;
        }
        let outcome = self.policy.ask(self.rule, &request).outcome;
        let wanted = if self.allow { Outcome::Allow } else { Outcome::Deny };
        (outcome == wanted).then_some((request, outcome))
    }
}

impl std::fmt::Display for Flip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, change) in self.changes.iter().enumerate() {
            write!(f, "{}{change}", if index > 0 { ", and " } else { "" })?;
        }
        Ok(())
    }
}
