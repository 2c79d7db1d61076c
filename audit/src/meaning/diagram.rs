//! Decision diagrams under a bound: what would grow beyond it is given up, and said so.

use std::cell::Cell;

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddPointer, BddVariable, BddVariableSet, op_function};

use super::atom::{AtomId, Literal};

/// The bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Makes diagrams over a fixed number of atoms.
#[derive(Debug)]
pub(super) struct Diagrams {
    variables: BddVariableSet,
    /// The most nodes of one diagram.
    most: usize,
    /// How many nodes may still be made in all.
    left: Cell<usize>,
}

impl Diagrams {
    /// `most` nodes a diagram, a thousand times as many in all.
    pub(super) fn new(atoms: usize, most: usize) -> Result<Self, TooLarge> {
        let atoms = u16::try_from(atoms).map_err(|_| TooLarge)?;
        if atoms == u16::MAX {
            return Err(TooLarge);
        }
        let left = Cell::new(most.saturating_mul(1000));
        Ok(Self { variables: BddVariableSet::new_anonymous(atoms), most, left })
    }

    pub(super) fn constant(&self, value: bool) -> Bdd {
        if value { self.variables.mk_true() } else { self.variables.mk_false() }
    }

    pub(super) fn atom(&self, atom: AtomId) -> Bdd {
        self.variables.mk_var(BddVariable::from_index(atom.0))
    }

    pub(super) fn and(&self, one: &Bdd, other: &Bdd) -> Result<Bdd, TooLarge> {
        self.operate(one, other, op_function::and)
    }

    pub(super) fn or(&self, one: &Bdd, other: &Bdd) -> Result<Bdd, TooLarge> {
        self.operate(one, other, op_function::or)
    }

    pub(super) fn and_not(&self, one: &Bdd, other: &Bdd) -> Result<Bdd, TooLarge> {
        self.operate(one, other, op_function::and_not)
    }

    fn operate(
        &self,
        one: &Bdd,
        other: &Bdd,
        function: fn(Option<bool>, Option<bool>) -> Option<bool>,
    ) -> Result<Bdd, TooLarge> {
        let bound = self.most.min(self.left.get());
        let made = Bdd::binary_op_with_limit(bound, one, other, function).ok_or(TooLarge)?;
        self.left.set(self.left.get().saturating_sub(made.size()));
        Ok(made)
    }

    /// All of these together.
    pub(super) fn cube(&self, literals: &[Literal]) -> Bdd {
        self.variables.mk_conjunctive_clause(&valuation(literals))
    }
}

fn valuation(literals: &[Literal]) -> BddPartialValuation {
    let values = literals.iter().map(|literal| (BddVariable::from_index(literal.atom.0), literal.holds));
    BddPartialValuation::from_values_iter(values)
}

/// The way to true that costs least; `cost` is what it costs that an atom is so or not. `None` where all is false.
pub(super) fn cheapest(bdd: &Bdd, cost: impl Fn(Literal) -> u32) -> Option<Vec<Literal>> {
    if bdd.is_false() {
        return None;
    }
    let literal = |node, holds| Literal { atom: AtomId(bdd.var_of(node).to_index()), holds };
    // What it costs to get to true from each node, and which way that goes.
    let mut costs = vec![(u32::MAX, false); bdd.size()];
    if let Some(one) = costs.get_mut(BddPointer::one().to_index()) {
        *one = (0, false);
    }
    for node in children_first(bdd) {
        let way = |holds: bool| {
            let next = if holds { bdd.high_link_of(node) } else { bdd.low_link_of(node) };
            let rest = costs[next.to_index()].0;
            if rest == u32::MAX {
                rest
            } else {
                rest.saturating_add(cost(literal(node, holds))).min(u32::MAX - 1)
            }
        };
        let (no, yes) = (way(false), way(true));
        costs[node.to_index()] = if yes < no { (yes, true) } else { (no, false) };
    }
    let mut literals = Vec::new();
    let mut node = bdd.root_pointer();
    while !node.is_terminal() {
        let holds = costs[node.to_index()].1;
        literals.push(literal(node, holds));
        node = if holds { bdd.high_link_of(node) } else { bdd.low_link_of(node) };
    }
    Some(literals)
}

/// The inner nodes, those further down first.
fn children_first(bdd: &Bdd) -> Vec<BddPointer> {
    let mut nodes: Vec<BddPointer> = bdd.pointers().filter(|node| !node.is_terminal()).collect();
    nodes.sort_by_key(|node| std::cmp::Reverse(bdd.var_of(*node)));
    nodes
}

/// The atoms that it looks at, in order.
pub(super) fn support(bdd: &Bdd) -> Vec<AtomId> {
    let mut atoms: Vec<AtomId> =
        bdd.support_set().into_iter().map(|variable| AtomId(variable.to_index())).collect();
    atoms.sort_unstable();
    atoms
}

/// Whether it is true where the atoms are as told.
#[cfg(test)]
pub(super) fn holds(bdd: &Bdd, so: impl Fn(AtomId) -> bool) -> bool {
    let mut node = bdd.root_pointer();
    while !node.is_terminal() {
        let atom = AtomId(bdd.var_of(node).to_index());
        node = if so(atom) { bdd.high_link_of(node) } else { bdd.low_link_of(node) };
    }
    node.is_one()
}

/// The same where one atom is so, or is not.
pub(super) fn restricted(bdd: &Bdd, literal: Literal) -> Bdd {
    bdd.var_restrict(BddVariable::from_index(literal.atom.0), literal.holds)
}

/// The atom that it looks at first, if it looks at any.
pub(super) fn first_atom(bdd: &Bdd) -> Option<AtomId> {
    let root = bdd.root_pointer();
    (!root.is_terminal()).then(|| AtomId(bdd.var_of(root).to_index()))
}
