//! Lints of what is read from the caller's credentials.

use std::collections::HashSet;
use std::ops::Range;

use assay_engine::oslo::enforcer::{TrapKind, check_trap};
use assay_engine::oslo::language::BaseClass;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::literal::{Kind, read_kind};

use super::catalogue::credentials::{
    BOOLEAN_SPELLING, DEPRECATED_CREDENTIAL, DOTTED_CREDENTIAL, KIND_CASE, KIND_RAISES, LITERAL_SPELLING,
    ONE_LETTER_ROLE, ROLES_AS_KEY, ROLES_NOT_A_LIST, SERVICE_CHECK, TARGET_AS_CREDENTIAL, UNKNOWN_CREDENTIAL,
    UNKNOWN_ROLE,
};
use super::catalogue::{Lint, Safety, Severity};
use super::collect::{Found, edit};
use super::context::Context;
use super::finding::{Finding, Fix};
use super::references::names_a_rule;
use super::rule::{Leaf, Rule};

/// What oslo.context provides, what the enforcer adds, and `is_admin`, which most services add.
const STANDARD: [&str; 15] = [
    "user_id",
    "user_domain_id",
    "system_scope",
    "system",
    "domain_id",
    "project_id",
    "project_domain_id",
    "roles",
    "is_admin",
    "is_admin_project",
    "service_user_id",
    "service_user_domain_id",
    "service_project_id",
    "service_project_domain_id",
    "service_roles",
];

/// What single services add: Keystone its token and trust, Neutron is_advsvc, Ironic is_public_api and names.
const ADDED: [&str; 18] = [
    "token",
    "trust_id",
    "trustor_id",
    "trustee_id",
    "is_domain",
    "group_ids",
    "domain_name",
    "user_name",
    "user_domain_name",
    "project_name",
    "project_domain_name",
    "is_advsvc",
    "is_public_api",
    "auth_token",
    "read_only",
    "show_deleted",
    "request_id",
    "resource_uuid",
];

/// Old names, and what they are called now.
const DEPRECATED: [(&str, &str); 7] = [
    ("tenant", "project_id"),
    ("tenant_id", "project_id"),
    ("project", "project_id"),
    ("user", "user_id"),
    ("domain", "domain_id"),
    ("user_domain", "user_domain_id"),
    ("project_domain", "project_domain_id"),
];

/// Kinds that services register as checks of their own.
const SERVICE_KINDS: [(&str, &str); 1] = [("field", "Neutron")];

/// Whether a kind is a credential that some service sets, or a kind of check of one.
pub(super) fn is_known(kind: &str) -> bool {
    STANDARD.contains(&kind)
        || ADDED.contains(&kind)
        || DEPRECATED.iter().any(|(old, _)| *old == kind)
        || SERVICE_KINDS.iter().any(|(known, _)| *known == kind)
}

/// What is said once a file.
#[derive(Default)]
pub(super) struct Said {
    roles: HashSet<String>,
    role_check: bool,
}

pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule<'_>,
    leaves: &[Leaf<'_>],
    said: &mut Said,
    found: &mut Found<'_>,
) {
    for leaf in leaves {
        match leaf.base.class {
            BaseClass::Role => role(context, rule, leaf, said, found),
            BaseClass::Generic => credential(context, rule, leaf, found),
            BaseClass::Rule | BaseClass::Http | BaseClass::Https => {}
        }
    }
}

fn role(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, said: &mut Said, found: &mut Found<'_>) {
    let name = leaf.text();
    let on = |lint: &'static Lint, message: String, found: &mut Found<'_>| {
        found.within(lint, rule.place(), rule.range(leaf), message);
    };
    if !said.role_check {
        said.role_check = true;
        let message = "this, and each `role:` below it, raises TypeError where `roles` is None".to_owned();
        on(&ROLES_NOT_A_LIST, message, found);
    }
    if name.chars().count() == 1 {
        let message =
            format!("where `roles` is a text instead of a list, any with the letter `{name}` in it passes");
        on(&ONE_LETTER_ROLE, message, found);
    }
    let is_plain = !name.is_empty() && !name.contains(['%', '\'', '"']);
    if !is_plain || context.knows_role(name) || context.of_defaults || !said.roles.insert(name.to_lowercase())
    {
        return;
    }
    let lower = name.to_lowercase();
    let near = context.nearest(&lower, context.roles());
    if near.is_none() && (!context.knows_service() || context.defines(name)) {
        return;
    }
    let message = format!("`{name}` is a role that neither Keystone creates nor a known default names");
    let finding = found.within(&UNKNOWN_ROLE, rule.place(), rule.range(leaf), message);
    if let Some(near) = near {
        finding.severity = Severity::Warning;
        finding.help = Some(format!("did you mean `role:{near}`?"));
    }
}

fn credential(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let (kind, text) = (leaf.kind(), leaf.text());
    // What is known by heart needs no look at Python's grammar.
    if !STANDARD.contains(&kind) {
        if matches!(check_trap(leaf.base), Some(TrapKind::Kind(_))) {
            let message = match kind {
                "" => "nothing in front of the colon: Python raises SyntaxError whenever this is decided"
                    .to_owned(),
                _ => format!(
                    "`{kind}` is no Python expression and raises SyntaxError whenever this is decided"
                ),
            };
            let range = rule.part(leaf, 0..kind.len().max(1));
            found.within(&KIND_RAISES, rule.place(), range, message).help =
                Some("the service answers 500, not a deny".to_owned());
            return;
        }
        if let Kind::Literal(value) = read_kind(kind) {
            literal(rule, leaf, &value, found);
            return;
        }
        unknown(context, rule, leaf, found);
    }
    boolean(rule, leaf, text, found);
    if kind == "roles" {
        let message =
            "`roles:` compares case-sensitively; roles are compared by `role:`, which does not".to_owned();
        replace(rule, leaf, 0..kind.len(), "role", &ROLES_AS_KEY, message, found);
    }
    if kind.contains('.') && !kind.starts_with("target.") {
        let head = kind.split('.').next().unwrap_or_default();
        let message = format!("raises TypeError where the credential `{head}` is there and is no mapping");
        found.within(&DOTTED_CREDENTIAL, rule.place(), rule.part(leaf, 0..kind.len()), message);
    }
}

/// A finding with the one part of the check replaced.
fn replace<'f>(
    rule: &Rule<'_>,
    leaf: &Leaf<'_>,
    part: Range<usize>,
    with: &str,
    lint: &'static Lint,
    message: String,
    found: &'f mut Found<'_>,
) -> &'f mut Finding {
    let edits = vec![edit(rule.file, rule.part(leaf, part.clone()), with)];
    let mut right = format!("{}:{}", leaf.kind(), leaf.text());
    right.replace_range(part, with);
    let finding = found.within(lint, rule.place(), rule.range(leaf), message);
    finding.help = Some(format!("write `{right}`"));
    finding.fix = Some(Fix { safety: Safety::Widens, edits });
    finding
}

fn literal(rule: &Rule<'_>, leaf: &Leaf<'_>, value: &Value, found: &mut Found<'_>) {
    if let Value::Float(number) = value {
        let message = format!(
            "`{}` is compared as Python writes it, and never equals the number {number:.0}",
            leaf.kind()
        );
        found.within(&LITERAL_SPELLING, rule.place(), rule.part(leaf, 0..leaf.kind().len()), message);
    }
}

/// `is_admin:true`
fn boolean(rule: &Rule<'_>, leaf: &Leaf<'_>, text: &str, found: &mut Found<'_>) {
    let lower = text.to_ascii_lowercase();
    let is_flag = leaf.kind().starts_with("is_");
    let right = match lower.as_str() {
        "true" => "True",
        "false" => "False",
        "1" | "yes" | "on" | "y" | "t" if is_flag => "True",
        "0" | "no" | "off" | "n" | "f" if is_flag => "False",
        _ => return,
    };
    if text != right {
        let never = !matches!(text, "0" | "1");
        let message = match never {
            true => {
                format!("`{}` is compared as Python writes it, `{right}`: this is never equal", leaf.kind())
            }
            false => {
                format!("holds where `{}` is the number {text}, and not where it is {right}", leaf.kind())
            }
        };
        let start = leaf.kind().len() + 1;
        let severity = if never { Severity::Error } else { Severity::Warning };
        replace(rule, leaf, start..start + text.len(), right, &BOOLEAN_SPELLING, message, found).severity =
            severity;
    }
}

/// A kind that is none of the standard credentials.
fn unknown(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let (kind, text) = (leaf.kind(), leaf.text());
    let head = kind.split('.').next().unwrap_or_default();
    let range = |found: &mut Found<'_>, lint, message: String, help: Option<String>| {
        found.within(lint, rule.place(), rule.range(leaf), message).help = help;
    };
    let lower = kind.to_ascii_lowercase();
    if let Some(right) = ["rule", "role", "http", "https"].into_iter().find(|known| *known == lower) {
        let message =
            format!("`{kind}:` is no `{right}:`: this compares a credential `{kind}`, which nobody has");
        replace(rule, leaf, 0..kind.len(), right, &KIND_CASE, message, found);
    } else if let Some((_, service)) = SERVICE_KINDS.iter().find(|(known, _)| *known == kind) {
        let message = format!(
            "`{kind}:` is a check that {service} registers in its code; others take it for a credential"
        );
        range(found, &SERVICE_CHECK, message, None);
    } else if let Some((_, now)) = DEPRECATED.iter().find(|(old, _)| *old == kind) {
        let message = format!("`{kind}` is an old name of the credential `{now}`");
        range(found, &DEPRECATED_CREDENTIAL, message, Some(format!("write `{now}:{text}`")));
    } else if let Some(right) =
        [("true", "True"), ("false", "False"), ("null", "None"), ("none", "None"), ("nil", "None")]
            .into_iter()
            .find_map(|(spelled, right)| (spelled == lower).then_some(right))
    {
        let message = format!("`{kind}` is no Python constant, but a credential that nobody has");
        replace(rule, leaf, 0..kind.len(), right, &LITERAL_SPELLING, message, found);
    } else if head == "target" {
        let message = "the left side is read from the caller's credentials, never from the target: it denies"
            .to_owned();
        let key = kind.strip_prefix("target.").unwrap_or(kind);
        let help = (!text.contains('%')).then(|| format!("write `'{text}':%({key})s`"));
        range(found, &TARGET_AS_CREDENTIAL, message, help);
    } else if !is_known(head) && !names_a_rule(context, leaf.base) {
        let message =
            format!("`{kind}` is no credential that oslo.context provides; where it is missing this denies");
        let help = match text {
            "nobody" | "none" | "never" => Some("to deny everybody write `!`".to_owned()),
            _ => context.nearest(kind, STANDARD).map(|near| format!("did you mean `{near}:{text}`?")),
        };
        range(found, &UNKNOWN_CREDENTIAL, message, help);
    }
}
