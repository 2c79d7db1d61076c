//! Which token sequences are Python expressions.
//!
//! A recursive descent over the part of Python's grammar that `ast.parse(mode="eval")` knows, which is
//! the same in 3.11, 3.12 and 3.13. Only what `ast.literal_eval` looks at is kept of an expression:
//! everything that cannot be a part of a literal is [`Node::Other`].
//!
//! What is only found out when CPython compiles is no error here: two parameters of one name, `await`
//! outside of a function, `yield` at the top.

use super::strings::{Text, concatenate};
use super::tokens::{Token, TokenKind, tokenize};
use super::{Depth, Stop, Undecided, numbers};
use crate::oslo::error::Unsupported;
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

/// A parsed expression.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.entries[id].node
    }
}

/// What a text was parsed to.
pub(super) enum Parsed {
    Expression(Tree, NodeId),
    /// A line starts with blanks where the expression has ended or not yet begun: `IndentationError`.
    Indented,
}

/// How deep this parser recurses; a bracket costs three steps. It is chosen so that a stack of 256 KiB is
/// enough in a build without optimisation.
const MAX_RECURSION: usize = 114;

/// From some 2,900 on (fewer where upstream itself was called deep down) CPython raises
/// `RecursionError` when it makes Python objects of a tree.
const MAX_DEPTH: usize = 1000;

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

struct Operator<'a> {
    binding: Binding,
    text: &'a str,
}

/// The parser of one text.
pub(super) struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    tree: Tree,
    depth: Depth,
    undecided: Undecided,
    /// Whether some expression could be a statement of Python 2 (`print -1`). CPython looks for these
    /// when it words an error, and then a `SyntaxError` takes the place of an `IndentationError`.
    legacy: bool,
}

impl<'a> Parser<'a> {
    /// `depth` is that of the text itself.
    pub(super) fn new(source: &'a str, mut depth: Depth) -> Result<Self, Stop> {
        let mut undecided = None;
        let tokens = tokenize(source, &mut depth.levels, &mut undecided)?;
        Ok(Self { tokens, at: 0, tree: Tree::default(), depth, undecided, legacy: false })
    }

    /// Why it would take Unicode's tables to say that the text is valid.
    pub(super) fn undecided(&self) -> Undecided {
        self.undecided
    }

    /// A whole text: `expressions NEWLINE* ENDMARKER`.
    pub(super) fn text(mut self) -> Result<Parsed, Stop> {
        if self.token().kind == TokenKind::Indent {
            return Ok(Parsed::Indented);
        }
        let root = self.expressions()?;
        while self.token().kind == TokenKind::Newline {
            self.at += 1;
        }
        let parsed = match self.token().kind {
            TokenKind::End if self.tree.entries[root].depth > MAX_DEPTH => {
                return Err(Unsupported::Literal.into());
            }
            TokenKind::End => Parsed::Expression(self.tree, root),
            TokenKind::Indent if self.legacy => return Err(Unsupported::Literal.into()),
            TokenKind::Indent => Parsed::Indented,
            _ => return Err(Stop::Syntax),
        };
        match self.undecided {
            Some(reason) => Err(reason.into()),
            None => Ok(parsed),
        }
    }

    /// The expression of an f-string, in the parentheses that CPython puts around it.
    pub(super) fn formatted_expression(&mut self) -> Result<(), Stop> {
        self.expressions().map(drop)
    }

    pub(super) fn token(&self) -> Token<'a> {
        // The last token is never passed.
        self.tokens[self.at]
    }

    /// Whether the token at a distance is this operator or keyword.
    fn is_at(&self, distance: usize, text: &str) -> bool {
        self.tokens.get(self.at + distance).is_some_and(|token| {
            matches!(token.kind, TokenKind::Operator | TokenKind::Keyword) && token.text == text
        })
    }

    pub(super) fn at(&self, text: &str) -> bool {
        self.is_at(0, text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.at(text);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), Stop> {
        if self.eat(text) { Ok(()) } else { Err(Stop::Syntax) }
    }

    /// Passes a name that stands in front of this operator, and the operator.
    pub(super) fn eat_name_and(&mut self, operator: &str) -> bool {
        let found = self.token().kind == TokenKind::Name && self.is_at(1, operator);
        self.at += if found { 2 } else { 0 };
        found
    }

    pub(super) fn eat_name(&mut self) -> bool {
        let found = self.token().kind == TokenKind::Name;
        self.at += usize::from(found);
        found
    }

    pub(super) fn add(&mut self, node: Node, target: bool, children: &[NodeId]) -> NodeId {
        let deepest = children.iter().map(|&child| self.tree.entries[child].depth).max().unwrap_or(0);
        self.tree.entries.push(Entry { node, target, depth: deepest + 1 });
        self.tree.entries.len() - 1
    }

    pub(super) fn other(&mut self, children: &[NodeId]) -> NodeId {
        self.add(Node::Other, false, children)
    }

    pub(super) fn is_target(&self, id: NodeId) -> bool {
        self.tree.entries[id].target
    }

    fn enter(&mut self) -> Result<(), Stop> {
        self.depth.recursion += 1;
        if self.depth.recursion > MAX_RECURSION { Err(Unsupported::Literal.into()) } else { Ok(()) }
    }

    /// `expression (',' expression)* [',']`.
    fn expressions(&mut self) -> Result<NodeId, Stop> {
        let first = self.expression()?;
        if !self.at(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat(",") {
            if matches!(self.token().kind, TokenKind::Newline | TokenKind::End | TokenKind::Indent) {
                break;
            }
            items.push(self.expression()?);
        }
        Ok(self.tuple(items))
    }

    pub(super) fn tuple(&mut self, items: Vec<NodeId>) -> NodeId {
        let target = items.iter().all(|&item| self.is_target(item));
        let children = items.clone();
        self.add(Node::Tuple(items), target, &children)
    }

    /// A conditional, a lambda, or operators.
    pub(super) fn expression(&mut self) -> Result<NodeId, Stop> {
        self.enter()?;
        self.legacy |= self.is_legacy_statement();
        let node = if self.eat("lambda") {
            let deepest = self.parameters()?;
            self.expect(":")?;
            let body = self.expression()?;
            self.other(&[deepest, body])
        } else {
            let body = self.operators(Binding::Or)?;
            if self.eat("if") {
                let condition = self.operators(Binding::Or)?;
                self.expect("else")?;
                let otherwise = self.expression()?;
                self.other(&[body, condition, otherwise])
            } else {
                body
            }
        };
        self.depth.recursion -= 1;
        Ok(node)
    }

    fn is_legacy_statement(&self) -> bool {
        let token = self.token();
        let named = token.kind == TokenKind::Name && matches!(token.text, "print" | "exec");
        named && ["+", "-", "*", "["].iter().any(|start| self.is_at(1, start))
    }

    /// `name := expression`, or an expression.
    pub(super) fn named_expression(&mut self) -> Result<NodeId, Stop> {
        let named = self.eat_name_and(":=");
        let value = self.expression()?;
        Ok(if named { self.other(&[value]) } else { value })
    }

    /// Operators that bind at least as tightly as `loosest`, and their operands.
    pub(super) fn operators(&mut self, loosest: Binding) -> Result<NodeId, Stop> {
        let (mut pending, mut operands) = (Vec::<Operator<'a>>::new(), Vec::new());
        self.enter()?;
        loop {
            while let Some(prefix) = self.prefix(loosest, pending.last()) {
                pending.push(prefix);
            }
            let operand = self.operand()?;
            operands.push(operand);
            let Some(infix) = self.infix(loosest) else { break };
            // `**` groups to the right, all others to the left.
            while let Some(last) = pending.pop_if(|last| {
                last.binding > infix.binding
                    || (last.binding == infix.binding && infix.binding != Binding::Power)
            }) {
                self.reduce(&last, &mut operands);
            }
            pending.push(infix);
        }
        while let Some(last) = pending.pop() {
            self.reduce(&last, &mut operands);
        }
        self.depth.recursion -= 1;
        operands.pop().ok_or(Stop::Syntax)
    }

    /// `not` stands only in front of what binds more tightly; `-a`, `+a` and `~a` everywhere.
    fn prefix(&mut self, loosest: Binding, last: Option<&Operator<'a>>) -> Option<Operator<'a>> {
        let token = self.token();
        let binding = if self.at("not") {
            let allowed = loosest == Binding::Or && last.is_none_or(|last| last.binding <= Binding::Not);
            allowed.then_some(Binding::Not)?
        } else if self.at("-") || self.at("+") || self.at("~") {
            Binding::Unary
        } else {
            return None;
        };
        self.at += 1;
        Some(Operator { binding, text: token.text })
    }

    fn infix(&mut self, loosest: Binding) -> Option<Operator<'a>> {
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
        self.at += length;
        Some(Operator { binding, text: token.text })
    }

    fn reduce(&mut self, operator: &Operator<'a>, operands: &mut Vec<NodeId>) {
        let Some(right) = operands.pop() else { return };
        let negative = operator.text == "-";
        let node = match operator.binding {
            Binding::Unary if operator.text == "~" => self.other(&[right]),
            Binding::Unary => self.add(Node::Signed { negative, operand: right }, false, &[right]),
            Binding::Not => self.other(&[right]),
            binding => {
                let Some(left) = operands.pop() else { return };
                if binding == Binding::Sum {
                    self.add(Node::Sum { minus: negative, left, right }, false, &[left, right])
                } else {
                    self.other(&[left, right])
                }
            }
        };
        operands.push(node);
    }

    /// `[await] primary`.
    fn operand(&mut self) -> Result<NodeId, Stop> {
        let awaited = self.eat("await");
        let primary = self.primary()?;
        Ok(if awaited { self.other(&[primary]) } else { primary })
    }

    /// An atom with attributes, calls and subscripts.
    pub(super) fn primary(&mut self) -> Result<NodeId, Stop> {
        let mut node = self.atom()?;
        loop {
            node = if self.eat(".") {
                if !self.eat_name() {
                    return Err(Stop::Syntax);
                }
                self.add(Node::Other, true, &[node])
            } else if self.at("(") {
                self.enter()?;
                self.at += 1;
                let call = if self.eat(")") { self.empty_call(node) } else { self.call(node)? };
                self.depth.recursion -= 1;
                call
            } else if self.at("[") {
                self.enter()?;
                self.at += 1;
                let slices = self.slices()?;
                self.depth.recursion -= 1;
                self.add(Node::Other, true, &[node, slices])
            } else {
                return Ok(node);
            };
        }
    }

    fn empty_call(&mut self, function: NodeId) -> NodeId {
        let is_set = matches!(self.tree.node(function), Node::SetName);
        self.add(if is_set { Node::SetCall } else { Node::Other }, false, &[function])
    }

    fn atom(&mut self) -> Result<NodeId, Stop> {
        let token = self.token();
        let node = match (token.kind, token.text) {
            (TokenKind::Name, "set") => self.add(Node::SetName, true, &[]),
            (TokenKind::Name, _) => self.add(Node::Other, true, &[]),
            (TokenKind::Number, text) => {
                let value = numbers::value(text).ok_or(Stop::Syntax)?;
                self.add(Node::Constant(value), false, &[])
            }
            (TokenKind::Text, _) => return self.texts(),
            (TokenKind::Keyword, "True") => self.add(Node::Constant(Value::Bool(true)), false, &[]),
            (TokenKind::Keyword, "False") => self.add(Node::Constant(Value::Bool(false)), false, &[]),
            (TokenKind::Keyword, "None") => self.add(Node::Constant(Value::None), false, &[]),
            (TokenKind::Operator, "...") => self.add(Node::Constant(Value::Ellipsis), false, &[]),
            (TokenKind::Operator, "(" | "[" | "{") => {
                self.enter()?;
                let node = self.brackets()?;
                self.depth.recursion -= 1;
                return Ok(node);
            }
            _ => return Err(Stop::Syntax),
        };
        self.at += 1;
        Ok(node)
    }

    fn texts(&mut self) -> Result<NodeId, Stop> {
        let start = self.at;
        while self.token().kind == TokenKind::Text {
            self.at += 1;
        }
        let text = concatenate(&self.tokens[start..self.at], self.depth, &mut self.undecided)?;
        Ok(match text {
            Text::Constant(value) => self.add(Node::Constant(value), false, &[]),
            Text::Formatted => self.other(&[]),
        })
    }
}
