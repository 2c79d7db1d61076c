//! Who asks, made ready for decisions.

use std::borrow::Cow;

use super::attributes::Attributes;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::base::{each_role, lowered_role};
use crate::oslo::evaluate::seen_creds;
use crate::oslo::python::hashing::Name;
use crate::oslo::python::{Dict, PyStr, Value};

/// The caller's attributes: `roles`, `project_id`, `is_admin`, …, made ready once for many decisions.
///
/// Roles are lower-cased here, and `system` is what creds have as `system_scope`, as checks see them
/// upstream. What is wrong with creds is seen here only if no decision could be made on them; all else is
/// raised by the checks that meet it.
///
/// ```
/// use assay_engine::oslo::{Creds, python::Value};
///
/// // By a builder, from pairs, from a value that is handed over, or of one that is only looked at.
/// let creds = Creds::builder().roles(["member", "Reader"]).set("project_id", "p1").build();
/// let value = Value::dict([
///     ("roles", Value::list(["member".into(), "Reader".into()])), ("project_id", "p1".into()),
/// ]);
/// assert_eq!(Creds::of(&value).unwrap().value(), creds.value());
/// assert_eq!(Creds::new(value).unwrap().value(), creds.value());
/// assert!(Creds::new(Value::None).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct Creds<'v> {
    value: Cow<'v, Value>,
    roles: Roles,
    /// Where the `system_scope` stands that is known as `system` too.
    system: Option<usize>,
}

/// `creds['roles']`, as a role check compares them.
#[derive(Clone, Debug)]
enum Roles {
    /// There are none.
    Missing,
    /// They stand there, and are what they are in lower case.
    Lower(usize),
    /// In lower case.
    Lowered(Box<[PyStr]>),
    /// A role check raises.
    Raise(ExceptionClass),
}

impl Creds<'static> {
    /// Creds that own their value.
    ///
    /// # Errors
    /// `InvalidContextObject` for what is no mapping.
    pub fn new(value: Value) -> Result<Self, Interrupt> {
        Creds::read(Cow::Owned(value))
    }

    /// Begins with no attributes.
    pub fn builder() -> CredsBuilder {
        CredsBuilder::default()
    }
}

impl<'v> Creds<'v> {
    /// Creds of a value that stays where it is.
    ///
    /// # Errors
    /// As [`Creds::new`].
    pub fn of(value: &'v Value) -> Result<Self, Interrupt> {
        Self::read(Cow::Borrowed(value))
    }

    fn read(value: Cow<'v, Value>) -> Result<Self, Interrupt> {
        let Value::Dict(dict) = value.as_ref() else {
            return Err(ExceptionClass::InvalidContextObject.into());
        };
        let scope = dict.position("system_scope");
        let system = scope.filter(|&at| dict.value_at(at).is_some_and(Value::truthy));
        let roles = dict.position("roles").map_or(Roles::Missing, |at| Roles::of(dict, at));
        Ok(Self { value, roles, system })
    }

    /// The attributes, as they were given.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The attributes as checks see them.
    pub(super) fn seen(&self) -> Cow<'_, Value> {
        seen_creds(&self.value).unwrap_or(Cow::Borrowed(&self.value))
    }

    /// An attribute as checks see it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(&Name::from(key), key == "system")
    }

    #[inline]
    pub(super) fn find(&self, key: &Name, is_system: bool) -> Option<&Value> {
        let Value::Dict(dict) = self.value.as_ref() else { return None };
        match self.system {
            Some(at) if is_system => dict.value_at(at),
            _ => dict.get_name(key),
        }
    }

    /// Whether the caller has a role that `is_it`, which is asked of roles in lower case.
    #[inline]
    pub(super) fn any_role(&self, is_it: impl Fn(&str) -> bool) -> Result<bool, ExceptionClass> {
        match &self.roles {
            Roles::Missing => Ok(false),
            Roles::Raise(class) => Err(*class),
            Roles::Lowered(roles) => Ok(roles.iter().any(|role| role.as_text().is_some_and(&is_it))),
            Roles::Lower(at) => {
                let Value::Dict(dict) = self.value.as_ref() else { return Ok(false) };
                let Some(Value::List(items) | Value::Tuple(items) | Value::Set(items)) = dict.value_at(*at)
                else {
                    return Ok(false);
                };
                Ok(items.iter().any(|item| match item {
                    Value::Str(role) => role.as_text().is_some_and(&is_it),
                    _ => false,
                }))
            }
        }
    }
}

impl Roles {
    fn of(dict: &Dict, at: usize) -> Self {
        let Some(roles) = dict.value_at(at) else { return Self::Missing };
        if let Value::List(items) | Value::Tuple(items) | Value::Set(items) = roles
            && items.iter().all(is_lower)
        {
            return Self::Lower(at);
        }
        let mut lowered = Vec::new();
        let all = each_role(roles, |entry| {
            lowered.extend(lowered_role(entry)?);
            Ok(())
        });
        match all {
            Ok(()) => Self::Lowered(lowered.into()),
            Err(class) => Self::Raise(class),
        }
    }
}

/// Whether a role is text that nothing needs to be done to.
fn is_lower(role: &Value) -> bool {
    let Value::Str(text) = role else { return false };
    text.as_text().is_some_and(|text| text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()))
}

/// Makes [`Creds`], attribute by attribute.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CredsBuilder {
    attributes: Attributes,
}

impl CredsBuilder {
    /// The roles, in any case of letters.
    pub fn roles<R: Into<Value>>(self, roles: impl IntoIterator<Item = R>) -> Self {
        self.set("roles", Value::list(roles.into_iter().map(Into::into)))
    }

    /// An attribute; a later one replaces an earlier one.
    pub fn set(mut self, key: impl Into<PyStr>, value: impl Into<Value>) -> Self {
        self.attributes.set(key, value);
        self
    }

    /// The creds.
    #[must_use]
    pub fn build(self) -> Creds<'static> {
        Creds::read(Cow::Owned(self.attributes.into())).expect("a mapping")
    }
}

/// From a map, or from pairs.
impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Creds<'static> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        CredsBuilder { attributes: pairs.into_iter().collect() }.build()
    }
}
