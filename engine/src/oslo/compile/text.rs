//! `str()` of values without writing it anywhere.

use std::io::Write as _;

use crate::oslo::python::Value;

/// The text of a value, as far as it takes no memory.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text<'v> {
    Str(&'v str),
    Int(i64),
}

impl<'v> Text<'v> {
    /// `None` for what has to be written first: floats, long integers, containers, lone surrogates.
    #[inline]
    pub(super) fn of(value: &'v Value) -> Option<Self> {
        match value {
            Value::Str(text) => text.as_text().map(Self::Str),
            Value::Bool(true) => Some(Self::Str("True")),
            Value::Bool(false) => Some(Self::Str("False")),
            Value::None => Some(Self::Str("None")),
            Value::Int(number) => i64::try_from(number).ok().map(Self::Int),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Str(mine), Self::Str(theirs)) => mine == theirs,
            (Self::Int(mine), Self::Int(theirs)) => mine == theirs,
            (Self::Str(text), Self::Int(number)) | (Self::Int(number), Self::Str(text)) => {
                text == Digits::of(number).as_str()
            }
        }
    }
}

/// The most characters that an `i64` is written with.
const MOST: usize = 20;

/// An integer as it is written.
pub(super) struct Digits {
    bytes: [u8; MOST],
    length: usize,
}

impl Digits {
    pub(super) fn of(number: i64) -> Self {
        let mut bytes = [0; MOST];
        let mut rest = bytes.as_mut_slice();
        // There is room for every i64.
        let _ = write!(rest, "{number}");
        let length = MOST - rest.len();
        Self { bytes, length }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_integer_has_room() {
        for number in [0, 7, -1, i64::MAX, i64::MIN] {
            assert_eq!(Digits::of(number).as_str(), number.to_string());
            assert!(Text::Str(&number.to_string()).is(Text::Int(number)));
        }
        assert!(!Text::Str("+7").is(Text::Int(7)));
    }
}
