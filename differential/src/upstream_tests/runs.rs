//! Starts a worker for each subject, all at once, and reads what they leave.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::Subject;
use crate::oracle::environment::{Environment, EnvironmentError, Requirements};

const REQUIREMENTS: Requirements =
    Requirements { name: "upstream-tests", text: include_str!("../../upstream-tests.txt") };
/// They take seconds; a broken engine can make a test wait for ever.
const LIMIT: Duration = Duration::from_secs(600);

/// How each test ended against one subject, by its full name.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Results {
    /// The tests.
    pub tests: BTreeMap<String, Ended>,
    /// How long they took.
    pub seconds: f64,
}

/// How a test ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// One line about why, where it did not pass.
    pub why: String,
}

/// How a test can end.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// As it should.
    Passed,
    /// Otherwise.
    Failed,
    /// Not at all.
    Skipped,
}

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The Python environment could not be made.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A worker could not be started, or its results not be read.
    #[error("the tests against {subject}: {source}")]
    Io {
        /// What they were run against.
        subject: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A worker ended without results.
    #[error("the tests against {subject}: {message}")]
    Worker {
        /// What they were run against.
        subject: &'static str,
        /// The last line of what it said.
        message: String,
    },
}

/// Runs all tests against upstream, our engine, and each broken one.
///
/// # Errors
/// An environment that cannot be made, a worker that does not come to an end.
pub fn all(program: &Path) -> Result<BTreeMap<Subject, Results>, RunError> {
    let environment = Environment::ensure_for(&REQUIREMENTS)?;
    let subjects = [Subject::Upstream, Subject::Engine].into_iter().chain(Subject::SABOTAGED);
    std::thread::scope(|scope| {
        let environment = &environment;
        let started: Vec<_> = subjects
            .map(|subject| scope.spawn(move || Ok((subject, one(program, environment, subject)?))))
            .collect();
        let lost = |_| RunError::Worker { subject: "all", message: "a thread panicked".to_owned() };
        started.into_iter().map(|thread| thread.join().map_err(lost)?).collect()
    })
}

fn one(program: &Path, environment: &Environment, subject: Subject) -> Result<Results, RunError> {
    let name = subject.name();
    let io = |source| RunError::Io { subject: name, source };
    let scratch = tempfile::tempdir().map_err(io)?;
    let output: PathBuf = scratch.path().join("results.json");
    let mut command = Command::new(program);
    command.args(["upstream-tests-worker", "--subject", name, "--venv"]).arg(environment.root());
    command.arg("--output").arg(&output).current_dir(scratch.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    // The tests look at HOME, proxies and locales as upstream does; the loader is another matter.
    command.env_clear().env("HOME", scratch.path());
    let kept = |name: &str| {
        name.starts_with("LD_") || name.starts_with("DYLD_") || ["PATH", "TMPDIR"].contains(&name)
    };
    command.envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(kept)));

    let mut child = command.spawn().map_err(io)?;
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        stderr.map(|mut stderr| stderr.read_to_end(&mut said));
        String::from_utf8_lossy(&said).into_owned()
    });
    let deadline = Instant::now() + LIMIT;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(io)? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().map_err(io)?;
            child.wait().map_err(io)?;
            let message = format!("no end after {} s", LIMIT.as_secs());
            return Err(RunError::Worker { subject: name, message });
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let said = reader.join().unwrap_or_default();
    if !status.success() {
        let last = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("no word").to_owned();
        return Err(RunError::Worker { subject: name, message: format!("{last} ({status})") });
    }
    let text = std::fs::read_to_string(&output).map_err(io)?;
    serde_json::from_str(&text)
        .map_err(|error| RunError::Worker { subject: name, message: error.to_string() })
}
