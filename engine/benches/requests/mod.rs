//! Scenarios in the engine's own form.

use assay_engine::oslo::Rules;
use assay_engine::oslo::python::Value;
use assay_scenarios::{Attributes, Policy};
use serde_json::Value as Json;

/// The rules of a policy.
pub(crate) fn rules(policy: &Policy) -> Rules {
    Rules::from_texts(policy.rules.iter().map(|(name, text)| (name.as_str(), text)))
}

/// Attributes as a dict.
pub(crate) fn value(attributes: &Attributes) -> Value {
    Value::dict(attributes.iter().map(|(key, value)| (key.as_str(), member(value))))
}

fn member(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Int(number.as_i64().expect("within 64 bits").into()),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(member)),
        Json::Object(members) => value(members),
    }
}
