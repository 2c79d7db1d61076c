//! What a worker is asked and what it answers, with types.

use assay_case::service::{
    Call, Operation, Service, ServiceOptions, Setup, Step, StubAnswer, spelled_answers,
};
use assay_case::{Ask, Outcome, Request, RuleShape, Spelled, TreeStep, World};
use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::remote::ContentType;
use num_bigint::BigInt;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::marshal::Marshal;

/// What upstream makes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Text and tree of every rule; `None` where they were not asked for, or the rules could not be
    /// loaded.
    pub shapes: Option<Vec<RuleShape>>,
    /// An outcome for each request.
    pub outcomes: Vec<Outcome>,
    /// Nanoseconds of the processor inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds of the processor in all, from the frame that was read to the frame that is written.
    pub total_ns: u64,
}

/// Name, canonical text, tree.
type RawShape = (Spelled, Option<Spelled>, Vec<TreeStep>);

#[derive(Deserialize)]
struct RawReply {
    load: Option<String>,
    shapes: Option<Box<RawValue>>,
    /// Each once.
    outcomes: Vec<Outcome>,
    /// The place of each request's among them.
    of: Vec<usize>,
    upstream_ns: u64,
    total_ns: u64,
}

/// The frame of a rule set and requests.
pub(crate) fn frame(world: &World, requests: &[Request], shapes: bool) -> Vec<u8> {
    hosted(world, requests, shapes).unwrap_or_else(|| told(world, requests, shapes))
}

/// The frame of a world that asks this process's server, with its address.
pub(super) fn hosted(world: &World, requests: &[Request], shapes: bool) -> Option<Vec<u8>> {
    let service = asking_server(world)?;
    let requests: Vec<Request> = requests.iter().map(|request| service.hosted_request(request)).collect();
    Some(written(world, Some(&service.hosted()), &requests, shapes))
}

/// The same with what this process's server answers in place of its address, and so the same in every process: what
/// names a case, or tells its size.
pub(crate) fn told(world: &World, requests: &[Request], shapes: bool) -> Vec<u8> {
    let mut told = written(world, world.service(), requests, shapes);
    if let Some(service) = asking_server(world) {
        told.extend(spelled_answers(&service.remote).as_bytes());
    }
    told
}

fn asking_server(world: &World) -> Option<&Service> {
    world.service().filter(|service| !service.remote.is_empty())
}

fn written(world: &World, whole: Option<&Service>, requests: &[Request], shapes: bool) -> Vec<u8> {
    let mut out = Marshal::default();
    out.mapping();
    match (world.policy_file(), whole) {
        (_, Some(whole)) => service(whole, &mut out),
        (Some(file), None) => {
            out.text("policy");
            out.bytes(file);
        }
        (None, None) => rules(world.rules(), &mut out),
    }
    out.text("default_rule");
    match &world.default_rule {
        Some(name) => out.text(name),
        None => out.none(),
    }
    out.text("shapes");
    out.bool(shapes);
    out.text("requests");
    out.list(requests.len());
    for request in requests {
        out.mapping();
        asked(request, &mut out);
        out.end();
    }
    out.end();
    out.into_bytes()
}

/// What a request asks, as members of a mapping.
fn asked(request: &Request, out: &mut Marshal) {
    let (key, name) = match &request.ask {
        Ask::Rule(name) => ("rule", name),
        Ask::Check(text) => ("check", text),
        Ask::Step(step) => {
            out.text("step");
            out.int(&BigInt::from(*step));
            return;
        }
    };
    out.text(key);
    out.text(name);
    out.text("creds");
    out.value(&request.creds);
    out.text("target");
    out.value(&request.target);
}

fn service(service: &Service, out: &mut Marshal) {
    let (files, edits) = service.operations();
    out.text("service");
    out.mapping();
    out.text("registered");
    out.list(service.registered.defaults.len());
    service.registered.defaults.iter().for_each(|default| out.value(default));
    out.text("options");
    out.value(&options(&service.options));
    out.text("setup");
    out.value(&setup(&service.setup));
    out.text("files");
    operations(&files, out);
    out.text("checks");
    out.list(service.checks.len());
    for stub in &service.checks {
        out.mapping();
        out.text("legacy");
        out.bool(stub.legacy);
        out.text("kind");
        out.text(&stub.kind);
        match &stub.answer {
            StubAnswer::Returns(value) => {
                out.text("returns");
                out.value(value);
            }
            StubAnswer::Raises(class) => {
                out.text("raise");
                out.text(&class.to_string());
            }
        }
        out.end();
    }
    out.text("steps");
    out.list(service.steps.len());
    for (step, edit) in service.steps.iter().zip(&edits) {
        out.mapping();
        match step {
            Step::Call(given) => call(given, out),
            Step::Write { .. } | Step::Remove { .. } => {
                out.text("files");
                operations(edit, out);
            }
        }
        out.end();
    }
    out.end();
}

fn options(options: &ServiceOptions) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let dirs =
        options.policy_dirs.as_ref().map(|dirs| Value::list(dirs.iter().map(|dir| dir.as_str().into())));
    let content_type = options.remote_content_type.map(|kind| ContentType::from(kind).name().into());
    given([
        ("enforce_new_defaults", options.enforce_new_defaults.map(Value::from)),
        ("policy_default_rule", text(&options.policy_default_rule)),
        ("policy_file", text(&options.policy_file)),
        ("policy_dirs", dirs),
        ("remote_content_type", content_type),
        ("remote_timeout", options.remote_timeout.map(Value::Float)),
    ])
}

fn setup(setup: &Setup) -> Value {
    given([
        ("default_check", setup.default_check.as_deref().map(Value::from)),
        ("overwrite", setup.overwrite.map(Value::from)),
        ("skip_undefined_check", setup.skip_undefined_check.map(Value::from)),
        ("suppress_default_change_warnings", setup.suppress_default_change_warnings.map(Value::from)),
        ("suppress_deprecation_warnings", setup.suppress_deprecation_warnings.map(Value::from)),
    ])
}

/// A mapping of what is given.
fn given<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    Value::dict(members.into_iter().filter_map(|(name, value)| Some((name, value?))))
}

fn call(call: &Call, out: &mut Marshal) {
    if let Some(request) = call.request() {
        asked(request, out);
    }
    if let Call::Enforce { scope_types, .. } = call
        && !scope_types.is_empty()
    {
        out.text("scope_types");
        texts(scope_types, out);
    }
    let (do_raise, force) = match *call {
        Call::Enforce { raises, .. } | Call::Authorize { raises, .. } => {
            if let Some(class) = raises.filter(|class| *class != ExceptionClass::PolicyNotAuthorized) {
                out.text("exc");
                out.text(&class.to_string());
            }
            (raises.is_some(), false)
        }
        Call::CheckRules { do_raise } => (do_raise, false),
        Call::LoadRules { force } => (false, force),
    };
    out.text("call");
    out.text(call.name());
    out.text("do_raise");
    out.bool(do_raise);
    out.text("force");
    out.bool(force);
}

fn operations(operations: &[Operation], out: &mut Marshal) {
    out.list(operations.len());
    for operation in operations {
        let (name, path) = match operation {
            Operation::Directory(path) => ("mkdir", path),
            Operation::Write(path, _) => ("write", path),
            Operation::Delete(path) => ("delete", path),
            Operation::Stamp(path, _) => ("stamp", path),
        };
        let more = matches!(operation, Operation::Write(..) | Operation::Stamp(..));
        out.list(2 + usize::from(more));
        out.text(name);
        out.text(path);
        match operation {
            Operation::Write(_, bytes) => out.bytes(bytes),
            Operation::Stamp(_, seconds) => out.int(&BigInt::from(*seconds)),
            Operation::Directory(_) | Operation::Delete(_) => {}
        }
    }
}

fn rules(rules: &[(String, Value)], out: &mut Marshal) {
    out.text("rules");
    out.list(rules.len());
    for (name, value) in rules {
        out.list(2);
        out.text(name);
        out.value(value);
    }
}

fn texts(texts: &[String], out: &mut Marshal) {
    out.list(texts.len());
    texts.iter().for_each(|text| out.text(text));
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
    if raw.of.len() != requests {
        return Err(format!("{} outcomes for {requests} requests", raw.of.len()));
    }
    let outcome =
        |place: usize| raw.outcomes.get(place).cloned().ok_or_else(|| format!("no outcome {place}"));
    let outcomes = raw.of.into_iter().map(outcome).collect::<Result<_, _>>()?;
    let shapes = raw.shapes.filter(|_| raw.load.is_none());
    let shapes = shapes.map(|shapes| read_shapes(shapes.get())).transpose()?;
    Ok(Reply { shapes, outcomes, upstream_ns: raw.upstream_ns, total_ns: raw.total_ns })
}
