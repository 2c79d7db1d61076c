//! Checks that a service brings along (`oslo_policy.policy.register`, and plug-ins of
//! `oslo.policy.rule_checks`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::remote::{RemoteCheck, RemoteOptions};
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};
use crate::oslo::language::{Base, BaseClass, Check, CheckTree};
use crate::oslo::python::{Dict, PyStr, Value};

/// What a check is called with.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// The text before the first colon.
    pub kind: &'c str,
    /// The text behind it, as it stands in the rule: formatting it is the check's own affair.
    pub text: &'c PyStr,
    /// The object that is asked for.
    pub target: &'c Value,
    /// Who asks, with `system` where creds have a `system_scope`.
    pub creds: &'c Value,
    /// The rule that was asked for, not the one that holds the check; `None` for an anonymous check.
    pub rule: Option<&'c str>,
}

/// A kind of check (a subclass of `oslo_policy.policy.Check`).
///
/// Any function of a [`Call`] is one. It must not depend on being called: a decision calls it as often
/// as upstream does, in the same order.
///
/// ```
/// use assay_engine::oslo::python::Value;
/// use assay_engine::oslo::{Call, Checks, Request, Rules, decide_with};
///
/// let mut checks = Checks::new();
/// checks.register("weekday", |call: &Call<'_>| Ok(Value::from(*call.text == "monday".into())));
/// let rules = Rules::from_texts([("open", "weekday:monday and role:member")]);
/// let creds = Value::dict([("roles", Value::list(["member".into()]))]);
/// let target = Value::dict([("", Value::None); 0]);
/// let request = Request { creds: &creds, target: &target };
/// assert_eq!(decide_with(&rules, "open", request, &checks), Ok(Value::from(true)));
/// ```
pub trait CustomCheck: Send + Sync {
    /// What the check comes to: any value, of which `not`, `and` and `or` see whether it is truthy, and
    /// which is handed back as it is where it alone decides.
    ///
    /// # Errors
    /// Whatever exception upstream's would let out; a `KeyError` makes an enclosing `rule:` false.
    fn check(&self, call: &Call<'_>) -> Result<Value, Interrupt>;

    /// What the check's constructor makes of the text, if it is something else. Equality with another
    /// rule, and a rule's canonical text, go by this.
    fn normalised(&self, text: &PyStr) -> Option<PyStr> {
        let _ = text;
        None
    }
}

impl<F> CustomCheck for F
where
    F: Fn(&Call<'_>) -> Result<Value, Interrupt> + Send + Sync,
{
    fn check(&self, call: &Call<'_>) -> Result<Value, Interrupt> {
        self(call)
    }
}

/// A check of which only the service knows what it does: whoever meets it in a decision gets
/// [`Unsupported::CustomCheck`], neither allow nor deny.
///
/// Without it, upstream and this engine take an unknown kind for a path into creds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unknown;

impl CustomCheck for Unknown {
    fn check(&self, _: &Call<'_>) -> Result<Value, Interrupt> {
        Err(Unsupported::CustomCheck.into())
    }
}

/// `is_admin:` of nova, masakari and octavia, which all have the same: whether `creds['is_admin']`
/// equals what the text says, `true` in any case of letters meaning True and all else False.
///
/// Creds without `is_admin` raise a `KeyError`. Source: nova 34.0.0, masakari 22.0.0, octavia 19.0.0.
#[derive(Clone, Copy, Debug, Default)]
pub struct IsAdmin;

impl IsAdmin {
    fn expected(text: &PyStr) -> bool {
        // No letter outside ASCII has one of these as its lower-case form.
        text.as_text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }
}

impl CustomCheck for IsAdmin {
    fn check(&self, call: &Call<'_>) -> Result<Value, Interrupt> {
        let is_admin = match call.creds {
            Value::Dict(creds) => creds.get("is_admin").ok_or(ExceptionClass::KeyError)?,
            _ => return Err(ExceptionClass::InvalidContextObject.into()),
        };
        Ok(python_equal(is_admin, &Value::Bool(Self::expected(call.text))).into())
    }

    fn normalised(&self, text: &PyStr) -> Option<PyStr> {
        Some(if Self::expected(text) { "True" } else { "False" }.into())
    }
}

/// Python's `==` where one side is a bool: numbers are equal across their types.
fn python_equal(value: &Value, boolean: &Value) -> bool {
    let mut one = Dict::default();
    let keys = [value, boolean].map(|key| one.insert(key.clone(), Value::None));
    keys.iter().all(Result::is_ok) && one.len() == 1
}

/// What is called by name while a decision is made: custom checks, and who asks remote servers.
#[derive(Clone, Default)]
pub struct Checks {
    registered: BTreeMap<String, Arc<dyn CustomCheck>>,
    plug_ins: BTreeMap<String, Arc<dyn CustomCheck>>,
    client: Option<Arc<dyn RemoteCheck>>,
    remote: RemoteOptions,
}

impl Checks {
    /// None: kinds are what oslo.policy alone makes of them, and remote checks are undecided.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            registered: BTreeMap::new(),
            plug_ins: BTreeMap::new(),
            client: None,
            remote: RemoteOptions::new(),
        }
    }

    /// Lets a check take all of a kind (`oslo_policy.policy.register`), `rule` and `role` too.
    ///
    /// `http` and `https` are plug-ins of oslo.policy and stay what they are, as upstream has it.
    pub fn register(&mut self, kind: impl Into<String>, check: impl CustomCheck + 'static) {
        self.registered.insert(kind.into(), Arc::new(check));
    }

    /// Lets a check take all of a kind, whatever else is registered for it (an entry point of
    /// `oslo.policy.rule_checks`).
    pub fn plug_in(&mut self, kind: impl Into<String>, check: impl CustomCheck + 'static) {
        self.plug_ins.insert(kind.into(), Arc::new(check));
    }

    /// Who asks the servers of `http:` and `https:` checks.
    pub fn set_client(&mut self, client: impl RemoteCheck + 'static) {
        self.client = Some(Arc::new(client));
    }

    /// How remote checks ask.
    pub fn set_remote_options(&mut self, options: RemoteOptions) {
        self.remote = options;
    }

    /// Who takes a check, if it is none of the engine's own.
    pub(in crate::oslo) fn find(&self, base: &Base) -> Option<&dyn CustomCheck> {
        if self.registered.is_empty() && self.plug_ins.is_empty() {
            return None;
        }
        let kind = base.kind.as_text()?;
        let own = matches!(base.class, BaseClass::Http | BaseClass::Https);
        let registered = || self.registered.get(kind).filter(|_| !own);
        self.plug_ins.get(kind).or_else(registered).map(Arc::as_ref)
    }

    pub(super) fn client(&self) -> Option<&dyn RemoteCheck> {
        self.client.as_deref()
    }

    pub(super) const fn remote_options(&self) -> &RemoteOptions {
        &self.remote
    }

    /// What upstream's constructors make of a tree that has just been parsed.
    pub(in crate::oslo) fn construct(&self, tree: CheckTree) -> CheckTree {
        if self.registered.is_empty() && self.plug_ins.is_empty() {
            return tree;
        }
        tree.map_texts(|base| self.find(base).and_then(|check| check.normalised(&base.text)))
    }

    /// Whether a check refers to another rule, as upstream's `isinstance(check, RuleCheck)` tells.
    pub(in crate::oslo) fn reference<'c>(&self, check: &'c Check) -> Option<&'c PyStr> {
        match check {
            Check::Base(base) if base.class == BaseClass::Rule && self.find(base).is_none() => {
                Some(&base.text)
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks")
            .field("registered", &self.registered.keys())
            .field("plug_ins", &self.plug_ins.keys())
            .field("client", &self.client.is_some())
            .field("remote", &self.remote)
            .finish()
    }
}
