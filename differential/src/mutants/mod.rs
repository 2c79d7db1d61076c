//! The engine with one fault at a time: which faults the harness finds, and how soon.
//!
//! - [`hunt`] generates and asks upstream once, and shows every world to the engine armed with each fault.
//! - [`recorded`] replays the corpora on the armed engine.
//! - [`iam`] does both for the half that has no upstream.
//! - [`report`] says what came of it.

pub mod hunt;
pub mod iam;
pub mod recorded;
pub mod report;

use std::path::PathBuf;

use assay_case::ReadError;
use assay_engine::faults::{Area, Fault, arm};
use assay_generate::Schedule;
use thiserror::Error;

use crate::campaign::run::RunError;
use crate::oracle::process::WorkerError;
use crate::oracle::upstream::{Recipe, Upstream};
use crate::report::Versions;
use report::{Mutant, Report};

/// What is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The faults, in order.
    pub faults: Vec<Fault>,
    /// How many seeds, from 0.
    pub seeds: u64,
    /// How many cases a seed has.
    pub cases: u64,
    /// Which profiles.
    pub schedule: Schedule,
    /// How many workers ask upstream.
    pub jobs: usize,
    /// How many candidates the shrinking of a finding may try; 0 leaves findings as they are.
    pub tries: usize,
    /// The recorded corpora.
    pub corpus: PathBuf,
}

/// The faults cannot be tried.
#[derive(Debug, Error)]
pub enum MutantsError {
    /// A corpus cannot be read.
    #[error(transparent)]
    Corpus(#[from] ReadError),
    /// Upstream cannot be run.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The campaign cannot be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Without any fault the engine does not agree, so no fault can be told from that.
    #[error("without a fault the engine disagrees already: {0}")]
    Unfit(String),
}

/// Tries every fault. `progress` is told what is being done.
///
/// # Errors
/// See [`MutantsError`].
pub fn run(
    settings: &Settings,
    recipe: &Recipe,
    progress: &mut dyn FnMut(&str),
) -> Result<Report, MutantsError> {
    let (iam, oslo): (Vec<Fault>, Vec<Fault>) =
        settings.faults.iter().partition(|fault| fault.area() == Area::Iam);
    let mut upstream = Upstream::start(recipe.clone())?;
    let versions = Versions::of(upstream.facts());
    quietly(|| {
        let mut mutants: Vec<Mutant> = settings.faults.iter().copied().map(Mutant::new).collect();
        hunt::run(settings, &oslo, recipe, &mut upstream, &mut mutants, progress)?;
        iam::run(settings, &iam, &mut mutants, progress);
        let files = recorded::run(settings, &mut mutants, progress)?;
        Ok(Report::new(settings, versions, mutants, files))
    })
}

/// Runs with a fault armed.
fn armed<T>(fault: Fault, run: impl FnOnce() -> T) -> T {
    let before = arm(Some(fault));
    let result = run();
    arm(before);
    result
}

/// Runs without a word of panics: a fault may cause one, which is caught and counts as a finding.
fn quietly<T>(run: impl FnOnce() -> T) -> T {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = run();
    std::panic::set_hook(hook);
    result
}

/// The mutant of a fault.
fn of(mutants: &mut [Mutant], fault: Fault) -> &mut Mutant {
    let found = mutants.iter_mut().find(|mutant| mutant.fault == fault);
    found.expect("every fault that is tried has its mutant")
}
