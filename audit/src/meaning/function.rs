//! Rules as functions of atoms: when each allows, denies and raises, as the evaluator walks it.

use std::collections::HashMap;

use assay_engine::oslo::Rules;
use assay_engine::oslo::language::{Base, BaseClass, Check, CheckTree, NodeId};
use assay_engine::oslo::load::RuleIndex;
use biodivine_lib_bdd::Bdd;

use super::diagram::{Diagrams, TooLarge};
use super::reading::{Formula, Reader, Reading};

/// How many levels of operators and references are reasoned about. Beyond some 327, where CPython's stack ends
/// comes into it.
const MOST_LEVELS: usize = 290;

/// When something allows and when it denies; it raises where it does neither.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Truth {
    pub(super) allow: Bdd,
    pub(super) deny: Bdd,
}

/// A [`Truth`], unless it is too large or too deep.
pub(super) type Known = Result<Truth, TooLarge>;

impl Truth {
    fn constant(diagrams: &Diagrams, value: bool) -> Self {
        Self { allow: diagrams.constant(value), deny: diagrams.constant(!value) }
    }

    /// When it raises.
    pub(super) fn raise(&self, diagrams: &Diagrams) -> Result<Bdd, TooLarge> {
        Ok(diagrams.or(&self.allow, &self.deny)?.not())
    }

    fn negated(self) -> Self {
        Self { allow: self.deny, deny: self.allow }
    }

    /// `self` first; where it is `stop`, nothing else is looked at.
    fn then(&self, rest: &Self, stop: bool, diagrams: &Diagrams) -> Known {
        let (stops, goes_on) = if stop { (&self.allow, &self.deny) } else { (&self.deny, &self.allow) };
        let (rest_stops, rest_goes_on) =
            if stop { (&rest.allow, &rest.deny) } else { (&rest.deny, &rest.allow) };
        let stopped = diagrams.or(stops, &diagrams.and(goes_on, rest_stops)?)?;
        let went_on = diagrams.and(goes_on, rest_goes_on)?;
        Ok(if stop { Self { allow: stopped, deny: went_on } } else { Self { allow: went_on, deny: stopped } })
    }
}

/// The checks of some rules, read but not yet put together.
#[derive(Default)]
pub(super) struct Readings(HashMap<Base, (Formula, Formula)>);

impl Readings {
    /// Reads what is in a tree.
    pub(super) fn add(&mut self, tree: &CheckTree, reader: &mut Reader<'_>) {
        for id in tree.ids() {
            if let Check::Base(base) = tree.check(id)
                && base.class != BaseClass::Rule
                && !self.0.contains_key(base)
            {
                let Reading { allow, raise } = reader.read(base);
                self.0.insert(base.clone(), (allow, raise));
            }
        }
    }

    /// The checks as functions.
    pub(super) fn truths(self, diagrams: &Diagrams) -> HashMap<Base, Known> {
        let truth = |(allow, raise): (Formula, Formula)| {
            let allow = formula(&allow, diagrams)?;
            let raise = formula(&raise, diagrams)?;
            Ok(Truth { deny: diagrams.or(&allow, &raise)?.not(), allow })
        };
        self.0.into_iter().map(|(base, reading)| (base, truth(reading))).collect()
    }
}

/// A formula as a diagram. Formulas are no deeper than a match is long.
pub(super) fn formula(formula: &Formula, diagrams: &Diagrams) -> Result<Bdd, TooLarge> {
    let all =
        |formulas: &[Formula], start: bool, join: fn(&Diagrams, &Bdd, &Bdd) -> Result<Bdd, TooLarge>| {
            let mut whole = diagrams.constant(start);
            for part in formulas {
                whole = join(diagrams, &whole, &self::formula(part, diagrams)?)?;
            }
            Ok(whole)
        };
    match formula {
        Formula::Constant(value) => Ok(diagrams.constant(*value)),
        Formula::Atom(atom) => Ok(diagrams.atom(*atom)),
        Formula::Not(inner) => Ok(self::formula(inner, diagrams)?.not()),
        Formula::And(parts) => all(parts, true, Diagrams::and),
        Formula::Or(parts) => all(parts, false, Diagrams::or),
    }
}

/// The rules of a set as functions, each made once.
pub(super) struct Functions<'r> {
    rules: &'r Rules,
    /// By position.
    known: HashMap<usize, Known>,
    /// How many levels a rule goes down at most.
    levels: HashMap<usize, usize>,
}

impl<'r> Functions<'r> {
    /// All rules of a set.
    pub(super) fn of(rules: &'r Rules, bases: &HashMap<Base, Known>, diagrams: &Diagrams) -> Self {
        let mut functions = Self { rules, known: HashMap::new(), levels: HashMap::new() };
        let mut roots: Vec<RuleIndex> = rules.iter().filter_map(|(name, _)| rules.find_str(name)).collect();
        // What answers for names that no rule has, which may be a check without a name.
        roots.extend(undefined(rules));
        let (order, cyclic) = bottom_up(rules, &roots);
        // A rule that is met again below itself goes round for ever, which raises: so nothing is allowed or denied
        // at first, and more only as far as it comes to an end.
        for index in &order {
            functions.known.insert(index.position(), Ok(neither(diagrams)));
        }
        // Twice: within a cycle some are met before what they refer to.
        for index in order.iter().chain(order.iter().filter(|_| cyclic)) {
            let levels = functions.levels_of(rules.tree(*index));
            functions.levels.insert(index.position(), levels);
        }
        loop {
            let mut changed = false;
            for index in &order {
                let made = functions.check(rules.tree(*index), bases, diagrams);
                changed |= functions.known.get(&index.position()) != Some(&made);
                functions.known.insert(index.position(), made);
            }
            if !cyclic || !changed {
                return functions;
            }
        }
    }

    /// What answers for a name.
    pub(super) fn rule(&self, name: &str, diagrams: &Diagrams) -> Known {
        match self.rules.find(name) {
            Some(index) => self.known.get(&index.position()).cloned().unwrap_or(Err(TooLarge)),
            None => Ok(Truth::constant(diagrams, false)),
        }
    }

    /// A check with the rules that it refers to.
    pub(super) fn check(&self, tree: &CheckTree, bases: &HashMap<Base, Known>, diagrams: &Diagrams) -> Known {
        if self.levels_of(tree) > MOST_LEVELS { Err(TooLarge) } else { self.tree(tree, bases, diagrams) }
    }

    fn tree(&self, tree: &CheckTree, bases: &HashMap<Base, Known>, diagrams: &Diagrams) -> Known {
        self.replaced(tree, bases, diagrams, &|_| None)
    }

    /// A check with constants in the place of some nodes.
    pub(super) fn replaced(
        &self,
        tree: &CheckTree,
        bases: &HashMap<Base, Known>,
        diagrams: &Diagrams,
        instead: &dyn Fn(NodeId) -> Option<bool>,
    ) -> Known {
        let mut made: HashMap<NodeId, Known> = HashMap::new();
        let ids = tree.ids();
        for id in ids.iter().rev() {
            let mut operand = |id: &NodeId| made.remove(id).unwrap_or(Err(TooLarge));
            if let Some(value) = instead(*id) {
                made.insert(*id, Ok(Truth::constant(diagrams, value)));
                continue;
            }
            let truth = match tree.check(*id) {
                Check::True => Ok(Truth::constant(diagrams, true)),
                Check::False => Ok(Truth::constant(diagrams, false)),
                Check::Not(inner) => operand(inner).map(Truth::negated),
                Check::And(operands) => junction(operands.iter().map(operand).collect(), false, diagrams),
                Check::Or(operands) => junction(operands.iter().map(operand).collect(), true, diagrams),
                Check::Base(base) if base.class == BaseClass::Rule => match self.rules.find_str(&base.text) {
                    Some(index) => self.known.get(&index.position()).cloned().unwrap_or(Err(TooLarge)),
                    None => Ok(Truth::constant(diagrams, false)),
                },
                Check::Base(base) => bases.get(base).cloned().unwrap_or(Err(TooLarge)),
            };
            made.insert(*id, truth);
        }
        made.remove(&tree.root()).unwrap_or(Err(TooLarge))
    }

    /// A bound on how deep a walk of a tree goes. A rule that is not done yet is on the way down already, and a walk
    /// that meets it again never ends.
    fn levels_of(&self, tree: &CheckTree) -> usize {
        let mut depth: HashMap<NodeId, usize> = HashMap::from([(tree.root(), 0)]);
        let mut deepest = 0;
        for id in tree.ids() {
            let own = depth.get(&id).copied().unwrap_or_default();
            let below = match tree.check(id) {
                Check::Base(base) if base.class == BaseClass::Rule => {
                    let index = self.rules.find_str(&base.text);
                    1 + index.and_then(|index| self.levels.get(&index.position())).copied().unwrap_or(0)
                }
                _ => 0,
            };
            deepest = deepest.max(own.saturating_add(below));
            depth.extend(tree.children(id).iter().map(|child| (*child, own + 1)));
        }
        deepest
    }
}

fn neither(diagrams: &Diagrams) -> Truth {
    Truth { allow: diagrams.constant(false), deny: diagrams.constant(false) }
}

/// Operands from left to right, up to the first that decides as `stop`.
fn junction(operands: Vec<Known>, stop: bool, diagrams: &Diagrams) -> Known {
    let mut rest = Truth::constant(diagrams, !stop);
    for operand in operands.into_iter().rev() {
        rest = operand?.then(&rest, stop, diagrams)?;
    }
    Ok(rest)
}

/// What answers for an undefined name.
fn undefined(rules: &Rules) -> Option<RuleIndex> {
    // No rule of a file has a name that cannot be written.
    rules.find("\u{0}assay: a name that nobody has")
}

/// All rules that can be reached, each behind those that it refers to, and whether some refer to each other.
fn bottom_up(rules: &Rules, roots: &[RuleIndex]) -> (Vec<RuleIndex>, bool) {
    #[derive(PartialEq)]
    enum State {
        Open,
        Done,
    }
    let refers = |index: RuleIndex| {
        let tree = rules.tree(index);
        let reference = |id: NodeId| match tree.check(id) {
            Check::Base(base) if base.class == BaseClass::Rule => rules.find_str(&base.text),
            _ => None,
        };
        tree.ids().into_iter().filter_map(reference).collect::<Vec<_>>()
    };
    let (mut states, mut order, mut cyclic) = (HashMap::new(), Vec::new(), false);
    for root in roots {
        if states.contains_key(&root.position()) {
            continue;
        }
        states.insert(root.position(), State::Open);
        let mut path = vec![(*root, refers(*root).into_iter())];
        while let Some((index, rest)) = path.last_mut() {
            match rest.next() {
                None => {
                    states.insert(index.position(), State::Done);
                    order.push(*index);
                    path.pop();
                }
                Some(next) => match states.get(&next.position()) {
                    Some(State::Open) => cyclic = true,
                    Some(State::Done) => {}
                    None => {
                        states.insert(next.position(), State::Open);
                        path.push((next, refers(next).into_iter()));
                    }
                },
            }
        }
    }
    (order, cyclic)
}
