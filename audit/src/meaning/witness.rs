//! A request that shows something, as small as it can be.

use std::fmt;

use assay_engine::oslo::python::{Dict, Value};
use serde_json::json;

use crate::policy::value;

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
    /// As JSON: `creds`, `target` and, where it hangs on that, `assuming`.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let mut request = json!({"creds": value::json(&self.creds), "target": value::json(&self.target)});
        if !self.assuming.is_empty() {
            let assumed = self.assuming.iter();
            let assumed: Vec<_> = assumed
                .map(|assumption| json!({"check": assumption.check, "answer": assumption.answer}))
                .collect();
            request["assuming"] = assumed.into();
        }
        request
    }

    /// The smallest request that `shows` the same: keys, roles and elements of lists are taken out as long as it does.
    pub(super) fn shrunk(mut self, shows: impl Fn(&Value, &Value, &[Assumption]) -> bool) -> Self {
        for _ in 0..ROUNDS {
            let creds = smaller(&self.creds).into_iter().map(|creds| (creds, self.target.clone()));
            let targets = smaller(&self.target).into_iter().map(|target| (self.creds.clone(), target));
            let mut smaller = creds.chain(targets);
            match smaller.find(|(creds, target)| shows(creds, target, &self.assuming)) {
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

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "creds {}, target {}", value::json(&self.creds), value::json(&self.target))?;
        for Assumption { check, answer } in &self.assuming {
            write!(f, ", if {check} answers {}", if *answer { "True" } else { "False" })?;
        }
        Ok(())
    }
}

/// How often something is taken out at most.
const ROUNDS: usize = 500;

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
