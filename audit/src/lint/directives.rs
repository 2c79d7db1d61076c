//! `# assay: ignore[ID] reason`: findings that somebody has judged.

use std::ops::Range;

use crate::policy::PolicyFile;

use super::catalogue::directives::{IGNORE_UNKNOWN, IGNORE_WITHOUT_REASON, UNUSED_IGNORE};
use super::catalogue::{Safety, find};
use super::collect::{Collected, Found, edit};

/// What begins one.
const MARK: &str = "assay: ignore";

/// A comment that silences findings.
#[derive(Debug)]
struct Ignore<'f> {
    /// Its bytes, from the `#`.
    range: Range<usize>,
    /// Whether nothing else stands on its line.
    alone: bool,
    /// The line that it is about.
    line: usize,
    /// What it names, with the bytes.
    ids: Vec<(&'f str, Range<usize>)>,
    reason: bool,
    used: bool,
}

/// Takes out what is silenced, and tells of comments that silence nothing.
pub(super) fn apply(
    file: &PolicyFile,
    mut collected: Vec<Collected>,
    found: &mut Found<'_>,
) -> Vec<Collected> {
    let mut ignores = read(file);
    if ignores.is_empty() {
        return collected;
    }
    collected.retain(|candidate| {
        let mut kept = true;
        for ignore in ignores.iter_mut().filter(|ignore| ignore.reason) {
            let here =
                ignore.line == candidate.finding.start.line || candidate.rule_line == Some(ignore.line);
            if here && ignore.ids.iter().any(|(id, _)| *id == candidate.finding.lint.id) {
                (ignore.used, kept) = (true, false);
            }
        }
        kept
    });
    for ignore in &ignores {
        judge(file, ignore, found);
    }
    collected
}

fn judge(file: &PolicyFile, ignore: &Ignore<'_>, found: &mut Found<'_>) {
    let mut known = true;
    for (id, range) in &ignore.ids {
        if find(id).is_none() {
            known = false;
            let near = super::nearest::nearest(id, super::catalogue::all().map(|lint| lint.id));
            let message = format!("there is no lint called `{id}`");
            let finding = found.at(&IGNORE_UNKNOWN, file, range.clone(), "", message);
            if let Some(near) = near {
                finding.help = Some(format!("did you mean `{near}`?"));
            }
        }
    }
    if ignore.ids.is_empty() {
        let message = "this `assay: ignore` names no lint: write `ignore[ID]`".to_owned();
        found.at(&IGNORE_UNKNOWN, file, ignore.range.clone(), "", message);
    } else if !ignore.reason {
        let message = "this `assay: ignore` gives no reason, and silences nothing".to_owned();
        found.at(&IGNORE_WITHOUT_REASON, file, ignore.range.clone(), "", message);
    } else if !ignore.used && known {
        let message = "this `assay: ignore` silences nothing".to_owned();
        let range = with_blanks(&file.text, ignore);
        let edit = edit(file, range, "");
        found.at(&UNUSED_IGNORE, file, ignore.range.clone(), "", message).fix =
            Some(super::finding::Fix { safety: Safety::Same, edits: vec![edit] });
    }
}

/// The comment with what goes when it does: its whole line, or the blanks in front of it.
fn with_blanks(text: &str, ignore: &Ignore<'_>) -> Range<usize> {
    let before = text[..ignore.range.start].trim_end_matches([' ', '\t']).len();
    match ignore.alone {
        true => before..(ignore.range.end + 1).min(text.len()),
        false => before..ignore.range.end,
    }
}

fn read(file: &PolicyFile) -> Vec<Ignore<'_>> {
    let text = &file.text;
    if !text.contains(MARK) {
        return Vec::new();
    }
    let mut inside: Vec<Range<usize>> = Vec::new();
    for entry in file.entries.iter().chain(&file.hidden).filter(|entry| !entry.merged) {
        inside.extend([entry.name_written, entry.value_written].map(|written| written.content..written.end));
    }
    inside.sort_by_key(|range| range.start);
    let is_comment = |at: usize| {
        let behind = inside.partition_point(|range| range.start <= at);
        let blank = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        blank && !inside[..behind].iter().rev().take(4).any(|range| range.contains(&at))
    };
    let mut ignores = Vec::new();
    for (mark, _) in text.match_indices(MARK) {
        let before = text[..mark].trim_end_matches([' ', '\t']);
        let Some(start) = before.strip_suffix('#').map(str::len).filter(|start| is_comment(*start)) else {
            continue;
        };
        let end = text[mark..].find('\n').map_or(text.len(), |length| mark + length);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let alone = text[line_start..start].trim().is_empty();
        let line = match alone {
            true => end + 1 + skipped(text.get(end + 1..).unwrap_or_default()),
            false => start,
        };
        let (ids, behind) = named(text, mark + MARK.len(), end);
        ignores.push(Ignore {
            range: start..end,
            alone,
            line: file.position(line.min(text.len())).line,
            reason: text[behind..end].chars().any(char::is_alphanumeric),
            ids,
            used: false,
        });
    }
    ignores
}

/// The bytes of lines that are blank or comments.
fn skipped(text: &str) -> usize {
    let idle = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    text.split_inclusive('\n').take_while(idle).map(str::len).sum()
}

/// What stands in the brackets, and where the rest begins.
fn named(text: &str, from: usize, end: usize) -> (Vec<(&str, Range<usize>)>, usize) {
    let rest = &text[from..end];
    let Some((inner, _)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (Vec::new(), from);
    };
    let place = |id: &'_ str| id.as_ptr() as usize - text.as_ptr() as usize;
    let ids = inner.split(',').map(str::trim).filter(|id| !id.is_empty());
    (ids.map(|id| (id, place(id)..place(id) + id.len())).collect(), from + inner.len() + 2)
}
