//! A decision with all that it rests on, for people.

use std::fmt;

use super::evaluate::{Decision, Undecided, World, decide};
use super::request::Request;
use super::role;
use super::switch::{Asker, Switch};

/// A decision and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The vendor's message, for a denial.
    pub message: Option<String>,
    /// Roles that are held and have no effect, each with a role that it, or one it depends on, lacks.
    pub without_effect: Vec<(String, String)>,
    /// Behaviours that no document describes and on which the decision rests, with their settings: with the
    /// other setting of one of them the decision, or what decided, is another.
    pub rests_on: Vec<(Switch, bool)>,
}

/// Decides a request and says what the decision rests on.
///
/// # Errors
/// As [`decide`].
///
/// ```
/// use assay_engine::iam::{
///     Catalogue, Document, Effect, Grant, Principal, Request, Statement, Switches, Version, World, explain,
/// };
/// let upper = Document::of(Version::V5_0, vec![Statement::of(Effect::Allow, ["ims:Images:List"])]);
/// let principal = Principal { grants: vec![Grant::new("p", upper)], ..Principal::default() };
/// let (catalogue, switches) = (Catalogue::default(), Switches::default());
/// let world = World { organization: None, principal: &principal, catalogue: &catalogue, switches };
/// let explanation = explain(&world, &Request::action("ims:images:list")).unwrap();
/// assert_eq!(
///     explanation.to_string(),
///     "allow by identity: p statement 1\nrests on: action-case-ignored (taken as true)\n"
/// );
/// ```
pub fn explain(world: &World<'_>, request: &Request) -> Result<Explanation, Undecided> {
    let decision = decide(world, request)?;
    let mut rests_on = Vec::new();
    for switch in decision.asked.iter() {
        let other = decide(&World { switches: world.switches.turn(switch), ..*world }, request)?;
        if !decision.same_as(&other) {
            rests_on.push((switch, world.switches.get(switch)));
        }
    }
    Ok(Explanation {
        message: decision.message(&world.principal.name),
        without_effect: role::without_effect(world.principal, &Asker::new(world.switches)),
        decision,
        rests_on,
    })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.decision)?;
        if let Some(message) = &self.message {
            writeln!(f, "{message}")?;
        }
        for (role, lacking) in &self.without_effect {
            writeln!(f, "without effect: {role}, since {lacking} is not held, or has none itself")?;
        }
        for (switch, setting) in &self.rests_on {
            writeln!(f, "rests on: {switch} (taken as {setting})")?;
        }
        Ok(())
    }
}
