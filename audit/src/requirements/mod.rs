//! Requirements: who must be able to do what, as a table that a policy is held against, without a cloud.
//!
//! ```text
//! CSV, YAML ──► table ──► resolve (personas, operations) ──► verdict ──► text, JSON, JUnit
//! ```
//!
//! A requirement without a target is about all objects at once: `allow` and `deny` hold of every one, `conditional` of
//! some. That is computed by what the rule means, not sampled. With a target it is one request.

mod junit;
mod table;
mod verdict;

pub use junit::junit;
pub use table::{Expected, Requirement, Table, TargetSpec};
pub use verdict::{Got, Verdict, judge};
