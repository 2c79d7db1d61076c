//! The campaign: batches to workers, answers compared, findings shrunk and saved.
//!
//! - [`pool`] runs batches on workers and hands results on in order of their index.
//! - [`corpora`] replays the recorded corpora on both sides.
//! - [`run`] generates, compares, and gathers what it saw in a [`crate::report::Report`].
//! - [`scores`](mod@scores) counts how far a peer agrees, on the same generated worlds.
//! - [`coverage`] tells which of upstream's branches were taken.
//! - [`finding`] makes a divergence small and puts it on disk; `trace` tells which part of it both sides see otherwise.

#[cfg(feature = "upstream")]
pub mod corpora;
#[cfg(feature = "upstream")]
pub mod coverage;
#[cfg(feature = "upstream")]
pub mod finding;
#[cfg(feature = "upstream")]
pub mod pool;
#[cfg(feature = "upstream")]
pub mod run;
#[cfg(feature = "upstream")]
pub mod scores;
pub mod statistics;
#[cfg(feature = "upstream")]
mod trace;
