//! The request that a solved problem comes to, as Python values.

use std::collections::{BTreeMap, BTreeSet};

use assay_engine::oslo::python::percent::format;
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::{Dict, Value};

use super::atom::Term;
use super::theory::{Path, Problem, Stop};

/// A request that is thought to bear out literals; whether it does is for the engine to say.
#[derive(Clone, Debug)]
pub(super) struct Drafted {
    pub(super) creds: Value,
    pub(super) target: Value,
    /// What the checks of others are taken to answer: kind, match and answer.
    pub(super) free: Vec<(String, String, bool)>,
}

/// What creds hold.
#[derive(Debug, Default)]
pub(super) struct Creds {
    /// By path, the texts of its values.
    pub(super) texts: BTreeMap<Path, BTreeSet<String>>,
    pub(super) odd: Vec<(Path, Term)>,
    pub(super) roles: BTreeSet<String>,
    /// Keys whose value must be true, or false.
    pub(super) truthy: BTreeSet<String>,
    pub(super) falsy: BTreeSet<String>,
    pub(super) system_is_scope: bool,
}

/// Builds the request.
pub(super) fn build(
    problem: &Problem<'_>,
    texts: &BTreeMap<String, String>,
    mut creds: Creds,
    mappings: BTreeMap<Path, Vec<String>>,
) -> Result<Drafted, Stop> {
    let target = target(problem, texts)?;
    for (path, term) in std::mem::take(&mut creds.odd) {
        let Term::Odd(template) = term else {
            continue;
        };
        let text = format(&template, &target).map_err(|_| Stop::Unsure)?;
        creds.texts.entry(path).or_default().insert(text.as_text().ok_or(Stop::Unsure)?.to_owned());
    }
    let mut root = Node::default();
    for (path, texts) in &creds.texts {
        root.at(path).texts.extend(texts.iter().cloned());
    }
    for (path, keys) in mappings {
        root.at(&path).mappings.extend(keys);
    }
    let mut built = Dict::default();
    if !creds.roles.is_empty() || problem.bad_roles {
        let mut roles: Vec<Value> = creds.roles.iter().map(|role| Value::from(role.as_str())).collect();
        if problem.bad_roles {
            roles.push(Value::from(7));
        }
        built.insert_str("roles", Value::List(roles));
    }
    for (key, node) in &root.children {
        if let Some(value) = node.value(creds.truthy.contains(key), creds.falsy.contains(key)) {
            built.insert_str(key.as_str(), value);
        }
    }
    let free =
        problem.free.iter().map(|(kind, text, answer)| ((*kind).to_owned(), (*text).to_owned(), *answer));
    Ok(Drafted { creds: Value::Dict(built), target, free: free.collect() })
}

fn target(problem: &Problem<'_>, texts: &BTreeMap<String, String>) -> Result<Value, Stop> {
    let mut target = Dict::default();
    for (key, text) in texts {
        target.insert_str(key.as_str(), natural(text));
    }
    // The keys of odd formats: a number where it must not raise, a text where it must, else what makes it the text
    // that is wanted.
    for (template, fails) in &problem.odd_fails {
        for key in keys(template).filter(|key| texts.contains_key(*key)) {
            target.insert_str(key, if *fails { Value::from("x") } else { Value::from(7) });
        }
    }
    for (template, text, _) in problem.odd_texts.iter().filter(|(.., holds)| *holds) {
        for key in keys(template).filter(|key| texts.contains_key(*key)) {
            let number = text.trim().parse::<i64>().map(Value::from);
            target.insert_str(key, number.unwrap_or_else(|_| Value::from(text.trim())));
        }
    }
    Ok(Value::Dict(target))
}

/// The keys that a format names, as far as they hold no parenthesis.
fn keys(template: &str) -> impl Iterator<Item = &str> {
    template.split("%(").skip(1).filter_map(|rest| rest.split_once(')')).map(|(key, _)| key)
}

/// The value that people would write whose text this is.
fn natural(text: &str) -> Value {
    match text {
        "None" => Value::None,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        text => Value::from(text),
    }
}

/// The false value of a text.
fn false_value(text: &str) -> Value {
    match text {
        "0" => Value::from(0),
        "0.0" => Value::from(0.0),
        "-0.0" => Value::from(-0.0),
        "{}" => Value::Dict(Dict::default()),
        text => natural(text),
    }
}

/// What stands at a path in creds.
#[derive(Debug, Default)]
struct Node {
    texts: BTreeSet<String>,
    /// Mappings with one key each, by their texts.
    mappings: Vec<String>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn at(&mut self, path: &[String]) -> &mut Self {
        path.iter().fold(self, |node, key| node.children.entry(key.clone()).or_default())
    }

    /// Mappings first, since what cannot be entered ends the search.
    fn value(&self, truthy: bool, falsy: bool) -> Option<Value> {
        let mut elements = Vec::new();
        let mut inner = Dict::default();
        for (key, child) in &self.children {
            if let Some(value) = child.value(false, false) {
                inner.insert_str(key.as_str(), value);
            }
        }
        if !inner.is_empty() {
            elements.push(Value::Dict(inner));
        }
        for text in &self.mappings {
            let key = text.trim_start_matches("{'").trim_end_matches("': None}");
            let mapping = Value::dict([(key, Value::None)]);
            debug_assert_eq!(str_of(&mapping).ok().map(|own| own.to_string()).as_ref(), Some(text));
            elements.push(mapping);
        }
        if falsy {
            return self.texts.iter().next().map(|text| false_value(text));
        }
        let of_text = |text: &String| if truthy { Value::from(text.as_str()) } else { natural(text) };
        elements.extend(self.texts.iter().map(of_text));
        match <[Value; 1]>::try_from(elements) {
            Ok([only]) if only.truthy() || !truthy => Some(only),
            Ok(one) => Some(Value::list(one)),
            Err(none) if none.is_empty() => None,
            Err(many) => Some(Value::List(many)),
        }
    }
}
