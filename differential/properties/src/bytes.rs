//! Bytes to what entry points take. Every input is something, and what people would write is itself.

use assay_case::Spelled;
use assay_engine::oslo::python::{PyStr, Value};

/// Where one part of an input ends and the next begins.
const SEPARATOR: u8 = 0;

/// The text of some bytes: UTF-8, and what is none as Python's `surrogateescape` has it.
pub(crate) fn text(bytes: &[u8]) -> PyStr {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            let mut points = Vec::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                points.extend(chunk.valid().chars().map(u32::from));
                points.extend(chunk.invalid().iter().map(|byte| 0xdc00 + u32::from(*byte)));
            }
            PyStr::from_code_points(points)
        }
    }
}

/// The text of some bytes for what takes no lone surrogate.
pub(crate) fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What stands before the first separator, and what behind it.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == SEPARATOR) {
        Some(place) => (&bytes[..place], &bytes[place + 1..]),
        None => (bytes, &[]),
    }
}

/// Two parts as [`split`] takes them apart, if the first has no separator.
pub(crate) fn join(first: &str, second: &str) -> Vec<u8> {
    [first.as_bytes(), &[SEPARATOR], second.as_bytes()].concat()
}

/// A value in the spelling of case files.
pub(crate) fn value(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().map(|Spelled(value)| value)
}

/// The first byte, and the rest.
pub(crate) fn first(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}
