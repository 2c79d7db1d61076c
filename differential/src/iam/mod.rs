//! The campaign on the IAM half of the engine: `run --profile iam`.
//!
//! No upstream exists. Generated worlds are held against [`laws`], and with the feature `iam-oracles` against two
//! engines that are not ours, each on the part of the language that it knows.

pub mod campaign;
pub use assay_properties::laws;
#[cfg(feature = "iam-oracles")]
pub mod oracle;
#[cfg(feature = "iam-oracles")]
pub mod speed;

#[cfg(feature = "faults")]
pub use campaign::seek;
pub use campaign::{Judge, Settings, judges, run};
