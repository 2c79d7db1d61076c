//! The crate `oslo-policy` 0.1.0 as a subject.
//!
//! What the crate leaves to the service that uses it is done here in the way that serves it best, so
//! that what disagrees is the crate's own:
//!
//! - Rules are added one by one: a rule that the crate rejects is an error of the requests for it, not
//!   of its neighbours. References to it find no rule, which the crate denies.
//! - A check without a name is added as a rule of an impossible name.
//! - Names of roles are compared without regard to case, as upstream does; the crate's `Token` leaves
//!   that open.
//! - Attributes are texts to the crate. `None`, booleans and numbers are handed over as Python writes
//!   them, which the crate's own tests do for the latter two; of nested mappings, `a.b` names what is
//!   inside. Other values have no text that the crate would know of: a decision that asks for one is
//!   unsupported, one that does not is not.
//! - A policy file is read as the crate's README reads it, but that a rule which is no text is
//!   unsupported without its neighbours.
//!
//! Rules that are no texts (lists among them) are unsupported. A default rule is nothing that the crate
//! knows: its answer without one stands.
#![forbid(unsafe_code)]

mod attributes;

use std::cell::RefCell;
use std::collections::HashMap;

use assay_case::{Answer, Ask, LoadedWorld, Outcome, Request, RuleShape, Subject, World};
use assay_engine::oslo::python::Value;
use oslo_policy::RuleSet;

use crate::attributes::{Creds, Target, Unheld};

/// A name that no rule of a case has.
const NAMELESS: &str = "\0 the check without a name";

/// The crate `oslo-policy` 0.1.0.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsloPolicy01;

impl Subject for OsloPolicy01 {
    fn name(&self) -> &'static str {
        "oslo-policy-0.1"
    }

    fn load(&self, world: &World) -> Box<dyn LoadedWorld> {
        let mut loaded = Loaded::default();
        match world.policy_file() {
            None => {
                for (name, rule) in world.rules() {
                    match rule {
                        Value::Str(text) => loaded.add(name, text.as_text()),
                        _ => loaded.add(name, None),
                    }
                }
            }
            Some(bytes) => match serde_yaml::from_slice::<HashMap<String, serde_yaml::Value>>(bytes) {
                Err(error) => loaded.failed = Some(Answer::Error(error.to_string())),
                Ok(rules) => rules.iter().for_each(|(name, rule)| loaded.add(name, rule.as_str())),
            },
        }
        Box::new(loaded)
    }
}

/// A rule set, and what became of the rules that are not in it.
#[derive(Default)]
struct Loaded {
    rules: RefCell<RuleSet>,
    absent: HashMap<String, Answer>,
    failed: Option<Answer>,
}

impl Loaded {
    /// Adds a rule; `None` stands for one that is no text.
    fn add(&mut self, name: &str, text: Option<&str>) {
        let absent = match text.map(|text| self.rules.get_mut().add_rule(name, text)) {
            Some(Ok(())) => return,
            Some(Err(error)) => Answer::Error(error.to_string()),
            None => Answer::Unsupported("a rule that is no text".to_owned()),
        };
        self.absent.insert(name.to_owned(), absent);
    }
}

impl LoadedWorld for Loaded {
    fn shapes(&self) -> Option<Vec<RuleShape>> {
        None
    }

    fn decide(&self, request: &Request) -> Answer {
        let name = match &request.ask {
            _ if self.failed.is_some() => return self.failed.clone().unwrap_or(Answer::Panicked),
            Ask::Rule(name) => match self.absent.get(name) {
                Some(absent) => return absent.clone(),
                None => name,
            },
            Ask::Check(text) => match self.rules.borrow_mut().add_rule(NAMELESS, text) {
                Err(error) => return Answer::Error(error.to_string()),
                Ok(()) => NAMELESS,
            },
            Ask::Step(_) => return Answer::Unsupported("a step of an enforcer".to_owned()),
        };
        let unheld = Unheld::default();
        let creds = Creds::new(&request.creds, &unheld);
        let target = Target::new(&request.target, &unheld);
        let asked = oslo_policy::Request::new(&creds).with_target(&target);
        let allowed = self.rules.borrow().evaluate(name, &asked);
        match unheld.get() {
            Some(what) => Answer::Unsupported(what.to_owned()),
            None => Answer::Outcome(if allowed { Outcome::Allow } else { Outcome::Deny }),
        }
    }
}
