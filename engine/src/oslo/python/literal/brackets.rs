//! What stands in brackets: groups, tuples, lists, sets, dicts, comprehensions.

use super::Stop;
use super::parser::{Binding, Node, NodeId, Parser};

impl Parser<'_> {
    /// At an opening bracket that starts an atom.
    pub(super) fn brackets(&mut self) -> Result<NodeId, Stop> {
        if self.eat("(") {
            self.parentheses()
        } else if self.eat("[") {
            self.list()
        } else {
            self.expect("{")?;
            self.braces()
        }
    }

    fn parentheses(&mut self) -> Result<NodeId, Stop> {
        if self.eat(")") {
            return Ok(self.tuple(Vec::new()));
        }
        if self.eat("yield") {
            return self.yielded();
        }
        let starred = self.at("*");
        let first = self.item()?;
        if !starred && self.at_comprehension() {
            return self.comprehension(first, ")");
        }
        if self.at(",") {
            let items = self.more_items(first, ")")?;
            return Ok(self.tuple(items));
        }
        self.expect(")")?;
        if starred { Err(Stop::Syntax) } else { Ok(first) }
    }

    /// What follows `(yield`.
    fn yielded(&mut self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        if self.eat("from") {
            let source = self.expression()?;
            deepest = self.other(&[source]);
        } else {
            while !self.at(")") {
                // Here the grammar wants an expression where elsewhere it allows `name := value`.
                let item = if self.eat("*") { self.operators(Binding::BitOr)? } else { self.expression()? };
                deepest = self.other(&[deepest, item]);
                if !self.eat(",") {
                    break;
                }
            }
        }
        self.expect(")")?;
        Ok(deepest)
    }

    fn list(&mut self) -> Result<NodeId, Stop> {
        if self.eat("]") {
            return Ok(self.add(Node::List(Vec::new()), true, &[]));
        }
        let starred = self.at("*");
        let first = self.item()?;
        if !starred && self.at_comprehension() {
            return self.comprehension(first, "]");
        }
        let items = self.more_items(first, "]")?;
        let (target, children) = (items.iter().all(|&item| self.is_target(item)), items.clone());
        Ok(self.add(Node::List(items), target, &children))
    }

    fn braces(&mut self) -> Result<NodeId, Stop> {
        if self.eat("}") {
            return Ok(self.add(Node::Dict(Vec::new()), false, &[]));
        }
        if self.at("**") {
            return self.dict(Vec::new());
        }
        let starred = self.at("*");
        let first = if self.eat_name_and(":=") {
            let value = self.expression()?;
            self.other(&[value])
        } else {
            let first = self.item()?;
            if !starred && self.eat(":") {
                let value = self.expression()?;
                if self.at_comprehension() {
                    let pair = self.other(&[first, value]);
                    return self.comprehension(pair, "}");
                }
                return self.dict(vec![(Some(first), value)]);
            }
            first
        };
        if !starred && self.at_comprehension() {
            return self.comprehension(first, "}");
        }
        let items = self.more_items(first, "}")?;
        let children = items.clone();
        Ok(self.add(Node::Set(items), false, &children))
    }

    /// A dict of which some pairs have been read.
    fn dict(&mut self, mut pairs: Vec<(Option<NodeId>, NodeId)>) -> Result<NodeId, Stop> {
        while pairs.is_empty() || self.eat(",") {
            if self.at("}") {
                break;
            }
            if self.eat("**") {
                let mapping = self.operators(Binding::BitOr)?;
                pairs.push((None, mapping));
            } else {
                let key = self.expression()?;
                self.expect(":")?;
                let value = self.expression()?;
                pairs.push((Some(key), value));
            }
        }
        self.expect("}")?;
        let children: Vec<NodeId> =
            pairs.iter().flat_map(|&(key, value)| key.into_iter().chain([value])).collect();
        Ok(self.add(Node::Dict(pairs), false, &children))
    }

    /// `*operators`, or an expression that may be named.
    fn item(&mut self) -> Result<NodeId, Stop> {
        if !self.eat("*") {
            return self.named_expression();
        }
        let unpacked = self.operators(Binding::BitOr)?;
        let target = self.is_target(unpacked);
        Ok(self.add(Node::Other, target, &[unpacked]))
    }

    /// The items behind the first, and the bracket.
    fn more_items(&mut self, first: NodeId, close: &str) -> Result<Vec<NodeId>, Stop> {
        let mut items = vec![first];
        while self.eat(",") && !self.at(close) {
            items.push(self.item()?);
        }
        self.expect(close)?;
        Ok(items)
    }

    pub(super) fn at_comprehension(&self) -> bool {
        self.at("for") || self.at("async")
    }

    /// `([async] for targets in iterable (if condition)*)+`, and the bracket.
    pub(super) fn comprehension(&mut self, element: NodeId, close: &str) -> Result<NodeId, Stop> {
        let mut deepest = element;
        while !self.eat(close) {
            self.eat("async");
            self.expect("for")?;
            let targets = self.targets()?;
            let iterable = self.operators(Binding::Or)?;
            deepest = self.other(&[deepest, targets, iterable]);
            while self.eat("if") {
                let condition = self.operators(Binding::Or)?;
                deepest = self.other(&[deepest, condition]);
            }
        }
        Ok(deepest)
    }

    /// What a comprehension assigns to, and `in`.
    fn targets(&mut self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        loop {
            self.eat("*");
            let target = self.primary()?;
            if !self.is_target(target) {
                return Err(Stop::Syntax);
            }
            deepest = self.other(&[deepest, target]);
            if !self.eat(",") || self.at("in") {
                break;
            }
        }
        self.expect("in")?;
        Ok(deepest)
    }
}
