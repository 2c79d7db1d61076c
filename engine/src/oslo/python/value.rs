//! Python values, as far as a policy file, creds or a target can hold them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use indexmap::{Equivalent, IndexMap};
use num_bigint::BigInt;
use thiserror::Error;

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
    Text(String),
    /// The text with [`MASK`] for each surrogate, and the surrogates, at least one, with their byte
    /// positions in it: so equal strings have equal forms.
    Masked(String, Vec<(usize, u32)>),
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
        Self(if surrogates.is_empty() { Repr::Text(text) } else { Repr::Masked(text, surrogates) })
    }

    /// The text, or `None` where the string holds a lone surrogate.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Text(text) => Some(text),
            Repr::Masked(..) => None,
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
        let (Repr::Text(text) | Repr::Masked(text, _)) = &self.0;
        text
    }

    /// What stands in a byte range of the [masked](Self::masked) text.
    ///
    /// # Panics
    /// Where `masked()[range]` does.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let text = self.masked()[range.clone()].to_owned();
        let within = |(at, point): &(usize, u32)| range.contains(at).then(|| (at - range.start, *point));
        let surrogates: Vec<_> = self.surrogates().iter().filter_map(within).collect();
        Self(if surrogates.is_empty() { Repr::Text(text) } else { Repr::Masked(text, surrogates) })
    }

    fn surrogates(&self) -> &[(usize, u32)] {
        match &self.0 {
            Repr::Text(_) => &[],
            Repr::Masked(_, surrogates) => surrogates,
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
        if let Repr::Masked(_, surrogates) = &self.0 {
            surrogates.hash(state);
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
        Self(Repr::Text(text.to_owned()))
    }
}

impl From<String> for PyStr {
    fn from(text: String) -> Self {
        Self(Repr::Text(text))
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

/// A value that Python cannot hash was used as a key of a dict (`TypeError` in Python).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a list, dict or set cannot be the key of a dict")]
pub struct Unhashable;

/// A Python `dict`: ordered, keyed by Python equality (`1`, `1.0` and `True` are one key).
#[derive(Clone, Debug, Default)]
pub struct Dict(IndexMap<Key, Value>);

impl Dict {
    /// Sets a key, keeping the position and the key object of an equal one that is there already.
    ///
    /// # Errors
    /// [`Unhashable`] where Python could not hash the key.
    pub fn insert(&mut self, key: Value, value: Value) -> Result<(), Unhashable> {
        self.0.insert(Key::try_new(key)?, value);
        Ok(())
    }

    /// [`Dict::insert`] for a string key, which always can be hashed.
    pub fn insert_str(&mut self, key: impl Into<PyStr>, value: Value) {
        self.0.insert(Key(Value::Str(key.into())), value);
    }

    /// The value of a string key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The value of a string key that may hold lone surrogates.
    #[must_use]
    pub fn get_str(&self, key: &PyStr) -> Option<&Value> {
        self.0.get(key)
    }

    /// Takes a string key out, keeping the order of the others.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.shift_remove(key)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value, &Value)> + DoubleEndedIterator {
        self.0.iter().map(|(key, value)| (&key.0, value))
    }

    /// Values in order, to be changed in place.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Value> {
        self.0.values_mut()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is `{}`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Same keys and values in the same order. (Python's `==` ignores the order; this one is what
/// "the same case" means.)
impl PartialEq for Dict {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Dict {}

/// A hashable value under Python's equality (which is not reflexive: see nan).
#[derive(Clone, Debug)]
struct Key(Value);

impl Key {
    fn try_new(value: Value) -> Result<Self, Unhashable> {
        fn hashable(value: &Value) -> bool {
            match value {
                Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
                Value::Tuple(items) => items.iter().all(hashable),
                _ => true,
            }
        }
        if hashable(&value) { Ok(Self(value)) } else { Err(Unhashable) }
    }
}

/// The number behind a key, in one form for all types whose equal values are one key.
enum Number {
    Int(BigInt),
    /// Not integral, infinite or not a number.
    Float(f64),
    /// With an imaginary part; zeros have no sign.
    Complex(f64, f64),
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Bool(value) => Some(Number::Int(BigInt::from(u8::from(*value)))),
        Value::Int(value) => Some(Number::Int(value.clone())),
        Value::Float(value) if value.fract() == 0.0 => integral(*value).map(Number::Int),
        Value::Float(value) => Some(Number::Float(*value)),
        Value::Complex { re, im } if *im == 0.0 => number(&Value::Float(*re)),
        Value::Complex { re, im } => Some(Number::Complex(re + 0.0, im + 0.0)),
        _ => None,
    }
}

/// An integral float as an integer, exactly.
pub(in crate::oslo) fn integral(value: f64) -> Option<BigInt> {
    let bits = value.abs().to_bits();
    let exponent = i32::try_from(bits >> 52).ok()? - 1075;
    let mantissa = BigInt::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let magnitude = if value == 0.0 {
        BigInt::ZERO
    } else if exponent >= 0 {
        mantissa << exponent
    } else {
        mantissa >> -exponent
    };
    Some(if value.is_sign_negative() { -magnitude } else { magnitude })
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (number(&self.0), number(&other.0)) {
            (Some(Number::Int(a)), Some(Number::Int(b))) => a == b,
            // Two nans are two keys, since no nan equals another (only the same object would be found).
            (Some(Number::Float(a)), Some(Number::Float(b))) => a == b,
            (Some(Number::Complex(a, b)), Some(Number::Complex(c, d))) => (a, b) == (c, d),
            (None, None) => match (&self.0, &other.0) {
                (Value::Tuple(a), Value::Tuple(b)) => {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Key(a.clone()) == Key(b.clone()))
                }
                (a, b) => a == b,
            },
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match (&self.0, number(&self.0)) {
            (_, Some(Number::Int(value))) => value.hash(state),
            (_, Some(Number::Float(value))) => value.to_bits().hash(state),
            (_, Some(Number::Complex(re, im))) => (re.to_bits(), im.to_bits()).hash(state),
            (Value::Str(text), None) => text.hash(state),
            (Value::Bytes(bytes), None) => bytes.hash(state),
            (Value::Tuple(items), None) => items.iter().for_each(|item| Key(item.clone()).hash(state)),
            _ => 0_u8.hash(state),
        }
    }
}

impl Equivalent<Key> for str {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(&key.0, Value::Str(text) if text.as_text() == Some(self))
    }
}

impl Equivalent<Key> for PyStr {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(&key.0, Value::Str(text) if text == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Value::from(1), Value::from(true))]
    #[case(Value::from(1), Value::from(1.0))]
    #[case(Value::from(0), Value::from(-0.0))]
    #[case(Value::Int(BigInt::from(1u8) << 70), Value::from(2f64.powi(70)))]
    #[case(Value::Tuple(vec![Value::from(1)]), Value::Tuple(vec![Value::from(true)]))]
    #[case(Value::from(2.5), Value::Complex { re: 2.5, im: 0.0 })]
    #[case(Value::from(1), Value::Complex { re: 1.0, im: -0.0 })]
    #[case(Value::Complex { re: 0.0, im: 1.0 }, Value::Complex { re: -0.0, im: 1.0 })]
    fn equal_keys_of_different_types_are_one_key(#[case] first: Value, #[case] second: Value) {
        let mut dict = Dict::default();
        dict.insert(first.clone(), "a".into()).expect("hashable");
        dict.insert(second, "b".into()).expect("hashable");
        assert_eq!(dict.iter().collect::<Vec<_>>(), [(&first, &Value::from("b"))]);
    }

    /// A string with U+FFFD where the other has a surrogate looks alike when masked.
    #[test]
    fn a_lone_surrogate_is_a_key_of_its_own() {
        let strings = [vec![0xd83d], vec![0xd83e], vec![0xfffd], vec![0xfffd, 0xd83d], vec![0xd83d, 0xfffd]];
        let strings = strings.map(PyStr::from_code_points);
        let dict =
            Value::dict(strings.iter().enumerate().map(|(n, key)| (key.clone(), Value::from(n as i64))));
        let Value::Dict(dict) = dict else { panic!("a dict") };
        for (n, key) in strings.iter().enumerate() {
            assert_eq!(dict.get_str(key), Some(&Value::from(n as i64)));
            assert_eq!(PyStr::from_code_points(key.code_points().collect()), *key);
        }
        assert_eq!(dict.get("\u{fffd}"), Some(&Value::from(2)));
    }

    #[test]
    fn two_nans_are_two_keys() {
        let mut dict = Dict::default();
        for value in ["a", "b"] {
            dict.insert(f64::NAN.into(), value.into()).expect("hashable");
        }
        assert_eq!(dict.len(), 2);
    }

    #[test]
    fn a_list_is_no_key() {
        let key = Value::Tuple(vec![Value::list([])]);
        assert_eq!(Dict::default().insert(key, Value::None), Err(Unhashable));
    }
}
