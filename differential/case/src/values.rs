//! The values in a value.

use assay_engine::oslo::python::Value;

/// Shows a value, and all that it holds, keys of mappings among them. Returns how many containers stand in each other.
pub(crate) fn visit(value: &Value, see: &mut impl FnMut(&Value)) -> usize {
    see(value);
    let deepest = match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            items.iter().map(|item| visit(item, see)).max()
        }
        Value::Dict(dict) => dict.iter().map(|(key, value)| visit(key, see).max(visit(value, see))).max(),
        _ => return 0,
    };
    1 + deepest.unwrap_or_default()
}
