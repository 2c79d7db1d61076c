//! Rules and a request to a decision (`oslo_policy.policy.Enforcer.enforce`).
//!
//! This is the reference evaluator: it walks the check tree as upstream does, left to right and no
//! further than needed, since what is not looked at cannot raise. It does not recurse; where upstream's
//! recursion would end, `frames` says so. A reference cycle is nothing but depth: a `TypeError`.

mod base;
mod frames;
mod walk;

use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::language::CheckTree;
use crate::oslo::load::Rules;
use crate::oslo::python::Value;

/// Who asks, and about what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The caller's attributes, a mapping: `roles`, `project_id`, `is_admin`, …
    pub creds: &'r Value,
    /// The attributes of the object that is asked for, a mapping.
    pub target: &'r Value,
}

/// Decides a rule by its name.
///
/// # Errors
/// The exception that upstream lets out of `enforce`, or [`Interrupt::Unsupported`].
///
/// ```
/// use assay_engine::oslo::{ExceptionClass, Interrupt, Request, Rules, decide, python::Value};
/// let rules = Rules::from_texts([("get", "user.id:%(id)s")]);
/// let creds = Value::dict([("user", Value::None)]);
/// let target = Value::dict([("id", Value::from("u1"))]);
/// let request = Request { creds: &creds, target: &target };
/// // Upstream goes into None and lets the TypeError out; it is no deny.
/// assert_eq!(decide(&rules, "get", request), Err(Interrupt::Raised(ExceptionClass::TypeError)));
/// assert_eq!(decide(&rules, "undefined", request), Ok(false));
/// ```
pub fn decide(rules: &Rules, rule: &str, request: Request<'_>) -> Result<bool, Interrupt> {
    with_system(request, |request| match rules.find(rule) {
        None => Ok(false),
        Some(index) => walk::Walk::new(rules, request).rule(index),
    })
}

/// Decides a check that has no name, whose references are taken from `rules`.
///
/// # Errors
/// As [`decide`].
pub fn decide_check(rules: &Rules, check: &CheckTree, request: Request<'_>) -> Result<bool, Interrupt> {
    with_system(request, |request| walk::Walk::new(rules, request).check(check))
}

/// What `enforce` does to creds before it looks at a rule: they must be a mapping, and a
/// `system_scope` is made known as `system`.
fn with_system(
    request: Request<'_>,
    decide: impl FnOnce(Request<'_>) -> Result<bool, Interrupt>,
) -> Result<bool, Interrupt> {
    let Value::Dict(creds) = request.creds else {
        return Err(ExceptionClass::InvalidContextObject.into());
    };
    match creds.get("system_scope").filter(|scope| scope.truthy()) {
        None => decide(request),
        Some(scope) => {
            let mut creds = creds.clone();
            creds.insert_str("system", scope.clone());
            decide(Request { creds: &Value::Dict(creds), ..request })
        }
    }
}
