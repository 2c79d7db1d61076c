//! From a policy file of 10,000 rules to a policy that can be asked.

use std::path::Path;
use std::time::{Duration, Instant};

use assay_scenarios::{policy_file, wide};

use crate::report::{Figure, Load, nanoseconds};
use crate::subject::Subject;
use crate::subjects::upstream::Python;

/// How many rules the file has.
pub(crate) const RULES: usize = 10_000;
/// Who takes longer than this is asked once.
const SLOW: Duration = Duration::from_secs(2);

/// Measures all loads, in rounds.
///
/// # Errors
/// A file that cannot be written, or an upstream that does not read it.
pub(crate) fn measure(
    subjects: &[&dyn Subject],
    python: &Python,
    rounds: usize,
    quick: bool,
) -> Result<Vec<Load>, String> {
    let policy = wide(RULES).policy;
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = directory.path().join("policy.yaml");
    std::fs::write(&path, policy_file(&policy)).map_err(|error| format!("{}: {error}", path.display()))?;

    let mut loads = Loads::default();
    let mut done = vec![false; subjects.len()];
    for round in 0..rounds {
        for (subject, done) in subjects.iter().zip(&mut done).filter(|(_, done)| !**done) {
            let started = Instant::now();
            match subject.loads(&policy, &path) {
                Ok(times) => times.into_iter().for_each(|(name, time)| loads.add(name, time)),
                Err(error) => {
                    loads.failed.push(Load { name: subject.name().to_owned(), figure: Err(error) });
                    *done = true;
                }
            }
            *done |= started.elapsed() > SLOW;
        }
        // One of upstream's rounds takes six seconds.
        if round < if quick { 1 } else { 3 } {
            upstream(python, &path, round, &mut loads)?;
        }
    }
    let measured =
        loads.measured.into_iter().map(|(name, samples)| Load { name, figure: Ok(Figure::of(samples)) });
    Ok(measured.chain(loads.failed).collect())
}

fn upstream(python: &Python, path: &Path, round: usize, loads: &mut Loads) -> Result<(), String> {
    let (loaded, reloaded) = python.load_file(path, Some(round as u64 * 10 + 10))?;
    loads.add("upstream: Enforcer.load_rules", loaded);
    if let Some(reloaded) = reloaded {
        loads.add("upstream: Enforcer.load_rules of a file that has changed", reloaded);
    }
    loads.add("upstream: Rules.load of the text alone", python.read_file(path)?);
    Ok(())
}

#[derive(Default)]
struct Loads {
    measured: Vec<(String, Vec<f64>)>,
    failed: Vec<Load>,
}

impl Loads {
    fn add(&mut self, name: &str, time: Duration) {
        match self.measured.iter_mut().find(|(known, _)| known == name) {
            Some((_, samples)) => samples.push(nanoseconds(time)),
            None => self.measured.push((name.to_owned(), vec![nanoseconds(time)])),
        }
    }
}
