//! A divergence, made small and put on disk.

use std::io;
use std::path::{Path, PathBuf};

use assay_case::{Ask, Case, Document, Outcome, Request, Signature, Source, Subject, World, write_file};
use assay_engine::oslo::python::Value;
use assay_generate::Profile;
use assay_generate::shrink::{Found, shrink};
use sha2::{Digest as _, Sha256};

use super::trace;
use crate::compare::compare;
use crate::oracle::interpreter::Facts;
use crate::oracle::upstream::Upstream;
use crate::oracle::wire::{Reply, told};
use crate::python_line::python_line;
use crate::report::Finding;
use crate::report::merge::shell_word as quoted;

/// How many candidates a shrink may try. Each takes upstream a few milliseconds.
const TRIES: usize = 2000;

/// How many findings of a run are shrunk. A subject that is wrong everywhere has many, and a person
/// who looks at these has enough to do; the others are saved as they were found.
const MOST_SHRUNK: usize = 20;

/// Saves what was found as it is, so that nothing is lost if the run ends here; then shrinks it and
/// saves the small case in its place. `known` findings were made before it; `place` is where it was met.
///
/// # Errors
/// A directory that cannot be written to.
pub fn investigate(
    signature: Signature,
    found: Found,
    (profile, index): (Profile, u64),
    known: usize,
    subject: &dyn Subject,
    upstream: &mut Upstream,
    directory: &Path,
) -> io::Result<Finding> {
    let (raw, _) = name(&found, directory);
    // A file that was there before is another finding's, or a kept regression.
    let kept = raw.exists();
    if !kept {
        save(&signature, &found, upstream, directory)?;
    }
    let tries = if known < MOST_SHRUNK { TRIES } else { 0 };
    let small = shrink(found, tries, |candidate| shows(candidate, &signature, subject, upstream));
    let (file, case) = save(&signature, &small, upstream, directory)?;
    if raw != file && !kept {
        std::fs::remove_file(raw)?;
    }
    let python = match small.world.service() {
        None => python_line(&quoted(&upstream.facts().executable), &small.world, small.request.as_ref()),
        Some(_) => format!("cargo differential replay --oracle upstream {}", quoted(&file)),
    };
    let trace = trace::of(&small, subject, upstream);
    Ok(Finding {
        signature,
        profile,
        index,
        trace,
        replay: format!("cargo differential replay {}", quoted(&file)),
        python,
        file,
        case,
        count: 1,
    })
}

/// Whether a case still shows a finding with the same signature.
fn shows(candidate: &Found, signature: &Signature, subject: &dyn Subject, upstream: &mut Upstream) -> bool {
    let requests: Vec<Request> = candidate.request.iter().cloned().collect();
    // A worker that cannot be replaced ends the run where the next batch meets it.
    let Ok(reply) = upstream.decide(&candidate.world, &requests) else {
        return false;
    };
    let Reply { shapes, outcomes, .. } = &reply;
    let compared = compare(subject, &candidate.world, &requests, shapes.as_deref(), outcomes);
    compared.divergences.iter().any(|divergence| divergence.signature == *signature)
}

fn save(
    signature: &Signature,
    found: &Found,
    upstream: &mut Upstream,
    directory: &Path,
) -> io::Result<(PathBuf, String)> {
    let (file, request) = name(found, directory);
    // Steps are written all or none.
    let requests = match found.world.service() {
        Some(service) if !service.steps.is_empty() => service.calls(),
        _ => vec![request],
    };
    let outcomes = upstream.decide(&found.world, &requests).map_or(Vec::new(), |reply| reply.outcomes);
    let document = Document {
        file: file.clone(),
        about: Some(format!("found by a campaign: {signature}")),
        ..document(&found.world, requests, outcomes, upstream.facts())
    };
    std::fs::create_dir_all(directory)?;
    write_file(&file, std::slice::from_ref(&document))?;
    Ok((file, assay_case::write_document(&document)))
}

/// Where a finding is saved, and the request that it is saved with.
fn name(found: &Found, directory: &Path) -> (PathBuf, Request) {
    let request = found.request.clone().unwrap_or_else(|| first_rule(&found.world));
    (directory.join(format!("{}.yaml", hash(&found.world, &request))), request)
}

/// What is asked where the rules alone show the finding.
fn first_rule(world: &World) -> Request {
    if let Some(step) = world.service().and_then(|service| service.calls().pop()) {
        return step;
    }
    let name = world.rules().first().map_or_else(String::new, |(name, _)| name.clone());
    let empty = || Value::dict::<String>([]);
    Request { ask: Ask::Rule(name), creds: empty(), target: empty() }
}

/// What upstream makes of requests; those that it could not be asked have no expectation.
pub(crate) fn document(
    world: &World,
    requests: Vec<Request>,
    outcomes: Vec<Outcome>,
    facts: &Facts,
) -> Document {
    let expectations = outcomes.into_iter().map(Some).chain(std::iter::repeat(None));
    let case = |(request, expect)| Case { name: None, request, expect, stated: None, quote: None };
    Document {
        file: PathBuf::new(),
        line: 1,
        comment: Vec::new(),
        about: None,
        source: source(facts),
        texts: None,
        world: world.clone(),
        cases: requests.into_iter().zip(expectations).map(case).collect(),
    }
}

/// Where expectations that this oracle records come from.
#[must_use]
pub fn source(facts: &Facts) -> Source {
    let mut version = facts.python_version.splitn(3, '.');
    let (major, minor) = (version.next().unwrap_or_default(), version.next().unwrap_or_default());
    Source {
        document: None,
        derived: None,
        oracle: Some(format!("oslo.policy {}", facts.oslo_policy_version)),
        python: Some(format!("{major}.{minor}")),
    }
}

/// The name of a case: of what it asks, not of the bytes that led there.
fn hash(world: &World, request: &Request) -> String {
    let digest = Sha256::digest(told(world, std::slice::from_ref(request), true));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
