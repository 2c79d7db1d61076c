//! One policy as it decides: its rules, and which tokens each of them is for.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use assay_engine::oslo::enforcer::{
    Asked, Definition, Enforcer, InvalidDefault, Options, Policy, RuleDefault,
};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::percent::format;
use assay_engine::oslo::remote::{RemoteFailure, RemoteRequest, RemoteResponse};
use assay_engine::oslo::{Checks, ExceptionClass, Interrupt, Request, Rules};

use super::witness::Assumption;
use crate::policy::Loaded;

/// A policy that is reasoned about and, to see that the reasoning is right, asked.
#[derive(Clone)]
pub struct Side {
    policy: Arc<Policy>,
    scopes: HashMap<String, Vec<String>>,
    /// What remote checks answer, by address.
    answers: Arc<Mutex<HashMap<String, bool>>>,
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is allowed.
    Allow,
    /// It is denied.
    Deny,
    /// An exception leaves the enforcer: the service answers with a 500.
    Raise(ExceptionClass),
    /// The engine has no answer.
    None,
}

impl Outcome {
    /// Whether it is allowed.
    #[must_use]
    pub fn allows(self) -> bool {
        self == Self::Allow
    }
}

/// What is asked of a policy.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// The rule of this name, or what answers for it; with its scope types.
    Rule(&'a str),
    /// A check without a name, whose references are the policy's. It must have been given when the
    /// [`Analysis`](super::Analysis) was made.
    Check(&'a assay_engine::oslo::CheckTree),
}

impl Side {
    /// A policy of these rules, the whole policy: defaults that no file sets are among them. `scopes` are the
    /// scope types of registered defaults.
    ///
    /// # Errors
    /// Scope types that upstream would not register (the same twice).
    pub fn new(
        rules: Rules,
        scopes: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<Self, InvalidDefault> {
        let answers: Arc<Mutex<HashMap<String, bool>>> = Arc::default();
        let mut checks = Checks::new();
        let known = Arc::clone(&answers);
        checks.set_client(move |request: &RemoteRequest| -> Result<RemoteResponse, RemoteFailure> {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(&request.url.to_string()) {
                Some(answer) => {
                    let body = if *answer { b"True".to_vec() } else { b"False".to_vec() };
                    Ok(RemoteResponse { content_type: None, body })
                }
                None => Err(RemoteFailure::Raised(ExceptionClass::ConnectionError)),
            }
        });
        let enforcer = Enforcer::builder(Options::default()).checks(checks).build();
        let scopes: HashMap<String, Vec<String>> =
            scopes.into_iter().filter(|(_, scopes)| !scopes.is_empty()).collect();
        for (name, scope_types) in &scopes {
            let definition =
                Definition { scope_types: scope_types.clone(), ..Definition::new(name.as_str(), "!") };
            // Names are those of a map: none is registered twice.
            let _ = enforcer.register_default(RuleDefault::new(definition)?);
        }
        enforcer.set_rules(rules, true, false);
        let policy = enforcer.policy().expect("no file is read");
        Ok(Self { policy, scopes, answers })
    }

    /// A policy as it was loaded.
    ///
    /// # Errors
    /// As [`Side::new`]; none of what could be loaded.
    pub fn of(loaded: &Loaded) -> Result<Self, InvalidDefault> {
        let scopes = loaded.defaults.rules().iter().map(|default| {
            let definition = default.definition();
            (definition.name.clone(), definition.scope_types.clone())
        });
        Self::new(loaded.policy.rules().clone(), scopes)
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        self.policy.rules()
    }

    /// The scope types of a rule. Only a rule that is there has any.
    #[must_use]
    pub fn scopes(&self, rule: &str) -> &[String] {
        match self.rules().get(rule) {
            Some(_) => self.scopes.get(rule).map_or(&[], Vec::as_slice),
            None => &[],
        }
    }

    /// Asks the engine. Remote checks answer what is assumed, and cannot be reached where nothing is.
    #[must_use]
    pub fn decide(
        &self,
        subject: Subject<'_>,
        creds: &Value,
        target: &Value,
        assuming: &[Assumption],
    ) -> Outcome {
        let url = |assumption: &Assumption| {
            let url = format(&assumption.check, target).ok()?;
            Some((url.as_text()?.to_owned(), assumption.answer))
        };
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) =
            assuming.iter().filter_map(url).collect();
        let asked = match subject {
            Subject::Rule(name) => Asked::Rule(name),
            Subject::Check(tree) => Asked::Check(tree),
        };
        match self.policy.enforce(asked, Request { creds, target }) {
            Ok(value) if value.truthy() => Outcome::Allow,
            Ok(_) => Outcome::Deny,
            Err(Interrupt::Raised(class)) => Outcome::Raise(class),
            Err(Interrupt::Unsupported(_) | Interrupt::Limit(_)) => Outcome::None,
        }
    }
}
