//! A rule as the lints walk over it.

use std::ops::Range;

use assay_engine::oslo::language::{Base, Check, CheckTree, NodeId};
use assay_engine::oslo::load::yaml::{Object, ObjectId};
use assay_engine::oslo::python::Value;

use super::collect::value_range;
use crate::policy::{Entry, PolicyFile};

/// A check `kind:match` of a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf<'r> {
    pub(super) id: NodeId,
    pub(super) base: &'r Base,
    /// Whether an odd number of `not` stands over it.
    pub(super) negated: bool,
    /// Its position among the checks that stand in the text, `@` and `!` included.
    index: usize,
}

impl<'r> Leaf<'r> {
    /// The part in front of the colon.
    pub(super) fn kind(&self) -> &'r str {
        self.base.kind.masked()
    }

    /// The part behind it.
    pub(super) fn text(&self) -> &'r str {
        self.base.text.masked()
    }
}

/// A rule of a policy file that upstream can load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'r> {
    pub(super) file: &'r PolicyFile,
    pub(super) entry: &'r Entry,
    pub(super) tree: &'r CheckTree,
}

impl<'r> Rule<'r> {
    pub(super) fn of(file: &'r PolicyFile, entry: &'r Entry) -> Option<Self> {
        entry.tree.as_ref().ok().map(|tree| Self { file, entry, tree })
    }

    pub(super) fn name(&self) -> &'r str {
        &self.entry.name
    }

    pub(super) fn place(&self) -> (&'r PolicyFile, &'r Entry) {
        (self.file, self.entry)
    }

    /// Its checks `kind:match` from left to right.
    pub(super) fn leaves(&self) -> Vec<Leaf<'r>> {
        let tree = self.tree;
        let mut leaves = Vec::new();
        let mut open = vec![(tree.root(), false)];
        let mut index = 0;
        while let Some((id, negated)) = open.pop() {
            match tree.check(id) {
                Check::Base(base) => leaves.push(Leaf { id, base, negated, index }),
                Check::Not(operand) => open.push((*operand, !negated)),
                Check::And(operands) | Check::Or(operands) => {
                    open.extend(operands.iter().rev().map(|id| (*id, negated)));
                }
                Check::True | Check::False => {}
            }
            index += usize::from(tree.children(id).is_empty());
        }
        leaves
    }

    /// Where a check stands in the file.
    pub(super) fn range(&self, leaf: &Leaf<'_>) -> Range<usize> {
        self.part(leaf, 0..leaf.base.kind.masked().len() + 1 + leaf.base.text.masked().len())
    }

    /// Where a part of a check stands in the file: bytes of `kind:match`.
    pub(super) fn part(&self, leaf: &Leaf<'_>, part: Range<usize>) -> Range<usize> {
        let found = if self.entry.text().is_some() {
            let start = self.tree.node(leaf.id).span.start;
            self.file.bytes_in(self.entry, &(start + part.start..start + part.end))
        } else {
            self.part_of_item(leaf, part)
        };
        found.unwrap_or_else(|| value_range(self.place()))
    }

    fn part_of_item(&self, leaf: &Leaf<'_>, part: Range<usize>) -> Option<Range<usize>> {
        let item = *items(self.file, self.entry).get(leaf.index)?;
        item_part(self.file, item, part)
    }
}

/// Where bytes of an item of a list rule stand in the file.
pub(super) fn item_part(file: &PolicyFile, item: ObjectId, part: Range<usize>) -> Option<Range<usize>> {
    let Object::Scalar(Value::Str(text)) = file.document.object(item) else {
        return None;
    };
    let (written, text) = (file.document.written(item), text.masked());
    let start = file.byte_of(written, text, part.start)?;
    let end = match part.end >= text.len() {
        true => file.byte_of(written, text, text.len())?,
        false => file.byte_of(written, text, part.end)?,
    };
    Some(start..end.max(start))
}

/// The items of a list rule that become checks, in their order.
pub(super) fn items(file: &PolicyFile, entry: &Entry) -> Vec<ObjectId> {
    let document = &file.document;
    let mut items = Vec::new();
    for outer in members(file, entry.object) {
        if !document.truthy(outer) {
            continue;
        }
        match document.object(outer) {
            Object::Scalar(_) | Object::Timestamp(_) => items.push(outer),
            _ => items.extend(members(file, outer)),
        }
    }
    items
}

/// What Python's `for` gives of a collection.
pub(super) fn members(file: &PolicyFile, object: ObjectId) -> Vec<ObjectId> {
    match file.document.object(object) {
        Object::List(items) | Object::Set(items) => items.clone(),
        Object::Pairs(pairs) => pairs.iter().flat_map(|(key, value)| [*key, *value]).collect(),
        Object::Dict(entries) => entries.iter().map(|entry| entry.key).collect(),
        Object::Scalar(_) | Object::Timestamp(_) => Vec::new(),
    }
}
