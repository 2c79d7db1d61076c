//! What `enforce` does to creds before it looks at a rule.

use std::borrow::Cow;

use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::Value;

/// Creds as checks see them: a `system_scope` is known as `system` too. Upstream writes that into the
/// caller's own dict, where the next request with it finds it.
///
/// # Errors
/// `InvalidContextObject` for what is no mapping.
///
/// ```
/// use assay_engine::oslo::{python::Value, seen_creds};
/// let creds = Value::dict([("system_scope", Value::from("all"))]);
/// let seen = Value::dict([("system_scope", Value::from("all")), ("system", Value::from("all"))]);
/// assert_eq!(*seen_creds(&creds).unwrap(), seen);
/// ```
pub fn seen_creds(creds: &Value) -> Result<Cow<'_, Value>, Interrupt> {
    let Value::Dict(dict) = creds else {
        return Err(ExceptionClass::InvalidContextObject.into());
    };
    match dict.get("system_scope").filter(|scope| scope.truthy() && !fault!(SystemScopeNotCopied)) {
        None => Ok(Cow::Borrowed(creds)),
        Some(scope) => {
            let mut dict = dict.clone();
            dict.insert_str("system", scope.clone());
            Ok(Cow::Owned(Value::Dict(dict)))
        }
    }
}
