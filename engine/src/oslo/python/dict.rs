//! Python's `dict`.

use std::hash::{Hash, Hasher};

use num_bigint::BigInt;
use thiserror::Error;

use super::entries::{Entries, Sought};
use super::hashing::{Name, hash_of};
use super::value::{PyStr, Value};

/// A value that Python cannot hash was used as a key of a dict (`TypeError` in Python).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a list, dict or set cannot be the key of a dict")]
pub struct Unhashable;

/// A Python `dict`: ordered, keyed by Python equality (`1`, `1.0` and `True` are one key).
#[derive(Clone, Debug, Default)]
pub struct Dict(Entries);

impl Dict {
    /// An empty one with room for so many keys.
    ///
    /// ```
    /// use assay_engine::oslo::python::Dict;
    /// let mut creds = Dict::with_capacity(8);
    /// creds.insert_str("user_id", "u1".into());
    /// assert_eq!(creds.len(), 1);
    /// ```
    #[must_use]
    pub fn with_capacity(keys: usize) -> Self {
        Self(Entries::with_capacity(keys))
    }

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
        self.0.insert(Key::new(Value::Str(key.into())), value);
    }

    /// The value of a string key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(&Text::of(key))
    }

    /// The value of a string key, to be changed in place.
    ///
    /// ```
    /// use assay_engine::oslo::python::{Dict, Value};
    /// let mut creds = Dict::default();
    /// creds.insert_str("roles", Value::None);
    /// *creds.get_mut("roles").unwrap() = Value::list(["reader".into()]);
    /// assert_eq!(creds.get_mut("project_id"), None);
    /// ```
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.get_mut(&Text::of(key))
    }

    /// The value of a key whose hash is known.
    #[inline]
    pub(in crate::oslo) fn get_name(&self, key: &Name) -> Option<&Value> {
        self.0.get(key)
    }

    /// The hashes of the keys in order.
    pub(in crate::oslo) fn hashes(&self) -> impl ExactSizeIterator<Item = u64> {
        self.0.iter().map(|(key, _)| key.hash)
    }

    /// The key and the value at a place in the order.
    #[inline]
    pub(in crate::oslo) fn at(&self, place: usize) -> Option<(&Value, &Value)> {
        self.0.at(place).map(|(key, value)| (&key.value, value))
    }

    /// The value of a string key that may hold lone surrogates.
    #[must_use]
    pub fn get_str(&self, key: &PyStr) -> Option<&Value> {
        self.0.get(&Whole { hash: hash_of(key), string: key })
    }

    /// Takes a string key out, keeping the order of the others.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(&Text::of(key))
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value, &Value)> + DoubleEndedIterator {
        self.0.iter().map(|(key, value)| (&key.value, value))
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
        self.len() == 0
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
pub(super) struct Key {
    hash: u64,
    value: Value,
}

impl Key {
    fn try_new(value: Value) -> Result<Self, Unhashable> {
        fn hashable(value: &Value) -> bool {
            match value {
                Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
                Value::Tuple(items) => items.iter().all(hashable),
                _ => true,
            }
        }
        if hashable(&value) { Ok(Self::new(value)) } else { Err(Unhashable) }
    }

    pub(super) fn new(value: Value) -> Self {
        let hash = match &value {
            Value::Str(text) => hash_of(text),
            _ => hash_of(&Other(&value)),
        };
        Self { hash, value }
    }

    #[inline]
    pub(super) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl Sought for Key {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn is(&self, key: &Key) -> bool {
        self == key
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
        match (number(&self.value), number(&other.value)) {
            (Some(Number::Int(a)), Some(Number::Int(b))) => a == b,
            // Two nans are two keys, since no nan equals another (only the same object would be found).
            (Some(Number::Float(a)), Some(Number::Float(b))) => a == b,
            (Some(Number::Complex(a, b)), Some(Number::Complex(c, d))) => (a, b) == (c, d),
            (None, None) => match (&self.value, &other.value) {
                (Value::Tuple(a), Value::Tuple(b)) => {
                    a.len() == b.len()
                        && a.iter().zip(b).all(|(a, b)| Key::new(a.clone()) == Key::new(b.clone()))
                }
                (a, b) => a == b,
            },
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A key that is no string, as it is hashed.
struct Other<'k>(&'k Value);

impl Hash for Other<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match (self.0, number(self.0)) {
            (_, Some(Number::Int(value))) => value.hash(state),
            (_, Some(Number::Float(value))) => value.to_bits().hash(state),
            (_, Some(Number::Complex(re, im))) => (re.to_bits(), im.to_bits()).hash(state),
            (Value::Str(text), None) => text.hash(state),
            (Value::Bytes(bytes), None) => bytes.hash(state),
            (Value::Tuple(items), None) => items.iter().for_each(|item| Other(item).hash(state)),
            _ => 0_u8.hash(state),
        }
    }
}

/// A text that is looked for.
struct Text<'t> {
    hash: u64,
    text: &'t str,
}

impl<'t> Text<'t> {
    fn of(text: &'t str) -> Self {
        Self { hash: hash_of(text), text }
    }
}

impl Sought for Text<'_> {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn is(&self, key: &Key) -> bool {
        matches!(&key.value, Value::Str(text) if text.as_text() == Some(self.text))
    }
}

/// A string that is looked for, lone surrogates and all.
struct Whole<'t> {
    hash: u64,
    string: &'t PyStr,
}

impl Sought for Whole<'_> {
    fn hash(&self) -> u64 {
        self.hash
    }

    fn is(&self, key: &Key) -> bool {
        matches!(&key.value, Value::Str(string) if string == self.string)
    }
}

impl Sought for Name {
    #[inline]
    fn hash(&self) -> u64 {
        self.hash()
    }

    #[inline]
    fn is(&self, key: &Key) -> bool {
        matches!(&key.value, Value::Str(text) if text.as_text() == Some(self.text()))
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

    #[rstest]
    #[case(2)]
    #[case(20)]
    fn two_nans_are_two_keys(#[case] count: usize) {
        let mut dict = Dict::default();
        for _ in 0..count {
            dict.insert(f64::NAN.into(), Value::None).expect("hashable");
        }
        assert_eq!(dict.len(), count);
    }

    /// Hashes are no secret kept from whoever writes a request's body: two names may have one.
    #[rstest]
    #[case(1)]
    #[case(20)]
    fn a_hash_alone_is_no_key(#[case] count: usize) {
        let names = (0..count).map(|number| (number.to_string(), Value::None));
        let mut dict = Dict::default();
        names.for_each(|(name, value)| dict.insert_str(name, value));
        let hash = hash_of("0");
        let other = PyStr::from("other");
        assert!(dict.0.get(&Text { hash, text: "0" }).is_some());
        assert_eq!(dict.0.get(&Text { hash, text: "other" }), None);
        assert_eq!(dict.0.get(&Whole { hash, string: &other }), None);
        assert_eq!(dict.0.get(&Key { hash, value: Value::Str(other) }), None);
    }

    #[test]
    fn a_value_is_changed_in_place() {
        let mut dict = Dict::default();
        dict.insert_str("a", Value::None);
        assert_eq!(dict.get_mut("b"), None);
        *dict.get_mut("a").expect("there") = "x".into();
        assert_eq!(dict.get("a"), Some(&"x".into()));
    }

    /// Whatever a dict is kept in, it is what a list of pairs would be.
    #[rstest]
    fn keys_keep_their_order_however_many_there_are(
        #[values(0, 1, 7, 8, 9, 40)] count: i64,
        #[values(0, 8, 9)] room: usize,
    ) {
        let key = |number: i64| if number % 2 == 0 { number.into() } else { Value::from(number.to_string()) };
        let mut dict = Dict::with_capacity(room);
        let mut pairs: Vec<(Value, Value)> = (0..count).map(|n| (key(n), n.into())).collect();
        for (key, value) in &pairs {
            dict.insert(key.clone(), value.clone()).expect("hashable");
        }
        let same = |dict: &Dict, pairs: &[(Value, Value)]| {
            assert_eq!(dict.len(), pairs.len());
            assert!(dict.iter().eq(pairs.iter().map(|(key, value)| (key, value))));
            for (place, (key, value)) in pairs.iter().enumerate() {
                assert_eq!(dict.at(place), Some((key, value)));
                if let Value::Str(text) = key {
                    assert_eq!(dict.get_str(text), Some(value));
                    assert_eq!(dict.get_name(&Name::from(text.masked())), Some(value));
                }
            }
            assert_eq!(dict.at(pairs.len()), None);
            assert_eq!(dict.get("-1"), None);
        };
        same(&dict, &pairs);
        for place in (0..pairs.len()).step_by(3) {
            pairs[place].1 = "another".into();
            dict.insert(pairs[place].0.clone(), "another".into()).expect("hashable");
        }
        same(&dict, &pairs);
        dict.values_mut().filter(|value| **value == "another".into()).for_each(|value| *value = Value::None);
        pairs
            .iter_mut()
            .filter(|(_, value)| *value == "another".into())
            .for_each(|(_, value)| *value = Value::None);
        same(&dict, &pairs);
        for number in (1..count).step_by(4) {
            let place = pairs.iter().position(|(met, _)| *met == key(number)).expect("there");
            assert_eq!(dict.remove(&number.to_string()), Some(pairs.remove(place).1));
            assert_eq!(dict.remove(&number.to_string()), None);
        }
        same(&dict, &pairs);
    }

    #[test]
    fn a_list_is_no_key() {
        let key = Value::Tuple(vec![Value::list([])]);
        assert_eq!(Dict::default().insert(key, Value::None), Err(Unhashable));
    }
}
