//! Rules to a program, and a program to decisions.
//!
//! ```text
//! rules ─► survey ─► emit ─► program ─► run ─► decision
//!          which,    with intern        ▲
//!          in order  and template   creds, target
//! ```
//!
//! [`evaluate`](super::evaluate) says what a decision is; a [`Program`] comes to the same, quicker. What can be
//! known before anybody asks is done when it is made: templates are split, kinds read, paths cut at their dots,
//! roles lower-cased, names hashed, references linked, short rules put where they are referred to. What is left is
//! a graph of tests in upstream's order, since each may raise. A test that has no room here for what it meets asks
//! the interpreter's own function for this check.
//!
//! A decision that raises nothing takes no memory, unless
//!
//! * the interpreter makes it: of a rule that a custom or remote check or a cycle can be reached from, or that may
//!   be too deep for upstream's recursion, or has a path of more than 64 names; of a target that is no mapping;
//! * a text has to be written: of a float, of an integer beyond 64 bits, of a list or a mapping, of a
//!   directive other than `%(key)s`, of a role from the target outside ASCII, of lone surrogates;
//! * it is a thread's first on rules of which more than 256 are referred to twice.

mod attributes;
mod code;
mod creds;
mod emit;
mod index;
mod intern;
#[cfg(feature = "parallel")]
mod many;
mod memory;
mod run;
mod survey;
mod target;
mod template;
mod text;

use std::sync::Arc;

pub use creds::{Creds, CredsBuilder};
#[cfg(feature = "parallel")]
pub use many::Question;
pub use target::{Target, TargetBuilder};

use self::attributes::Attributes;
use self::code::{Entry, Label, Op, Tables};
use self::index::{Index, same};
use self::memory::{Answers, Few, Many, Whole};
use self::run::Run;
use super::error::Interrupt;
use super::evaluate::{Checks, Request, decide_at};
use super::load::{RuleIndex, Rules};
use super::python::hashing::hash_of;
use super::python::{PyStr, Value};

/// Rules made ready for decisions. Nothing changes it, and any number of threads decide by it.
///
/// ```
/// use assay_engine::oslo::{Creds, Program, Rules, Target};
///
/// let program = Program::new(Rules::from_texts([
///     ("admin", "role:admin"),
///     ("get", "rule:admin or project_id:%(project_id)s"),
/// ]));
/// let creds = Creds::builder().roles(["member"]).set("project_id", "p1").build();
/// let target = Target::builder().set("project_id", "p1").build();
/// assert_eq!(program.decide("get", &creds, &target), Ok(true));
/// assert_eq!(program.decide("undefined", &creds, &target), Ok(false));
///
/// // Without a look at the name.
/// let admin = program.find("admin").unwrap();
/// assert_eq!(program.decide_index(admin, &creds, &target), Ok(false));
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    rules: Arc<Rules>,
    checks: Arc<Checks>,
    /// Rules by name.
    names: Index,
    ops: Box<[Op]>,
    /// By the position of the rule.
    entries: Box<[Entry]>,
    tables: Tables,
    /// How many rules a decision may have to keep the answers of.
    memories: u32,
}

impl Program {
    /// The program of rules, without custom checks or a client for remote ones.
    pub fn new(rules: impl Into<Arc<Rules>>) -> Self {
        Self::with_checks(rules, Arc::default())
    }

    /// The program of rules with a service's own checks and somebody who asks servers.
    pub fn with_checks(rules: impl Into<Arc<Rules>>, checks: Arc<Checks>) -> Self {
        let rules = rules.into();
        let order = survey::survey(&rules, &checks);
        let emit::Code { ops, entries, tables, memories } = emit::emit(&rules, &order);
        let names = Index::new(rules.iter().map(|(name, _)| hash_of(name)));
        Self { ops: ops.into(), entries: entries.into(), tables, memories, names, checks, rules }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The rule that answers for a name, as [`Rules::find`].
    #[must_use]
    pub fn find(&self, name: &str) -> Option<RuleIndex> {
        let is_it = |place| match self.rules.name(RuleIndex(place)).map(PyStr::as_text) {
            Some(Some(met)) if same(met, name) => Some(RuleIndex(place)),
            _ => None,
        };
        self.names.find(hash_of(name), is_it).or_else(|| self.rules.find(name))
    }

    /// Whether the program itself decides a rule, whatever is asked; else the interpreter does.
    #[must_use]
    pub fn is_compiled(&self, rule: RuleIndex) -> bool {
        matches!(self.entries.get(rule.position()), Some(Entry::At(_)))
    }

    /// Decides a rule by its name.
    ///
    /// # Errors
    /// The exception that upstream lets out of `enforce`, or why there is no answer.
    pub fn decide(&self, rule: &str, creds: &Creds<'_>, target: &Target<'_>) -> Result<bool, Interrupt> {
        match self.find(rule) {
            None => Ok(fault!(UndefinedRuleAllows)),
            Some(index) => self.answer(index, Some(rule), creds, target),
        }
    }

    /// [`Program::decide`] of a rule that has been found by [`Program::find`]. A position that these rules
    /// do not have is an undefined rule.
    ///
    /// # Errors
    /// As [`Program::decide`].
    pub fn decide_index(
        &self,
        rule: RuleIndex,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<bool, Interrupt> {
        self.answer(rule, None, creds, target)
    }

    /// [`Program::decide`], and what comes back is a bool, or what a custom check handed back that alone
    /// decided.
    ///
    /// # Errors
    /// As [`Program::decide`], and what the checks raise.
    pub fn decide_value(
        &self,
        rule: &str,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<Value, Interrupt> {
        match self.find(rule) {
            None => Ok(fault!(UndefinedRuleAllows).into()),
            Some(index) => self.value_of(index, Some(rule), creds, target),
        }
    }

    /// [`Program::decide_value`] of a rule that has been found, by the name `asked`.
    pub(super) fn value_of(
        &self,
        index: RuleIndex,
        asked: Option<&str>,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<Value, Interrupt> {
        match self.compiled(index, target) {
            Some((label, attributes)) => self.run(label, creds, target, attributes).map(Value::Bool),
            None => self.interpret(index, asked, creds, target),
        }
    }

    /// Decides every rule for one request, in the order of [`Rules::iter`]. What rules have in common is
    /// decided once.
    ///
    /// ```
    /// use assay_engine::oslo::{Creds, Program, Rules, Target};
    ///
    /// let program = Program::new(Rules::from_texts([("a", "role:x"), ("b", "not rule:a"), ("c", "1:2")]));
    /// let (creds, target) = (Creds::builder().roles(["x"]).build(), Target::builder().build());
    /// assert_eq!(program.decide_all(&creds, &target), [Ok(true), Ok(false), Ok(false)]);
    /// ```
    #[must_use]
    pub fn decide_all(&self, creds: &Creds<'_>, target: &Target<'_>) -> Vec<Result<bool, Interrupt>> {
        let indices = (0..self.rules.iter().len()).map(RuleIndex);
        let attributes = target.attributes().filter(|_| self.is_in_charge());
        let mut run =
            attributes.map(|attributes| Run::new(self, creds, target, attributes, Whole::new(self.memories)));
        let decide = |index: RuleIndex| match (self.entries[index.0], &mut run) {
            (Entry::At(label), Some(run)) => run.from(label),
            _ => self.interpret(index, None, creds, target).map(|value| value.truthy()),
        };
        indices.map(decide).collect()
    }

    #[inline]
    fn answer(
        &self,
        index: RuleIndex,
        asked: Option<&str>,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<bool, Interrupt> {
        match self.compiled(index, target) {
            Some((label, attributes)) => self.run(label, creds, target, attributes),
            None => self.interpret(index, asked, creds, target).map(|value| value.truthy()),
        }
    }

    /// Where a rule begins, and the target's attributes; `None` where the interpreter decides.
    #[inline]
    fn compiled<'t>(&self, index: RuleIndex, target: &'t Target<'_>) -> Option<(Label, &'t Attributes<'t>)> {
        match self.entries.get(index.position())? {
            Entry::At(label) if self.is_in_charge() => Some((*label, target.attributes()?)),
            _ => None,
        }
    }

    /// Faults are armed in the interpreter.
    #[inline]
    #[allow(clippy::unused_self, reason = "a question about the program")]
    fn is_in_charge(&self) -> bool {
        #[cfg(feature = "faults")]
        return !crate::faults::any();
        #[cfg(not(feature = "faults"))]
        true
    }

    #[inline]
    fn run(
        &self,
        label: Label,
        creds: &Creds<'_>,
        target: &Target<'_>,
        attributes: &Attributes<'_>,
    ) -> Result<bool, Interrupt> {
        if self.memories <= Few::ROOM {
            return Run::new(self, creds, target, attributes, Few::new()).from(label);
        }
        Many::with(self.memories, |many| Run::new(self, creds, target, attributes, many).from(label))
    }

    #[cold]
    fn interpret(
        &self,
        index: RuleIndex,
        asked: Option<&str>,
        creds: &Creds<'_>,
        target: &Target<'_>,
    ) -> Result<Value, Interrupt> {
        if index.position() >= self.entries.len() {
            return Ok(false.into());
        }
        let asked = asked.or_else(|| self.rules.name(index).map(PyStr::masked));
        let request = Request { creds: creds.value(), target: target.value() };
        decide_at(&self.rules, index, asked, request, &self.checks)
    }
}

impl<A: Answers> Answers for &mut A {
    fn get(&self, memory: code::Memory) -> Option<Result<bool, Interrupt>> {
        (**self).get(memory)
    }

    fn set(&mut self, memory: code::Memory, answer: Result<bool, Interrupt>) {
        (**self).set(memory, answer);
    }
}
