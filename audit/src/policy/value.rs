//! Creds, targets and defaults out of files: plain JSON or YAML, in the spelling of case files.

use std::path::Path;

use assay_case::Spelled;
use assay_engine::oslo::load::yaml::Position;
use assay_engine::oslo::python::Value;

use super::InputError;
use super::error::read_text;

/// Reads a file that holds one value, as JSON if it is called `.json`, else as YAML.
///
/// # Errors
/// [`InputError::Io`], and [`InputError::File`] with the place for what is neither.
pub fn read(path: &Path) -> Result<Value, InputError> {
    parse(path, &read_text(path)?)
}

/// [`read`], of a text.
///
/// # Errors
/// [`InputError::File`].
pub fn parse(path: &Path, text: &str) -> Result<Value, InputError> {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let at = |line, column| Some(Position { line, column });
    let value = if is_json {
        serde_json::from_str(text)
            .map_err(|error| InputError::file(path, at(error.line(), error.column()), error.to_string()))
    } else {
        serde_yaml::from_str(text).map_err(|error| {
            let place = error.location().and_then(|place| at(place.line(), place.column()));
            InputError::file(path, place, error.to_string())
        })
    };
    value.map(|Spelled(value)| value)
}

/// A value as JSON, in the spelling of case files.
///
/// ```
/// use assay_engine::oslo::python::Value;
/// let creds = Value::dict([("roles", Value::list(["reader".into()]))]);
/// assert_eq!(assay::policy::value::json(&creds).to_string(), r#"{"roles":["reader"]}"#);
/// ```
#[must_use]
pub fn json(value: &Value) -> serde_json::Value {
    let mut text = String::new();
    assay_case::write_json(value, &mut text);
    // Whatever is spelled so is JSON.
    serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
}
