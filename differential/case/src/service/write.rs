//! Writing the parts of a case file that make a whole enforcer, in one canonical form.

use std::fmt::Write as _;

use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::Value;
use serde::Serialize;

use super::files::Mtime;
use super::{Call, PolicyFiles, Service, ServiceOptions, Setup, Step, StubAnswer};
use crate::document::{Ask, Case};
use crate::spelling::{Spelled, Style, write_string, write_value};
use crate::write::{Fields, outcome, policy_path, policy_rules, policy_text, text};

/// What stands before the cases.
pub(crate) fn before(service: &Service, out: &mut String) {
    match &service.registered.path {
        Some(path) => {
            out.push_str("registered: ");
            write_string(path, Style::Yaml, out);
            out.push('\n');
        }
        None => list("registered", &service.registered.defaults, out, |value, out| {
            write_value(value, Style::Yaml, out);
        }),
    }
    match &service.policy {
        PolicyFiles::None => {}
        PolicyFiles::Rules(rules) => policy_rules(rules, out),
        PolicyFiles::Text(bytes) => policy_text(bytes, out),
        PolicyFiles::Path { path, .. } => policy_path(path, out),
        PolicyFiles::Files(files) => {
            out.push_str("files: ");
            self::files(files, out);
            out.push('\n');
        }
    }
    if service.options != ServiceOptions::default() {
        out.push_str("options: ");
        serialized(&service.options, out);
        out.push('\n');
    }
    if service.setup != Setup::default() {
        out.push_str("enforcer: ");
        serialized(&service.setup, out);
        out.push('\n');
    }
    if !service.remote.is_empty() {
        list("remote", &service.remote, out, serialized);
    }
    if !service.checks.is_empty() {
        list("checks", &service.checks, out, |stub, out| {
            let mut fields = Fields::new(out);
            write_string(&stub.kind, Style::Yaml, fields.next("kind"));
            match &stub.answer {
                StubAnswer::Returns(value) => write_value(value, Style::Yaml, fields.next("returns")),
                StubAnswer::Raises(class) => fields.next("raise").push_str(class.name()),
            }
            if stub.legacy {
                fields.next("legacy").push_str("true");
            }
            fields.close();
        });
    }
}

/// The steps, with what is expected of those that are calls.
pub(crate) fn after(service: &Service, cases: &[Case], out: &mut String) {
    let steps: Vec<(usize, &Step)> = service.steps.iter().enumerate().collect();
    list("steps", &steps, out, |(index, step), out| match step {
        Step::Write { files, mtime } => {
            let mut fields = Fields::new(out);
            self::files(files, fields.next("write"));
            self::mtime(*mtime, &mut fields);
            fields.close();
        }
        Step::Remove { path, mtime } => {
            let mut fields = Fields::new(out);
            write_string(path, Style::Yaml, fields.next("remove"));
            self::mtime(*mtime, &mut fields);
            fields.close();
        }
        Step::Call(call) => {
            let case = cases.iter().find(|case| case.request.ask == Ask::Step(*index));
            self::call(call, case, out);
        }
    });
}

fn call(call: &Call, case: Option<&Case>, out: &mut String) {
    let mut fields = Fields::new(out);
    if let Some(name) = case.and_then(|case| case.name.as_ref()) {
        write_string(name, Style::Yaml, fields.next("name"));
    }
    fields.next("call").push_str(call.name());
    if let Some(request) = call.request() {
        match &request.ask {
            Ask::Rule(rule) => write_string(rule, Style::Yaml, fields.next("rule")),
            Ask::Check(check) => write_string(check, Style::Yaml, fields.next("check")),
            Ask::Step(_) => {}
        }
        write_value(&request.creds, Style::Yaml, fields.next("creds"));
        write_value(&request.target, Style::Yaml, fields.next("target"));
    }
    if let Call::Enforce { scope_types, .. } = call
        && !scope_types.is_empty()
    {
        serialized(scope_types, fields.next("scope_types"));
    }
    match call {
        Call::Enforce { raises: Some(class), .. } | Call::Authorize { raises: Some(class), .. } => {
            fields.next("do_raise").push_str("true");
            if *class != ExceptionClass::PolicyNotAuthorized {
                fields.next("exc").push_str(class.name());
            }
        }
        Call::CheckRules { do_raise: true } => fields.next("do_raise").push_str("true"),
        Call::LoadRules { force: true } => fields.next("force").push_str("true"),
        _ => {}
    }
    if let Some(expect) = case.and_then(|case| case.expect.as_ref()) {
        outcome(expect, fields.next("expect"));
    }
    fields.close();
}

fn mtime(mtime: Mtime, fields: &mut Fields<'_>) {
    match mtime {
        Mtime::Later => {}
        Mtime::Same => fields.next("mtime").push_str("same"),
        Mtime::Older => fields.next("mtime").push_str("older"),
    }
}

fn files(files: &[(String, Vec<u8>)], out: &mut String) {
    out.push('{');
    for (index, (path, bytes)) in files.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_string(path, Style::Yaml, out);
        out.push_str(": ");
        text(bytes, out);
    }
    out.push('}');
}

/// A list with a line for each item.
fn list<T>(key: &str, items: &[T], out: &mut String, mut write: impl FnMut(&T, &mut String)) {
    let _ = writeln!(out, "{key}:{}", if items.is_empty() { " []" } else { "" });
    for item in items {
        out.push_str("- ");
        write(item, out);
        out.push('\n');
    }
}

/// What serde makes of it, in our spelling.
fn serialized<T: Serialize>(value: &T, out: &mut String) {
    let json = serde_json::to_string(value).unwrap_or_default();
    let value = serde_json::from_str(&json).map_or(Value::None, |Spelled(value)| value);
    write_value(&value, Style::Yaml, out);
}
