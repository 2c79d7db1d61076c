//! Pieces of a text that give way to others.

use std::ops::Range;

/// A piece of a text, in bytes, and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) span: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn new(span: Range<usize>, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(at..at, text)
    }
}

/// The text with all splices, which must be in order; `None` where two overlap.
pub(super) fn apply(text: &str, splices: &[Splice]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for Splice { span, text: new } in splices {
        out.push_str(text.get(done..span.start)?);
        out.push_str(new);
        done = span.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// The same splices on the text as it lies on the disk, of which `text` is what Python reads: line ends may be
/// `\r\n` or `\r` there.
pub(super) fn onto_raw(raw: &str, splices: &[Splice], crlf: bool) -> Option<String> {
    let bytes = raw.as_bytes();
    // Read to lie one byte earlier for each `\r\n` before.
    let mut offsets = Vec::with_capacity(raw.len() + 1);
    for (index, byte) in bytes.iter().enumerate() {
        if !(*byte == b'\n' && index > 0 && bytes[index - 1] == b'\r') {
            offsets.push(index);
        }
    }
    offsets.push(raw.len());
    let moved = splices.iter().map(|Splice { span, text }| {
        let place = |at: usize| offsets.get(at).copied();
        let text = if crlf { text.replace('\n', "\r\n") } else { text.clone() };
        Some(Splice { span: place(span.start)?..place(span.end)?, text })
    });
    apply(raw, &moved.collect::<Option<Vec<_>>>()?)
}

/// Where the line of a byte starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |index| index + 1)
}

/// Where the line of a byte ends, before its line end.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |index| at + index)
}

/// Where the line behind that of a byte starts.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    (line_end(text, at) + 1).min(text.len())
}
