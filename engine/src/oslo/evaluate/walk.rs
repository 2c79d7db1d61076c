//! The walk over a tree and the rules that it refers to, on a stack of its own.

use super::custom::{Call, Checks, CustomCheck};
use super::frames::Frames;
use super::{Request, base, remote};
use crate::oslo::error::{ExceptionClass, Interrupt, Limit};
use crate::oslo::language::{Base, BaseClass, Check, CheckTree, NodeId};
use crate::oslo::load::{RuleIndex, Rules};
use crate::oslo::python::percent::format_str;
use crate::oslo::python::{PyStr, Value};

/// How many custom and remote checks one decision may call.
const MAX_CALLS: usize = 1 << 20;

/// One decision.
pub(super) struct Walk<'r> {
    rules: &'r Rules,
    request: Request<'r>,
    checks: &'r Checks,
    /// The rule that was asked for, which remote and custom checks are told.
    asked: Option<&'r str>,
    /// How many custom and remote checks have been called.
    calls: usize,
    /// What the last check handed back, if that is no bool and nothing has made one of it.
    handed: Option<Value>,
    /// What is known of each rule within this decision.
    known: Vec<Option<Decided>>,
    /// The most frames that upstream has taken since the innermost open reference.
    deepest: Frames,
}

/// A rule within one decision. Nothing that upstream's local checks look at changes meanwhile, so a rule
/// that called no other is decided once.
#[derive(Clone, Copy)]
struct Decided {
    value: bool,
    /// The most frames that this took, beyond those that were taken where the rule was reached. At a
    /// deeper place they may be too many.
    height: Frames,
}

/// An operator, or a reference, that waits for an operand. Each is one level of upstream's recursion.
enum Frame<'r> {
    Not,
    /// What a junction comes to whatever the rest of it says.
    #[cfg(feature = "faults")]
    Settled(bool),
    /// `and` with `stop = false`, `or` with `stop = true`: the first operand that decides as
    /// `stop` does is the answer.
    Junction {
        tree: &'r CheckTree,
        rest: std::slice::Iter<'r, NodeId>,
        stop: bool,
    },
    /// `deepest` is that of the reference, or the decision, around it; `calls` had been made before.
    Reference {
        index: RuleIndex,
        deepest: Frames,
        calls: usize,
    },
}

/// What comes next.
enum Step<'r> {
    Visit(&'r CheckTree, NodeId),
    Return(bool),
}

impl<'r> Walk<'r> {
    pub(super) fn new(
        rules: &'r Rules,
        request: Request<'r>,
        checks: &'r Checks,
        asked: Option<&'r str>,
    ) -> Self {
        let known = vec![None; rules.positions()];
        Self { rules, request, checks, asked, calls: 0, handed: None, known, deepest: Frames::NONE }
    }

    /// Decides a rule.
    pub(super) fn rule(self, index: RuleIndex) -> Result<Value, Interrupt> {
        let tree = self.rules.tree(index);
        self.check(tree)
    }

    /// Decides a tree.
    pub(super) fn check(mut self, tree: &'r CheckTree) -> Result<Value, Interrupt> {
        let mut frames = Vec::new();
        let mut step = Step::Visit(tree, tree.root());
        loop {
            step = match step {
                Step::Visit(tree, id) => match self.visit(tree, id, &mut frames) {
                    Ok(next) => next,
                    Err(interrupt) => Step::Return(self.unwind(interrupt, &mut frames)?),
                },
                Step::Return(value) => match frames.pop() {
                    None => return Ok(self.handed.unwrap_or(Value::Bool(value))),
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
        let taken = Frames::of_level(frames.len());
        if taken.with_signature().overflow() {
            return Err(ExceptionClass::TypeError.into());
        }
        self.deepest = self.deepest.max(taken.with_signature());
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
        let next = if fault!(ChecksRunBackwards) { rest.next_back() } else { rest.next() };
        match next {
            None => Step::Return(!stop),
            Some(operand) => {
                frames.push(Frame::Junction { tree, rest, stop });
                Step::Visit(tree, *operand)
            }
        }
    }

    fn resume(&mut self, frame: Frame<'r>, value: bool, frames: &mut Vec<Frame<'r>>) -> Step<'r> {
        if !matches!(frame, Frame::Reference { .. }) {
            self.handed = None;
        }
        match frame {
            Frame::Not => Step::Return(!value),
            #[cfg(feature = "faults")]
            Frame::Settled(value) => Step::Return(value),
            #[cfg(feature = "faults")]
            Frame::Junction { tree, rest, stop }
                if value == stop
                    && (if stop { fault!(OrShortCircuitLost) } else { fault!(AndShortCircuitLost) }) =>
            {
                frames.push(Frame::Settled(stop));
                Self::junction(tree, rest, stop, frames)
            }
            Frame::Junction { stop, .. } if value == stop => Step::Return(value),
            Frame::Junction { tree, rest, stop } => Self::junction(tree, rest, stop, frames),
            Frame::Reference { index, deepest, calls } => {
                // The reference is off the stack; its rule stands one level below it.
                let height = self.deepest.since(Frames::of_level(frames.len() + 1));
                self.known[index.0] = (self.calls == calls).then_some(Decided { value, height });
                self.deepest = self.deepest.max(deepest);
                Step::Return(value)
            }
        }
    }

    fn base(&mut self, base: &'r Base, frames: &mut Vec<Frame<'r>>) -> Result<Step<'r>, Interrupt> {
        if let Some(check) = self.checks.find(base) {
            return self.custom(check, base).map(Step::Return);
        }
        match base.class {
            BaseClass::Rule => Ok(self.reference(&base.text, frames)),
            BaseClass::Role => base::role(&base.text, self.request).map(Step::Return),
            BaseClass::Generic => {
                let taken = Frames::of_level(frames.len());
                let found = base::generic(&base.kind, &base.text, self.request, taken)?;
                self.deepest = self.deepest.max(found.deepest);
                Ok(Step::Return(found.value))
            }
            BaseClass::Http | BaseClass::Https => {
                self.count_call()?;
                remote::ask(base, self.asked, self.request, self.checks).map(Step::Return)
            }
        }
    }

    fn custom(&mut self, check: &dyn CustomCheck, base: &Base) -> Result<bool, Interrupt> {
        self.count_call()?;
        let Request { creds, target } = self.request;
        let kind = base.kind.masked();
        let call = Call { kind, text: &base.text, target, creds, rule: self.asked };
        let value = check.check(&call)?;
        let truthy = value.truthy();
        self.handed = Some(value).filter(|value| !matches!(value, Value::Bool(_)));
        Ok(truthy)
    }

    fn count_call(&mut self) -> Result<(), Limit> {
        self.calls += 1;
        if self.calls > MAX_CALLS { Err(Limit::TooManyCalls) } else { Ok(()) }
    }

    /// `RuleCheck`: an undefined rule is false. A rule that is met again below itself is walked again,
    /// as upstream does: the frames end that, and what they end at is the outcome.
    fn reference(&mut self, name: &PyStr, frames: &mut Vec<Frame<'r>>) -> Step<'r> {
        let formatted =
            if fault!(ReferencesAreFormatted) { format_str(name, self.request.target).ok() } else { None };
        let name = formatted.as_ref().unwrap_or(name);
        let found = self.rules.find_str(name);
        let own = |_: &RuleIndex| self.rules.own_tree(name).is_some();
        let Some(index) = found.filter(|index| !fault!(ReferencesSkipTheDefaultRule) || own(index)) else {
            return Step::Return(fault!(UndefinedRuleAllows));
        };
        let is_same =
            |frame: &Frame<'_>| matches!(frame, Frame::Reference { index: open, .. } if *open == index);
        if fault!(CycleDenies) && frames.iter().any(is_same) {
            return Step::Return(false);
        }
        let reached = Frames::of_level(frames.len() + 1);
        if let Some(Decided { value, height }) = self.known[index.0] {
            let deepest = reached.plus_all(height);
            if !deepest.overflow() {
                self.deepest = self.deepest.max(deepest);
                return Step::Return(value);
            }
            // Walked again for the exception: nothing comes back from there, so this is done once.
        }
        frames.push(Frame::Reference { index, deepest: self.deepest, calls: self.calls });
        self.deepest = reached;
        let tree = self.rules.tree(index);
        Step::Visit(tree, tree.root())
    }

    /// An exception on its way up: `RuleCheck` takes a KeyError for an undefined rule, whoever
    /// raised it, and is false.
    fn unwind(&mut self, interrupt: Interrupt, frames: &mut Vec<Frame<'r>>) -> Result<bool, Interrupt> {
        let is_raised = matches!(interrupt, Interrupt::Raised(_));
        while fault!(NotOfErrorAllows)
            && is_raised
            && let Some(frame) = frames.pop()
        {
            if matches!(frame, Frame::Not) {
                return Ok(true);
            }
        }
        let is_key_error = interrupt == Interrupt::Raised(ExceptionClass::KeyError);
        let caught = is_key_error && !fault!(ReferencesLetKeyErrorsOut);
        if caught || (is_raised && fault!(ReferencesSwallowErrors)) {
            while let Some(frame) = frames.pop() {
                if let Frame::Reference { deepest, .. } = frame {
                    self.deepest = self.deepest.max(deepest);
                    return Ok(false);
                }
            }
        }
        Err(interrupt)
    }
}
