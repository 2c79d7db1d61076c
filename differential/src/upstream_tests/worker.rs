//! The child process that runs upstream's tests: one interpreter, one subject.

use std::path::PathBuf;
use std::process::ExitCode;

use pyo3::prelude::*;

use super::module;
use super::sabotage::{self, Subject};
use crate::oracle::interpreter::{self, InterpreterError};

/// The arguments of the hidden subcommand `upstream-tests-worker`.
#[derive(Debug, Clone, clap::Args)]
pub struct WorkerArgs {
    /// The virtual environment with the tests' requirements, as an absolute path without symbolic links.
    #[arg(long)]
    pub venv: PathBuf,
    /// What the tests are to meet.
    #[arg(long, value_enum)]
    pub subject: Subject,
    /// Where to leave the results.
    #[arg(long)]
    pub output: PathBuf,
}

#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error(transparent)]
    Interpreter(#[from] InterpreterError),
    #[error("the tests could not be run: {0}")]
    Python(#[from] PyErr),
    #[error("the results could not be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Runs the tests. Exit code 0 if they ran, whatever came out; 2 with a line on stderr if not.
pub fn run(arguments: &WorkerArgs) -> ExitCode {
    match results(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("upstream-tests: {error}");
            ExitCode::from(2)
        }
    }
}

fn results(arguments: &WorkerArgs) -> Result<(), WorkerError> {
    interpreter::start(&arguments.venv)?;
    interpreter::check(&arguments.venv, false)?;
    let results: String = Python::attach(|py| -> PyResult<String> {
        if arguments.subject != Subject::Upstream {
            module::register(py)?;
            let shape = pyo3::ffi::c_str!(include_str!("shape.py"));
            PyModule::from_code(py, shape, c"shape.py", c"assay_shape")?.call_method0("inject")?;
        }
        let runner = pyo3::ffi::c_str!(include_str!("runner.py"));
        let runner = PyModule::from_code(py, runner, c"runner.py", c"assay_runner")?;
        let tests = runner.call_method0("load")?;
        // Not before: what the tests' files do when they are imported is no test.
        sabotage::set(arguments.subject);
        runner.call_method1("run", (tests,))?.extract()
    })?;
    std::fs::write(&arguments.output, results)?;
    Ok(())
}
