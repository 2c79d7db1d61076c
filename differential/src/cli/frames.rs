//! `frames`: the batches of a campaign as the workers get them, each with its length before it.

use std::io::{BufWriter, Write as _, stdout};
use std::process::ExitCode;

use assay_generate::{GeneratedWorld, Generator, Schedule};
use clap::Args;

use super::{unusable, verdict};
use crate::oracle::{frame, wire};

/// The arguments of `frames`.
#[derive(Debug, Clone, Args)]
pub struct FramesArgs {
    /// The seed of the campaign.
    #[arg(long, value_name = "X", default_value_t = 0)]
    pub seed: u64,
    /// How many requests.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub cases: u64,
    /// What to generate, as `run` has it.
    #[arg(long, value_name = "P", default_value = "all")]
    pub profile: String,
}

/// Prints them: what `scripts/rates` gives a bare Python.
pub fn run(arguments: &FramesArgs) -> ExitCode {
    match print(arguments) {
        Ok(()) => ExitCode::from(verdict(true)),
        Err(error) => unusable(error),
    }
}

fn print(arguments: &FramesArgs) -> Result<(), String> {
    let schedule: Schedule = arguments.profile.parse().map_err(|error| format!("--profile: {error}"))?;
    let generator = Generator::try_new(arguments.seed).map_err(|error| error.to_string())?;
    let mut out = BufWriter::new(stdout().lock());
    for index in 0..schedule.worlds_of(arguments.cases) {
        let GeneratedWorld { world, requests } = generator.world(schedule.profile(index), index);
        frame::write(&mut out, &wire::frame(&world, &requests, true), false)
            .map_err(|error| error.to_string())?;
    }
    out.flush().map_err(|error| error.to_string())
}
