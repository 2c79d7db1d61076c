//! What is asked for, made ready for decisions.

use std::borrow::Cow;

use super::attributes::{Attributes, Pairs};
use crate::oslo::python::{PyStr, Value};

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
pub struct Target<'v>(Kind<'v>);

#[derive(Clone, Debug)]
enum Kind<'v> {
    Mapping(Attributes<'v>),
    /// Upstream expects a mapping, and does not require one.
    Other(Cow<'v, Value>),
}

impl Target<'static> {
    /// A target that owns its value.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Target::read(Cow::Owned(value))
    }

    /// Begins with no attributes.
    pub fn builder() -> TargetBuilder {
        TargetBuilder::default()
    }
}

impl<'v> Target<'v> {
    /// The target of a value that stays where it is.
    #[must_use]
    pub fn of(value: &'v Value) -> Self {
        Self::read(Cow::Borrowed(value))
    }

    fn read(value: Cow<'v, Value>) -> Self {
        Self(Attributes::new(value).map_or_else(Kind::Other, Kind::Mapping))
    }

    /// The attributes.
    #[must_use]
    pub fn value(&self) -> &Value {
        match &self.0 {
            Kind::Mapping(attributes) => attributes.value(),
            Kind::Other(value) => value,
        }
    }

    /// The attributes, where they are a mapping.
    #[inline]
    pub(super) const fn attributes(&self) -> Option<&Attributes<'v>> {
        match &self.0 {
            Kind::Mapping(attributes) => Some(attributes),
            Kind::Other(_) => None,
        }
    }
}

/// Makes a [`Target`], attribute by attribute.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TargetBuilder {
    pairs: Pairs,
}

impl TargetBuilder {
    /// An attribute; a later one replaces an earlier one.
    pub fn set(mut self, key: impl Into<PyStr>, value: impl Into<Value>) -> Self {
        self.pairs.set(key, value);
        self
    }

    /// The target.
    #[must_use]
    pub fn build(self) -> Target<'static> {
        Target::new(self.pairs.into())
    }
}

/// From a map, or from pairs.
impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Target<'static> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        TargetBuilder { pairs: pairs.into_iter().collect() }.build()
    }
}
