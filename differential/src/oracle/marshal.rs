//! Values as Python's own `marshal` reads them: frames are this, since nothing that Python has reads faster, and it
//! has a form for every value that a case can hold.
//!
//! What is written is version 4 of the format, which 3.11 to 3.13 read alike. Of its references there are those to
//! texts: a frame says few things, and those again and again.

use std::hash::BuildHasher as _;

use assay_engine::oslo::python::{PyStr, Value};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use num_bigint::{BigInt, Sign};

/// What has been written so far. Whoever opens a list or a mapping writes what is in it.
///
/// ```
/// use assay_differential::oracle::marshal::Marshal;
/// use assay_engine::oslo::python::Value;
/// let mut out = Marshal::default();
/// out.mapping();
/// out.text("role");
/// out.value(&Value::list(["é".into(), 7.into(), "role".into()]));
/// out.end();
/// assert_eq!(
///     out.into_bytes(),
///     b"{\xfa\x04role[\x03\0\0\0\xf5\x02\0\0\0\xc3\xa9i\x07\0\0\0r\0\0\0\x000"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Marshal {
    bytes: Vec<u8>,
    /// Texts that can be referred to.
    texts: HashTable<Numbered>,
    hashes: RandomState,
}

/// A text that stands among the bytes.
#[derive(Clone, Copy, Debug)]
struct Numbered {
    number: u32,
    start: usize,
    length: usize,
}

impl Numbered {
    fn text(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..][..self.length]
    }
}

/// Of a kind of value: it gets the next number, to be referred to.
const NUMBERED: u8 = 0x80;

/// Longer texts are seldom met again.
const LONGEST_NUMBERED: usize = 64;

impl Marshal {
    /// What has been written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// `None`
    pub fn none(&mut self) {
        self.bytes.push(b'N');
    }

    /// `True` or `False`.
    pub fn bool(&mut self, value: bool) {
        self.bytes.push(if value { b'T' } else { b'F' });
    }

    /// A number.
    pub fn int(&mut self, value: &BigInt) {
        if let Ok(small) = i32::try_from(value) {
            let [a, b, c, d] = small.to_le_bytes();
            self.bytes.extend([b'i', a, b, c, d]);
            return;
        }
        let digits = digits(value);
        let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        self.bytes.push(b'l');
        self.bytes.extend((if value.sign() == Sign::Minus { -count } else { count }).to_le_bytes());
        self.bytes.extend(digits.into_iter().flat_map(u16::to_le_bytes));
    }

    /// A float, to the bit.
    pub fn float(&mut self, value: f64) {
        self.bytes.push(b'g');
        self.bytes.extend(value.to_le_bytes());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        if text.len() > LONGEST_NUMBERED {
            return self.plain_text(text, 0);
        }
        let Self { bytes, texts, hashes } = self;
        let hash = hashes.hash_one(text.as_bytes());
        if let Some(known) = texts.find(hash, |known| known.text(bytes) == text.as_bytes()) {
            let [a, b, c, d] = known.number.to_le_bytes();
            bytes.extend([b'r', a, b, c, d]);
            return;
        }
        let number = u32::try_from(texts.len()).unwrap_or(u32::MAX);
        self.plain_text(text, NUMBERED);
        let Self { bytes, texts, hashes } = self;
        let numbered = Numbered { number, start: bytes.len() - text.len(), length: text.len() };
        texts.insert_unique(hash, numbered, |known| hashes.hash_one(known.text(bytes)));
    }

    fn plain_text(&mut self, text: &str, flag: u8) {
        match u8::try_from(text.len()).ok().filter(|_| text.is_ascii()) {
            Some(length) => self.bytes.extend([b'z' | flag, length]),
            None => self.begin(b'u' | flag, text.len()),
        }
        self.bytes.extend(text.as_bytes());
    }

    /// `bytes`
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.begin(b's', bytes.len());
        self.bytes.extend(bytes);
    }

    /// A list of as many values as follow.
    pub fn list(&mut self, count: usize) {
        self.begin(b'[', count);
    }

    /// A mapping: keys and values follow in turn, and an [`end`](Self::end).
    pub fn mapping(&mut self) {
        self.bytes.push(b'{');
    }

    /// The end of a mapping.
    pub fn end(&mut self) {
        self.bytes.push(b'0');
    }

    /// Any value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.none(),
            Value::Bool(value) => self.bool(*value),
            Value::Int(value) => self.int(value),
            Value::Float(value) => self.float(*value),
            Value::Complex { re, im } => {
                self.bytes.push(b'y');
                self.bytes.extend([re, im].into_iter().flat_map(|part| part.to_le_bytes()));
            }
            Value::Ellipsis => self.bytes.push(b'.'),
            Value::Str(text) => match text.as_text() {
                Some(text) => self.text(text),
                None => self.surrogates(text),
            },
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::List(items) => self.items(b'[', items),
            Value::Tuple(items) => self.items(b'(', items),
            Value::Set(items) => self.items(b'<', items),
            Value::Dict(dict) => {
                self.mapping();
                for (key, value) in dict.iter() {
                    self.value(key);
                    self.value(value);
                }
                self.end();
            }
        }
    }

    fn items(&mut self, kind: u8, items: &[Value]) {
        self.begin(kind, items.len());
        items.iter().for_each(|item| self.value(item));
    }

    /// A text with lone surrogates: UTF-8, but that these have a form of three bytes like any other character's.
    fn surrogates(&mut self, text: &PyStr) {
        let mut utf_8 = Vec::new();
        for point in text.code_points() {
            match char::from_u32(point) {
                Some(c) => utf_8.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => utf_8.extend(
                    [0xe0 | point >> 12, 0x80 | point >> 6 & 0x3f, 0x80 | point & 0x3f].map(low_byte),
                ),
            }
        }
        self.begin(b'u', utf_8.len());
        self.bytes.extend(utf_8);
    }

    fn begin(&mut self, kind: u8, count: usize) {
        // No frame is as long as that: what is too much here is refused for its length.
        let [a, b, c, d] = u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        self.bytes.extend([kind, a, b, c, d]);
    }
}

/// Digits of 15 bits, the lowest first and no 0 at the end.
fn digits(value: &BigInt) -> Vec<u16> {
    let mut digits = Vec::new();
    let (mut held, mut bits) = (0_u64, 0);
    for digit in value.iter_u32_digits() {
        held |= u64::from(digit) << bits;
        bits += 32;
        while bits >= 15 {
            digits.push(low_bits(held));
            held >>= 15;
            bits -= 15;
        }
    }
    digits.push(low_bits(held));
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

const fn low_bits(held: u64) -> u16 {
    (held & 0x7fff) as u16
}

const fn low_byte(bits: u32) -> u8 {
    (bits & 0xff) as u8
}
