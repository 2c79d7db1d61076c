//! Generators: worlds of rules, and requests that meet them.
//!
//! A generator makes inputs and knows nothing of what should come of them; that is an oracle's
//! business. What it makes depends on (seed, profile, index) only, so any run, shard or machine
//! makes the same world again. [`shrink`] makes what was found small, on the case itself.
//!
//! ```
//! use assay_generate::{Generator, Profile};
//! let generator = Generator::new(1);
//! let first = generator.world(Profile::Language, 7);
//! assert_eq!(first, Generator::new(1).world(Profile::Language, 7));
//! assert!(!first.requests.is_empty());
//! ```
#![forbid(unsafe_code)]

mod contexts;
mod draw;
mod exhaustive;
mod expressions;
mod features;
mod files;
mod formats;
pub mod iam;
mod leaves;
mod lists;
mod literals;
mod measures;
mod parsed;
mod policies;
mod profile;
mod rules;
mod schedule;
mod services;
pub mod shrink;
mod swarm;
mod unicode;
mod vocabulary;

pub use features::{Feature, Features};
pub use measures::{Measures, count_more};
pub use parsed::ParsedRules;
pub use policies::{PolicyError, cinder, glance};
pub use profile::{GeneratedWorld, Generator, Profile, UnknownProfile};
pub use schedule::Schedule;
