//! `doctor`: which Python, libpython, oslo.policy and PyYAML the oracle runs, and how each was found.
//!
//! It starts a worker as every other command does, so what it prints is what decides, and what it cannot start the
//! others cannot start either. It makes the Python environment where that is missing.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

/// The arguments of `doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How `doctor` prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One `name: value` a line.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Prints what was found on stdout. Exit code 0; or 2 with one line on stderr (and, as JSON, an object with the
/// member `error` on stdout) where the oracle cannot run.
pub fn run(arguments: &DoctorArgs) -> ExitCode {
    match (examine(), arguments.format) {
        (Ok(findings), format) => {
            match format {
                Format::Text => findings.iter().for_each(|(name, value)| show_line!("{name}: {value}")),
                Format::Json => show_line!("{}", as_json(&findings)),
            }
            ExitCode::SUCCESS
        }
        (Err(message), format) => {
            if format == Format::Json {
                show_line!("{}", serde_json::json!({ "error": message }));
            }
            eprintln!("doctor: {message}");
            ExitCode::from(2)
        }
    }
}

type Findings = Vec<(&'static str, String)>;

fn as_json(findings: &Findings) -> serde_json::Value {
    findings
        .iter()
        .map(|(name, value)| (name.replace([' ', '.'], "_"), serde_json::json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(not(feature = "upstream"))]
fn examine() -> Result<Findings, String> {
    Err("this program was built without the feature `upstream`: it has no oracle".to_owned())
}

#[cfg(feature = "upstream")]
fn examine() -> Result<Findings, String> {
    use crate::oracle::environment::{self, Environment, Origin};
    use crate::oracle::process::{Limits, WorkerProcess};

    let environment = Environment::ensure().map_err(|error| error.to_string())?;
    let program =
        std::env::current_exe().map_err(|error| format!("this program cannot be found again: {error}"))?;
    let (_worker, facts) = WorkerProcess::spawn(&program, &environment, Limits::default(), None)
        .map_err(|error| error.to_string())?;
    let origin = match environment.origin() {
        Origin::Given => format!("named by {}", environment::OVERRIDE),
        Origin::Found => "made by an earlier run".to_owned(),
        Origin::Made => "made just now".to_owned(),
    };
    let libpython =
        facts.libpython.map_or("unknown on this system".to_owned(), |path| path.display().to_string());
    Ok(vec![
        ("linked interpreter", environment::PYTHON.to_owned()),
        ("linked version", environment::PYTHON_VERSION.to_owned()),
        ("python", facts.sys_version),
        ("python version", facts.python_version),
        ("libpython", libpython),
        ("environment", environment.root().display().to_string()),
        ("environment origin", origin),
        ("executable", facts.executable.display().to_string()),
        ("requirements sha256", environment::requirements_sha256()),
        ("oslo.policy", facts.oslo_policy_path.display().to_string()),
        ("oslo.policy version", facts.oslo_policy_version),
        ("pyyaml version", facts.pyyaml_version),
    ])
}
