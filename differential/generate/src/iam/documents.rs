//! Documents of generated worlds.

use assay_case::iam::{Node, Policy, Principal};
use assay_engine::iam::{Comparison, Edition, Effect, Operator, Version};
use serde_json::{Map, Value, json};

use super::capability::Capability;
use super::vocabulary::{ACTIONS, Action, GLOBS, KEYS, Key, QUESTIONS, RANGES};
use crate::draw::Draw;

pub(super) struct Documents<'d> {
    pub(super) draw: &'d mut Draw,
    pub(super) capability: &'d Capability,
}

/// What a statement may hold.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    V1,
    V5,
    Scp,
}

impl Documents<'_> {
    /// The way from the root to the account, in most worlds that may have one.
    pub(super) fn organization(&mut self) -> Vec<Node> {
        if !self.capability.organization || self.draw.chance(150) {
            return Vec::new();
        }
        let levels = 1 + self.draw.below(4);
        let node = |documents: &mut Self, index: usize| {
            let mut scps = Vec::new();
            // Levels without FullAccess are rare, since a request that one of them stops is stopped for good.
            let full = documents.draw.chance(850);
            if full {
                scps.push(Policy::Named("FullAccess".to_owned()));
            }
            let more = documents.draw.below(if full { 2 } else { 3 }) + usize::from(!full);
            scps.extend((0..more).map(|_| documents.document(Form::Scp)));
            let node = match index {
                0 => "root".to_owned(),
                _ if index + 1 == levels => "account".to_owned(),
                _ => format!("ou-{index}"),
            };
            Node { node, scps }
        };
        (0..levels).map(|index| node(self, index)).collect()
    }

    /// Who asks.
    pub(super) fn principal(&mut self) -> Principal {
        let organization = self.capability.organization;
        Principal {
            root_user: self.capability.root_user && self.draw.chance(50),
            management_account: organization && self.draw.chance(30),
            service_linked_agency: organization && self.draw.chance(30),
            token: self.draw.chance(50),
            roles: Vec::new(),
            policies: (0..1 + self.draw.below(3))
                .map(|_| {
                    let form = if self.draw.chance(250) { Form::V1 } else { Form::V5 };
                    self.document(form)
                })
                .collect(),
        }
    }

    fn document(&mut self, form: Form) -> Policy {
        let version = if form == Form::V1 { Version::V1_1 } else { Version::V5_0 };
        let count = 1 + self.draw.below(3);
        let statements: Vec<Value> = (0..count).map(|_| self.statement(form)).collect();
        Policy::Text(json!({"Version": version.name(), "Statement": statements}).to_string())
    }

    fn statement(&mut self, form: Form) -> Value {
        let allows = self.draw.chance(if form == Form::Scp { 350 } else { 700 });
        let effect = if allows { Effect::Allow } else { Effect::Deny };
        let mut members = Map::new();
        if self.draw.chance(100) {
            members.insert("Sid".to_owned(), json!(self.draw.word(&["first", "a b", "é"])));
        }
        members.insert("Effect".to_owned(), json!(effect.name()));
        let except = form == Form::V5 || form == Form::Scp && !allows;
        let actions = || if except { "NotAction" } else { "Action" };
        let name = if self.draw.chance(120) { actions() } else { "Action" };
        let patterns: Vec<String> = (0..1 + self.draw.below(3)).map(|_| self.action(form)).collect();
        members.insert(name.to_owned(), json!(patterns));
        let bounded = form == Form::Scp && allows;
        if self.draw.chance(450) {
            let resources: Vec<String> = (0..1 + self.draw.below(2))
                .map(|_| if bounded { "*".to_owned() } else { self.resource(form) })
                .collect();
            members.insert("Resource".to_owned(), json!(resources));
        }
        if !bounded
            && self.draw.chance(600)
            && let Some(conditions) = self.conditions(form)
        {
            members.insert("Condition".to_owned(), conditions);
        }
        // The version has "Sid" in no table of 1.1.
        if form == Form::V1 {
            members.shift_remove("Sid");
        }
        Value::Object(members)
    }

    /// An action that fits. Draws that have run dry give the same again and again: then it is the first.
    fn fitting(&mut self, fits: impl Fn(&Action) -> bool) -> &'static Action {
        const TRIES: usize = 64;
        let drawn = (0..TRIES).map(|_| self.draw.pick(&ACTIONS)).find(|action| fits(action));
        drawn.or_else(|| ACTIONS.iter().find(|action| fits(action))).expect("one of the tables' actions fits")
    }

    /// An action of the tables, or a pattern of it.
    fn action(&mut self, form: Form) -> String {
        let action = self.fitting(|action| form != Form::V1 || action.v1);
        let segments: Vec<&str> = action.name.split(':').collect();
        let (service, kind, operation) = (segments[0], segments[1], segments[2]);
        let length = 1 + self.draw.below(operation.len());
        let start = &operation[..length];
        let question = self.capability.question_mark && form != Form::V1;
        match self.draw.below(if question { 10 } else { 9 }) {
            0..=2 => action.name.to_owned(),
            3 => format!("{service}:*:*"),
            4 => format!("{service}:{kind}:*"),
            5 => format!("{service}:*:{operation}"),
            6 => format!("{service}:{kind}:{start}*"),
            7 => format!("{service}:*:{start}*"),
            8 if form == Form::V1 => "*:*:*".to_owned(),
            8 => "*".to_owned(),
            _ => format!("{service}:{kind}:{}?", &operation[..operation.len() - 1]),
        }
    }

    /// `*`, a URN, or a pattern of one. Documents of 1.1 hold none of the image service.
    fn resource(&mut self, form: Form) -> String {
        let action = self.fitting(|action| {
            !action.urns.is_empty() && (form != Form::V1 || !action.urns[0].starts_with("ims:"))
        });
        if self.draw.chance(150) {
            return "*".to_owned();
        }
        let mut parts: Vec<String> = self.draw.pick(action.urns).splitn(5, ':').map(str::to_owned).collect();
        for index in [1, 2] {
            if self.draw.chance(400) {
                parts[index] = "*".to_owned();
            }
        }
        if self.draw.chance(100) {
            let kept = self.draw.below(parts[2].len());
            parts[2] = format!("{}*", &parts[2][..kept]);
        }
        if self.capability.type_wildcards && self.draw.chance(150) {
            parts[3] = self.draw.word(&["*", "*t", "i*e"]).to_owned();
        }
        if self.draw.chance(600) {
            let kept = self.draw.below(parts[4].len());
            let end = if self.draw.chance(300) { "1" } else { "" };
            parts[4] = format!("{}*{end}", &parts[4][..kept]);
        }
        parts.join(":")
    }

    /// Conditions, unless nothing that may be drawn suits.
    fn conditions(&mut self, form: Form) -> Option<Value> {
        let mut block = Map::new();
        for _ in 0..1 + self.draw.below(2) {
            let Some((operator, key)) = self.condition(form) else { continue };
            let single = operator.base.comparison.is_presence() && !self.capability.null_of_both;
            let count = if single { 1 } else { 1 + self.draw.below(2) };
            let values: Vec<&str> = (0..count).map(|_| self.value(&operator, key)).collect();
            let keys = block.entry(operator.to_string()).or_insert_with(|| json!({}));
            keys[key.name] = json!(values);
        }
        (!block.is_empty()).then_some(Value::Object(block))
    }

    /// An operator, and a key that it suits.
    fn condition(&mut self, form: Form) -> Option<(Operator, &'static Key)> {
        let version = if form == Form::V1 { Version::V1_1 } else { Version::V5_0 };
        let operators: Vec<Operator> = self
            .capability
            .operators
            .iter()
            .copied()
            .filter(|operator| operator.exists_in(version, false))
            .collect();
        if operators.is_empty() {
            return None;
        }
        // Half of the earlier edition's operators are no others', and they stand in one document of four.
        let earlier: Vec<Operator> =
            operators.iter().copied().filter(|operator| operator.base.edition == Edition::Earlier).collect();
        let own = !earlier.is_empty() && self.draw.chance(700);
        let operator = *self.draw.pick(if own { &earlier } else { &operators });
        let comparison = operator.base.comparison;
        let suits = |key: &&Key| {
            let several = operator.qualifier.is_some() || !key.multivalued || comparison.is_presence();
            several && comparison.value_type().is_none_or(|value_type| value_type == key.value_type)
        };
        let keys: Vec<&'static Key> = KEYS.iter().filter(suits).collect();
        // Of the keys with several values there are few, and qualifiers are for them.
        let several: Vec<&'static Key> = keys.iter().copied().filter(|key| key.multivalued).collect();
        if operator.qualifier.is_some() && self.draw.chance(700) {
            return Some((operator, *self.draw.pick(&several)));
        }
        Some((operator, *self.draw.pick(&keys)))
    }

    fn value(&mut self, operator: &Operator, key: &'static Key) -> &'static str {
        match operator.base.comparison {
            comparison if comparison.is_presence() => self.draw.word(&["true", "false"]),
            Comparison::Match if self.capability.question_mark && self.draw.chance(300) => {
                self.draw.word(QUESTIONS)
            }
            Comparison::Match if self.draw.chance(700) => self.draw.word(GLOBS),
            Comparison::IpAddress => self.draw.word(RANGES),
            _ => value(self.draw, self.capability, key),
        }
    }
}

/// A value of a key.
pub(super) fn value(draw: &mut Draw, capability: &Capability, key: &Key) -> &'static str {
    let decimals = capability.decimals && !key.decimals.is_empty() && draw.chance(400);
    draw.word(if decimals { key.decimals } else { key.values })
}
