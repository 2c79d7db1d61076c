//! When a rule allows: the least conditions, among the requests that there are.

use biodivine_lib_bdd::Bdd;

use super::analysis::{Analysis, Answer, Found, LARGE, Question, Shown};
use super::atom::{Atom, AtomId, Literal};
use super::diagram::{TooLarge, restricted, support};
use super::primes::primes;
use super::side::Outcome;
use super::theory::{self, Verdict};

/// The most atoms of which all pairs are looked at.
const MOST_PAIRED: usize = 60;

/// When something is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// Of every request.
    Always,
    /// Of none.
    Never,
    /// Where all of one of these is so; none of them can do without a part of it.
    When(Vec<Vec<Literal>>),
    /// It is not known, and why.
    Undecided(String),
}

impl Analysis<'_> {
    /// Under which conditions a request is allowed.
    #[must_use]
    pub fn conditions(&self, question: Question<'_>) -> Conditions {
        match (self.allowed(question), self.always_allows(question)) {
            (Found::Undecided(why), _) | (_, Answer::Undecided(why)) => Conditions::Undecided(why),
            (Found::Nothing, _) => Conditions::Never,
            (_, Answer::Yes(_)) => Conditions::Always,
            (Found::Request(_), Answer::No(_)) => self.when(self.truth(question).map(|truth| truth.allow)),
        }
    }

    /// Under which conditions a request makes the service answer with a 500.
    #[must_use]
    pub fn raising(&self, question: Question<'_>) -> Conditions {
        match self.can_raise(question) {
            Answer::No(_) => Conditions::Never,
            Answer::Undecided(why) => Conditions::Undecided(why),
            Answer::Yes(_) => {
                let truth = self.truth(question);
                let comes_back = truth.clone().and_then(|truth| self.diagrams.or(&truth.allow, &truth.deny));
                let shows = |witness: Shown<'_>| !matches!(self.ask(question, witness), Outcome::Raise(_));
                match self.search(comes_back, &shows) {
                    Found::Nothing => Conditions::Always,
                    Found::Undecided(why) => Conditions::Undecided(why),
                    Found::Request(_) => self.when(truth.and_then(|truth| truth.raise(&self.diagrams))),
                }
            }
        }
    }

    fn when(&self, function: Result<Bdd, TooLarge>) -> Conditions {
        match function.and_then(|function| self.minimal(function)) {
            Ok(alternatives) => Conditions::When(alternatives),
            Err(TooLarge) => Conditions::Undecided(LARGE.to_owned()),
        }
    }

    /// The prime implicants of a function among the requests that there are, without those that others make up for.
    fn minimal(&self, function: Bdd) -> Result<Vec<Vec<Literal>>, TooLarge> {
        let mut function = function;
        if let Some(bad) = self.atoms.find(&Atom::BadRoles).filter(|_| !self.any_roles) {
            function = restricted(&function, Literal { atom: bad, holds: false });
        }
        let atoms = support(&function);
        self.learn_pairs(&atoms);
        let mut impossible = self.diagrams.constant(false);
        for contradiction in self.contradictions.borrow().iter() {
            if contradiction.iter().all(|literal| atoms.binary_search(&literal.atom).is_ok()) {
                impossible = self.diagrams.or(&impossible, &self.diagrams.cube(contradiction))?;
            }
        }
        let free = self.diagrams.or(&function, &impossible)?;
        let mut primes = primes(&self.diagrams, &free)?;
        primes.retain(|prime| !matches!(theory::solve(&self.atoms, prime), Verdict::Inconsistent));
        // Positive things first, short conditions first.
        primes.sort_by_key(|prime| {
            (prime.len(), prime.iter().filter(|literal| !literal.holds).count(), prime.clone())
        });
        let mut at = primes.len();
        while at > 0 {
            at -= 1;
            let mut others = impossible.clone();
            for (index, prime) in primes.iter().enumerate() {
                if index != at {
                    others = self.diagrams.or(&others, &self.diagrams.cube(prime))?;
                }
            }
            if self.diagrams.and_not(&self.diagrams.cube(&primes[at]), &others)?.is_false() {
                primes.remove(at);
            }
        }
        Ok(primes)
    }

    /// Learns which two of these cannot be together.
    fn learn_pairs(&self, atoms: &[AtomId]) {
        if atoms.len() > MOST_PAIRED {
            return;
        }
        for (index, one) in atoms.iter().enumerate() {
            for other in &atoms[index + 1..] {
                if !self.paired.borrow_mut().insert((*one, *other)) {
                    continue;
                }
                for (first, second) in [(true, true), (true, false), (false, true)] {
                    let pair =
                        vec![Literal { atom: *one, holds: first }, Literal { atom: *other, holds: second }];
                    if matches!(theory::solve(&self.atoms, &pair), Verdict::Inconsistent) {
                        self.contradictions.borrow_mut().push(pair);
                    }
                }
            }
        }
    }
}
