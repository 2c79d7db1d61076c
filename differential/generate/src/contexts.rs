//! Requests: creds and targets that meet a rule, nearly meet it, or know nothing of it.

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::{Dict, Value};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::leaves::{Leaf, leaves};
use crate::rules::expression;
use crate::vocabulary::{ROLES, TARGET_KEYS, WIDE_KEY, scalar, value, wide};

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

/// The parts of a request before it is aimed at a rule.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    ask: Index,
    other: Option<Other>,
    creds: Dict,
    target: Dict,
    aims: Vec<(Aim, Value, Index)>,
    /// Creds that are no mapping at all.
    odd_creds: Option<Value>,
}

/// What is asked in place of one of the world's rules.
#[derive(Clone, Debug)]
enum Other {
    Undefined,
    Check(String),
}

/// Drafts for a number of requests.
pub(crate) fn drafts(count: usize) -> BoxedStrategy<Vec<Draft>> {
    vec(draft(), count).boxed()
}

fn draft() -> BoxedStrategy<Draft> {
    let check = expression(&["base", "admin", "get"]).prop_map(Other::Check);
    let other = prop_oneof![40 => Just(None), 2 => Just(Some(Other::Undefined)), 2 => check.prop_map(Some)];
    let aim = prop_oneof![
        6 => Just(Aim::Ignore),
        10 => Just(Aim::Meet),
        2 => Just(Aim::MeetInList),
        3 => Just(Aim::Nearly),
        2 => Just(Aim::WithoutTarget),
        1 => Just(Aim::Blocked),
        2 => Just(Aim::Value),
    ];
    // Sometimes none at all: a request that meets every check of its rule is only one kind of request.
    let aims = vec((aim, value(), any::<Index>()), 0..6);
    let odd_creds = weighted(0.004, select(vec![Value::None, Value::list([]), "admin".into(), 5.into()]));
    (any::<Index>(), other, creds(), target(), aims, odd_creds)
        .prop_map(|(ask, other, creds, target, aims, odd_creds)| Draft {
            ask,
            other,
            creds,
            target,
            aims,
            odd_creds,
        })
        .boxed()
}

/// What the middleware hands a service, more or less.
fn creds() -> BoxedStrategy<Dict> {
    let roles = prop_oneof![
        30 => vec(select(&ROLES).prop_map(Value::from), 0..4).prop_map(Value::List),
        1 => select(&ROLES).prop_map(Value::from),
        1 => vec(select(&ROLES), 0..3).prop_map(|roles| Value::dict(roles.into_iter().map(|role| (role, Value::None)))),
        1 => vec(select(&ROLES).prop_map(Value::from), 0..3).prop_map(Value::Tuple),
        1 => prop_oneof![Just(Value::None), Just(Value::from(5)), Just(Value::from(true)), Just(Value::from(1.5))],
        1 => (select(&ROLES), scalar()).prop_map(|(role, odd)| Value::list([role.into(), odd])),
    ];
    let scope = || select(vec![Value::from("all"), Value::None, Value::from(""), Value::from(true)]);
    let flag = || select(vec![Value::from(true), Value::from(false), Value::from("True"), Value::from(1)]);
    (
        weighted(0.85, roles),
        weighted(0.5, scalar()),
        weighted(0.6, scalar()),
        weighted(0.2, scalar()),
        weighted(0.2, scope()),
        weighted(0.2, flag()),
        weighted(0.2, value()),
        weighted(0.1, wide()),
    )
        .prop_map(|(roles, user_id, project_id, domain_id, system_scope, is_admin, user, label)| {
            let entries = [
                ("roles", roles),
                ("user_id", user_id),
                ("project_id", project_id),
                ("domain_id", domain_id),
                ("system_scope", system_scope),
                ("is_admin", is_admin),
                ("user", user),
                (WIDE_KEY, label),
            ];
            dict(entries)
        })
        .boxed()
}

fn target() -> BoxedStrategy<Dict> {
    let single = || vec((select(&TARGET_KEYS), scalar()), 0..5);
    (single(), weighted(0.1, (select(&TARGET_KEYS), value())), weighted(0.1, wide()))
        .prop_map(|(mut entries, odd, label)| {
            entries.extend(odd);
            let label = label.map(|label| (WIDE_KEY, label));
            dict(entries.into_iter().chain(label).map(|(key, value)| (key, Some(value))))
        })
        .boxed()
}

fn dict<'k>(entries: impl IntoIterator<Item = (&'k str, Option<Value>)>) -> Dict {
    let mut dict = Dict::default();
    for (key, value) in entries {
        if let Some(value) = value {
            dict.insert_str(key, value);
        }
    }
    dict
}

/// Aims a draft at one of the world's rules.
pub(crate) fn aim(draft: Draft, world: &World) -> Request {
    let Draft { ask, other, mut creds, mut target, aims, odd_creds } = draft;
    let ask = match other {
        Some(Other::Check(text)) => Ask::Check(text),
        None if !world.rules.is_empty() => Ask::Rule(ask.get(&world.rules).0.clone()),
        Some(Other::Undefined) | None => Ask::Rule("undefined".to_owned()),
    };
    let leaves = leaves(world, &ask);
    if !leaves.is_empty() {
        for (aim, value, at) in aims {
            take_aim(aim, value, at.get(&leaves), &mut creds, &mut target);
        }
    }
    Request { ask, creds: odd_creds.unwrap_or(Value::Dict(creds)), target: Value::Dict(target) }
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
        (Aim::Value, _) if key != WIDE_KEY => value,
        (_, Some(text)) => Value::from(text),
        // A role is lowered, and a role that is no text raises: keep it an ASCII text.
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
