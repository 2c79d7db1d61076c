//! The upstream oracle for tests: there, or failing with the doctor's message. (`ASSAY_UPSTREAM=off` makes the build
//! script mark what needs it as ignored.)

use std::path::Path;

use assay_case::Spelled;
use assay_differential::oracle::environment::Environment;
use assay_differential::oracle::marshal::Marshal;
use assay_differential::oracle::process::{Limits, WorkerProcess};
use assay_differential::oracle::upstream::Recipe;

/// The harness's own binary, of which workers are made.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_assay-differential");

/// The environment of upstream; where it is missing, the test fails with the line that `doctor` would print.
pub(crate) fn upstream() -> Environment {
    Environment::ensure().unwrap_or_else(|error| panic!("{error}"))
}

/// A worker in that environment.
#[allow(dead_code)]
pub(crate) fn worker(environment: &Environment, limits: Limits) -> WorkerProcess {
    match WorkerProcess::spawn(Path::new(PROGRAM), environment, limits, None) {
        Ok((worker, _)) => worker,
        Err(error) => panic!("{error}"),
    }
}

/// A frame that is told in JSON, its values spelled as in case files.
#[allow(dead_code)]
pub(crate) fn frame_of(told: &serde_json::Value) -> Vec<u8> {
    let Spelled(value) = serde_json::from_value(told.clone()).expect("a frame");
    let mut frame = Marshal::default();
    frame.value(&value);
    frame.into_bytes()
}

/// What campaigns start workers from.
#[allow(dead_code)]
pub(crate) fn recipe() -> Recipe {
    Recipe { program: PROGRAM.into(), environment: upstream(), limits: Limits::default(), coverage: None }
}
