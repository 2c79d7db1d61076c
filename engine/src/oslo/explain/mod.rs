//! Why a decision came out as it did: every check that was looked at, what it compared, and what was not reached.
//!
//! The decision itself is [`decide`](crate::oslo::decide)'s, and so is that of each single check; the trace puts
//! these together as upstream's operators do. Nothing here is made for speed.

mod facts;
mod trace;

use crate::oslo::error::Interrupt;
use crate::oslo::evaluate::{Checks, Request, decide_with, seen_creds};
use crate::oslo::language::NodeId;
use crate::oslo::load::Rules;
use crate::oslo::python::{PyStr, Value};

pub use facts::{CredsValue, Looked, Wanted, fact};

/// A decision with all that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The decision: a bool, or what a custom check handed back; or the exception.
    pub outcome: Result<Value, Interrupt>,
    /// What was looked at, a step before those that it rests on; the first is the rule that was asked for. Empty
    /// where no check was looked at: there is no such rule, or creds are no mapping.
    pub steps: Vec<Step>,
    /// Upstream's recursion came to its end before all of this could be decided: the steps show what the checks
    /// say, the outcome that there was no depth left to say it.
    pub too_deep: bool,
}

/// The number of a step in [`Explanation::steps`].
/// [`StepId::default`] is the first step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(usize);

impl StepId {
    /// The step's index in [`Explanation::steps`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// One check of the trace.
#[derive(Clone, Debug)]
pub struct Step {
    /// The rule in whose tree the check stands, as a name that [`Rules::get`] answers.
    pub rule: PyStr,
    /// The check there.
    pub node: NodeId,
    /// What came of it.
    pub outcome: StepOutcome,
    /// What it looked at.
    pub fact: Fact,
    /// What it rests on, in the order in which it is decided. Nothing for what was not reached.
    pub children: Vec<StepId>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was decided.
    Decided(bool),
    /// It raised an exception, or there is no answer.
    Raised(Interrupt),
    /// What stands before it had settled the matter.
    NotReached,
}

/// What a check looked at.
#[derive(Clone, Debug)]
pub enum Fact {
    /// `@` or `!`.
    Constant(bool),
    /// `not`
    Not,
    /// `and`
    And,
    /// `or`
    Or,
    /// `rule:name`
    Reference(Reference),
    /// `role:name`
    Role {
        /// The role that is asked for.
        wanted: Wanted,
        /// `creds['roles']`, if there is such a key.
        roles: Option<Value>,
    },
    /// `kind:match`
    Match {
        /// What the kind is compared with.
        wanted: Wanted,
        /// What the kind stands for.
        looked: Looked,
    },
    /// `http:` or `https:`: a server was asked, or would have been.
    Remote {
        /// The address.
        url: Wanted,
    },
    /// A check that the service brought along.
    Custom,
}

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name that is referred to.
    pub name: PyStr,
    /// Who answers for it.
    pub leads: Leads,
}

/// Who answers for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// The rule of that name, whose check is the step's child.
    Own,
    /// The default rule, since there is none of that name. Its check is the step's child.
    DefaultRule,
    /// Nobody, which is false.
    Undefined,
    /// A rule that has been shown already, further up or before: its steps are not shown again.
    Shown(StepId),
    /// A rule that is being decided already: a cycle, which ends when upstream's recursion does.
    Cycle,
    /// Not followed, since it was not reached or upstream's recursion ends here.
    NotFollowed,
}

/// Decides a rule by its name, and says why.
///
/// ```
/// use assay_engine::oslo::explain::{StepOutcome, explain};
/// use assay_engine::oslo::{Checks, Request, Rules, python::Value};
/// let rules = Rules::from_texts([("get", "role:admin or project_id:%(project_id)s")]);
/// let creds = Value::dict([("roles", Value::list([])), ("project_id", "p1".into())]);
/// let target = Value::dict([("project_id", "p2")].map(|(key, value)| (key, Value::from(value))));
/// let why = explain(&rules, "get", Request { creds: &creds, target: &target }, &Checks::new());
/// assert_eq!(why.outcome, Ok(false.into()));
/// let outcomes: Vec<_> = why.steps.iter().map(|step| step.outcome).collect();
/// assert_eq!(outcomes, [StepOutcome::Decided(false); 3]);
/// ```
#[must_use]
pub fn explain(rules: &Rules, rule: &str, request: Request<'_>, checks: &Checks) -> Explanation {
    let outcome = decide_with(rules, rule, request, checks);
    let (Ok(creds), Some(index)) = (seen_creds(request.creds), rules.find(rule)) else {
        return Explanation { outcome, steps: Vec::new(), too_deep: false };
    };
    let request = Request { creds: &creds, ..request };
    let end = outcome.as_ref().err().copied();
    let (steps, traced) = trace::trace(rules, rule, index, request, checks, end);
    let decided = match &outcome {
        Ok(value) => StepOutcome::Decided(value.truthy()),
        Err(interrupt) => StepOutcome::Raised(*interrupt),
    };
    Explanation { outcome, steps, too_deep: traced != decided }
}
