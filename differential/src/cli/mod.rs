//! The commands. Each gives exit code 0 when both sides agree, 1 when they do not, 2 when it cannot
//! be done, which is then said in a line on stderr.

/// Prints to stdout. A reader that went away is not an error of the question.
macro_rules! show {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = write!(std::io::stdout().lock(), $($text)*);
    }};
}

/// Prints a line to stdout; see `show`.
macro_rules! show_line {
    ($($text:tt)*) => {
        show!("{}\n", format_args!($($text)*))
    };
}

pub mod doctor;
pub mod draw;
#[cfg(feature = "upstream")]
pub mod frames;
pub mod from_fuzz;
pub mod fuzz;
#[cfg(feature = "iam-oracles")]
pub mod iam_speed;
pub mod merge;
pub mod mutants;
pub mod record;
pub mod replay;
mod replay_iam;
pub mod run;
mod run_iam;
pub mod services;
pub mod tables;
pub mod upstream_tests;

use std::fmt::Display;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Checks this project's policy engine against upstream oslo.policy.
#[derive(Debug, Parser)]
#[command(name = "cargo differential", bin_name = "cargo differential", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replays the corpora on both sides, then generates, compares, shrinks and reports.
    Run(run::RunArgs),
    /// Decides the cases of files and compares with upstream or with what is recorded.
    Replay(replay::ReplayArgs),
    /// Fills in, or refreshes, what upstream makes of the cases of files.
    Record(record::RecordArgs),
    /// Draws worlds, and writes those with something new in them to case files, with what upstream makes of them.
    Draw(draw::DrawArgs),
    /// Makes one report of several: shards, profiles, Pythons, versions of upstream.
    Merge(merge::MergeArgs),
    /// Runs upstream's own unit tests against the engine.
    UpstreamTests(upstream_tests::UpstreamTestsArgs),
    /// Decides on what real services register, and compares it with the documented policies.
    Services(services::ServicesArgs),
    /// Drives a fuzz target's property, from its seeds, on stable Rust.
    Fuzz(fuzz::FuzzArgs),
    /// Decodes inputs of fuzz targets to cases and compares them with upstream.
    FromFuzz(from_fuzz::FromFuzzArgs),
    /// Tries the engine with one fault at a time: which are found, by what, after how many cases.
    Mutants(mutants::MutantsArgs),
    /// Tells which Python and which oslo.policy the oracle runs, and how each was found.
    Doctor(doctor::DoctorArgs),
    /// Prints the tables of docs/tables.md: commands, profiles, subjects, versions, targets.
    Tables,
    /// Times the same IAM decisions by this engine and by Cedar.
    #[cfg(feature = "iam-oracles")]
    IamSpeed(iam_speed::IamSpeedArgs),
    /// Decides batches; started by the other commands.
    #[cfg(feature = "upstream")]
    #[command(hide = true)]
    Worker(crate::oracle::worker::WorkerArgs),
    /// Prints the batches of a campaign; started by `scripts/rates`.
    #[cfg(feature = "upstream")]
    #[command(hide = true)]
    Frames(frames::FramesArgs),
    /// Runs upstream's tests against one subject; started by `upstream-tests`.
    #[cfg(feature = "upstream")]
    #[command(hide = true)]
    UpstreamTestsWorker(crate::upstream_tests::worker::WorkerArgs),
}

impl Arguments {
    /// Does what was asked.
    #[must_use]
    pub fn run(self) -> ExitCode {
        match self.command {
            Command::Run(arguments) => run::run(&arguments),
            Command::Replay(arguments) => replay::run(&arguments),
            Command::Record(arguments) => record::run(&arguments),
            Command::Draw(arguments) => draw::run(&arguments),
            Command::Mutants(arguments) => mutants::run(&arguments),
            Command::Tables => tables::run(),
            Command::Merge(arguments) => merge::run(&arguments),
            Command::Services(arguments) => services::run(&arguments),
            Command::Fuzz(arguments) => fuzz::run(&arguments),
            Command::FromFuzz(arguments) => from_fuzz::run(&arguments),
            Command::Doctor(arguments) => doctor::run(&arguments),
            Command::UpstreamTests(arguments) => upstream_tests::run(&arguments),
            #[cfg(feature = "upstream")]
            Command::UpstreamTestsWorker(arguments) => crate::upstream_tests::worker::run(&arguments),
            #[cfg(feature = "upstream")]
            Command::Frames(arguments) => frames::run(&arguments),
            #[cfg(feature = "iam-oracles")]
            Command::IamSpeed(arguments) => iam_speed::run(&arguments),
            #[cfg(feature = "upstream")]
            Command::Worker(arguments) => crate::oracle::worker::run(&arguments),
        }
    }
}

/// Both sides agree.
const AGREED: u8 = 0;
/// They do not.
const DIVERGED: u8 = 1;
/// It cannot be done.
const UNUSABLE: u8 = 2;

/// The end of a command that could not be done.
fn unusable(error: impl Display) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(UNUSABLE)
}

const fn verdict(agreed: bool) -> u8 {
    if agreed { AGREED } else { DIVERGED }
}

/// The end of a command that needs upstream in a build that has none.
#[cfg(not(feature = "upstream"))]
fn without_upstream(command: &str) -> ExitCode {
    unusable(format_args!("{command} needs upstream, and this build has none (feature `upstream` is off)"))
}

/// Everything that starting workers takes: the environment is made if it is missing.
#[cfg(feature = "upstream")]
fn recipe(batch_seconds: Option<u64>) -> Result<crate::oracle::upstream::Recipe, String> {
    use crate::oracle::{environment::Environment, process::Limits, upstream::Recipe};

    let program =
        std::env::current_exe().map_err(|error| format!("this program cannot be found again: {error}"))?;
    let environment = Environment::ensure().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    if let Some(seconds) = batch_seconds {
        limits.batch_seconds = seconds;
    }
    Ok(Recipe { program, environment, limits, coverage: None })
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
