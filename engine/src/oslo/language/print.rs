//! The canonical text of a check tree: what upstream's `str(check)` gives.

use std::fmt;

use super::check::{Check, CheckTree, NodeId};

/// Writes without recursion, so that no depth of nesting overflows the stack.
impl fmt::Display for CheckTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        enum Piece {
            Node(NodeId),
            Text(&'static str),
        }
        let mut pieces = vec![Piece::Node(self.root())];
        while let Some(piece) = pieces.pop() {
            let id = match piece {
                Piece::Text(text) => {
                    f.write_str(text)?;
                    continue;
                }
                Piece::Node(id) => id,
            };
            let (operands, joint) = match self.check(id) {
                Check::True => {
                    f.write_str("@")?;
                    continue;
                }
                Check::False => {
                    f.write_str("!")?;
                    continue;
                }
                Check::Base(base) => {
                    write!(f, "{}:{}", base.kind, base.text)?;
                    continue;
                }
                Check::Not(operand) => {
                    f.write_str("not ")?;
                    pieces.push(Piece::Node(*operand));
                    continue;
                }
                Check::And(operands) => (operands, " and "),
                Check::Or(operands) => (operands, " or "),
            };
            f.write_str("(")?;
            pieces.push(Piece::Text(")"));
            for (index, operand) in operands.iter().enumerate().rev() {
                pieces.push(Piece::Node(*operand));
                if index > 0 {
                    pieces.push(Piece::Text(joint));
                }
            }
        }
        Ok(())
    }
}
