//! Inputs as cases, to be asked of upstream.

use assay_case::{Ask, Entry, Request, RuleSource, World, read_entries_text};
use assay_engine::oslo::python::{PyStr, Value};
use assay_generate::GeneratedWorld;

use crate::{bytes, python, text, worlds};

/// What upstream can be asked of an input of a target; nothing where the input is none, or the target is of
/// the half that has no upstream.
///
/// ```
/// let made = assay_properties::decode::cases("parse-bytes", b"role:a or");
/// assert_eq!(made[0].world.rules()[0].1, "role:a or".into());
/// assert!(assay_properties::decode::cases("iam-document-bytes", b"{}").is_empty());
/// ```
#[must_use]
pub fn cases(target: &str, input: &[u8]) -> Vec<GeneratedWorld> {
    match target {
        "parse-bytes" | "parse-print-roundtrip" => of_rule(Value::Str(bytes::text(input))),
        "list-rule-roundtrip" => of_rule(text::list_of(input)),
        "literal-bytes" => {
            let kind = bytes::utf8(input);
            check(&kind.as_str().into(), &python::match_of(&kind), &request(empty(), empty()))
        }
        "format-bytes" => {
            let (template, target) = python::template_of(input);
            let creds = Value::dict([("k", Value::Str(python::formatted_or(&template, &target)))]);
            check(&"k".into(), &template, &request(creds, target))
        }
        "yaml-bytes" => of_source(RuleSource::Text(input.to_vec())),
        "json-bytes" => of_source(RuleSource::Text(bytes::first(input).1.to_vec())),
        "case-file-bytes" => case_file(input),
        "evaluate-typed" | "compiled-typed" => vec![worlds::typed_world(input)],
        "evaluate-recorded" => {
            let (world, _, request) = worlds::recorded_case(input);
            vec![GeneratedWorld { world: world.clone(), requests: vec![request] }]
        }
        "enforcer-sequence" => worlds::sequence(input).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The rule's name.
const RULE: &str = "a";

fn request(creds: Value, target: Value) -> Request {
    Request { ask: Ask::Rule(RULE.to_owned()), creds, target }
}

fn empty() -> Value {
    Value::dict::<&str>([])
}

/// Two requests: of somebody with nothing, and of somebody with a little.
fn of_source(source: RuleSource) -> Vec<GeneratedWorld> {
    let creds = Value::dict([("roles", Value::list(["a".into(), "admin".into()])), ("a", "1".into())]);
    let target = Value::dict([("a", "1".into()), ("x", "a".into())]);
    let requests = vec![request(empty(), empty()), request(creds, target)];
    vec![GeneratedWorld { world: World { source, default_rule: None }, requests }]
}

fn of_rule(rule: Value) -> Vec<GeneratedWorld> {
    of_source(RuleSource::Rules(vec![(RULE.to_owned(), rule)]))
}

/// One check, as an item of a list, where blanks and parentheses mean nothing.
fn check(kind: &PyStr, text: &PyStr, request: &Request) -> Vec<GeneratedWorld> {
    let points = kind.code_points().chain([u32::from(':')]).chain(text.code_points());
    let item = Value::Str(PyStr::from_code_points(points.collect()));
    let mut made = of_rule(Value::list([Value::list([item])]));
    for world in &mut made {
        world.requests = vec![request.clone()];
    }
    made
}

fn case_file(input: &[u8]) -> Vec<GeneratedWorld> {
    let (kind, text) = bytes::first(input);
    let path = if kind & 1 == 0 { "case.yaml" } else { "case.json" };
    let entries = read_entries_text(path, &bytes::utf8(text)).unwrap_or_default();
    let document = |entry: Entry| {
        let document = entry.oslo()?;
        let no_server = document.world.service().is_none_or(|service| service.remote.is_empty());
        let requests = document.cases.into_iter().map(|case| case.request).collect();
        no_server.then_some(GeneratedWorld { world: document.world, requests })
    };
    entries.into_iter().filter_map(document).collect()
}
