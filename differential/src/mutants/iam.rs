//! Generated worlds of the IAM half: laws judge, and the engines that are compiled in. The engine without a fault is
//! no judge.

use assay_case::Source;
use assay_case::iam::{Document, write_document};
use assay_engine::faults::Fault;
use assay_engine::iam::AsDocumented;
use assay_generate::iam::REQUESTS;

use super::report::{Mutant, Small};
use super::{Settings, armed, of};
use crate::iam::{judges, seek};

/// Runs a campaign of every seed on the engine with every fault, up to the first divergence.
pub(super) fn run(
    settings: &Settings,
    faults: &[Fault],
    mutants: &mut [Mutant],
    progress: &mut dyn FnMut(&str),
) {
    let judges = judges();
    for &fault in faults {
        let mutant = of(mutants, fault);
        for seed in 0..settings.seeds {
            let found = armed(fault, || seek::<AsDocumented>(seed, settings.cases, &judges));
            mutant.cases.push(found.as_ref().map(|found| (found.index + 1) * REQUESTS));
            let Some(found) = found else {
                // What all the cases of one seed do not show is left to the recorded ones.
                break;
            };
            let (theirs, ours) = &found.answers;
            let signature = format!("{}: {theirs}, engine {ours}", found.judge);
            let bytes = size(found.world);
            mutant.smallest.get_or_insert(Small { signature, bytes });
            mutant.by.insert(found.judge);
        }
    }
    if !faults.is_empty() {
        let found = mutants.iter().filter(|mutant| faults.contains(&mutant.fault) && mutant.is_hunted());
        progress(&format!("iam: {} of {} faults found by laws and engines", found.count(), faults.len()));
    }
}

/// How long the world is with nothing but what decides.
fn size(world: Document) -> usize {
    let bare = Document { about: None, source: Source::default(), ..world };
    write_document(&bare).len()
}
