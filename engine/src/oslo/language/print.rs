//! The canonical text of a check tree: what upstream's `str(check)` gives.

use std::fmt;

use super::check::{Check, CheckTree, NodeId};
use crate::oslo::python::{Buffer, PyStr};

impl CheckTree {
    /// The canonical text (upstream's `str(check)`), lone surrogates included.
    ///
    /// ```
    /// use assay_engine::oslo::parse_text;
    /// assert_eq!(parse_text("a:1 and NOT (b:2)").text(), "(a:1 and not b:2)".into());
    /// ```
    #[must_use]
    pub fn text(&self) -> PyStr {
        self.text_of(self.root())
    }

    /// The canonical text of a part of the tree.
    ///
    /// ```
    /// use assay_engine::oslo::parse_text;
    /// let tree = parse_text("not (a:1 or b:2)");
    /// assert_eq!(tree.text_of(tree.children(tree.root())[0]), "(a:1 or b:2)".into());
    /// ```
    #[must_use]
    pub fn text_of(&self, part: NodeId) -> PyStr {
        enum Piece {
            Node(NodeId),
            Text(&'static str),
        }
        let mut out = Buffer::default();
        // No recursion, so that no depth of nesting overflows the stack.
        let mut pieces = vec![Piece::Node(part)];
        while let Some(piece) = pieces.pop() {
            let id = match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Node(id) => id,
            };
            let (operands, joint) = match self.check(id) {
                Check::True => {
                    out.push('@');
                    continue;
                }
                Check::False => {
                    out.push('!');
                    continue;
                }
                Check::Base(base) => {
                    out.push_py(&base.kind);
                    out.push(':');
                    out.push_py(&base.text);
                    continue;
                }
                Check::Not(operand) => {
                    out.push_str("not ");
                    pieces.push(Piece::Node(*operand));
                    continue;
                }
                Check::And(operands) => (operands, " and "),
                Check::Or(operands) => (operands, " or "),
            };
            out.push('(');
            pieces.push(Piece::Text(")"));
            for (index, operand) in operands.iter().enumerate().rev() {
                pieces.push(Piece::Node(*operand));
                if index > 0 {
                    pieces.push(Piece::Text(joint));
                }
            }
        }
        out.finish()
    }
}

/// The [canonical text](CheckTree::text) for people: a lone surrogate is written as U+FFFD.
impl fmt::Display for CheckTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}
