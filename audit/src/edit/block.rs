//! Entries of a mapping of lines: which lines are theirs.

use std::ops::Range;

use assay_engine::oslo::load::yaml::Style;

use super::splice::{line_end, line_start, next_line};
use crate::policy::Entry;

/// The lines of an entry.
pub(super) struct Lines {
    /// From its own first line to behind its last, line end included.
    pub(super) own: Range<usize>,
    /// Where the comment directly above it starts; the start of its own lines if there is none.
    pub(super) with_comment: usize,
    /// Where the next entry would go.
    pub(super) behind: usize,
    /// What stands before the key.
    pub(super) indentation: String,
}

/// The lines of an entry; `None` if something else stands on its first one (`? key`, a second entry).
///
/// A comment belongs to the entry if it stands directly above it, without an empty line between. One at the very top
/// of the file, or below `---`, is about the file.
pub(super) fn lines(text: &str, entry: &Entry) -> Option<Lines> {
    let key = entry.name_written.start;
    let start = line_start(text, key);
    let indentation = text[start..key].trim_start_matches('\u{feff}');
    if !indentation.chars().all(|c| c == ' ') {
        return None;
    }
    let start = key - indentation.len();
    let value = entry.value_written;
    let block_text = matches!(value.style, Style::Literal | Style::Folded);
    let last = if block_text { text[..value.end].trim_end().len() } else { value.end };
    let last = last.max(entry.name_written.end);
    let own = start..next_line(text, last);
    // The empty lines behind a `|+` are part of it.
    let behind = if block_text { line_start(text, value.end).max(own.end) } else { own.end };
    let behind = if block_text && value.end == text.len() { text.len() } else { behind };
    Some(Lines { with_comment: comment_start(text, start), own, behind, indentation: indentation.to_owned() })
}

fn comment_start(text: &str, start: usize) -> usize {
    let mut first = start;
    // A byte order mark is no line before.
    while text[..first].ends_with('\n') {
        let line = line_start(text, first - 1);
        let words = text[line..first].trim();
        if line == 0 && words.trim_start_matches('\u{feff}').starts_with('#') || words == "---" {
            return start;
        }
        if !words.starts_with('#') {
            break;
        }
        first = line;
    }
    first
}

/// The lines as comments, with a reason above them. Empty lines stay.
pub(super) fn commented_out(text: &str, lines: &Lines, reason: &str) -> String {
    let mut out = String::new();
    let indentation = &lines.indentation;
    for line in reason.lines() {
        out.push_str(&format!("{indentation}# {line}\n"));
    }
    for line in text[lines.own.clone()].split_inclusive('\n') {
        let body = line.strip_prefix(indentation.as_str()).unwrap_or(line);
        if body.trim().is_empty() {
            out.push_str(line);
        } else {
            out.push_str(&format!("{indentation}# "));
            for c in body.chars() {
                out.push(c);
                // These end a line, and so a comment, too.
                if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') {
                    out.push_str("# ");
                }
            }
        }
    }
    out
}

/// What stands between a key and its value, if that is no more than a colon and blanks.
pub(super) fn gap<'t>(text: &'t str, entry: &Entry) -> Option<&'t str> {
    let between = text.get(entry.name_written.end..entry.value_written.start)?;
    let blanks = between.trim_start().strip_prefix(':')?;
    (!blanks.is_empty() && blanks.chars().all(|c| c == ' ')).then_some(between)
}

/// Whether the text up to a place ends within a line that has no line end.
pub(super) fn lacks_line_end(text: &str, at: usize) -> bool {
    at == text.len()
        && !text.is_empty()
        && line_end(text, line_start(text, at)) == at
        && !text.ends_with('\n')
}
