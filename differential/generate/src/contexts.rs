//! Requests: creds and targets that meet a rule, nearly meet it, or know nothing of it.

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::{Dict, PyStr, Value, percent};
use foldhash::{HashMap, HashMapExt as _};

use crate::draw::Draw;
use crate::expressions::Expressions;
use crate::leaves::{Leaf, Leaves};
use crate::rules::Flavour;
use crate::swarm::{Swarm, Switch};
use crate::unicode;
use crate::vocabulary::{ROLES, TARGET_KEYS, TEXTS, fixed, key, scalar, value, word};

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

/// What requests are drawn with.
pub(crate) struct Contexts<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) swarm: Swarm,
    pub(crate) flavour: Flavour,
}

impl Contexts<'_> {
    /// Requests to a world. `model` is the world as it was before it was written into a policy file; of
    /// rules that are given as such it is the world itself.
    pub(crate) fn requests(&mut self, model: &World, count: usize) -> Vec<Request> {
        let referable = ["base", "admin", "get"].map(str::to_owned);
        let Self { swarm, flavour, .. } = *self;
        let mut texts = Expressions { draw: self.draw, swarm, flavour, referable: &referable };
        let checks: [String; 3] = std::array::from_fn(|_| texts.expression());
        let mut aims = Aims { world: model, known: HashMap::new(), leaves: Leaves::of(model) };
        (0..count).map(|_| self.request(&mut aims, &checks)).collect()
    }

    fn request(&mut self, aims: &mut Aims<'_>, checks: &[String]) -> Request {
        let world = aims.world;
        let ask = match self.draw.below(44) {
            0 | 1 => Ask::Check(self.draw.pick(checks).clone()),
            2 | 3 => Ask::Rule("undefined".to_owned()),
            _ if world.rules().is_empty() => Ask::Rule("undefined".to_owned()),
            _ => Ask::Rule(self.draw.pick(world.rules()).0.clone()),
        };
        let (mut creds, mut target) = (self.creds(), self.target());
        let leaves = if self.swarm.on(Switch::Aims) { aims.at(&ask) } else { &[] };
        if !leaves.is_empty() {
            // Sometimes at none at all: one that meets every check of its rule is only one kind of request.
            for _ in 0..self.draw.below(6) {
                let aim = *self.draw.weighted(&AIMS);
                let value = self.value();
                take_aim(aim, value, self.draw.pick(leaves), &mut creds, &mut target);
            }
        }
        let creds = if self.draw.chance(30) { odd_creds(self.draw) } else { Value::Dict(creds) };
        let target = if self.draw.chance(25) { self.value() } else { Value::Dict(target) };
        Request { ask, creds, target }
    }

    /// A single value.
    fn scalar(&mut self) -> Value {
        if self.flavour == Flavour::Unicode && self.draw.chance(600) {
            return Value::Str(unicode::text(self.draw));
        }
        if self.swarm.on(Switch::Values) { scalar(self.draw) } else { word(self.draw, &TEXTS) }
    }

    fn value(&mut self) -> Value {
        if self.flavour == Flavour::Unicode && self.draw.chance(400) {
            return Value::Str(unicode::text(self.draw));
        }
        if self.swarm.on(Switch::Values) { value(self.draw) } else { word(self.draw, &TEXTS) }
    }

    /// What the middleware hands a service, more or less.
    fn creds(&mut self) -> Dict {
        let name = PyStr::from_static;
        let mut creds = Dict::with_capacity(USUAL);
        if self.draw.chance(850) {
            let roles = self.roles();
            creds.insert_str(name("roles"), roles);
        }
        for (key, of_1000) in [("user_id", 500), ("project_id", 600), ("domain_id", 200)] {
            if self.draw.chance(of_1000) {
                let value = self.scalar();
                creds.insert_str(name(key), value);
            }
        }
        let draw = &mut *self.draw;
        if draw.chance(200) {
            let scope = draw.one([fixed("all"), Value::None, fixed(""), Value::from(true)]);
            creds.insert_str(name("system_scope"), scope);
        }
        if draw.chance(200) {
            let flag = draw.one([Value::from(true), Value::from(false), fixed("True"), Value::from(1)]);
            creds.insert_str(name("is_admin"), flag);
        }
        if draw.chance(200) {
            let user = self.value();
            creds.insert_str(name("user"), user);
        }
        creds
    }

    fn roles(&mut self) -> Value {
        if !self.swarm.on(Switch::Values) {
            return Value::List(self.draw.several(4, role));
        }
        let wide = self.flavour == Flavour::Unicode;
        let draw = &mut *self.draw;
        match draw.below(40) {
            0 => role(draw),
            1 => Value::dict(draw.several(3, |draw| (key(draw, &ROLES), Value::None))),
            2 => Value::Tuple(draw.several(3, role)),
            3..8 => draw.one([Value::None, Value::from(5), Value::from(true), Value::from(1.5)]),
            8..11 => Value::list([role(draw), self.scalar()]),
            _ if wide => Value::List(draw.several(4, |draw| Value::Str(unicode::text(draw)))),
            _ => Value::List(draw.several(4, role)),
        }
    }

    fn target(&mut self) -> Dict {
        let mut target = Dict::with_capacity(USUAL);
        for _ in 0..self.draw.below(5) {
            let value = self.scalar();
            target.insert_str(key(self.draw, &TARGET_KEYS), value);
        }
        if self.draw.chance(if self.flavour == Flavour::Python { 500 } else { 100 }) {
            let value = self.value();
            target.insert_str(key(self.draw, &TARGET_KEYS), value);
        }
        target
    }
}

/// What requests to a world can be aimed at: looked up once for all that ask the same.
struct Aims<'w> {
    world: &'w World,
    known: HashMap<Ask, Vec<Leaf>>,
    leaves: Leaves<'w>,
}

impl Aims<'_> {
    fn at(&mut self, ask: &Ask) -> &[Leaf] {
        if !self.known.contains_key(ask) {
            self.known.insert(ask.clone(), self.leaves.at(ask));
        }
        &self.known[ask]
    }
}

fn role(draw: &mut Draw) -> Value {
    word(draw, &ROLES)
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

/// Few creds and few targets have more keys.
const USUAL: usize = 7;

/// Creds are not nested more deeply than readers of JSON go.
const DEEPEST: usize = 60;

/// Creds that are no mapping at all.
fn odd_creds(draw: &mut Draw) -> Value {
    draw.one([Value::None, Value::list([]), fixed("admin"), 5.into()])
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
            set(creds, if leaf.kind == "role" { "roles" } else { first }, value);
        }
        Aim::Value | Aim::Meet | Aim::MeetInList | Aim::Nearly => {
            let wanted = wanted(aim, value, leaf, key, target);
            if leaf.kind == "role" {
                add_role(aim, wanted, creds);
            } else if leaf.literal.is_none() && leaf.kind.matches('.').count() < DEEPEST {
                let wanted = if aim == Aim::MeetInList { Value::list([fixed("p2"), wanted]) } else { wanted };
                put(creds, &leaf.kind, wanted);
            }
        }
    }
}

/// The value that would meet a check; where the check formats a key, the target gets it too. What the
/// engine makes of a format or of a literal serves as an aim, and no more: upstream says what was hit.
fn wanted(aim: Aim, value: Value, leaf: &Leaf, key: Option<&str>, target: &mut Dict) -> Value {
    let Some(key) = key else {
        if leaf.text.contains('%') {
            let formatted = leaf.text.split_once("%(").and_then(|(_, rest)| rest.split_once(')'));
            if let Some((key, _)) = formatted.filter(|(key, _)| target.get(key).is_none()) {
                set(target, key, value);
            }
            let whole = Value::Dict(std::mem::take(target));
            let text = percent::format(&leaf.text, &whole);
            if let Value::Dict(whole) = whole {
                *target = whole;
            }
            return text.map_or_else(|_| fixed("p1"), Value::Str);
        }
        return match leaf.text.as_str() {
            "True" => Value::from(true),
            "None" => Value::None,
            "1" => Value::from(1),
            _ => Value::from(leaf.text.as_str()),
        };
    };
    let in_target = match (aim, &leaf.literal) {
        (Aim::Value, _) => value,
        (_, Some(text)) => text.clone(),
        // A role that is no text raises.
        _ if leaf.kind == "role" => fixed("member"),
        _ => target.get(key).cloned().unwrap_or_else(|| fixed("p1")),
    };
    set(target, key, in_target.clone());
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

fn add_role(aim: Aim, wanted: Value, creds: &mut Dict) {
    let role = match (aim, wanted) {
        (Aim::Nearly, Value::Str(text)) => nearly(text.as_text().unwrap_or_default()),
        (_, wanted) => wanted,
    };
    match creds.get_mut("roles") {
        Some(Value::List(roles)) => roles.push(role),
        Some(other) => *other = Value::list([role]),
        None => creds.insert_str(PyStr::from_static("roles"), Value::list([role])),
    }
}

/// The key of a match that is `%(key)s` and nothing else.
fn formatted_key(text: &str) -> Option<&str> {
    text.strip_prefix("%(")?.strip_suffix(")s").filter(|key| !key.contains('%'))
}

/// Sets a key, which is copied only where it is new.
fn set(mapping: &mut Dict, key: &str, value: Value) {
    match mapping.get_mut(key) {
        Some(known) => *known = value,
        None => mapping.insert_str(key, value),
    }
}

/// Sets a path of creds, making the mappings on the way.
fn put(creds: &mut Dict, path: &str, value: Value) {
    let Some((key, rest)) = path.split_once('.') else {
        return set(creds, path, value);
    };
    if let Some(Value::Dict(inner)) = creds.get_mut(key) {
        return put(inner, rest, value);
    }
    let mut inner = Dict::default();
    put(&mut inner, rest, value);
    set(creds, key, Value::Dict(inner));
}
