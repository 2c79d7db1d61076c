//! The upstream oracle for tests: there, failing with the doctor's message, or switched off.

use std::path::Path;

use assay_differential::oracle::environment::Environment;
use assay_differential::oracle::process::{Limits, WorkerProcess};
use assay_differential::oracle::upstream::Recipe;

/// The harness's own binary, of which workers are made.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_assay-differential");

/// The environment of upstream. `None`, with a line of explanation, where `ASSAY_UPSTREAM=off` says that there is
/// none; where it is missing without that being said, the test fails with the line that `doctor` would print.
pub(crate) fn upstream() -> Option<Environment> {
    if std::env::var_os("ASSAY_UPSTREAM").is_some_and(|value| value == "off") {
        println!("not run: ASSAY_UPSTREAM=off");
        return None;
    }
    Some(Environment::ensure().unwrap_or_else(|error| panic!("{error}")))
}

/// A worker in that environment.
#[allow(dead_code)]
pub(crate) fn worker(environment: &Environment, limits: Limits) -> WorkerProcess {
    match WorkerProcess::spawn(Path::new(PROGRAM), environment, limits) {
        Ok((worker, _)) => worker,
        Err(error) => panic!("{error}"),
    }
}

/// What campaigns start workers from.
#[allow(dead_code)]
pub(crate) fn recipe() -> Option<Recipe> {
    let environment = upstream()?;
    Some(Recipe { program: PROGRAM.into(), environment, limits: Limits::default() })
}
