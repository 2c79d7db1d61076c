//! What a worker is asked and what it answers, with types.

use std::fmt::Write as _;

use assay_case::{Ask, Outcome, Request, RuleShape, Spelled, TreeStep, World, write_json};
use assay_engine::oslo::python::Value;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A rule set with the requests that are decided with it, in one frame.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The caller's number for it.
    pub index: u64,
    /// The rules.
    pub world: World,
    /// The requests.
    pub requests: Vec<Request>,
    /// Whether texts and trees of the rules are wanted.
    pub shapes: bool,
}

/// What upstream makes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Text and tree of every rule; `None` where they were not asked for, or the rules could not be
    /// loaded.
    pub shapes: Option<Vec<RuleShape>>,
    /// An outcome for each request.
    pub outcomes: Vec<Outcome>,
    /// Nanoseconds inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds in all, from the frame that was read to the frame that is written.
    pub total_ns: u64,
}

/// Name, canonical text, tree.
type RawShape = (Spelled, Option<Spelled>, Vec<TreeStep>);

#[derive(Deserialize)]
struct RawReply {
    load: Option<String>,
    shapes: Option<Box<RawValue>>,
    outcomes: Vec<Outcome>,
    upstream_ns: u64,
    total_ns: u64,
}

impl Batch {
    /// The frame: Python is handed JSON, which it reads as it stands.
    #[must_use]
    pub fn frame(&self) -> String {
        frame(&self.world, &self.requests, self.shapes)
    }
}

pub(super) fn frame(world: &World, requests: &[Request], shapes: bool) -> String {
    let mut out = String::from("{");
    match world.policy_file() {
        Some(file) => {
            let file = BASE64_STANDARD.encode(file);
            let _ = write!(out, "\"policy\":{{\"name\":\"policy.yaml\",\"base64\":\"{file}\"}}");
        }
        None => rules(world.rules(), &mut out),
    }
    out.push_str(",\"default_rule\":");
    match &world.default_rule {
        Some(name) => text(name, &mut out),
        None => out.push_str("null"),
    }
    let _ = write!(out, ",\"shapes\":{shapes},\"requests\":[");
    for (index, request) in requests.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        let (key, asked) = match &request.ask {
            Ask::Rule(name) => ("rule", name),
            Ask::Check(text) => ("check", text),
        };
        let _ = write!(out, "\"{key}\":");
        text(asked, &mut out);
        out.push_str(",\"creds\":");
        write_json(&request.creds, &mut out);
        out.push_str(",\"target\":");
        write_json(&request.target, &mut out);
        out.push('}');
    }
    out.push_str("]}");
    out
}

fn rules(rules: &[(String, Value)], out: &mut String) {
    out.push_str("\"rules\":[");
    for (index, (name, value)) in rules.iter().enumerate() {
        out.push_str(if index > 0 { ",[" } else { "[" });
        text(name, out);
        out.push(',');
        write_json(value, out);
        out.push(']');
    }
    out.push(']');
}

fn text(text: &str, out: &mut String) {
    write_json(&Value::from(text), out);
}

fn read_shapes(json: &str) -> Result<Vec<RuleShape>, String> {
    let text = |spelled: Spelled| match spelled {
        Spelled(Value::Str(text)) => Ok(text),
        Spelled(other) => Err(format!("a shape's text is {other:?}")),
    };
    let shapes: Vec<RawShape> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let shape = |(name, canonical, tree): RawShape| {
        Ok(RuleShape { name: text(name)?, text: canonical.map(text).transpose()?, tree })
    };
    shapes.into_iter().map(shape).collect()
}

/// Reads a reply to so many requests.
///
/// # Errors
/// A reply that is not one, in words.
pub(super) fn read_reply(bytes: &[u8], requests: usize) -> Result<Reply, String> {
    let raw: RawReply = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if raw.outcomes.len() != requests {
        return Err(format!("{} outcomes for {requests} requests", raw.outcomes.len()));
    }
    let shapes = raw.shapes.filter(|_| raw.load.is_none());
    let shapes = shapes.map(|shapes| read_shapes(shapes.get())).transpose()?;
    Ok(Reply { shapes, outcomes: raw.outcomes, upstream_ns: raw.upstream_ns, total_ns: raw.total_ns })
}
