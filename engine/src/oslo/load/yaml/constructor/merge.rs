//! Merge keys (`<<`).

use super::super::error::{FileError, Result};
use super::super::node::{Content, NodeId, Pair, PairsId, Tag};
use super::{Constructor, MAX_STEPS};
use crate::oslo::error::Limit;

/// How many pairs all merges of a file may copy. Merging doubles with each line if the lines mean it.
const MAX_WORK: usize = 1_000_000;

/// A mapping while what it merges is put into it.
struct Flattening {
    mapping: NodeId,
    /// The pair that is looked at next.
    index: usize,
    merged: Vec<Pair>,
    /// Of the merge key that is being followed.
    sources: Option<Sources>,
}

/// The mappings of one merge key.
struct Sources {
    rest: std::vec::IntoIter<NodeId>,
    flat: Vec<PairsId>,
}

impl Constructor {
    /// Puts what a mapping merges before its own pairs; a `=` key becomes text. The nodes themselves are
    /// changed, so that others that refer to them see it, and mappings that merge each other in a
    /// circle come to an end: each merge key is taken out before it is followed.
    ///
    /// What is merged is flattened first, on a stack of our own.
    pub(super) fn flatten(&mut self, id: NodeId) -> Result<()> {
        let mut stack = vec![Flattening::new(id)];
        while let Some(top) = stack.last_mut() {
            if let Some(sources) = &mut top.sources {
                if let Some(source) = sources.rest.next() {
                    if self.pairs_of(source).is_none() {
                        return Err(self.error(source, "only mappings can be merged"));
                    }
                    stack.push(Flattening::new(source));
                    if stack.len() > MAX_STEPS {
                        return Err(self.too_deep(id));
                    }
                } else {
                    // Of a list the first wins, so it comes last.
                    for source in std::mem::take(&mut sources.flat).into_iter().rev() {
                        self.work(id, self.graph.pairs[source.0].len())?;
                        let pairs = self.graph.pairs[source.0].iter();
                        top.merged.extend(pairs.map(|pair| Pair { merged: true, ..*pair }));
                    }
                    top.sources = None;
                }
            } else if !self.next_pair(top)? {
                let Some(done) = stack.pop() else { break };
                self.finish(done.mapping, done.merged)?;
                if let (Some(parent), Some(pairs)) = (stack.last_mut(), self.pairs_of(done.mapping))
                    && let Some(sources) = &mut parent.sources
                {
                    sources.flat.push(pairs);
                }
            }
        }
        Ok(())
    }

    /// Deals with the next pair; whether there was one.
    fn next_pair(&mut self, flattening: &mut Flattening) -> Result<bool> {
        let Some(pairs) = self.pairs_of(flattening.mapping) else {
            return Ok(false);
        };
        let index = flattening.index;
        let Some(pair) = self.graph.pairs[pairs.0].get(index).copied() else {
            return Ok(false);
        };
        match self.graph.node(pair.key).tag {
            Tag::Merge => {
                // Moving the rest up is much cheaper a pair than copying it.
                self.work(flattening.mapping, self.graph.pairs[pairs.0].len() / 64)?;
                self.graph.pairs[pairs.0].remove(index);
                let sources = match &self.graph.node(pair.value).content {
                    Content::Mapping(_) => vec![pair.value],
                    Content::Sequence(items) => items.clone(),
                    Content::Scalar(_) => {
                        return Err(self.error(pair.value, "'<<' merges a mapping or a list of mappings"));
                    }
                };
                flattening.sources = Some(Sources { rest: sources.into_iter(), flat: Vec::new() });
            }
            Tag::Value => {
                self.graph.nodes[pair.key.0].tag = Tag::Str;
                flattening.index += 1;
            }
            _ => flattening.index += 1,
        }
        Ok(true)
    }

    fn finish(&mut self, mapping: NodeId, mut merged: Vec<Pair>) -> Result<()> {
        if let (false, Some(pairs)) = (merged.is_empty(), self.pairs_of(mapping)) {
            self.work(mapping, self.graph.pairs[pairs.0].len())?;
            let merged_first = merged.len();
            merged.extend_from_slice(&self.graph.pairs[pairs.0]);
            if fault!(YamlMergedKeysWin) {
                merged.rotate_left(merged_first);
            }
            let merged = self.graph.add_pairs(merged);
            self.graph.nodes[mapping.0].content = Content::Mapping(merged);
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
            return Err(FileError::new(at, Limit::TooLarge, "the merge keys of this file copy too much"));
        }
        Ok(())
    }
}

impl Flattening {
    fn new(mapping: NodeId) -> Self {
        Self { mapping, index: 0, merged: Vec::new(), sources: None }
    }
}
