//! Generated policies in the languages of the peers. Each text that the generator of `N rules` writes has its
//! translation here; references are written out where a language has none.

use std::fmt::Write as _;

use assay_scenarios::Policy;

use crate::subjects::regorus::identifier;

/// The policy in Cedar.
///
/// # Errors
/// A text that has no translation.
pub(crate) fn cedar(policy: &Policy) -> Result<String, String> {
    let mut out = String::new();
    for (name, text) in &policy.rules {
        let admin = "principal.roles.contains(\"admin\")";
        let condition = match text.as_str() {
            "role:admin" | "rule:context_is_admin" => admin.to_owned(),
            "rule:context_is_admin or (role:member and project_id:%(project_id)s)" => format!(
                "{admin} || (principal.roles.contains(\"member\") && principal.project_id == resource.project_id)"
            ),
            "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)" =>
            {
                format!(
                    "{admin} || (principal.roles.contains(\"reader\") && (principal.project_id == \
                     resource.project_id || principal.project_id == resource.member_id))"
                )
            }
            other => return Err(format!("no translation of {other:?}")),
        };
        let _ = writeln!(
            out,
            "permit (principal, action == Action::\"{name}\", resource) when {{ {condition} }};"
        );
    }
    Ok(out)
}

/// How many rules a module in Rego has: regorus takes no more than a MiB at once.
const MODULE: usize = 2000;

/// The policy in Rego, as modules of one package.
///
/// # Errors
/// A text that has no translation.
pub(crate) fn rego(policy: &Policy) -> Result<Vec<String>, String> {
    policy.rules.chunks(MODULE).map(rego_module).collect()
}

fn rego_module(rules: &[(String, String)]) -> Result<String, String> {
    let mut out = "package policy\n".to_owned();
    for (name, text) in rules {
        let name = identifier(name);
        let _ = match text.as_str() {
            "role:admin" => writeln!(out, "{name} if \"admin\" in input.creds.roles"),
            "role:reader" => writeln!(out, "{name} if \"reader\" in input.creds.roles"),
            "rule:context_is_admin" => writeln!(out, "{name} if context_is_admin"),
            "rule:context_is_admin or (role:member and project_id:%(project_id)s)" => writeln!(
                out,
                "{name} if context_is_admin\n{name} if {{\n\t\"member\" in input.creds.roles\n\tinput.creds.project_id == \
                 input.target.project_id\n}}"
            ),
            "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)" =>
            {
                writeln!(
                    out,
                    "{name} if context_is_admin\n{name} if {{\n\t\"reader\" in input.creds.roles\n\tinput.creds.project_id \
                     in {{input.target.project_id, input.target.member_id}}\n}}"
                )
            }
            // Each alternative is a body of its own.
            other if other.split(" or ").all(|part| part.starts_with("rule:level_")) => {
                let parts = other.split(" or ").map(|part| part.trim_start_matches("rule:"));
                parts.into_iter().try_for_each(|next| writeln!(out, "{name} if {next}"))
            }
            other if other.split(" or ").all(|part| part.starts_with("project_id:%(key_")) => {
                other.split(" or ").try_for_each(|part| {
                    let key = part.trim_start_matches("project_id:%(").trim_end_matches(")s");
                    writeln!(out, "{name} if input.creds.project_id == input.target.{key}")
                })
            }
            other => return Err(format!("no translation of {other:?}")),
        };
    }
    Ok(out)
}
