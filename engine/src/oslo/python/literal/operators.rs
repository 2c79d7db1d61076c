//! Operators, and how tightly they bind.

use super::Stop;
use super::parser::Parser;
use super::tokens::TokenKind;
use super::tree::{Node, NodeId};

/// How tightly operators bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Or,
    And,
    Not,
    Comparison,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Term,
    Unary,
    Power,
}

impl Binding {
    /// How much deeper the operand behind an operator stands for CPython's parser.
    const fn levels(self) -> usize {
        match self {
            Self::Or | Self::And | Self::Power => 2,
            Self::Comparison => 3,
            Self::Not | Self::Unary => 1,
            Self::BitOr | Self::BitXor | Self::BitAnd | Self::Shift | Self::Sum | Self::Term => 0,
        }
    }

    /// Whether a chain of them is one node: `a or b or c`, `a < b < c`.
    const fn is_flat(self) -> bool {
        matches!(self, Self::Or | Self::And | Self::Comparison)
    }
}

struct Operator<'a> {
    binding: Binding,
    text: &'a str,
}

/// An operand, and which chain it is if more of the same belongs to it.
struct Operand {
    node: NodeId,
    chain: Option<Binding>,
}

impl<'a> Parser<'a> {
    /// Operators that bind at least as tightly as `loosest`, and their operands.
    pub(super) async fn operators(&self, loosest: Binding) -> Result<NodeId, Stop> {
        let (mut pending, mut operands) = (Vec::<Operator<'a>>::new(), Vec::new());
        // What it costs that these operators are open.
        let mut levels: usize = 0;
        loop {
            while let Some(prefix) = self.prefix(loosest, pending.last()) {
                levels += prefix.binding.levels();
                pending.push(prefix);
            }
            let level = self.descend(levels)?;
            let node = self.operand().await?;
            self.ascend(level);
            operands.push(Operand { node, chain: None });
            let Some(infix) = self.infix(loosest) else { break };
            // `**` groups to the right, all others to the left.
            while let Some(last) = pending.pop_if(|last| {
                last.binding > infix.binding
                    || (last.binding == infix.binding && infix.binding != Binding::Power)
            }) {
                levels -= last.binding.levels();
                self.reduce(&last, &mut operands);
            }
            levels += infix.binding.levels();
            pending.push(infix);
        }
        while let Some(last) = pending.pop() {
            self.reduce(&last, &mut operands);
        }
        operands.pop().map(|operand| operand.node).ok_or(Stop::Syntax)
    }

    /// `not` stands only in front of what binds more tightly; `-a`, `+a` and `~a` everywhere.
    fn prefix(&self, loosest: Binding, last: Option<&Operator<'a>>) -> Option<Operator<'a>> {
        let token = self.token();
        let binding = if self.at("not") {
            let allowed = loosest == Binding::Or && last.is_none_or(|last| last.binding <= Binding::Not);
            allowed.then_some(Binding::Not)?
        } else if self.at("-") || self.at("+") || self.at("~") {
            Binding::Unary
        } else {
            return None;
        };
        self.pass(1);
        Some(Operator { binding, text: token.text })
    }

    fn infix(&self, loosest: Binding) -> Option<Operator<'a>> {
        let token = self.token();
        if !matches!(token.kind, TokenKind::Operator | TokenKind::Keyword) {
            return None;
        }
        let (binding, length) = match token.text {
            "or" => (Binding::Or, 1),
            "and" => (Binding::And, 1),
            "not" if self.is_at(1, "in") => (Binding::Comparison, 2),
            "is" if self.is_at(1, "not") => (Binding::Comparison, 2),
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "is" => (Binding::Comparison, 1),
            "|" => (Binding::BitOr, 1),
            "^" => (Binding::BitXor, 1),
            "&" => (Binding::BitAnd, 1),
            "<<" | ">>" => (Binding::Shift, 1),
            "+" | "-" => (Binding::Sum, 1),
            "*" | "/" | "//" | "%" | "@" => (Binding::Term, 1),
            "**" => (Binding::Power, 1),
            _ => return None,
        };
        if binding < loosest {
            return None;
        }
        self.pass(length);
        Some(Operator { binding, text: token.text })
    }

    fn reduce(&self, operator: &Operator<'a>, operands: &mut Vec<Operand>) {
        let Some(Operand { node: right, .. }) = operands.pop() else { return };
        let negative = operator.text == "-";
        let mut chain = None;
        let node = match operator.binding {
            Binding::Unary if operator.text == "~" => self.other(&[right]),
            Binding::Unary => self.add(Node::Signed { negative, operand: right }, false, &[right]),
            Binding::Not => self.other(&[right]),
            binding => {
                let Some(left) = operands.pop() else { return };
                if binding == Binding::Sum {
                    let children = [left.node, right];
                    self.add(Node::Sum { minus: negative, left: left.node, right }, false, &children)
                } else if binding.is_flat() {
                    chain = Some(binding);
                    // The node of the chain is counted once, with its first two operands.
                    let right = self.other(&[right]);
                    if left.chain == chain {
                        self.together(&[left.node, right])
                    } else {
                        self.flat(left.node, right)
                    }
                } else {
                    self.other(&[left.node, right])
                }
            }
        };
        operands.push(Operand { node, chain });
    }

    /// The first two operands of a chain; the right one counts the chain already.
    fn flat(&self, left: NodeId, right: NodeId) -> NodeId {
        let left = self.other(&[left]);
        self.together(&[left, right])
    }

    /// `[await] primary`.
    async fn operand(&self) -> Result<NodeId, Stop> {
        let awaited = self.eat("await");
        let primary = self.primary().await?;
        Ok(if awaited { self.other(&[primary]) } else { primary })
    }
}
