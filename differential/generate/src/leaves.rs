//! The checks that a rule is made of, found without parsing it: what contexts are aimed at.

use assay_case::{Ask, World};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::python::text::str_of;
use foldhash::{HashSet, HashSetExt as _};

/// A word `kind:match` of a rule.
struct Word {
    kind: String,
    text: String,
}

/// The same, as something to aim at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) kind: String,
    pub(crate) text: String,
    /// The text that a literal kind compares with.
    pub(crate) literal: Option<Value>,
}

impl Word {
    fn new(kind: &str, text: &str) -> Self {
        Self { kind: kind.to_owned(), text: text.to_owned() }
    }
}

impl From<Word> for Leaf {
    fn from(Word { kind, text }: Word) -> Self {
        let literal = match read_kind(&kind) {
            Kind::Literal(value) => str_of(&value).ok().map(|text| Value::Str(text.into_owned())),
            _ => None,
        };
        Self { kind, text, literal }
    }
}

/// The most words that one request is aimed at; more would only crowd each other out.
const MOST: usize = 12;

/// The words of what is asked and of all that it refers to, the nearest first.
pub(crate) fn leaves(world: &World, ask: &Ask) -> Vec<Leaf> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut pending: Vec<String> = Vec::new();
    match ask {
        Ask::Check(text) => words(text, &mut found),
        Ask::Step(_) => {}
        Ask::Rule(name) => pending.push(name.clone()),
    }
    loop {
        let known = found.len();
        for name in std::mem::take(&mut pending) {
            if seen.insert(name.clone()) {
                let default =
                    world.default_rule.as_deref().filter(|name| !name.is_empty()).unwrap_or("default");
                let rule = |wanted: &str| world.rules().iter().find(|(name, _)| name == wanted);
                if let Some((_, value)) = rule(&name).or_else(|| rule(default)) {
                    texts(value, &mut found);
                }
            }
        }
        let references = found.iter().filter(|leaf| leaf.kind == "rule" && !seen.contains(&leaf.text));
        pending = references.map(|leaf| leaf.text.clone()).collect();
        if found.len() > MOST || (pending.is_empty() && found.len() == known) || pending.is_empty() {
            break;
        }
    }
    let checks = found.into_iter().filter(|word| word.kind != "rule").take(MOST);
    checks.map(Leaf::from).collect()
}

/// The words of every text in a rule's value.
fn texts(value: &Value, found: &mut Vec<Word>) {
    match value {
        Value::Str(text) => words(text.as_text().unwrap_or_default(), found),
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|item| checks(item, found)),
        _ => {}
    }
}

/// The checks of the older form: each text is one whole check.
fn checks(value: &Value, found: &mut Vec<Word>) {
    match value {
        Value::Str(text) => {
            if let Some((kind, text)) = text.as_text().unwrap_or_default().split_once(':') {
                found.push(Word::new(kind, text));
            }
        }
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|item| checks(item, found)),
        _ => {}
    }
}

fn words(text: &str, found: &mut Vec<Word>) {
    for word in text.split_whitespace() {
        let word = word.trim_start_matches('(').trim_end_matches(')');
        // The parenthesis of `%(x)s` is inside; one of `%(x)` is not, and is lost upstream too.
        if let Some((kind, text)) = word.split_once(':') {
            found.push(Word::new(kind, text));
        }
    }
}
