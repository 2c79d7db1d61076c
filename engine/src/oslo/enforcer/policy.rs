//! A policy as it stood at one time, and what it decides.

use std::sync::Arc;

use indexmap::IndexMap;

use super::defaults::RuleDefault;
use super::references::{Reach, references};
use super::scope;
use super::warning::Warning;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::{Checks, Request, decide_check_with, decide_with, seen_creds};
use crate::oslo::language::CheckTree;
use crate::oslo::load::Rules;
use crate::oslo::python::PyStr;
use crate::oslo::python::Value;

/// What is asked: a rule by its name, or a check.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// A rule.
    Rule(&'a str),
    /// A check that has no name.
    Check(&'a CheckTree),
    /// A check with `scope_types` of its own.
    ScopedCheck(&'a CheckTree, &'a [String]),
}

impl<'a> From<&'a str> for Asked<'a> {
    fn from(name: &'a str) -> Self {
        Self::Rule(name)
    }
}

impl<'a> From<&'a CheckTree> for Asked<'a> {
    fn from(tree: &'a CheckTree) -> Self {
        Self::Check(tree)
    }
}

/// A policy that nothing changes any more: any number of threads decide on it without a look at a file.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) rules: Arc<Rules>,
    pub(super) registered: Arc<IndexMap<String, RuleDefault>>,
    pub(super) checks: Arc<Checks>,
    pub(super) enforce_scope: bool,
}

impl Policy {
    /// The rules: policy files, and the registered defaults that they leave as they are.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether a default of this name was registered, which is what `authorize` asks for.
    #[must_use]
    pub fn is_registered(&self, name: &str) -> bool {
        self.registered.contains_key(name)
    }

    /// Decides (`Enforcer.enforce` behind `load_rules`). A false value is a deny.
    ///
    /// # Errors
    /// The exceptions that upstream lets out.
    pub fn enforce<'a>(&self, asked: impl Into<Asked<'a>>, request: Request<'_>) -> Result<Value, Interrupt> {
        self.decide(asked.into(), request, None, &mut Vec::new())
    }

    /// [`Policy::enforce`] that raises instead of denying (`do_raise=True`): `InvalidScope` where the scope
    /// does not fit, else `class`, which is `PolicyNotAuthorized` upstream unless the caller says other.
    ///
    /// # Errors
    /// As [`Policy::enforce`], and every deny.
    pub fn enforce_or_raise<'a>(
        &self,
        asked: impl Into<Asked<'a>>,
        request: Request<'_>,
        class: ExceptionClass,
    ) -> Result<Value, Interrupt> {
        self.decide(asked.into(), request, Some(class), &mut Vec::new())
    }

    pub(super) fn decide(
        &self,
        asked: Asked<'_>,
        request: Request<'_>,
        raise: Option<ExceptionClass>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Value, Interrupt> {
        let creds = seen_creds(request.creds)?;
        let request = Request { creds: &creds, ..request };
        let deny = Value::Bool(false);
        let (name, scope_types): (_, &[String]) = match asked {
            Asked::Check(_) => ("", &[]),
            Asked::ScopedCheck(_, scope_types) => ("", scope_types),
            // A rule that is not there has no scope, nor has any where there are no rules at all.
            Asked::Rule(name) if self.rules.is_empty() || self.rules.get(name).is_none() => (name, &[]),
            Asked::Rule(name) => match self.registered.get(name) {
                Some(default) => (name, default.definition().scope_types.as_slice()),
                None => (name, &[]),
            },
        };
        if !scope::fits(scope_types, &creds) {
            if self.enforce_scope {
                return if raise.is_some() || fault!(ScopeMismatchRaises) {
                    Err(ExceptionClass::InvalidScope.into())
                } else {
                    Ok(deny)
                };
            }
            let (rule, expected) = (name.to_owned(), scope_types.to_vec());
            warnings.push(Warning::Scope { rule, expected, token: scope::token_scope(&creds) });
        }
        if fault!(ScopeOfReferencesChecked)
            && let Asked::Rule(name) = asked
            && let Some(tree) = self.rules.get(name)
        {
            let default = |name: &PyStr| self.registered.get(name.as_text()?);
            let names = references(tree, tree.root(), Reach::All, &self.checks);
            let mut scoped = names.into_iter().filter_map(default);
            if scoped.any(|default| !scope::fits(&default.definition().scope_types, &creds)) {
                return Ok(deny);
            }
        }
        let value = match asked {
            Asked::Check(tree) | Asked::ScopedCheck(tree, _) => {
                decide_check_with(&self.rules, tree, request, &self.checks)?
            }
            // Not even a default rule that is a check answers for a policy without rules.
            Asked::Rule(_) if self.rules.is_empty() => deny,
            Asked::Rule(name) => decide_with(&self.rules, name, request, &self.checks)?,
        };
        match raise {
            Some(class) if !value.truthy() => Err(class.into()),
            _ => Ok(value),
        }
    }
}
