//! What stands in brackets: groups, tuples, lists, sets, dicts, comprehensions.

use super::calls::Rule;
use super::operators::Binding;
use super::parser::Parser;
use super::tree::{Node, NodeId};
use super::{Stop, limits};

impl Parser<'_> {
    /// At an opening bracket that starts an atom.
    pub(super) async fn brackets(&self) -> Result<NodeId, Stop> {
        if self.eat("(") {
            self.parentheses().await
        } else if self.eat("[") {
            self.list().await
        } else {
            self.expect("{")?;
            self.braces().await
        }
    }

    async fn parentheses(&self) -> Result<NodeId, Stop> {
        if self.eat(")") {
            return Ok(self.tuple(Vec::new()));
        }
        if self.eat("yield") {
            return self.yielded().await;
        }
        let starred = self.at("*");
        let first = self.item(limits::GROUP, limits::UNPACKED_IN_GROUP).await?;
        if !starred && self.at_comprehension() {
            return self.comprehension(first, ")", 0).await;
        }
        if self.at(",") {
            let items = self.more_items(first, ")").await?;
            return Ok(self.tuple(items));
        }
        self.expect(")")?;
        if starred { Err(Stop::Syntax) } else { Ok(first) }
    }

    /// What follows `(yield`.
    async fn yielded(&self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        if self.eat("from") {
            let source = self.call(Rule::Expression, limits::SOURCE).await?;
            deepest = self.other(&[source]);
        } else {
            let mut later = 0;
            while !self.at(")") {
                // Here the grammar wants an expression where elsewhere it allows `name := value`.
                let (rule, levels) = if self.eat("*") {
                    (Rule::Operators(Binding::BitOr), limits::UNPACKED + limits::LATER_ITEM)
                } else {
                    (Rule::Expression, limits::ITEM)
                };
                let item = self.call(rule, levels + later).await?;
                later = 2 * limits::LATER_ITEM;
                deepest = self.together(&[deepest, item]);
                if !self.eat(",") {
                    break;
                }
            }
        }
        self.expect(")")?;
        Ok(self.other(&[deepest]))
    }

    async fn list(&self) -> Result<NodeId, Stop> {
        if self.eat("]") {
            return Ok(self.add(Node::List(Vec::new()), true, &[]));
        }
        let starred = self.at("*");
        let first = self.item(limits::ITEM, limits::UNPACKED).await?;
        if !starred && self.at_comprehension() {
            return self.comprehension(first, "]", 0).await;
        }
        let items = self.more_items(first, "]").await?;
        let (target, children) = (items.iter().all(|&item| self.is_target(item)), items.clone());
        Ok(self.add(Node::List(items), target, &children))
    }

    async fn braces(&self) -> Result<NodeId, Stop> {
        if self.eat("}") {
            return Ok(self.add(Node::Dict(Vec::new()), false, &[]));
        }
        if self.at("**") {
            return self.dict(Vec::new()).await;
        }
        let starred = self.at("*");
        let first = if self.eat_name_and(":=") {
            let value = self.call(Rule::Expression, limits::ITEM + limits::LATER_ITEM).await?;
            self.other(&[value])
        } else {
            let first = self.item(limits::ITEM, limits::UNPACKED).await?;
            if !starred && self.eat(":") {
                let value = self.call(Rule::Expression, limits::ITEM).await?;
                if self.at_comprehension() {
                    let pair = self.together(&[first, value]);
                    return self.comprehension(pair, "}", 0).await;
                }
                return self.dict(vec![(Some(first), value)]).await;
            }
            first
        };
        if !starred && self.at_comprehension() {
            return self.comprehension(first, "}", 0).await;
        }
        let items = self.more_items(first, "}").await?;
        let children = items.clone();
        Ok(self.add(Node::Set(items), false, &children))
    }

    /// A dict of which some pairs have been read.
    async fn dict(&self, mut pairs: Vec<(Option<NodeId>, NodeId)>) -> Result<NodeId, Stop> {
        while pairs.is_empty() || self.eat(",") {
            if self.at("}") {
                break;
            }
            if self.eat("**") {
                let later = if pairs.is_empty() { 0 } else { limits::LATER_ITEM };
                let mapping = self.call(Rule::Operators(Binding::BitOr), limits::UNPACKED + later).await?;
                pairs.push((None, mapping));
            } else {
                let levels = limits::ITEM + limits::LATER_ITEM;
                let key = self.call(Rule::Expression, levels).await?;
                self.expect(":")?;
                let value = self.call(Rule::Expression, levels).await?;
                pairs.push((Some(key), value));
            }
        }
        self.expect("}")?;
        let children: Vec<NodeId> =
            pairs.iter().flat_map(|&(key, value)| key.into_iter().chain([value])).collect();
        Ok(self.add(Node::Dict(pairs), false, &children))
    }

    /// `*operators`, or an expression that may be named.
    async fn item(&self, levels: usize, unpacked: usize) -> Result<NodeId, Stop> {
        if !self.eat("*") {
            return self.named_expression(levels).await;
        }
        let unpacked = self.call(Rule::Operators(Binding::BitOr), unpacked).await?;
        let target = self.is_target(unpacked);
        Ok(self.add(Node::Other, target, &[unpacked]))
    }

    /// The items behind the first, and the bracket.
    async fn more_items(&self, first: NodeId, close: &str) -> Result<Vec<NodeId>, Stop> {
        let mut items = vec![first];
        while self.eat(",") && !self.at(close) {
            let is_third_in_group = close == ")" && items.len() > 1;
            let later = limits::LATER_ITEM * (1 + usize::from(is_third_in_group));
            items.push(self.item(limits::ITEM + later, limits::UNPACKED + later).await?);
        }
        self.expect(close)?;
        Ok(items)
    }

    pub(super) fn at_comprehension(&self) -> bool {
        self.at("for") || self.at("async")
    }

    /// `([async] for targets in iterable (if condition)*)+`, and the bracket.
    pub(super) async fn comprehension(
        &self,
        element: NodeId,
        close: &str,
        less: usize,
    ) -> Result<NodeId, Stop> {
        let mut deepest = element;
        while !self.eat(close) {
            self.eat("async");
            self.expect("for")?;
            let targets = self.targets().await?;
            let iterable = self.call(Rule::Operators(Binding::Or), limits::SOURCE - less).await?;
            let clause = self.other(&[targets, iterable]);
            deepest = self.together(&[deepest, clause]);
            while self.eat("if") {
                let condition = self.call(Rule::Operators(Binding::Or), limits::ITEM - less).await?;
                let condition = self.other(&[condition]);
                deepest = self.together(&[deepest, condition]);
            }
        }
        Ok(self.other(&[deepest]))
    }

    /// What a comprehension assigns to, and `in`.
    async fn targets(&self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        loop {
            self.eat("*");
            let target = self.call(Rule::Primary, limits::TARGET).await?;
            if !self.is_target(target) {
                return Err(Stop::Syntax);
            }
            deepest = self.together(&[deepest, target]);
            if !self.eat(",") || self.at("in") {
                break;
            }
        }
        self.expect("in")?;
        Ok(deepest)
    }
}
