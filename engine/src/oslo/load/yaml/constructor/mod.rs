//! Nodes to Python objects, as PyYAML's `SafeConstructor` makes them.
//!
//! Scalars are made at once, collections when those that were met before them have been filled: this
//! order decides which of several errors is raised.

mod binary;
mod merge;
mod number;
pub(super) mod timestamp;

use std::collections::VecDeque;

use indexmap::IndexMap;
use num_bigint::BigInt;

use super::document::{Document, Entry, Object, ObjectId, Written};
use super::error::{FileError, Result};
use super::node::{Content, Graph, NodeId, Pair, Tag};
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::value::integral;
use crate::oslo::python::{PyStr, Value};
use timestamp::Timestamp;

/// PyYAML recurses once a step where a `=` key gives a mapping the value of a scalar and where merged
/// mappings merge others, and gives up from 980 to 990 under Python's limit of 1000, by who calls it.
const MAX_STEPS: usize = 982;

/// Makes the objects of a document.
pub(super) fn construct(graph: Graph, root: NodeId) -> Result<Document> {
    let made = vec![None; graph.nodes.len()];
    let mut constructor = Constructor {
        graph,
        made,
        objects: Vec::new(),
        written: Vec::new(),
        hidden: Vec::new(),
        unfilled: VecDeque::new(),
        merge_work: 0,
    };
    let root = constructor.object(root)?;
    while let Some((node, object)) = constructor.unfilled.pop_front() {
        constructor.objects[object.0] = constructor.fill(node)?;
    }
    Ok(Document {
        objects: constructor.objects,
        written: constructor.written,
        hidden: constructor.hidden,
        root,
    })
}

struct Constructor {
    graph: Graph,
    /// By node.
    made: Vec<Option<ObjectId>>,
    objects: Vec<Object>,
    written: Vec<Written>,
    hidden: Vec<(ObjectId, Entry)>,
    /// Collections in the order in which they were met.
    unfilled: VecDeque<(NodeId, ObjectId)>,
    merge_work: usize,
}

impl Constructor {
    /// The object of a node; that of an alias is its anchor's.
    fn object(&mut self, id: NodeId) -> Result<ObjectId> {
        if let Some(made) = self.made[id.0] {
            return Ok(made);
        }
        let tag = self.graph.node(id).tag;
        let object = match tag {
            Tag::Seq | Tag::Map | Tag::Set | Tag::Omap | Tag::Pairs => Object::List(Vec::new()),
            Tag::Timestamp => self.timestamp(id)?,
            _ => Object::Scalar(self.scalar(id, tag)?),
        };
        let made = ObjectId(self.objects.len());
        if matches!(object, Object::List(_)) {
            self.unfilled.push_back((id, made));
        }
        self.objects.push(object);
        self.written.push(self.graph.node(id).written);
        self.made[id.0] = Some(made);
        Ok(made)
    }

    fn scalar(&self, id: NodeId, tag: Tag) -> Result<Value> {
        let ignored = tag == Tag::Unknown && fault!(YamlUnknownTagsIgnored);
        if matches!(tag, Tag::Merge | Tag::Value | Tag::Unknown) && !ignored {
            return Err(self.error(id, "a tag that policy files cannot use, or '=' or '<<' out of place"));
        }
        let text = self.scalar_text(id)?;
        let failed = |(cause, message): Failure| FileError::new(self.graph.node(id).at, cause, message);
        match tag {
            Tag::Null => Ok(Value::None),
            Tag::Bool => bool_of(text).map(Value::Bool).map_err(failed),
            Tag::Int => number::int(text).map(Value::Int).map_err(failed),
            Tag::Float => number::float(text, id).map(Value::Float).map_err(failed),
            Tag::Binary if fault!(YamlBinaryIsText) => Ok(Value::Str(text.clone())),
            Tag::Binary => binary::decode(text)
                .map(Value::Bytes)
                .map_err(|message| failed((ExceptionClass::ValueError.into(), message))),
            _ => Ok(Value::Str(text.clone())),
        }
    }

    fn timestamp(&self, id: NodeId) -> Result<Object> {
        let text = self.scalar_text(id)?;
        let node = self.graph.node(id);
        let failed = |class, message| Err(FileError::new(node.at, class, message));
        if !matches!(node.content, Content::Scalar(_)) {
            return failed(ExceptionClass::TypeError, "a mapping is no timestamp");
        }
        match text.as_text().and_then(timestamp::parse) {
            None => failed(ExceptionClass::AttributeError, "this is no timestamp"),
            Some(None) => failed(ExceptionClass::ValueError, "there is no such date or time"),
            Some(Some(timestamp)) => Ok(Object::Timestamp(timestamp)),
        }
    }

    /// The text of a scalar, or that of the `=` key of a mapping in its place.
    fn scalar_text(&self, id: NodeId) -> Result<&PyStr> {
        let mut inner = id;
        for _ in 0..=MAX_STEPS {
            let next = match &self.graph.node(inner).content {
                Content::Scalar(text) => return Ok(text),
                Content::Mapping(pairs) => self.graph.pairs[pairs.0]
                    .iter()
                    .find(|pair| self.graph.node(pair.key).tag == Tag::Value)
                    .map(|pair| pair.value),
                Content::Sequence(_) => None,
            };
            match next {
                Some(next) => inner = next,
                None => return Err(self.error(inner, "a single value expected, not a list or mapping")),
            }
        }
        Err(self.too_deep(id))
    }

    fn fill(&mut self, id: NodeId) -> Result<Object> {
        match self.graph.node(id).tag {
            Tag::Map => self.mapping(id).map(Object::Dict),
            Tag::Set => {
                let entries = self.mapping(id)?;
                Ok(Object::Set(entries.iter().map(|entry| entry.key).collect()))
            }
            Tag::Omap | Tag::Pairs => self.pairs(id),
            _ => {
                let Content::Sequence(items) = &self.graph.node(id).content else {
                    return Err(self.error(id, "a list expected"));
                };
                let items = items.clone();
                Ok(Object::List(items.into_iter().map(|item| self.object(item)).collect::<Result<_>>()?))
            }
        }
    }

    fn mapping(&mut self, id: NodeId) -> Result<Vec<Entry>> {
        self.flatten(id)?;
        let Content::Mapping(pairs) = self.graph.node(id).content else {
            return Err(self.error(id, "a mapping expected"));
        };
        let pairs = self.graph.pairs[pairs.0].clone();
        let mut entries: IndexMap<Key, Entry> = IndexMap::with_capacity(pairs.len());
        for Pair { key, value, key_at, value_at, key_written, value_written, merged } in pairs {
            let key = self.object(key)?;
            let Some(equal) = Key::of(&self.objects[key.0]) else {
                let message = "a list, mapping or set cannot be a key";
                return Err(FileError::yaml(key_at, message));
            };
            let value = self.object(value)?;
            let entry = Entry { key, value, key_at, value_at, key_written, value_written, merged };
            let hidden = entries.get(&equal).filter(|hidden| !hidden.merged && !merged);
            if let (Some(hidden), Some(mapping)) = (hidden, self.made[id.0]) {
                self.hidden.push((mapping, *hidden));
            }
            // Python keeps the first of equal keys and the last value.
            let last = |old: &mut Entry| {
                *old = Entry { key: old.key, ..if fault!(YamlFirstDuplicateWins) { *old } else { entry } }
            };
            entries.entry(equal).and_modify(last).or_insert(entry);
        }
        Ok(entries.into_values().collect())
    }

    /// `!!omap`, `!!pairs`: a list of mappings of one pair each. Merge keys are none here.
    fn pairs(&mut self, id: NodeId) -> Result<Object> {
        let Content::Sequence(items) = &self.graph.node(id).content else {
            return Err(self.error(id, "a list of mappings expected"));
        };
        let mut made = Vec::new();
        for item in items.clone() {
            let pair = match self.graph.node(item).content {
                Content::Mapping(pairs) => match self.graph.pairs[pairs.0].as_slice() {
                    [pair] => Some(*pair),
                    _ => None,
                },
                _ => None,
            };
            let Some(pair) = pair else {
                return Err(self.error(item, "a mapping of one pair expected"));
            };
            made.push((self.object(pair.key)?, self.object(pair.value)?));
        }
        Ok(Object::Pairs(made))
    }

    fn error(&self, id: NodeId, message: &str) -> FileError {
        FileError::yaml(self.graph.node(id).at, message)
    }

    fn too_deep(&self, id: NodeId) -> FileError {
        let at = self.graph.node(id).at;
        FileError::new(at, ExceptionClass::RecursionError, "'=' or '<<' keys without end, or nearly")
    }
}

/// What goes wrong with the text of a scalar.
type Failure = (crate::oslo::error::Interrupt, &'static str);

fn bool_of(text: &PyStr) -> std::result::Result<bool, Failure> {
    let lower = text.as_text().map(str::to_ascii_lowercase);
    match lower.as_deref() {
        Some("yes" | "true" | "on") => Ok(true),
        Some("no" | "false" | "off") => Ok(false),
        _ => Err((ExceptionClass::KeyError.into(), "this is no truth value")),
    }
}

/// What Python's `==` and `hash()` see of a key.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    None,
    /// `1`, `1.0` and `True` are one key.
    Int(BigInt),
    /// The bits: a `nan` equals only itself, and each has bits of its own.
    Float(u64),
    Str(PyStr),
    Bytes(Vec<u8>),
    Timestamp(Timestamp),
}

impl Key {
    /// `None` for what cannot be hashed.
    fn of(object: &Object) -> Option<Self> {
        Some(match object {
            Object::Timestamp(timestamp) => Self::Timestamp(*timestamp),
            Object::Scalar(value) => match value {
                Value::Bool(value) => Self::Int(u8::from(*value).into()),
                Value::Int(value) => Self::Int(value.clone()),
                Value::Float(value) => match Some(*value).filter(|v| v.fract() == 0.0).and_then(integral) {
                    Some(integer) => Self::Int(integer),
                    None => Self::Float(value.to_bits()),
                },
                Value::Str(text) => Self::Str(text.clone()),
                Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
                _ => Self::None,
            },
            _ => return None,
        })
    }
}
