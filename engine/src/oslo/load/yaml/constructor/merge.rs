//! Merge keys (`<<`).

use super::super::error::{FileError, Result};
use super::super::node::{Content, NodeId, PairsId, Tag};
use super::{Constructor, MAX_STEPS};
use crate::oslo::error::Unsupported;

/// How many pairs all merges of a file may copy. Merging doubles with each line if the lines mean it.
const MAX_WORK: usize = 1_000_000;

impl Constructor {
    /// Puts what a mapping merges before its own pairs; a `=` key becomes text. The nodes themselves are
    /// changed, so that others that refer to them see it, and mappings that merge each other in a
    /// circle come to an end: each merge key is taken out before it is followed.
    pub(super) fn flatten(&mut self, id: NodeId, depth: usize) -> Result<()> {
        if depth > MAX_STEPS {
            return Err(self.too_deep(id));
        }
        let mut merged = Vec::new();
        let mut index = 0;
        while let Some(pairs) = self.pairs_of(id)
            && let Some(pair) = self.graph.pairs[pairs.0].get(index).copied()
        {
            match self.graph.node(pair.key).tag {
                Tag::Merge => {
                    // Moving the rest up is much cheaper a pair than copying it.
                    self.work(id, self.graph.pairs[pairs.0].len() / 64)?;
                    self.graph.pairs[pairs.0].remove(index);
                    self.merge(id, pair.value, &mut merged, depth)?;
                }
                Tag::Value => {
                    self.graph.nodes[pair.key.0].tag = Tag::Str;
                    index += 1;
                }
                _ => index += 1,
            }
        }
        if let (false, Some(pairs)) = (merged.is_empty(), self.pairs_of(id)) {
            self.work(id, self.graph.pairs[pairs.0].len())?;
            merged.extend_from_slice(&self.graph.pairs[pairs.0]);
            let merged = self.graph.add_pairs(merged);
            self.graph.nodes[id.0].content = Content::Mapping(merged);
        }
        Ok(())
    }

    /// Merges a mapping, or each mapping of a list, the first of which wins.
    fn merge(
        &mut self,
        into: NodeId,
        value: NodeId,
        merged: &mut Vec<super::Pair>,
        depth: usize,
    ) -> Result<()> {
        let mut sources = Vec::new();
        match &self.graph.node(value).content {
            Content::Mapping(_) => {
                self.flatten(value, depth + 1)?;
                sources.extend(self.pairs_of(value));
            }
            Content::Sequence(items) => {
                for item in items.clone() {
                    if self.pairs_of(item).is_none() {
                        return Err(self.error(item, "only mappings can be merged"));
                    }
                    self.flatten(item, depth + 1)?;
                    sources.extend(self.pairs_of(item));
                }
            }
            Content::Scalar(_) => {
                return Err(self.error(value, "'<<' merges a mapping or a list of mappings"));
            }
        }
        for source in sources.into_iter().rev() {
            self.work(into, self.graph.pairs[source.0].len())?;
            merged.extend_from_slice(&self.graph.pairs[source.0]);
        }
        Ok(())
    }

    fn pairs_of(&self, id: NodeId) -> Option<PairsId> {
        match self.graph.node(id).content {
            Content::Mapping(pairs) => Some(pairs),
            _ => None,
        }
    }

    fn work(&mut self, id: NodeId, pairs: usize) -> Result<()> {
        self.merge_work += pairs;
        if self.merge_work > MAX_WORK {
            let at = self.graph.node(id).at;
            return Err(FileError::new(at, Unsupported::Size, "the merge keys of this file copy too much"));
        }
        Ok(())
    }
}
