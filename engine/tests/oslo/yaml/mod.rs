//! Policy files as PyYAML reads them.

mod collections;
mod files;
mod limits;
mod places;
mod scalars;

use assay_engine::oslo::load::yaml::{Document, FileError, Object, ObjectId, read};
use assay_engine::oslo::python::{Value, text::str_of};
use assay_engine::oslo::{Interrupt, Rules};

/// What a text holds, and what rules it gives; of either the exception's class.
#[track_caller]
fn check(text: &str, value: &str, rules: &str) {
    let document = read(text);
    let shown = document.as_ref().map(|document| show(document, document.root(), 6));
    assert_eq!(shown.unwrap_or_else(class), value);
    assert_eq!(Rules::load(text).as_ref().map(list).unwrap_or_else(class), rules);
}

fn class(error: &FileError) -> String {
    match error.cause {
        Interrupt::Raised(class) => class.name().to_owned(),
        Interrupt::Unsupported(why) => format!("unsupported: {why}"),
        Interrupt::Limit(limit) => format!("limit: {limit}"),
    }
}

/// `"name" = check; …`, nameless rules last.
fn list(rules: &Rules) -> String {
    let named = rules.iter().map(|(name, tree)| format!("{} = {tree}", quoted(name.code_points())));
    let nameless = rules.nameless().map(|(name, tree)| {
        let name = if let Object::Scalar(value) = name { scalar(value) } else { day(name) };
        format!("{name} = {tree}")
    });
    named.chain(nameless).collect::<Vec<_>>().join("; ")
}

/// Python's notation, but for strings (Rust's), sets (`<>`) and timestamps.
fn show(document: &Document, id: ObjectId, levels: usize) -> String {
    if levels == 0 {
        return "...".to_owned();
    }
    let inner = |id: &ObjectId| show(document, *id, levels - 1);
    let all = |ids: &[ObjectId]| ids.iter().map(inner).collect::<Vec<_>>();
    match document.object(id) {
        Object::Scalar(value) => scalar(value),
        stamp @ Object::Timestamp(_) => day(stamp),
        Object::List(items) => format!("[{}]", all(items).join(", ")),
        Object::Set(items) => {
            let mut items = all(items);
            items.sort();
            format!("<{}>", items.join(", "))
        }
        Object::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(first, second)| format!("({}, {})", inner(first), inner(second)));
            format!("[{}]", pairs.collect::<Vec<_>>().join(", "))
        }
        Object::Dict(entries) => {
            let entries =
                entries.iter().map(|entry| format!("{}: {}", inner(&entry.key), inner(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Str(text) => quoted(text.code_points()),
        Value::Bytes(bytes) => format!("b{}", quoted(bytes.iter().copied().map(u32::from))),
        other => str_of(other).expect("a text").as_text().expect("no surrogate").to_owned(),
    }
}

fn day(object: &Object) -> String {
    let Object::Timestamp(stamp) = object else { panic!("{object:?}") };
    let (year, month, day) = stamp.date;
    let Some(time) = stamp.time else { return format!("date {year}-{month}-{day}") };
    let (hour, minute, second) = time.clock;
    let zone = time.zone.map(|zone| format!(" {zone:+}")).unwrap_or_default();
    format!("time {year}-{month}-{day} {hour}:{minute}:{second}.{}{zone}", time.microsecond)
}

fn quoted(points: impl Iterator<Item = u32>) -> String {
    let one = |point| match char::from_u32(point) {
        Some(c @ ('"' | '\\')) => format!("\\{c}"),
        Some('\n') => "\\n".to_owned(),
        Some('\t') => "\\t".to_owned(),
        Some('\r') => "\\r".to_owned(),
        Some(c @ ' '..='~') => c.to_string(),
        _ => format!("\\u{{{point:x}}}"),
    };
    format!("\"{}\"", points.map(one).collect::<String>())
}
