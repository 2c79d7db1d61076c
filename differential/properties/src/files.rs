//! Policy files, what remote checks send of values, and case files.

use assay_case::{Entry, RuleShape, iam, read_entries_text, write_document};
use assay_engine::oslo::load::yaml::FileError;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::remote::{ContentType, RemoteFailure, RemoteOptions, RemoteRequest, RemoteResponse};
use assay_engine::oslo::{Checks, Request, Rules, decide_with};

use crate::bytes;

/// `yaml-bytes`: any file is read as rules or refused, at a place in it; what is read can be printed; a comment
/// above it changes nothing but places.
pub(crate) fn yaml(input: &[u8]) {
    let read = Rules::load_bytes(input);
    match &read {
        Ok(rules) => {
            let _ = rules.look_for_cycles();
        }
        Err(error) => {
            let breaks = |text: &str| text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
            let lines = 1 + breaks(&String::from_utf8_lossy(input));
            assert!(error.at.is_none_or(|at| (1..=lines).contains(&at.line)), "{error} of {lines} lines");
        }
    }
    if !input.starts_with("\u{feff}".as_bytes()) {
        let below = [b"# a comment\n", input].concat();
        assert_eq!(shapes(Rules::load_bytes(&below)), shapes(read), "a comment changes what is read");
    }
}

/// Names, texts and trees, or why there are none.
fn shapes(read: Result<Rules, FileError>) -> Result<Vec<RuleShape>, assay_engine::oslo::Interrupt> {
    let shape = |rules: Rules| rules.iter().map(|(name, tree)| RuleShape::of(name, tree)).collect();
    read.map(shape).map_err(|error| error.cause)
}

/// `json-bytes`: rules written as JSON are read from the file as they are from values; any value can be sent
/// to a server, or not, and is JSON then.
pub(crate) fn json(input: &[u8]) {
    let (content_type, input) = bytes::first(input);
    if let Ok(serde_json::Value::Object(rules)) = serde_json::from_slice(input) {
        as_values(&rules);
    }
    let (answer, value) = bytes::split(input);
    let value = bytes::value(value).unwrap_or_else(|| bytes::utf8(value).as_str().into());
    remote(content_type, answer, &value);
}

fn as_values(rules: &serde_json::Map<String, serde_json::Value>) {
    if !rules.iter().all(|(name, rule)| name.chars().count() < LONGEST_KEY && readable(name) && is_rule(rule))
    {
        return;
    }
    let text = serde_json::Value::Object(rules.clone()).to_string();
    let values: Vec<(&String, Value)> = rules
        .iter()
        .map(|(name, rule)| (name, bytes::value(rule.to_string().as_bytes())))
        .filter_map(|(name, rule)| Some((name, rule?)))
        .collect();
    let given = Rules::from_values(values.iter().map(|(name, rule)| (name.as_str(), rule)));
    let given = given.map(|rules| rules.iter().map(|(name, tree)| RuleShape::of(name, tree)).collect());
    assert_eq!(shapes(Rules::load(&text)), given.map_err(|error| error.cause), "{text}");
}

/// YAML looks no further than 1024 characters for the colon behind a key.
const LONGEST_KEY: usize = 150;

/// A text, or a list of texts and lists of texts.
fn is_rule(rule: &serde_json::Value) -> bool {
    match rule {
        serde_json::Value::String(text) => readable(text),
        serde_json::Value::Array(items) => items.iter().all(|item| match item {
            serde_json::Value::String(text) => readable(text),
            serde_json::Value::Array(words) => words.iter().all(|word| word.as_str().is_some_and(readable)),
            _ => false,
        }),
        _ => false,
    }
}

/// Whether YAML takes all characters, none of them for the end of a line.
fn readable(text: &str) -> bool {
    !text
        .chars()
        .any(|c| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
}

fn remote(options: u8, answer: &[u8], value: &Value) {
    let rules = Rules::from_texts([
        ("a", "http://host/%(a)s"),
        ("b", "https://host/x and @"),
        ("c", "not rule:a or rule:b"),
    ]);
    let content_type = if options & 1 == 0 { ContentType::Form } else { ContentType::Json };
    let media =
        ["", "text/html", "application/json", "text/plain; charset=utf-16", "x; charset=\"utf-32-be\""];
    let response = RemoteResponse {
        content_type: Some(media[usize::from(options >> 1) % media.len()].to_owned())
            .filter(|it| !it.is_empty()),
        body: answer.to_vec(),
    };
    let mut checks = Checks::new();
    checks.set_remote_options(RemoteOptions { content_type, ..RemoteOptions::default() });
    checks.set_client(move |request: &RemoteRequest| -> Result<RemoteResponse, RemoteFailure> {
        assert!(request.body.is_ascii());
        if request.content_type == ContentType::Json {
            let sent: Result<&serde_json::value::RawValue, _> = serde_json::from_str(&request.body);
            assert!(sent.is_ok() || too_deep(&request.body), "no JSON: {}", request.body);
        }
        Ok(response.clone())
    });
    let named = Value::dict([("a", value.clone())]);
    let empty = Value::dict::<&str>([]);
    for (creds, target) in [(&empty, value), (value, &named), (&named, &named)] {
        for rule in ["a", "b", "c"] {
            let _ = decide_with(&rules, rule, Request { creds, target }, &checks);
        }
    }
}

/// What the reader of the test, not the engine, has a limit for.
fn too_deep(text: &str) -> bool {
    text.matches(['[', '{']).count() > 100
}

/// `case-file-bytes`: any case file is read or refused; what is read is written so that it is read again as
/// the same.
pub(crate) fn case_file(input: &[u8]) {
    let (kind, text) = bytes::first(input);
    let text = bytes::utf8(text);
    let path = if kind & 1 == 0 { "case.yaml" } else { "case.json" };
    // A case may name a policy file, and no input shall name a device.
    if text.contains("/dev") || text.contains("/proc") {
        return;
    }
    let Ok(entries) = read_entries_text(path, &text) else { return };
    for mut entry in entries {
        let written = match &mut entry {
            Entry::Oslo(document) => {
                (document.file, document.line) = ("case.yaml".into(), 1);
                write_document(document)
            }
            Entry::Iam(document) => {
                (document.file, document.line) = ("case.yaml".into(), 1);
                iam::write_document(document)
            }
        };
        let cases = match &entry {
            Entry::Oslo(document) => document.cases.len(),
            Entry::Iam(document) => document.cases.len(),
        };
        // A file needs a case; a document of several need not have one.
        if cases > 0 {
            let again = read_entries_text("case.yaml", &written);
            let mut again = again.unwrap_or_else(|error| panic!("not read again: {error}\n{written}"));
            assert_eq!(again.len(), 1, "{written}");
            match &mut again[0] {
                Entry::Oslo(document) => document.line = 1,
                Entry::Iam(document) => document.line = 1,
            }
            assert_eq!(again[0], entry, "{written}");
        }
    }
}
