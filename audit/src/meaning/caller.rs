//! Whose request it is: anybody's, or that of one whose creds are known.

use assay_engine::oslo::python::Value;

use super::reading::lowered;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Caller<'c> {
    /// Anybody: all that is asked of creds is open.
    Anyone,
    /// Somebody with these creds, as checks see them ([`seen_creds`](assay_engine::oslo::seen_creds)).
    Known(&'c Value),
}

/// The roles in creds in lower case, as `role:` sees them; `None` where it raises.
pub(super) fn roles(creds: &Value) -> Option<Vec<String>> {
    let Value::Dict(creds) = creds else {
        return None;
    };
    let role = |role: &Value| match role {
        Value::Str(role) => role.as_text().map(lowered),
        _ => None,
    };
    match creds.get("roles") {
        None => Some(Vec::new()),
        Some(Value::List(roles) | Value::Tuple(roles)) => roles.iter().map(role).collect(),
        Some(Value::Dict(roles)) => roles.iter().map(|(key, _)| role(key)).collect(),
        // A text is taken letter by letter.
        Some(Value::Str(roles)) => Some(roles.masked().chars().map(|c| lowered(&c.to_string())).collect()),
        Some(_) => None,
    }
}

/// The values at a path in creds, in the order in which they are tried, and whether the walk raises at last.
pub(super) fn found<'v>(creds: &'v Value, path: &[String]) -> (Vec<&'v Value>, bool) {
    let mut values = Vec::new();
    let mut open = vec![(creds, path)];
    while let Some((value, rest)) = open.pop() {
        let Some((key, rest)) = rest.split_first() else {
            values.push(value);
            continue;
        };
        let Value::Dict(dict) = value else {
            return (values, true);
        };
        match dict.get(key) {
            None => {}
            Some(Value::List(items)) => open.extend(items.iter().rev().map(|item| (item, rest))),
            Some(value) => open.push((value, rest)),
        }
    }
    (values, false)
}
