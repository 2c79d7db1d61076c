//! Writing documents of `kind: iam`: a node and a case a line.

use std::fmt::Write as _;

use assay_engine::iam::{Context, ContextValue, Denial};
use serde_json::{Value, json};

use super::document::{Ask, Case, Document, Expect, Expectation, Policy};
use crate::spelling::{Style, write_string};
use crate::write::{Fields, source};

/// The text of one document, without a `---`.
///
/// ```
/// let text = "kind: iam\nsource: {document: a.txt}\nprincipal: {policies: [\"IMS FullAccess\"]}\ncases:\n\
///             - {action: \"ims:images:list\", expect: allow}\n";
/// let entries = assay_case::read_entries_text("a.yaml", text).unwrap();
/// let assay_case::Entry::Iam(document) = &entries[0] else { unreachable!() };
/// assert_eq!(assay_case::iam::write_document(document), text);
/// ```
#[must_use]
pub fn write_document(document: &Document) -> String {
    let mut out = String::new();
    for line in &document.comment {
        let _ = writeln!(out, "{line}");
    }
    out.push_str("kind: iam\n");
    if let Some(about) = &document.about {
        out.push_str("about: ");
        string(about, &mut out);
        out.push('\n');
    }
    out.push_str("source: ");
    source(&document.source, &mut out);
    out.push('\n');
    if let Some(profile) = &document.profile {
        out.push_str("profile: ");
        string(profile, &mut out);
        out.push('\n');
    }
    if !document.switches.is_empty() {
        out.push_str("switches: ");
        let mut fields = Fields::new(&mut out);
        for (switch, setting) in &document.switches {
            let _ = write!(fields.next(switch.name()), "{setting}");
        }
        fields.close();
        out.push('\n');
    }
    if !document.organization.is_empty() {
        out.push_str("organization:\n");
    }
    for node in &document.organization {
        out.push_str("- ");
        let mut fields = Fields::new(&mut out);
        string(&node.node, fields.next("node"));
        policies(&node.scps, fields.next("scps"));
        fields.close();
        out.push('\n');
    }
    principal(document, &mut out);
    out.push_str(if document.cases.is_empty() { "cases: []\n" } else { "cases:\n" });
    for case in &document.cases {
        out.push_str("- ");
        self::case(case, &mut out);
        out.push('\n');
    }
    out
}

fn principal(document: &Document, out: &mut String) {
    let principal = &document.principal;
    if *principal == super::document::Principal::default() {
        return;
    }
    out.push_str("principal: ");
    let mut fields = Fields::new(out);
    let flags = [
        ("root_user", principal.root_user),
        ("management_account", principal.management_account),
        ("service_linked_agency", principal.service_linked_agency),
        ("token", principal.token),
    ];
    for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
        fields.next(name).push_str("true");
    }
    for (name, held) in [("roles", &principal.roles), ("policies", &principal.policies)] {
        if !held.is_empty() {
            policies(held, fields.next(name));
        }
    }
    fields.close();
    out.push('\n');
}

fn policies(list: &[Policy], out: &mut String) {
    out.push('[');
    for (index, policy) in list.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        match policy {
            Policy::Named(name) => string(name, out),
            Policy::Text(text) => self::text(text, out),
        }
    }
    out.push(']');
}

/// A policy as a mapping, if that is what reading it gives again; else its text.
fn text(text: &str, out: &mut String) {
    let policy = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    match policy.map(|policy| (policy.to_string(), policy)) {
        Some((written, policy)) if written == text => value(&policy, out),
        _ => string(text, out),
    }
}

/// Of a longer key it has to be said that it is one: readers of YAML look no further than 1024 characters for the
/// colon.
const LONG_KEY: usize = 500;

fn value(given: &Value, out: &mut String) {
    match given {
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            let _ = write!(out, "{given}");
        }
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                value(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                let start = out.len();
                string(key, out);
                if out.len() - start > LONG_KEY {
                    out.insert_str(start, "? ");
                    out.push(' ');
                }
                out.push_str(": ");
                value(member, out);
            }
            out.push('}');
        }
    }
}

fn case(case: &Case, out: &mut String) {
    let mut fields = Fields::new(out);
    if let Some(name) = &case.name {
        string(name, fields.next("name"));
    }
    match &case.ask {
        Ask::Action(action) => string(action, fields.next("action")),
        Ask::Api { call, circumstances, dependencies } => {
            string(call, fields.next("api"));
            if !circumstances.is_empty() {
                let names: Vec<&str> = circumstances.iter().map(|circumstance| circumstance.name()).collect();
                let _ = write!(fields.next("circumstances"), "[{}]", names.join(", "));
            }
            if *dependencies {
                fields.next("dependencies").push_str("true");
            }
        }
        Ask::Document { text, use_ } => {
            self::text(text, fields.next("document"));
            if let Some(use_) = use_ {
                fields.next("as").push_str(use_.name());
            }
        }
    }
    if let Some(resource) = &case.resource {
        string(resource, fields.next("resource"));
    }
    if case.context.iter().next().is_some() {
        context(&case.context, fields.next("context"));
    }
    if let Some(quote) = &case.quote {
        string(quote, fields.next("quote"));
    }
    if let Some(expect) = &case.expect {
        value(&outcome_json(&expect.outcome), fields.next("expect"));
        if let Some(by) = expect.by {
            fields.next("by").push_str(by.name());
        }
        if let Some(node) = &expect.node {
            string(node, fields.next("node"));
        }
        if let Some((line, column)) = expect.place {
            let _ = write!(fields.next("line"), "{line}");
            let _ = write!(fields.next("column"), "{column}");
        }
    }
    fields.close();
}

fn context(context: &Context, out: &mut String) {
    let mut members = serde_json::Map::new();
    for (key, value) in context.iter() {
        let value = match value {
            ContextValue::Null => Value::Null,
            ContextValue::One(value) => json!(value),
            ContextValue::Many(values) => json!(values),
        };
        members.insert(key.to_owned(), value);
    }
    value(&Value::Object(members), out);
}

fn outcome_json(outcome: &Expectation) -> Value {
    match outcome {
        Expectation::Allow => json!("allow"),
        Expectation::Deny(None) => json!("deny"),
        Expectation::Deny(Some(Denial::Explicit)) => json!({"deny": "explicit"}),
        Expectation::Deny(Some(Denial::Implicit)) => json!({"deny": "implicit"}),
        Expectation::Valid => json!("valid"),
        Expectation::Invalid(names) if names.len() == 1 => json!({"invalid": names[0]}),
        Expectation::Invalid(names) => json!({"invalid": names}),
        Expectation::Undecided => json!("undecided"),
    }
}

/// An expectation as JSON: the outcome as a case file has it, and with it what more is said of a denial.
#[must_use]
pub fn expected_json(expect: &Expect) -> Value {
    let mut json = outcome_json(&expect.outcome);
    let by = expect.by.map(|by| ("by", by.name().to_owned()));
    let node = expect.node.clone().map(|node| ("node", node));
    if let Value::Object(members) = &mut json {
        members.extend(by.into_iter().chain(node).map(|(key, value)| (key.to_owned(), Value::from(value))));
    }
    json
}

fn string(text: &str, out: &mut String) {
    write_string(text, Style::Yaml, out);
}
