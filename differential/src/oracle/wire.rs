//! What a worker is asked and what it answers, with types.

use std::fmt::Write as _;

use assay_case::service::{Call, Operation, Service, Step, StubAnswer};
use assay_case::{Ask, Outcome, Request, RuleShape, Spelled, TreeStep, World, write_json};
use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::Value;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A rule set with the requests that are decided with it, in one frame. It stays as it was made.
#[derive(Clone, Debug)]
pub struct Batch {
    index: u64,
    world: World,
    requests: Vec<Request>,
    frame: String,
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
    /// A batch with the caller's number for it; `shapes`: whether texts and trees of the rules are wanted.
    #[must_use]
    pub fn new(index: u64, world: World, requests: Vec<Request>, shapes: bool) -> Self {
        let frame = frame(&world, &requests, shapes);
        Self { index, world, requests, frame }
    }

    /// The caller's number for it.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The rules.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// The requests.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The frame: Python is handed JSON, which it reads as it stands.
    #[must_use]
    pub fn frame(&self) -> &str {
        &self.frame
    }
}

/// The frame of a rule set and requests, without a batch.
pub(crate) fn frame(world: &World, requests: &[Request], shapes: bool) -> String {
    let mut out = String::from("{");
    let hosted = world.service().map(Service::hosted);
    match (world.policy_file(), &hosted) {
        (_, Some(given)) => service(given, &mut out),
        (Some(file), None) => {
            let file = BASE64_STANDARD.encode(file);
            let _ = write!(out, "\"policy\":{{\"name\":\"policy.yaml\",\"base64\":\"{file}\"}}");
        }
        (None, None) => rules(world.rules(), &mut out),
    }
    out.push_str(",\"default_rule\":");
    match &world.default_rule {
        Some(name) => text(name, &mut out),
        None => out.push_str("null"),
    }
    let _ = write!(out, ",\"shapes\":{shapes},\"requests\":[");
    for (index, request) in requests.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        match world.service() {
            Some(service) => asked(&service.hosted_request(request), &mut out),
            None => asked(request, &mut out),
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

/// What a request asks, as members of a mapping.
fn asked(request: &Request, out: &mut String) {
    let (key, name) = match &request.ask {
        Ask::Rule(name) => ("rule", name),
        Ask::Check(text) => ("check", text),
        Ask::Step(step) => {
            let _ = write!(out, "\"step\":{step}");
            return;
        }
    };
    let _ = write!(out, "\"{key}\":");
    text(name, out);
    out.push_str(",\"creds\":");
    write_json(&request.creds, out);
    out.push_str(",\"target\":");
    write_json(&request.target, out);
}

fn service(service: &Service, out: &mut String) {
    let (files, edits) = service.operations();
    out.push_str("\"service\":{\"registered\":");
    write_json(&Value::list(service.registered.defaults.iter().cloned()), out);
    let options = serde_json::to_string(&service.options).unwrap_or_default();
    let setup = serde_json::to_string(&service.setup).unwrap_or_default();
    let _ = write!(out, ",\"options\":{options},\"setup\":{setup},\"files\":");
    operations(&files, out);
    out.push_str(",\"checks\":[");
    for (index, stub) in service.checks.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        let _ = write!(out, "\"legacy\":{},\"kind\":", stub.legacy);
        text(&stub.kind, out);
        match &stub.answer {
            StubAnswer::Returns(value) => {
                out.push_str(",\"returns\":");
                write_json(value, out);
            }
            StubAnswer::Raises(class) => {
                let _ = write!(out, ",\"raise\":\"{class}\"");
            }
        }
        out.push('}');
    }
    out.push_str("],\"steps\":[");
    for (index, (step, edit)) in service.steps.iter().zip(&edits).enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        match step {
            Step::Call(given) => call(given, out),
            Step::Write { .. } | Step::Remove { .. } => {
                out.push_str("\"files\":");
                operations(edit, out);
            }
        }
        out.push('}');
    }
    out.push_str("]}");
}

fn call(call: &Call, out: &mut String) {
    if let Some(request) = call.request() {
        asked(request, out);
        out.push(',');
    }
    if let Call::Enforce { scope_types, .. } = call
        && !scope_types.is_empty()
    {
        let scope_types = serde_json::to_string(scope_types).unwrap_or_default();
        let _ = write!(out, "\"scope_types\":{scope_types},");
    }
    let (do_raise, force) = match *call {
        Call::Enforce { raises, .. } | Call::Authorize { raises, .. } => {
            if let Some(class) = raises.filter(|class| *class != ExceptionClass::PolicyNotAuthorized) {
                let _ = write!(out, "\"exc\":\"{class}\",");
            }
            (raises.is_some(), false)
        }
        Call::CheckRules { do_raise } => (do_raise, false),
        Call::LoadRules { force } => (false, force),
    };
    let _ = write!(out, "\"call\":\"{}\",\"do_raise\":{do_raise},\"force\":{force}", call.name());
}

fn operations(operations: &[Operation], out: &mut String) {
    out.push('[');
    for (index, operation) in operations.iter().enumerate() {
        out.push_str(if index > 0 { ",[" } else { "[" });
        let (name, path) = match operation {
            Operation::Directory(path) => ("mkdir", path),
            Operation::Write(path, _) => ("write", path),
            Operation::Delete(path) => ("delete", path),
            Operation::Stamp(path, _) => ("stamp", path),
        };
        let _ = write!(out, "\"{name}\",");
        text(path, out);
        let _ = match operation {
            Operation::Write(_, bytes) => write!(out, ",\"{}\"", BASE64_STANDARD.encode(bytes)),
            Operation::Stamp(_, seconds) => write!(out, ",{seconds}"),
            Operation::Directory(_) | Operation::Delete(_) => Ok(()),
        };
        out.push(']');
    }
    out.push(']');
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
