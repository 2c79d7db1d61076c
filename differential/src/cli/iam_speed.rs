//! `iam-speed`: the same IAM decisions by this engine and by Cedar, timed in one run.

use std::process::ExitCode;

use clap::Args;

use super::{unusable, verdict};
use crate::iam::speed::measure;

/// The arguments of `iam-speed`.
#[derive(Debug, Clone, Args)]
pub struct IamSpeedArgs {
    /// How many decisions.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub cases: u64,
    /// The seed of the worlds.
    #[arg(long, value_name = "X", default_value_t = 0)]
    pub seed: u64,
}

/// Measures and prints a line.
pub fn run(arguments: &IamSpeedArgs) -> ExitCode {
    match measure(arguments.seed, arguments.cases) {
        Ok(speed) => {
            show_line!("{}", speed.text());
            ExitCode::from(verdict(true))
        }
        Err(error) => unusable(error),
    }
}
