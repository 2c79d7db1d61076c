//! Fixes put into the text of a file. Nothing but what they name is changed.

use std::ops::Range;

use super::catalogue::Safety;
use super::finding::{Edit, Finding};

/// The bytes of a file with the fixes of these findings, and how many of them were put in.
///
/// Fixes that are less safe than `up_to` are left out, and so is a fix that touches what an earlier one has
/// changed: it is found again in the new text. `bytes` are the file's own, with whatever line ends it has.
///
/// ```
/// use assay::lint::{Safety, fixed};
/// assert_eq!(fixed(b"a: \"!\"\r\n", &[], Safety::Narrows), (b"a: \"!\"\r\n".to_vec(), 0));
/// ```
#[must_use]
pub fn fixed<'f>(
    bytes: &[u8],
    findings: impl IntoIterator<Item = &'f Finding>,
    up_to: Safety,
) -> (Vec<u8>, usize) {
    let mut fixes: Vec<&[Edit]> = findings
        .into_iter()
        .filter_map(|finding| finding.fix.as_ref())
        .filter(|fix| fix.safety <= up_to)
        .map(|fix| fix.edits.as_slice())
        .collect();
    fixes.sort_by_key(|edits| edits.iter().map(|edit| edit.range.start).min());
    let mut edits: Vec<&Edit> = Vec::new();
    let mut count = 0;
    // Sorted by start, so that only what is still open can be touched; a fix of several edits may reach far.
    for fix in fixes {
        if fix.iter().any(|edit| edits.iter().rev().take(64).any(|other| touch(&edit.range, &other.range))) {
            continue;
        }
        edits.extend(fix);
        count += 1;
    }
    edits.sort_by_key(|edit| edit.range.start);
    let original = Original::of(bytes);
    let mut text = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for Edit { range, text: new, .. } in edits {
        let start = original.byte(range.start);
        if start < done {
            continue;
        }
        text.extend_from_slice(&bytes[done..start]);
        text.extend_from_slice(new.as_bytes());
        done = original.byte(range.end);
    }
    text.extend_from_slice(&bytes[done..]);
    (text, count)
}

/// Whether two edits cannot both be made.
fn touch(mine: &Range<usize>, theirs: &Range<usize>) -> bool {
    mine.start < theirs.end && theirs.start < mine.end || mine.start == theirs.start
}

/// From bytes of the text as Python reads it to those of the file: each `\r\n` has become one `\n`.
struct Original {
    /// Where, in the text, a line end of two bytes stands.
    pairs: Vec<usize>,
    length: usize,
}

impl Original {
    fn of(bytes: &[u8]) -> Self {
        let pairs = bytes.windows(2).enumerate().filter(|(_, pair)| pair == b"\r\n");
        let pairs = pairs.enumerate().map(|(before, (at, _))| at - before).collect();
        Self { pairs, length: bytes.len() }
    }

    fn byte(&self, at: usize) -> usize {
        (at + self.pairs.partition_point(|pair| *pair < at)).min(self.length)
    }
}
