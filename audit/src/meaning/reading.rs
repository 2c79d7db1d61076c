//! A check written `kind:match` as a formula over atoms, for any caller or for one whose creds are known.

use std::collections::{BTreeMap, BTreeSet};

use assay_engine::oslo::language::{Base, BaseClass};
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::unicode::lower;
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{ExceptionClass, Interrupt};

use super::atom::{Atom, AtomId, Atoms, Term};
use super::caller::{Caller, found};
use super::template::{Piece, Template};

/// The longest kind that is reasoned about: beyond, how deep CPython can go comes into it.
const LONGEST_KIND: usize = 400;

/// The most ways in which a text is cut into the pieces of a match.
const MOST_CUTS: usize = 500;

/// A formula over atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    Constant(bool),
    Atom(AtomId),
    Not(Box<Formula>),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

impl Formula {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (Self::Constant(true), one) | (one, Self::Constant(true)) => one,
            (one, other) => Self::And(vec![one, other]),
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    fn not(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn any(formulas: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for formula in formulas {
            match formula {
                Self::Constant(true) => return Self::Constant(true),
                Self::Constant(false) => {}
                other => open.push(other),
            }
        }
        if open.is_empty() { Self::Constant(false) } else { Self::Or(open) }
    }
}

/// When a check is true, and when it raises; else it is false.
pub(super) struct Reading {
    pub(super) allow: Formula,
    pub(super) raise: Formula,
}

impl Reading {
    fn sure(allow: Formula) -> Self {
        Self { allow, raise: Formula::Constant(false) }
    }
}

/// Reads checks.
pub(super) struct Reader<'r> {
    pub(super) atoms: Atoms,
    pub(super) caller: Caller<'r>,
    /// Of a known caller: what the target is compared with that creds hold, and at which paths.
    pub(super) own: BTreeMap<AtomId, BTreeSet<String>>,
}

impl Reader<'_> {
    /// A check that refers to no rule.
    pub(super) fn read(&mut self, base: &Base) -> Reading {
        let named = |make: fn(String, String) -> Atom| make(base.kind.to_string(), base.text.to_string());
        match base.class {
            BaseClass::Http | BaseClass::Https => Reading::sure(self.atom(named(Atom::Free))),
            BaseClass::Rule => Reading::sure(Formula::Constant(false)),
            BaseClass::Role => self.formatted(base, Self::role),
            BaseClass::Generic if base.kind.masked().len() > LONGEST_KIND => {
                Reading::sure(self.atom(named(Atom::Unknown)))
            }
            BaseClass::Generic => self.formatted(base, Self::generic),
        }
    }

    /// Whether a token is of one of these scopes.
    pub(super) fn scope(&mut self, scope_types: &[String]) -> Formula {
        if scope_types.is_empty() {
            return Formula::Constant(true);
        }
        let (system, domain) = match self.caller {
            Caller::Anyone => (self.atom(Atom::SystemToken), self.atom(Atom::DomainToken)),
            Caller::Known(creds) => {
                let has = |key: &str| match creds {
                    Value::Dict(creds) => Formula::Constant(creds.get(key).is_some_and(Value::truthy)),
                    _ => Formula::Constant(false),
                };
                (has("system"), has("domain_id"))
            }
        };
        Formula::any(scope_types.iter().map(|scope| match scope.as_str() {
            "system" => system.clone(),
            "domain" => system.clone().not().and(domain.clone()),
            "project" => system.clone().or(domain.clone()).not(),
            _ => Formula::Constant(false),
        }))
    }

    pub(super) fn atom(&mut self, atom: Atom) -> Formula {
        Formula::Atom(self.atoms.id(atom))
    }

    /// The match comes first: a key that the target lacks makes any check false, a bad format raises.
    fn formatted(&mut self, base: &Base, rest: fn(&mut Self, &Base, Term) -> Reading) -> Reading {
        match Template::read(&base.text) {
            Template::Plain { pieces, raises: true } => {
                let keys: Vec<String> = Term::Composed(pieces).keys().map(str::to_owned).collect();
                let raise = self.has_all(keys);
                Reading { allow: Formula::Constant(false), raise }
            }
            Template::Plain { pieces, raises: false } => rest(self, base, Term::of(pieces)),
            Template::Odd { keys, raises } => {
                let text = base.text.to_string();
                let has = self.has_all(keys);
                let fails =
                    if raises { self.atom(Atom::OddFails(text.clone())) } else { Formula::Constant(false) };
                let Reading { allow, raise } = rest(self, base, Term::Odd(text));
                let formatted = has.clone().and(fails.clone().not());
                Reading {
                    allow: formatted.clone().and(allow),
                    raise: has.and(fails).or(formatted.and(raise)),
                }
            }
        }
    }

    fn has_all(&mut self, keys: impl IntoIterator<Item = String>) -> Formula {
        let keys = keys.into_iter().map(|key| self.atom(Atom::Has(key)));
        keys.collect::<Vec<_>>().into_iter().fold(Formula::Constant(true), Formula::and)
    }

    /// That there is a text: the keys of an odd format are dealt with where that is read.
    fn defined(&mut self, term: &Term) -> Formula {
        let keys: Vec<String> = term.keys().map(str::to_owned).collect();
        self.has_all(keys)
    }

    fn role(&mut self, _: &Base, term: Term) -> Reading {
        let term = match term {
            Term::Text(text) => Term::Text(lowered(&text)),
            other => other,
        };
        match self.caller {
            Caller::Anyone => {
                let defined = self.defined(&term);
                let bad = self.atom(Atom::BadRoles);
                let role = self.atom(Atom::Role(term));
                Reading { allow: bad.clone().not().and(role), raise: defined.and(bad) }
            }
            Caller::Known(creds) => match super::caller::roles(creds) {
                Some(roles) => {
                    let any = roles.iter().map(|role| self.folds_to(&term, role)).collect::<Vec<_>>();
                    Reading::sure(Formula::any(any))
                }
                None => Reading { allow: Formula::Constant(false), raise: self.defined(&term) },
            },
        }
    }

    fn folds_to(&mut self, term: &Term, role: &str) -> Formula {
        match term {
            Term::Text(text) => Formula::Constant(text == role),
            Term::Key(key) => self.atom(Atom::Folded(key.clone(), role.to_owned())),
            Term::Composed(_) | Term::Odd(_) => {
                self.atom(Atom::Unknown("role".to_owned(), format!("{role} = {term:?}")))
            }
        }
    }

    fn generic(&mut self, base: &Base, term: Term) -> Reading {
        let Some(kind) = base.kind.as_text() else {
            return Reading::sure(self.atom(Atom::Unknown(base.kind.to_string(), base.text.to_string())));
        };
        match read_kind(kind) {
            Kind::Raises(_) => {
                return Reading { allow: Formula::Constant(false), raise: self.defined(&term) };
            }
            Kind::Path => {}
            Kind::Literal(value) => match str_of(&value) {
                // "No literal" to upstream: the path is tried.
                Err(Interrupt::Raised(ExceptionClass::ValueError)) => {}
                Ok(text) => return Reading::sure(self.is(&term, &text)),
                Err(_) => {
                    let unknown = Atom::Unknown(base.kind.to_string(), base.text.to_string());
                    return Reading::sure(self.atom(unknown));
                }
            },
        }
        let path: Vec<String> = kind.split('.').map(str::to_owned).collect();
        match self.caller {
            Caller::Anyone => {
                let defined = self.defined(&term);
                let stuck = match path.split_last() {
                    Some((_, before)) if !before.is_empty() => self.atom(Atom::Stuck(before.to_vec())),
                    _ => Formula::Constant(false),
                };
                let found = self.atom(Atom::Creds(path, term));
                Reading { raise: defined.and(stuck).and(found.clone().not()), allow: found }
            }
            Caller::Known(creds) => {
                let (values, stuck) = found(creds, &path);
                let mut allow = Vec::new();
                for value in values {
                    let Ok(text) = str_of(value) else {
                        let unknown = Atom::Unknown(base.kind.to_string(), base.text.to_string());
                        return Reading::sure(self.atom(unknown));
                    };
                    let is = self.is(&term, &text);
                    if let Formula::Atom(atom) = is {
                        self.own.entry(atom).or_default().insert(kind.to_owned());
                    }
                    allow.push(is);
                }
                let allow = Formula::any(allow);
                let raise = if stuck { self.defined(&term) } else { Formula::Constant(false) };
                Reading { raise: raise.and(allow.clone().not()), allow }
            }
        }
    }

    /// Whether a match comes to a text.
    fn is(&mut self, term: &Term, text: &PyStr) -> Formula {
        let Some(text) = text.as_text() else {
            return match term {
                Term::Text(_) => Formula::Constant(false),
                _ => self.atom(Atom::Unknown(format!("{text:?}"), format!("{term:?}"))),
            };
        };
        match term {
            Term::Text(own) => Formula::Constant(own == text),
            Term::Key(key) => self.atom(Atom::Target(key.clone(), text.to_owned())),
            Term::Odd(template) => self.atom(Atom::OddText(template.clone(), text.to_owned())),
            Term::Composed(pieces) => match cuts(pieces, text) {
                Some(cuts) => {
                    let all: Vec<Formula> = cuts
                        .into_iter()
                        .map(|cut| {
                            let parts = cut.into_iter().map(|(key, text)| self.atom(Atom::Target(key, text)));
                            parts.collect::<Vec<_>>().into_iter().fold(Formula::Constant(true), Formula::and)
                        })
                        .collect();
                    Formula::any(all)
                }
                None => self.atom(Atom::Unknown(text.to_owned(), format!("{term:?}"))),
            },
        }
    }
}

/// All ways to give the keys of a match texts so that it comes to a whole text; `None` if they are too many.
pub(super) fn cuts(pieces: &[Piece], text: &str) -> Option<Vec<Vec<(String, String)>>> {
    let mut open: Vec<(&[Piece], &str, Vec<(String, String)>)> = vec![(pieces, text, Vec::new())];
    let mut done = Vec::new();
    let mut steps = 0;
    while let Some((pieces, text, known)) = open.pop() {
        steps += 1;
        if steps > MOST_CUTS {
            return None;
        }
        let Some((first, rest)) = pieces.split_first() else {
            if text.is_empty() {
                done.push(known);
            }
            continue;
        };
        match first {
            Piece::Text(literal) => {
                if let Some(behind) = text.strip_prefix(literal.as_str()) {
                    open.push((rest, behind, known));
                }
            }
            Piece::Key(key) => match known.iter().find(|(other, _)| other == key) {
                Some((_, same)) => {
                    if let Some(behind) = text.strip_prefix(same.as_str()) {
                        open.push((rest, behind, known));
                    }
                }
                None => {
                    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                    // The last piece takes all that is left.
                    for end in ends.filter(|end| !rest.is_empty() || *end == text.len()) {
                        let mut known = known.clone();
                        known.push((key.clone(), text[..end].to_owned()));
                        open.push((rest, &text[end..], known));
                    }
                }
            },
        }
    }
    Some(done)
}

/// `str.lower()`, for text without lone surrogates.
pub(super) fn lowered(text: &str) -> String {
    lower(&text.into()).to_string()
}
