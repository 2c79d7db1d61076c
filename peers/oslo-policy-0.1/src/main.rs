//! Answers the harness's questions with the crate `oslo-policy` 0.1.0.

use std::io::{stdin, stdout};
use std::process::ExitCode;

use assay_case::serve;
use peer_oslo_policy_0_1::OsloPolicy01;

fn main() -> ExitCode {
    match serve(&OsloPolicy01, stdin().lock(), stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
