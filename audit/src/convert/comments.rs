//! The comments of a file in braces, which JSON does not have and YAML reads over.

use crate::policy::PolicyFile;

/// Comment lines, by the entry to which they belong.
#[derive(Clone, Debug, Default)]
pub(super) struct Comments {
    pub(super) above: Vec<String>,
    /// On the entry's own line.
    pub(super) beside: Option<String>,
}

/// The comments of each entry, and those behind the last.
pub(super) fn by_entry(file: &PolicyFile) -> (Vec<Comments>, Vec<String>) {
    let text = &file.text;
    let mut order: Vec<usize> = (0..file.entries.len()).collect();
    order.sort_by_key(|index| file.entries[*index].name_written.start);
    let mut found = vec![Comments::default(); file.entries.len()];
    let mut from = 0;
    let mut last: Option<usize> = None;
    for index in order {
        let entry = &file.entries[index];
        // What merge keys bring stands elsewhere.
        if entry.merged || entry.name_written.start < from {
            continue;
        }
        let (beside, above) = parted(&text[from..entry.name_written.start], last.is_some());
        found[index].above = above;
        if let Some(last) = last {
            found[last].beside = beside;
        }
        (from, last) = (entry.value_written.end, Some(index));
    }
    let (beside, end) = parted(&text[from..], last.is_some());
    if let Some(last) = last {
        found[last].beside = beside;
    }
    (found, end)
}

/// The comment on the first line, which an entry begins, and the others.
fn parted(text: &str, begun: bool) -> (Option<String>, Vec<String>) {
    let mut lines = text.lines();
    let beside = if begun { lines.next().and_then(comment) } else { None };
    (beside, lines.filter_map(comment).collect())
}

/// The comment of a line in which no quotes stand but in comments.
fn comment(line: &str) -> Option<String> {
    let start = line.find('#')?;
    let blank_before = start == 0 || line[..start].ends_with([' ', '\t', ',', '{', '}']);
    blank_before.then(|| line[start..].trim_end().to_owned())
}
