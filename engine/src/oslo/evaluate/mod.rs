//! Rules and a request to a decision (`oslo_policy.policy.Enforcer.enforce`).
//!
//! This is the reference evaluator: it walks the check tree as upstream does, left to right and no
//! further than needed, since what is not looked at cannot raise. It does not recurse; where upstream's
//! recursion would end, `frames` says so. A reference cycle is nothing but depth: a `TypeError`.

pub(in crate::oslo) mod base;
mod creds;
mod custom;
pub(in crate::oslo) mod frames;
pub mod remote;
mod walk;

pub use creds::seen_creds;
pub use custom::{Call, Checks, CustomCheck, IsAdmin, Unknown};

use crate::oslo::error::Interrupt;
use crate::oslo::language::CheckTree;
use crate::oslo::load::{RuleIndex, Rules};
use crate::oslo::python::Value;

/// No custom checks, nobody who could ask a server.
static NO_CHECKS: Checks = Checks::new();

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
    decide_with(rules, rule, request, &NO_CHECKS).map(|value| value.truthy())
}

/// Decides a check that has no name, whose references are taken from `rules`.
///
/// # Errors
/// As [`decide`].
pub fn decide_check(rules: &Rules, check: &CheckTree, request: Request<'_>) -> Result<bool, Interrupt> {
    decide_check_with(rules, check, request, &NO_CHECKS).map(|value| value.truthy())
}

/// [`decide`], with a service's own checks and somebody who asks servers. What comes back is a bool, or
/// what a custom check handed back that alone decided.
///
/// # Errors
/// As [`decide`], and what the checks raise.
pub fn decide_with(
    rules: &Rules,
    rule: &str,
    request: Request<'_>,
    checks: &Checks,
) -> Result<Value, Interrupt> {
    match rules.find(rule) {
        None => seen_creds(request.creds).map(|_| Value::Bool(fault!(UndefinedRuleAllows))),
        Some(index) => decide_at(rules, index, Some(rule), request, checks),
    }
}

/// [`decide_with`] of a rule that has been found. `asked` is the name that it was found by.
pub(in crate::oslo) fn decide_at(
    rules: &Rules,
    index: RuleIndex,
    asked: Option<&str>,
    request: Request<'_>,
    checks: &Checks,
) -> Result<Value, Interrupt> {
    let creds = seen_creds(request.creds)?;
    walk::Walk::new(rules, Request { creds: &creds, ..request }, checks, asked).rule(index)
}

/// [`decide_check`], as [`decide_with`].
///
/// # Errors
/// As [`decide_with`].
pub fn decide_check_with(
    rules: &Rules,
    check: &CheckTree,
    request: Request<'_>,
    checks: &Checks,
) -> Result<Value, Interrupt> {
    let creds = seen_creds(request.creds)?;
    walk::Walk::new(rules, Request { creds: &creds, ..request }, checks, None).check(check)
}
