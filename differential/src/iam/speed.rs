//! The same decisions by Cedar and by this engine, in one run: `iam-speed`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use assay_engine::iam::decide;
use assay_generate::iam::{REQUESTS, world};

use super::oracle::{Cedar, CedarWorld, Oracle as _};

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    /// Decisions of each.
    pub decisions: u64,
    /// Time in this engine's decisions.
    pub engine: Duration,
    /// Time in Cedar's.
    pub cedar: Duration,
}

/// Decides generated requests with both. Only deciding is timed: policies and requests are in each engine's own form
/// before. The two take turns by the world, so that whatever slows the machine slows both.
///
/// # Errors
/// A world that one of them does not take.
pub fn measure(seed: u64, cases: u64) -> Result<Speed, String> {
    let mut speed = Speed { decisions: 0, engine: Duration::ZERO, cedar: Duration::ZERO };
    let capability = Cedar.capability();
    for index in 0..cases.div_ceil(REQUESTS) {
        let drawn = world(seed, &capability, index);
        let loaded = assay_case::iam::load(&drawn).map_err(|answer| answer.to_string())?;
        let requests =
            drawn.cases.iter().map(assay_case::iam::Case::request).collect::<Result<Vec<_>, _>>()?;
        let theirs = CedarWorld::new(&drawn)?;
        let translated =
            drawn.cases.iter().map(|case| theirs.request(case)).collect::<Result<Vec<_>, _>>()?;
        let ours = loaded.world();
        // Once without a clock, so that neither pays for cold memory.
        requests.iter().for_each(|request| drop(black_box(decide(&ours, request))));
        translated.iter().for_each(|request| drop(black_box(theirs.decide(request))));
        let started = Instant::now();
        requests.iter().for_each(|request| drop(black_box(decide(&ours, request))));
        speed.engine += started.elapsed();
        let started = Instant::now();
        translated.iter().for_each(|request| drop(black_box(theirs.decide(request))));
        speed.cedar += started.elapsed();
        speed.decisions += requests.len() as u64;
    }
    Ok(speed)
}

impl Speed {
    /// One line for people.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "printed with two digits")]
    pub fn text(&self) -> String {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / self.decisions.max(1) as f64;
        let (engine, cedar) = (each(self.engine), each(self.cedar));
        format!(
            "{} decisions: engine {engine:.2} µs each, {} {cedar:.2} µs each, {:.1} times",
            self.decisions,
            Cedar.name(),
            cedar / engine
        )
    }
}
