//! Lints of names: what the service knows, knew, or never knew.

use super::catalogue::references::UNUSED_RULE;
use super::catalogue::releases::{DEPRECATED_POLICY, REMOVED_POLICY, RENAMED_POLICY, UNKNOWN_POLICY};
use super::collect::Found;
use super::context::Context;
use super::rule::Rule;

pub(super) fn look(context: &Context<'_>, rules: &[Rule<'_>], found: &mut Found<'_>) {
    if !context.knows_service() || context.of_defaults {
        return;
    }
    let defaults = context.defaults;
    let with_colon = defaults.rules().iter().filter(|default| default.name().contains(':')).count();
    let uses_colons = with_colon * 2 > defaults.rules().len();
    for rule in rules.iter().filter(|rule| rule.entry.is_named && rule.name() != "default") {
        let name = rule.name();
        if let Some(default) = defaults.get(name) {
            deprecated(default.definition(), rule, found);
            continue;
        }
        let renamed = context.new_names(name);
        if !renamed.is_empty() {
            let message = match renamed {
                [one] => format!("`{name}` is the old name of `{one}`"),
                _ => format!("`{name}` is split into {} policies", renamed.len()),
            };
            let finding = found.on_name(&RENAMED_POLICY, rule.place(), message);
            finding.help = Some(format!("the service calls it `{}` now", renamed.join("`, `")));
            continue;
        }
        if context.referenced.contains(name) {
            continue;
        }
        if let Some(release) = context.last_release(name) {
            let service = defaults.service.as_deref().unwrap_or("the service");
            let message =
                format!("`{name}` is gone: the last release known to have it is {service} {release}");
            let known = defaults.rules().iter().map(|default| default.name());
            found.on_name(&REMOVED_POLICY, rule.place(), message).help =
                context.nearest(name, known).map(|near| format!("did you mean `{near}`?"));
            continue;
        }
        let known = defaults.rules().iter().map(|default| default.name());
        let near = context.nearest(name, known.chain(context.old_names()));
        let helper = uses_colons && !name.contains(':') && near.is_none();
        let message = match helper {
            true => format!("nothing refers to `{name}`, and the service does not know it"),
            false => format!("{} does not register `{name}`, and nothing refers to it", defaults.label()),
        };
        let lint = if helper { &UNUSED_RULE } else { &UNKNOWN_POLICY };
        found.on_name(lint, rule.place(), message).help = near.map(|near| format!("did you mean `{near}`?"));
    }
}

fn deprecated(definition: &assay_engine::oslo::enforcer::Definition, rule: &Rule<'_>, found: &mut Found<'_>) {
    if !definition.deprecated_for_removal {
        return;
    }
    let since = definition.deprecated_since.as_deref().unwrap_or("?");
    let message = format!("`{}` is deprecated for removal since {since}", rule.name());
    let reason =
        definition.deprecated_reason.as_deref().map(str::trim).filter(|reason| *reason != "left out");
    found.on_name(&DEPRECATED_POLICY, rule.place(), message).help =
        reason.map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
}
