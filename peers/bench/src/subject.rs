//! Who is measured, and how one asks.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use assay_scenarios::{Bench, Policy, Request, Scenario};
use cpu_time::ThreadTime;

/// Time for some decisions, and what they were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    pub(crate) time: Duration,
    pub(crate) allowed: bool,
}

/// One request, in the subject's own form: decides it so many times.
pub(crate) type Asked<'p> = Box<dyn FnMut(u64) -> Result<Timed, String> + 'p>;

/// Why a subject has no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It cannot be expressed, or is not asked: why.
    NotComparable(String),
    /// It decides otherwise: on what.
    Wrong(String),
}

/// An engine.
pub(crate) trait Subject {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// Which version it is, and how it is asked.
    fn about(&self) -> String;

    /// Takes a policy in.
    ///
    /// # Errors
    /// What cannot be expressed, or would not be fair.
    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String>;

    /// How long it takes to take in a policy, by what is done: from a policy file where it reads these, else from the
    /// text of a translation. Empty for one that does neither.
    ///
    /// # Errors
    /// What keeps it from doing so.
    fn loads(&self, _: &Policy, _file: &Path) -> Result<Vec<(&'static str, Duration)>, String> {
        Ok(Vec::new())
    }
}

/// A policy in the subject's own form.
pub(crate) trait Prepared {
    /// Takes a request in.
    ///
    /// # Errors
    /// What cannot be expressed.
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String>;
}

/// The loop that is timed.
pub(crate) fn timed(loops: u64, mut decide: impl FnMut() -> bool) -> Result<Timed, String> {
    let mut allowed = false;
    let started = ThreadTime::now();
    for _ in 0..loops {
        allowed = black_box(decide());
    }
    Ok(Timed { time: started.elapsed(), allowed })
}

/// How long something takes that may fail. What it makes is dropped after the clock has stopped.
pub(crate) fn clocked<T>(make: impl FnOnce() -> Result<T, String>) -> Result<Duration, String> {
    let started = ThreadTime::now();
    let made = black_box(make());
    let time = started.elapsed();
    made.map(|_| time)
}

/// The version of a crate that is compiled in, as the lock file has it.
pub(crate) fn version(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let lock = include_str!("../Cargo.lock");
    let found = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or("of unknown version", |(version, _)| version)
}
