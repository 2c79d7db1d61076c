//! Recursion on a stack of our own.
//!
//! A grammar recurses as deeply as the text is nested. Its rules are `async` functions, so that each is a state
//! that the compiler makes; a rule that needs another asks for it here and pauses, and the loop of
//! [`Parser::run`] keeps the paused ones in a vector. Nothing is concurrent.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::Stop;
use super::operators::Binding;
use super::parser::Parser;
use super::tree::NodeId;

/// A rule that other rules ask for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// A whole text.
    Expressions,
    Expression,
    Operators(Binding),
    Primary,
}

type Running<'p> = Pin<Box<dyn Future<Output = Result<NodeId, Stop>> + 'p>>;

/// What goes between a rule and the one that it asked for.
#[derive(Default)]
pub(super) struct Calls {
    asked: Cell<Option<Rule>>,
    found: Cell<Option<NodeId>>,
}

impl Parser<'_> {
    /// Reads what a rule describes, which stands `levels` deeper for CPython's parser.
    pub(super) async fn call(&self, rule: Rule, levels: usize) -> Result<NodeId, Stop> {
        let level = self.descend(levels)?;
        self.calls.asked.set(Some(rule));
        let node = poll_fn(|_| self.calls.found.take().map_or(Poll::Pending, Poll::Ready)).await;
        self.ascend(level);
        Ok(node)
    }

    /// Reads what a rule describes from the current token on.
    pub(super) fn run(&self, rule: Rule) -> Result<NodeId, Stop> {
        let mut running = vec![self.start(rule)];
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let Some(innermost) = running.last_mut() else {
                return self.calls.found.take().ok_or(Stop::Syntax);
            };
            if let Poll::Ready(read) = innermost.as_mut().poll(&mut context) {
                // Every rule fails where one that it asked for fails.
                self.calls.found.set(Some(read?));
                running.pop();
            } else if let Some(rule) = self.calls.asked.take() {
                running.push(self.start(rule));
            }
        }
    }

    fn start(&self, rule: Rule) -> Running<'_> {
        match rule {
            Rule::Expressions => Box::pin(self.expressions()),
            Rule::Expression => Box::pin(self.expression()),
            Rule::Operators(loosest) => Box::pin(self.operators(loosest)),
            Rule::Primary => Box::pin(self.primary()),
        }
    }
}
