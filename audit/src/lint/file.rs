//! Lints of the file as a whole.

use std::collections::HashMap;

use assay_engine::oslo::enforcer::PolicyError;
use assay_engine::oslo::language::parse_text;
use assay_engine::oslo::load::yaml::{Position, Style, decode};

use super::catalogue::file::{
    BROKEN_FILE, COMMENT_CUT, DUPLICATE_KEY, NAME_NOT_TEXT, NOT_JSON, UNQUOTED_INDICATOR,
};
use super::catalogue::{Lint, Safety};
use super::collect::{Collected, Found, edit, name_range};
use super::finding::{Edit, Finding, Fix, Related};
use super::report::Source;
use crate::policy::{Entry, PolicyFile};

/// What is wrong with a file that upstream cannot load.
pub(super) fn broken(error: &PolicyError, bytes: &[u8], found: &mut Found<'_>) {
    let at = error.at.unwrap_or(Position { line: 1, column: 1 });
    let text = decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
    let source = Source::new(error.path.clone(), text);
    let line = source.line(at.line).trim_end_matches(['\n', '\r']);
    let mut finding = Finding {
        lint: &BROKEN_FILE,
        severity: BROKEN_FILE.severity,
        file: error.path.clone(),
        start: at,
        end: Position { column: at.column + 1, ..at },
        rule: String::new(),
        message: format!("upstream cannot load this file: {} ({})", error.message, error.cause),
        help: None,
        related: Vec::new(),
        fix: None,
    };
    // The scanner may stop behind the value that is to blame, or on the line below it.
    let lines = [at.line, at.line.saturating_sub(1)];
    let blamed = lines.into_iter().find_map(|number| Some((number, unquoted(source.line(number))?)));
    if let Some((number, unquoted)) = blamed {
        finding.lint = &UNQUOTED_INDICATOR;
        finding.start = Position { line: number, column: unquoted.column };
        finding.end = Position { line: number, column: unquoted.column + unquoted.value.chars().count() };
        finding.rule = unquoted.name.to_owned();
        finding.message = format!("{}: upstream cannot load this file", unquoted.reason);
        finding.help = Some(format!("put it in quotes: {}", quoted(unquoted.value)));
        let (start, end) = (finding.start, finding.end);
        let byte = source.start(number) + unquoted.byte;
        let range = byte..byte + unquoted.value.len();
        let edits = vec![Edit { range, start, end, text: quoted(unquoted.value) }];
        finding.fix = Some(Fix { safety: Safety::Widens, edits });
    } else if line.trim_start().starts_with('\t') {
        finding.help = Some("YAML does not take tabs for indentation".to_owned());
    }
    found.push(Collected { finding, rule_line: Some(at.line) });
}

/// A value without quotes that YAML takes for something else.
struct Unquoted<'l> {
    name: &'l str,
    value: &'l str,
    byte: usize,
    column: usize,
    reason: String,
}

/// Looks for `name: value` with such a value on a line.
fn unquoted(line: &str) -> Option<Unquoted<'_>> {
    let line = line.trim_end();
    let content = line.trim_start();
    if content.starts_with('#') {
        return None;
    }
    let indent = line.len() - content.len();
    let name_end = match content.chars().next()? {
        quote @ ('"' | '\'') => content[1..].find(quote)? + 2,
        _ => content.find(": ")?,
    };
    let behind = content[name_end..].strip_prefix(':')?;
    let value = behind.trim_start();
    let byte = line.len() - value.len();
    let first = value.chars().next()?;
    let reason = match first {
        '@' | '%' | '`' => format!("a value without quotes cannot begin with `{first}`"),
        '*' => "`*` without quotes is a YAML alias".to_owned(),
        '&' => "`&` without quotes is a YAML anchor".to_owned(),
        '!' if value.len() > 1 => "`!` without quotes begins a YAML tag".to_owned(),
        '|' | '>' => format!("`{first}` without quotes begins a block of lines"),
        '"' | '\'' if behind_quote(value).is_some() => {
            "YAML ends the text at its second quote; what follows is not part of it".to_owned()
        }
        '"' | '\'' | '[' | '{' => return None,
        _ if value.contains(": ") || value.ends_with(':') => {
            "`: ` in a value without quotes makes a mapping of it".to_owned()
        }
        _ => return None,
    };
    let name = content[..name_end].trim_matches(['"', '\'']);
    Some(Unquoted { name, value, byte, column: line[..byte].chars().count() + 1, reason })
        .filter(|_| indent < byte)
}

/// What stands behind the closing quote of a value that begins with one, if it is no comment.
fn behind_quote(value: &str) -> Option<&str> {
    let quote = value.chars().next()?;
    let end = value[1..].find(quote)? + 2;
    let rest = &value[end..];
    (!rest.trim_start().is_empty() && !rest.trim_start().starts_with(['#', quote, ','])).then_some(rest)
}

/// A text in double quotes, as YAML and JSON read it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn look(file: &PolicyFile, found: &mut Found<'_>) {
    duplicates(file, found);
    json(file, found);
    for entry in &file.entries {
        if !entry.is_named {
            let message =
                format!("YAML does not read `{}` as a text, so nothing can ask for this rule", entry.name);
            let edits = vec![edit(file, name_range((file, entry)), quoted(&entry.name))];
            let finding = found.on_name(&NAME_NOT_TEXT, (file, entry), message);
            finding.help = Some("put the name in quotes".to_owned());
            if entry.name_written.style == Style::Plain {
                finding.fix = Some(Fix { safety: Safety::Widens, edits });
            }
        }
        if entry.value_written.style == Style::Plain || entry.value_written.style == Style::Nothing {
            comment(file, entry, found);
        }
    }
}

fn duplicates(file: &PolicyFile, found: &mut Found<'_>) {
    if file.hidden.is_empty() {
        return;
    }
    let mut hidden: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in &file.hidden {
        hidden.entry(&entry.name).or_default().push(entry);
    }
    for last in &file.entries {
        let Some(others) = hidden.get(last.name.as_str()) else {
            continue;
        };
        let same = match others.iter().all(|other| other.value == last.value) {
            true => "with the same value",
            false => "with another value",
        };
        let message = format!("`{}` is written again, {same}; only this one counts", last.name);
        let not_read = |other: &&Entry| Related {
            file: file.path.clone(),
            at: other.name_at,
            message: "not read".to_owned(),
        };
        found.on_name(&DUPLICATE_KEY, (file, last), message).related = others.iter().map(not_read).collect();
    }
}

fn json(file: &PolicyFile, found: &mut Found<'_>) {
    let is_json = file.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if !is_json || !found.wants(&NOT_JSON) {
        return;
    }
    let text = file.text.trim_start_matches('\u{feff}');
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let line =
            file.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let at = (line + error.column().saturating_sub(1)).min(file.text.len());
        let at = (0..=at).rev().find(|at| file.text.is_char_boundary(*at)).unwrap_or_default();
        let end = file.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        let mut reason = error.to_string();
        if let Some((first, _)) = reason.split_once(" at line ") {
            reason = first.to_owned();
        }
        found.at(
            &NOT_JSON,
            file,
            at..end,
            "",
            format!("oslo.policy reads this as YAML, but it is no JSON: {reason}"),
        );
    }
}

/// A comment behind a rule without quotes.
fn comment(file: &PolicyFile, entry: &Entry, found: &mut Found<'_>) {
    let end = entry.value_written.end;
    let rest = file.text.get(end..).unwrap_or_default();
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let Some(comment) = line.trim_start().strip_prefix('#').filter(|_| line.starts_with([' ', '\t'])) else {
        return;
    };
    let text = entry.text().unwrap_or_default();
    let words = comment.trim_start().to_ascii_lowercase();
    let goes_on = ["or ", "and ", "not "].iter().any(|word| words.starts_with(word));
    let is_cut = !text.is_empty() && !parse_text(text).diagnostics().is_empty();
    let is_all = text.is_empty() && words.split_whitespace().next().is_some_and(|word| word.contains(':'));
    if goes_on || is_cut || is_all {
        let start = end + (line.len() - line.trim_start().len());
        let lint: &'static Lint = &COMMENT_CUT;
        let message = format!("the rule ends in front of this comment, and is `{text}`");
        found.within(lint, (file, entry), start..end + line.trim_end().len(), message).help =
            Some("put the whole rule in quotes, or the comment on a line of its own".to_owned());
    }
}
