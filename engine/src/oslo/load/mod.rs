//! Named rules (`oslo_policy.policy.Rules`), also as a policy file holds them.

mod depth;
mod file;
mod rules;
pub mod yaml;

pub use rules::{LoadError, RuleIndex, Rules};
