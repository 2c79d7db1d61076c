//! The recorded corpora: which of their files kill which faults, without Python.

use std::collections::BTreeMap;

use assay_case::iam::{agrees as iam_agrees, answer as iam_answer};
use assay_case::{EngineSubject, Entry, Subject, agrees, case_files, read_entries};
use assay_engine::faults::Area;

use super::report::Mutant;
use super::{MutantsError, Settings, armed};

/// A file with the faults that it kills.
pub(super) type Kills = BTreeMap<String, u64>;

/// Replays every file on the engine with every fault, up to the first case that disagrees.
pub(super) fn run(
    settings: &Settings,
    mutants: &mut [Mutant],
    progress: &mut dyn FnMut(&str),
) -> Result<Kills, MutantsError> {
    let mut files = Kills::new();
    for file in case_files(&settings.corpus)? {
        let entries = read_entries(&file)?;
        let name = file.strip_prefix(&settings.corpus).unwrap_or(&file).display().to_string();
        let cases = |entry: &Entry| match entry {
            Entry::Oslo(document) => document.cases.len(),
            Entry::Iam(document) => document.cases.len(),
        };
        if disagreeing(&entries, None).is_some() {
            return Err(MutantsError::Unfit(name));
        }
        let killed = files.entry(name.clone()).or_default();
        for mutant in &mut *mutants {
            let kills = armed(mutant.fault, || disagreeing(&entries, Some(mutant.fault.area())));
            if let Some(case) = kills {
                *killed += 1;
                mutant.files.push(name.clone());
                mutant.recorded.get_or_insert(mutant.shown + case);
            }
            mutant.shown += entries.iter().map(cases).sum::<usize>() as u64;
        }
    }
    let killed = mutants.iter().filter(|mutant| !mutant.files.is_empty()).count();
    progress(&format!("recorded corpora: {killed} of {} faults killed", mutants.len()));
    Ok(files)
}

/// The number of the first case that disagrees, from 1. A fault shows in the entries of its own half alone.
fn disagreeing(entries: &[Entry], area: Option<Area>) -> Option<u64> {
    let is_iam = area.map(|area| area == Area::Iam);
    let mut number = 0;
    for entry in entries {
        match entry {
            Entry::Oslo(document) if is_iam != Some(true) => {
                let world = EngineSubject.load(&document.world);
                if document.texts.as_ref().is_some_and(|texts| texts.difference(world.as_ref()).is_some()) {
                    return Some(number + 1);
                }
                for case in &document.cases {
                    number += 1;
                    let expected = case.expect.as_ref()?;
                    if !agrees(expected, &world.decide(&case.request)) {
                        return Some(number);
                    }
                }
            }
            Entry::Iam(document) if is_iam != Some(false) => {
                for (case, got) in document.cases.iter().zip(iam_answer(document)) {
                    number += 1;
                    if !iam_agrees(case.expect.as_ref()?, &got) {
                        return Some(number);
                    }
                }
            }
            Entry::Oslo(_) | Entry::Iam(_) => {}
        }
    }
    None
}
