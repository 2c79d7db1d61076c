//! Upstream: oslo.policy in the Python of the oracle's environment, as a process that times what it is told to time.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use assay_scenarios::{Bench, Request, Scenario};
use serde_json::{Value, json};

use crate::subject::{Asked, Prepared, Subject, Timed};

/// The program that the process runs.
const PROGRAM: &str = include_str!("../../upstream.py");

/// How upstream is asked.
pub(crate) const WAYS: [&str; 3] = ["bare", "alone", "service"];

/// The process.
pub(crate) struct Python {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    /// What it runs.
    pub(crate) versions: String,
}

impl Python {
    /// Starts it.
    ///
    /// # Errors
    /// An interpreter that cannot be run, or has no oslo.policy.
    pub(crate) fn start(python: &Path) -> Result<Self, String> {
        let mut child = Command::new(python)
            .args(["-I", "-W", "ignore", "-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the process has no pipes".to_owned());
        };
        let mut python =
            Self { child, pipes: RefCell::new((input, BufReader::new(output))), versions: String::new() };
        let hello = python.exchange(&json!({"do": "hello"}))?;
        let text = |key: &str| hello[key].as_str().unwrap_or("?").to_owned();
        let build = if hello["optimized"] == true { "optimized build" } else { "plain build" };
        python.versions = format!(
            "oslo.policy {}, Python {} ({build}), PyYAML {}",
            text("oslo_policy"),
            text("python"),
            text("pyyaml")
        );
        Ok(python)
    }

    fn exchange(&self, command: &Value) -> Result<Value, String> {
        let (input, output) = &mut *self.pipes.borrow_mut();
        let mut line = command.to_string();
        line.push('\n');
        input.write_all(line.as_bytes()).map_err(|error| format!("upstream: {error}"))?;
        line.clear();
        output.read_line(&mut line).map_err(|error| format!("upstream: {error}"))?;
        let answer: Value = serde_json::from_str(&line).map_err(|error| format!("upstream: {error}"))?;
        match answer["error"].as_str() {
            Some(error) => Err(format!("upstream: {error}")),
            None => Ok(answer),
        }
    }

    /// Takes a policy in, for all ways.
    pub(crate) fn load(&self, bench: &Bench) -> Result<(), String> {
        self.exchange(&json!({"do": "load", "policy": bench.policy.name, "rules": bench.policy.rules}))
            .map(drop)
    }

    /// What it decides, by request. All ways must say the same.
    pub(crate) fn decisions(&self, bench: &Bench, scenario: &Scenario) -> Result<Vec<bool>, String> {
        let requests: Vec<_> = scenario
            .requests
            .iter()
            .map(|request| json!({"creds": request.creds, "target": request.target}))
            .collect();
        let answer = self.exchange(&json!({
            "do": "decide", "policy": bench.policy.name, "rule": scenario.rule, "ways": WAYS, "requests": requests,
        }))?;
        let answers = answer["answers"].as_array().ok_or("upstream: no answers")?;
        let decision = |(answer, request): (&Value, &Request)| match answer.as_array().map(Vec::as_slice) {
            Some([Value::Bool(allowed)]) => Ok(*allowed),
            _ => Err(format!("upstream says {answer} to {} ({})", request.name, scenario.name)),
        };
        answers.iter().zip(&scenario.requests).map(decision).collect()
    }

    fn nanoseconds(answer: &Value, key: &str) -> Result<Duration, String> {
        answer[key].as_u64().map(Duration::from_nanos).ok_or_else(|| format!("upstream: no {key}"))
    }

    /// `Enforcer.load_rules` of a file by a new enforcer; and, if asked for, once more after it was touched, that many
    /// seconds later.
    pub(crate) fn load_file(
        &self,
        path: &Path,
        reload: Option<u64>,
    ) -> Result<(Duration, Option<Duration>), String> {
        let answer = self.exchange(&json!({"do": "load_file", "path": path, "reload": reload}))?;
        let reloaded = reload.map(|_| Self::nanoseconds(&answer, "reload_ns")).transpose()?;
        Ok((Self::nanoseconds(&answer, "ns")?, reloaded))
    }

    /// `Rules.load` of a file's text.
    pub(crate) fn read_file(&self, path: &Path) -> Result<Duration, String> {
        Self::nanoseconds(&self.exchange(&json!({"do": "read_file", "path": path}))?, "ns")
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One way of asking.
pub(crate) struct Upstream<'p> {
    pub(crate) python: &'p Python,
    pub(crate) how: &'static str,
}

impl Subject for Upstream<'_> {
    fn name(&self) -> &'static str {
        match self.how {
            "bare" => "upstream, bare check",
            "alone" => "Enforcer.enforce, no files",
            _ => "Enforcer.enforce",
        }
    }

    fn about(&self) -> String {
        let how = match self.how {
            "bare" => "_checks._check on the parsed tree",
            "alone" => "an enforcer with use_conf=False and nothing but the rules",
            _ => "as services have it: the rules registered, a policy file there",
        };
        format!("{}, {how}", self.python.versions)
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        let size = bench.policy.rules.len();
        if size > 1000 {
            return Err("upstream takes seconds to register so many rules".to_owned());
        }
        if bench.policy.name.strip_prefix("doubled ").is_some_and(|levels| levels.len() > 1) {
            return Err("upstream asks 2^levels times: half a minute for each decision".to_owned());
        }
        Ok(Box::new(Loaded { python: self.python, how: self.how, policy: bench.policy.name.clone() }))
    }
}

struct Loaded<'p> {
    python: &'p Python,
    how: &'static str,
    policy: String,
}

impl Prepared for Loaded<'_> {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let mut command = json!({
            "do": "measure", "policy": self.policy, "rule": scenario.rule, "how": self.how,
            "creds": request.creds, "target": request.target,
        });
        let asked = json!({
            "do": "decide", "policy": self.policy, "rule": scenario.rule, "ways": [self.how],
            "requests": [{"creds": request.creds, "target": request.target}],
        });
        let allowed = self.python.exchange(&asked)?["answers"][0][0] == true;
        Ok(Box::new(move |loops| {
            command["loops"] = loops.into();
            let answer = self.python.exchange(&command)?;
            Ok(Timed { time: Python::nanoseconds(&answer, "ns")?, allowed })
        }))
    }
}
