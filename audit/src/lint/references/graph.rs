//! Which rule leads to which.

use std::collections::{HashMap, VecDeque};

use assay_engine::oslo::language::{BaseClass, Check, CheckTree};

use super::super::context::Context;

/// From how many checks on a decision is costly: over a second of upstream's time.
const COSTLY: u64 = 10_000;

/// How many rules are looked at for a way back.
const LONGEST: usize = 256;

/// Why a rule denies although nobody wrote so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Mark {
    /// A name that nothing defines.
    Undefined,
    /// A word or a rule that cannot be parsed.
    Unparseable,
    /// A key that the target may not have.
    Missing,
}

/// A rule as a node.
struct Node<'c> {
    /// The rules that it refers to, and whether under an odd number of `not`.
    to: Vec<(usize, bool)>,
    /// How many checks it has itself.
    checks: u64,
    /// What it rests on, outside of `not` and under it, the gravest first.
    marks: [Option<(Mark, &'c str)>; 2],
    /// Whether a cycle can be reached.
    cyclic: bool,
    /// How many checks a decision takes at most.
    cost: u64,
}

/// The references of all rules.
pub(in super::super) struct Graph<'c> {
    names: HashMap<&'c str, usize>,
    by_index: Vec<&'c str>,
    nodes: Vec<Node<'c>>,
    /// Whether there is any cycle, and any rule that is costly: mostly there is none to look for.
    cyclic: bool,
    costly: bool,
}

impl<'c> Graph<'c> {
    pub(in super::super) fn of(context: &Context<'c>) -> Self {
        let names: HashMap<&str, usize> =
            context.rules.keys().enumerate().map(|(index, name)| (*name, index)).collect();
        let default = names.get("default").copied();
        let node = |tree: Option<&'c CheckTree>| {
            tree.map_or_else(Node::empty, |tree| Node::of(tree, &names, default))
        };
        let nodes = context.rules.values().map(|named| node(named.tree)).collect();
        let mut graph = Self {
            by_index: context.rules.keys().copied().collect(),
            names,
            nodes,
            cyclic: false,
            costly: false,
        };
        graph.spread_marks();
        graph.measure();
        graph.cyclic = graph.nodes.iter().any(|node| node.cyclic);
        graph.costly = graph.nodes.iter().any(|node| node.cost >= COSTLY);
        graph
    }

    /// What a rule rests on that denies by accident.
    pub(in super::super) fn mark(&self, name: &str) -> Option<(Mark, &'c str)> {
        self.node(name)?.marks[0]
    }

    /// Whether a cycle can be reached from a rule.
    pub(in super::super) fn is_cyclic(&self, name: &str) -> bool {
        self.cyclic && self.node(name).is_some_and(|node| node.cyclic)
    }

    /// Whether there is a way from one rule to another.
    pub(super) fn leads_back(&self, from: &str, to: &str) -> bool {
        self.way_back(from, to).is_some()
    }

    /// The shortest way by which a rule comes back to itself if its first step is `first`.
    pub(super) fn way_back(&self, first: &str, to: &str) -> Option<Vec<&'c str>> {
        let (first, to) = (self.index(first)?, *self.names.get(to)?);
        let mut before: HashMap<usize, usize> = HashMap::new();
        let mut open = VecDeque::from([first]);
        while let Some(index) = open.pop_front() {
            if index == to {
                let mut way = vec![self.by_index[to]];
                let mut at = to;
                while at != first {
                    at = before[&at];
                    way.push(self.by_index[at]);
                }
                way.push(self.by_index[to]);
                way.reverse();
                return Some(way);
            }
            if before.len() > LONGEST {
                return None;
            }
            for (next, _) in &self.nodes[index].to {
                if *next != first && self.nodes[*next].cyclic && !before.contains_key(next) {
                    before.insert(*next, index);
                    open.push_back(*next);
                }
            }
        }
        None
    }

    /// How many checks a decision takes at most, if these are many and no rule that it refers to is as bad.
    pub(super) fn costly(&self, name: &str) -> Option<u64> {
        let node = if self.costly { self.node(name)? } else { return None };
        let first = node.to.iter().all(|(to, _)| self.nodes[*to].cost < COSTLY);
        Some(node.cost).filter(|cost| *cost >= COSTLY && first && !node.cyclic)
    }

    fn node(&self, name: &str) -> Option<&Node<'c>> {
        Some(&self.nodes[self.index(name)?])
    }

    /// The rule that answers for a name.
    fn index(&self, name: &str) -> Option<usize> {
        self.names.get(name).or_else(|| self.names.get("default")).copied()
    }

    /// From rules that rest on something to those that refer to them.
    fn spread_marks(&mut self) {
        let mut referring: Vec<Vec<(usize, bool)>> = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for (to, negated) in &node.to {
                referring[*to].push((index, *negated));
            }
        }
        for mark in [Mark::Undefined, Mark::Unparseable, Mark::Missing] {
            let is = |found: Option<(Mark, &str)>| found.is_some_and(|(found, _)| found == mark);
            let mut open: VecDeque<(usize, usize)> = (0..self.nodes.len())
                .flat_map(|index| [(index, 0), (index, 1)])
                .filter(|(index, side)| is(self.nodes[*index].marks[*side]))
                .collect();
            while let Some((index, side)) = open.pop_front() {
                let what = self.nodes[index].marks[side];
                for (from, negated) in referring[index].clone() {
                    let marked = &mut self.nodes[from].marks[side ^ usize::from(negated)];
                    if marked.is_none() {
                        *marked = what;
                        open.push_back((from, side ^ usize::from(negated)));
                    }
                }
            }
        }
    }

    /// Cycles and costs: a walk in depth on a stack of its own, each rule once.
    fn measure(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states = vec![State::New; self.nodes.len()];
        for root in 0..self.nodes.len() {
            let mut path: Vec<(usize, usize)> = Vec::new();
            if states[root] == State::New {
                states[root] = State::Open;
                path.push((root, 0));
            }
            while let Some((index, next)) = path.last_mut() {
                let index = *index;
                if let Some((to, _)) = self.nodes[index].to.get(*next).copied() {
                    *next += 1;
                    match states[to] {
                        State::New => {
                            states[to] = State::Open;
                            path.push((to, 0));
                        }
                        State::Open => self.nodes[index].cyclic = true,
                        State::Done => {}
                    }
                    continue;
                }
                path.pop();
                states[index] = State::Done;
                let node = &self.nodes[index];
                let cyclic = node.cyclic || node.to.iter().any(|(to, _)| self.nodes[*to].cyclic);
                let costs = node.to.iter().map(|(to, _)| self.nodes[*to].cost);
                let cost = costs.fold(node.checks, u64::saturating_add);
                (self.nodes[index].cyclic, self.nodes[index].cost) = (cyclic, cost);
                if let Some((above, _)) = path.last() {
                    self.nodes[*above].cyclic |= cyclic;
                }
            }
        }
    }
}

impl<'c> Node<'c> {
    const fn empty() -> Self {
        Self { to: Vec::new(), checks: 0, marks: [None, None], cyclic: false, cost: 0 }
    }

    fn of(tree: &'c CheckTree, names: &HashMap<&'c str, usize>, default: Option<usize>) -> Self {
        let mut node = Self::empty();
        let mut marks: [[Option<(Mark, &str)>; 3]; 2] = [[None; 3]; 2];
        let mut open = vec![(tree.root(), false)];
        let is_broken = !tree.diagnostics().is_empty();
        while let Some((id, negated)) = open.pop() {
            let side = &mut marks[usize::from(negated)];
            match tree.check(id) {
                Check::Base(base) if base.class == BaseClass::Rule => {
                    let name = base.text.masked();
                    match names.get(name) {
                        Some(to) => node.to.push((*to, negated)),
                        None => {
                            node.to.extend(default.map(|to| (to, negated)));
                            side[0] = Some((Mark::Undefined, name));
                        }
                    }
                }
                Check::Base(base)
                    if base.class == BaseClass::Generic && base.text.masked().contains("%(") =>
                {
                    side[2] = Some((Mark::Missing, base.text.masked()));
                }
                Check::False if is_broken => side[1] = Some((Mark::Unparseable, "")),
                Check::Not(operand) => open.push((*operand, !negated)),
                Check::And(operands) | Check::Or(operands) => {
                    open.extend(operands.iter().rev().map(|id| (*id, negated)));
                }
                Check::Base(_) | Check::True | Check::False => {}
            }
            node.checks += 1;
        }
        node.marks = marks.map(|found| found.into_iter().flatten().next());
        node
    }
}
