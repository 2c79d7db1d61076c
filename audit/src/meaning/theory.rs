//! What atoms mean together: whether some request bears out all of some literals, and which.
//!
//! Requests are what JSON can say, with the caller's roles a list of texts unless [`Atom::BadRoles`] says otherwise.
//! Values in creds may be lists, of which each element is compared: so a path holds any finite *set* of texts, and
//! whether it holds one text says nothing about another. What ties atoms together is:
//!
//! - what the target has at a key has one text, so two literals at most agree on it;
//! - a text that is so determined is found in a set, or is not, whoever asks by which name;
//! - roles are compared in lower case, `roles` as a path is not;
//! - `domain_id`, `system`, `system_scope` are false only where they are missing, empty or one of the values of
//!   [`FALSE`](super::problem::FALSE); a true `system_scope` is `system` as well;
//! - a value that has texts of its own cannot be entered: a path through it raises.
//!
//! [`solve`] builds the request by these rules, first with as few lists as can be, and says
//! [`Verdict::Inconsistent`] only where all ways are tried.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::{Atoms, Literal, Term};
use super::problem::{Case, Path, Problem};
use super::reading::{cuts, lowered};
use super::request::{Creds, Drafted, build};
use super::template::{Piece, Template};

/// Whether there is such a request.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// This one.
    Request(Box<Drafted>),
    /// None.
    Inconsistent,
    /// It is not known.
    Unknown,
}

/// Why an attempt came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It cannot be.
    Clash,
    /// It might be, but how is not known.
    Unsure,
}

/// Looks for a request of which all literals are true.
pub(super) fn solve(atoms: &Atoms, literals: &[Literal]) -> Verdict {
    let Some(problem) = Problem::of(atoms, literals) else {
        return Verdict::Unknown;
    };
    let decides = if problem.composes() { Naming::Marked } else { Naming::Plain };
    let mut unsure = problem.odd;
    for naming in [Naming::Scalar, Naming::Plain, Naming::Marked] {
        for case in problem.cases() {
            match Attempt::new(&problem, case, naming).run() {
                Ok(request) => return Verdict::Request(Box::new(request)),
                Err(Stop::Unsure) if naming == decides => unsure = true,
                Err(Stop::Clash | Stop::Unsure) => {}
            }
        }
        if naming == decides {
            break;
        }
    }
    if unsure { Verdict::Unknown } else { Verdict::Inconsistent }
}

/// Which texts keys get that may have any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// One for all that is compared with the same value in creds.
    Scalar,
    /// One each.
    Plain,
    /// One each, with a mark that is in no constant: so no composed match is by chance what another is.
    Marked,
}

/// What marks a text.
const MARK: char = '~';

/// One way to a request.
struct Attempt<'a, 'p> {
    problem: &'p Problem<'a>,
    case: Case,
    naming: Naming,
    texts: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    /// Elements of a path that are empty mappings but for one key: what a key of the target is the text of.
    mappings: BTreeMap<Path, Vec<String>>,
}

impl<'a, 'p> Attempt<'a, 'p> {
    fn new(problem: &'p Problem<'a>, case: Case, naming: Naming) -> Self {
        let taken = problem.constants().into_iter().map(str::to_owned).collect();
        Self { problem, case, naming, texts: BTreeMap::new(), taken, mappings: BTreeMap::new() }
    }

    fn run(mut self) -> Result<Drafted, Stop> {
        if self.naming == Naming::Marked && self.taken.iter().any(|text| text.contains(MARK)) {
            return Err(Stop::Unsure);
        }
        for (key, text, _) in self.problem.targets.iter().filter(|(.., holds)| *holds) {
            self.determine(key, text)?;
        }
        for (key, text, _) in self.problem.folded.iter().filter(|(.., holds)| *holds) {
            match self.texts.get(*key) {
                Some(known) if lowered(known) == *text => {}
                Some(_) => return Err(Stop::Clash),
                None => self.determine(key, text)?,
            }
        }
        self.falsy()?;
        self.entered()?;
        if self.naming == Naming::Scalar {
            self.unify();
        }
        self.name_the_rest();
        for (key, has) in &self.problem.has {
            if !has && self.texts.contains_key(*key) {
                return Err(Stop::Clash);
            }
        }
        let creds = self.creds()?;
        self.check(&creds)?;
        build(self.problem, &self.texts, creds, self.mappings)
    }

    fn determine(&mut self, key: &str, text: &str) -> Result<(), Stop> {
        self.taken.insert(text.to_owned());
        match self.texts.insert(key.to_owned(), text.to_owned()) {
            Some(before) if before != text => Err(Stop::Clash),
            _ => Ok(()),
        }
    }

    /// What stands at a path in creds, by what must.
    fn wanted(&self, path: &[String]) -> Vec<&'a Term> {
        let at = self.problem.creds.iter().filter(|(own, _, holds)| *holds && own.as_slice() == path);
        at.map(|(_, term, _)| *term).collect()
    }

    /// False values have one text, which is what all literals must be about.
    fn falsy(&mut self) -> Result<(), Stop> {
        for (key, text) in self.case.falsy.clone() {
            let terms = self.wanted(&[key.to_owned()]);
            let Some(text) = text else {
                continue;
            };
            for term in terms {
                self.make(term, text)?;
            }
        }
        Ok(())
    }

    /// Gives keys the texts that a match needs to come to a text.
    fn make(&mut self, term: &Term, text: &str) -> Result<(), Stop> {
        match term {
            Term::Text(own) if own == text => Ok(()),
            Term::Text(_) => Err(Stop::Clash),
            Term::Key(key) => self.determine(key, text),
            Term::Odd(_) => Err(Stop::Unsure),
            Term::Composed(pieces) => {
                let cuts = cuts(pieces, text).ok_or(Stop::Unsure)?;
                match <[_; 1]>::try_from(cuts) {
                    Ok([only]) => only.iter().try_for_each(|(key, text)| self.determine(key, text)),
                    Err(cuts) if cuts.is_empty() => Err(Stop::Clash),
                    Err(_) => Err(Stop::Unsure),
                }
            }
        }
    }

    /// What must be entered holds nothing but mappings, so its texts are theirs.
    fn entered(&mut self) -> Result<(), Stop> {
        let problem = self.problem;
        for (path, term, holds) in &problem.creds {
            if !holds || !problem.must_be_entered(path) {
                continue;
            }
            let text = match term {
                Term::Text(text) => Some(text.clone()),
                Term::Key(key) => self.texts.get(key).cloned(),
                Term::Composed(_) | Term::Odd(_) => return Err(Stop::Unsure),
            };
            match (text, term) {
                (Some(text), _) => {
                    let known = self.mappings.get(*path).is_some_and(|known| known.contains(&text));
                    if !known {
                        // Another mapping may have this text: it begins as one does.
                        return Err(if text.starts_with('{') { Stop::Unsure } else { Stop::Clash });
                    }
                }
                (None, Term::Key(key)) => {
                    let text = format!("{{'{}': None}}", self.fresh(key));
                    self.determine(key, &text)?;
                    self.mappings.entry((*path).clone()).or_default().push(text);
                }
                (None, _) => return Err(Stop::Unsure),
            }
        }
        Ok(())
    }

    /// One value for all that is compared at a path, as far as keys have no text yet.
    fn unify(&mut self) {
        let paths: BTreeSet<&Path> =
            self.problem.creds.iter().filter(|(.., holds)| *holds).map(|(path, ..)| *path).collect();
        for path in paths {
            if *path == ["roles"] {
                continue;
            }
            let terms = self.wanted(path);
            let keys: Vec<&String> = terms
                .iter()
                .filter_map(|term| match term {
                    Term::Key(key) if !self.texts.contains_key(key) => Some(key),
                    _ => None,
                })
                .collect();
            let Some(first) = keys.first() else {
                continue;
            };
            let known = terms.iter().find_map(|term| self.text(term));
            let text = known.unwrap_or_else(|| self.fresh(first));
            for key in keys {
                self.texts.insert(key.clone(), text.clone());
            }
        }
    }

    /// The keys that the target must have, each with a text that nothing else has.
    fn name_the_rest(&mut self) {
        let problem = self.problem;
        let creds = problem.creds.iter().filter(|(.., holds)| *holds).map(|(_, term, _)| *term);
        let roles = problem.roles.iter().filter(|(_, holds)| *holds).map(|(term, _)| *term);
        let has = problem.has.iter().filter(|(_, holds)| **holds).map(|(key, _)| *key);
        let keys: Vec<&str> = creds.chain(roles).flat_map(Term::keys).chain(has).collect();
        let asked = problem.free.iter().flat_map(|(_, text, _)| keys_of(text));
        for key in keys.into_iter().map(str::to_owned).chain(asked) {
            if !self.texts.contains_key(&key) {
                let text = self.fresh(&key);
                self.texts.insert(key, text);
            }
        }
    }

    /// A text that nothing else has, by what it stands for.
    fn fresh(&mut self, key: &str) -> String {
        let stem = key.rsplit(['.', ':']).next().unwrap_or(key);
        let stem = stem.strip_suffix("_id").unwrap_or(stem).to_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let stem = if !stem.is_empty() && stem.chars().all(plain) { &stem } else { "text" };
        let numbered = |n: u32| match self.naming {
            Naming::Scalar | Naming::Plain => format!("{stem}-{n}"),
            Naming::Marked => format!("{stem}{MARK}{n}{MARK}"),
        };
        let free = (1..).map(numbered).find(|text| !self.taken.contains(text));
        let text = free.unwrap_or_default();
        self.taken.insert(text.clone());
        text
    }

    /// What a match comes to; `None` where a key has no text, or the engine has to say.
    fn text(&self, term: &Term) -> Option<String> {
        text_of(term, &self.texts)
    }

    /// What creds hold.
    fn creds(&mut self) -> Result<Creds, Stop> {
        let mut creds = Creds::default();
        for (path, term, holds) in &self.problem.creds {
            if *holds && **path != ["roles"] {
                if matches!(term, Term::Odd(_)) {
                    creds.odd.push(((*path).clone(), (*term).clone()));
                    continue;
                }
                let text = self.text(term).ok_or(Stop::Unsure)?;
                let is_mapping = self.mappings.get(*path).is_some_and(|known| known.contains(&text));
                if !is_mapping {
                    creds.texts.entry((*path).clone()).or_default().insert(text);
                }
            }
        }
        let one = |key: &str| vec![key.to_owned()];
        if self.case.scope_is_system {
            let mut both = creds.texts.remove(&one("system")).unwrap_or_default();
            both.extend(creds.texts.remove(&one("system_scope")).unwrap_or_default());
            if both.is_empty() {
                both.insert(self.junk("system", "all"));
            }
            creds.texts.insert(one("system_scope"), both);
            creds.truthy.insert("system_scope".to_owned());
            creds.system_is_scope = true;
        } else if self.problem.system == Some(true) {
            let system = creds.texts.entry(one("system")).or_default();
            if system.is_empty() {
                let text = self.junk("system", "all");
                creds.texts.insert(one("system"), BTreeSet::from([text]));
            }
            creds.truthy.insert("system".to_owned());
        }
        if self.problem.domain == Some(true) {
            if creds.texts.get(&one("domain_id")).is_none_or(BTreeSet::is_empty) {
                let text = self.fresh("domain_id");
                creds.texts.insert(one("domain_id"), BTreeSet::from([text]));
            }
            creds.truthy.insert("domain_id".to_owned());
        }
        creds.falsy = self
            .case
            .falsy
            .iter()
            .filter(|(_, text)| text.is_some())
            .map(|(key, _)| (*key).to_owned())
            .collect();
        self.stuck(&mut creds)?;
        self.roles(&mut creds)?;
        Ok(creds)
    }

    /// A value for a key that needs one, whatever it is.
    fn junk(&mut self, key: &str, usual: &str) -> String {
        let refused = |text: &str| {
            self.problem.creds.iter().any(|(path, term, holds)| {
                !holds && path[0].starts_with(key) && self.text(term).as_deref() == Some(text)
            })
        };
        if refused(usual) { self.fresh(key) } else { usual.to_owned() }
    }

    /// Values that cannot be entered, where going on must raise.
    fn stuck(&mut self, creds: &mut Creds) -> Result<(), Stop> {
        let problem = self.problem;
        for (path, stuck) in &problem.stuck {
            if *path.as_slice() == ["roles".to_owned()] {
                continue;
            }
            if !stuck {
                continue;
            }
            if problem.must_be_entered(path) {
                return Err(Stop::Clash);
            }
            // Something above or here that has a text of its own does; the nearest to the top that may.
            let above = (1..=path.len()).map(|length| &path[..length]);
            let places: Vec<Path> =
                above.filter(|place| !problem.must_be_entered(place)).map(<[String]>::to_vec).collect();
            if places.iter().any(|place| creds.texts.get(place).is_some_and(|texts| !texts.is_empty())) {
                continue;
            }
            let place = path.to_vec();
            let text = self.fresh(&place[place.len() - 1]);
            creds.texts.entry(place).or_default().insert(text);
        }
        Ok(())
    }

    fn roles(&mut self, creds: &mut Creds) -> Result<(), Stop> {
        let problem = self.problem;
        let as_path = |holds: bool| {
            problem
                .creds
                .iter()
                .filter(move |(path, _, own)| *own == holds && path.as_slice() == ["roles".to_owned()])
        };
        let mut roles: BTreeSet<String> = BTreeSet::new();
        for (_, term, _) in as_path(true) {
            roles.insert(self.text(term).ok_or(Stop::Unsure)?);
        }
        let refused: BTreeSet<String> = as_path(false).filter_map(|(_, term, _)| self.text(term)).collect();
        for (term, _) in problem.roles.iter().filter(|(_, holds)| *holds) {
            let role = lowered(&self.text(term).ok_or(Stop::Unsure)?);
            if roles.iter().any(|known| lowered(known) == role) {
                continue;
            }
            roles.insert(spellings(&role).find(|text| !refused.contains(text)).ok_or(Stop::Clash)?);
        }
        let inside =
            problem.creds.iter().any(|(path, _, holds)| *holds && path.len() > 1 && path[0] == "roles");
        if inside {
            return Err(Stop::Clash);
        }
        match problem.stuck.iter().find(|(path, _)| path[0] == "roles") {
            Some((_, true)) if roles.is_empty() => {
                roles.insert(self.fresh("role"));
            }
            Some((_, false)) if !roles.is_empty() => return Err(Stop::Clash),
            _ => {}
        }
        creds.roles = roles;
        Ok(())
    }

    /// That nothing is so which must not be.
    fn check(&self, creds: &Creds) -> Result<(), Stop> {
        let problem = self.problem;
        let negative = |holds: &bool| !holds;
        for (key, text, _) in problem.targets.iter().filter(|(.., holds)| negative(holds)) {
            if self.texts.get(*key).is_some_and(|own| own == text) {
                return Err(Stop::Clash);
            }
        }
        for (key, text, _) in problem.folded.iter().filter(|(.., holds)| negative(holds)) {
            if self.texts.get(*key).is_some_and(|own| lowered(own) == *text) {
                return Err(Stop::Clash);
            }
        }
        for (path, term, _) in problem.creds.iter().filter(|(.., holds)| negative(holds)) {
            let Some(text) = self.text(term) else {
                continue;
            };
            let found = match path.as_slice() {
                [only] if only == "roles" => creds.roles.contains(&text),
                [only] if only == "system" && creds.system_is_scope => creds
                    .texts
                    .get(&vec!["system_scope".to_owned()])
                    .is_some_and(|texts| texts.contains(&text)),
                path => {
                    creds.texts.get(path).is_some_and(|texts| texts.contains(&text))
                        || self.mappings.get(path).is_some_and(|texts| texts.contains(&text))
                }
            };
            if found {
                return Err(Stop::Clash);
            }
        }
        for (term, _) in problem.roles.iter().filter(|(_, holds)| negative(holds)) {
            let Some(role) = self.text(term) else {
                continue;
            };
            if creds.roles.iter().any(|known| lowered(known) == lowered(&role)) {
                return Err(Stop::Clash);
            }
        }
        Ok(())
    }
}

/// What a match comes to with these texts of keys.
fn text_of(term: &Term, texts: &BTreeMap<String, String>) -> Option<String> {
    match term {
        Term::Text(text) => Some(text.clone()),
        Term::Key(key) => texts.get(key).cloned(),
        Term::Composed(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Key(key) => texts.get(key).map(String::as_str),
            })
            .collect(),
        Term::Odd(_) => None,
    }
}

/// Ways to write a role that are the same in lower case, itself first.
fn spellings(role: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = role.chars().collect();
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
    };
    // The bits of a number say which letters are capitals.
    let most = 1_u32 << letters.len().min(10);
    let own = role.to_owned();
    let spelled = (0..most).map(move |capitals| {
        let letter =
            |(at, c): (usize, &char)| if at < 10 && capitals >> at & 1 == 1 { upper(*c) } else { *c };
        letters.iter().enumerate().map(letter).collect::<String>()
    });
    spelled.filter(move |text| *text == own || lowered(text) == own)
}

/// The keys that the address of a remote check asks for.
fn keys_of(text: &str) -> Vec<String> {
    match Template::read(&text.into()) {
        Template::Plain { pieces, .. } => Term::of(pieces).keys().map(str::to_owned).collect(),
        Template::Odd { keys, .. } => keys,
    }
}
