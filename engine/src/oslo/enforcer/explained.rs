//! Why a policy decides as it does.

use super::policy::Policy;
use super::scope;
use crate::oslo::error::Interrupt;
use crate::oslo::evaluate::{Request, seen_creds};
use crate::oslo::explain::{Explanation, explain};
use crate::oslo::python::Value;

/// A decision of a policy, with the scope that was asked for and all that led to it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What [`Policy::enforce`] says.
    pub outcome: Result<Value, Interrupt>,
    /// The scope of the token.
    pub scope: ScopeCheck,
    /// What the rule says, whatever the token's scope. Where the scope does not fit nobody looks at the rule.
    pub explanation: Explanation,
}

/// The scope of a token beside those that a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCheck {
    /// The rule's `scope_types`; none means any.
    pub allowed: Vec<String>,
    /// What upstream takes the token for: `system`, `domain` or `project`, in this order.
    pub token: &'static str,
    /// Whether that is one of them.
    pub fits: bool,
}

impl Policy {
    /// Decides a rule ([`Policy::enforce`]) and says why.
    ///
    /// ```
    /// use assay_engine::oslo::enforcer::{Definition, Enforcer, Options, RuleDefault};
    /// use assay_engine::oslo::{Request, python::Value};
    /// let enforcer = Enforcer::builder(Options::default()).build();
    /// let scope_types = vec!["system".to_owned()];
    /// let default = Definition { scope_types, ..Definition::new("a", "@") };
    /// enforcer.register_default(RuleDefault::new(default)?)?;
    /// let (creds, target) = (Value::dict([("project_id", "p1".into())]), Value::dict([("", Value::None); 0]));
    /// let why = enforcer.policy()?.explain("a", Request { creds: &creds, target: &target });
    /// assert_eq!((why.outcome, why.scope.fits), (Ok(false.into()), false));
    /// assert_eq!(why.explanation.outcome, Ok(true.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, rule: &str, request: Request<'_>) -> Explained {
        let outcome = self.enforce(rule, request);
        let explanation = explain(&self.rules, rule, request, &self.checks);
        Explained { outcome, scope: self.scope(rule, request.creds), explanation }
    }

    /// The scope of a token beside those that a rule is for. Creds that are no mapping are of no scope that could
    /// be wrong: upstream does not get so far.
    #[must_use]
    pub fn scope(&self, rule: &str, creds: &Value) -> ScopeCheck {
        // As in `enforce`: what is not there has no scope.
        let default = self.registered.get(rule).filter(|_| self.rules.get(rule).is_some());
        let allowed = default.map(|default| default.definition().scope_types.clone()).unwrap_or_default();
        let Ok(creds) = seen_creds(creds) else {
            return ScopeCheck { allowed, token: "project", fits: true };
        };
        let fits = !self.enforce_scope || scope::fits(&allowed, &creds);
        ScopeCheck { allowed, token: scope::token_scope(&creds), fits }
    }
}
