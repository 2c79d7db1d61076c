//! Conditions in words, and as JSON.

use serde_json::{Value as Json, json};

use super::analysis::{Analysis, Conditions};
use super::atom::{Atom, AtomId, Literal, Term};
use super::template::Piece;

impl Conditions {
    /// In words, for people; `always`, `never` or why it is not known where there is no condition.
    #[must_use]
    pub fn words(&self, analysis: &Analysis<'_>) -> String {
        match self {
            Self::Always => "always".to_owned(),
            Self::Never => "never".to_owned(),
            Self::Undecided(why) => format!("not known: {why}"),
            Self::When(alternatives) => any_of(analysis, alternatives),
        }
    }

    /// As JSON: a list of alternatives, each a list of all that must be so.
    #[must_use]
    pub fn json(&self, analysis: &Analysis<'_>) -> Json {
        match self {
            Self::Always => json!([{"words": "always", "all": []}]),
            Self::Never => json!([]),
            Self::Undecided(_) => Json::Null,
            Self::When(alternatives) => alternatives
                .iter()
                .map(|all| {
                    let parts: Vec<Json> = all.iter().map(|literal| part(analysis, *literal)).collect();
                    json!({"words": analysis.words_of(all), "all": parts})
                })
                .collect(),
        }
    }
}

impl Analysis<'_> {
    /// All of these together, in words.
    #[must_use]
    pub fn words_of(&self, all: &[Literal]) -> String {
        let token = |atom: &Atom, holds| {
            all.iter().any(|literal| literal.holds == holds && self.atoms().get(literal.atom) == atom)
        };
        let scope = match () {
            () if token(&Atom::SystemToken, true) => Some("a system token"),
            () if token(&Atom::SystemToken, false) && token(&Atom::DomainToken, false) => {
                Some("a project token")
            }
            () if token(&Atom::SystemToken, false) && token(&Atom::DomainToken, true) => {
                Some("a domain token")
            }
            () if token(&Atom::SystemToken, false) => Some("no system token"),
            () => None,
        };
        let is_token = |literal: &&Literal| match self.atoms().get(literal.atom) {
            Atom::SystemToken => true,
            Atom::DomainToken => {
                scope.is_some_and(|scope| scope != "a system token" && scope != "no system token")
            }
            _ => false,
        };
        // What must be so before what must not, roles first: as people say it.
        let mut rest: Vec<&Literal> = all.iter().filter(|literal| !is_token(literal)).collect();
        rest.sort_by_key(|literal| {
            (!literal.holds, !matches!(self.atoms().get(literal.atom), Atom::Role(_)))
        });
        let rest = rest.into_iter().map(|literal| self.word(*literal));
        scope.map(str::to_owned).into_iter().chain(rest).collect::<Vec<_>>().join(" and ")
    }

    fn word(&self, literal: Literal) -> String {
        let is = if literal.holds { "is" } else { "is not" };
        let (whose, object) = if self.is_known() { ("its ", "") } else { ("the target's ", "the target's ") };
        match self.atoms().get(literal.atom) {
            Atom::Role(term) => {
                let role = term_words(term, object);
                if literal.holds { format!("role {role}") } else { format!("not role {role}") }
            }
            Atom::Creds(path, term) => {
                format!("your {} {is} {}", path.join("."), term_words(term, object))
            }
            Atom::Stuck(path) if literal.holds => format!("your {} is no mapping", path.join(".")),
            Atom::Stuck(path) => format!("your {} is a mapping or missing", path.join(".")),
            Atom::Target(key, text) => match self.own(literal.atom) {
                None => format!("{whose}{key} {is} {}", quoted(text)),
                Some(_) if text == "None" => format!("{whose}{key} {is} None, as yours is"),
                Some(paths) if paths.contains(key) => format!("{whose}{key} {is} yours"),
                Some(paths) => {
                    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                    format!("{whose}{key} {is} your {}", paths.join(" and your "))
                }
            },
            Atom::Folded(key, text) => format!("{whose}{key} {is} your role {text}"),
            Atom::Has(key) if literal.holds => format!("the target has {key}"),
            Atom::Has(key) => format!("the target has no {key}"),
            Atom::OddText(template, text) => format!("`{template}` {is} {}", quoted(text)),
            Atom::OddFails(template) if literal.holds => format!("`{template}` raises"),
            Atom::OddFails(template) => format!("`{template}` does not raise"),
            Atom::SystemToken if literal.holds => "a system token".to_owned(),
            Atom::SystemToken => "no system token".to_owned(),
            Atom::DomainToken if literal.holds => "a domain token".to_owned(),
            Atom::DomainToken => "no domain token".to_owned(),
            Atom::BadRoles if literal.holds => "your roles are no list of texts".to_owned(),
            Atom::BadRoles => "your roles are a list of texts".to_owned(),
            Atom::Free(kind, text) | Atom::Unknown(kind, text) => {
                let answers = if literal.holds { "allows" } else { "does not allow" };
                format!("{kind}:{text} {answers}")
            }
        }
    }

    /// The key, where all that is asked is that the target has one text there that creds do not hold.
    fn constant(&self, all: &[Literal]) -> Option<(&str, &str)> {
        match all {
            [Literal { atom, holds: true }] => self.constant_at(*atom),
            _ => None,
        }
    }

    fn constant_at(&self, atom: AtomId) -> Option<(&str, &str)> {
        match self.atoms().get(atom) {
            Atom::Target(key, text) if self.own(atom).is_none() => Some((key, text)),
            _ => None,
        }
    }
}

/// Alternatives, in words: constants of one key together.
fn any_of(analysis: &Analysis<'_>, alternatives: &[Vec<Literal>]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for all in alternatives {
        match analysis.constant(all) {
            None => words.push(analysis.words_of(all)),
            Some((key, _)) if done.contains(&key) => {}
            Some((key, _)) => {
                done.push(key);
                let texts: Vec<String> = alternatives
                    .iter()
                    .filter_map(|all| analysis.constant(all))
                    .filter(|(other, _)| *other == key)
                    .map(|(_, text)| quoted(text))
                    .collect();
                let whose = if analysis.is_known() { "its" } else { "the target's" };
                words.push(format!("{whose} {key} is {}", listed(&texts)));
            }
        }
    }
    let long = words.iter().any(|words| words.contains(" and "));
    words.join(if long { "; or " } else { " or " })
}

fn listed(texts: &[String]) -> String {
    match texts {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        texts => texts.join(", "),
    }
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.:@/".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("{text:?}") }
}

fn term_words(term: &Term, object: &str) -> String {
    match term {
        Term::Text(text) => quoted(text),
        Term::Key(key) => format!("{object}{key}"),
        Term::Odd(template) => format!("`{template}`"),
        Term::Composed(pieces) => {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => quoted(text),
                Piece::Key(key) => format!("{object}{key}"),
            };
            pieces.iter().map(piece).collect::<Vec<_>>().join(" followed by ")
        }
    }
}

fn part(analysis: &Analysis<'_>, literal: Literal) -> Json {
    let term = |term: &Term| match term {
        Term::Text(text) => json!(text),
        Term::Key(key) => json!({"target": key}),
        Term::Odd(template) => json!({"format": template}),
        Term::Composed(pieces) => {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => json!(text),
                Piece::Key(key) => json!({"target": key}),
            };
            json!({"joined": pieces.iter().map(piece).collect::<Vec<_>>()})
        }
    };
    let mut part = match analysis.atoms().get(literal.atom) {
        Atom::Role(role) => json!({"role": term(role)}),
        Atom::Creds(path, text) => json!({"creds": path.join("."), "is": term(text)}),
        Atom::Stuck(path) => json!({"creds": path.join("."), "is_no_mapping": true}),
        Atom::Target(key, text) => match analysis.own(literal.atom) {
            None => json!({"target": key, "is": text}),
            Some(paths) => json!({"target": key, "is": text, "as_creds": paths}),
        },
        Atom::Folded(key, text) => json!({"target": key, "is_role": text}),
        Atom::Has(key) => json!({"target": key, "exists": true}),
        Atom::OddText(template, text) => json!({"format": template, "is": text}),
        Atom::OddFails(template) => json!({"format": template, "raises": true}),
        Atom::SystemToken => json!({"token": "system"}),
        Atom::DomainToken => json!({"token": "domain"}),
        Atom::BadRoles => json!({"roles": "no list of texts"}),
        Atom::Free(kind, text) | Atom::Unknown(kind, text) => json!({"check": format!("{kind}:{text}")}),
    };
    if !literal.holds {
        part["not"] = json!(true);
    }
    part
}
