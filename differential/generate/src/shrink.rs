//! Making a found case small, on the case itself: rules go, checks give way to their operands,
//! context keys go, texts become shorter, as long as the finding stays the same.

mod service;

use std::ops::Range;

use assay_case::{Ask, Request, RuleSource, World};
use assay_engine::oslo::language::parse_text;
use assay_engine::oslo::python::{Dict, Value};

/// A finding: the world, and the request that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The rules.
    pub world: World,
    /// The request; `None` where the rules alone show it.
    pub request: Option<Request>,
}

/// Shrinks until nothing smaller shows the same finding, or the budget of tries is used up.
///
/// `same` says whether a candidate still shows the finding that is being shrunk, and that one only:
/// it compares signatures, so that one bug is never exchanged for another.
///
/// ```
/// use assay_case::{Ask, Request, World};
/// use assay_engine::oslo::python::{Dict, Value};
/// use assay_generate::shrink::{Found, shrink};
///
/// let world = World::of_rules([("a", "role:x and (b:1 or not c:%(d)s)")]);
/// let found = shrink(Found { world, request: None }, 1000, |found| {
///     found.world.rules().iter().any(|(_, rule)| matches!(rule, Value::Str(text) if text.as_text().unwrap().contains("not ")))
/// });
/// assert_eq!(found.world.rules(), [("a".to_owned(), Value::from("not "))]);
/// ```
pub fn shrink(found: Found, tries: usize, mut same: impl FnMut(&Found) -> bool) -> Found {
    let mut best = found;
    let mut left = tries;
    'again: loop {
        for candidate in candidates(&best) {
            if left == 0 {
                return best;
            }
            left -= 1;
            if same(&candidate) {
                best = candidate;
                continue 'again;
            }
        }
        return best;
    }
}

/// Smaller cases, the most daring first.
fn candidates(found: &Found) -> Vec<Found> {
    let mut all = Vec::new();
    let with_source = |source| Found { world: World { source, ..found.world.clone() }, ..found.clone() };
    let with_rules = |rules| with_source(RuleSource::Rules(rules));
    let rules = found.world.rules();
    for kept in without_runs(rules.len()) {
        all.push(with_rules(kept.into_iter().map(|index| rules[index].clone()).collect()));
    }
    if let Some(file) = found.world.policy_file() {
        all.extend(smaller_files(file).into_iter().map(|file| with_source(RuleSource::Text(file))));
    }
    if let Some(service) = found.world.service() {
        all.extend(service::candidates(found, service));
    }
    all.extend(inlined(rules).into_iter().map(with_rules));
    if found.world.default_rule.is_some() {
        let world = World { default_rule: None, ..found.world.clone() };
        all.push(Found { world, ..found.clone() });
    }
    if let Some(request) = &found.request {
        for request in smaller_requests(request) {
            all.push(Found { request: Some(request), ..found.clone() });
        }
    }
    for (index, (name, value)) in rules.iter().enumerate() {
        for value in smaller_rules(value) {
            let mut rules = rules.to_vec();
            rules[index] = (name.clone(), value);
            all.push(with_rules(rules));
        }
    }
    all
}

/// A policy file without some of its lines, or of its characters where few are left.
fn smaller_files(file: &[u8]) -> Vec<Vec<u8>> {
    let lines: Vec<&[u8]> = file.split_inclusive(|&byte| byte == b'\n').collect();
    let mut all: Vec<Vec<u8>> = Vec::new();
    for kept in without_runs(lines.len()) {
        all.push(kept.into_iter().flat_map(|index| lines[index].iter().copied()).collect());
    }
    match std::str::from_utf8(file) {
        Ok(text) => all.extend(shorter_strings(text).into_iter().map(String::into_bytes)),
        Err(_) => {
            let kept = without_runs(file.len()).into_iter();
            all.extend(kept.map(|kept| kept.into_iter().map(|index| file[index]).collect::<Vec<u8>>()));
        }
    }
    all
}

/// The rules with one gone and its text in place of the references to it.
fn inlined(rules: &[(String, Value)]) -> Vec<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for (gone, (name, value)) in rules.iter().enumerate() {
        let Value::Str(text) = value else { continue };
        let Some(text) = text.as_text() else { continue };
        let reference = format!("rule:{name}");
        let inline = if text.contains(' ') { format!("({text})") } else { text.to_owned() };
        let rest = rules.iter().enumerate().filter(|&(index, _)| index != gone);
        let rest = rest.map(|(_, (name, value))| match value {
            Value::Str(other) => {
                let other = other.as_text().unwrap_or_default();
                (name.clone(), Value::from(other.replace(&reference, &inline)))
            }
            other => (name.clone(), other.clone()),
        });
        all.push(rest.collect());
    }
    all
}

/// What is left of `count` things when a run of them goes: all, halves, quarters, …, single ones.
fn without_runs(count: usize) -> Vec<Vec<usize>> {
    let mut kept = Vec::new();
    let mut size = count;
    while size > 0 {
        for start in (0..count).step_by(size) {
            let gone = start..(start + size).min(count);
            kept.push((0..count).filter(|index| !gone.contains(index)).collect());
        }
        size /= 2;
    }
    kept
}

fn smaller_requests(request: &Request) -> Vec<Request> {
    let mut all = Vec::new();
    for creds in smaller_values(&request.creds) {
        all.push(Request { creds, ..request.clone() });
    }
    for target in smaller_values(&request.target) {
        all.push(Request { target, ..request.clone() });
    }
    match &request.ask {
        Ask::Check(text) => {
            all.extend(
                smaller_texts(text)
                    .into_iter()
                    .map(|text| Request { ask: Ask::Check(text), ..request.clone() }),
            );
        }
        Ask::Rule(_) | Ask::Step(_) => {}
    }
    all
}

fn smaller_rules(value: &Value) -> Vec<Value> {
    match value {
        Value::Str(text) => match text.as_text() {
            Some(text) => smaller_texts(text).into_iter().map(Value::from).collect(),
            None => vec![Value::from("")],
        },
        other => {
            // One check of a list, as the text that it is.
            let mut all = Vec::new();
            strings(other, &mut all);
            all.extend(smaller_values(other));
            all
        }
    }
}

fn strings(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Str(_) => found.push(value.clone()),
        Value::List(items) => items.iter().for_each(|item| strings(item, found)),
        _ => {}
    }
}

/// Shorter rule texts: an operand in place of its operator, a word less, a word cut short.
fn smaller_texts(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let tree = parse_text(text);
    for id in tree.ids() {
        let node = tree.node(id);
        // Of the root: the text without the parentheses around it.
        all.push(text[node.span.clone()].to_owned());
        for child in tree.children(id) {
            all.push(replaced(text, node.outer.clone(), &text[tree.node(*child).outer.clone()]));
        }
        for constant in ["@", "!"] {
            all.push(replaced(text, node.outer.clone(), constant));
        }
    }
    // Words do not depend on the parser that may be at fault.
    let words: Vec<&str> = text.split_whitespace().collect();
    for kept in without_runs(words.len()) {
        let words: Vec<&str> = kept.into_iter().map(|index| words[index]).collect();
        all.push(words.join(" "));
    }
    for (index, word) in words.iter().enumerate() {
        for shorter in shorter_strings(word) {
            let mut words = words.clone();
            words[index] = &shorter;
            all.push(words.join(" "));
        }
    }
    // Only what is shorter, or as long and simpler: else shrinking might never end.
    let simpler = |other: &String| (other.chars().count(), rank(other)) < (text.chars().count(), rank(text));
    all.retain(simpler);
    all.dedup();
    all
}

/// Fewer odd characters are simpler.
fn rank(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii_lowercase() && *c != ' ').count()
}

fn replaced(text: &str, span: Range<usize>, by: &str) -> String {
    let mut out = text.to_owned();
    out.replace_range(span, by);
    out
}

/// A string without one of its runs of characters.
fn shorter_strings(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    without_runs(chars.len())
        .into_iter()
        .map(|kept| kept.into_iter().map(|index| chars[index]).collect())
        .collect()
}

/// Simpler values. None of them is the value itself.
fn smaller_values(value: &Value) -> Vec<Value> {
    match value {
        Value::None => Vec::new(),
        Value::Bool(_) => vec![Value::None],
        Value::Int(_) | Value::Float(_) | Value::Complex { .. } | Value::Ellipsis => {
            vec![Value::None, 0.into(), 1.into()]
                .into_iter()
                .filter(|simple| simple != value && is_simpler(simple, value))
                .collect()
        }
        Value::Str(text) => match text.as_text() {
            Some(text) => shorter_strings(text).into_iter().map(Value::from).collect(),
            None => vec![Value::from("")],
        },
        Value::Bytes(bytes) => {
            let kept = without_runs(bytes.len()).into_iter();
            kept.map(|kept| Value::Bytes(kept.into_iter().map(|index| bytes[index]).collect())).collect()
        }
        Value::List(items) => smaller_items(items).into_iter().map(Value::List).collect(),
        Value::Tuple(items) => smaller_items(items).into_iter().map(Value::Tuple).collect(),
        Value::Set(items) => smaller_items(items).into_iter().map(Value::Set).collect(),
        Value::Dict(dict) => smaller_dicts(dict).into_iter().map(Value::Dict).collect(),
    }
}

/// `None` before 0 before 1 before any other number.
fn is_simpler(simple: &Value, value: &Value) -> bool {
    let place = |value: &Value| match value {
        Value::None => 0,
        value if *value == 0.into() => 1,
        value if *value == 1.into() => 2,
        _ => 3,
    };
    place(simple) < place(value)
}

fn smaller_items(items: &[Value]) -> Vec<Vec<Value>> {
    let kept = without_runs(items.len()).into_iter();
    let mut all: Vec<Vec<Value>> =
        kept.map(|kept| kept.into_iter().map(|index| items[index].clone()).collect()).collect();
    for (index, item) in items.iter().enumerate() {
        for smaller in smaller_values(item) {
            let mut items = items.to_vec();
            items[index] = smaller;
            all.push(items);
        }
    }
    all
}

fn smaller_dicts(dict: &Dict) -> Vec<Dict> {
    let entries: Vec<(&Value, &Value)> = dict.iter().collect();
    let made = |entries: &[(&Value, &Value)]| {
        let mut dict = Dict::default();
        for (key, value) in entries {
            // A key of a dict can be the key of a dict.
            let _ = dict.insert((*key).clone(), (*value).clone());
        }
        dict
    };
    let mut all = Vec::new();
    for kept in without_runs(entries.len()) {
        let entries: Vec<_> = kept.into_iter().map(|index| entries[index]).collect();
        all.push(made(&entries));
    }
    for (index, (key, value)) in entries.iter().enumerate() {
        for smaller in smaller_values(value) {
            let mut entries = entries.clone();
            entries[index] = (*key, &smaller);
            all.push(made(&entries));
        }
    }
    all
}
