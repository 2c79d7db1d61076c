//! One run: the corpora, then as many generated worlds as were asked for.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use assay_case::{ReadError, Subject};
use assay_generate::shrink::Found;
use assay_generate::{GeneratedWorld, Generator, PolicyError, Schedule};
use thiserror::Error;

use super::corpora;
use super::coverage::{CoverageError, gather};
use super::finding::investigate;
use super::pool;
use super::statistics::{Digest, Foreseen, Seen};
use crate::compare::{Divergence, Said};
use crate::oracle::batch::{Batch, Contents};
use crate::oracle::process::WorkerError;
use crate::oracle::upstream::{Recipe, Upstream};
pub use crate::report::{Amount, InvalidShard, Shard};
use crate::report::{Corpora, Finding, Kind, Part, Report, Versions};

/// What a run does.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed of all randomness.
    pub seed: u64,
    /// Which profiles.
    pub schedule: Schedule,
    /// How much.
    pub amount: Amount,
    /// How many workers.
    pub jobs: usize,
    /// Which part.
    pub shard: Shard,
    /// The corpora to replay first; `None` for none.
    pub corpus: Option<PathBuf>,
    /// Where findings go.
    pub findings: PathBuf,
    /// Whether to measure which of upstream's branches are taken; the run is slower then.
    pub coverage: bool,
}

impl Settings {
    /// The index in the campaign of the batch that is the shard's `order`th.
    pub(super) const fn world_index(&self, order: u64) -> u64 {
        order * self.shard.of + self.shard.index
    }

    /// What is done, without what comes of it.
    fn part(&self, versions: Versions) -> Part {
        Part {
            seed: self.seed,
            profile: self.schedule.to_string(),
            amount: self.amount,
            shard: self.shard,
            jobs: self.jobs,
            versions,
            worlds: 0,
            cases: 0,
            seconds: 0.0,
            digest: Digest::default(),
        }
    }
}

/// A run cannot be done, or not be finished.
#[derive(Debug, Error)]
pub enum RunError {
    /// A corpus cannot be read.
    #[error(transparent)]
    Corpus(#[from] ReadError),
    /// A documented policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Upstream cannot be run.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// What was taken of upstream cannot be told.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// No directory could be made for the workers' measurements.
    #[error("a temporary directory cannot be made: {0}")]
    Scratch(#[source] std::io::Error),
    /// A finding cannot be saved.
    #[error("{path}: a finding cannot be saved: {cause}")]
    Save {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// Who looks on, from one thread at a time.
pub trait Watcher: Send {
    /// The corpora are done.
    fn corpora(&mut self, _corpora: &Corpora) {}
    /// So many of so many requests are done; the second is `None` when a time is given.
    fn progress(&mut self, _cases: u64, _of: Option<u64>) {}
    /// Something was found, and is on disk.
    fn finding(&mut self, _finding: &Finding) {}
}

/// Looks at nothing.
impl Watcher for () {}

/// What a worker's thread makes of a batch.
struct Compared {
    seen: Seen,
    divergences: Vec<(Divergence, Found)>,
}

/// Does a run.
///
/// # Errors
/// See [`RunError`]. What was found before the error is on disk.
pub fn run(
    settings: &Settings,
    recipe: &Recipe,
    subject: &dyn Subject,
    watcher: &mut dyn Watcher,
) -> Result<Report, RunError> {
    let started = Instant::now();
    // Each worker's thread has its own; that one can be made at all is known from here on.
    Generator::try_new(settings.seed)?;
    // It tells the versions, and shrinks when there is something to shrink.
    let mut upstream = Upstream::start(recipe.clone())?;
    let measured = settings.coverage.then(tempfile::tempdir).transpose().map_err(RunError::Scratch)?;
    let recipe = &Recipe {
        coverage: measured.as_ref().map(|directory| directory.path().to_owned()),
        ..recipe.clone()
    };
    let corpora = match &settings.corpus {
        None => Corpora::default(),
        Some(root) => {
            let documents = corpora::read(std::slice::from_ref(root))?;
            corpora::replay(recipe, settings.jobs, subject, root, &documents)?
        }
    };
    watcher.corpora(&corpora);

    let versions = Versions::of(upstream.facts());
    let mut report = Report::new(Kind::Run, versions.clone(), subject.name(), corpora);
    let mut saved = Ok(());
    // Until then workers start.
    let began = OnceLock::new();
    // From then on they end.
    let mut compared = None;
    let (worlds, total) = worlds(settings);
    pool::run(
        recipe,
        settings.jobs,
        worlds,
        || {
            let generator = Arc::new(Generator::new(settings.seed));
            let Settings { schedule, amount, .. } = *settings;
            let began = &began;
            move |index, order| {
                began.get_or_init(Instant::now);
                let mut batch = batch(&generator, settings, index, order);
                let Contents { world, requests } = &*batch.contents();
                let said = Said::by(subject, world, requests, batch.wants_shapes());
                let foreseen = Foreseen::of(schedule.profile(index), index, &batch);
                let generator = generator.clone();
                batch.let_go(move || contents(&generator, schedule, amount, index));
                (batch, (said, foreseen))
            }
        },
        |batch, reply, (said, foreseen)| {
            let compared = said.beside(reply.shapes.as_deref(), &reply.outcomes);
            let seen = Seen::of(foreseen, reply, &compared.answers);
            if compared.divergences.is_empty() {
                return Compared { seen, divergences: Vec::new() };
            }
            let Contents { world, requests } = &*batch.contents();
            let found = |divergence: Divergence| {
                let request = divergence.request.map(|position| requests[position].clone());
                (divergence, Found { world: world.clone(), request })
            };
            Compared { seen, divergences: compared.divergences.into_iter().map(found).collect() }
        },
        |order, Compared { seen, divergences }| {
            report.add(&seen);
            let place = (seen.profile, settings.world_index(order));
            for (divergence, found) in divergences {
                if report.count(&divergence.signature) || saved.is_err() {
                    continue;
                }
                let known = report.findings.len();
                let made = investigate(
                    divergence.signature,
                    found,
                    place,
                    known,
                    subject,
                    &mut upstream,
                    &settings.findings,
                );
                match made {
                    Ok(finding) => {
                        watcher.finding(&finding);
                        report.findings.push(finding);
                    }
                    Err(cause) => saved = Err(RunError::Save { path: settings.findings.clone(), cause }),
                }
            }
            watcher.progress(report.all.cases, total);
            compared = Some(Instant::now());
        },
    )?;
    let campaign = began.get().zip(compared).map_or(Duration::ZERO, |(began, compared)| compared - *began);
    saved?;
    if let Some(directory) = measured {
        report.coverage = Some(gather(&upstream.facts().executable, directory.path())?);
    }
    report.finish(settings.part(versions), campaign, started.elapsed());
    Ok(report)
}

/// The batch at an index of the campaign.
pub(crate) fn batch(generator: &Generator, settings: &Settings, index: u64, order: u64) -> Batch {
    let Contents { world, requests } = contents(generator, settings.schedule, settings.amount, index);
    let profile = settings.schedule.profile(index);
    // Rules that are the same in every world need not be written out for each.
    let shapes = !profile.has_fixed_rules() || index < Schedule::ROUND;
    Batch::new(order, world, requests, shapes)
}

/// What the batch at an index of the campaign holds.
fn contents(generator: &Generator, schedule: Schedule, amount: Amount, index: u64) -> Contents {
    let GeneratedWorld { world, mut requests } = generator.world(schedule.profile(index), index);
    if let Amount::Cases(cases) = amount {
        // The last world is cut to the number that was asked for.
        let left = cases.saturating_sub(schedule.cases_before(index));
        requests.truncate(usize::try_from(left).unwrap_or(usize::MAX));
    }
    Contents { world, requests }
}

/// The indices of the worlds of this shard, and how many requests they hold if that is known.
pub(crate) fn worlds(settings: &Settings) -> (Box<dyn Iterator<Item = u64> + Send>, Option<u64>) {
    let Shard { index, of } = settings.shard;
    let step = usize::try_from(of).unwrap_or(usize::MAX);
    let schedule = settings.schedule;
    let end = schedule.worlds().unwrap_or(u64::MAX);
    match settings.amount {
        Amount::Cases(cases) => {
            let indices = (index..schedule.worlds_of(cases).min(end)).step_by(step);
            let size =
                |index: u64| schedule.cases_before(index + 1).min(cases) - schedule.cases_before(index);
            let total = indices.clone().map(size).sum();
            (Box::new(indices), Some(total))
        }
        Amount::Everything => {
            let indices = (index..end).step_by(step);
            (Box::new(indices), Some(schedule.cases_before(end).div_ceil(of)))
        }
        Amount::Time(time) => {
            // The clock starts with the first world: until then workers start, and that may take long.
            let mut started = None;
            let in_time = move |_: &u64| started.get_or_insert_with(Instant::now).elapsed() < time;
            (Box::new((index..end).step_by(step).take_while(in_time)), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use assay_generate::Profile;

    use super::*;

    /// Cases go with their worlds: a world's requests hang on its index alone.
    #[test]
    fn every_world_is_in_exactly_one_shard_for_any_number_of_shards() {
        for (schedule, cases) in [(Schedule::All, 5_000), (Schedule::One(Profile::File), 333)] {
            let of_shard = |shard| {
                let settings = Settings {
                    seed: 1,
                    schedule,
                    amount: Amount::Cases(cases),
                    jobs: 1,
                    shard,
                    corpus: None,
                    findings: PathBuf::new(),
                    coverage: false,
                };
                let (indices, total) = worlds(&settings);
                (indices.collect::<Vec<_>>(), total.expect("a number"))
            };
            let (whole, total) = of_shard(Shard::WHOLE);
            assert_eq!((whole.clone(), total), ((0..schedule.worlds_of(cases)).collect(), cases));
            for of in 1..=40 {
                let shards = (0..of).map(|index| of_shard(Shard { index, of }));
                let (indices, totals): (Vec<_>, Vec<_>) = shards.unzip();
                let mut indices = indices.concat();
                indices.sort_unstable();
                assert_eq!((indices, totals.iter().sum::<u64>()), (whole.clone(), cases), "{of} shards");
            }
        }
    }
}
