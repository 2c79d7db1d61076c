//! Creds, targets and defaults out of files: plain JSON or YAML, in the spelling of case files.

use std::path::Path;

use assay_case::Spelled;
use assay_engine::oslo::load::yaml::Position;
use assay_engine::oslo::python::Value;

use super::InputError;
use super::read::read_text;

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
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return parse_json(path, text);
    }
    let value = serde_yaml::from_str(text).map_err(|error| {
        let place = error.location().map(|place| Position { line: place.line(), column: place.column() });
        InputError::file(path, place, error.to_string())
    });
    value.map(|Spelled(value)| value)
}

/// [`parse`] of JSON, whatever the file is called.
///
/// # Errors
/// [`InputError::File`].
pub fn parse_json(path: &Path, text: &str) -> Result<Value, InputError> {
    let value = serde_json::from_str(text).map_err(|error| {
        let place = Position { line: error.line(), column: error.column() };
        InputError::file(path, Some(place), error.to_string())
    });
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

/// [`read`] of what has to be a mapping.
///
/// # Errors
/// As [`read`], and for anything else than a mapping.
pub fn read_mapping(path: &Path) -> Result<Value, InputError> {
    match read(path)? {
        mapping @ Value::Dict(_) => Ok(mapping),
        _ => Err(InputError::file(path, None, "this is no mapping")),
    }
}
