//! What rules mean: when they allow, deny and raise, over all requests at once.
//!
//! ```text
//! check ─► reading ─► formula over atoms ─┐
//! rules ──────────────────────────────────┴─► function: allow, deny (diagrams) ─► analysis ─► witness
//!                                                                                    ▲           ▲
//!                                             theory: what atoms mean together ──────┘         engine
//! ```
//!
//! A check is read into [`Atom`]s, what it asks of a request in the smallest pieces. Rules are put together from
//! them in the order in which they are walked, so that what is not reached cannot raise; each rule once. A question is
//! a diagram, the requests that are looked for; a way through it is a set of literals, and the theory says whether a
//! request bears them out. It learns from what contradicts itself. Whatever request comes of it, the engine is asked.

mod analysis;
mod atom;
mod caller;
mod diagram;
mod function;
#[cfg(test)]
mod laws;
mod primes;
mod reading;
mod request;
mod side;
mod template;
mod theory;
mod witness;
mod words;

pub use analysis::{Analysis, Answer, Conditions, Found, Question};
pub use atom::{Atom, AtomId, Atoms, Literal, Term};
pub use caller::Caller;
pub use diagram::TooLarge;
pub use side::{Outcome, Side, Subject};
pub use witness::{Assumption, Witness};
