//! Scope types: which kind of token a rule is for (`Enforcer._enforce_scope`).

use crate::oslo::compile::Creds;
use crate::oslo::python::Value;

/// What the token is for: the system before a domain before a project.
pub(super) fn token_scope(creds: &Creds<'_>) -> &'static str {
    let has = |key: &str| creds.get(key).is_some_and(Value::truthy);
    match () {
        () if has("domain_id") && fault!(ScopePrefersDomain) => "domain",
        () if has("system") => "system",
        () if has("domain_id") => "domain",
        () => "project",
    }
}

/// Whether the token is of one of these scopes; no scopes mean any.
pub(super) fn fits(scope_types: &[String], creds: &Creds<'_>) -> bool {
    let any = scope_types.is_empty() && !fault!(EmptyScopeTypesRefuse);
    any || fault!(ScopeIgnored) || scope_types.iter().any(|scope| scope == token_scope(creds))
}
