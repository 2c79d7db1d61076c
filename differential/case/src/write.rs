//! Writing case files, in one canonical form: a rule and a case a line.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use assay_engine::oslo::python::Value;

use crate::document::{Ask, Case, Document, RuleSource, Source};
use crate::outcome::Outcome;
use crate::service;
use crate::spelling::{Style, is_plain_key, write_string, write_value};

/// Writes documents to a file: whole or not at all, whatever happens meanwhile.
///
/// # Errors
/// What the system says.
pub fn write_file(path: &Path, documents: &[Document]) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let texts: Vec<String> = documents.iter().map(write_document).collect();
    let mut file = tempfile::Builder::new().prefix(".case-").tempfile_in(directory)?;
    file.write_all(texts.join("---\n").as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The text of one document, without a `---`.
///
/// ```
/// let text = "source: {document: a.txt}\nrules:\n  get: \"role:a\"\ncases:\n- {rule: get, expect: deny}\n";
/// let documents = assay_case::read_text("a.yaml", text).unwrap();
/// let written = assay_case::write_document(&documents[0]);
/// assert_eq!(written, text.replace("expect", "creds: {}, target: {}, expect"));
/// ```
#[must_use]
pub fn write_document(document: &Document) -> String {
    let mut out = String::new();
    for line in &document.comment {
        let _ = writeln!(out, "{line}");
    }
    if let Some(about) = &document.about {
        out.push_str("about: ");
        string(about, &mut out);
        out.push('\n');
    }
    out.push_str("source: ");
    source(&document.source, &mut out);
    out.push('\n');
    match &document.world.source {
        RuleSource::Rules(rules) => policy_rules(rules, &mut out),
        RuleSource::Text(bytes) => policy_text(bytes, &mut out),
        RuleSource::Policy { path, .. } => policy_path(path, &mut out),
        RuleSource::Service(service) => service::write_before(service, &mut out),
    }
    if let Some(name) = &document.world.default_rule {
        out.push_str("default_rule: ");
        string(name, &mut out);
        out.push('\n');
    }
    if let Some(texts) = &document.texts {
        texts.write(&mut out);
    }
    if let Some(service) = document.world.service().filter(|service| !service.steps.is_empty()) {
        service::write_after(service, &document.cases, &mut out);
        return out;
    }
    if document.cases.is_empty() {
        out.push_str("cases: []\n");
    } else {
        out.push_str("cases:\n");
    }
    for case in &document.cases {
        out.push_str("- ");
        self::case(case, &mut out);
        out.push('\n');
    }
    out
}

pub(crate) fn policy_rules(rules: &[(String, Value)], out: &mut String) {
    if rules.is_empty() {
        out.push_str("rules: {}\n");
    } else {
        out.push_str("rules:\n");
        self::rules(rules, out);
    }
}

pub(crate) fn policy_text(bytes: &[u8], out: &mut String) {
    out.push_str("text: ");
    text(bytes, out);
    out.push('\n');
}

pub(crate) fn policy_path(path: &str, out: &mut String) {
    out.push_str("policy: ");
    string(path, out);
    out.push('\n');
}

/// A policy file as a string where it is one, else as `$bytes`.
pub(crate) fn text(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) => write_string(text, Style::Yaml, out),
        Err(_) => write_value(&Value::Bytes(bytes.to_vec()), Style::Yaml, out),
    }
}

fn rules(rules: &[(String, Value)], out: &mut String) {
    if rules.iter().any(|(name, _)| !is_plain_key(name)) {
        let pairs = rules.iter().map(|(name, value)| Value::list([name.as_str().into(), value.clone()]));
        out.push_str("  $dict: ");
        write_value(&Value::list(pairs), Style::Yaml, out);
        out.push('\n');
        return;
    }
    for (name, value) in rules {
        out.push_str("  ");
        string(name, out);
        out.push_str(": ");
        match value {
            // A check string always stands in quotes: that is how policy files are written.
            Value::Str(text) if text.as_text().is_some() => {
                write_string(text.as_text().unwrap_or_default(), Style::Yaml, out);
            }
            value => write_value(value, Style::Yaml, out),
        }
        out.push('\n');
    }
}

pub(crate) fn source(source: &Source, out: &mut String) {
    let entries = [
        ("document", &source.document),
        ("derived", &source.derived),
        ("oracle", &source.oracle),
        ("python", &source.python),
    ];
    let mut fields = Fields::new(out);
    for (key, value) in entries {
        if let Some(value) = value {
            string(value, fields.next(key));
        }
    }
    fields.close();
}

fn case(case: &Case, out: &mut String) {
    let mut fields = Fields::new(out);
    if let Some(name) = &case.name {
        string(name, fields.next("name"));
    }
    match &case.request.ask {
        Ask::Rule(rule) => string(rule, fields.next("rule")),
        Ask::Check(check) => string(check, fields.next("check")),
        // These stand among the steps.
        Ask::Step(_) => {}
    }
    write_value(&case.request.creds, Style::Yaml, fields.next("creds"));
    write_value(&case.request.target, Style::Yaml, fields.next("target"));
    if let Some(stated) = case.stated {
        let _ = write!(fields.next("stated"), "{}", stated.outcome());
    }
    if let Some(quote) = &case.quote {
        string(quote, fields.next("quote"));
    }
    if let Some(expect) = &case.expect {
        outcome(expect, fields.next("expect"));
    }
    fields.close();
}

pub(crate) fn outcome(outcome: &Outcome, out: &mut String) {
    let _ = match outcome {
        Outcome::Allow | Outcome::Deny => write!(out, "{outcome}"),
        Outcome::Raise(class) => write!(out, "{{raise: {class}}}"),
        Outcome::Load(class) => write!(out, "{{load: {class}}}"),
        Outcome::Poisoned(reason) => write!(out, "{{poisoned: {reason}}}"),
    };
}

fn string(text: &str, out: &mut String) {
    write_string(text, Style::Yaml, out);
}

/// The fields of a mapping in flow form.
pub(crate) struct Fields<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Fields<'o> {
    pub(crate) fn new(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    pub(crate) fn next(&mut self, key: &str) -> &mut String {
        if !std::mem::take(&mut self.first) {
            self.out.push_str(", ");
        }
        let _ = write!(self.out, "{key}: ");
        self.out
    }

    pub(crate) fn close(self) {
        self.out.push('}');
    }
}
