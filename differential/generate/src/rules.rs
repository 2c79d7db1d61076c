//! Rule sets: which rules there are, what they refer to, and what each is.

use assay_case::World;
use assay_engine::oslo::python::Value;

use crate::draw::Draw;
use crate::expressions::Expressions;
use crate::lists;
use crate::swarm::{Swarm, Switch};
use crate::unicode;

/// What a world's rules are mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The policy language in all of its forms.
    Language,
    /// The Python in it: kinds that are literals, formats, values.
    Python,
    /// The older form, and what is neither text nor list.
    List,
    /// Text from all of Unicode.
    Unicode,
}

/// Names of generated rules; rule `i` mostly refers to rules before it.
const NAMES: [&str; 9] = ["base", "admin", "owner", "shared", "get", "get:all", "list", "update", "default"];

/// How references between rules are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum References {
    /// To earlier rules only: no cycle.
    Earlier,
    /// To any rule, itself included. One decision that walks a cycle takes upstream some hundred
    /// times as long as an ordinary one, so few worlds may hold one.
    Any,
    /// Twice to the rule before: the work doubles with each rule, and so these stay short.
    Doubled,
}

/// Rules, and perhaps the name of the default rule.
pub(crate) fn world(flavour: Flavour, swarm: Swarm, draw: &mut Draw) -> World {
    let references =
        *draw.weighted(&[(1000, References::Earlier), (4, References::Any), (40, References::Doubled)]);
    let count = if draw.chance(24) { 0 } else { 1 + draw.below(NAMES.len() - 1) };
    // Another name comes first each time, so that `default` is not always the last of many.
    let first = draw.below(NAMES.len());
    let mut names: Vec<String> =
        (0..count).map(|offset| NAMES[(first + offset) % NAMES.len()].to_owned()).collect();
    if flavour == Flavour::Unicode {
        for name in names.iter_mut().skip(1) {
            if draw.chance(400) {
                *name = unicode::word(draw) + name;
            }
        }
    }
    let default_rule = default_rule(swarm, draw);
    let default = default_rule.as_deref().filter(|name| !name.is_empty()).unwrap_or("default");
    let fallback = names.iter().position(|name| name == default);
    let mut rules = Vec::with_capacity(count);
    for index in 0..count {
        let referable = referable(references, &names, fallback, index, swarm);
        rules.push((names[index].clone(), rule_value(&referable, flavour, swarm, draw)));
    }
    World { default_rule, ..World::of_rules(rules) }
}

fn default_rule(swarm: Swarm, draw: &mut Draw) -> Option<String> {
    if !swarm.on(Switch::DefaultRule) {
        return None;
    }
    match draw.below(16) {
        0 => Some(String::new()),
        1 => Some("undefined".to_owned()),
        2 | 3 => Some((*draw.pick(&NAMES)).to_owned()),
        _ => None,
    }
}

/// What rule `index` may refer to; `fallback` is the rule that answers for undefined names.
fn referable(
    references: References,
    names: &[String],
    fallback: Option<usize>,
    index: usize,
    swarm: Swarm,
) -> Vec<String> {
    let mut referable = match references {
        References::Earlier => repeated(&names[..index]),
        References::Any => repeated(names),
        References::Doubled => names[..index].iter().rev().take(1).cloned().collect(),
    };
    // An undefined name leads to the default rule, and from there back if that one comes later.
    let safe = references == References::Any || fallback.is_none_or(|fallback| fallback < index);
    if safe && swarm.on(Switch::Undefined) {
        referable.extend(["undefined".to_owned(), String::new()]);
    }
    referable
}

/// Names that are there are likelier than names that are not.
fn repeated(names: &[String]) -> Vec<String> {
    names.iter().cycle().take(4 * names.len()).cloned().collect()
}

/// The value of one rule.
fn rule_value(referable: &[String], flavour: Flavour, swarm: Swarm, draw: &mut Draw) -> Value {
    let lists = match flavour {
        Flavour::Language => 10,
        Flavour::Unicode => 20,
        // Blanks and parentheses stay in a kind of the older form only.
        Flavour::Python => 160,
        Flavour::List => 400,
    };
    let odd = if flavour == Flavour::List { 40 } else { 3 };
    let what = *draw.weighted(&[
        (120, 0),
        (swarm.weigh(Switch::Garbage, 10), 1),
        (swarm.weigh(Switch::Lists, lists), 2),
        (8, 3),
        (swarm.weigh(Switch::OddRules, odd), 4),
        (swarm.weigh(Switch::OddRules, 1), 5),
    ]);
    let mut texts = Expressions { draw, swarm, flavour, referable };
    match what {
        0 => Value::from(texts.expression()),
        1 => Value::from(texts.garbage()),
        2 => lists::rule(&mut texts),
        3 => Value::from(*draw.pick(&["", " ", "\t", "@", "!", "()", "not"])),
        // Falsy values allow; the others end the load with a TypeError.
        4 => draw.one([Value::None, Value::from(false), Value::from(0), Value::list([])]),
        _ => draw.one([Value::from(true), Value::from(5), Value::list([Value::from(1.5)])]),
    }
}
