//! Defaults from data: the members of a defaults file are upstream's keyword arguments.

use super::{Definition, DeprecatedRule, InvalidDefault, Operation, RuleDefault, read_check};
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};
use crate::oslo::python::{Dict, Value};

const MEMBERS: [&str; 9] = [
    "name",
    "check_str",
    "description",
    "deprecated_rule",
    "deprecated_for_removal",
    "deprecated_reason",
    "deprecated_since",
    "scope_types",
    "operations",
];
const DEPRECATED_MEMBERS: [&str; 4] = ["name", "check_str", "deprecated_reason", "deprecated_since"];

impl RuleDefault {
    /// A default from a mapping of upstream's keyword arguments, checked as upstream's constructors check
    /// them. It is a `DocumentedRuleDefault` if it has both `description` and `operations`; else a
    /// `RuleDefault`, whose operations are taken unseen. A mapping as `deprecated_rule` is a
    /// `DeprecatedRule`.
    ///
    /// # Errors
    /// As [`RuleDefault::new`]; `TypeError` for members that are missing or unknown, `ValueError` for
    /// scope types that are no list of texts, `InvalidRuleDefault` for operations that are none;
    /// [`Unsupported::Name`] for a name that is no text.
    ///
    /// ```
    /// use assay_engine::oslo::ExceptionClass::ValueError;
    /// use assay_engine::oslo::{enforcer::RuleDefault, python::Value};
    /// let of = |scopes: Value| RuleDefault::from_value(&Value::dict([
    ///     ("name", "get_image".into()), ("check_str", "role:reader".into()), ("scope_types", scopes),
    /// ]));
    /// assert!(of(Value::list(["project".into()])).is_ok());
    /// assert_eq!(of("project".into()).unwrap_err().cause, ValueError.into());
    /// ```
    pub fn from_value(value: &Value) -> Result<Self, InvalidDefault> {
        let members = Members::of(value, &MEMBERS)?;
        let documented = members.get("description").is_some() && members.get("operations").is_some();
        let deprecated_rule = match members.get("deprecated_rule") {
            Some(rule @ Value::Dict(_)) => Some(DeprecatedRule::from_value(rule)?),
            _ => None,
        };
        let mut definition = Definition {
            deprecated_rule,
            deprecated_for_removal: members.get("deprecated_for_removal").is_some_and(Value::truthy),
            deprecated_reason: members.text("deprecated_reason"),
            deprecated_since: members.text("deprecated_since"),
            description: members.text("description"),
            ..Definition::new(members.name()?, members.required("check_str")?.clone())
        };
        read_check(&definition.name, &definition.check_str)?;
        members.check_deprecated_rule()?;
        // Without these, so that its errors come before theirs.
        let checked = Self::new(definition.clone())?;
        definition.scope_types = members.scope_types()?;
        if documented {
            if !members.get("description").is_some_and(Value::truthy) {
                let message = "a documented default needs a description";
                return Err(members.invalid(ExceptionClass::InvalidRuleDefault, message));
            }
            members.check_operations()?;
        }
        definition.operations = members.get("operations").map(operations).filter(|_| documented);
        Ok(Self { definition, check: checked.check })
    }
}

impl DeprecatedRule {
    fn from_value(value: &Value) -> Result<Self, InvalidDefault> {
        let members = Members::of(value, &DEPRECATED_MEMBERS)?;
        let rule = Self::new(members.name()?, members.required("check_str")?.clone())?;
        Ok(rule.because(members.text("deprecated_reason"), members.text("deprecated_since")))
    }
}

struct Members<'v>(&'v Dict);

impl<'v> Members<'v> {
    fn of(value: &'v Value, known: &[&str]) -> Result<Self, InvalidDefault> {
        let nameless = |message| InvalidDefault {
            name: String::new(),
            cause: ExceptionClass::TypeError.into(),
            message,
        };
        let Value::Dict(dict) = value else {
            return Err(nameless("a default is a mapping"));
        };
        let is_known = |key: &Value| known.iter().any(|name| *key == Value::from(*name));
        match dict.iter().all(|(key, _)| is_known(key)) {
            true => Ok(Self(dict)),
            false => Err(nameless("a default has a member that upstream does not know")),
        }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        self.0.get(name)
    }

    fn invalid(&self, cause: impl Into<Interrupt>, message: &'static str) -> InvalidDefault {
        let name = self.text("name").unwrap_or_default();
        InvalidDefault { name, cause: cause.into(), message }
    }

    fn required(&self, name: &str) -> Result<&'v Value, InvalidDefault> {
        let missing = || self.invalid(ExceptionClass::TypeError, "name or check_str is missing");
        self.get(name).ok_or_else(missing)
    }

    fn name(&self) -> Result<String, InvalidDefault> {
        self.required("name")?;
        self.text("name").ok_or_else(|| self.invalid(Unsupported::Name, "the name is no text"))
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Some(Value::Str(text)) => text.as_text().map(str::to_owned),
            _ => None,
        }
    }

    fn check_deprecated_rule(&self) -> Result<(), InvalidDefault> {
        match self.get("deprecated_rule") {
            Some(other) if other.truthy() && !matches!(other, Value::Dict(_)) => {
                Err(self.invalid(ExceptionClass::ValueError, "deprecated_rule is no deprecated rule"))
            }
            _ => Ok(()),
        }
    }

    fn scope_types(&self) -> Result<Vec<String>, InvalidDefault> {
        let invalid = |message| Err(self.invalid(ExceptionClass::ValueError, message));
        let scopes = match self.get("scope_types") {
            Some(Value::List(scopes)) => scopes,
            Some(other) if other.truthy() => return invalid("scope types are no list"),
            _ => return Ok(Vec::new()),
        };
        if !scopes.iter().all(|scope| matches!(scope, Value::Str(_))) {
            return invalid("a scope type is no text");
        }
        if scopes.iter().enumerate().any(|(index, scope)| scopes[..index].contains(scope)) {
            return invalid("a scope type is given twice");
        }
        Ok(scopes.iter().map(lossy).collect())
    }

    fn check_operations(&self) -> Result<(), InvalidDefault> {
        let invalid = |message| Err(self.invalid(ExceptionClass::InvalidRuleDefault, message));
        let operations = match self.get("operations") {
            Some(Value::List(operations)) if operations.is_empty() => return invalid("operations are empty"),
            Some(Value::List(operations)) => operations,
            _ => return invalid("operations are no list"),
        };
        for operation in operations {
            let holds = |word: &str| match operation {
                Value::Dict(dict) => Ok(dict.get(word).is_some()),
                Value::Str(text) => Ok(text.as_text().is_some_and(|text| text.contains(word))),
                Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                    Ok(items.contains(&word.into()))
                }
                _ => Err(self.invalid(ExceptionClass::TypeError, "an operation is no mapping")),
            };
            if !holds("path")? {
                return invalid("an operation has no path");
            }
            if !holds("method")? {
                return invalid("an operation has no method");
            }
            match operation {
                Value::Dict(dict) if dict.len() > 2 => return invalid("an operation has too many members"),
                Value::Dict(_) => {}
                _ => return Err(self.invalid(ExceptionClass::AttributeError, "an operation is no mapping")),
            }
        }
        Ok(())
    }
}

fn operations(value: &Value) -> Vec<Operation> {
    let Value::List(items) = value else {
        return Vec::new();
    };
    let operation = |item: &Value| match item {
        Value::Dict(dict) => Operation {
            methods: match dict.get("method") {
                Some(Value::List(methods)) => methods.iter().map(lossy).collect(),
                method => method.map(lossy).into_iter().collect(),
            },
            path: dict.get("path").map(lossy).unwrap_or_default(),
        },
        _ => Operation { methods: Vec::new(), path: String::new() },
    };
    items.iter().map(operation).collect()
}

/// A text as it is, a lone surrogate replaced; nothing for what is no text.
fn lossy(value: &Value) -> String {
    match value {
        Value::Str(text) => {
            let letter = |point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
            text.code_points().map(letter).collect()
        }
        _ => String::new(),
    }
}
