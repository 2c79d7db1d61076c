//! What changes from one policy to another: rule by rule, over all requests, with a request that shows it.

pub mod cases;

use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::language::{BaseClass, Check};
use indexmap::IndexSet;
use serde_json::{Map, Value as Json, json};
use thiserror::Error;

use crate::meaning::{Analysis, Found, Outcome, Question, Side, Subject, TooLarge, Witness};
use crate::policy::Loaded;

/// Two policies could not be compared at all.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// More different checks than can be reasoned about.
    #[error("the policies have more than 65,534 different checks")]
    TooLarge,
    /// A default that upstream would not register.
    #[error(transparent)]
    Default(#[from] assay_engine::oslo::enforcer::InvalidDefault),
}

impl From<TooLarge> for Incomparable {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// How a rule changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// The new policy allows what the old one did not, and all that it did.
    Wider,
    /// It allows less, and nothing else.
    Narrower,
    /// Some requests are allowed now and some no longer.
    Both,
    /// There was no rule of this name.
    Added,
    /// There is no rule of this name any more.
    Removed,
    /// It is not known.
    Undecided,
    /// The same requests are allowed.
    Same,
}

impl Change {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] =
        [Self::Wider, Self::Both, Self::Narrower, Self::Undecided, Self::Added, Self::Removed, Self::Same];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Both => "both",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Undecided => "undecided",
            Self::Same => "same",
        }
    }
}

/// What has become of a rule.
#[derive(Clone, Debug)]
pub struct RuleChange {
    /// Its name.
    pub name: String,
    /// How it changes.
    pub change: Change,
    /// A request that only the new policy allows, and the exception that the old one raises, if it does.
    pub wider: Option<Shown>,
    /// A request that only the old policy allows, and the exception that the new one raises, if it does.
    pub narrower: Option<Shown>,
    /// A request that the old policy denies and for which the new one raises: a 500 in the place of a 403.
    pub raises_now: Option<Shown>,
    /// A request for which the old policy raises and that the new one denies.
    pub raised_before: Option<Shown>,
    /// Why it is undecided.
    pub why: Option<String>,
    /// What the old rule says; `None` where there is none.
    pub old: Option<String>,
    /// What the new rule says.
    pub new: Option<String>,
    /// Where both say the same: the rules that they refer to, directly or not, that do not.
    pub through: Vec<String>,
    /// Rules that change alike have the same number.
    pub group: usize,
}

/// A request that shows something, and the exception that it raises.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The request.
    pub witness: Witness,
    /// What is raised.
    pub raises: Option<ExceptionClass>,
}

/// All rules of two policies.
#[derive(Clone, Debug)]
pub struct Diff {
    /// What the old policy was loaded from.
    pub old: String,
    /// What the new policy was loaded from.
    pub new: String,
    /// In the order of the old policy, then those that only the new one has.
    pub rules: Vec<RuleChange>,
}

impl Diff {
    /// Compares two policies.
    ///
    /// # Errors
    /// Policies too large to be reasoned about. A rule that is too large is undecided, no error.
    pub fn of(old: &Loaded, new: &Loaded, any_roles: bool) -> Result<Self, Incomparable> {
        let sides = [Side::of(old)?, Side::of(new)?];
        // Where nothing is registered, the default rule answers for a name that is in one policy only. Else a service
        // that knows one of them never asks for a name that only the other has.
        let fall_back = old.defaults.rules().is_empty() && new.defaults.rules().is_empty();
        let rules = compare(&sides[0], &sides[1], Asking { any_roles, fall_back })?;
        Ok(Self { old: old.label.clone(), new: new.label.clone(), rules })
    }

    /// How many rules change so.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.rules.iter().filter(|rule| rule.change == change).count()
    }

    /// As JSON, version 1: `rules` with `name`, `change` and, where there are such requests, `wider` and `narrower`.
    #[must_use]
    pub fn json(&self) -> Json {
        let counts: Map<String, Json> = Change::ALL
            .into_iter()
            .map(|change| (change.name().to_owned(), self.count(change).into()))
            .collect();
        let rules: Vec<Json> = self.rules.iter().map(RuleChange::json).collect();
        json!({"version": 1, "old": self.old, "new": self.new, "counts": counts, "rules": rules})
    }
}

impl RuleChange {
    fn json(&self) -> Json {
        let mut rule = Map::new();
        rule.insert("name".to_owned(), json!(self.name));
        rule.insert("change".to_owned(), json!(self.change.name()));
        if self.change != Change::Same {
            rule.insert("old".to_owned(), json!(self.old));
            rule.insert("new".to_owned(), json!(self.new));
        }
        if self.change != Change::Same && !self.through.is_empty() {
            rule.insert("through".to_owned(), json!(self.through));
        }
        if let Some(why) = &self.why {
            rule.insert("why".to_owned(), json!(why));
        }
        let shown = [
            ("wider", &self.wider),
            ("narrower", &self.narrower),
            ("raises_now", &self.raises_now),
            ("raised_before", &self.raised_before),
        ];
        let mut raised = Map::new();
        for (name, shown) in shown {
            if let Some(Shown { witness, raises }) = shown {
                rule.insert(name.to_owned(), witness.json());
                raised.extend(raises.map(|class| (name.to_owned(), json!(class.name()))));
            }
        }
        if !raised.is_empty() {
            rule.insert("exceptions".to_owned(), raised.into());
        }
        rule.into()
    }
}

/// Which requests are taken into account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// Those whose roles are no list of texts.
    pub any_roles: bool,
    /// Those for a rule that is in one policy only, where the default rule of the other answers.
    pub fall_back: bool,
}

/// Compares all rules of two policies.
///
/// # Errors
/// As [`Diff::of`].
pub fn compare(old: &Side, new: &Side, asking: Asking) -> Result<Vec<RuleChange>, Incomparable> {
    let mut analysis = Analysis::of(&[old, new])?;
    if asking.any_roles {
        analysis = analysis.any_roles();
    }
    let names: IndexSet<String> =
        old.rules().iter().chain(new.rules().iter()).map(|(name, _)| name.masked().to_owned()).collect();
    let mut groups = IndexSet::new();
    let rules = names.into_iter().map(|name| {
        let questions = [(0, Subject::Rule(name.as_str())), (1, Subject::Rule(name.as_str()))];
        let mut change = rule(&analysis, [old, new], &name, questions, asking);
        let alike = questions.map(|question| analysis.class_of(question));
        change.group = groups.insert_full((change.change, alike)).0;
        change
    });
    Ok(rules.collect())
}

fn rule(
    analysis: &Analysis<'_>,
    sides: [&Side; 2],
    name: &str,
    questions: [Question<'_>; 2],
    asking: Asking,
) -> RuleChange {
    let [old, new] = questions;
    let text =
        |side: &Side| side.rules().contains(name).then(|| side.rules().get(name).map(ToString::to_string));
    let mut change = RuleChange {
        name: name.to_owned(),
        change: Change::Same,
        wider: None,
        narrower: None,
        raises_now: None,
        raised_before: None,
        why: None,
        old: text(sides[0]).flatten(),
        new: text(sides[1]).flatten(),
        through: Vec::new(),
        group: 0,
    };
    let asked_of_both = change.old.is_some() && change.new.is_some();
    let mut take = |found: Found, other: Question<'_>| match found {
        Found::Request(witness) => {
            let raises = match analysis.outcome(other, &witness) {
                Outcome::Raise(class) => Some(class),
                Outcome::Allow | Outcome::Deny | Outcome::None => None,
            };
            Some(Shown { witness: *witness, raises })
        }
        Found::Nothing => None,
        Found::Undecided(why) => {
            change.why = Some(why);
            None
        }
    };
    if (asked_of_both || asking.fall_back) && !analysis.same_function(old, new) {
        let wider = take(analysis.difference(new, old), old);
        let narrower = take(analysis.difference(old, new), new);
        // Exceptions in the place of denials are told where that is known; they are no change of what is allowed.
        let known = |found| if let Found::Undecided(_) = found { Found::Nothing } else { found };
        let raises_now = take(known(analysis.raises_instead(new, old)), new);
        let raised_before = take(known(analysis.raises_instead(old, new)), old);
        (change.wider, change.narrower) = (wider, narrower);
        (change.raises_now, change.raised_before) = (raises_now, raised_before);
    }
    if asked_of_both && change.old == change.new {
        change.through = changed_references(sides, name);
    }
    change.change = match (&change.old, &change.new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ if change.why.is_some() => Change::Undecided,
        _ => match (&change.wider, &change.narrower) {
            (None, None) => Change::Same,
            (Some(_), None) => Change::Wider,
            (None, Some(_)) => Change::Narrower,
            (Some(_), Some(_)) => Change::Both,
        },
    };
    change
}

/// The rules that a rule refers to, directly or not, of which the policies say different things.
fn changed_references(sides: [&Side; 2], rule: &str) -> Vec<String> {
    let mut reached: IndexSet<String> = IndexSet::from([rule.to_owned()]);
    let mut at = 0;
    while let Some(name) = reached.get_index(at).cloned() {
        at += 1;
        for tree in sides.iter().filter_map(|side| side.rules().get(&name)) {
            reached.extend(tree.ids().into_iter().filter_map(|id| match tree.check(id) {
                Check::Base(base) if base.class == BaseClass::Rule => Some(base.text.masked().to_owned()),
                _ => None,
            }));
        }
    }
    let differs = |name: &String| sides[0].rules().get(name) != sides[1].rules().get(name);
    reached.into_iter().skip(1).filter(differs).collect()
}
