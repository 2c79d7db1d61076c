//! The walk that keeps what it sees.

use std::collections::HashMap;

use super::facts;
use super::{Fact, Leads, Reference, Step, StepId, StepOutcome};
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::{Checks, Request, decide_check_with};
use crate::oslo::language::{Base, BaseClass, Check, CheckTree, NodeId, TreeBuilder};
use crate::oslo::load::{RuleIndex, Rules};
use crate::oslo::python::PyStr;

/// From how many levels on nothing is followed: upstream's recursion ends before, under any recursion limit that it
/// is measured with.
const MAX_LEVELS: usize = 400;

struct Trace<'r> {
    rules: &'r Rules,
    request: Request<'r>,
    checks: &'r Checks,
    /// What the whole decision ends in, if it is an exception.
    end: Option<Interrupt>,
    steps: Vec<Step>,
    /// The rules that are being decided.
    open: Vec<RuleIndex>,
    /// The step of each rule that has been decided.
    known: HashMap<RuleIndex, StepId>,
    levels: usize,
}

/// The steps of a decision, and what they come to.
pub(super) fn trace<'r>(
    rules: &'r Rules,
    rule: &str,
    index: RuleIndex,
    request: Request<'r>,
    checks: &'r Checks,
    end: Option<Interrupt>,
) -> (Vec<Step>, StepOutcome) {
    let (open, known) = (vec![index], HashMap::new());
    let mut trace = Trace { rules, request, checks, end, steps: Vec::new(), open, known, levels: 0 };
    let tree = rules.tree(index);
    let root = trace.visit(&rule.into(), tree, tree.root());
    let outcome = trace.steps[root.0].outcome;
    (trace.steps, outcome)
}

impl<'r> Trace<'r> {
    fn visit(&mut self, rule: &PyStr, tree: &'r CheckTree, node: NodeId) -> StepId {
        let id = self.add(rule, tree, node);
        self.levels += 1;
        let outcome = if self.levels > MAX_LEVELS {
            self.ended()
        } else {
            match tree.check(node) {
                Check::True => StepOutcome::Decided(true),
                Check::False => StepOutcome::Decided(false),
                Check::Not(operand) => {
                    let operand = self.visit(rule, tree, *operand);
                    self.steps[id.0].children = vec![operand];
                    match self.steps[operand.0].outcome {
                        StepOutcome::Decided(value) => StepOutcome::Decided(!value),
                        other => other,
                    }
                }
                Check::And(operands) => self.junction(id, rule, tree, operands, false),
                Check::Or(operands) => self.junction(id, rule, tree, operands, true),
                Check::Base(base) => self.base(id, base),
            }
        };
        self.levels -= 1;
        self.steps[id.0].outcome = outcome;
        id
    }

    /// Adds a check that has not been reached yet.
    fn add(&mut self, rule: &PyStr, tree: &CheckTree, node: NodeId) -> StepId {
        let fact = match tree.check(node) {
            Check::True => Fact::Constant(true),
            Check::False => Fact::Constant(false),
            Check::Not(_) => Fact::Not,
            Check::And(_) => Fact::And,
            Check::Or(_) => Fact::Or,
            Check::Base(base) => self.fact(base),
        };
        let outcome = StepOutcome::NotReached;
        self.steps.push(Step { rule: rule.clone(), node, outcome, fact, children: Vec::new() });
        StepId(self.steps.len() - 1)
    }

    fn fact(&self, base: &Base) -> Fact {
        if self.checks.find(base).is_some() {
            return Fact::Custom;
        }
        let reference = || Fact::Reference(Reference { name: base.text.clone(), leads: Leads::NotFollowed });
        facts::fact(base, self.request).unwrap_or_else(reference)
    }

    /// `and` with `stop = false`, `or` with `stop = true`: the first operand that decides so is the answer.
    fn junction(
        &mut self,
        id: StepId,
        rule: &PyStr,
        tree: &'r CheckTree,
        operands: &[NodeId],
        stop: bool,
    ) -> StepOutcome {
        let mut settled = None;
        let mut children = Vec::with_capacity(operands.len());
        for operand in operands {
            let child = match settled {
                None => self.visit(rule, tree, *operand),
                Some(_) => self.add(rule, tree, *operand),
            };
            children.push(child);
            let outcome = self.steps[child.0].outcome;
            if settled.is_none() && outcome != StepOutcome::Decided(!stop) {
                settled = Some(outcome);
            }
        }
        self.steps[id.0].children = children;
        settled.unwrap_or(StepOutcome::Decided(!stop))
    }

    fn base(&mut self, id: StepId, base: &Base) -> StepOutcome {
        if base.class == BaseClass::Rule && self.checks.find(base).is_none() {
            return self.reference(id, &base.text);
        }
        let mut builder = TreeBuilder::default();
        let root = builder.push(Check::Base(base.clone()));
        match decide_check_with(self.rules, &builder.finish(root), self.request, self.checks) {
            Ok(value) => StepOutcome::Decided(value.truthy()),
            Err(interrupt) => StepOutcome::Raised(interrupt),
        }
    }

    fn reference(&mut self, id: StepId, name: &PyStr) -> StepOutcome {
        let (leads, outcome) = match self.rules.find_str(name) {
            None => (Leads::Undefined, StepOutcome::Decided(false)),
            Some(index) if self.open.contains(&index) => (Leads::Cycle, self.ended()),
            Some(index) => match self.known.get(&index) {
                Some(shown) => (Leads::Shown(*shown), self.steps[shown.0].outcome),
                None => {
                    let leads = match self.rules.own_tree(name) {
                        Some(_) => Leads::Own,
                        None => Leads::DefaultRule,
                    };
                    (leads, self.follow(id, name, index))
                }
            },
        };
        let reference = Reference { name: name.clone(), leads };
        self.steps[id.0].fact = Fact::Reference(reference);
        // A reference takes a KeyError for an undefined rule, whoever raised it.
        match outcome {
            StepOutcome::Raised(Interrupt::Raised(ExceptionClass::KeyError)) => StepOutcome::Decided(false),
            outcome => outcome,
        }
    }

    fn follow(&mut self, id: StepId, name: &PyStr, index: RuleIndex) -> StepOutcome {
        let tree = self.rules.tree(index);
        self.open.push(index);
        let child = self.visit(name, tree, tree.root());
        self.open.pop();
        self.known.insert(index, child);
        self.steps[id.0].children = vec![child];
        self.steps[child.0].outcome
    }

    /// What comes of a place where upstream's recursion ends: what the decision ended in.
    fn ended(&self) -> StepOutcome {
        StepOutcome::Raised(self.end.unwrap_or_else(|| ExceptionClass::TypeError.into()))
    }
}
