//! A request that shows something, and decisions as JSON.

use std::fmt;

use assay_engine::iam::{Asked, Context, ContextValue, Decision, Denial, Request, Verdict};
use serde_json::{Map, Value, json};

/// A request that shows something, with what the engine said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// What decided it.
    pub reason: String,
}

impl Witness {
    /// As in a case file.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut members = Map::new();
        match &self.request.asked {
            Asked::Action(action) => members.insert("action".to_owned(), json!(action)),
            Asked::Api { call, .. } => members.insert("api".to_owned(), json!(call)),
        };
        if let Some(resource) = &self.request.resource {
            members.insert("resource".to_owned(), json!(resource.as_str()));
        }
        if self.request.context.iter().next().is_some() {
            members.insert("context".to_owned(), context(&self.request.context));
        }
        members.insert("reason".to_owned(), json!(self.reason));
        members.into()
    }
}

fn context(context: &Context) -> Value {
    let value = |value: &ContextValue| match value {
        ContextValue::Null => Value::Null,
        ContextValue::One(value) => json!(value),
        ContextValue::Many(values) => json!(values),
    };
    context.iter().map(|(key, given)| (key.to_owned(), value(given))).collect::<Map<_, _>>().into()
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.request.asked {
            Asked::Action(asked) | Asked::Api { call: asked, .. } => f.write_str(asked)?,
        }
        if let Some(resource) = &self.request.resource {
            write!(f, " on {resource}")?;
        }
        if self.request.context.iter().next().is_some() {
            write!(f, " with {}", context(&self.request.context))?;
        }
        write!(f, " ({})", self.reason)
    }
}

/// A decision as JSON.
#[must_use]
pub fn decision_json(decision: &Decision, principal: &str) -> Value {
    let (outcome, denial) = match decision.verdict {
        Verdict::Allow => ("allow", None),
        Verdict::Deny(Denial::Explicit) => ("deny", Some("explicit")),
        Verdict::Deny(Denial::Implicit) => ("deny", Some("implicit")),
    };
    json!({
        "version": 1,
        "outcome": outcome,
        "denial": denial,
        "by": decision.by.name(),
        "node": decision.node,
        "action": decision.action,
        "policy": decision.deciding.as_ref().map(|deciding| &deciding.policy),
        "statement": decision.deciding.as_ref().map(|deciding| deciding.statement + 1),
        "sid": decision.deciding.as_ref().and_then(|deciding| deciding.sid.as_ref()),
        "message": decision.message(principal),
    })
}
