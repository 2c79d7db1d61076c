//! Subjects with a fault: the engine, and a lie told to it.

#![allow(dead_code)]

use assay_case::{Answer, EngineSubject, LoadedWorld, Outcome, Request, RuleSource, Subject, World};
use assay_engine::oslo::python::{Dict, Value};

/// The engine, with a fault planted between it and the world.
pub(crate) struct Faulty {
    pub(crate) world: fn(&mut World),
    pub(crate) request: fn(&mut Request),
}

impl Subject for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn load(&self, world: &World) -> Box<dyn LoadedWorld> {
        let mut world = world.clone();
        (self.world)(&mut world);
        Box::new(FaultyWorld { inner: EngineSubject.load(&world), request: self.request })
    }
}

struct FaultyWorld {
    inner: Box<dyn LoadedWorld>,
    request: fn(&mut Request),
}

impl LoadedWorld for FaultyWorld {
    fn shapes(&self) -> Option<Vec<assay_case::RuleShape>> {
        self.inner.shapes()
    }

    fn decide(&self, request: &Request) -> Answer {
        let mut request = request.clone();
        (self.request)(&mut request);
        self.inner.decide(&request)
    }
}

pub(crate) fn blank_rules_allow(world: &mut World) {
    let RuleSource::Rules(rules) = &mut world.source else { return };
    for (_, value) in rules {
        if *value == Value::from(" ") || *value == Value::from("\t") {
            *value = Value::from("@");
        }
    }
}

pub(crate) fn the_default_rule_is_ignored(world: &mut World) {
    world.default_rule = Some("no rule has this name".to_owned());
}

pub(crate) fn roles_are_compared_with_their_case(request: &mut Request) {
    let Value::Dict(creds) = &mut request.creds else { return };
    if let Some(Value::List(mut roles)) = creds.remove("roles") {
        // The engine folds case itself; a role that is not in lower case is no role to a faulty one.
        roles.retain(|role| !matches!(role, Value::Str(role) if role.as_text().is_some_and(|role| role.contains(char::is_uppercase))));
        creds.insert_str("roles", Value::List(roles));
    }
}

pub(crate) fn none_is_written_null(request: &mut Request) {
    let Value::Dict(creds) = &mut request.creds else { return };
    creds.values_mut().filter(|value| **value == Value::None).for_each(|value| *value = Value::from("null"));
}

pub(crate) fn only_the_first_of_a_list_is_looked_at(request: &mut Request) {
    let Value::Dict(creds) = &mut request.creds else { return };
    let roles = creds.remove("roles");
    for value in creds.values_mut() {
        if let Value::List(items) = value {
            items.truncate(1);
        }
    }
    roles.into_iter().for_each(|roles| creds.insert_str("roles", roles));
}

pub(crate) fn a_mapping_of_creds_is_not_needed(request: &mut Request) {
    if !matches!(request.creds, Value::Dict(_)) {
        request.creds = Value::Dict(Dict::default());
    }
}

pub(crate) fn nothing<T>(_: &mut T) {}

/// The engine, which takes two of upstream's exceptions for decisions: two signatures, and soon made small.
pub(crate) struct Lenient;

impl Subject for Lenient {
    fn name(&self) -> &'static str {
        "lenient"
    }

    fn load(&self, world: &World) -> Box<dyn LoadedWorld> {
        Box::new(LenientWorld(EngineSubject.load(world)))
    }
}

struct LenientWorld(Box<dyn LoadedWorld>);

impl LoadedWorld for LenientWorld {
    fn shapes(&self) -> Option<Vec<assay_case::RuleShape>> {
        self.0.shapes()
    }

    fn decide(&self, request: &Request) -> Answer {
        let answer = self.0.decide(request);
        match answer.to_string().as_str() {
            "raise InvalidContextObject" => Answer::Outcome(Outcome::Deny),
            "raise SyntaxError" => Answer::Outcome(Outcome::Allow),
            _ => answer,
        }
    }
}
