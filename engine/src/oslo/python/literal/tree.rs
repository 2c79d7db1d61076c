//! What is kept of an expression.

use crate::oslo::python::value::Value;

/// Where a node stands in [`Tree`].
pub(super) type NodeId = usize;

/// What `ast.literal_eval` distinguishes.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Value),
    Tuple(Vec<NodeId>),
    List(Vec<NodeId>),
    Set(Vec<NodeId>),
    /// `**mapping` has no key.
    Dict(Vec<(Option<NodeId>, NodeId)>),
    /// `+x`, `-x`.
    Signed {
        negative: bool,
        operand: NodeId,
    },
    /// `x + y`, `x - y`.
    Sum {
        minus: bool,
        left: NodeId,
        right: NodeId,
    },
    /// The name `set`.
    SetName,
    /// `set()`.
    SetCall,
    /// Any other expression.
    Other,
}

/// A node, and what its surroundings want to know of it.
#[derive(Debug)]
struct Entry {
    node: Node,
    /// Whether a comprehension may assign to it.
    target: bool,
    /// How deep it is.
    depth: usize,
}

/// A parsed expression. A node stands behind its children.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    /// Adds a node that stands `levels` above the deepest of its children.
    pub(super) fn add(&mut self, node: Node, target: bool, children: &[NodeId], levels: usize) -> NodeId {
        let deepest = children.iter().map(|&child| self.depth(child)).max().unwrap_or(0);
        self.entries.push(Entry { node, target, depth: deepest + levels });
        self.entries.len() - 1
    }

    pub(super) fn into_nodes(self) -> impl Iterator<Item = Node> {
        self.entries.into_iter().map(|entry| entry.node)
    }

    pub(super) fn is_set_name(&self, id: NodeId) -> bool {
        matches!(self.entries[id].node, Node::SetName)
    }

    pub(super) fn is_target(&self, id: NodeId) -> bool {
        self.entries[id].target
    }

    pub(super) fn depth(&self, id: NodeId) -> usize {
        self.entries[id].depth
    }
}
