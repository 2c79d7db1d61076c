//! Named rules (`oslo_policy.policy.Rules`), also as a policy file holds them.

mod depth;
mod file;
mod rules;
pub mod yaml;

pub(in crate::oslo) use rules::read_rule;
pub use rules::{DefaultRule, LoadError, RuleIndex, Rules};
