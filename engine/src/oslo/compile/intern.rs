//! What checks are made of, each thing once: texts, keys of the target, paths of creds.

use std::collections::HashMap;

use super::code::{Part, Path, Tables, Test, Wanted};
use super::template::{Piece, split};
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::PyStr;
use crate::oslo::python::hashing::{Name, Seeded};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::text::str_of;
use crate::oslo::python::unicode::lower;

/// What a generic check compares with.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    /// The text of a literal.
    Literal(u32),
    /// What is found at a path of creds.
    Path(u32),
    /// Something that raises, or a kind with lone surrogates.
    Other,
}

/// Gives things their places in [`Tables`].
#[derive(Default)]
pub(super) struct Interner<'r> {
    tables: Tables,
    texts: HashMap<Box<str>, u32, Seeded>,
    /// By the text as it stands.
    roles: HashMap<u32, u32, Seeded>,
    keys: HashMap<&'r str, u32, Seeded>,
    kinds: HashMap<&'r str, Subject, Seeded>,
    templates: HashMap<&'r str, Option<Wanted>, Seeded>,
}

impl<'r> Interner<'r> {
    pub(super) fn finish(self) -> Tables {
        self.tables
    }

    /// The match of a generic check; `None` where the interpreter has to format it.
    pub(super) fn wanted(&mut self, template: &'r PyStr) -> Option<Wanted> {
        let text = template.as_text()?;
        if let Some(known) = self.templates.get(text) {
            return *known;
        }
        let wanted = split(template).map(|pieces| self.pieces(pieces));
        self.templates.insert(text, wanted);
        wanted
    }

    /// A role check. A constant is lower-cased here, once.
    pub(super) fn role(&mut self, template: &'r PyStr) -> Option<Test> {
        Some(match self.wanted(template)? {
            Wanted::Text(text) => match self.roles.get(&text) {
                Some(&known) => Test::Role(known),
                None => {
                    let lowered = lower(&self.tables.texts[text as usize].as_ref().into());
                    self.tables.roles.push(lowered.as_text()?.into());
                    let new = place(self.tables.roles.len() - 1);
                    self.roles.insert(text, new);
                    Test::Role(new)
                }
            },
            other => Test::RoleOf(other),
        })
    }

    fn pieces(&mut self, pieces: Vec<Piece<'r>>) -> Wanted {
        match pieces.as_slice() {
            [] => Wanted::Text(self.text("")),
            [Piece::Text(text)] => Wanted::Text(self.text(text)),
            [Piece::Key(key)] => Wanted::Key(self.key(key)),
            _ => {
                let part = |piece: Piece<'r>| match piece {
                    Piece::Text(text) => Part::Text(self.text(&text)),
                    Piece::Key(key) => Part::Key(self.key(key)),
                };
                let parts = pieces.into_iter().map(part).collect();
                self.tables.parts.push(parts);
                Wanted::Parts(place(self.tables.parts.len() - 1))
            }
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.texts.get(text) {
            return known;
        }
        let new = place(self.tables.texts.len());
        self.tables.texts.push(text.into());
        self.texts.insert(text.into(), new);
        new
    }

    fn key(&mut self, key: &'r str) -> u32 {
        *self.keys.entry(key).or_insert_with(|| {
            self.tables.keys.push(Name::from(key));
            place(self.tables.keys.len() - 1)
        })
    }

    /// What a kind is.
    pub(super) fn kind(&mut self, kind: &'r str) -> Subject {
        if let Some(&known) = self.kinds.get(kind) {
            return known;
        }
        let subject = match read_kind(kind) {
            Kind::Raises(_) => Subject::Other,
            Kind::Path => self.path(kind),
            Kind::Literal(value) => match str_of(&value) {
                // Upstream takes the ValueError of str() for one of literal_eval: "no literal".
                Err(Interrupt::Raised(ExceptionClass::ValueError)) => self.path(kind),
                Err(_) => Subject::Other,
                Ok(text) => text.as_text().map_or(Subject::Other, |text| Subject::Literal(self.text(text))),
            },
        };
        self.kinds.insert(kind, subject);
        subject
    }

    fn path(&mut self, kind: &str) -> Subject {
        let mut names = kind.split('.');
        let first = names.next().unwrap_or_default();
        let rest = names.map(Name::from).collect();
        self.tables.paths.push(Path { first: first.into(), rest, is_system: first == "system" });
        Subject::Path(place(self.tables.paths.len() - 1))
    }
}

/// Places are small numbers.
///
/// # Panics
/// At 2³² things, which take rules of more than 4 GiB.
fn place(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 things")
}
