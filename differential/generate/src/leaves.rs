//! The checks that a rule is made of, found without parsing it: what contexts are aimed at.

use assay_case::{Ask, World};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::python::text::str_of;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

/// A word `kind:match` of a rule.
#[derive(Clone, Copy)]
struct Word<'t> {
    kind: &'t str,
    text: &'t str,
}

/// The same, as something to aim at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) kind: String,
    pub(crate) text: String,
    /// The text that a literal kind compares with.
    pub(crate) literal: Option<Value>,
}

impl Leaf {
    fn of(Word { kind, text }: Word<'_>, literal: Option<Value>) -> Self {
        Self { kind: kind.to_owned(), text: text.to_owned(), literal }
    }
}

/// The most words that one request is aimed at; more would only crowd each other out.
const MOST: usize = 12;

/// The words of a world's rules: each rule and each kind is read once.
pub(crate) struct Leaves<'w> {
    world: &'w World,
    of_rules: HashMap<&'w str, Vec<Word<'w>>>,
    /// The texts of literal kinds, `None` of others.
    literals: HashMap<String, Option<Value>>,
}

impl<'w> Leaves<'w> {
    pub(crate) fn of(world: &'w World) -> Self {
        Self { world, of_rules: HashMap::new(), literals: HashMap::new() }
    }

    /// The words of what is asked and of all that it refers to, the nearest first.
    pub(crate) fn at(&mut self, ask: &Ask) -> Vec<Leaf> {
        let mut found: Vec<Word<'_>> = Vec::new();
        let mut seen = HashSet::new();
        let mut pending: Vec<&str> = Vec::new();
        match ask {
            Ask::Check(text) => words(text, &mut found),
            Ask::Step(_) => {}
            Ask::Rule(name) => pending.push(name),
        }
        loop {
            let known = found.len();
            for name in std::mem::take(&mut pending) {
                if seen.insert(name) {
                    found.extend(self.of_rule(name));
                }
            }
            let references = found.iter().filter(|leaf| leaf.kind == "rule" && !seen.contains(leaf.text));
            pending = references.map(|leaf| leaf.text).collect();
            if found.len() > MOST || (pending.is_empty() && found.len() == known) || pending.is_empty() {
                break;
            }
        }
        let checks = found.into_iter().filter(|word| word.kind != "rule").take(MOST);
        checks.map(|word| Leaf::of(word, self.literal(word.kind))).collect()
    }

    /// The words of a rule, or of the default rule in its place.
    fn of_rule(&mut self, name: &str) -> &[Word<'w>] {
        let world = self.world;
        let default = world.default_rule.as_deref().filter(|name| !name.is_empty()).unwrap_or("default");
        let rule = |wanted: &str| world.rules().iter().find(|(name, _)| name == wanted);
        let Some((name, value)) = rule(name).or_else(|| rule(default)) else { return &[] };
        self.of_rules.entry(name).or_insert_with(|| {
            let mut found = Vec::new();
            texts(value, &mut found);
            found
        })
    }

    fn literal(&mut self, kind: &str) -> Option<Value> {
        if let Some(literal) = self.literals.get(kind) {
            return literal.clone();
        }
        let literal = match read_kind(kind) {
            Kind::Literal(value) => str_of(&value).ok().map(|text| Value::Str(text.into_owned())),
            _ => None,
        };
        self.literals.insert(kind.to_owned(), literal.clone());
        literal
    }
}

/// The words of every text in a rule's value.
fn texts<'t>(value: &'t Value, found: &mut Vec<Word<'t>>) {
    match value {
        Value::Str(text) => words(text.as_text().unwrap_or_default(), found),
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|item| checks(item, found)),
        _ => {}
    }
}

/// The checks of the older form: each text is one whole check.
fn checks<'t>(value: &'t Value, found: &mut Vec<Word<'t>>) {
    match value {
        Value::Str(text) => {
            if let Some((kind, text)) = text.as_text().unwrap_or_default().split_once(':') {
                found.push(Word { kind, text });
            }
        }
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|item| checks(item, found)),
        _ => {}
    }
}

fn words<'t>(text: &'t str, found: &mut Vec<Word<'t>>) {
    for word in text.split_whitespace() {
        let word = word.trim_start_matches('(').trim_end_matches(')');
        // The parenthesis of `%(x)s` is inside; one of `%(x)` is not, and is lost upstream too.
        if let Some((kind, text)) = word.split_once(':') {
            found.push(Word { kind, text });
        }
    }
}
