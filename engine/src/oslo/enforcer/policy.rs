//! A policy as it stood at one time, and what it decides.

use std::sync::Arc;

use super::defaults::Registered;
use super::references::{Reach, references};
use super::scope;
use super::warning::Warning;
use crate::oslo::compile::{Creds, Program, Target};
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::{Request, decide_check_with};
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
    pub(super) program: Program,
    pub(super) registered: Arc<Registered>,
    pub(super) enforce_scope: bool,
}

impl Policy {
    /// The rules: policy files, and the registered defaults that they leave as they are.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        self.program.rules()
    }

    /// The rules as they decide: for whoever asks for rules by themselves, without scopes and registered
    /// names.
    #[must_use]
    pub const fn program(&self) -> &Program {
        &self.program
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

    /// [`Policy::enforce`] of a request that was made ready for many decisions.
    ///
    /// # Errors
    /// As [`Policy::enforce`].
    pub fn enforce_on<'a>(
        &self,
        asked: impl Into<Asked<'a>>,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<Value, Interrupt> {
        self.decide_on(asked.into(), creds, target, None, &mut Vec::new())
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
        self.decide_on(asked, &Creds::of(request.creds)?, &Target::of(request.target), raise, warnings)
    }

    fn decide_on(
        &self,
        asked: Asked<'_>,
        creds: &Creds<'_>,
        target: &Target<'_>,
        raise: Option<ExceptionClass>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Value, Interrupt> {
        let deny = Value::Bool(false);
        let (name, scope_types, index): (_, &[String], _) = match asked {
            Asked::Check(_) => ("", &[], None),
            Asked::ScopedCheck(_, scope_types) => ("", scope_types, None),
            // Not even a default rule that is a check answers for a policy without rules.
            Asked::Rule(name) if self.rules().is_empty() => (name, &[], None),
            // A rule that is not there has no scope.
            Asked::Rule(name) => match self.program.find(name) {
                None => (name, &[], None),
                Some(index) => (name, self.scope_types(name), Some(index)),
            },
        };
        if !scope::fits(scope_types, creds) {
            if self.enforce_scope {
                return if raise.is_some() || fault!(ScopeMismatchRaises) {
                    Err(ExceptionClass::InvalidScope.into())
                } else {
                    Ok(deny)
                };
            }
            let (rule, expected) = (name.to_owned(), scope_types.to_vec());
            warnings.push(Warning::Scope { rule, expected, token: scope::token_scope(creds) });
        }
        if fault!(ScopeOfReferencesChecked)
            && let Asked::Rule(name) = asked
            && let Some(tree) = self.rules().get(name)
        {
            let default = |name: &PyStr| self.registered.get(name.as_text()?);
            let names = references(tree, tree.root(), Reach::All, self.program.checks());
            let mut scoped = names.into_iter().filter_map(default);
            if scoped.any(|default| !scope::fits(&default.definition().scope_types, creds)) {
                return Ok(deny);
            }
        }
        let value = match (asked, index) {
            (Asked::Check(tree) | Asked::ScopedCheck(tree, _), _) => {
                let request = Request { creds: creds.value(), target: target.value() };
                decide_check_with(self.rules(), tree, request, self.program.checks())?
            }
            (Asked::Rule(_), None) => Value::Bool(fault!(UndefinedRuleAllows) && !self.rules().is_empty()),
            (Asked::Rule(name), Some(index)) => self.program.value_of(index, Some(name), creds, target)?,
        };
        match raise {
            Some(class) if !value.truthy() => Err(class.into()),
            _ => Ok(value),
        }
    }

    fn scope_types(&self, name: &str) -> &[String] {
        self.registered.get(name).map_or(&[], |default| default.definition().scope_types.as_slice())
    }
}
