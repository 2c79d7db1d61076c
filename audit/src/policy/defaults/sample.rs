//! What `oslopolicy-sample-generator` prints: each rule in a comment, below its description, operations and
//! scopes, and below it what it was before.

use std::path::Path;

use assay_engine::oslo::enforcer::{Definition, DeprecatedRule, Operation, RuleDefault};
use assay_engine::oslo::load::yaml::Position;
use assay_engine::oslo::python::Value;

use super::Defaults;
use crate::policy::InputError;

/// The width at which the generator wraps, and what is left of it behind `# `.
const WIDTH: usize = 70;
const INNER: usize = WIDTH - 2;

/// What stands above the paragraph of a deprecation.
const DEPRECATED: &str = "# DEPRECATED";

/// What stands before the scopes of a rule.
const SCOPES: &str = "Intended scope(s):";

/// Whether a text is such a sample: it has rules in comments, or (`include_help=False`) rules on one line each and
/// paragraphs of deprecations.
#[must_use]
pub fn is_sample(text: &str) -> bool {
    let is_plain = |line: &str| line.trim().is_empty() || line.starts_with('#') || rule(line).is_some();
    text.lines().any(|line| line.strip_prefix('#').and_then(rule).is_some())
        || (text.lines().any(|line| line.trim_end() == DEPRECATED) && text.lines().all(is_plain))
}

/// `"name": "check"`, as it is written: the generator escapes nothing.
fn rule(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim_end().strip_prefix('"')?.split_once("\":")?;
    let check = rest.trim_start().strip_prefix('"')?.strip_suffix('"')?;
    Some((name, check))
}

/// A default on its way.
struct Draft {
    at: Position,
    definition: Definition,
    operations: Vec<Operation>,
    old: Option<Old>,
}

struct Old {
    name: String,
    check: String,
    since: Option<String>,
    reason: Option<String>,
}

pub(super) fn read(path: &Path, text: &str) -> Result<Defaults, InputError> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut comments: Vec<&str> = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let commented = line.strip_prefix('#').and_then(rule);
        if let Some((name, check)) = commented.or_else(|| rule(line)) {
            let at = Position { line: index + 1, column: 1 + usize::from(commented.is_some()) };
            drafts.push(draft(at, name, check, &std::mem::take(&mut comments)));
        } else if line.trim_end() == DEPRECATED {
            let mut paragraphs: Vec<&str> = Vec::new();
            // Of a removal the rule itself follows at once.
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with('#')) {
                if let Some((name, check)) = line.strip_prefix('#').and_then(rule) {
                    let at = Position { line: index + 2 + paragraphs.len(), column: 2 };
                    let mut draft = draft(at, name, check, &comments_of(&paragraphs));
                    removal(&mut draft.definition, &paragraphs);
                    drafts.push(draft);
                    paragraphs.clear();
                    break;
                }
                paragraphs.push(line);
            }
            comments.clear();
            deprecation(&mut drafts, &paragraphs);
        } else if let Some(comment) = line.strip_prefix('#') {
            comments.push(comment.strip_prefix(' ').unwrap_or(comment));
        } else if line.trim().is_empty() || line.starts_with("---") {
            comments.clear();
        } else {
            let at = Some(Position { line: index + 1, column: 1 });
            return Err(InputError::file(path, at, "neither a comment nor `\"name\": \"check\"`"));
        }
    }
    finish(path, drafts)
}

fn finish(path: &Path, drafts: Vec<Draft>) -> Result<Defaults, InputError> {
    let mut defaults = Defaults { path: Some(path.to_owned()), ..Defaults::default() };
    for Draft { at, mut definition, operations, old } in drafts {
        let failed = |error: &dyn std::fmt::Display| InputError::file(path, Some(at), error.to_string());
        // Only a documented default has operations, and that one must be described.
        let documented = !operations.is_empty() && definition.description.is_some();
        definition.operations = documented.then(|| operations.clone());
        if let Some(old) = old {
            let rule = DeprecatedRule::new(old.name, old.check).map_err(|error| failed(&error))?;
            definition.deprecated_rule = Some(rule.because(old.reason, old.since));
        }
        let default = RuleDefault::new(definition).map_err(|error| failed(&error))?;
        defaults.push(path, Some(at), default, operations)?;
    }
    Ok(defaults)
}

/// The lines of a paragraph without their `# `.
fn comments_of<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let bare = |line: &&'l str| {
        let line = line.strip_prefix('#').unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    };
    lines.iter().map(bare).collect()
}

fn draft(at: Position, name: &str, check: &str, comments: &[&str]) -> Draft {
    let mut definition = Definition::new(name, check);
    let mut description: Vec<&str> = Vec::new();
    let mut operations = Vec::new();
    for line in comments {
        if let Some(scopes) = line.strip_prefix(SCOPES) {
            let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
            definition.scope_types = scopes.map(str::to_owned).collect();
        } else if let Some(operation) = operation(line) {
            operations.push(operation);
        } else {
            description.push(line);
        }
    }
    let description = description.join("\n").trim().to_owned();
    definition.description = Some(description).filter(|text| !text.is_empty());
    Draft { at, definition, operations, old: None }
}

/// `GET  /path`, or `['GET', 'HEAD']  /path`.
fn operation(line: &str) -> Option<Operation> {
    let (methods, path) = line.split_once("  ")?;
    let methods = methods.trim_matches(['[', ']']).split(',').map(|method| method.trim().trim_matches('\''));
    let methods: Vec<String> = methods.map(str::to_owned).collect();
    let is_method =
        |method: &String| !method.is_empty() && method.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let is_path = !path.is_empty() && !path.starts_with(' ');
    (methods.iter().all(is_method) && is_path).then(|| Operation { methods, path: path.trim().to_owned() })
}

/// `"name" has been deprecated since RELEASE.`, then the reason, then all else without anything between them.
fn removal(definition: &mut Definition, paragraphs: &[&str]) {
    let lines = comments_of(paragraphs);
    let Some((first, rest)) = lines.split_first() else {
        return;
    };
    let Some((_, since)) = first.split_once("\" has been deprecated since ") else {
        return;
    };
    // A line ends a paragraph if the first word of the next would have fitted into it.
    let ends = |pair: &[&str]| {
        let word = pair[1].split(' ').next().unwrap_or_default();
        pair[0].chars().count() + 1 + word.chars().count() <= INNER
    };
    let reason = rest.windows(2).position(ends).map_or(rest.len(), |last| last + 1);
    let (reason, description) = rest.split_at(reason);
    let own = |line: &&&str| operation(line).is_none() && !line.starts_with(SCOPES);
    let description = description.iter().filter(own).copied().collect::<Vec<_>>().join("\n");
    definition.deprecated_for_removal = true;
    definition.deprecated_since = Some(since.trim_end().trim_end_matches('.').to_owned());
    definition.deprecated_reason = Some(reason.join(" "));
    definition.description = Some(description).filter(|text| !text.is_empty());
}

/// `"old":"check" has been deprecated since RELEASE in favor of "new":"check".`, wrapped; then the reason, then
/// perhaps a warning of another name.
fn deprecation(drafts: &mut [Draft], paragraphs: &[&str]) {
    let end = paragraphs.iter().position(|line| line.starts_with("# WARNING: A rule name change"));
    let paragraph = unwrap(&paragraphs[..end.unwrap_or(paragraphs.len())]);
    let Some((old, rest)) = paragraph.split_once("\" has been deprecated since ") else {
        return;
    };
    let Some((since, new)) = rest.split_once(" in favor of \"") else {
        return;
    };
    let Some((name, check)) = old.strip_prefix('"').and_then(|old| old.split_once("\":\"")) else {
        return;
    };
    let known = |draft: &&mut Draft| {
        new.strip_prefix(draft.definition.name.as_str()).is_some_and(|rest| rest.starts_with("\":\""))
    };
    let Some(draft) = drafts.iter_mut().rev().find(known) else {
        return;
    };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text != "None");
    let whole = match &draft.definition.check_str {
        Value::Str(check) => format!("{}\":\"{check}\".", draft.definition.name),
        _ => String::new(),
    };
    let reason =
        new.strip_prefix(whole.as_str()).or_else(|| Some(new.rsplit_once("\".")?.1)).unwrap_or_default();
    draft.old = Some(Old {
        name: name.to_owned(),
        check: check.to_owned(),
        since: text(since),
        reason: text(reason),
    });
}

/// Joins what was wrapped. A word of more than a line was cut where the line ended, and one with a hyphen may have
/// been cut behind it.
fn unwrap(paragraph: &[&str]) -> String {
    let mut text = String::new();
    for (index, line) in comments_of(paragraph).iter().enumerate() {
        let last = text.rsplit(' ').next().unwrap_or_default().chars().count();
        let first = line.split(' ').next().unwrap_or_default().chars().count();
        let full = index > 0 && paragraph[index - 1].chars().count() == WIDTH;
        // A whole word can fill a line too: of those that matter, one that ends a check does.
        let whole = last == INNER && text.ends_with('"') && !text.ends_with(":\"");
        let cut = (full && last + first > INNER && !whole) || text.ends_with('-');
        if index > 0 && !cut {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}
