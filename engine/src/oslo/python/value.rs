//! Python values, as far as a policy file, creds or a target can hold them.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use indexmap::Equivalent;
use num_bigint::BigInt;

use super::dict::Dict;

/// A Python `str`: Unicode text that may hold lone surrogates.
///
/// ```
/// use assay_engine::oslo::python::PyStr;
/// assert_eq!(PyStr::from_code_points(vec![0x61]), PyStr::from("a"));
/// assert_eq!(PyStr::from_code_points(vec![0xd83d]).as_text(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PyStr(Repr);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Repr {
    Text(Cow<'static, str>),
    /// Elsewhere, for few are: a value that is a string is as small as can be.
    Masked(Box<Masked>),
}

/// Equal strings have equal forms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Masked {
    /// With [`MASK`] for each surrogate.
    text: String,
    /// At least one, with their byte positions in the text.
    surrogates: Vec<(usize, u32)>,
}

/// What stands for a lone surrogate in a [masked](PyStr::masked) text.
const MASK: char = char::REPLACEMENT_CHARACTER;

impl PyStr {
    /// A string of these code points; a code point above `0x10ffff` becomes U+FFFD.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers hand over what they made for it")]
    pub fn from_code_points(points: Vec<u32>) -> Self {
        let mut text = String::with_capacity(points.len());
        let mut surrogates = Vec::new();
        for point in points {
            if is_surrogate(point) {
                surrogates.push((text.len(), point));
            }
            text.push(char::from_u32(point).unwrap_or(MASK));
        }
        Self::new(text, surrogates)
    }

    /// A string that the program holds anyway: it takes no memory, and neither does a copy of it.
    ///
    /// ```
    /// use assay_engine::oslo::python::PyStr;
    /// assert_eq!(PyStr::from_static("user_id"), PyStr::from("user_id"));
    /// ```
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::Text(Cow::Borrowed(text)))
    }

    fn new(text: String, surrogates: Vec<(usize, u32)>) -> Self {
        Self(if surrogates.is_empty() {
            Repr::Text(text.into())
        } else {
            Repr::Masked(Box::new(Masked { text, surrogates }))
        })
    }

    /// The text, or `None` where the string holds a lone surrogate.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Text(text) => Some(text),
            Repr::Masked(_) => None,
        }
    }

    /// The text with U+FFFD for each lone surrogate. Nothing that reads rule texts tells the two apart, so
    /// the text can be read in this form and [`PyStr::slice`] gives what really stands somewhere.
    ///
    /// ```
    /// use assay_engine::oslo::python::PyStr;
    /// let text = PyStr::from_code_points(vec![0x61, 0xd83d, 0x62]);
    /// assert_eq!(text.masked(), "a\u{fffd}b");
    /// assert_eq!(text.slice(1..4), PyStr::from_code_points(vec![0xd83d]));
    /// ```
    #[must_use]
    pub fn masked(&self) -> &str {
        match &self.0 {
            Repr::Text(text) => text,
            Repr::Masked(masked) => &masked.text,
        }
    }

    /// What stands in a byte range of the [masked](Self::masked) text.
    ///
    /// # Panics
    /// Where `masked()[range]` does.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let text = self.masked()[range.clone()].to_owned();
        let within = |(at, point): &(usize, u32)| range.contains(at).then(|| (at - range.start, *point));
        Self::new(text, self.surrogates().iter().filter_map(within).collect())
    }

    fn surrogates(&self) -> &[(usize, u32)] {
        match &self.0 {
            Repr::Text(_) => &[],
            Repr::Masked(masked) => &masked.surrogates,
        }
    }

    /// The code points in order, surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut surrogates = self.surrogates().iter().peekable();
        self.masked().char_indices().map(move |(at, c)| {
            let masked = surrogates.next_if(|(position, _)| *position == at);
            masked.map_or(u32::from(c), |(_, point)| *point)
        })
    }

    /// Whether it is `''`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.masked().is_empty()
    }
}

const fn is_surrogate(point: u32) -> bool {
    0xd800 <= point && point < 0xe000
}

/// As `str` hashes where it is text, so that a `&str` finds its key without an allocation.
impl Hash for PyStr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.masked().hash(state);
        if let Repr::Masked(masked) = &self.0 {
            masked.surrogates.hash(state);
        }
    }
}

impl Equivalent<PyStr> for str {
    fn equivalent(&self, other: &PyStr) -> bool {
        other.as_text() == Some(self)
    }
}

/// For people: a lone surrogate is written as U+FFFD.
impl fmt::Display for PyStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.masked())
    }
}

impl From<&str> for PyStr {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for PyStr {
    fn from(text: String) -> Self {
        Self(Repr::Text(text.into()))
    }
}

/// A Python value.
///
/// Two are equal if they are the same value of the same type, written alike: `1` is not `1.0`, `0.0`
/// is not `-0.0`, and a `nan` is itself. (Python's own `==` decides what one key of a [`Dict`] is.)
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// `int`, unbounded.
    Int(BigInt),
    /// `float`.
    Float(f64),
    /// `complex`. Only literals are: no context holds one.
    Complex {
        /// The real part.
        re: f64,
        /// The imaginary part.
        im: f64,
    },
    /// `...`. Only literals are: no context holds one.
    Ellipsis,
    /// `str`.
    Str(PyStr),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `tuple`.
    Tuple(Vec<Value>),
    /// `list`.
    List(Vec<Value>),
    /// `set`, in the order in which it was written (Python's own order follows hashes).
    Set(Vec<Value>),
    /// `dict`, in insertion order.
    Dict(Dict),
}

impl Value {
    /// A dict from string keys; a later entry replaces an earlier one with the same key.
    ///
    /// ```
    /// use assay_engine::oslo::python::Value;
    /// let creds = Value::dict([("roles", Value::list([Value::from("admin")]))]);
    /// assert!(creds.truthy());
    /// ```
    pub fn dict<K: Into<PyStr>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let mut dict = Dict::default();
        for (key, value) in entries {
            dict.insert_str(key, value);
        }
        Self::Dict(dict)
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// What Python's `bool()` says.
    #[must_use]
    pub fn truthy(&self) -> bool {
        match self {
            Self::None => false,
            Self::Ellipsis => true,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != BigInt::ZERO,
            Self::Float(value) => *value != 0.0,
            Self::Complex { re, im } => *re != 0.0 || *im != 0.0,
            Self::Str(value) => !value.is_empty(),
            Self::Bytes(value) => !value.is_empty(),
            Self::Tuple(items) | Self::List(items) | Self::Set(items) => !items.is_empty(),
            Self::Dict(dict) => !dict.is_empty(),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Complex { re: a, im: b }, Self::Complex { re: c, im: d }) => {
                (a.to_bits(), b.to_bits()) == (c.to_bits(), d.to_bits())
            }
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b))
            | (Self::List(a), Self::List(b))
            | (Self::Set(a), Self::Set(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}
