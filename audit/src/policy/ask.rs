//! Requests to a policy, and its answers.

use assay_engine::oslo::python::Value;
use assay_engine::oslo::{self, ExceptionClass, Interrupt};
use serde_json::json;

use super::Loaded;

/// Who asks, and about what.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The caller's attributes.
    pub creds: Value,
    /// The attributes of the object.
    pub target: Value,
}

impl Request {
    /// As JSON: `creds` and `target`, in the spelling of case files.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json!({"creds": super::value::json(&self.creds), "target": super::value::json(&self.target)})
    }

    /// As the engine takes it.
    #[must_use]
    pub const fn of_engine(&self) -> oslo::Request<'_> {
        oslo::Request { creds: &self.creds, target: &self.target }
    }
}

/// What comes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is allowed.
    Allow,
    /// It is denied: the service answers with a 403.
    Deny,
    /// An exception leaves the policy: the service answers with a 500.
    Raise(ExceptionClass),
    /// There is no answer here: a server would have to be asked, or a bound was met.
    Undecided(Interrupt),
}

impl Outcome {
    /// What the engine's answer is.
    #[must_use]
    pub fn of(answer: &Result<Value, Interrupt>) -> Self {
        match answer {
            Ok(value) if value.truthy() => Self::Allow,
            Ok(_) => Self::Deny,
            Err(Interrupt::Raised(class)) => Self::Raise(*class),
            Err(interrupt) => Self::Undecided(*interrupt),
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Raise(_) => "raise",
            Self::Undecided(_) => "undecided",
        }
    }

    /// The class of the exception, if it is one.
    #[must_use]
    pub const fn class(self) -> Option<ExceptionClass> {
        match self {
            Self::Raise(class) => Some(class),
            _ => None,
        }
    }
}

/// Who answers for the name that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The rule of that name.
    Own,
    /// The default rule, of this name: there is none of the name that was asked for.
    DefaultRule(String),
    /// Nobody, and the request is denied.
    Nobody,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The rule that was asked for.
    pub rule: String,
    /// What comes of it.
    pub outcome: Outcome,
    /// Who answers for the rule's name.
    pub answers: Answers,
    /// The scopes that the rule is for and the one of the token, where they do not fit: upstream denies without a
    /// look at the rule, and raises `InvalidScope` where the service has asked for exceptions.
    pub scope: Option<(Vec<String>, &'static str)>,
    /// Whether the service registers defaults and the rule is none of them: a service that asks by `authorize` gets
    /// `PolicyNotRegistered`, whatever the policy says.
    pub unregistered: bool,
}

impl Answer {
    /// As JSON: `rule`, `outcome`, `class`, and what else there is to say.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let mut json = json!({
            "rule": self.rule,
            "outcome": self.outcome.name(),
            "class": self.outcome.class().map(|class| class.name()),
        });
        match &self.answers {
            Answers::Own => {}
            Answers::DefaultRule(name) => json["answered_by"] = name.as_str().into(),
            Answers::Nobody => json["undefined"] = true.into(),
        }
        if self.unregistered {
            json["unregistered"] = true.into();
        }
        if let Some((allowed, token)) = &self.scope {
            json["scope"] = json!({"allowed": allowed, "token": token});
        }
        if let Outcome::Undecided(why) = self.outcome {
            json["why"] = why.to_string().into();
        }
        json
    }
}

impl Loaded {
    /// Decides a rule (`Enforcer.enforce`).
    #[must_use]
    pub fn ask(&self, rule: &str, request: &Request) -> Answer {
        let decided = self.policy.enforce(rule, request.of_engine());
        let scope = self.scope_mismatch(rule, &request.creds);
        Answer {
            rule: rule.to_owned(),
            outcome: Outcome::of(&decided),
            answers: self.answers(rule),
            scope,
            unregistered: !self.defaults.rules().is_empty() && !self.policy.is_registered(rule),
        }
    }

    /// Who answers for a name.
    #[must_use]
    pub fn answers(&self, rule: &str) -> Answers {
        let rules = self.policy.rules();
        match rules.find(rule) {
            _ if rules.contains(rule) => Answers::Own,
            None => Answers::Nobody,
            Some(index) => {
                let name = rules.iter().nth(index.position()).map(|(name, _)| name.to_string());
                Answers::DefaultRule(name.unwrap_or_default())
            }
        }
    }

    /// The scopes that a rule is for and the one of a token, where they do not fit.
    fn scope_mismatch(&self, rule: &str, creds: &Value) -> Option<(Vec<String>, &'static str)> {
        let scope = self.policy.scope(rule, creds);
        (!scope.fits).then_some((scope.allowed, scope.token))
    }
}
