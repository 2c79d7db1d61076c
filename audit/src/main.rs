//! `assay`, run as `cargo assay`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use assay::cli::Arguments;
use clap::Parser as _;

fn main() -> ExitCode {
    Arguments::parse().run()
}
