//! Prime implicants: the conditions of which nothing can be left out.

use std::collections::HashMap;
use std::rc::Rc;

use biodivine_lib_bdd::Bdd;

use super::atom::Literal;
use super::diagram::{Diagrams, TooLarge, first_atom, restricted};

/// The most conditions that a function may have.
const MOST: usize = 2000;

type Primes = Rc<Vec<Vec<Literal>>>;

/// All prime implicants of a function, each with its literals in order.
pub(super) fn primes(diagrams: &Diagrams, function: &Bdd) -> Result<Vec<Vec<Literal>>, TooLarge> {
    of(diagrams, function, &mut HashMap::new()).map(|primes| primes.to_vec())
}

/// Those that say nothing of the first atom are the primes of what is true either way; the others are a literal of
/// it and a prime of what is true that way alone (Coudert and Madre). No deeper than there are atoms.
fn of(diagrams: &Diagrams, function: &Bdd, known: &mut HashMap<Bdd, Primes>) -> Result<Primes, TooLarge> {
    let Some(atom) = first_atom(function) else {
        let all = if function.is_true() { vec![Vec::new()] } else { Vec::new() };
        return Ok(Rc::new(all));
    };
    if let Some(primes) = known.get(function) {
        return Ok(Rc::clone(primes));
    }
    let branch = |holds| restricted(function, Literal { atom, holds });
    let (no, yes) = (branch(false), branch(true));
    let both = diagrams.and(&no, &yes)?;
    let mut found = of(diagrams, &both, known)?.to_vec();
    for (holds, branch) in [(true, &yes), (false, &no)] {
        for prime in of(diagrams, branch, known)?.iter() {
            if !diagrams.and_not(&diagrams.cube(prime), &both)?.is_false() {
                let mut prime = prime.clone();
                prime.insert(0, Literal { atom, holds });
                found.push(prime);
            }
        }
    }
    if found.len() > MOST {
        return Err(TooLarge);
    }
    let found = Rc::new(found);
    known.insert(function.clone(), Rc::clone(&found));
    Ok(found)
}
