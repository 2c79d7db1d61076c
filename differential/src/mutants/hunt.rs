//! Generated worlds: upstream decides each once, the engine once a fault.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_case::{EngineSubject, Request, Signature};
use assay_engine::faults::Fault;
use assay_generate::shrink::{Found, shrink};
use assay_generate::{Generator, Profile};

use super::report::{Mutant, Small};
use super::{MutantsError, Settings, armed, of};
use crate::campaign::pool;
use crate::campaign::run::{Amount, Settings as Campaign, Shard, batch, worlds};
use crate::compare::{Divergence, compare};
use crate::oracle::batch::Contents;
use crate::oracle::upstream::{Recipe, Upstream};
use crate::oracle::wire::{Reply, told};

/// For how many cases of the first seed a fault that was found is tried on with the other profiles.
const MATRIX: u64 = 20_000;

/// A fault in the campaign of a seed.
struct Hunted {
    fault: Fault,
    /// After how many cases it was found, by which signature, and on what.
    first: Option<(u64, Signature, Found)>,
    /// The profiles that found it.
    by: Vec<Profile>,
}

/// Hunts with each seed.
pub(super) fn run(
    settings: &Settings,
    faults: &[Fault],
    recipe: &Recipe,
    upstream: &mut Upstream,
    mutants: &mut [Mutant],
    progress: &mut dyn FnMut(&str),
) -> Result<(), MutantsError> {
    if faults.is_empty() {
        return Ok(());
    }
    for seed in 0..settings.seeds {
        let mut hunted: Vec<Hunted> =
            faults.iter().map(|&fault| Hunted { fault, first: None, by: Vec::new() }).collect();
        let matrix = if seed == 0 { MATRIX } else { 0 };
        let cases = hunt(settings, seed, matrix, recipe, &mut hunted)?;
        let found = hunted.iter().filter(|hunted| hunted.first.is_some()).count();
        progress(&format!("seed {seed}: {found} of {} faults found, {cases} cases asked", faults.len()));
        for Hunted { fault, first, by } in hunted {
            let mutant = of(mutants, fault);
            mutant.cases.push(first.as_ref().map(|(cases, ..)| *cases));
            mutant.by.extend(by.iter().map(|profile| profile.name().to_owned()));
            if let (None, Some((_, signature, found))) = (&mutant.smallest, first) {
                mutant.smallest = Some(small(fault, &signature, found, settings.tries, upstream));
            }
        }
    }
    Ok(())
}

/// One campaign; how many of its cases were decided until nothing was left to be found.
fn hunt(
    settings: &Settings,
    seed: u64,
    matrix: u64,
    recipe: &Recipe,
    hunted: &mut [Hunted],
) -> Result<u64, MutantsError> {
    let campaign = Campaign {
        seed,
        schedule: settings.schedule,
        amount: Amount::Cases(settings.cases),
        jobs: settings.jobs,
        shard: Shard::WHOLE,
        corpus: None,
        findings: PathBuf::new(),
        coverage: false,
    };
    let campaign = &campaign;
    let done = AtomicBool::new(false);
    let (mut decided, mut unfit) = (0, None);
    pool::run(
        recipe,
        settings.jobs,
        worlds(campaign).0.take_while(|_| !done.load(Ordering::Relaxed)),
        || {
            let generator = Generator::new(seed);
            move |index, order| (batch(&generator, campaign, index, order), ())
        },
        |batch, reply, ()| (batch.contents().into_owned(), reply.clone()),
        |index, (contents, reply)| {
            if done.load(Ordering::Relaxed) {
                return;
            }
            if let Some(divergence) = first(&contents, &reply) {
                unfit = Some(divergence.signature.to_string());
                done.store(true, Ordering::Relaxed);
                return;
            }
            let before = campaign.schedule.cases_before(index);
            let profile = campaign.schedule.profile(index);
            for hunted in hunted.iter_mut() {
                show(hunted, &contents, &reply, before, profile, matrix);
            }
            decided = before + contents.requests.len() as u64;
            let over = decided >= matrix && hunted.iter().all(|hunted| hunted.first.is_some());
            done.store(over, Ordering::Relaxed);
        },
    )?;
    match unfit {
        Some(signature) => Err(MutantsError::Unfit(signature)),
        None => Ok(decided),
    }
}

/// Shows a world to the engine with the fault, if anything is still to be learnt of it.
fn show(hunted: &mut Hunted, contents: &Contents, reply: &Reply, before: u64, profile: Profile, matrix: u64) {
    let wanted = hunted.first.is_none() || (before < matrix && !hunted.by.contains(&profile));
    let Some(divergence) = wanted.then(|| armed(hunted.fault, || first(contents, reply))).flatten() else {
        return;
    };
    if !hunted.by.contains(&profile) {
        hunted.by.push(profile);
    }
    let position = divergence.request.unwrap_or_default();
    let request = divergence.request.map(|position| contents.requests[position].clone());
    let found = Found { world: contents.world.clone(), request };
    hunted.first.get_or_insert((before + position as u64 + 1, divergence.signature, found));
}

/// The first request on which the engine, as it is armed, departs from upstream; before any, a rule.
fn first(contents: &Contents, reply: &Reply) -> Option<Divergence> {
    let (Contents { world, requests }, Reply { shapes, outcomes, .. }) = (contents, reply);
    let compared = compare(&EngineSubject, world, requests, shapes.as_deref(), outcomes);
    compared.divergences.into_iter().min_by_key(|divergence| divergence.request)
}

/// What was found, made small, upstream being asked about every candidate.
fn small(fault: Fault, signature: &Signature, found: Found, tries: usize, upstream: &mut Upstream) -> Small {
    let still = |candidate: &Found| {
        let requests: Vec<Request> = candidate.request.iter().cloned().collect();
        let Ok(reply) = upstream.decide(&candidate.world, &requests) else { return false };
        let Reply { shapes, outcomes, .. } = &reply;
        let compared = armed(fault, || {
            compare(&EngineSubject, &candidate.world, &requests, shapes.as_deref(), outcomes)
        });
        compared.divergences.iter().any(|divergence| divergence.signature == *signature)
    };
    let found = shrink(found, tries, still);
    let requests: Vec<Request> = found.request.into_iter().collect();
    Small { signature: signature.to_string(), bytes: told(&found.world, &requests, false).len() }
}
