//! What must hold of Assay whatever bytes come: the properties behind the fuzz targets.
//!
//! A [`Target`] takes bytes and makes of them what its entry point takes; its property panics where
//! something does not hold. What drives it is another matter: libFuzzer (`fuzz/`), the [`driver`] on stable
//! Rust, or a test that replays the committed seeds. No driver runs CPython; [`decode`] turns an input into
//! the cases that can be asked of it.
//!
//! ```
//! let target = assay_properties::target("parse-bytes").unwrap();
//! target.run(b"role:a and not (b:%(c)s");
//! assert!(target.bounds.memory(100) >= 100);
//! ```
#![forbid(unsafe_code)]

pub mod bounds;
mod bytes;
pub mod decode;
pub mod driver;
mod explained;
mod files;
mod iam;
pub mod laws;
#[cfg(feature = "planted")]
mod planted;
mod python;
pub mod seeds;
mod targets;
mod text;
mod unshared;
mod vocabulary;
mod worlds;

pub use explained::explained;
pub use targets::{TARGETS, Target, UnknownTarget, target};
