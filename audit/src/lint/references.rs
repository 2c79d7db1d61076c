//! Lints of references between rules.

mod graph;

use assay_engine::oslo::enforcer::Definition;
use assay_engine::oslo::language::{Base, BaseClass, Check, CheckTree, NodeId};

use super::catalogue::Severity;
use super::catalogue::references::{
    COSTLY_REFERENCES, CYCLE, MISSING_KEY_UNDER_NOT, MISSING_RULE_PREFIX, ROLE_NAMES_RULE, RULE_NOT_EXPANDED,
    UNDEFINED_REFERENCE, UNDEFINED_UNDER_NOT, UNPARSEABLE_UNDER_NOT, UNUSED_RULE,
};
use super::catalogue::releases::DEPRECATED_POLICY;
use super::collect::Found;
use super::context::Context;
use super::credentials;
use super::rule::{Leaf, Rule};
pub(super) use graph::Graph;
use graph::Mark;

pub(super) fn look(
    context: &Context<'_>,
    graph: &Graph<'_>,
    rule: &Rule<'_>,
    leaves: &[Leaf<'_>],
    found: &mut Found<'_>,
) {
    for leaf in leaves {
        match leaf.base.class {
            BaseClass::Rule => reference(context, graph, rule, leaf, found),
            BaseClass::Role => role(context, rule, leaf, found),
            BaseClass::Generic => credential(context, rule, leaf, found),
            BaseClass::Http | BaseClass::Https => {}
        }
    }
    under_not(rule, found);
    cycle(graph, rule, leaves, found);
    costly(graph, rule, found);
}

fn reference(
    context: &Context<'_>,
    graph: &Graph<'_>,
    rule: &Rule<'_>,
    leaf: &Leaf<'_>,
    found: &mut Found<'_>,
) {
    let name = leaf.text();
    if name.contains("%(") && !context.defines(name) {
        let message = format!("`rule:` takes the name `{name}` as it stands: nothing is filled in");
        found.within(&RULE_NOT_EXPANDED, rule.place(), rule.range(leaf), message);
    } else if !context.defines(name) {
        undefined(context, rule, leaf, found);
    } else if let Some(default) = going(context, name) {
        let since = default.deprecated_since.as_deref().unwrap_or("?");
        let message = format!("`{name}` is the service's, and deprecated for removal since {since}");
        found.within(&DEPRECATED_POLICY, rule.place(), rule.range(leaf), message).help =
            Some("define what it says here, before it is gone".to_owned());
    } else if leaf.negated
        && let Some((mark, what)) = graph.mark(name)
    {
        let message = match mark {
            Mark::Undefined => return found_under_not(rule, leaf, what, found),
            Mark::Unparseable => {
                format!("`{name}` rests on what cannot be parsed and so denies, and `not` allows")
            }
            Mark::Missing => format!(
                "`{name}` compares with {what}: where the target has none it denies, and `not` of it allows"
            ),
        };
        let lint = match mark {
            Mark::Missing => &MISSING_KEY_UNDER_NOT,
            _ => &UNPARSEABLE_UNDER_NOT,
        };
        found.within(lint, rule.place(), rule.range(leaf), message);
    }
}

/// The service's own rule of this name, if no file has it and it will go.
fn going<'c>(context: &Context<'c>, name: &str) -> Option<&'c Definition> {
    let in_file = context.rules.get(name).is_some_and(|named| named.in_file);
    let definition = context.defaults.get(name)?.definition();
    (definition.deprecated_for_removal && !in_file).then_some(definition)
}

fn found_under_not(rule: &Rule<'_>, leaf: &Leaf<'_>, what: &str, found: &mut Found<'_>) {
    let message =
        format!("`{}` leads to the undefined rule `{what}`, which denies, and `not` allows", leaf.text());
    found.within(&UNDEFINED_UNDER_NOT, rule.place(), rule.range(leaf), message);
}

fn undefined(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let name = leaf.text();
    let known = context.rules.keys().copied();
    let near = context.nearest(name, known).map(|near| format!("did you mean `rule:{near}`?"));
    let renamed = context.new_names(name);
    let help = match renamed {
        [] => near,
        names => Some(format!("the service calls it `{}` now", names.join("`, `"))),
    };
    let sure = context.knows_service();
    let who = if sure { "neither the file nor the service defines" } else { "nothing here defines" };
    let (lint, severity, what) = match (leaf.negated, context.rules.get("default")) {
        (false, Some(_)) => (&UNDEFINED_REFERENCE, Severity::Error, "`default` decides in its place"),
        (false, None) => (&UNDEFINED_REFERENCE, Severity::Error, "it denies"),
        (true, Some(_)) => (
            &UNDEFINED_UNDER_NOT,
            Severity::Error,
            "`default` decides in its place, and `not` turns it round",
        ),
        (true, None) => (&UNDEFINED_UNDER_NOT, Severity::Error, "it denies, and `not` allows everybody"),
    };
    let message = match sure {
        true => format!("{who} `{name}`: {what}"),
        false => format!("{who} `{name}`; unless the service does, {what}"),
    };
    // The service's code may define it; a typo of what stands beside it hardly.
    let severity = match (sure, help.is_some(), leaf.negated) {
        (true, ..) => severity,
        (false, true, _) | (false, _, true) => Severity::Warning,
        (false, false, false) => Severity::Note,
    };
    let finding = found.within(lint, rule.place(), rule.range(leaf), message);
    finding.severity = severity;
    finding.help = help.or_else(|| {
        let unknown = !sure;
        unknown.then(|| "`--service` or `--defaults` tells what the service defines".to_owned())
    });
}

/// `role:` with the name of a rule.
fn role(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let name = leaf.text();
    let Some(named) = context.rules.get(name) else {
        return;
    };
    // A rule may be called like the role that it asks for.
    let asks = named.tree.is_some_and(|tree| {
        tree.ids().into_iter().any(|id| matches!(tree.check(id), Check::Base(base) if base == leaf.base))
    });
    if asks || context.knows_role(name) {
        return;
    }
    let message =
        format!("`{name}` is a rule; this asks for a role of that name, which anybody with it passes");
    found.within(&ROLE_NAMES_RULE, rule.place(), rule.range(leaf), message).help =
        Some(format!("did you mean `rule:{name}`?"));
}

/// The name of a rule where a credential is read.
fn credential(context: &Context<'_>, rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    if leaf.negated && leaf.text().contains("%(") && !is_guarded(rule, leaf) {
        let message = format!(
            "where the target has no such key, `{}:{}` is false, and `not` of it allows",
            leaf.kind(),
            leaf.text()
        );
        let finding = found.within(&MISSING_KEY_UNDER_NOT, rule.place(), rule.range(leaf), message);
        finding.help = Some("add a condition that must hold besides".to_owned());
    }
    if names_a_rule(context, leaf.base) {
        let kind = leaf.kind();
        let message = format!(
            "`{kind}` is a rule; this compares a credential of that name, which is not set: it denies"
        );
        found.within(&MISSING_RULE_PREFIX, rule.place(), rule.range(leaf), message).help =
            Some(format!("did you mean `rule:{kind}`?"));
    }
}

/// Whether something that must hold besides fails where the target lacks the same key.
fn is_guarded(rule: &Rule<'_>, leaf: &Leaf<'_>) -> bool {
    let tree = rule.tree;
    let mut open = vec![(tree.root(), false)];
    while let Some((id, guarded)) = open.pop() {
        if id == leaf.id {
            return guarded;
        }
        for child in tree.children(id) {
            let beside = |other: &NodeId| other != child && requires(tree, *other, leaf.text());
            let own = matches!(tree.check(id), Check::And(operands) if operands.iter().any(beside));
            open.push((*child, guarded || own));
        }
    }
    false
}

/// Whether a check can hold only where the target has what a text is filled with.
fn requires(tree: &CheckTree, id: NodeId, text: &str) -> bool {
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        match tree.check(id) {
            Check::Base(base) if base.class != BaseClass::Rule && base.text.masked() == text => return true,
            Check::And(operands) => open.extend(operands),
            _ => {}
        }
    }
    false
}

/// Whether a check reads a credential that is a rule's name and no known credential.
pub(super) fn names_a_rule(context: &Context<'_>, base: &Base) -> bool {
    let kind = base.kind.masked();
    context.defines(kind) && !credentials::is_known(kind) && !kind.is_empty()
}

/// `not` of a word that is no check.
fn under_not(rule: &Rule<'_>, found: &mut Found<'_>) {
    if rule.tree.diagnostics().is_empty() || rule.entry.text().is_none() {
        return;
    }
    let mut open = vec![(rule.tree.root(), false)];
    while let Some((id, negated)) = open.pop() {
        let node = rule.tree.node(id);
        let flips = matches!(node.check, Check::Not(_));
        open.extend(rule.tree.children(id).iter().map(|child| (*child, negated ^ flips)));
        let broken = rule.tree.diagnostics().iter().any(|diagnostic| diagnostic.span == node.span);
        if negated && node.check == Check::False && broken {
            let word = rule.entry.text().and_then(|text| text.get(node.span.clone())).unwrap_or_default();
            let message = format!("`{word}` is no check and denies, and `not` of it allows everybody");
            found.in_text(&UNPARSEABLE_UNDER_NOT, rule.place(), &node.span, message);
        }
    }
}

fn cycle(graph: &Graph<'_>, rule: &Rule<'_>, leaves: &[Leaf<'_>], found: &mut Found<'_>) {
    if !graph.is_cyclic(rule.name()) {
        return;
    }
    let leads = |leaf: &&Leaf<'_>| leaf.base.class == BaseClass::Rule && graph.is_cyclic(leaf.text());
    let back = |leaf: &&Leaf<'_>| leads(leaf) && graph.leads_back(leaf.text(), rule.name());
    let Some(leaf) = leaves.iter().find(back).or_else(|| leaves.iter().find(leads)) else {
        return;
    };
    let message = match graph.way_back(leaf.text(), rule.name()) {
        Some(way) => format!("`{}` refers to itself: {}", rule.name(), way.join(" → ")),
        None => format!("`{}` leads into a cycle of references", leaf.text()),
    };
    let finding = found.within(&CYCLE, rule.place(), rule.range(leaf), message);
    finding.help = Some("who asks for it gets an exception, not a deny".to_owned());
}

fn costly(graph: &Graph<'_>, rule: &Rule<'_>, found: &mut Found<'_>) {
    if let Some(checks) = graph.costly(rule.name()) {
        let message =
            format!("one decision may take {checks} checks: upstream decides a rule each time it is met");
        found.on_name(&COSTLY_REFERENCES, rule.place(), message);
    }
}

/// Helper rules that nobody refers to. What the service registers is none; see `releases` for names that it
/// does not know.
pub(super) fn unused(context: &Context<'_>, rules: &[Rule<'_>], found: &mut Found<'_>) {
    if context.of_defaults || context.knows_service() {
        return;
    }
    // Operations of a service that writes `volume:get` all have a colon.
    let unreferenced =
        |rule: &&Rule<'_>| !context.referenced.contains(rule.name()) && rule.name() != "default";
    let free: Vec<&Rule<'_>> = rules.iter().filter(unreferenced).collect();
    let with_colon = free.iter().filter(|rule| rule.name().contains(':')).count();
    if with_colon < 2 || with_colon * 2 < free.len() {
        return;
    }
    for rule in free.into_iter().filter(|rule| !rule.name().contains(':')) {
        let message =
            format!("nothing here refers to `{}`, and it is not named like an operation", rule.name());
        found.on_name(&UNUSED_RULE, rule.place(), message);
    }
}
