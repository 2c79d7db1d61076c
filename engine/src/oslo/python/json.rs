//! Values out of JSON, as Python's `json.loads` makes them.

use num_bigint::BigInt;
use serde_json::Number;

use super::Value;

/// What Python makes of the same JSON, but for integers beyond 64 bits, of which serde_json keeps floats
/// unless its `arbitrary_precision` is on.
///
/// ```
/// use assay_engine::oslo::{Creds, python::Value};
///
/// let json = serde_json::json!({"roles": ["reader"], "is_admin": false, "level": 1.5, "user": null});
/// let creds = Creds::new(json.into()).unwrap();
/// assert_eq!(creds.get("roles"), Some(&Value::list(["reader".into()])));
/// assert_eq!(creds.get("user"), Some(&Value::None));
/// ```
impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::None,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => number_of(&number),
            serde_json::Value::String(text) => text.into(),
            serde_json::Value::Array(items) => Self::list(items.into_iter().map(Self::from)),
            serde_json::Value::Object(entries) => {
                Self::dict(entries.into_iter().map(|(key, value)| (key, value.into())))
            }
        }
    }
}

/// As of a value that is handed over.
impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::None,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => number_of(number),
            serde_json::Value::String(text) => text.as_str().into(),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from)),
            serde_json::Value::Object(entries) => {
                Self::dict(entries.iter().map(|(key, value)| (key.as_str(), value.into())))
            }
        }
    }
}

fn number_of(number: &Number) -> Value {
    match (number.as_i64(), number.to_string().parse::<BigInt>()) {
        (Some(number), _) => number.into(),
        (None, Ok(number)) => Value::Int(number),
        (None, Err(_)) => number.as_f64().unwrap_or(f64::NAN).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_what_they_are() {
        let read = |text: &str| Value::from(&serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
        assert_eq!(read("-7"), Value::from(-7));
        assert_eq!(read("18446744073709551615"), Value::Int(u64::MAX.into()));
        assert_eq!(read("1.0"), Value::from(1.0));
        assert_eq!(read("-0.0"), Value::from(-0.0));
    }
}
