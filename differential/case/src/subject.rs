//! Who is tested: anything that can take a world and decide requests.

use std::panic::{AssertUnwindSafe, catch_unwind};

use assay_engine::oslo::load::yaml::Object;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{self, Creds, Interrupt, Program, Rules, Target};
use serde::{Deserialize, Serialize};

use crate::document::{Ask, Request, World};
use crate::outcome::Outcome;
use crate::service;
use crate::shape::RuleShape;

/// What a subject says of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// An outcome.
    Outcome(Outcome),
    /// An error of its own kind, which is no Python exception. (Our engine has none: see
    /// [`agrees_by`](crate::agrees_by).)
    Error(String),
    /// It has no answer and says so, or the question cannot be put to it.
    Unsupported(String),
    /// It panicked.
    Panicked,
    /// The process in which it ran died, or had to be killed.
    Died(String),
}

impl Answer {
    /// The outcome, if it is one.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Outcome(outcome) => Some(outcome),
            Self::Error(_) | Self::Unsupported(_) | Self::Panicked | Self::Died(_) => None,
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outcome(outcome) => outcome.fmt(f),
            Self::Error(message) => write!(f, "error ({message})"),
            Self::Unsupported(reason) => write!(f, "unsupported ({reason})"),
            Self::Panicked => f.write_str("panic"),
            Self::Died(how) => write!(f, "died ({how})"),
        }
    }
}

/// An implementation of the policy language that is put to the test.
pub trait Subject: Sync {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// Takes the rules of a world.
    fn load(&self, world: &World) -> Box<dyn LoadedWorld>;
}

/// A subject with rules.
pub trait LoadedWorld {
    /// Text and tree of every rule in order; `None` where the rules could not be loaded. Rules of a
    /// policy file whose names are no text come last, and have their type in place of a name: `<int>`.
    fn shapes(&self) -> Option<Vec<RuleShape>>;

    /// Decides one request.
    fn decide(&self, request: &Request) -> Answer;
}

/// The engine of this project: rules are decided as they are compiled, checks that have no name by the
/// interpreter.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineSubject;

impl Subject for EngineSubject {
    fn name(&self) -> &'static str {
        "engine"
    }

    fn load(&self, world: &World) -> Box<dyn LoadedWorld> {
        if let Some(service) = world.service() {
            return service::load(service, world.default_rule.as_deref());
        }
        Box::new(match catch_unwind(|| engine_rules(world).map(Program::new)) {
            Ok(Ok(program)) => Loaded::Rules(program),
            Ok(Err(cause)) => Loaded::Failed(answer(Err(cause), Outcome::Load)),
            Err(_) => Loaded::Failed(Answer::Panicked),
        })
    }
}

/// The rules of a world, as the engine loads them; of a whole enforcer none.
///
/// # Errors
/// What ends the loading.
pub fn engine_rules(world: &World) -> Result<Rules, Interrupt> {
    let given = || world.rules().iter().map(|(name, value)| (name.as_str(), value));
    let rules = match world.policy_file() {
        Some(bytes) => Rules::load_bytes(bytes)
            .map_err(|error| error.cause)
            .and_then(|rules| rules.look_for_cycles().map_err(Interrupt::Raised).map(|()| rules)),
        None => Rules::from_values(given()).map_err(|error| error.cause),
    };
    rules.map(|rules| rules.with_default_rule(world.default_rule.as_deref().unwrap_or_default()))
}

enum Loaded {
    Rules(Program),
    Failed(Answer),
}

impl LoadedWorld for Loaded {
    fn shapes(&self) -> Option<Vec<RuleShape>> {
        match self {
            Self::Rules(program) => Some(shapes(program.rules())),
            Self::Failed(_) => None,
        }
    }

    fn decide(&self, request: &Request) -> Answer {
        let program = match self {
            Self::Rules(program) => program,
            Self::Failed(answer) => return answer.clone(),
        };
        let of_engine = oslo::Request { creds: &request.creds, target: &request.target };
        let compiled =
            |name: &str| program.decide(name, &Creds::of(&request.creds)?, &Target::of(&request.target));
        let decide = || match &request.ask {
            Ask::Rule(name) => answer(compiled(name), Outcome::Raise),
            Ask::Check(text) => match oslo::parse_rule_text(text) {
                Ok(check) => answer(oslo::decide_check(program.rules(), &check, of_engine), Outcome::Raise),
                Err(class) => Answer::Outcome(Outcome::Load(class.into())),
            },
            Ask::Step(_) => Answer::Unsupported("a step, of a world that has none".to_owned()),
        };
        catch_unwind(AssertUnwindSafe(decide)).unwrap_or(Answer::Panicked)
    }
}

/// The shapes of rules: those whose names are no text come last.
pub(crate) fn shapes(rules: &Rules) -> Vec<RuleShape> {
    let named = rules.iter().map(|(name, tree)| RuleShape::of(name, tree));
    let nameless = rules.nameless().map(|(name, tree)| RuleShape::of(&type_of(name).into(), tree));
    named.chain(nameless).collect()
}

/// The type of a name that is no text.
const fn type_of(name: &Object) -> &'static str {
    match name {
        Object::Scalar(Value::None) => "<NoneType>",
        Object::Scalar(Value::Bool(_)) => "<bool>",
        Object::Scalar(Value::Int(_)) => "<int>",
        Object::Scalar(Value::Float(_)) => "<float>",
        Object::Scalar(Value::Bytes(_)) => "<bytes>",
        Object::Timestamp(_) => "<date>",
        // No key can be a value of another type.
        _ => "<object>",
    }
}

/// What a decision of the engine answers; `raised` says of an exception when it was raised.
pub fn answer(decision: Result<bool, Interrupt>, raised: fn(crate::ClassName) -> Outcome) -> Answer {
    match decision {
        Ok(true) => Answer::Outcome(Outcome::Allow),
        Ok(false) => Answer::Outcome(Outcome::Deny),
        Err(Interrupt::Raised(class)) => Answer::Outcome(raised(class.into())),
        Err(Interrupt::Unsupported(reason)) => Answer::Unsupported(reason.to_string()),
        Err(Interrupt::Limit(limit)) => Answer::Unsupported(limit.to_string()),
    }
}
