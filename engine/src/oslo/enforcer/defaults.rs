//! What a service registers in code (`RuleDefault`, `DocumentedRuleDefault`, `DeprecatedRule`).

mod read;

use indexmap::IndexMap;
use thiserror::Error;

use super::deprecation::{self, Suppress};
use super::warning::Warning;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::language::CheckTree;
use crate::oslo::load::{Rules, read_rule};
use crate::oslo::python::hashing::Seeded;
use crate::oslo::python::{Dict, Value};

/// Registered defaults by name, in order.
pub(super) type Registered = IndexMap<String, RuleDefault, Seeded>;

/// A default could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("default {name:?}: {message} ({cause})")]
pub struct InvalidDefault {
    /// Its name, as far as known.
    pub name: String,
    /// The exception that upstream's constructor raises.
    pub cause: Interrupt,
    /// What is wrong, for people.
    pub message: &'static str,
}

/// A path and a method that a rule protects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// One method, or several where the service gives a list.
    pub methods: Vec<String>,
    /// The path.
    pub path: String,
}

/// The arguments of upstream's constructors.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// `name`
    pub name: String,
    /// `check_str`: a text, or what else a rule can be.
    pub check_str: Value,
    /// `description`
    pub description: Option<String>,
    /// `deprecated_rule`
    pub deprecated_rule: Option<DeprecatedRule>,
    /// `deprecated_for_removal`
    pub deprecated_for_removal: bool,
    /// `deprecated_reason`
    pub deprecated_reason: Option<String>,
    /// `deprecated_since`
    pub deprecated_since: Option<String>,
    /// `scope_types`; none means any.
    pub scope_types: Vec<String>,
    /// `operations`: with `Some` it is a `DocumentedRuleDefault`, which must have a description too.
    pub operations: Option<Vec<Operation>>,
}

impl Definition {
    /// A definition without any of what is optional.
    pub fn new(name: impl Into<String>, check_str: impl Into<Value>) -> Self {
        Self {
            name: name.into(),
            check_str: check_str.into(),
            description: None,
            deprecated_rule: None,
            deprecated_for_removal: false,
            deprecated_reason: None,
            deprecated_since: None,
            scope_types: Vec::new(),
            operations: None,
        }
    }

    fn invalid(&self, cause: ExceptionClass, message: &'static str) -> InvalidDefault {
        InvalidDefault { name: self.name.clone(), cause: cause.into(), message }
    }
}

/// A rule as a service registers it (`oslo_policy.policy.RuleDefault`, `DocumentedRuleDefault`).
///
/// ```
/// use assay_engine::oslo::ExceptionClass::ValueError;
/// use assay_engine::oslo::enforcer::{Definition, RuleDefault};
///
/// let scoped = |scope_types: &[&str]| Definition {
///     scope_types: scope_types.iter().map(|scope| scope.to_string()).collect(),
///     ..Definition::new("get_image", "role:reader")
/// };
/// assert_eq!(RuleDefault::new(scoped(&["project"])).unwrap().check().to_string(), "role:reader");
/// let error = RuleDefault::new(scoped(&["project", "project"])).unwrap_err();
/// assert_eq!(error.cause, ValueError.into());
/// ```
#[derive(Clone, Debug)]
pub struct RuleDefault {
    definition: Definition,
    check: CheckTree,
}

impl RuleDefault {
    /// A default with this definition.
    ///
    /// # Errors
    /// As upstream's constructors: `TypeError` for a `check_str` that is no rule, `ValueError` for a
    /// removal without reason or release and for scope types twice, `InvalidRuleDefault` for a documented
    /// one without description or operations.
    pub fn new(definition: Definition) -> Result<Self, InvalidDefault> {
        let check = read_check(&definition.name, &definition.check_str)?;
        let unexplained = definition.deprecated_reason.is_none() || definition.deprecated_since.is_none();
        if definition.deprecated_for_removal && unexplained {
            let message = "a removal needs a reason and a release";
            return Err(definition.invalid(ExceptionClass::ValueError, message));
        }
        let scopes = &definition.scope_types;
        if scopes.iter().enumerate().any(|(index, scope)| scopes[..index].contains(scope)) {
            return Err(definition.invalid(ExceptionClass::ValueError, "a scope type is given twice"));
        }
        if let Some(operations) = &definition.operations {
            let class = ExceptionClass::InvalidRuleDefault;
            if definition.description.as_ref().is_none_or(String::is_empty) {
                return Err(definition.invalid(class, "a documented default needs a description"));
            }
            if operations.is_empty() {
                return Err(definition.invalid(class, "a documented default needs operations"));
            }
        }
        Ok(Self { definition, check })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// All that it was made from.
    #[must_use]
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// What `check_str` was parsed to.
    #[must_use]
    pub const fn check(&self) -> &CheckTree {
        &self.check
    }

    /// What upstream's constructors warn of.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let Definition { name, deprecated_rule, .. } = &self.definition;
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let Some(old) = deprecated_rule else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        if !(given(&old.deprecated_reason) && given(&old.deprecated_since)) {
            warnings.push(Warning::NoReason(old.name.clone()));
        }
        let own = given(&self.definition.deprecated_reason) || given(&self.definition.deprecated_since);
        if own && !self.definition.deprecated_for_removal {
            warnings.push(Warning::MisplacedReason(name.clone()));
        }
        warnings
    }

    /// The same default with other checks.
    /// What the default comes to beside what policy files say, with what upstream warns of
    /// (`Enforcer._handle_deprecated_rule`): its check, the one of a file for its old name, or either the
    /// new or the old check.
    ///
    /// ```
    /// use assay_engine::oslo::{Rules, enforcer::{Definition, DeprecatedRule, RuleDefault, Suppress}};
    /// let old = DeprecatedRule::new("get_images", "role:old")?;
    /// let definition = Definition { deprecated_rule: Some(old), ..Definition::new("get_image", "role:new") };
    /// let default = RuleDefault::new(definition)?;
    /// let check = |files: &Rules, new| default.effective(files, new, Suppress::default()).0.to_string();
    /// let files = Rules::from_texts([("get_images", "role:mine")]);
    /// assert_eq!(check(&files, true), "role:mine");
    /// assert_eq!(check(&Rules::from_texts([("", ""); 0]), false), "(role:new or role:old)");
    /// # Ok::<(), assay_engine::oslo::enforcer::InvalidDefault>(())
    /// ```
    #[must_use]
    pub fn effective(
        &self,
        file_rules: &Rules,
        enforce_new_defaults: bool,
        suppress: Suppress,
    ) -> (CheckTree, Vec<Warning>) {
        let files = file_rules.iter().map(|(name, tree)| (name.clone(), tree.clone())).collect();
        let mut warnings = Vec::new();
        let check = deprecation::effective(self, &files, enforce_new_defaults, suppress, &mut warnings);
        (check, warnings)
    }

    pub(super) fn map(mut self, other: impl Fn(CheckTree) -> CheckTree) -> Self {
        self.check = other(self.check);
        if let Some(old) = &mut self.definition.deprecated_rule {
            old.check = other(old.check.clone());
        }
        self
    }

    /// Whether the new text is another than the deprecated one: texts are compared, not what they mean.
    pub(super) fn changes_text(&self) -> bool {
        let old = self.definition.deprecated_rule.as_ref();
        let without_blanks = |check: &Value| match check {
            Value::Str(text) => text.masked().split_whitespace().collect::<String>(),
            _ => String::new(),
        };
        if fault!(DeprecatedTextsComparedWithoutBlanks) {
            let new = without_blanks(&self.definition.check_str);
            return old.is_some_and(|old| without_blanks(&old.check_str) != new);
        }
        old.is_some_and(|old| !same_text(&old.check_str, &self.definition.check_str))
    }
}

/// What a default was before (`oslo_policy.policy.DeprecatedRule`).
#[derive(Clone, Debug, PartialEq)]
pub struct DeprecatedRule {
    name: String,
    check_str: Value,
    check: CheckTree,
    deprecated_reason: Option<String>,
    deprecated_since: Option<String>,
}

impl DeprecatedRule {
    /// The rule's old name, which may be the new one too, and its old check.
    ///
    /// # Errors
    /// `TypeError` for a `check_str` that is no rule.
    pub fn new(name: impl Into<String>, check_str: impl Into<Value>) -> Result<Self, InvalidDefault> {
        let (name, check_str) = (name.into(), check_str.into());
        let check = read_check(&name, &check_str)?;
        Ok(Self { name, check_str, check, deprecated_reason: None, deprecated_since: None })
    }

    /// The same with reason and release.
    #[must_use]
    pub fn because(mut self, reason: Option<String>, since: Option<String>) -> Self {
        (self.deprecated_reason, self.deprecated_since) = (reason, since);
        self
    }

    /// The old name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The old text.
    #[must_use]
    pub const fn check_str(&self) -> &Value {
        &self.check_str
    }

    /// What the old text was parsed to.
    #[must_use]
    pub const fn check(&self) -> &CheckTree {
        &self.check
    }

    /// Why it changed.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.deprecated_reason.as_deref()
    }

    /// In which release it changed.
    #[must_use]
    pub fn since(&self) -> Option<&str> {
        self.deprecated_since.as_deref()
    }
}

fn read_check(name: &str, check_str: &Value) -> Result<CheckTree, InvalidDefault> {
    read_rule(check_str).map_err(|cause| InvalidDefault {
        name: name.to_owned(),
        cause,
        message: "check_str is no rule",
    })
}

/// Python's `==` of what can be a `check_str`.
fn same_text(mine: &Value, theirs: &Value) -> bool {
    let mut pairs = vec![(mine, theirs)];
    while let Some((mine, theirs)) = pairs.pop() {
        let same = match (mine, theirs) {
            (Value::List(a), Value::List(b)) => {
                pairs.extend(a.iter().zip(b));
                a.len() == b.len()
            }
            (Value::List(_) | Value::Dict(_) | Value::Set(_), _)
            | (_, Value::List(_) | Value::Dict(_) | Value::Set(_)) => mine == theirs,
            _ => {
                let mut keys = Dict::default();
                let hashable = [mine, theirs].map(|key| keys.insert(key.clone(), Value::None).is_ok());
                mine == theirs || (hashable == [true, true] && keys.len() == 1)
            }
        };
        if !same {
            return false;
        }
    }
    true
}
