//! What a service says of its rules, as comments. The words that programs look for (`Intended scope(s):`, `has been
//! deprecated since`) are those of upstream's generator.

use crate::policy::Defaults;
use assay_engine::oslo::enforcer::{Operation, RuleDefault};
use assay_engine::oslo::python::Value;
use textwrap::{Options, WordSplitter, WrapAlgorithm, wrap};

/// As wide as upstream's.
const WIDTH: usize = 70;

/// What stands in a defaults file for a reason whose words are not taken over.
pub(crate) const LEFT_OUT: &str = "left out";

/// Description, operations and scopes of a default.
#[must_use]
pub fn about(defaults: &Defaults, default: &RuleDefault) -> Vec<String> {
    let definition = default.definition();
    let description = definition.description.as_ref().filter(|text| !text.trim().is_empty());
    let mut lines = description.map(|text| paragraphs(text)).unwrap_or_default();
    let operations =
        defaults.operations(default.name()).iter().filter(|operation| !operation.path.is_empty());
    lines.extend(operations.map(|operation| format!("# {}  {}", methods(operation), operation.path)));
    if !definition.scope_types.is_empty() {
        lines.push(format!("# Intended scope(s): {}", definition.scope_types.join(", ")));
    }
    lines
}

/// That the rule is going to be removed, and why; nothing if it is not.
#[must_use]
pub fn removal(default: &RuleDefault) -> Vec<String> {
    let definition = default.definition();
    if !definition.deprecated_for_removal {
        return Vec::new();
    }
    let since = definition.deprecated_since.as_deref().unwrap_or("?");
    let mut lines = vec!["# DEPRECATED".to_owned()];
    lines.push(format!("# \"{}\" has been deprecated since {since}.", default.name()));
    lines.extend(prose(definition.deprecated_reason.as_ref()));
    lines
}

/// What the rule was before, and why it changed; nothing if it was nothing else. Upstream adds an alias of the old name,
/// which upstream itself takes for no override; it is left out.
#[must_use]
pub fn deprecation(default: &RuleDefault) -> Vec<String> {
    let definition = default.definition();
    let Some(old) = definition.deprecated_rule.as_ref().filter(|_| !definition.deprecated_for_removal) else {
        return Vec::new();
    };
    let own = |text: Option<&str>, other: &Option<String>| text.map(str::to_owned).or_else(|| other.clone());
    let since = own(old.since(), &definition.deprecated_since).unwrap_or_else(|| "?".to_owned());
    let reason = own(old.reason(), &definition.deprecated_reason);
    let sentence = format!(
        "\"{}\":\"{}\" has been deprecated since {since} in favor of \"{}\":\"{}\".",
        old.name(),
        text(old.check_str()),
        default.name(),
        text(&definition.check_str),
    );
    let mut lines = vec!["# DEPRECATED".to_owned()];
    lines.extend(paragraphs(&sentence));
    lines.extend(prose(reason.as_ref()));
    lines
}

/// A reason as comment lines. Files that `cargo differential services` writes leave reasons out, and say so.
fn prose(reason: Option<&String>) -> Vec<String> {
    reason
        .filter(|reason| *reason != LEFT_OUT && !reason.trim().is_empty())
        .map(|reason| paragraphs(reason))
        .unwrap_or_default()
}

fn text(check: &Value) -> String {
    match check {
        Value::Str(text) => text.to_string(),
        other => crate::edit::value(other),
    }
}

/// One method as it is; of several a list, as upstream prints what services give as one.
fn methods(operation: &Operation) -> String {
    match operation.methods.as_slice() {
        [one] => one.clone(),
        several => {
            format!("[{}]", several.iter().map(|method| format!("'{method}'")).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text as comment lines, paragraph by paragraph; what is indented stays as it is.
fn paragraphs(text: &str) -> Vec<String> {
    let options = Options::new(WIDTH)
        .initial_indent("# ")
        .subsequent_indent("# ")
        .word_splitter(WordSplitter::HyphenSplitter)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let mut lines = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let close = |open: &mut Vec<&str>, lines: &mut Vec<String>| {
        if !open.is_empty() {
            let words = std::mem::take(open).join(" ");
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.extend(wrap(&words, &options).into_iter().map(|line| line.trim_end().to_owned()));
        }
    };
    // Whatever ends a line in YAML would end the comment.
    for line in text.trim().split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        if line.trim().is_empty() {
            close(&mut open, &mut lines);
            lines.push("#".to_owned());
        } else if line.starts_with([' ', '\t']) && !line.trim_start().is_empty() {
            close(&mut open, &mut lines);
            lines.push(format!("# {}", line.trim_end()));
        } else {
            open.push(line);
        }
    }
    close(&mut open, &mut lines);
    lines
}
