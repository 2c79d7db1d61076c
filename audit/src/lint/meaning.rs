//! Lints of what rules mean, whatever their text.

use std::collections::HashMap;

use assay_engine::oslo::enforcer::RuleDefault;
use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId};
use assay_engine::oslo::{Rules, parse_text};

use super::catalogue::meaning::{
    ALWAYS_ALLOWS, ALWAYS_DENIES, DEAD_BRANCH, IMPOSSIBLE_SCOPE, NARROWS_DEFAULT, OWNER_UNCHECKED,
    REDUNDANT_OVERRIDE, WIDENS_DEFAULT,
};
use super::catalogue::{Safety, Severity};
use super::collect::{Found, edit, value_range};
use super::context::{Context, Named, references};
use super::finding::Fix;
use super::references::Graph;
use super::rule::{Leaf, Rule};
use crate::meaning::{Analysis, Answer, Found as Request, Side, Subject, Witness};
use crate::policy::value;

/// From how many rules on only those are reasoned about that ask the same thing twice.
const MANY: usize = 2000;

/// How many rules are reasoned about at most.
const MOST: usize = 2000;

/// What stands before the name of a rule in the name under which its default is asked for. No file has such names.
const DEFAULT_OF: &str = "\u{0}default of ";

/// The rules to reason about, and how many there are too many of.
pub(super) fn side(context: &Context<'_>) -> (Option<Side>, usize) {
    let few = context.rules.len() < MANY;
    let mut wanted: Vec<&str> = Vec::new();
    let mut asking = Asking::default();
    for (name, named) in context.rules.iter().filter(|(_, named)| named.in_file) {
        let differs = |tree| overridden(context, name, tree).iter().any(|default| default.check() != tree);
        let differs = named.tree.is_some_and(differs);
        if few || differs || named.tree.is_some_and(|tree| asking.is_repeated(context, tree)) {
            wanted.push(name);
        }
    }
    let skipped = wanted.len().saturating_sub(MOST);
    wanted.truncate(MOST);
    if wanted.is_empty() {
        return (None, skipped);
    }
    let mut rules = Rules::from_texts::<&str, &str>([]);
    let mut scopes: Vec<(String, Vec<String>)> = Vec::new();
    let mut open: Vec<&str> = wanted.clone();
    open.extend(context.defines("default").then_some("default"));
    for name in wanted {
        let Some(tree) = context.rules.get(name).and_then(|named| named.tree) else {
            continue;
        };
        for default in overridden(context, name, tree) {
            let hidden = format!("{DEFAULT_OF}{}", default.name());
            let own = [hidden.clone(), name.to_owned()];
            scopes.extend(own.map(|name| (name, default.definition().scope_types.clone())));
            rules.insert(hidden, default.check().clone());
            open.extend(references(default.check()).map(|name| name.masked()));
        }
    }
    while let Some(name) = open.pop() {
        if rules.contains(name) {
            continue;
        }
        match context.rules.get(name) {
            Some(Named { tree: Some(tree), .. })
                if context.knows_service() || tree.diagnostics().is_empty() =>
            {
                rules.insert(name, CheckTree::clone(tree));
                open.extend(references(tree).map(|name| name.masked()));
            }
            None if context.knows_service() => {}
            // What an undefined rule does the service may know, and what a broken one was to do its author. A server
            // may answer anything too.
            _ => rules.insert(name, parse_text(&format!("http://unknown.invalid/{}", rules.len()))),
        }
    }
    (Side::new(rules, scopes).ok(), skipped)
}

/// What rules ask for, with all that they refer to.
#[derive(Default)]
struct Asking<'c>(HashMap<&'c str, Vec<String>>);

impl<'c> Asking<'c> {
    /// Whether some part of a rule may decide what another part asks.
    fn is_repeated(&mut self, context: &Context<'c>, tree: &'c CheckTree) -> bool {
        let ids = tree.ids();
        if ids.len() == 1 || !tree.diagnostics().is_empty() {
            return false;
        }
        let constant = ids.into_iter().any(|id| matches!(tree.check(id), Check::True | Check::False));
        let mut all = self.of(context, tree, 0);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        constant || all.len() < count
    }

    fn of(&mut self, context: &Context<'c>, tree: &'c CheckTree, depth: usize) -> Vec<String> {
        let mut all = Vec::new();
        for id in tree.ids() {
            let Check::Base(base) = tree.check(id) else {
                continue;
            };
            let text = base.text.masked();
            match base.class {
                BaseClass::Rule if depth < 32 => {
                    if !self.0.contains_key(text) {
                        self.0.insert(text, Vec::new());
                        let tree = context.rules.get(text).and_then(|named| named.tree);
                        let below = tree.map(|tree| self.of(context, tree, depth + 1)).unwrap_or_default();
                        self.0.insert(text, below);
                    }
                    all.extend(self.0.get(text).into_iter().flatten().cloned());
                }
                BaseClass::Role => all.push(text.to_lowercase()),
                // Two constants can exclude each other; two of the target's keys cannot.
                _ if text.contains('%') => all.push(format!("{}:{text}", base.kind.masked())),
                _ => all.push(base.kind.masked().to_owned()),
            }
        }
        all
    }
}

/// What a rule comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Constant {
    Allows,
    Denies,
    No,
}

/// What is known of meanings.
pub(super) struct Meaning<'m> {
    side: Option<(&'m Side, Analysis<'m>)>,
    /// By canonical text: whether a rule is constant, and which of its nodes, in the order of a walk, are dead.
    seen: HashMap<String, (Constant, Vec<usize>)>,
}

impl<'m> Meaning<'m> {
    pub(super) fn of(side: Option<&'m Side>) -> Self {
        let analysis = side.and_then(|side| Some((side, Analysis::of(&[side]).ok()?)));
        Self { side: analysis, seen: HashMap::new() }
    }

    pub(super) fn look(
        &mut self,
        context: &Context<'_>,
        graph: &Graph<'_>,
        rule: &Rule<'_>,
        leaves: &[Leaf<'_>],
        found: &mut Found<'_>,
    ) {
        impossible_scope(context, rule, leaves, found);
        owner_unchecked(context, rule, found);
        let counts = context.rules.get(rule.name()).is_some_and(|named| {
            named.in_file && named.tree.is_some_and(|tree| std::ptr::eq(tree, rule.tree))
        });
        if !counts || !rule.entry.is_named || !rule.tree.diagnostics().is_empty() {
            return;
        }
        let redundant = overridden(context, rule.name(), rule.tree)
            .into_iter()
            .filter(|default| self.compare(rule, default, found))
            .count();
        let is_literal = matches!(rule.tree.check(rule.tree.root()), Check::True | Check::False);
        let reasoned = self.side.as_ref().is_some_and(|(side, _)| side.rules().contains(rule.name()));
        if redundant > 0 || is_literal || !reasoned || graph.is_cyclic(rule.name()) {
            return;
        }
        // A cycle raises, which is said elsewhere, as references to what is undefined or broken are.
        let refers_to_none = references(rule.tree).any(|name| {
            let named = context.rules.get(name.masked()).and_then(|named| named.tree);
            named.is_none_or(|tree| !tree.diagnostics().is_empty())
        });
        let unsure = refers_to_none && context.knows_service();
        if !unsure {
            self.constant_or_dead(context, rule, found);
        }
    }

    /// An override beside a default, and whether it changes nothing.
    fn compare(&self, rule: &Rule<'_>, default: &RuleDefault, found: &mut Found<'_>) -> bool {
        let name = default.name();
        let default = default.check();
        let redundant = |how: &str, found: &mut Found<'_>| {
            let message = format!("`{}` is what the service does anyway{how}", rule.name());
            let fix = removal(rule);
            found.on_name(&REDUNDANT_OVERRIDE, rule.place(), message).fix = fix;
        };
        if default == rule.tree {
            redundant("", found);
            return true;
        }
        let Some((side, analysis)) = &self.side else {
            return false;
        };
        let hidden = format!("{DEFAULT_OF}{name}");
        if !side.rules().contains(&hidden) {
            return false;
        }
        let (mine, theirs) = ((0, Subject::Rule(rule.name())), (0, Subject::Rule(hidden.as_str())));
        // What is open to everybody is said elsewhere, and goes without a witness.
        let open = *rule.tree.check(rule.tree.root()) == Check::True;
        let wider = analysis.difference(mine, theirs);
        if let Request::Request(witness) = &wider
            && !open
        {
            let message =
                format!("allows what the default `{}` denies: {}", shortened(default), told(witness));
            found.on_value(&WIDENS_DEFAULT, rule.place(), message);
        }
        if found.wants(&NARROWS_DEFAULT)
            && let Request::Request(witness) = analysis.difference(theirs, mine)
        {
            let message =
                format!("denies what the default `{}` allows: {}", shortened(default), told(&witness));
            found.on_value(&NARROWS_DEFAULT, rule.place(), message);
        }
        if wider != Request::Nothing {
            return false;
        }
        let same = analysis.equivalent(mine, theirs).is_yes()
            && !matches!(analysis.raises_instead(mine, theirs), Request::Request(_));
        if same {
            redundant(&format!(": its default is `{}`", shortened(default)), found);
        }
        same
    }

    fn constant_or_dead(&mut self, context: &Context<'_>, rule: &Rule<'_>, found: &mut Found<'_>) {
        let Some((_, analysis)) = &self.side else {
            return;
        };
        let tree = rule.tree;
        let key = tree.to_string();
        if !self.seen.contains_key(&key) {
            let known = reason(analysis, tree);
            self.seen.insert(key.clone(), known);
        }
        let Some((constant, dead)) = self.seen.get(&key) else {
            return;
        };
        let name = rule.name();
        match constant {
            Constant::Allows if context.is_open_by_default(name) => {}
            Constant::Allows => {
                let message = format!("`{name}` allows every request, although it has conditions");
                found.on_value(&ALWAYS_ALLOWS, rule.place(), message);
            }
            Constant::Denies => {
                let message = format!("`{name}` allows no request");
                found.on_value(&ALWAYS_DENIES, rule.place(), message);
            }
            Constant::No => {
                let ids = tree.ids();
                for id in dead.iter().filter_map(|at| ids.get(*at)) {
                    dead_branch(rule, *id, found);
                }
            }
        }
    }
}

fn reason(analysis: &Analysis<'_>, tree: &CheckTree) -> (Constant, Vec<usize>) {
    let question = (0, Subject::Check(tree));
    let sure = |answer: Answer| answer.is_yes();
    if sure(analysis.always_allows(question)) {
        return (Constant::Allows, Vec::new());
    }
    if sure(analysis.always_denies(question)) {
        return (Constant::Denies, Vec::new());
    }
    let ids = tree.ids();
    let dead = analysis.dead_branches(0, tree).unwrap_or_default();
    let at = |id: NodeId| ids.iter().position(|other| *other == id);
    (Constant::No, dead.into_iter().filter_map(at).collect())
}

fn dead_branch(rule: &Rule<'_>, id: NodeId, found: &mut Found<'_>) {
    let span = &rule.tree.node(id).outer;
    let range = match rule.entry.text() {
        Some(_) => rule.file.bytes_in(rule.entry, span),
        None => rule.leaves().iter().find(|leaf| leaf.id == id).map(|leaf| rule.range(leaf)),
    };
    let range = range.unwrap_or_else(|| value_range(rule.place()));
    let shown = match rule.entry.text() {
        Some(text) => text.get(span.clone()),
        None => rule.file.text.get(range.clone()),
    };
    let message = format!("without `{}` every request is decided the same", shown.unwrap_or_default());
    let finding = found.within(&DEAD_BRANCH, rule.place(), range, message);
    if references(rule.tree).next().is_some() {
        // It may be there for the day on which a rule that is referred to changes.
        finding.severity = Severity::Note;
    }
}

/// The defaults that a rule of a file takes the place of: the one of its name, or those that had it before and that no
/// file overrides by their new names. What upstream takes for no override (the old default itself) replaces nothing.
fn overridden<'c>(context: &Context<'c>, name: &str, tree: &CheckTree) -> Vec<&'c RuleDefault> {
    if context.of_defaults {
        return Vec::new();
    }
    if let Some(default) = context.defaults.get(name) {
        return vec![default];
    }
    let new = context.new_names(name).iter().filter_map(|new| context.defaults.get(new));
    let replaces = |default: &&RuleDefault| {
        let old = default.definition().deprecated_rule.as_ref();
        let own = context.rules.get(default.name()).is_some_and(|named| named.in_file);
        !own && old.is_some_and(|old| old.check() != tree)
    };
    new.filter(replaces).collect()
}

/// A rule's text, which may be long.
fn shortened(tree: &CheckTree) -> String {
    const MOST: usize = 160;
    let text = tree.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A request in a line.
fn told(witness: &Witness) -> String {
    let mut told = format!("creds {}, target {}", value::json(&witness.creds), value::json(&witness.target));
    for assumption in &witness.assuming {
        let answer = if assumption.answer { "allows" } else { "denies" };
        told.push_str(&format!(", if {} {answer}", assumption.check));
    }
    told
}

/// Takes the lines of a rule out, if nothing else stands on them.
fn removal(rule: &Rule<'_>) -> Option<Fix> {
    let (file, entry) = rule.place();
    let text = &file.text;
    let (start, end) = (entry.name_written.start, value_range(rule.place()).end);
    if entry.merged || end < start || text[..start].trim_start().starts_with('{') {
        return None;
    }
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let rest = &text[end..];
    let line_end = rest.find('\n').map_or(text.len(), |at| end + at + 1);
    // The end of a block already is the start of the next line.
    let line_end = if text[..end].ends_with('\n') { end } else { line_end };
    let alone = text[line_start..start].trim().is_empty() && text[end..line_end].trim().is_empty();
    let anchored = text[start..end].contains('&');
    (alone && !anchored && file.entries.len() > 1)
        .then(|| Fix { safety: Safety::Same, edits: vec![edit(file, line_start..line_end, "")] })
}

/// Checks of a system or domain token in a rule that no such token may call.
fn impossible_scope(context: &Context<'_>, rule: &Rule<'_>, leaves: &[Leaf<'_>], found: &mut Found<'_>) {
    let Some(default) = context.defaults.get(rule.name()) else {
        return;
    };
    let scopes = &default.definition().scope_types;
    if scopes.is_empty() {
        return;
    }
    for scope in ["system", "domain"].into_iter().filter(|scope| !scopes.iter().any(|known| known == scope)) {
        for leaf in leaves.iter().filter(|leaf| !leaf.negated) {
            let check = rule.tree.check(leaf.id);
            if needs(context, check, scope, 0) {
                let message = format!(
                    "only tokens of scope {} get as far as this rule: this asks for one of scope {scope}",
                    scopes.join(", ")
                );
                found.within(&IMPOSSIBLE_SCOPE, rule.place(), rule.range(leaf), message);
            }
        }
    }
}

/// Whether a check holds for tokens of a scope only.
fn needs(context: &Context<'_>, check: &Check, scope: &str, depth: usize) -> bool {
    let Check::Base(base) = check else {
        return false;
    };
    let (kind, text) = (base.kind.masked(), base.text.masked());
    match base.class {
        BaseClass::Generic if text.contains('%') || text == "None" => false,
        BaseClass::Generic => match scope {
            "system" => matches!(kind, "system_scope" | "system"),
            _ => kind == "domain_id",
        },
        BaseClass::Rule if depth < 16 => {
            let tree = context.rules.get(text).and_then(|named| named.tree);
            tree.is_some_and(|tree| tree_needs(context, tree, tree.root(), scope, depth + 1))
        }
        _ => false,
    }
}

fn tree_needs(context: &Context<'_>, tree: &CheckTree, id: NodeId, scope: &str, depth: usize) -> bool {
    if depth > 64 {
        return false;
    }
    let mut below = tree.children(id).iter().map(|id| tree_needs(context, tree, *id, scope, depth + 1));
    match tree.check(id) {
        Check::And(_) => below.any(|needs| needs),
        Check::Or(operands) => !operands.is_empty() && below.all(|needs| needs),
        Check::Not(_) => false,
        check => needs(context, check, scope, depth),
    }
}

/// A name with `owner` in it, over a rule that does not look at the target.
fn owner_unchecked(context: &Context<'_>, rule: &Rule<'_>, found: &mut Found<'_>) {
    let name = rule.name();
    let promises = name.split(|c: char| !c.is_alphanumeric()).any(|word| word == "owner" || word == "owners");
    if !promises || name.contains(':') {
        return;
    }
    let mut seen: Vec<&str> = vec![name];
    let mut open = vec![rule.tree];
    let mut any = false;
    while let Some(tree) = open.pop() {
        if !tree.diagnostics().is_empty() {
            return;
        }
        for id in tree.ids() {
            let Check::Base(base) = tree.check(id) else {
                continue;
            };
            any = true;
            let text = base.text.masked();
            match base.class {
                BaseClass::Generic | BaseClass::Role if text.contains('%') => return,
                BaseClass::Generic if base.kind.masked() == "field" => return,
                BaseClass::Http | BaseClass::Https => return,
                BaseClass::Rule if !seen.contains(&text) => {
                    seen.push(text);
                    match context.rules.get(text).and_then(|named| named.tree) {
                        Some(tree) if seen.len() < 64 => open.push(tree),
                        _ => return,
                    }
                }
                _ => {}
            }
        }
    }
    if any {
        let message =
            format!("`{name}` compares nothing with the target: it holds on the objects of any project");
        found.on_value(&OWNER_UNCHECKED, rule.place(), message);
    }
}
