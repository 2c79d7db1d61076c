//! What is asked for, made ready for decisions.

use std::borrow::Cow;

use super::attributes::Attributes;
use crate::oslo::python::{Dict, PyStr, Value};

/// The attributes of the object that is asked for, made ready once for many decisions.
///
/// ```
/// use assay_engine::oslo::{Target, python::Value};
///
/// let target = Target::builder().set("project_id", "p1").set("min_disk", 10).build();
/// let pairs = [("project_id", Value::from("p1")), ("min_disk", Value::from(10))];
/// assert_eq!(target.value(), pairs.into_iter().collect::<Target>().value());
/// ```
#[derive(Clone, Debug)]
pub struct Target<'v> {
    value: Cow<'v, Value>,
}

impl Target<'static> {
    /// A target that owns its value, which upstream expects to be a mapping and does not require to be.
    #[must_use]
    pub const fn new(value: Value) -> Self {
        Self { value: Cow::Owned(value) }
    }

    /// Begins with no attributes.
    pub fn builder() -> TargetBuilder {
        TargetBuilder::default()
    }
}

impl<'v> Target<'v> {
    /// The target of a value that stays where it is.
    #[must_use]
    pub const fn of(value: &'v Value) -> Self {
        Self { value: Cow::Borrowed(value) }
    }

    /// The attributes.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The attributes, where they are a mapping.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self.value.as_ref() {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }
}

/// Makes a [`Target`], attribute by attribute.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TargetBuilder {
    attributes: Attributes,
}

impl TargetBuilder {
    /// An attribute; a later one replaces an earlier one.
    pub fn set(mut self, key: impl Into<PyStr>, value: impl Into<Value>) -> Self {
        self.attributes.set(key, value);
        self
    }

    /// The target.
    #[must_use]
    pub fn build(self) -> Target<'static> {
        Target::new(self.attributes.into())
    }
}

/// From a map, or from pairs.
impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Target<'static> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        TargetBuilder { attributes: pairs.into_iter().collect() }.build()
    }
}
