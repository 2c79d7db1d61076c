//! Named rules (`oslo_policy.policy.Rules`).

mod rules;

pub use rules::{LoadError, RuleIndex, Rules};
