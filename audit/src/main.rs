//! `assay`, run as `cargo assay`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use assay::cli::{Arguments, help};
use clap::FromArgMatches as _;

fn main() -> ExitCode {
    let matches = help::command().get_matches();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()).run()
}
