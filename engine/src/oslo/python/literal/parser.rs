//! Which token sequences are Python expressions.
//!
//! A descent over the part of Python's grammar that `ast.parse(mode="eval")` knows, which is the same in 3.11,
//! 3.12 and 3.13. Only what `ast.literal_eval` looks at is kept of an expression: everything that cannot be a
//! part of a literal is [`Node::Other`].
//!
//! What is only found out when CPython compiles is no error here: two parameters of one name, `await`
//! outside of a function, `yield` at the top.

use std::cell::{Cell, RefCell};

use super::calls::{Calls, Rule};
use super::identifiers::is_written;
use super::limits::{self, Levels};
use super::operators::Binding;
use super::strings::{Text, concatenate};
use super::tokens::{Token, TokenKind, Tokens};
use super::tree::{Node, NodeId, Tree};
use super::{Stop, numbers};
use crate::oslo::python::value::Value;

/// What a text was parsed to.
pub(super) enum Parsed {
    Expression(Tree, NodeId),
    /// A line starts with blanks where the expression has ended or not yet begun: `IndentationError`.
    Indented,
}

/// The parser of one text.
pub(super) struct Parser<'a> {
    tokens: Tokens<'a>,
    at: Cell<usize>,
    tree: RefCell<Tree>,
    pub(super) calls: Calls,
    levels: Levels,
    /// Where some expression could be a statement of Python 2 (`print -1`). CPython looks for these when it
    /// words an error, and then a `SyntaxError` takes the place of an `IndentationError`.
    legacy: RefCell<Vec<usize>>,
    /// Whether 3.12 or 3.13 may read something else.
    varies: Cell<bool>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let tokens = Tokens::of(source);
        Self {
            varies: Cell::new(tokens.varies),
            tokens,
            at: Cell::default(),
            tree: RefCell::default(),
            calls: Calls::default(),
            levels: Levels::default(),
            legacy: RefCell::default(),
        }
    }

    /// A whole text: `expressions NEWLINE* ENDMARKER`. Says also whether 3.12 or 3.13 may read it otherwise.
    pub(super) fn text(self) -> (Result<Parsed, Stop>, bool) {
        let read = self.end_of_text();
        let deep = match &read {
            Ok(Some(root)) => limits::may_vary(&self.levels, self.tree.borrow().depth(*root)),
            _ => self.tokens.deep,
        };
        let varies = self.varies.get() || deep;
        let tree = self.tree.into_inner();
        (read.map(|root| root.map_or(Parsed::Indented, |root| Parsed::Expression(tree, root))), varies)
    }

    /// The root, or `None` for [`Parsed::Indented`].
    fn end_of_text(&self) -> Result<Option<NodeId>, Stop> {
        if self.token().kind == TokenKind::Indent {
            return Ok(None);
        }
        let root = self.run(Rule::Expressions).map_err(|stop| self.second_pass(stop))?;
        while self.token().kind == TokenKind::Newline {
            self.pass(1);
        }
        match self.token().kind {
            TokenKind::End if self.tree.borrow().depth(root) > limits::MAX_DEPTH => Err(Stop::Recursion),
            TokenKind::End => Ok(Some(root)),
            TokenKind::Indent if !self.is_legacy() => Ok(None),
            _ => Err(self.second_pass(Stop::Syntax)),
        }
    }

    /// CPython reads a text once more to word an error, unless the tokenizer has raised it.
    fn second_pass(&self, stop: Stop) -> Stop {
        let raised = self.token().kind == TokenKind::Error;
        if stop == Stop::Syntax && !raised && self.levels.exhausted_by_second_pass() {
            Stop::Memory
        } else {
            stop
        }
    }

    /// The expression of an f-string, in the parentheses that CPython puts around it; how deep it is.
    pub(super) fn formatted_expression(&self) -> Result<usize, Stop> {
        let root = self.run(Rule::Expressions)?;
        Ok(self.tree.borrow().depth(root))
    }

    pub(super) fn may_vary(&self) -> bool {
        self.varies.get()
    }

    /// Stands deeper for CPython's parser; what it stood at before.
    pub(super) fn descend(&self, levels: usize) -> Result<usize, Stop> {
        self.levels.descend(levels).ok_or(Stop::Memory)
    }

    pub(super) fn ascend(&self, level: usize) {
        self.levels.ascend(level);
    }

    pub(super) fn token(&self) -> Token<'a> {
        // The last token is never passed.
        self.tokens.list[self.at.get()]
    }

    pub(super) fn pass(&self, tokens: usize) {
        self.at.set(self.at.get() + tokens);
    }

    /// Whether the token at a distance is this operator or keyword.
    pub(super) fn is_at(&self, distance: usize, text: &str) -> bool {
        self.tokens.list.get(self.at.get() + distance).is_some_and(|token| {
            matches!(token.kind, TokenKind::Operator | TokenKind::Keyword) && token.text == text
        })
    }

    pub(super) fn at(&self, text: &str) -> bool {
        self.is_at(0, text)
    }

    pub(super) fn eat(&self, text: &str) -> bool {
        let found = self.at(text);
        self.pass(usize::from(found));
        found
    }

    pub(super) fn expect(&self, text: &str) -> Result<(), Stop> {
        if self.eat(text) { Ok(()) } else { Err(Stop::Syntax) }
    }

    /// Passes a name that stands in front of this operator, and the operator.
    pub(super) fn eat_name_and(&self, operator: &str) -> bool {
        let found = self.token().kind == TokenKind::Name && self.is_at(1, operator);
        self.pass(if found { 2 } else { 0 });
        found
    }

    pub(super) fn eat_name(&self) -> bool {
        let found = self.token().kind == TokenKind::Name;
        self.pass(usize::from(found));
        found
    }

    pub(super) fn add(&self, node: Node, target: bool, children: &[NodeId]) -> NodeId {
        self.tree.borrow_mut().add(node, target, children, 1)
    }

    pub(super) fn other(&self, children: &[NodeId]) -> NodeId {
        self.add(Node::Other, false, children)
    }

    /// What is no node of its own to CPython, or whose node its parent stands for.
    pub(super) fn together(&self, children: &[NodeId]) -> NodeId {
        self.tree.borrow_mut().add(Node::Other, false, children, 0)
    }

    pub(super) fn is_target(&self, id: NodeId) -> bool {
        self.tree.borrow().is_target(id)
    }

    /// `expression (',' expression)* [',']`.
    pub(super) async fn expressions(&self) -> Result<NodeId, Stop> {
        let first = self.call(Rule::Expression, 0).await?;
        if !self.at(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat(",") {
            if matches!(self.token().kind, TokenKind::Newline | TokenKind::End | TokenKind::Indent) {
                break;
            }
            items.push(self.call(Rule::Expression, limits::LATER_ITEM).await?);
        }
        Ok(self.tuple(items))
    }

    pub(super) fn tuple(&self, items: Vec<NodeId>) -> NodeId {
        let target = items.iter().all(|&item| self.is_target(item));
        let children = items.clone();
        self.add(Node::Tuple(items), target, &children)
    }

    /// A conditional, a lambda, or operators.
    pub(super) async fn expression(&self) -> Result<NodeId, Stop> {
        self.note_legacy_statement();
        if self.eat("lambda") {
            let parameters = self.parameters().await?;
            self.expect(":")?;
            let body = self.call(Rule::Expression, limits::LAMBDA).await?;
            return Ok(self.other(&[parameters, body]));
        }
        let body = self.operators(Binding::Or).await?;
        if !self.eat("if") {
            return Ok(body);
        }
        let condition = self.operators(Binding::Or).await?;
        self.expect("else")?;
        let otherwise = self.call(Rule::Expression, limits::ELSE).await?;
        Ok(self.other(&[body, condition, otherwise]))
    }

    fn note_legacy_statement(&self) {
        let token = self.token();
        let named = token.kind == TokenKind::Name
            && ["print", "exec"].iter().any(|name| is_written(token.text, name));
        if named && ["+", "-", "*", "["].iter().any(|start| self.is_at(1, start)) {
            self.legacy.borrow_mut().push(self.at.get() + 1);
        }
    }

    /// Whether one of the noted places starts an expression by itself; a bracket need not (`print[1:2]`).
    fn is_legacy(&self) -> bool {
        let noted = self.legacy.take();
        let is_statement = |&start: &usize| {
            self.at.set(start);
            !self.at("[") || self.run(Rule::Primary).is_ok()
        };
        noted.iter().any(is_statement)
    }

    /// `name := expression`, or an expression.
    pub(super) async fn named_expression(&self, levels: usize) -> Result<NodeId, Stop> {
        if self.eat_name_and(":=") {
            let value = self.call(Rule::Expression, levels + 1).await?;
            return Ok(self.other(&[value]));
        }
        self.call(Rule::Expression, levels).await
    }

    /// An atom with attributes, calls and subscripts.
    pub(super) async fn primary(&self) -> Result<NodeId, Stop> {
        let mut node = self.atom().await?;
        loop {
            node = if self.eat(".") {
                if !self.eat_name() {
                    return Err(Stop::Syntax);
                }
                self.add(Node::Other, true, &[node])
            } else if self.eat("(") {
                if self.eat(")") { self.empty_call(node) } else { self.arguments(node).await? }
            } else if self.eat("[") {
                let slices = self.slices().await?;
                self.add(Node::Other, true, &[node, slices])
            } else {
                return Ok(node);
            };
        }
    }

    fn empty_call(&self, function: NodeId) -> NodeId {
        let is_set = self.tree.borrow().is_set_name(function);
        self.add(if is_set { Node::SetCall } else { Node::Other }, false, &[function])
    }

    async fn atom(&self) -> Result<NodeId, Stop> {
        let token = self.token();
        let node = match (token.kind, token.text) {
            (TokenKind::Name, text) if is_written(text, "set") => self.add(Node::SetName, true, &[]),
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
            (TokenKind::Operator, "(" | "[" | "{") => return self.brackets().await,
            _ => return Err(Stop::Syntax),
        };
        self.pass(1);
        Ok(node)
    }

    fn texts(&self) -> Result<NodeId, Stop> {
        let start = self.at.get();
        while self.token().kind == TokenKind::Text {
            self.pass(1);
        }
        let joined = concatenate(&self.tokens.list[start..self.at.get()], &self.varies)?;
        Ok(match joined {
            Text::Constant(value) => self.add(Node::Constant(value), false, &[]),
            Text::Formatted { depth } => {
                // From 3.12 on the expressions count as parts of this text.
                self.levels.note(limits::FORMATTED);
                self.tree.borrow_mut().add(Node::Other, false, &[], depth)
            }
        })
    }
}
