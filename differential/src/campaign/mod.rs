//! The campaign: batches to workers, answers compared, findings shrunk and saved.
//!
//! - [`pool`] runs batches on workers and hands results on in order of their index.
//! - [`corpora`] replays the recorded corpora on both sides.
//! - [`run`] generates, compares, and gathers what it saw in a [`crate::report::Report`].
//! - [`scores`](mod@scores) counts how far a peer agrees, on the same generated worlds.
//! - [`coverage`] tells which of upstream's branches were taken.
//! - [`finding`] makes a divergence small and puts it on disk.

pub mod corpora;
pub mod coverage;
pub mod finding;
pub mod pool;
pub mod run;
pub mod scores;
pub mod statistics;
