//! Overrides that change nothing (upstream's `oslopolicy-list-redundant`), by what they mean rather than how they are
//! written; and of all others, in which direction they go.

mod together;

use std::collections::HashMap;

use assay_engine::oslo::enforcer::Suppress;
use assay_engine::oslo::load::yaml::Position;
use assay_engine::oslo::{CheckTree, LoadError, Rules};

use crate::meaning::{Analysis, Answer, Found, Question, Side, Subject};
use crate::policy::{Entry, InputError, Loaded};

/// How an override stands to what would decide without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same checks in the same shape.
    Same,
    /// Written otherwise, but every request is decided alike.
    Equivalent,
    /// Another entry of the same name counts: one further down, or one in a later file.
    Shadowed,
    /// An override of an old name that decides for none of its successors, and that nothing refers to.
    NoEffect,
    /// It allows less: whatever it allows, the default allows.
    Narrower,
    /// It allows more.
    Wider,
    /// It allows something that the default does not, and the other way round.
    Both,
    /// It says the same of its own name, but by way of these new names it decides too.
    Needed(Vec<String>),
    /// The service has no default of this name.
    Added,
    /// It is not known, and why.
    Undecided(String),
}

impl Relation {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Equivalent => "equivalent",
            Self::Shadowed => "shadowed",
            Self::NoEffect => "no-effect",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Both => "both",
            Self::Needed(_) => "needed",
            Self::Added => "added",
            Self::Undecided(_) => "undecided",
        }
    }

    /// Whether the entry may go.
    #[must_use]
    pub const fn is_redundant(&self) -> bool {
        matches!(self, Self::Same | Self::Equivalent | Self::Shadowed | Self::NoEffect)
    }
}

/// An entry of a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Which of the files.
    pub file: usize,
    /// Where in it.
    pub at: Position,
    /// The rule.
    pub name: String,
    /// How it stands to the default.
    pub relation: Relation,
}

/// All entries of the policy files, by file and line. Those that are redundant are so together: if all go, every
/// request is decided as before.
///
/// # Errors
/// A policy that cannot be loaded.
///
/// ```
/// use assay::policy::{Defaults, Loaded, PolicyFile};
/// use assay::redundant::{Relation, overrides};
/// let defaults = Defaults::parse("d.yaml".as_ref(), "defaults: [{name: a, check_str: 'role:x or role:y'}]").unwrap();
/// let file = PolicyFile::of_bytes("p.yaml".as_ref(), b"a: role:Y or role:x\n").unwrap();
/// let loaded = Loaded::of(vec![file], defaults, true).unwrap();
/// assert_eq!(overrides(&loaded).unwrap()[0].relation, Relation::Equivalent);
/// ```
pub fn overrides(loaded: &Loaded) -> Result<Vec<Override>, InputError> {
    let merged = Merged::of(loaded);
    let mut found = Vec::new();
    for (index, file) in loaded.files.iter().enumerate() {
        let of = |entry: &Entry, relation| Override {
            file: index,
            at: entry.name_at,
            name: entry.name.clone(),
            relation,
        };
        found.extend(
            file.hidden.iter().filter(|entry| entry.is_named).map(|entry| of(entry, Relation::Shadowed)),
        );
        for entry in file.entries.iter().filter(|entry| entry.is_named) {
            let counts = merged.by_name.get(entry.name.as_str()).is_some_and(|(file, _)| *file == index);
            let relation = if counts { Relation::Added } else { Relation::Shadowed };
            found.push(of(entry, relation));
        }
    }
    relate(loaded, &merged, &mut found)?;
    together::confirm(loaded, &merged, &mut found)?;
    found.sort_by_key(|one| (one.file, one.at));
    Ok(found)
}

/// The entries that count.
pub(super) struct Merged<'l> {
    pub(super) by_name: HashMap<&'l str, (usize, &'l Entry)>,
    order: Vec<&'l str>,
}

impl<'l> Merged<'l> {
    fn of(loaded: &'l Loaded) -> Self {
        let mut by_name = HashMap::new();
        let mut order = Vec::new();
        for (index, file) in loaded.files.iter().enumerate() {
            for entry in file.entries.iter().filter(|entry| entry.is_named) {
                if by_name.insert(entry.name.as_str(), (index, entry)).is_none() {
                    order.push(entry.name.as_str());
                }
            }
        }
        Self { by_name, order }
    }

    /// The rules of the files without some.
    pub(super) fn without(&self, left_out: &dyn Fn(&str) -> bool) -> Result<Rules, InputError> {
        let kept = self.order.iter().filter(|name| !left_out(name));
        let values = kept.map(|name| (*name, &self.by_name[name].1.value));
        Rules::from_values(values).map_err(|error: LoadError| InputError::Text(error.to_string()))
    }
}

/// An override, and the check that would decide without it.
struct Pair<'l> {
    index: usize,
    own: &'l CheckTree,
    default: CheckTree,
}

fn relate(loaded: &Loaded, merged: &Merged<'_>, found: &mut [Override]) -> Result<(), InputError> {
    let all = merged.without(&|_| false)?;
    let check = |default: &assay_engine::oslo::enforcer::RuleDefault, files: &Rules| {
        default.effective(files, loaded.enforce_new_defaults, Suppress::default()).0
    };
    let mut pairs = Vec::new();
    for (index, one) in found.iter_mut().enumerate().filter(|(_, one)| one.relation == Relation::Added) {
        let name = one.name.clone();
        let others = merged.without(&|other| other == name)?;
        // By an old name it may decide for others.
        let needed: Vec<String> = loaded
            .defaults
            .renamed_from(&name)
            .filter(|new| !merged.by_name.contains_key(new.name()) && check(new, &all) != check(new, &others))
            .map(|new| new.name().to_owned())
            .collect();
        let own = merged.by_name[name.as_str()].1.tree.as_ref();
        match (loaded.defaults.get(&name), own) {
            (_, _) if !needed.is_empty() => one.relation = Relation::Needed(needed),
            (Some(default), Ok(own)) => {
                let default = check(default, &others);
                if *own == default {
                    one.relation = Relation::Same;
                } else {
                    pairs.push(Pair { index, own, default });
                }
            }
            (None, _)
                if loaded.defaults.renamed_from(&name).next().is_some() && !is_referred_to(loaded, &name) =>
            {
                one.relation = Relation::NoEffect;
            }
            _ => {}
        }
    }
    let failed = |error: &dyn std::fmt::Display| InputError::Text(error.to_string());
    let side = Side::new(loaded.policy.rules().clone(), []).map_err(|error| failed(&error))?;
    let checks: Vec<&CheckTree> = pairs.iter().flat_map(|pair| [pair.own, &pair.default]).collect();
    match Analysis::with_checks(&[&side], &checks) {
        Ok(analysis) => {
            for Pair { index, own, default } in &pairs {
                let (own, default) = ((0, Subject::Check(own)), (0, Subject::Check(default)));
                found[*index].relation = relation(&analysis, own, default);
            }
        }
        Err(_) => {
            for Pair { index, .. } in pairs {
                found[index].relation = Relation::Undecided("too many checks to compare".to_owned());
            }
        }
    }
    Ok(())
}

fn relation(analysis: &Analysis<'_>, own: Question<'_>, default: Question<'_>) -> Relation {
    if analysis.same_function(own, default) {
        return Relation::Equivalent;
    }
    match (analysis.implies(own, default), analysis.implies(default, own)) {
        (Answer::Undecided(why), _) | (_, Answer::Undecided(why)) => Relation::Undecided(why),
        (Answer::Yes(_), Answer::Yes(_)) if raises_alike(analysis, own, default) => Relation::Equivalent,
        (Answer::Yes(_), Answer::Yes(_)) => {
            Relation::Undecided("both allow the same, but one raises where the other denies".to_owned())
        }
        (Answer::Yes(_), _) => Relation::Narrower,
        (_, Answer::Yes(_)) => Relation::Wider,
        _ => Relation::Both,
    }
}

/// Whether two decide every request alike: what they allow, deny, and raise.
pub(super) fn decide_alike(analysis: &Analysis<'_>, one: Question<'_>, other: Question<'_>) -> bool {
    analysis.same_function(one, other)
        || (analysis.equivalent(one, other).is_yes() && raises_alike(analysis, one, other))
}

/// Of two that allow the same: whether none raises where the other denies.
fn raises_alike(analysis: &Analysis<'_>, one: Question<'_>, other: Question<'_>) -> bool {
    [(one, other), (other, one)]
        .into_iter()
        .all(|(one, other)| analysis.raises_instead(one, other) == Found::Nothing)
}

fn is_referred_to(loaded: &Loaded, name: &str) -> bool {
    loaded.policy.rules().iter().any(|(other, tree)| {
        other.masked() != name && crate::upgrade::references(tree).any(|reference| reference == name)
    })
}
