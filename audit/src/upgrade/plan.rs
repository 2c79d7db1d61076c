//! What is to be done, from what upstream makes of the files.

use std::collections::{HashMap, HashSet};

use assay_engine::oslo::enforcer::RuleDefault;
use assay_engine::oslo::language::{BaseClass, Check, CheckTree};
use assay_engine::oslo::load::yaml::Position;

use super::UpgradeOptions;
use crate::edit::{EditError, Editor};
use crate::policy::{Defaults, Entry, InputError, Loaded, PolicyFile};
use crate::sample::LEFT_OUT;

/// What an upgrade does to a rule, or leaves to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The rule has its new name.
    Renamed,
    /// One old name has become several, which all say what it said.
    Split,
    /// The old name is a policy of its own still; the new ones are put beside it.
    Copied,
    /// References to old names are to the new ones.
    Rewritten,
    /// The override had no effect and is a comment now.
    NoEffect,
    /// For people: an old name that stays, since something would decide otherwise without it.
    Kept,
    /// For people: a reference to an old name that nothing has any more.
    Dangling,
    /// For people: references to a name that was split go to the first of the new ones.
    SplitReference,
    /// For people: the service is going to drop the policy.
    ForRemoval,
    /// For people: the service does not know the name, and no rule refers to it.
    Unknown,
}

impl ChangeKind {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Split => "split",
            Self::Copied => "copied",
            Self::Rewritten => "rewritten",
            Self::NoEffect => "no-effect",
            Self::Kept => "kept",
            Self::Dangling => "dangling",
            Self::SplitReference => "split-reference",
            Self::ForRemoval => "for-removal",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the file is changed; else it is for people to look at.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Renamed | Self::Split | Self::Copied | Self::Rewritten | Self::NoEffect)
    }
}

/// Something that an upgrade does, or leaves to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// Which of the files.
    pub file: usize,
    /// Where the rule stands in it.
    pub at: Position,
    /// The rule, by the name that it has in the file.
    pub rule: String,
    /// The new names, of the rule or of what it refers to.
    pub to: Vec<String>,
    /// For people.
    pub message: String,
}

/// How wide the reason above a rule that became a comment may be.
const WIDTH: usize = 110;

/// An edit of a file.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) file: usize,
    rule: String,
    edit: Edit,
}

#[derive(Clone, Debug)]
enum Edit {
    Rename(String),
    Copy(String),
    Rewrite { check: String, new: String },
    CommentOut(String),
}

impl Step {
    pub(super) fn take(&self, editor: &mut Editor<'_>) -> Result<(), EditError> {
        match &self.edit {
            Edit::Rename(new) => editor.rename(&self.rule, new),
            Edit::Copy(new) => editor.copy(&self.rule, new),
            Edit::Rewrite { check, new } => editor.rewrite_check(&self.rule, check, new),
            Edit::CommentOut(reason) => editor.comment_out(&self.rule, &textwrap::fill(reason, WIDTH)),
        }
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    pub(super) changes: Vec<Change>,
    /// Old names, and what references to them become.
    pub(super) names: HashMap<String, String>,
    /// Old names that nothing has or needs any more.
    pub(super) dropped: HashSet<String>,
    /// References that lead nowhere, and what they become.
    pub(super) dangling: HashMap<String, String>,
}

impl Plan {
    /// The old names that are changed, in the order of the files.
    pub(super) fn moved(&self) -> impl Iterator<Item = (usize, &str)> {
        let moves = self.steps.iter().filter(|step| !matches!(step.edit, Edit::Rewrite { .. }));
        moves.map(|step| (step.file, step.rule.as_str()))
    }

    /// The old name without whose change a rule, which would decide otherwise, most likely would not.
    pub(super) fn cause_of(&self, rule: &str, files: &[PolicyFile], defaults: &Defaults) -> Option<String> {
        let predecessor =
            defaults.get(rule).and_then(|default| default.definition().deprecated_rule.as_ref());
        let succeeds = |old: &str| {
            old == rule
                || defaults.renamed_from(old).any(|new| {
                    new.name() == rule || predecessor.is_some_and(|before| before.name() == new.name())
                })
        };
        let is_referred_to = |old: &str| {
            let entries = files.iter().filter_map(|file| file.entry(rule));
            let mut trees = entries.filter_map(|entry| entry.tree.as_ref().ok());
            trees.any(|tree| references(tree).any(|name| name == old))
        };
        let moved = || self.moved().map(|(_, old)| old);
        let found = moved().find(|old| succeeds(old)).or_else(|| moved().find(|old| is_referred_to(old)));
        found.or_else(|| moved().next()).map(str::to_owned)
    }
}

/// What an override of an old name means for one of its successors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It decides there.
    Decides,
    /// The successor is overridden too, and that counts.
    Overridden,
    /// It says what the old default said, which upstream takes for no override.
    SaysOld,
    /// It only refers to the successor.
    Alias,
}

fn effect(entry: &Entry, new: &RuleDefault, is_overridden: bool) -> Effect {
    let Some(old) = &new.definition().deprecated_rule else { return Effect::Decides };
    match &entry.tree {
        Ok(tree) if tree.to_string() == format!("rule:{}", new.name()) => Effect::Alias,
        _ if is_overridden => Effect::Overridden,
        Ok(tree) if tree == old.check() => Effect::SaysOld,
        _ => Effect::Decides,
    }
}

/// The names that a tree refers to.
pub(crate) fn references(tree: &CheckTree) -> impl Iterator<Item = &str> {
    tree.ids().into_iter().filter_map(|id| match tree.check(id) {
        Check::Base(base) if base.class == BaseClass::Rule => Some(base.text.masked()),
        _ => None,
    })
}

struct Planner<'p> {
    files: &'p [PolicyFile],
    defaults: &'p Defaults,
    /// Old names that stay as they are, and why.
    left: &'p [(String, String)],
    /// The rules that count, by name.
    merged: HashMap<&'p str, (usize, &'p Entry)>,
    /// Who refers to what, among rules that no file says.
    needed: HashMap<String, String>,
    plan: Plan,
}

/// Plans the upgrade; the old names of `left` stay as they are.
pub(super) fn plan(
    files: &[PolicyFile],
    defaults: &Defaults,
    options: UpgradeOptions,
    left: &[(String, String)],
) -> Result<Plan, InputError> {
    let mut merged = HashMap::new();
    for (index, file) in files.iter().enumerate() {
        merged.extend(
            file.entries
                .iter()
                .filter(|entry| entry.is_named)
                .map(|entry| (entry.name.as_str(), (index, entry))),
        );
    }
    // References of defaults, the deprecated ones beside them included.
    let loaded = Loaded::of(files.to_vec(), defaults.clone(), false)?;
    let mut needed = HashMap::new();
    for (name, tree) in loaded.policy.rules().iter().filter(|(name, _)| !merged.contains_key(name.masked())) {
        let taken_from_file =
            defaults.get(name.masked()).and_then(|default| default.definition().deprecated_rule.as_ref());
        let is_override = taken_from_file
            .and_then(|old| merged.get(old.name()))
            .is_some_and(|(_, entry)| entry.tree.as_ref() == Ok(tree));
        if !is_override {
            needed.extend(references(tree).map(|reference| (reference.to_owned(), name.to_string())));
        }
    }
    let mut planner = Planner { files, defaults, left, merged, needed, plan: Plan::default() };
    let mut olds: Vec<(usize, &Entry)> = planner.merged.values().copied().collect();
    olds.sort_by_key(|(file, entry)| (*file, entry.name_at));
    for (file, entry) in &olds {
        planner.old_name(*file, entry);
    }
    planner.references(options);
    for (file, entry) in olds {
        planner.tell(file, entry);
    }
    Ok(planner.plan)
}

impl Planner<'_> {
    fn change(&mut self, kind: ChangeKind, (file, entry): (usize, &Entry), to: Vec<String>, message: String) {
        self.plan.changes.push(Change {
            kind,
            file,
            at: entry.name_at,
            rule: entry.name.clone(),
            to,
            message,
        });
    }

    /// Each place in which a name is written: in each file, once.
    fn everywhere(&self, name: &str) -> Vec<usize> {
        let has = |(index, file): (usize, &PolicyFile)| file.entry(name).map(|_| index);
        self.files.iter().enumerate().filter_map(has).collect()
    }

    fn step(&mut self, rule: &str, edit: &Edit) {
        for file in self.everywhere(rule) {
            self.plan.steps.push(Step { file, rule: rule.to_owned(), edit: edit.clone() });
        }
    }

    fn old_name(&mut self, file: usize, entry: &Entry) {
        let (old, at) = (entry.name.as_str(), (file, entry));
        let defaults = self.defaults;
        let successors: Vec<&RuleDefault> = defaults.renamed_from(old).collect();
        if successors.is_empty() {
            return;
        }
        let all = || successors.iter().map(|new| new.name().to_owned()).collect();
        if let Some((_, why)) = self.left.iter().find(|(left, _)| left == old) {
            let message = format!("{old:?} stays: {why}");
            self.change(ChangeKind::Kept, at, all(), message);
            return;
        }
        if self.files.iter().any(|file| file.entry(old).is_some_and(|entry| entry.merged)) {
            let message = format!("{old:?} stays: it comes from a merge key (<<), where others may use it");
            self.change(ChangeKind::Kept, at, all(), message);
            return;
        }
        let effects: Vec<(Effect, &str)> = successors
            .iter()
            .map(|new| (effect(entry, new, self.merged.contains_key(new.name())), new.name()))
            .collect();
        let of = |effect| -> Vec<String> {
            effects.iter().filter(|(other, _)| *other == effect).map(|(_, name)| (*name).to_owned()).collect()
        };
        let takers = of(Effect::Decides);
        let listed = takers.join(", ");
        let stays = match (defaults.get(old), self.needed.get(old)) {
            (Some(_), _) => Some("is a policy of its own still".to_owned()),
            (None, Some(by)) => Some(format!("is referred to by the service's own {by:?}")),
            (None, None) => None,
        };
        match (takers.split_first(), stays) {
            (Some(_), Some(why)) => {
                for new in &takers {
                    self.step(old, &Edit::Copy(new.clone()));
                }
                self.change(
                    ChangeKind::Copied,
                    at,
                    takers.clone(),
                    format!("{old:?} {why}; copied to {listed}, which it decided too"),
                );
            }
            (Some((first, others)), None) => {
                self.step(old, &Edit::Rename(first.clone()));
                for new in others {
                    self.step(old, &Edit::Copy(new.clone()));
                }
                self.plan.names.insert(old.to_owned(), first.clone());
                let (kind, message) = match others {
                    [] => (ChangeKind::Renamed, format!("{old:?} is called {first:?} now")),
                    _ => (ChangeKind::Split, format!("{old:?} was split into {listed}")),
                };
                self.change(kind, at, takers.clone(), message);
            }
            // A policy of its own, and nothing else.
            (None, Some(_)) => {}
            (None, None) => {
                let mut reasons = Vec::new();
                if let says_old @ [_, ..] = of(Effect::SaysOld).as_slice() {
                    let says_old = says_old.join(", ");
                    reasons.push(format!(
                        "it says what the old default said, so the default of {says_old} counts"
                    ));
                }
                if let overridden @ [_, ..] = of(Effect::Overridden).as_slice() {
                    reasons.push(format!("{} is overridden by its new name", overridden.join(", ")));
                }
                self.without_effect(at, of(Effect::Alias).pop(), &reasons);
            }
        }
    }

    /// An override of an old name that decides nothing.
    fn without_effect(&mut self, at: (usize, &Entry), alias: Option<String>, reasons: &[String]) {
        let old = at.1.name.as_str();
        if let Some(new) = alias {
            self.plan.names.insert(old.to_owned(), new.clone());
            self.plan.dropped.insert(old.to_owned());
            let message = format!("{old:?} only refers to {new:?}, which decides without it");
            self.step(old, &Edit::CommentOut(message.clone()));
            self.change(ChangeKind::NoEffect, at, vec![new], message);
            return;
        }
        let message = format!("{old:?} has no effect: {}", reasons.join("; "));
        let referring = self.merged.values().find(|(_, entry)| {
            entry.name != old
                && entry.tree.as_ref().is_ok_and(|tree| references(tree).any(|name| name == old))
        });
        if let Some((_, by)) = referring {
            let message = format!("{message}; it stays, since {:?} refers to it", by.name);
            self.change(ChangeKind::Kept, at, Vec::new(), message);
            return;
        }
        self.plan.dropped.insert(old.to_owned());
        self.step(old, &Edit::CommentOut(message.clone()));
        self.change(ChangeKind::NoEffect, at, Vec::new(), message);
    }

    /// References of rules in files to what has another name now.
    fn references(&mut self, options: UpgradeOptions) {
        let defaults = self.defaults;
        for (index, file) in self.files.iter().enumerate() {
            for entry in file.entries.iter().filter(|entry| entry.is_named && !entry.merged) {
                let Ok(tree) = &entry.tree else { continue };
                let mut seen = HashSet::new();
                for name in references(tree).filter(|name| seen.insert(name.to_owned())) {
                    let at = (index, entry);
                    let new = match self.plan.names.get(name) {
                        Some(new) => new.clone(),
                        None if self.merged.contains_key(name) || defaults.get(name).is_some() => continue,
                        None => match self.dangling(at, name, options) {
                            Some(new) => new,
                            None => continue,
                        },
                    };
                    let edit = Edit::Rewrite { check: format!("rule:{name}"), new: format!("rule:{new}") };
                    self.plan.steps.push(Step { file: index, rule: entry.name.clone(), edit });
                    let message = format!("rule:{name} is rule:{new} now");
                    self.change(ChangeKind::Rewritten, at, vec![new.clone()], message);
                    let all: Vec<String> =
                        defaults.renamed_from(name).map(|new| new.name().to_owned()).collect();
                    if all.len() > 1 {
                        let message = format!(
                            "rule:{name} was split into {}; they say the same in this file, and rule:{new} was taken: is it the one that is meant?",
                            all.join(", ")
                        );
                        self.change(ChangeKind::SplitReference, at, all, message);
                    }
                }
            }
        }
    }

    /// A reference that leads nowhere: what it is to become, if that is asked for and there is one answer.
    fn dangling(&mut self, at: (usize, &Entry), name: &str, options: UpgradeOptions) -> Option<String> {
        let all: Vec<String> = self.defaults.renamed_from(name).map(|new| new.name().to_owned()).collect();
        let only = match all.as_slice() {
            [] => return None,
            [only] if options.fix_dangling => Some(only.clone()),
            _ => None,
        };
        if let Some(new) = &only {
            self.plan.dangling.insert(name.to_owned(), new.clone());
        } else {
            let message = format!(
                "rule:{name} leads nowhere: the name is {} now; left as it is, since what it decides would change",
                all.join(", ")
            );
            self.change(ChangeKind::Dangling, at, all, message);
        }
        only
    }

    /// What people should know of a rule that stays.
    fn tell(&mut self, file: usize, entry: &Entry) {
        let (name, at, defaults) = (entry.name.as_str(), (file, entry), self.defaults);
        if let Some(default) = defaults.get(name) {
            let definition = default.definition();
            if definition.deprecated_for_removal {
                let since = definition.deprecated_since.as_deref().unwrap_or("?");
                let reason = definition.deprecated_reason.as_deref().filter(|reason| *reason != LEFT_OUT);
                let reason = reason.map(|reason| format!(": {}", reason.trim())).unwrap_or_default();
                let message = format!("{name:?} is going to be removed (deprecated since {since}){reason}");
                self.change(ChangeKind::ForRemoval, at, Vec::new(), message);
            }
            return;
        }
        let is_old = defaults.renamed_from(name).next().is_some();
        let is_used = || {
            let refers = |tree: &CheckTree| references(tree).any(|reference| reference == name);
            self.merged.values().any(|(_, other)| other.name != name && other.tree.as_ref().is_ok_and(refers))
        };
        // The default rule is asked for by no name.
        if !is_old && name != "default" && !self.needed.contains_key(name) && !is_used() {
            let prefix = format!("{name}:");
            let under: Vec<&str> = defaults
                .rules()
                .iter()
                .map(RuleDefault::name)
                .filter(|known| known.starts_with(&prefix))
                .collect();
            let hint = match under.as_slice() {
                [] => String::new(),
                under => format!("; are {} meant?", under.join(", ")),
            };
            let service = defaults.label();
            let message = format!(
                "{name:?} is no policy of {service}, and no rule refers to it: it decides nothing there{hint}"
            );
            self.change(ChangeKind::Unknown, at, Vec::new(), message);
        }
    }
}
