//! The walk over a tree and the rules that it refers to, on a stack of its own.

use super::{Request, base};
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};
use crate::oslo::language::{Base, BaseClass, Check, CheckTree, NodeId};
use crate::oslo::load::{RuleIndex, Rules};
use crate::oslo::python::PyStr;

/// One decision.
pub(super) struct Walk<'r> {
    rules: &'r Rules,
    request: Request<'r>,
    /// What is known of each rule within this decision.
    states: Vec<State>,
}

/// A rule within one decision. Nothing that a rule looks at changes meanwhile, so it is decided
/// once, and a rule that is met again below itself would go on for ever.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Open,
    Decided(bool),
}

/// An operator, or a reference, that waits for an operand.
enum Frame<'r> {
    Not,
    /// `and` with `stop = false`, `or` with `stop = true`: the first operand that decides as
    /// `stop` does is the answer.
    Junction {
        tree: &'r CheckTree,
        rest: std::slice::Iter<'r, NodeId>,
        stop: bool,
    },
    Reference(RuleIndex),
}

/// What comes next.
enum Step<'r> {
    Visit(&'r CheckTree, NodeId),
    Return(bool),
}

impl<'r> Walk<'r> {
    pub(super) fn new(rules: &'r Rules, request: Request<'r>) -> Self {
        Self { rules, request, states: vec![State::Unknown; rules.len()] }
    }

    /// Decides a rule.
    pub(super) fn rule(mut self, index: RuleIndex) -> Result<bool, Interrupt> {
        self.states[index.0] = State::Open;
        let tree = self.rules.tree(index);
        self.check(tree)
    }

    /// Decides a tree.
    pub(super) fn check(mut self, tree: &'r CheckTree) -> Result<bool, Interrupt> {
        let mut frames = Vec::new();
        let mut step = Step::Visit(tree, tree.root());
        loop {
            step = match step {
                Step::Visit(tree, id) => match self.visit(tree, id, &mut frames) {
                    Ok(next) => next,
                    Err(interrupt) => Step::Return(self.unwind(interrupt, &mut frames)?),
                },
                Step::Return(value) => match frames.pop() {
                    None => return Ok(value),
                    Some(frame) => self.resume(frame, value, &mut frames),
                },
            };
        }
    }

    fn visit(
        &mut self,
        tree: &'r CheckTree,
        id: NodeId,
        frames: &mut Vec<Frame<'r>>,
    ) -> Result<Step<'r>, Interrupt> {
        Ok(match tree.check(id) {
            Check::True => Step::Return(true),
            Check::False => Step::Return(false),
            Check::Not(operand) => {
                frames.push(Frame::Not);
                Step::Visit(tree, *operand)
            }
            // An empty `and` is true, an empty `or` false: `!stop` without a look at anything.
            Check::And(operands) => Self::junction(tree, operands.iter(), false, frames),
            Check::Or(operands) => Self::junction(tree, operands.iter(), true, frames),
            Check::Base(base) => self.base(base, frames)?,
        })
    }

    fn junction(
        tree: &'r CheckTree,
        mut rest: std::slice::Iter<'r, NodeId>,
        stop: bool,
        frames: &mut Vec<Frame<'r>>,
    ) -> Step<'r> {
        match rest.next() {
            None => Step::Return(!stop),
            Some(operand) => {
                frames.push(Frame::Junction { tree, rest, stop });
                Step::Visit(tree, *operand)
            }
        }
    }

    fn resume(&mut self, frame: Frame<'r>, value: bool, frames: &mut Vec<Frame<'r>>) -> Step<'r> {
        match frame {
            Frame::Not => Step::Return(!value),
            Frame::Junction { stop, .. } if value == stop => Step::Return(value),
            Frame::Junction { tree, rest, stop } => Self::junction(tree, rest, stop, frames),
            Frame::Reference(index) => {
                self.states[index.0] = State::Decided(value);
                Step::Return(value)
            }
        }
    }

    fn base(&mut self, base: &'r Base, frames: &mut Vec<Frame<'r>>) -> Result<Step<'r>, Interrupt> {
        match base.class {
            BaseClass::Rule => self.reference(&base.text, frames),
            BaseClass::Role => base::role(&base.text, self.request).map(Step::Return),
            BaseClass::Generic => base::generic(&base.kind, &base.text, self.request).map(Step::Return),
            BaseClass::Http | BaseClass::Https => Err(Unsupported::RemoteCheck.into()),
        }
    }

    /// `RuleCheck`: an undefined rule is false.
    fn reference(&mut self, name: &PyStr, frames: &mut Vec<Frame<'r>>) -> Result<Step<'r>, Interrupt> {
        let Some(index) = self.rules.find_str(name) else {
            return Ok(Step::Return(false));
        };
        match self.states[index.0] {
            State::Decided(value) => Ok(Step::Return(value)),
            // Upstream recurses until CPython's limit; `inspect.getfullargspec`, which it calls for
            // every node, meets the limit first and turns it into a TypeError.
            State::Open => Err(ExceptionClass::TypeError.into()),
            State::Unknown => {
                self.states[index.0] = State::Open;
                frames.push(Frame::Reference(index));
                let tree = self.rules.tree(index);
                Ok(Step::Visit(tree, tree.root()))
            }
        }
    }

    /// An exception on its way up: `RuleCheck` takes a KeyError for an undefined rule, whoever
    /// raised it, and is false.
    fn unwind(&mut self, interrupt: Interrupt, frames: &mut Vec<Frame<'r>>) -> Result<bool, Interrupt> {
        let caught = interrupt == Interrupt::Raised(ExceptionClass::KeyError);
        while let Some(frame) = frames.pop() {
            if let Frame::Reference(index) = frame {
                self.states[index.0] = State::Unknown;
                if caught {
                    return Ok(false);
                }
            }
        }
        Err(interrupt)
    }
}
