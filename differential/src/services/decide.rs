//! Upstream and the engine, each asked all questions on a release's defaults.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use assay_case::write_json;
use assay_engine::oslo::enforcer::{Enforcer, Options, Policy};
use assay_engine::oslo::{Interrupt, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::defaults::Registered;
use super::install::Installed;
use super::questions::Questions;
use super::report::{Decisions, Disagreement};
use crate::oracle::environment::Environment;

const SCRIPT: &str = include_str!("../../../scripts/services");

/// What a release registers.
#[derive(Clone, Debug, Deserialize)]
pub struct Loaded {
    /// The defaults, in order.
    pub defaults: Vec<Registered>,
    /// The modules that the service imports and that something else stood in for.
    pub stood_in_for: Vec<String>,
}

/// Loads the defaults of a release, in a Python of its own.
///
/// # Errors
/// Why they cannot be loaded, in a line.
pub fn load(environment: &Environment, service: &str, installed: &Installed) -> Result<Loaded, String> {
    python(environment, "defaults", service, installed, "")
}

/// By rule: for each of its targets, what each persona is told.
type Outcomes = BTreeMap<String, Vec<Vec<String>>>;

#[derive(Deserialize)]
struct Answer {
    outcomes: Outcomes,
}

/// Has both sides decide everything, and compares.
///
/// # Errors
/// Where upstream has no answer.
pub fn decide(
    environment: &Environment,
    service: &str,
    release: &str,
    installed: &Installed,
    defaults: &[Registered],
    questions: &Questions,
    enforce_new_defaults: bool,
) -> Result<Decisions, String> {
    let asked = as_json(questions, enforce_new_defaults);
    let Answer { outcomes } = python(environment, "decide", service, installed, &asked)?;
    let policy = engine(defaults, enforce_new_defaults);
    let mut decisions = Decisions::new(release, enforce_new_defaults, defaults.len());
    for (rule, targets) in &questions.rules {
        let of_rule = outcomes.get(rule).ok_or_else(|| format!("upstream left {rule} out"))?;
        if of_rule.len() != targets.len() || of_rule.iter().any(|row| row.len() != questions.personas.len()) {
            return Err(format!("upstream left requests for {rule} out"));
        }
        for (target, row) in targets.iter().map(|place| &questions.targets[*place]).zip(of_rule) {
            for (persona, upstream) in questions.personas.iter().zip(row) {
                let request = Request { creds: &persona.creds, target };
                let engine = match &policy {
                    Ok(policy) => said(policy, rule, request),
                    Err(class) => class.clone(),
                };
                decisions.count(upstream);
                if engine != *upstream {
                    let mut json = String::new();
                    write_json(target, &mut json);
                    decisions.disagreements.push(Disagreement {
                        rule: rule.clone(),
                        persona: persona.label.clone(),
                        target: json,
                        upstream: upstream.clone(),
                        engine,
                    });
                }
            }
        }
    }
    Ok(decisions)
}

fn said(policy: &Policy, rule: &str, request: Request<'_>) -> String {
    match policy.enforce(rule, request) {
        Ok(value) => if value.truthy() { "allow" } else { "deny" }.to_owned(),
        Err(Interrupt::Raised(class)) => class.name().to_owned(),
        Err(other) => other.to_string(),
    }
}

/// The engine's policy, or why it has none.
fn engine(defaults: &[Registered], enforce_new_defaults: bool) -> Result<std::sync::Arc<Policy>, String> {
    let enforcer = Enforcer::builder(Options { enforce_new_defaults, ..Options::default() }).build();
    for default in defaults {
        let default = default.for_engine().map_err(|error| error.to_string())?;
        enforcer.register_default(default).map_err(|error| error.to_string())?;
    }
    enforcer.policy().map_err(|error| error.to_string())
}

fn as_json(questions: &Questions, enforce_new_defaults: bool) -> String {
    let mut text = String::from("{\"creds\":[");
    for (index, persona) in questions.personas.iter().enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_json(&persona.creds, &mut text);
    }
    text.push_str("],\"targets\":[");
    for (index, target) in questions.targets.iter().enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_json(target, &mut text);
    }
    let rules = serde_json::json!(questions.rules);
    text.push_str(&format!("],\"rules\":{rules},\"enforce_new_defaults\":{enforce_new_defaults}}}"));
    text
}

/// Runs a task of the script. What it is asked is read whole before it answers, so neither side waits for the other.
fn python<T: DeserializeOwned>(
    environment: &Environment,
    task: &str,
    service: &str,
    installed: &Installed,
    input: &str,
) -> Result<T, String> {
    let python = environment.root().join("bin/python");
    let broken = |error: std::io::Error| format!("{}: {error}", python.display());
    let mut command = Command::new(&python);
    command.args(["-I", "-B", "-W", "ignore", "-c", SCRIPT, task, service]).args(&installed.archives);
    if let Some(policy) = &installed.source.policy {
        command.args(["--policy", policy]);
    }
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(broken)?;
    // A write that fails means that the script ended early; its stderr then says more than EPIPE would.
    child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(broken)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason given");
        return Err(line.trim_start_matches("services: ").to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{service}: {error}"))
}
