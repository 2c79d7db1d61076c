//! The subjects, one file each.

pub(crate) mod casbin;
pub(crate) mod cedar;
pub(crate) mod engine;
pub(crate) mod oslo_policy;
pub(crate) mod regorus;
pub(crate) mod upstream;

use assay_scenarios::Attributes;
use serde_json::Value;

/// Creds as they are handed to engines that compare texts as they are: upstream compares the names of roles in lower
/// case.
fn folded(creds: &Attributes) -> Attributes {
    let mut creds = creds.clone();
    if let Some(Value::Array(roles)) = creds.get_mut("roles") {
        for role in roles {
            if let Value::String(name) = role {
                *name = name.to_lowercase();
            }
        }
    }
    creds
}
