//! Requests: creds and targets that meet a rule, nearly meet it, or know nothing of it.

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::{Dict, Value};
use proptest::collection::vec;
use proptest::prelude::{Rng, Strategy};

use crate::draw::Draw;
use crate::leaves::{Leaf, leaves};
use crate::rules::expression;
use crate::vocabulary::{ROLES, TARGET_KEYS, scalar, value};

/// What a request does about one check of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// Nothing.
    Ignore,
    /// Meet it.
    Meet,
    /// Meet it with one element of a list.
    MeetInList,
    /// Meet it but for the case of a letter, or with a value of another type and the same text.
    Nearly,
    /// Take away what it formats.
    WithoutTarget,
    /// Put something on its path that cannot be entered.
    Blocked,
    /// Meet it with whatever value comes, in creds and target alike.
    Value,
}

/// Requests to a world.
pub(crate) fn requests(world: &World, count: usize) -> impl Strategy<Value = Vec<Request>> + use<> {
    let world = world.clone();
    let checks = vec(expression(&["base", "admin", "get"]), 3);
    checks.prop_perturb(move |checks, rng| {
        let mut draw = Draw(rng);
        (0..count).map(|_| request(&world, &checks, &mut draw)).collect()
    })
}

fn request<R: Rng>(world: &World, checks: &[String], draw: &mut Draw<R>) -> Request {
    let ask = match draw.below(44) {
        0 | 1 => Ask::Check(draw.pick(checks).clone()),
        2 | 3 => Ask::Rule("undefined".to_owned()),
        _ if world.rules().is_empty() => Ask::Rule("undefined".to_owned()),
        _ => Ask::Rule(draw.pick(world.rules()).0.clone()),
    };
    let (mut creds, mut target) = (creds(draw), target(draw));
    let leaves = leaves(world, &ask);
    if !leaves.is_empty() {
        // Sometimes at none at all: one that meets every check of its rule is only one kind of request.
        for _ in 0..draw.below(6) {
            let aim = *draw.weighted(&AIMS);
            let value = value(draw);
            take_aim(aim, value, draw.pick(&leaves), &mut creds, &mut target);
        }
    }
    let creds = if draw.chance(4) { odd_creds(draw) } else { Value::Dict(creds) };
    let target = if draw.chance(15) { value(draw) } else { Value::Dict(target) };
    Request { ask, creds, target }
}

const AIMS: [(usize, Aim); 7] = [
    (6, Aim::Ignore),
    (10, Aim::Meet),
    (2, Aim::MeetInList),
    (3, Aim::Nearly),
    (2, Aim::WithoutTarget),
    (1, Aim::Blocked),
    (2, Aim::Value),
];

/// Creds that are no mapping at all.
fn odd_creds<R: Rng>(draw: &mut Draw<R>) -> Value {
    draw.one([Value::None, Value::list([]), "admin".into(), 5.into()])
}

/// What the middleware hands a service, more or less.
fn creds<R: Rng>(draw: &mut Draw<R>) -> Dict {
    let mut creds = Dict::default();
    if draw.chance(850) {
        creds.insert_str("roles", roles(draw));
    }
    for (key, of_1000) in [("user_id", 500), ("project_id", 600), ("domain_id", 200)] {
        if draw.chance(of_1000) {
            creds.insert_str(key, scalar(draw));
        }
    }
    if draw.chance(200) {
        let scope = draw.one([Value::from("all"), Value::None, Value::from(""), Value::from(true)]);
        creds.insert_str("system_scope", scope);
    }
    if draw.chance(200) {
        let flag = draw.one([Value::from(true), Value::from(false), Value::from("True"), Value::from(1)]);
        creds.insert_str("is_admin", flag);
    }
    if draw.chance(200) {
        creds.insert_str("user", value(draw));
    }
    creds
}

fn roles<R: Rng>(draw: &mut Draw<R>) -> Value {
    fn role<R: Rng>(draw: &mut Draw<R>) -> Value {
        Value::from(*draw.pick(&ROLES))
    }
    match draw.below(35) {
        0 => role(draw),
        1 => Value::dict(draw.several(3, |draw| (*draw.pick(&ROLES), Value::None))),
        2 => Value::Tuple(draw.several(3, role)),
        3 => draw.one([Value::None, Value::from(5), Value::from(true), Value::from(1.5)]),
        4 => Value::list([role(draw), scalar(draw)]),
        _ => Value::List(draw.several(4, role)),
    }
}

fn target<R: Rng>(draw: &mut Draw<R>) -> Dict {
    let mut target = Dict::default();
    for _ in 0..draw.below(5) {
        target.insert_str(*draw.pick(&TARGET_KEYS), scalar(draw));
    }
    if draw.chance(100) {
        target.insert_str(*draw.pick(&TARGET_KEYS), value(draw));
    }
    target
}

fn take_aim(aim: Aim, value: Value, leaf: &Leaf, creds: &mut Dict, target: &mut Dict) {
    let key = formatted_key(&leaf.text);
    match aim {
        Aim::Ignore => {}
        Aim::WithoutTarget => {
            if let Some(key) = key {
                target.remove(key);
            }
        }
        Aim::Blocked => {
            let first = leaf.kind.split('.').next().unwrap_or_default();
            creds.insert_str(if leaf.kind == "role" { "roles" } else { first }, value);
        }
        Aim::Value | Aim::Meet | Aim::MeetInList | Aim::Nearly => {
            let wanted = wanted(aim, value, leaf, key, target);
            if leaf.kind == "role" {
                add_role(aim, &wanted, creds);
            } else if literal_text(&leaf.kind).is_none() {
                let wanted = if aim == Aim::MeetInList { Value::list(["p2".into(), wanted]) } else { wanted };
                put(creds, &leaf.kind, wanted);
            }
        }
    }
}

/// The value that would meet a check; where the check formats a key, the target gets it too.
fn wanted(aim: Aim, value: Value, leaf: &Leaf, key: Option<&str>, target: &mut Dict) -> Value {
    let Some(key) = key else {
        let text = leaf.text.replace("%%", "%");
        return match text.as_str() {
            "True" => Value::from(true),
            "None" => Value::None,
            "1" => Value::from(1),
            _ => Value::from(text),
        };
    };
    let literal = literal_text(&leaf.kind);
    let in_target = match (aim, literal) {
        (Aim::Value, _) => value,
        (_, Some(text)) => Value::from(text),
        // A role that is no text raises.
        _ if leaf.kind == "role" => Value::from("member"),
        _ => target.get(key).cloned().unwrap_or_else(|| Value::from("p1")),
    };
    target.insert_str(key, in_target.clone());
    match (aim, in_target) {
        (Aim::Nearly, Value::Str(text)) => nearly(text.as_text().unwrap_or_default()),
        (_, in_target) => in_target,
    }
}

/// The same text with another first letter's case, or the value that has the same text.
fn nearly(text: &str) -> Value {
    match text {
        "True" => Value::from(true),
        "None" => Value::None,
        "1" => Value::from(1),
        "7" => Value::from(7.0),
        _ if text.starts_with(|c: char| c.is_ascii_lowercase()) => {
            Value::from(text[..1].to_ascii_uppercase() + &text[1..])
        }
        _ => Value::from(text.to_ascii_lowercase()),
    }
}

fn add_role(aim: Aim, wanted: &Value, creds: &mut Dict) {
    let role = match (aim, wanted) {
        (Aim::Nearly, Value::Str(text)) => nearly(text.as_text().unwrap_or_default()),
        _ => wanted.clone(),
    };
    let mut roles = match creds.get("roles") {
        Some(Value::List(roles)) => roles.clone(),
        _ => Vec::new(),
    };
    roles.push(role);
    creds.insert_str("roles", Value::List(roles));
}

/// The key of a match that is `%(key)s` and nothing else.
fn formatted_key(text: &str) -> Option<&str> {
    text.strip_prefix("%(")?.strip_suffix(")s").filter(|key| !key.contains('%'))
}

/// The text that a literal kind compares with.
fn literal_text(kind: &str) -> Option<&str> {
    match kind {
        "True" | "False" | "None" | "0" | "1" | "7" | "-1" => Some(kind),
        "+1" => Some("1"),
        "00" => Some("0"),
        _ => kind.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"']),
    }
}

/// Sets a path of creds, making the mappings on the way.
fn put(creds: &mut Dict, path: &str, value: Value) {
    match path.split_once('.') {
        None => creds.insert_str(path, value),
        Some((key, rest)) => {
            let mut inner = match creds.get(key) {
                Some(Value::Dict(inner)) => inner.clone(),
                _ => Dict::default(),
            };
            put(&mut inner, rest, value);
            creds.insert_str(key, Value::Dict(inner));
        }
    }
}
