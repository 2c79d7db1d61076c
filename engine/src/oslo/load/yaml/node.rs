//! The tree that the composer makes: aliases are edges, so it is a graph.

use super::document::Written;
use super::error::Position;
use crate::oslo::python::PyStr;

/// The types that have a constructor in PyYAML's `SafeLoader`, and the three that it knows but cannot
/// construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Binary,
    Timestamp,
    Omap,
    Pairs,
    Set,
    Str,
    Seq,
    Map,
    /// `<<`
    Merge,
    /// `=`
    Value,
    /// Any other: an error once it is constructed.
    Unknown,
}

impl Tag {
    /// The type of a tag in full.
    pub(super) fn of(tag: &str) -> Self {
        match tag.strip_prefix("tag:yaml.org,2002:") {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("binary") => Self::Binary,
            Some("timestamp") => Self::Timestamp,
            Some("omap") => Self::Omap,
            Some("pairs") => Self::Pairs,
            Some("set") => Self::Set,
            Some("str") => Self::Str,
            Some("seq") => Self::Seq,
            Some("map") => Self::Map,
            Some("merge") => Self::Merge,
            Some("value") => Self::Value,
            _ => Self::Unknown,
        }
    }
}

/// The number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId(pub(super) usize);

/// The number of a mapping's pairs. Merging gives a mapping another list of pairs while the old one may
/// still be in use, as in Python.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairsId(pub(super) usize);

#[derive(Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) content: Content,
    pub(super) at: Position,
    pub(super) written: Written,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar(PyStr),
    Sequence(Vec<NodeId>),
    Mapping(PairsId),
}

/// A key with its value, and where each is written (which for an alias is not where its node is).
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) key: NodeId,
    pub(super) value: NodeId,
    pub(super) key_at: Position,
    pub(super) value_at: Position,
    pub(super) key_written: Written,
    pub(super) value_written: Written,
    /// Whether a merge key has brought it here.
    pub(super) merged: bool,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) pairs: Vec<Vec<Pair>>,
}

impl Graph {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    pub(super) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    pub(super) fn add_pairs(&mut self, pairs: Vec<Pair>) -> PairsId {
        self.pairs.push(pairs);
        PairsId(self.pairs.len() - 1)
    }
}
