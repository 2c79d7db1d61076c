//! Lints of rules in the older list form.

use assay_engine::oslo::language::{TokenKind, parse_text, tokenize};
use assay_engine::oslo::load::yaml::{Object, ObjectId, Style};
use assay_engine::oslo::python::Value;

use super::catalogue::Safety;
use super::catalogue::lists::{LIST_ITEM_EXPRESSION, LIST_RULE, MAPPING_RULE};
use super::catalogue::syntax::COLONLESS_CHECK;
use super::collect::{Found, edit, value_range};
use super::context::Context;
use super::file::quoted;
use super::finding::Fix;
use super::rule::{Rule, item_part, items, members};
use super::syntax::suggestion;

pub(super) fn look(context: &Context<'_>, rule: &Rule<'_>, found: &mut Found<'_>) {
    let document = &rule.file.document;
    match document.object(rule.entry.object) {
        Object::Dict(entries) if !entries.is_empty() => mapping(rule, found),
        Object::List(_) | Object::Set(_) | Object::Pairs(_) if document.truthy(rule.entry.object) => {
            alternatives(rule, found);
            for item in items(rule.file, rule.entry) {
                judge(context, rule, item, found);
            }
        }
        _ => {}
    }
}

fn mapping(rule: &Rule<'_>, found: &mut Found<'_>) {
    let Object::Dict(entries) = rule.file.document.object(rule.entry.object) else {
        return;
    };
    let text = |id| match rule.file.document.object(id) {
        Object::Scalar(Value::Str(text)) => text.as_text(),
        _ => None,
    };
    let keys: Vec<&str> = entries.iter().filter_map(|entry| text(entry.key)).collect();
    let message = format!("upstream takes this mapping for the list of its keys ({})", keys.join(", "));
    let finding = found.on_value(&MAPPING_RULE, rule.place(), message);
    if let [entry] = entries.as_slice()
        && let (Some(kind), Some(text)) = (text(entry.key), text(entry.value))
    {
        finding.help = Some(format!("did you mean \"{kind}:{text}\"?"));
    }
}

/// Two or more items that a reader may take for conditions which all must hold.
fn alternatives(rule: &Rule<'_>, found: &mut Found<'_>) {
    let document = &rule.file.document;
    let outer: Vec<ObjectId> =
        members(rule.file, rule.entry.object).into_iter().filter(|item| document.truthy(*item)).collect();
    if outer.len() < 2 {
        return;
    }
    let text = as_text(rule, &outer);
    let message = match &text {
        Some(text) => format!("the items of this list are alternatives: it means `{text}`"),
        None => {
            "the items of this list are alternatives (`or`), not conditions that all must hold".to_owned()
        }
    };
    let range = value_range(rule.place());
    let raw = rule.file.text.get(range.clone()).unwrap_or_default();
    let kept = matches!(rule.entry.value_written.style, Style::Flow | Style::Block)
        && !raw.contains(['#', '&', '*'])
        && !rule.entry.merged;
    let fix = text.as_ref().filter(|_| kept).map(|text| {
        let edits = vec![edit(rule.file, range, quoted(text))];
        Fix { safety: Safety::Same, edits }
    });
    let finding = found.on_value(&LIST_RULE, rule.place(), message);
    finding.help = Some("write it as a text; for `and` an inner list is needed".to_owned());
    finding.fix = fix;
}

/// The same rule as a text, if there is one.
fn as_text(rule: &Rule<'_>, outer: &[ObjectId]) -> Option<String> {
    let word = |id: &ObjectId| match rule.file.document.object(*id) {
        Object::Scalar(Value::Str(text)) => text.as_text().map(str::to_owned),
        _ => None,
    };
    let alternative = |id: &ObjectId| match rule.file.document.object(*id) {
        Object::Scalar(_) => word(id),
        _ => {
            let words: Vec<String> = members(rule.file, *id).iter().map(word).collect::<Option<_>>()?;
            Some(match words.as_slice() {
                [only] => only.clone(),
                _ => format!("({})", words.join(" and ")),
            })
        }
    };
    let text = outer.iter().map(alternative).collect::<Option<Vec<_>>>()?.join(" or ");
    let tree = parse_text(&text);
    (tree == *rule.tree && tree.diagnostics().is_empty()).then_some(text)
}

fn judge(context: &Context<'_>, rule: &Rule<'_>, item: ObjectId, found: &mut Found<'_>) {
    let Object::Scalar(Value::Str(text)) = rule.file.document.object(item) else {
        return;
    };
    let text = text.masked();
    let range = item_part(rule.file, item, 0..text.len()).unwrap_or_else(|| value_range(rule.place()));
    let is_operator =
        |kind| matches!(kind, TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Left);
    let tokens: Vec<TokenKind<'_>> = tokenize(text).map(|token| token.kind).collect();
    if tokens.len() > 1 && tokens.iter().any(|kind| is_operator(*kind)) {
        let message = format!("an item of a list is one check: `{text}` is read to its end as such");
        let finding = found.within(&LIST_ITEM_EXPRESSION, rule.place(), range, message);
        finding.help = Some("write the rule as a text instead of a list".to_owned());
    } else if !text.contains(':') && !matches!(text, "@" | "!") {
        let message = format!("`{text}` has no colon and is no check: this item denies");
        let help = suggestion(context, text);
        found.within(&COLONLESS_CHECK, rule.place(), range, message).help = help;
    }
}
