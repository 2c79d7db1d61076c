//! Who asks, made ready for decisions.

use std::borrow::Cow;

use super::attributes::{Attributes, Pairs};
use super::index::same;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::base::{each_role, lowered_role};
use crate::oslo::evaluate::seen_creds;
use crate::oslo::python::hashing::{Name, hash_of};
use crate::oslo::python::{PyStr, Value};

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
    attributes: Attributes<'v>,
    roles: Roles,
    /// Where the `system_scope` stands that is known as `system` too.
    system: Option<usize>,
}

/// `creds['roles']`, as a role check compares them.
#[derive(Clone, Debug)]
enum Roles {
    /// In lower case.
    Listed { texts: Texts, hashes: Box<[u64]> },
    /// A role check raises.
    Raise(ExceptionClass),
}

/// Where roles in lower case stand.
#[derive(Clone, Debug)]
enum Texts {
    /// At this place of creds, as they were given.
    Given(usize),
    /// Here.
    Lowered(Box<[Value]>),
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
        let attributes = Attributes::new(value).map_err(|_| ExceptionClass::InvalidContextObject)?;
        let is_set = |&place: &usize| attributes.at(place).is_some_and(|(_, scope)| scope.truthy());
        let system = attributes.place("system_scope").filter(is_set);
        let roles = Roles::of(&attributes);
        Ok(Self { attributes, roles, system })
    }

    /// The attributes, as they were given.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.attributes.value()
    }

    /// The attributes as checks see them.
    pub(super) fn seen(&self) -> Cow<'_, Value> {
        seen_creds(self.value()).unwrap_or(Cow::Borrowed(self.value()))
    }

    /// An attribute as checks see it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self.system {
            Some(place) if key == "system" => self.attributes.at(place).map(|(_, scope)| scope),
            _ => self.attributes.at(self.attributes.place(key)?).map(|(_, value)| value),
        }
    }

    #[inline]
    pub(super) fn find(&self, key: &Name, is_system: bool) -> Option<&Value> {
        match self.system {
            Some(place) if is_system => self.attributes.at(place).map(|(_, scope)| scope),
            _ => self.attributes.get(key),
        }
    }

    /// Whether the caller has a role, which is in lower case; `None` where a role check raises.
    #[inline]
    pub(super) fn has_role(&self, wanted: &Name) -> Option<bool> {
        let Roles::Listed { texts, hashes } = &self.roles else { return None };
        Some(match hashes.iter().position(|hash| *hash == wanted.hash()) {
            None => false,
            Some(first) => texts.hold(&self.attributes, first, wanted.text()),
        })
    }

    /// Whether the caller has a role that `is_it`, which is asked of roles in lower case.
    pub(super) fn any_role(&self, is_it: impl Fn(&str) -> bool) -> Result<bool, ExceptionClass> {
        match &self.roles {
            Roles::Raise(class) => Err(*class),
            Roles::Listed { texts, .. } => {
                Ok(texts.items(&self.attributes).iter().filter_map(text).any(is_it))
            }
        }
    }
}

impl Roles {
    fn of(attributes: &Attributes<'_>) -> Self {
        let found = attributes.place("roles").and_then(|place| Some((place, attributes.at(place)?.1)));
        let texts = match found {
            None => Texts::Lowered([].into()),
            Some((place, Value::List(items) | Value::Tuple(items) | Value::Set(items)))
                if items.iter().all(is_lower) =>
            {
                Texts::Given(place)
            }
            Some((_, roles)) => {
                let mut lowered = Vec::new();
                let all = each_role(roles, |entry| {
                    lowered.extend(lowered_role(entry)?.map(Value::Str));
                    Ok(())
                });
                if let Err(class) = all {
                    return Self::Raise(class);
                }
                Texts::Lowered(lowered.into())
            }
        };
        // What has lone surrogates is no constant, and is compared by the interpreter.
        let hash = |role| text(role).map_or(0, hash_of);
        let hashes = texts.items(attributes).iter().map(hash).collect();
        Self::Listed { texts, hashes }
    }
}

impl Texts {
    /// Whether a role is among these, from a place on.
    #[inline(never)]
    fn hold(&self, attributes: &Attributes<'_>, first: usize, wanted: &str) -> bool {
        self.items(attributes).iter().skip(first).filter_map(text).any(|role| same(role, wanted))
    }

    fn items<'t>(&'t self, attributes: &'t Attributes<'_>) -> &'t [Value] {
        match self {
            Self::Lowered(roles) => roles,
            Self::Given(place) => match attributes.at(*place) {
                Some((_, Value::List(items) | Value::Tuple(items) | Value::Set(items))) => items,
                _ => &[],
            },
        }
    }
}

fn text(role: &Value) -> Option<&str> {
    match role {
        Value::Str(text) => text.as_text(),
        _ => None,
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
    pairs: Pairs,
}

impl CredsBuilder {
    /// The roles, in any case of letters.
    pub fn roles<R: Into<Value>>(self, roles: impl IntoIterator<Item = R>) -> Self {
        self.set("roles", Value::list(roles.into_iter().map(Into::into)))
    }

    /// An attribute; a later one replaces an earlier one.
    pub fn set(mut self, key: impl Into<PyStr>, value: impl Into<Value>) -> Self {
        self.pairs.set(key, value);
        self
    }

    /// The creds.
    #[must_use]
    pub fn build(self) -> Creds<'static> {
        Creds::read(Cow::Owned(self.pairs.into())).expect("a mapping")
    }
}

/// From a map, or from pairs.
impl<K: Into<PyStr>, V: Into<Value>> FromIterator<(K, V)> for Creds<'static> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        CredsBuilder { pairs: pairs.into_iter().collect() }.build()
    }
}
