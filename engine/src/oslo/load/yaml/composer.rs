//! Events to a graph of nodes: anchors and aliases are resolved, tags are given.

use std::collections::HashMap;

use super::document::{Style, Written};
use super::error::{FileError, Position, Result};
use super::node::{Content, Graph, Node, NodeId, Pair, Tag};
use super::parser::{EventKind, Parser, Properties};
use super::resolver::resolve;
use crate::oslo::error::ExceptionClass;

/// How deeply collections may be nested. PyYAML recurses twice a level and gives up from 487 to 494 under
/// Python's limit of 1000: how much of that is left depends on who calls it.
const MAX_DEPTH: usize = 488;

/// The only document of a file, or `None` where there is none.
pub(super) fn compose(parser: &mut Parser) -> Result<Option<(Graph, NodeId)>> {
    if matches!(parser.next()?.kind, EventKind::StreamEnd) {
        return Ok(None);
    }
    let mut composer = Composer::default();
    let root = composer.only_document(parser)?;
    Ok(Some((composer.graph, root)))
}

#[derive(Default)]
struct Composer {
    graph: Graph,
    anchors: HashMap<String, NodeId>,
    open: Vec<Open>,
}

/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    at: Position,
    /// Where what was last met in it ends, in bytes.
    end: usize,
    /// A key that waits for its value.
    key: Option<(NodeId, Position, Written)>,
}

impl Composer {
    fn only_document(&mut self, parser: &mut Parser) -> Result<NodeId> {
        let root = self.document(parser)?;
        // The end of the document, then what follows it.
        parser.next()?;
        let event = parser.next()?;
        match event.kind {
            EventKind::StreamEnd => Ok(root),
            _ if fault!(YamlLaterDocumentsIgnored) => Ok(root),
            _ => Err(FileError::yaml(event.at, "a second document starts here; a policy file has one")),
        }
    }

    fn document(&mut self, parser: &mut Parser) -> Result<NodeId> {
        loop {
            let event = parser.next()?;
            let at = event.at;
            let mut written =
                Written { style: Style::Alias, start: event.start, content: event.start, end: event.end };
            let (node, at) = match event.kind {
                EventKind::Alias(name) => {
                    let null = Node { tag: Tag::Null, content: Content::Scalar("".into()), at, written };
                    let missing = fault!(YamlUndefinedAliasIsNull).then(|| self.graph.add(null));
                    let node = self.anchors.get(&name).copied().or(missing);
                    (
                        node.ok_or_else(|| FileError::yaml(at, format!("no anchor &{name} for this alias")))?,
                        at,
                    )
                }
                EventKind::Scalar { properties, value, style, content, implicit } => {
                    self.check_anchor(&properties, at)?;
                    written = Written { style, content, ..written };
                    let tag = match &properties.tag {
                        Some(tag) => Tag::of(tag),
                        None if implicit => resolve(&value),
                        None => Tag::Str,
                    };
                    (self.add(properties, tag, Content::Scalar(value), at, written), at)
                }
                EventKind::SequenceStart(properties, style) => {
                    self.check_anchor(&properties, at)?;
                    let tag = properties.tag.as_deref().map_or(Tag::Seq, Tag::of);
                    let written = Written { style, ..written };
                    let node = self.add(properties, tag, Content::Sequence(Vec::new()), at, written);
                    self.open(node, at, event.end)?;
                    continue;
                }
                EventKind::MappingStart(properties, style) => {
                    self.check_anchor(&properties, at)?;
                    let tag = properties.tag.as_deref().map_or(Tag::Map, Tag::of);
                    let pairs = self.graph.add_pairs(Vec::new());
                    let written = Written { style, ..written };
                    let node = self.add(properties, tag, Content::Mapping(pairs), at, written);
                    self.open(node, at, event.end)?;
                    continue;
                }
                EventKind::CollectionEnd => match self.open.pop() {
                    Some(open) => {
                        let node = &mut self.graph.nodes[open.node.0];
                        // A block ends where the last of it does, not where the next thing starts.
                        let block = node.written.style == Style::Block;
                        node.written.end = if block { open.end } else { event.end };
                        written = node.written;
                        (open.node, open.at)
                    }
                    None => continue,
                },
                // The parser gives none of these inside of a document.
                EventKind::DocumentStart | EventKind::DocumentEnd | EventKind::StreamEnd => continue,
            };
            let Some(parent) = self.open.last_mut() else {
                return Ok(node);
            };
            parent.end = parent.end.max(written.end);
            match (&mut self.graph.nodes[parent.node.0].content, parent.key.take()) {
                (Content::Sequence(items), _) => items.push(node),
                (Content::Mapping(_), None) => parent.key = Some((node, at, written)),
                (Content::Mapping(pairs), Some((key, key_at, key_written))) => {
                    self.graph.pairs[pairs.0].push(Pair {
                        key,
                        value: node,
                        key_at,
                        value_at: at,
                        key_written,
                        value_written: written,
                        merged: false,
                    });
                }
                (Content::Scalar(_), _) => {}
            }
        }
    }

    fn check_anchor(&self, properties: &Properties, at: Position) -> Result<()> {
        match &properties.anchor {
            Some(name) if self.anchors.contains_key(name) => {
                Err(FileError::yaml(at, format!("the anchor &{name} is there already")))
            }
            _ => Ok(()),
        }
    }

    fn add(
        &mut self,
        properties: Properties,
        tag: Tag,
        content: Content,
        at: Position,
        written: Written,
    ) -> NodeId {
        let node = self.graph.add(Node { tag, content, at, written });
        if let Some(name) = properties.anchor {
            self.anchors.insert(name, node);
        }
        node
    }

    fn open(&mut self, node: NodeId, at: Position, end: usize) -> Result<()> {
        self.open.push(Open { node, at, end, key: None });
        if self.open.len() > MAX_DEPTH {
            return Err(FileError::new(at, ExceptionClass::RecursionError, "nested too deeply"));
        }
        Ok(())
    }
}
