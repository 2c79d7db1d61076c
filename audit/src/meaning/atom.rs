//! What rules ask of a request, in the smallest pieces: each is true or false of any one request.

use indexmap::IndexSet;

use super::template::Piece;

/// The text that a match comes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// The same text always.
    Text(String),
    /// The text of what the target has at this key.
    Key(String),
    /// Several texts and keys in a row.
    #[allow(private_interfaces, reason = "what a composed match is made of is no business of readers")]
    Composed(Vec<Piece>),
    /// A format that goes by more than the text of a value (`%(x)d`): as it is written.
    Odd(String),
}

impl Term {
    pub(super) fn of(pieces: Vec<Piece>) -> Self {
        match <[Piece; 1]>::try_from(pieces) {
            Ok([Piece::Text(text)]) => Self::Text(text),
            Ok([Piece::Key(key)]) => Self::Key(key),
            Err(pieces) if pieces.is_empty() => Self::Text(String::new()),
            Err(pieces) => Self::Composed(pieces),
        }
    }

    /// The keys of the target that it needs; those of an odd one are told apart by [`Atom::Has`].
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let (one, many): (Option<&str>, &[Piece]) = match self {
            Self::Key(key) => (Some(key), &[]),
            Self::Composed(pieces) => (None, pieces),
            Self::Text(_) | Self::Odd(_) => (None, &[]),
        };
        one.into_iter().chain(many.iter().filter_map(|piece| match piece {
            Piece::Key(key) => Some(key.as_str()),
            Piece::Text(_) => None,
        }))
    }
}

/// One thing that is so or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// One of the caller's roles, in lower case, is this text in lower case. A constant is in lower case.
    Role(Term),
    /// What creds hold at this path has this text, or one of the values there has.
    Creds(Vec<String>, Term),
    /// Going on from this path in creds raises, unless what is looked for was found before.
    Stuck(Vec<String>),
    /// What the target has at this key has this text.
    Target(String, String),
    /// What the target has at this key has this text once it is in lower case.
    Folded(String, String),
    /// The target has this key.
    Has(String),
    /// An odd format comes to this text.
    OddText(String, String),
    /// An odd format raises for the target's values.
    OddFails(String),
    /// The token is for the system: creds, as checks see them, have a true `system`.
    SystemToken,
    /// Creds have a true `domain_id`.
    DomainToken,
    /// The caller's roles are no list of texts.
    BadRoles,
    /// A check that only somebody else can answer (`http:`, `https:`, a service's own): kind and match.
    Free(String, String),
    /// A check that is not reasoned about: kind and match.
    Unknown(String, String),
}

/// The number of an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AtomId(pub(super) usize);

/// An atom that is so, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Literal {
    /// Which.
    pub atom: AtomId,
    /// Whether it is so.
    pub holds: bool,
}

/// All atoms of some rules, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Atoms(IndexSet<Atom>);

impl Atoms {
    pub(super) fn id(&mut self, atom: Atom) -> AtomId {
        AtomId(self.0.insert_full(atom).0)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The atom of a number that was given here.
    #[must_use]
    pub fn get(&self, id: AtomId) -> &Atom {
        &self.0[id.0]
    }

    /// The number of an atom, if any rule asks for it.
    #[must_use]
    pub fn find(&self, atom: &Atom) -> Option<AtomId> {
        self.0.get_index_of(atom).map(AtomId)
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AtomId, &Atom)> {
        self.0.iter().enumerate().map(|(index, atom)| (AtomId(index), atom))
    }
}
