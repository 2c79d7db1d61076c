//! `assay-differential`, run as `cargo differential`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use assay_differential::cli::Arguments;
use clap::Parser as _;

fn main() -> ExitCode {
    Arguments::parse().run()
}
