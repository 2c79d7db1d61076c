//! Upstream's own unit tests, run from the installed package with our engine in upstream's place.
//!
//! - [`worker`] is the child process that runs them, against one [`Subject`]: upstream, our engine, or our engine with
//!   something broken.
//! - `module` is the engine as a Python module, `shape.py` the classes and functions of upstream's shape around it,
//!   `checks` and `value` turn what is handed over; `runner.py` runs the tests and takes down how each ended.
//! - [`runs`] starts the workers, [`verdict`] says what their results come to.
//!
//! A test is ours if it passes with our engine and fails with a broken one: then it is the engine that it tests.

mod checks;
mod module;
pub mod runs;
mod sabotage;
mod value;
pub mod verdict;
pub mod worker;

pub use sabotage::Subject;

/// The tests that are not about what the engine does, each with its reason.
pub const NOT_APPLICABLE: &str = include_str!("../../upstream-tests.not-applicable.txt");
