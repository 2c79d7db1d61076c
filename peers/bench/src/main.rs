//! The same decisions by this engine, by its peers and by upstream, in one run: `scripts/bench`.
//!
//! Policies and requests are in each subject's own form before a clock starts. Each subject must decide as upstream
//! does on every request of a scenario, timed or not; else it is called wrong there and has no figure. Subjects take
//! turns within each round, so that whatever slows the machine slows all, and the medians over rounds are compared. Times
//! are of the thread's own CPU time: what else the machine does is not in them.
//!
//! Exit codes: 0 every ratio is met, 1 one is not, or the engine is wrong, 2 it cannot be measured.
#![forbid(unsafe_code)]

mod generated;
mod load;
mod measure;
mod report;
mod subject;
mod subjects;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::report::Report;

/// Times the same decisions in this engine, in other engines and in upstream oslo.policy.
#[derive(Debug, Parser)]
struct Arguments {
    /// The Python that has oslo.policy.
    #[arg(long, value_name = "PATH")]
    python: PathBuf,
    /// Write the figures here, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Fewer rounds, and nothing that takes upstream long.
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let report: Report = measure::measure(&arguments.python, arguments.quick)?;
    print!("{}", report.text());
    if let Some(path) = &arguments.json {
        std::fs::write(path, report.json()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(report.passes())
}
