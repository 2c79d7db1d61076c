//! The policies and requests that are measured.
//!
//! One set for everybody who measures: `engine/benches`, the count of instructions, and the peers beside which the
//! engine stands. Nothing here evaluates anything: policies are texts, requests are JSON.
//!
//! A scenario is one rule of one policy with the requests that are asked of it. Three of them, or fewer, are timed:
//!
//! - `allow`: the answer of everyday use, given as soon as it is known;
//! - `deny`: refused as early as the rule allows;
//! - `worst`: every operand is tried before the answer.
//!
//! The others are there so that whoever stands beside the engine is seen to decide alike.
#![forbid(unsafe_code)]

mod documented;
mod generated;

pub use documented::{cinder, glance};
pub use generated::{Shape, chain, doubled, length, nova_size, policy_file, wide};

use serde_json::{Map, Value};

/// Attributes: of the caller (creds) or of what is asked for (target).
pub type Attributes = Map<String, Value>;

/// A rule set: names and check strings, in order.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What it is called in results.
    pub name: String,
    /// Name and check string of each rule.
    pub rules: Vec<(String, String)>,
}

/// One request of a rule.
#[derive(Clone, Debug)]
pub struct Request {
    /// `allow`, `deny`, `worst` for one that is timed, else who asks for what.
    pub name: String,
    /// Whether it is timed.
    pub timed: bool,
    /// The caller.
    pub creds: Attributes,
    /// What is asked for.
    pub target: Attributes,
}

/// One rule of a policy, with requests.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called in results: `glance get_image`.
    pub name: String,
    /// The rule that is asked for.
    pub rule: String,
    /// The requests, those that are timed first.
    pub requests: Vec<Request>,
}

/// A policy with the scenarios that are asked of it.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The policy.
    pub policy: Policy,
    /// What is asked.
    pub scenarios: Vec<Scenario>,
}

/// An object's members.
///
/// # Panics
/// On what is no object: the callers write literals.
fn attributes(json: Value) -> Attributes {
    match json {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}
