//! The access files of upstream's `oslopolicy-checker`: what Keystone answers about a token, as creds.

use std::path::Path;

use assay_engine::oslo::python::{Dict, Value};

use super::read::read_text;
use super::{InputError, value};

/// Reads an access file (`{"token": {…}}`) and makes creds of it as `oslopolicy-checker` does: the token itself, with
/// the names of `roles`, and `user_id`, `project_id`, `system_scope` and `is_admin` added.
///
/// # Errors
/// A file that is no such JSON.
pub fn read(path: &Path, is_admin: bool) -> Result<Value, InputError> {
    creds(path, &read_text(path)?, is_admin)
}

/// [`read`], of a text; `path` is for messages.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use assay::policy::{access, value};
/// let token = r#"{"token": {"roles": [{"name": "reader"}], "user": {"id": "u1"}}}"#;
/// let creds = access::creds("access.json".as_ref(), token, false).unwrap();
/// let seen = r#"{"roles":["reader"],"user":{"id":"u1"},"user_id":"u1","is_admin":false}"#;
/// assert_eq!(value::json(&creds).to_string(), seen);
/// ```
pub fn creds(path: &Path, text: &str, is_admin: bool) -> Result<Value, InputError> {
    let invalid = |message: &str| InputError::file(path, None, message);
    let file = value::parse_json(path, text)?;
    let token = member(&file, "token").ok_or_else(|| invalid("an access file is {\"token\": {…}}"))?;
    let Value::Dict(token) = token else {
        return Err(invalid("`token` is no mapping"));
    };
    let mut creds = token.clone();
    let Some(Value::List(roles)) = token.get("roles") else {
        return Err(invalid("`token.roles` is no list"));
    };
    let name = |role: &Value| member(role, "name").cloned();
    let roles = roles.iter().map(name).collect::<Option<_>>();
    let roles = roles.ok_or_else(|| invalid("a role of `token.roles` has no name"))?;
    creds.insert_str("roles", Value::List(roles));
    let user = token.get("user").and_then(|user| member(user, "id"));
    creds.insert_str("user_id", user.ok_or_else(|| invalid("`token.user` has no id"))?.clone());
    if let Some(project) = token.get("project").filter(|project| project.truthy()) {
        let id = member(project, "id").ok_or_else(|| invalid("`token.project` has no id"))?;
        creds.insert_str("project_id", id.clone());
    }
    if token.get("system").is_some_and(Value::truthy) {
        creds.insert_str("system_scope", "all".into());
    }
    creds.insert_str("is_admin", is_admin.into());
    Ok(Value::Dict(creds))
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Dict(dict) => dict.get(name),
        _ => None,
    }
}

/// The target that `oslopolicy-checker` takes where none is given: the caller's own.
#[must_use]
pub fn own_target(creds: &Value) -> Value {
    let mut target = Dict::default();
    for key in ["user_id", "project_id"] {
        if let Some(id) = member(creds, key).filter(|id| key == "user_id" || id.truthy()) {
            target.insert_str(key, id.clone());
        }
    }
    Value::Dict(target)
}

/// A target as `oslopolicy-checker` takes it: mappings in mappings become keys with dots, empty ones are left out.
///
/// ```
/// use assay::policy::access::flatten;
/// use assay_engine::oslo::python::Value;
/// let nested = Value::dict([("target", Value::dict([("user", Value::dict([("id", "u1".into())]))]))]);
/// assert_eq!(flatten(nested), Value::dict([("target.user.id", "u1".into())]));
/// ```
#[must_use]
pub fn flatten(target: Value) -> Value {
    let Value::Dict(dict) = target else {
        return target;
    };
    let mut flat = Dict::default();
    let mut open: Vec<(String, Value)> = items(&dict, "");
    while let Some((key, value)) = open.pop() {
        match value {
            Value::Dict(inner) => open.extend(items(&inner, &format!("{key}."))),
            value => flat.insert_str(key, value),
        }
    }
    Value::Dict(flat)
}

/// The items of a mapping, the last first.
fn items(dict: &Dict, prefix: &str) -> Vec<(String, Value)> {
    let item = |(key, value): (&Value, &Value)| match key {
        Value::Str(key) => Some((format!("{prefix}{key}"), value.clone())),
        _ => None,
    };
    dict.iter().rev().filter_map(item).collect()
}
