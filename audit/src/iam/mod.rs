//! Questions about whole IAM policies: what the engine decides, asked often enough to say something in general.

pub mod boundary;
mod candidates;
pub mod compare;
mod input;
pub mod matrix;
mod witness;

pub use input::{Input, InputError, Parts, read_file};
pub use witness::{Witness, decision_json};
