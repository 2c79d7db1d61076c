//! The harness: upstream oslo.policy on one side, a subject on the other, and what lies between.
//!
//! - [`oracle`] is upstream, embedded, in worker processes (feature `upstream`).
//! - [`compare`](mod@compare) puts a subject's answers beside upstream's.
//! - [`campaign`] generates, compares, shrinks and saves.
//! - [`report`] is what a run comes to, and what several runs come to together.
//! - [`peers`] are the subjects that are not ours, [`scores`] how far subjects agree, by area.
//! - [`upstream_tests`] is upstream's own unit tests, run against our engine.
//! - [`services`] are real ones: what their releases register, beside the documented policies.
//! - [`iam`] is the campaign on the half that has no upstream.
//! - [`cli`] is the commands, one file each.
//!
//! This is the only package that links libpython, and nothing depends on it.
#![deny(unsafe_code)]

pub mod campaign;
pub mod cli;
pub mod compare;
pub mod iam;
#[cfg(all(feature = "upstream", feature = "faults"))]
pub mod mutants;
#[cfg(feature = "upstream")]
pub mod oracle;
pub mod peers;
#[cfg(feature = "upstream")]
mod python_line;
pub mod recorded;
pub mod report;
pub mod scores;
pub mod services;
#[cfg(feature = "upstream")]
pub mod upstream_tests;

#[cfg(feature = "upstream")]
pub use python_line::python_line;
