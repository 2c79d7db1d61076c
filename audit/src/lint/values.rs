//! Lints of values that are not the rule texts that they seem to be.

use assay_engine::oslo::ExceptionClass::RecursionError;
use assay_engine::oslo::Interrupt;
use assay_engine::oslo::language::Check;
use assay_engine::oslo::load::yaml::{Object, Style};
use assay_engine::oslo::python::Value;

use super::catalogue::file::BROKEN_FILE;
use super::catalogue::syntax::UNPARSEABLE;
use super::catalogue::values::{
    ALLOWS_EVERYONE, BARE_EXCLAMATION, BLANK_RULE, DEFAULT_ALLOWS, DEFAULT_RULE, FALSY_RULE, NOT_A_RULE,
    NULL_RULE,
};
use super::catalogue::{Safety, Severity};
use super::collect::{Found, edit, value_range};
use super::context::Context;
use super::finding::Fix;
use crate::policy::{Entry, PolicyFile};

pub(super) fn look(context: &Context<'_>, file: &PolicyFile, entry: &Entry, found: &mut Found<'_>) {
    let place = (file, entry);
    let written = entry.value_written;
    let raw = file.text.get(written.start..written.end).unwrap_or_default();
    match &entry.tree {
        Err(Interrupt::Raised(RecursionError)) => {
            found.on_value(&UNPARSEABLE, place, "so many `not` in a row that upstream raises RecursionError");
            return;
        }
        Err(Interrupt::Raised(class)) => {
            let message = match reading(file, entry) {
                Some(reading) => {
                    format!("YAML reads this as {reading}, and upstream raises {class}: no rule is loaded")
                }
                None => format!("upstream raises {class} on this value: no rule is loaded"),
            };
            found.on_value(&NOT_A_RULE, place, message).help =
                Some("a rule is a text: put it in quotes".to_owned());
            return;
        }
        Err(other) => {
            found.on_value(&BROKEN_FILE, place, format!("this value has no answer: {other}"));
            return;
        }
        Ok(_) => {}
    }
    if raw.starts_with('!') && !raw.starts_with("!!") {
        exclamation(place, raw, found);
    } else if !matches!(entry.value, Value::Str(_) | Value::List(_)) || is_mapping(file, entry) {
        falsy(place, found);
    } else {
        open_or_blank(context, place, found);
    }
    default_rule(context, place, found);
}

fn is_mapping(file: &PolicyFile, entry: &Entry) -> bool {
    matches!(file.document.object(entry.object), Object::Dict(members) if members.is_empty())
}

fn exclamation(place: (&PolicyFile, &Entry), raw: &str, found: &mut Found<'_>) {
    let (file, entry) = place;
    if matches!(entry.value, Value::None) || entry.text() == Some("") {
        let message = "`!` without quotes is a YAML tag on nothing: everybody is allowed";
        let edits = vec![edit(file, value_range(place), "\"!\"")];
        let finding = found.on_value(&BARE_EXCLAMATION, place, message);
        finding.help = Some("to deny everybody write `\"!\"`".to_owned());
        if raw == "!" {
            finding.fix = Some(Fix { safety: Safety::Narrows, edits });
        }
    } else {
        let start = entry.value_written.start;
        let text = entry.text().unwrap_or_default();
        let message = format!("`!` without quotes is a YAML tag, which is dropped: the rule is `{text}`");
        found.within(&BARE_EXCLAMATION, place, start..start + 1, message).help =
            Some("for the opposite write `not` in front of the check".to_owned());
    }
}

/// Values that are neither texts nor lists, and falsy.
fn falsy(place: (&PolicyFile, &Entry), found: &mut Found<'_>) {
    let (file, entry) = place;
    let help = "write `\"!\"` if nobody is to be allowed, `\"@\"` if everybody; without the line the service's default holds";
    let finding = if matches!(entry.value, Value::None) {
        let message = match entry.value_written.style {
            Style::Nothing if entry.value_written.start < entry.value_written.end => {
                "a YAML anchor or tag without a value: everybody is allowed"
            }
            Style::Nothing => "no value: everybody is allowed",
            _ => "null is no value: everybody is allowed",
        };
        found.on_value(&NULL_RULE, place, message)
    } else {
        let reading = reading(file, entry).unwrap_or_else(|| "an empty collection".to_owned());
        found.on_value(&FALSY_RULE, place, format!("YAML reads this as {reading}, and everybody is allowed"))
    };
    finding.help = Some(help.to_owned());
}

/// Texts and lists that allow or deny without a condition, other than by `!`.
fn open_or_blank(context: &Context<'_>, place: (&PolicyFile, &Entry), found: &mut Found<'_>) {
    let (file, entry) = place;
    let Ok(tree) = &entry.tree else {
        return;
    };
    let everybody = *tree.check(tree.root()) == Check::True;
    let nobody = *tree.check(tree.root()) == Check::False;
    let is_list = matches!(entry.value, Value::List(_));
    let text = entry.text().unwrap_or_default();
    if everybody && is_list {
        let message = "the empty list allows everybody".to_owned();
        let finding = found.on_value(&FALSY_RULE, place, message);
        finding.severity = Severity::Warning;
        finding.help = Some("write `\"@\"` if that is meant".to_owned());
    } else if everybody && entry.name != "default" && !context.is_open_by_default(&entry.name) {
        let message = format!("`{}` is open to every token, whatever its roles and project", entry.name);
        let default = context.defaults.get(&entry.name);
        found.on_value(&ALLOWS_EVERYONE, place, message).help =
            default.map(|default| format!("the service's default is `{}`", default.check()));
    } else if nobody && (is_list || (!text.is_empty() && is_blank(text))) {
        let message = match is_list {
            true => "a list of nothing denies everybody, while `[]` allows everybody",
            false => "a text of blanks denies everybody, while `\"\"` allows everybody",
        };
        let written = entry.value_written.style;
        let inline = matches!(written, Style::SingleQuoted | Style::DoubleQuoted | Style::Flow);
        let edits = vec![edit(file, value_range(place), "\"!\"")];
        let finding = found.on_value(&BLANK_RULE, place, message);
        finding.help = Some("write `\"!\"` if nobody is to be allowed, `\"@\"` if everybody".to_owned());
        if inline && !(is_list && has_words(file, entry)) {
            finding.fix = Some(Fix { safety: Safety::Same, edits });
        }
    }
}

/// Whether a list rule that denies holds texts, which then are what denies.
fn has_words(file: &PolicyFile, entry: &Entry) -> bool {
    !super::rule::items(file, entry).is_empty()
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(assay_engine::oslo::python::is_space)
}

fn default_rule(context: &Context<'_>, place: (&PolicyFile, &Entry), found: &mut Found<'_>) {
    let entry = place.1;
    if entry.name != "default" || !entry.is_named {
        return;
    }
    let Ok(tree) = &entry.tree else {
        return;
    };
    if *tree.check(tree.root()) == Check::True {
        let message = "`default` allows everybody, and with it every name that is not defined: each typo opens what \
            it was to guard";
        let finding = found.on_value(&DEFAULT_ALLOWS, place, message);
        finding.help = Some("make it `\"!\"`".to_owned());
        if context.is_open_by_default("default") {
            // The service says so itself; an operator can only say otherwise.
            finding.severity = Severity::Warning;
        }
    } else if !context.of_defaults {
        let message =
            format!("`default` answers for all names that neither file nor service defines: `{tree}`");
        found.on_name(&DEFAULT_RULE, place, message);
    }
}

/// What YAML makes of a value that is no text.
fn reading(file: &PolicyFile, entry: &Entry) -> Option<String> {
    Some(match file.document.object(entry.object) {
        Object::Scalar(Value::Bool(value)) => format!("the boolean {value}"),
        Object::Scalar(Value::Int(value)) => format!("the number {value}"),
        Object::Scalar(Value::Float(value)) => format!("the number {value}"),
        Object::Scalar(Value::Bytes(_)) => "binary data".to_owned(),
        Object::Timestamp(_) => "a date".to_owned(),
        Object::Dict(_) => "an empty mapping".to_owned(),
        Object::Set(_) => "an empty set".to_owned(),
        _ => return None,
    })
}
