//! The values in a value.

use assay_engine::oslo::python::Value;

/// Shows a value, and all that it holds, keys of mappings among them.
pub(crate) fn visit(value: &Value, see: &mut impl FnMut(&Value)) {
    see(value);
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            items.iter().for_each(|item| visit(item, see));
        }
        Value::Dict(dict) => dict.iter().for_each(|(key, value)| {
            visit(key, see);
            visit(value, see);
        }),
        _ => {}
    }
}
