//! One thing that could be otherwise about a request.

use std::fmt;

use assay_engine::oslo::python::unicode::lower;
use assay_engine::oslo::python::{Dict, PyStr, Value};
use serde_json::json;

use crate::policy::{Request, value};

/// One change to creds or to the target.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The caller has this role too.
    AddRole(PyStr),
    /// The caller does not have this role, in any case of letters.
    RemoveRole(PyStr),
    /// Creds have this value at a path.
    SetCreds(String, Value),
    /// Creds have nothing there.
    RemoveCreds(String),
    /// The target has this value for a key.
    SetTarget(String, Value),
    /// The target has no such key.
    RemoveTarget(String),
    /// The token is of this scope.
    Scope(&'static str),
}

/// The scopes of tokens.
pub(super) const SCOPES: [&str; 3] = ["project", "domain", "system"];

impl Change {
    /// The request with this change; `None` where it would change nothing, or cannot be made.
    #[must_use]
    pub fn apply(&self, request: &Request) -> Option<Request> {
        let (Value::Dict(creds), Value::Dict(target)) = (&request.creds, &request.target) else {
            return None;
        };
        let (mut creds, mut target) = (creds.clone(), target.clone());
        match self {
            Self::AddRole(role) => {
                let mut roles = match creds.get("roles") {
                    Some(Value::List(roles)) => roles.clone(),
                    None => Vec::new(),
                    Some(_) => return None,
                };
                if roles.iter().any(|known| is_role(known, role)) {
                    return None;
                }
                roles.push(Value::Str(role.clone()));
                creds.insert_str("roles", Value::List(roles));
            }
            Self::RemoveRole(role) => {
                let Some(Value::List(roles)) = creds.get("roles") else {
                    return None;
                };
                let left = roles.iter().filter(|known| !is_role(known, role)).cloned().collect();
                creds.insert_str("roles", Value::List(left));
            }
            Self::SetCreds(path, value) => set(&mut creds, path, Some(value))?,
            Self::RemoveCreds(path) => set(&mut creds, path, None)?,
            Self::SetTarget(key, value) => target.insert_str(key.as_str(), value.clone()),
            Self::RemoveTarget(key) => drop(target.remove(key)?),
            Self::Scope(scope) => {
                if self.scope_of(&creds) == *scope {
                    return None;
                }
                let own = |key: &str, id: &str| {
                    let own = creds.get(key).filter(|own| own.truthy()).cloned();
                    own.unwrap_or_else(|| id.into())
                };
                let of = |is: &str, value: Value| if is == *scope { value } else { Value::None };
                let project = of("project", own("project_id", "project-1"));
                let domain = of("domain", own("domain_id", "domain-1"));
                creds.insert_str("project_id", project);
                creds.insert_str("domain_id", domain);
                creds.insert_str("system_scope", of("system", "all".into()));
                creds.remove("system");
            }
        }
        let changed = Request { creds: Value::Dict(creds), target: Value::Dict(target) };
        (changed != *request).then_some(changed)
    }

    /// The scope of a token, as upstream takes it.
    fn scope_of(&self, creds: &Dict) -> &'static str {
        let has = |key: &str| creds.get(key).is_some_and(Value::truthy);
        match () {
            () if has("system_scope") || has("system") => "system",
            () if has("domain_id") => "domain",
            () => "project",
        }
    }

    /// As JSON: `change`, and what it is about.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::AddRole(role) => json!({"change": "add-role", "role": role.to_string()}),
            Self::RemoveRole(role) => json!({"change": "remove-role", "role": role.to_string()}),
            Self::SetCreds(path, to) => json!({"change": "set-creds", "key": path, "value": value::json(to)}),
            Self::RemoveCreds(path) => json!({"change": "remove-creds", "key": path}),
            Self::SetTarget(key, to) => json!({"change": "set-target", "key": key, "value": value::json(to)}),
            Self::RemoveTarget(key) => json!({"change": "remove-target", "key": key}),
            Self::Scope(scope) => json!({"change": "scope", "scope": scope}),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddRole(role) => write!(f, "creds.roles has {:?} too", role.masked()),
            Self::RemoveRole(role) => write!(f, "creds.roles has no {:?}", role.masked()),
            Self::SetCreds(path, to) => write!(f, "creds.{path} is {}", value::json(to)),
            Self::RemoveCreds(path) => write!(f, "creds have no {path:?}"),
            Self::SetTarget(key, to) => write!(f, "target.{key} is {}", value::json(to)),
            Self::RemoveTarget(key) => write!(f, "the target has no {key:?}"),
            Self::Scope(scope) => write!(f, "the token is of {scope} scope"),
        }
    }
}

fn is_role(known: &Value, role: &PyStr) -> bool {
    matches!(known, Value::Str(known) if lower(known) == lower(role))
}

/// Sets or removes what stands at a path with dots; mappings on the way are made.
fn set(dict: &mut Dict, path: &str, value: Option<&Value>) -> Option<()> {
    match (path.split_once('.'), value) {
        (None, Some(value)) => dict.insert_str(path, value.clone()),
        (None, None) => drop(dict.remove(path)?),
        (Some((key, rest)), value) => {
            let mut inner = match dict.get(key) {
                Some(Value::Dict(inner)) => inner.clone(),
                None if value.is_some() => Dict::default(),
                _ => return None,
            };
            set(&mut inner, rest, value)?;
            dict.insert_str(key, Value::Dict(inner));
        }
    }
    Some(())
}
