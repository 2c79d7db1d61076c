//! The documented policies, as worlds that random requests are asked of.

use assay_case::World;
use assay_engine::oslo::python::Value;
use serde::Deserialize;
use thiserror::Error;

/// A documented policy that this build carries cannot be read.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// `policies/glance.yaml`.
    #[error("policies/glance.yaml: {0}")]
    Glance(#[from] serde_yaml::Error),
    /// `policies/cinder.json`.
    #[error("policies/cinder.json: {0}")]
    Cinder(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Defaults {
    defaults: Vec<RuleDefault>,
}

#[derive(Deserialize)]
struct RuleDefault {
    name: String,
    check_str: String,
}

/// Glance's registered defaults, as plain rules.
///
/// # Errors
/// A `policies/glance.yaml` that is no defaults file.
pub fn glance() -> Result<World, PolicyError> {
    let defaults: Defaults = serde_yaml::from_str(include_str!("../../../policies/glance.yaml"))?;
    let rules = defaults.defaults.into_iter().map(|default| (default.name, Value::from(default.check_str)));
    Ok(World::of_rules(rules))
}

/// Cinder's `policy.json`.
///
/// # Errors
/// A `policies/cinder.json` that is no mapping of texts.
pub fn cinder() -> Result<World, PolicyError> {
    let rules: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(include_str!("../../../policies/cinder.json"))?;
    let rules = rules.into_iter().map(|(name, text)| Ok((name, Value::from(String::deserialize(text)?))));
    Ok(World::of_rules(rules.collect::<Result<Vec<_>, serde_json::Error>>()?))
}
