//! Entries of a mapping in braces, as JSON has it: where commas stand.

use std::ops::Range;

use super::splice::{Splice, line_start, next_line};
use crate::policy::Entry;

/// The splices that take entries out. `entries` are all of the mapping in the order in which they are written.
pub(super) fn removals(text: &str, entries: &[&Entry], removed: &[bool]) -> Vec<Splice> {
    let kept = removed.iter().rposition(|removed| !removed);
    let mut splices = Vec::new();
    for (index, entry) in entries.iter().enumerate().filter(|(index, _)| removed[*index]) {
        match (kept, entries.get(index + 1)) {
            // One of the last: the comma before them goes with them.
            (Some(kept), _) if index > kept => {
                let from = entries[kept].value_written.end;
                splices.push(Splice::new(from..entries[entries.len() - 1].value_written.end, ""));
                break;
            }
            (_, Some(next)) => splices.push(Splice::new(with_comma(text, entry, next), "")),
            // The last of all, with the comma that may stand behind it.
            (_, None) => {
                let end = entry.value_written.end;
                let comma = comma_behind(text, end, text.len()).map_or(end, |comma| comma + 1);
                splices.push(Splice::new(entry.name_written.start..comma, ""));
            }
        }
    }
    splices
}

/// An entry with the comma behind it, and the whole line if nothing else stands there.
fn with_comma(text: &str, entry: &Entry, next: &Entry) -> Range<usize> {
    let (start, end) = (entry.name_written.start, entry.value_written.end);
    let Some(comma) = comma_behind(text, end, next.name_written.start) else {
        return start..next.name_written.start;
    };
    let line = line_start(text, start);
    let behind = next_line(text, comma).min(next.name_written.start);
    let rest = text[comma + 1..behind].trim();
    if text[line..start].trim().is_empty()
        && (rest.is_empty() || rest.starts_with('#'))
        && text[..behind].ends_with('\n')
    {
        return line..behind;
    }
    let blanks = text[comma + 1..].len() - text[comma + 1..].trim_start_matches(' ').len();
    start..comma + 1 + blanks
}

/// The comma behind a value, comments left out.
fn comma_behind(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    while at < to {
        match text.as_bytes()[at] {
            b',' => return Some(at),
            b'#' => at = next_line(text, at),
            b' ' | b'\t' | b'\n' => at += 1,
            _ => return None,
        }
    }
    None
}

/// What goes before an entry that is put behind another: a line end and its indentation, or a blank.
pub(super) fn separator(text: &str, entries: &[&Entry], index: usize) -> String {
    let key = entries[index].name_written.start;
    let line = line_start(text, key);
    let indentation = &text[line..key];
    let own_line = indentation.trim().is_empty() && line > 0;
    if own_line { format!("\n{indentation}") } else { " ".to_owned() }
}
