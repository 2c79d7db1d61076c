//! What a file holds.

use super::constructor::timestamp::Timestamp;
use super::error::Position;
use crate::oslo::error::{Interrupt, Limit};
use crate::oslo::language::CheckTree;
use crate::oslo::load::rules::read_rule;
use crate::oslo::python::{Dict, Value};

/// How much the rules of a file may stand for beyond what it holds, in about bytes. Only aliases and
/// merge keys make more of a file than it holds.
const MAX_SURPLUS: usize = 1 << 26;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` and the lines below it.
    Literal,
    /// `>` and the lines below it.
    Folded,
    /// Nothing stands there, or only an anchor or a tag.
    Nothing,
    /// `*name`, which stands for what is written elsewhere.
    Alias,
    /// `[…]`, `{…}`, or a pair inside of brackets.
    Flow,
    /// A list of dashes, a mapping of lines.
    Block,
}

/// A value as it is written: bytes of the text that [`read`](super::read) was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Written {
    /// How.
    pub style: Style,
    /// Where it starts, anchor and tag included.
    pub start: usize,
    /// Where a scalar's own text starts: behind anchor and tag, at the quote if there is one.
    pub content: usize,
    /// Where it ends: behind the closing quote or bracket, behind the last character of a plain scalar, behind
    /// the line breaks of a `|` or `>`; of a block behind the last thing in it.
    pub end: usize,
}

/// The number of an object in its [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectId(pub(super) usize);

/// A Python object as `yaml.safe_load` makes it.
#[derive(Clone, Debug)]
pub enum Object {
    /// `None`, a bool, int, float, str or bytes.
    Scalar(Value),
    /// A `datetime.date` or `datetime.datetime`.
    Timestamp(Timestamp),
    /// `list`
    List(Vec<ObjectId>),
    /// A list of tuples of two (`!!omap`, `!!pairs`).
    Pairs(Vec<(ObjectId, ObjectId)>),
    /// `set`, in the order in which it is written.
    Set(Vec<ObjectId>),
    /// `dict`
    Dict(Vec<Entry>),
}

impl Object {
    /// Whether both are one key of a Python dict; only scalars and timestamps can be keys.
    pub(in crate::oslo) fn same_key(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(mine), Self::Scalar(theirs)) => {
                let mut keys = Dict::default();
                let hashable = [mine, theirs].map(|key| keys.insert(key.clone(), Value::None).is_ok());
                hashable == [true, true] && keys.len() == 1
            }
            (Self::Timestamp(mine), Self::Timestamp(theirs)) => mine == theirs,
            _ => false,
        }
    }
}

/// A key with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first of equal keys, as in Python. Always a scalar or a timestamp.
    pub key: ObjectId,
    /// The value of the last of equal keys.
    pub value: ObjectId,
    /// Where the last of equal keys is written.
    pub key_at: Position,
    /// Where its value is written; of an alias, where the alias is.
    pub value_at: Position,
    /// The key there, byte by byte.
    pub key_written: Written,
    /// The value there.
    pub value_written: Written,
    /// Whether a merge key (`<<`) has brought it here, so that it stands elsewhere.
    pub merged: bool,
}

/// The objects of a file. Aliases share them, so that a file of a few lines can stand for more than any
/// memory holds, or contain itself; nothing here follows them without need.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) objects: Vec<Object>,
    /// By object.
    pub(super) written: Vec<Written>,
    /// With the mapping that each stands in.
    pub(super) hidden: Vec<(ObjectId, Entry)>,
    pub(super) root: ObjectId,
}

impl Document {
    /// The outermost object.
    #[must_use]
    pub fn root(&self) -> ObjectId {
        self.root
    }

    /// An object of this document.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0]
    }

    /// How and where an object is written; of what aliases share, where the anchor is.
    #[must_use]
    pub fn written(&self, id: ObjectId) -> Written {
        self.written[id.0]
    }

    /// The entries of a mapping that an equal key further down in it hides, in order. An own key of a mapping that hides a merged one is what merging is for, and none of these.
    ///
    /// ```
    /// let document = assay_engine::oslo::load::yaml::read("a: 1\nb: 2\na: 3\n").unwrap();
    /// let hidden = document.hidden(document.root());
    /// let hidden: Vec<String> = hidden.map(|entry| entry.value_at.to_string()).collect();
    /// assert_eq!(hidden, ["1:4"]);
    /// ```
    pub fn hidden(&self, mapping: ObjectId) -> impl Iterator<Item = &Entry> {
        self.hidden.iter().filter(move |(of, _)| *of == mapping).map(|(_, entry)| entry)
    }

    /// What Python's `bool()` says of an object.
    #[must_use]
    pub fn truthy(&self, id: ObjectId) -> bool {
        match self.object(id) {
            Object::Scalar(value) => value.truthy(),
            Object::Timestamp(_) => true,
            Object::List(items) | Object::Set(items) => !items.is_empty(),
            Object::Pairs(pairs) => !pairs.is_empty(),
            Object::Dict(entries) => !entries.is_empty(),
        }
    }

    /// What upstream's `parse_rule` can see of an object: the items of its items, by kind.
    ///
    /// What lies deeper is left out, a dict is the list of its keys, and a timestamp is `True`, which
    /// like it is truthy and cannot be iterated.
    ///
    /// # Errors
    /// [`Limit::TooLarge`] if aliases make too much of it.
    pub fn rule(&self, id: ObjectId) -> Result<Value, Limit> {
        self.seen(id, 2, &mut self.budget())
    }

    /// [`Document::rule`] of many objects, which share what aliases may make of them.
    pub fn rules(&self, ids: impl IntoIterator<Item = ObjectId>) -> Vec<Result<Value, Limit>> {
        let mut budget = self.budget();
        ids.into_iter().map(|id| self.seen(id, 2, &mut budget)).collect()
    }

    /// What all rules together may stand for.
    pub(in super::super) fn budget(&self) -> usize {
        MAX_SURPLUS + self.objects.iter().map(cost).sum::<usize>()
    }

    /// Reads a rule, of many that share what they may stand for.
    pub(in super::super) fn read_rule(
        &self,
        id: ObjectId,
        budget: &mut usize,
    ) -> Result<CheckTree, Interrupt> {
        match self.object(id) {
            text @ Object::Scalar(value @ Value::Str(_)) => {
                *budget = budget.checked_sub(cost(text)).ok_or(Limit::TooLarge)?;
                read_rule(value)
            }
            _ => read_rule(&self.seen(id, 2, budget)?),
        }
    }

    fn seen(&self, id: ObjectId, levels: usize, budget: &mut usize) -> Result<Value, Limit> {
        let object = self.object(id);
        *budget = budget.checked_sub(cost(object)).ok_or(Limit::TooLarge)?;
        if levels == 0 && !matches!(object, Object::Scalar(_)) {
            return Ok(Value::Bool(true));
        }
        let mut inner = |id: &ObjectId, down| self.seen(*id, levels.saturating_sub(down), budget);
        Ok(match object {
            Object::Scalar(value) => value.clone(),
            Object::Timestamp(_) => Value::Bool(true),
            Object::List(items) => {
                Value::List(items.iter().map(|id| inner(id, 1)).collect::<Result<_, _>>()?)
            }
            Object::Set(items) => Value::Set(items.iter().map(|id| inner(id, 1)).collect::<Result<_, _>>()?),
            Object::Dict(_) if fault!(MappingsAreRefused) => Value::Bool(true),
            Object::Dict(entries) => {
                Value::List(entries.iter().map(|entry| inner(&entry.key, 1)).collect::<Result<_, _>>()?)
            }
            Object::Pairs(pairs) => {
                let tuple = |(first, second): &(ObjectId, ObjectId)| {
                    Ok(Value::Tuple(vec![inner(first, 2)?, inner(second, 2)?]))
                };
                Value::List(pairs.iter().map(tuple).collect::<Result<_, _>>()?)
            }
        })
    }
}

/// About the bytes that an object takes as a value.
fn cost(object: &Object) -> usize {
    const ITEM: usize = 64;
    match object {
        Object::Scalar(Value::Str(text)) => ITEM + text.as_text().map_or(0, str::len),
        _ => ITEM,
    }
}
