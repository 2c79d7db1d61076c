//! Real services: what their releases register, beside the documented policies, and decided on both engines.
//!
//! ```text
//! list ──► install ──► defaults ──► compare ──────────────► report
//!                         └───────► questions ──► decide ──┘
//! ```
//!
//! - [`list`] is the releases that are looked at, with their hashes; [`install`] fetches their archives.
//! - [`defaults`] is what a service registers, as data: read, written, handed to the engine.
//! - [`compare`](mod@compare) puts a document beside a release, and finds the release that is nearest.
//! - [`questions`] is who asks what of a policy, made from its own checks; [`decide`] has both sides answer.
//! - [`report`] is what people and programs read of it.

pub mod compare;
#[cfg(feature = "upstream")]
pub mod decide;
pub mod defaults;
#[cfg(feature = "upstream")]
pub mod install;
pub mod list;
pub mod questions;
pub mod report;
