//! Literals by what they are about, and the ways in which the keys that decide a token's scope can be.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::{Atom, Atoms, Literal, Term};
use super::template::Piece;

/// The texts of JSON values that are false, `None` first.
pub(super) const FALSE: [&str; 7] = ["None", "False", "", "0", "0.0", "-0.0", "{}"];

/// Keys of creds that decide the scope of a token.
const SPECIAL: [&str; 3] = ["system_scope", "system", "domain_id"];

/// A path in creds.
pub(super) type Path = Vec<String>;

/// Literals, by what they are about.
#[derive(Default)]
pub(super) struct Problem<'a> {
    pub(super) targets: Vec<(&'a str, &'a str, bool)>,
    pub(super) folded: Vec<(&'a str, &'a str, bool)>,
    pub(super) creds: Vec<(&'a Path, &'a Term, bool)>,
    pub(super) roles: Vec<(&'a Term, bool)>,
    pub(super) has: BTreeMap<&'a str, bool>,
    pub(super) stuck: BTreeMap<&'a Path, bool>,
    pub(super) system: Option<bool>,
    pub(super) domain: Option<bool>,
    pub(super) bad_roles: bool,
    pub(super) odd_texts: Vec<(&'a str, &'a str, bool)>,
    pub(super) odd_fails: BTreeMap<&'a str, bool>,
    pub(super) free: Vec<(&'a str, &'a str, bool)>,
    /// Something is not reasoned about: what cannot be solved is not refuted.
    pub(super) odd: bool,
}

/// What is chosen for the keys whose truth decides the scope of a token.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// A true `system_scope`, which is `system` as well.
    pub(super) scope_is_system: bool,
    /// The text of the false value that a key has; none where it is missing.
    pub(super) falsy: BTreeMap<&'static str, Option<&'static str>>,
}

impl<'a> Problem<'a> {
    /// `None` where it is about something that is not reasoned about at all.
    pub(super) fn of(atoms: &'a Atoms, literals: &[Literal]) -> Option<Self> {
        let mut problem = Self::default();
        for literal in literals {
            let holds = literal.holds;
            match atoms.get(literal.atom) {
                Atom::Role(term) => problem.roles.push((term, holds)),
                Atom::Creds(path, term) => problem.creds.push((path, term, holds)),
                Atom::Stuck(path) => {
                    problem.stuck.insert(path, holds);
                }
                Atom::Target(key, text) => problem.targets.push((key, text, holds)),
                Atom::Folded(key, text) => problem.folded.push((key, text, holds)),
                Atom::Has(key) => {
                    problem.has.insert(key, holds);
                }
                Atom::OddText(template, text) => problem.odd_texts.push((template, text, holds)),
                Atom::OddFails(template) => {
                    problem.odd_fails.insert(template, holds);
                }
                Atom::SystemToken => problem.system = Some(holds),
                Atom::DomainToken => problem.domain = Some(holds),
                Atom::BadRoles => problem.bad_roles = holds,
                Atom::Free(kind, text) => problem.free.push((kind, text, holds)),
                Atom::Unknown(..) => problem.odd = true,
            }
        }
        let odd_term = |term: &Term| matches!(term, Term::Odd(_));
        problem.odd |= !problem.odd_texts.is_empty()
            || !problem.odd_fails.is_empty()
            || problem.creds.iter().any(|(_, term, _)| odd_term(term))
            || problem.roles.iter().any(|(term, _)| odd_term(term));
        let special = |path: &Path| path.len() > 1 && SPECIAL.contains(&path[0].as_str());
        let tied = problem.system.is_some() || problem.domain.is_some();
        let entered = |path: &Path| path.len() > 1 && ["system", "system_scope"].contains(&path[0].as_str());
        let any = |matches: &dyn Fn(&Path) -> bool| problem.creds.iter().any(|(path, ..)| matches(path));
        if (tied && any(&special)) || any(&entered) {
            return None;
        }
        Some(problem)
    }

    fn positive(&self, key: &str) -> bool {
        self.creds.iter().any(|(path, _, holds)| *holds && path.len() == 1 && path[0] == key)
    }

    /// The ways in which the keys that decide the scope can be.
    pub(super) fn cases(&self) -> Vec<Case> {
        let wants_system =
            self.system == Some(true) || self.positive("system") || self.positive("system_scope");
        let order = if wants_system { [true, false] } else { [false, true] };
        let mut cases = Vec::new();
        for scope_is_system in order {
            if scope_is_system && self.system == Some(false) {
                continue;
            }
            let mut open = vec![Case { scope_is_system, falsy: BTreeMap::new() }];
            let mut falsy = Vec::new();
            if !scope_is_system {
                falsy.push("system_scope");
                if self.system == Some(false) {
                    falsy.push("system");
                }
            }
            if self.domain == Some(false) {
                falsy.push("domain_id");
            }
            for key in falsy {
                let texts: Vec<Option<&'static str>> =
                    if self.positive(key) { FALSE.into_iter().map(Some).collect() } else { vec![None] };
                open = open
                    .iter()
                    .flat_map(|case| {
                        texts.iter().map(|text| {
                            let mut case = case.clone();
                            case.falsy.insert(key, *text);
                            case
                        })
                    })
                    .collect();
            }
            cases.extend(open);
        }
        cases
    }

    /// Whether something is compared with a match of several pieces.
    pub(super) fn composes(&self) -> bool {
        let terms =
            self.creds.iter().map(|(_, term, _)| *term).chain(self.roles.iter().map(|(term, _)| *term));
        terms.into_iter().any(|term| matches!(term, Term::Composed(_)))
    }

    /// Whether going on from a path must not raise: it says so, or something further down does.
    pub(super) fn must_be_entered(&self, path: &[String]) -> bool {
        self.stuck.iter().any(|(other, stuck)| !stuck && other.starts_with(path))
    }

    /// All constants that something is compared with.
    pub(super) fn constants(&self) -> BTreeSet<&'a str> {
        let terms =
            self.creds.iter().map(|(_, term, _)| *term).chain(self.roles.iter().map(|(term, _)| *term));
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for term in terms {
            match term {
                Term::Text(text) => found.extend([text.as_str()]),
                Term::Composed(pieces) => found.extend(pieces.iter().filter_map(|piece| match piece {
                    Piece::Text(text) => Some(text.as_str()),
                    Piece::Key(_) => None,
                })),
                Term::Key(_) | Term::Odd(_) => {}
            }
        }
        found.extend(self.targets.iter().chain(&self.folded).map(|(_, text, _)| *text));
        found.extend(FALSE);
        found
    }
}
