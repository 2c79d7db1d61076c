//! Questions about what rules mean, answered for all requests at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use assay_engine::oslo::language::{Base, Check, CheckTree, NodeId};
use assay_engine::oslo::python::Value;
use biodivine_lib_bdd::Bdd;
use indexmap::IndexSet;

use super::atom::{Atom, AtomId, Atoms, Literal, Term};
use super::caller::Caller;
use super::diagram::{Diagrams, TooLarge, cheapest, support};
use super::function::{Functions, Known, Readings, Truth, formula};
use super::reading::{Formula, Reader};
use super::request::Drafted;
use super::side::{Outcome, Side, Subject};
use super::theory::{self, Verdict};
use super::witness::{Assumption, Witness};

/// The most nodes of a diagram.
const MOST_NODES: usize = 50_000;

/// How many sets of literals are looked at before a question stays open.
const MOST_TRIES: usize = 20_000;

/// What a question comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is so, with a request that shows it where one can.
    Yes(Option<Box<Witness>>),
    /// It is not so, with a request that shows it where one can.
    No(Option<Box<Witness>>),
    /// It is not known, and why.
    Undecided(String),
}

impl Answer {
    /// Whether it is surely so.
    #[must_use]
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// Whether it is surely not so.
    #[must_use]
    pub const fn is_no(&self) -> bool {
        matches!(self, Self::No(_))
    }
}

/// What a search for a request comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This one, and the engine says so.
    Request(Box<Witness>),
    /// There is none.
    Nothing,
    /// It is not known whether there is one, and why.
    Undecided(String),
}

/// A policy, by its place among those that an [`Analysis`] was made of, and what is asked of it.
pub type Question<'q> = (usize, Subject<'q>);

/// What some policies mean, by diagrams over shared atoms.
///
/// Requests are what JSON can say. Unless [`Analysis::any_roles`] says otherwise, the caller's `roles` are a list of
/// texts, as services have them: what comes of any other is no difference.
///
/// ```
/// use assay::meaning::{Analysis, Side, Subject};
/// use assay_engine::oslo::Rules;
/// let rules = Rules::from_texts([("a", "role:x or project_id:%(project_id)s"), ("b", "role:X")]);
/// let side = Side::new(rules, []).unwrap();
/// let analysis = Analysis::of(&[&side]).unwrap();
/// let (a, b) = ((0, Subject::Rule("a")), (0, Subject::Rule("b")));
/// assert!(analysis.implies(b, a).is_yes());
/// assert!(analysis.implies(a, b).is_no());
/// ```
pub struct Analysis<'r> {
    sides: Vec<&'r Side>,
    pub(super) atoms: Atoms,
    pub(super) diagrams: Diagrams,
    bases: HashMap<Base, Known>,
    functions: Vec<Functions<'r>>,
    scopes: HashMap<Vec<String>, Formula>,
    pub(super) any_roles: bool,
    /// The creds of everybody who asks, where they are known.
    creds: Option<Value>,
    own: BTreeMap<AtomId, BTreeSet<String>>,
    /// Literals that contradict each other, as far as they were met.
    pub(super) contradictions: RefCell<Vec<Vec<Literal>>>,
    classes: RefCell<IndexSet<Truth>>,
    /// The pairs of atoms of which it is known whether they contradict each other.
    pub(super) paired: RefCell<BTreeSet<(AtomId, AtomId)>>,
}

impl<'r> Analysis<'r> {
    /// Of these policies, for anybody's requests.
    ///
    /// # Errors
    /// More atoms than a diagram can have (65,534).
    pub fn of(sides: &[&'r Side]) -> Result<Self, TooLarge> {
        Self::with_checks(sides, &[])
    }

    /// Of these policies, and checks that have no name.
    ///
    /// # Errors
    /// As [`Analysis::of`].
    pub fn with_checks(sides: &[&'r Side], checks: &[&CheckTree]) -> Result<Self, TooLarge> {
        Self::by(Caller::Anyone, sides, checks)
    }

    /// Of these policies, for the requests of one caller: what is left open is the target.
    ///
    /// # Errors
    /// As [`Analysis::of`].
    pub fn by(caller: Caller<'_>, sides: &[&'r Side], checks: &[&CheckTree]) -> Result<Self, TooLarge> {
        let mut reader = Reader { atoms: Atoms::default(), caller, own: BTreeMap::new() };
        let mut readings = Readings::default();
        let mut scopes = HashMap::new();
        for side in sides {
            for (name, tree) in side.rules().iter() {
                readings.add(tree, &mut reader);
                let own = name.as_text().map(|name| side.scopes(name)).unwrap_or_default();
                if !own.is_empty() && !scopes.contains_key(own) {
                    scopes.insert(own.to_vec(), reader.scope(own));
                }
            }
        }
        for check in checks {
            readings.add(check, &mut reader);
        }
        let diagrams = Diagrams::new(reader.atoms.len(), MOST_NODES)?;
        let bases = readings.truths(&diagrams);
        let functions = sides.iter().map(|side| Functions::of(side.rules(), &bases, &diagrams)).collect();
        Ok(Self {
            sides: sides.to_vec(),
            atoms: reader.atoms,
            own: reader.own,
            creds: match caller {
                Caller::Anyone => None,
                Caller::Known(creds) => Some(creds.clone()),
            },
            diagrams,
            bases,
            functions,
            scopes,
            any_roles: false,
            contradictions: RefCell::default(),
            classes: RefCell::default(),
            paired: RefCell::default(),
        })
    }

    /// Takes requests into account whose `roles` are no list of texts, for which `role:` raises.
    #[must_use]
    pub fn any_roles(mut self) -> Self {
        self.any_roles = true;
        self
    }

    /// The atoms of the rules.
    #[must_use]
    pub const fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    #[cfg(test)]
    pub(super) const fn diagrams(&self) -> &Diagrams {
        &self.diagrams
    }

    /// When something is allowed and when it is denied, the scope of the token first.
    pub(super) fn truth(&self, (side, subject): Question<'_>) -> Known {
        match subject {
            Subject::Check(tree) => self.functions[side].check(tree, &self.bases, &self.diagrams),
            Subject::Rule(name) => {
                let truth = self.functions[side].rule(name, &self.diagrams)?;
                match self.scopes.get(self.sides[side].scopes(name)) {
                    None => Ok(truth),
                    Some(scope) => {
                        let fits = formula(scope, &self.diagrams)?;
                        let allow = self.diagrams.and(&fits, &truth.allow)?;
                        Ok(Truth { allow, deny: self.diagrams.or(&fits.not(), &truth.deny)? })
                    }
                }
            }
        }
    }

    /// Whether two questions have the very same function: then they have the same answer to every request.
    #[must_use]
    pub fn same_function(&self, one: Question<'_>, other: Question<'_>) -> bool {
        matches!((self.truth(one), self.truth(other)), (Ok(one), Ok(other)) if one == other)
    }

    /// A number that questions share whose functions are the same; `None` where there is none.
    #[must_use]
    pub fn class_of(&self, question: Question<'_>) -> Option<usize> {
        let truth = self.truth(question).ok()?;
        Some(self.classes.borrow_mut().insert_full(truth).0)
    }

    /// A request that the one allows and the other does not, a deny rather than an exception.
    #[must_use]
    pub fn difference(&self, allows: Question<'_>, refuses: Question<'_>) -> Found {
        let (one, other) = match (self.truth(allows), self.truth(refuses)) {
            (Ok(one), Ok(other)) => (one, other),
            _ => return too_large(),
        };
        if one.allow == other.allow {
            return Found::Nothing;
        }
        let shows = |witness: Shown<'_>| {
            self.ask(allows, witness).allows() && self.ask(refuses, witness) == Outcome::Deny
        };
        let denied = self.search(self.diagrams.and(&one.allow, &other.deny), &shows);
        if denied != Found::Nothing {
            return denied;
        }
        let shows = |witness: Shown<'_>| {
            self.ask(allows, witness).allows() && matches!(self.ask(refuses, witness), Outcome::Raise(_))
        };
        self.search(self.diagrams.and_not(&one.allow, &other.allow), &shows)
    }

    /// A request for which something raises, and another denies.
    #[must_use]
    pub fn raises_instead(&self, raises: Question<'_>, denies: Question<'_>) -> Found {
        let meant = || {
            let (one, other) = (self.truth(raises)?, self.truth(denies)?);
            self.diagrams.and(&one.raise(&self.diagrams)?, &other.deny)
        };
        self.search(meant(), &|witness| {
            matches!(self.ask(raises, witness), Outcome::Raise(_))
                && self.ask(denies, witness) == Outcome::Deny
        })
    }

    /// Whether whatever the one allows, the other allows.
    #[must_use]
    pub fn implies(&self, one: Question<'_>, other: Question<'_>) -> Answer {
        never(self.difference(one, other))
    }

    /// Whether two allow the same requests. An exception counts as not allowed.
    #[must_use]
    pub fn equivalent(&self, one: Question<'_>, other: Question<'_>) -> Answer {
        match (self.implies(one, other), self.implies(other, one)) {
            (Answer::No(witness), _) | (_, Answer::No(witness)) => Answer::No(witness),
            (Answer::Undecided(why), _) | (_, Answer::Undecided(why)) => Answer::Undecided(why),
            (Answer::Yes(_), Answer::Yes(_)) => Answer::Yes(None),
        }
    }

    /// Whether every request is allowed; the witness of a no is one that is not.
    #[must_use]
    pub fn always_allows(&self, question: Question<'_>) -> Answer {
        let refused = self.truth(question).map(|truth| truth.allow.not());
        never(self.search(refused, &|witness| {
            !matches!(self.ask(question, witness), Outcome::Allow | Outcome::None)
        }))
    }

    /// Whether no request is allowed; the witness of a no is one that is.
    #[must_use]
    pub fn always_denies(&self, question: Question<'_>) -> Answer {
        never(self.allowed(question))
    }

    /// A request that is allowed.
    #[must_use]
    pub fn allowed(&self, question: Question<'_>) -> Found {
        let allowed = self.truth(question).map(|truth| truth.allow);
        self.search(allowed, &|witness| self.ask(question, witness).allows())
    }

    /// Whether some request makes the service answer with a 500; the witness is one that does.
    #[must_use]
    pub fn can_raise(&self, question: Question<'_>) -> Answer {
        let raises = self.truth(question).and_then(|truth| truth.raise(&self.diagrams));
        let shows = |witness: Shown<'_>| matches!(self.ask(question, witness), Outcome::Raise(_));
        match self.search(raises, &shows) {
            Found::Request(witness) => Answer::Yes(Some(witness)),
            Found::Nothing => Answer::No(None),
            Found::Undecided(why) => Answer::Undecided(why),
        }
    }

    /// The operands of `and` and `or` in a tree that never matter: without them the same requests are allowed, the
    /// same denied, and the same raise. Of two that say the same, the one further right; nothing within one that is
    /// named already. `None` where it is not known of some.
    #[must_use]
    pub fn dead_branches(&self, side: usize, tree: &CheckTree) -> Option<Vec<NodeId>> {
        let functions = &self.functions[side];
        let mut dead: Vec<(NodeId, bool)> = Vec::new();
        let whole = functions.check(tree, &self.bases, &self.diagrams).ok()?;
        let mut open = vec![tree.root()];
        while let Some(id) = open.pop() {
            let neutral = match tree.check(id) {
                Check::And(operands) if operands.len() > 1 => Some(true),
                Check::Or(operands) if operands.len() > 1 => Some(false),
                _ => None,
            };
            for child in tree.children(id).iter().rev() {
                let mut without = dead.clone();
                without.extend(neutral.map(|value| (*child, value)));
                let instead = |id| without.iter().find(|(dead, _)| *dead == id).map(|(_, value)| *value);
                let made = functions.replaced(tree, &self.bases, &self.diagrams, &instead).ok()?;
                if neutral.is_some() && self.same(&whole, &made)? {
                    dead = without;
                } else {
                    open.push(*child);
                }
            }
        }
        Some(dead.into_iter().map(|(id, _)| id).collect())
    }

    /// Whether two allow the same, deny the same and raise for the same; `None` where that is not known.
    fn same(&self, one: &Truth, other: &Truth) -> Option<bool> {
        for (one, other) in [(&one.allow, &other.allow), (&one.deny, &other.deny)] {
            for (one, other) in [(one, other), (other, one)] {
                match self.search(self.diagrams.and_not(one, other), &|_| true) {
                    Found::Nothing => {}
                    Found::Request(_) => return Some(false),
                    Found::Undecided(_) => return None,
                }
            }
        }
        Some(true)
    }

    pub(super) fn ask(&self, (side, subject): Question<'_>, witness: Shown<'_>) -> Outcome {
        self.sides[side].decide(subject, witness.0, witness.1, witness.2)
    }

    /// What the engine says to a request.
    #[must_use]
    pub fn outcome(&self, question: Question<'_>, witness: &Witness) -> Outcome {
        self.ask(question, (&witness.creds, &witness.target, &witness.assuming))
    }

    /// A request that is meant. The engine is asked whether it `shows` what it should; if not, nothing is claimed.
    pub(super) fn search(&self, meant: Result<Bdd, TooLarge>, shows: &dyn Fn(Shown<'_>) -> bool) -> Found {
        let Ok(meant) = meant.and_then(|meant| self.usual(meant)) else {
            return too_large();
        };
        match self.draft(meant) {
            Ok(Some(drafted)) => {
                let assumption =
                    |(kind, text, answer)| Assumption { check: format!("{kind}:{text}"), answer };
                let assuming = drafted.free.into_iter().map(assumption).collect();
                let creds = self.creds.clone().unwrap_or(drafted.creds);
                let witness = Witness { creds, target: drafted.target, assuming };
                if shows((&witness.creds, &witness.target, &witness.assuming)) {
                    let given = |creds: &Value| self.creds.as_ref().is_none_or(|given| given == creds);
                    let shows = |creds: &_, target: &_, assuming: &[_]| {
                        given(creds) && shows((creds, target, assuming))
                    };
                    Found::Request(Box::new(witness.shrunk(shows)))
                } else {
                    Found::Undecided("a request was worked out that the engine does not bear out".to_owned())
                }
            }
            Ok(None) => Found::Nothing,
            Err(why) => Found::Undecided(why),
        }
    }

    /// Where creds hold what the target is compared with, of a known caller.
    pub(super) fn own(&self, atom: AtomId) -> Option<&BTreeSet<String>> {
        self.own.get(&atom)
    }

    /// Whether creds are known.
    pub(super) const fn is_known(&self) -> bool {
        self.creds.is_some()
    }

    /// Leaves requests out whose roles are no list of texts, unless they are wanted.
    fn usual(&self, meant: Bdd) -> Result<Bdd, TooLarge> {
        match self.atoms.find(&Atom::BadRoles).filter(|_| !self.any_roles) {
            Some(bad) => self.diagrams.and_not(&meant, &self.diagrams.atom(bad)),
            None => Ok(meant),
        }
    }

    /// Works out a request for which a diagram is true: the cheapest way to true, and if its literals contradict each
    /// other, the next that does not contain that contradiction.
    pub(super) fn draft(&self, mut meant: Bdd) -> Result<Option<Drafted>, String> {
        let own = support(&meant);
        for contradiction in self.contradictions.borrow().iter() {
            if contradiction.iter().all(|literal| own.binary_search(&literal.atom).is_ok()) {
                meant = self.without(&meant, contradiction)?;
            }
        }
        let mut unknown = None;
        let mut tries = 0;
        while tries < MOST_TRIES {
            let Some(literals) = cheapest(&meant, |literal| self.cost(literal)) else {
                return match unknown {
                    None => Ok(None),
                    Some(why) => Err(why),
                };
            };
            tries += 1 + literals.len();
            match theory::solve(&self.atoms, &literals) {
                Verdict::Request(drafted) => return Ok(Some(*drafted)),
                Verdict::Inconsistent => {
                    let contradiction = self.least_contradiction(literals);
                    meant = self.without(&meant, &contradiction)?;
                    self.contradictions.borrow_mut().push(contradiction);
                }
                Verdict::Unknown => {
                    meant = self.without(&meant, &literals)?;
                    unknown = Some(self.why(&literals));
                }
            }
        }
        Err(format!("{MOST_TRIES} ways were tried"))
    }

    fn without(&self, meant: &Bdd, literals: &[Literal]) -> Result<Bdd, String> {
        self.diagrams.and_not(meant, &self.diagrams.cube(literals)).map_err(|TooLarge| LARGE.to_owned())
    }

    /// Literals that contradict each other, of which none can be left out.
    fn least_contradiction(&self, mut literals: Vec<Literal>) -> Vec<Literal> {
        let mut at = 0;
        while at < literals.len() {
            let mut fewer = literals.clone();
            fewer.remove(at);
            match theory::solve(&self.atoms, &fewer) {
                Verdict::Inconsistent => literals = fewer,
                Verdict::Request(_) | Verdict::Unknown => at += 1,
            }
        }
        literals
    }

    /// What is not reasoned about in these.
    fn why(&self, literals: &[Literal]) -> String {
        let odd = literals.iter().find_map(|literal| match self.atoms.get(literal.atom) {
            Atom::Unknown(kind, text) => Some(format!("{kind}:{text}")),
            Atom::OddText(template, _) | Atom::OddFails(template) => Some(template.clone()),
            _ => None,
        });
        match odd {
            Some(text) => format!("`{text}` is not reasoned about"),
            None => "what creds or a target would have to hold is not known".to_owned(),
        }
    }

    /// How unusual, or how large, a request is in which this is so.
    fn cost(&self, literal: Literal) -> u32 {
        match (self.atoms.get(literal.atom), literal.holds) {
            (Atom::Unknown(..), _) => 1000,
            (Atom::Free(..), _) => 300,
            (Atom::OddText(..) | Atom::OddFails(_), _) | (Atom::Creds(_, Term::Odd(_)), true) => 100,
            (_, false) => 0,
            (Atom::BadRoles, true) => 500,
            (Atom::Stuck(_), true) => 50,
            (Atom::Creds(path, _), true) => 10 + u32::try_from(path.len()).unwrap_or(u32::MAX / 2).min(1000),
            (Atom::SystemToken | Atom::DomainToken, true) => 9,
            (Atom::Has(_), true) => 5,
            (_, true) => 10,
        }
    }
}

/// Creds, target, and what remote checks answer.
pub(super) type Shown<'w> = (&'w Value, &'w Value, &'w [Assumption]);

pub(super) const LARGE: &str = "the rule is too large or too deep to be reasoned about";

fn too_large() -> Found {
    Found::Undecided(LARGE.to_owned())
}

fn never(found: Found) -> Answer {
    match found {
        Found::Request(witness) => Answer::No(Some(witness)),
        Found::Nothing => Answer::Yes(None),
        Found::Undecided(why) => Answer::Undecided(why),
    }
}
