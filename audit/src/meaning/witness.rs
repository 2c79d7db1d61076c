//! A request that shows something, as small as it can be.

use assay_engine::oslo::python::{Dict, Value};

/// What a check that only somebody else can answer is taken to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The check, as it is written (`http://policy.example/check`).
    pub check: String,
    /// Whether it allows.
    pub answer: bool,
}

/// A request that shows something. The engine was asked and said so.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The caller's attributes.
    pub creds: Value,
    /// The object's.
    pub target: Value,
    /// What remote checks are taken to answer, where it hangs on that.
    pub assuming: Vec<Assumption>,
}

impl Witness {
    /// The smallest request that `shows` the same: keys, roles and elements of lists are taken out as long as it does.
    pub(super) fn shrunk(mut self, shows: impl Fn(&Value, &Value, &[Assumption]) -> bool) -> Self {
        for _ in 0..ROUNDS {
            let smaller = smaller(&self.creds).into_iter().map(|creds| (creds, self.target.clone()));
            let others = smaller.chain(smaller_(&self));
            let next = others.into_iter().find(|(creds, target)| shows(creds, target, &self.assuming));
            match next {
                Some((creds, target)) => (self.creds, self.target) = (creds, target),
                None => break,
            }
        }
        for index in (0..self.assuming.len()).rev() {
            let mut fewer = self.assuming.clone();
            fewer.remove(index);
            if shows(&self.creds, &self.target, &fewer) {
                self.assuming = fewer;
            }
        }
        self
    }
}

/// How often something is taken out at most.
const ROUNDS: usize = 500;

fn smaller_(witness: &Witness) -> impl Iterator<Item = (Value, Value)> {
    smaller(&witness.target).into_iter().map(|target| (witness.creds.clone(), target))
}

/// The value with one thing less, the largest things first.
fn smaller(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::Dict(dict) => {
            let entries: Vec<(&Value, &Value)> = dict.iter().collect();
            for at in (0..entries.len()).rev() {
                found.push(rebuilt(&entries, at, None));
            }
            for (at, (_, inner)) in entries.iter().enumerate() {
                found.extend(smaller(inner).into_iter().map(|inner| rebuilt(&entries, at, Some(inner))));
            }
        }
        Value::List(items) => {
            for at in (0..items.len()).rev() {
                let mut fewer = items.clone();
                fewer.remove(at);
                found.push(Value::List(fewer));
            }
            for (at, item) in items.iter().enumerate() {
                found.extend(smaller(item).into_iter().map(|inner| {
                    let mut other = items.clone();
                    other[at] = inner;
                    Value::List(other)
                }));
            }
        }
        _ => {}
    }
    found
}

fn rebuilt(entries: &[(&Value, &Value)], at: usize, other: Option<Value>) -> Value {
    let mut dict = Dict::default();
    for (index, (key, value)) in entries.iter().enumerate() {
        let value = if index == at { other.clone() } else { Some((*value).clone()) };
        if let Some(value) = value {
            // A key that was hashable is so still.
            let _ = dict.insert((*key).clone(), value);
        }
    }
    Value::Dict(dict)
}
