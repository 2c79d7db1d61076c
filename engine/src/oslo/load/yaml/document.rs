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
}

/// The objects of a file. Aliases share them, so that a file of a few lines can stand for more than any
/// memory holds, or contain itself; nothing here follows them without need.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) objects: Vec<Object>,
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
