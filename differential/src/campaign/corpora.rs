//! The recorded corpora, replayed on both sides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_case::{
    Case, Document, Entry, Outcome, ReadError, Request, Subject, agrees, case_files, read_entries,
};
use serde::Serialize;

use super::pool;
use crate::compare::{Comparison, compare};
use crate::oracle::process::WorkerError;
use crate::oracle::upstream::Recipe;
use crate::oracle::wire::{Batch, Reply};

/// Requests in one frame: the more, the less the rules of a big policy cost.
const BATCH: usize = 100;

/// A case whose two sides, or whose recording, differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The case's file.
    pub file: PathBuf,
    /// The case's name, or what it asks.
    pub case: String,
    /// What is recorded, if anything is.
    pub recorded: Option<String>,
    /// What upstream says now.
    pub upstream: String,
    /// What the subject says.
    pub subject: String,
}

/// A statement of a document that upstream does not bear out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The document.
    pub document: String,
    /// The case's file.
    pub file: PathBuf,
    /// The fact that the case states.
    pub case: String,
    /// The document's words.
    pub quote: Option<String>,
    /// What they come to.
    pub stated: String,
    /// What upstream says.
    pub upstream: String,
}

/// What came of the corpora.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Corpora {
    /// Cases by the first folder under the corpus.
    pub cases: BTreeMap<String, u64>,
    /// How many files there are.
    pub files: u64,
    /// Everything that does not agree.
    pub disagreements: Vec<Disagreement>,
    /// Where the documents and upstream part. These are findings about the documents, not failures.
    pub contradictions: Vec<Contradiction>,
}

/// Reads all documents at some paths that upstream can decide: those of `kind: iam` are left out.
///
/// # Errors
/// The first file that cannot be used.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Document>, ReadError> {
    let mut documents = Vec::new();
    for path in paths {
        for file in case_files(path)? {
            documents.extend(read_entries(&file)?.into_iter().filter_map(Entry::oslo));
        }
    }
    Ok(documents)
}

/// Upstream's outcome and the subject's answer to each case of a document.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What upstream says, case by case.
    pub outcomes: Vec<Outcome>,
    /// The subject's side.
    pub comparison: Comparison,
}

/// Decides documents on both sides; results come in order, with the position of their document.
///
/// # Errors
/// A worker that could not be started or replaced.
pub fn decide(
    recipe: &Recipe,
    jobs: usize,
    subject: &dyn Subject,
    documents: &[Document],
    mut sink: impl FnMut(usize, &[Case], Decided),
) -> Result<(), WorkerError> {
    let chunks: Vec<(usize, &[Case])> = documents
        .iter()
        .enumerate()
        .flat_map(|(position, document)| document.cases.chunks(BATCH).map(move |cases| (position, cases)))
        .collect();
    pool::run(
        recipe,
        jobs,
        chunks.iter(),
        || {
            |(position, cases): &(usize, &[Case]), index| Batch {
                index,
                world: documents[*position].world.clone(),
                requests: cases.iter().map(|case| case.request.clone()).collect::<Vec<Request>>(),
                shapes: true,
            }
        },
        |batch, Reply { shapes, outcomes, .. }| Decided {
            comparison: compare(subject, &batch.world, &batch.requests, shapes.as_deref(), outcomes),
            outcomes: outcomes.clone(),
        },
        |index, decided| {
            let (position, cases) = chunks[usize::try_from(index).unwrap_or(usize::MAX)];
            sink(position, cases, decided);
        },
    )
}

/// Replays a corpus: what is recorded, what upstream says and what the subject says must be one.
///
/// # Errors
/// As [`decide`].
pub fn replay(
    recipe: &Recipe,
    jobs: usize,
    subject: &dyn Subject,
    root: &Path,
    documents: &[Document],
) -> Result<Corpora, WorkerError> {
    let mut corpora = Corpora::default();
    let mut files: Vec<&Path> = documents.iter().map(|document| document.file.as_path()).collect();
    files.dedup();
    corpora.files = files.len() as u64;
    decide(recipe, jobs, subject, documents, |position, cases, decided| {
        let document = &documents[position];
        *corpora.cases.entry(folder(root, &document.file)).or_default() += cases.len() as u64;
        add(&mut corpora, document, cases, &decided);
    })?;
    Ok(corpora)
}

fn add(corpora: &mut Corpora, document: &Document, cases: &[Case], decided: &Decided) {
    for divergence in decided.comparison.divergences.iter().filter(|divergence| divergence.request.is_none())
    {
        corpora.disagreements.push(Disagreement {
            file: document.file.clone(),
            case: "the rules".to_owned(),
            recorded: None,
            upstream: divergence.signature.expected.clone(),
            subject: divergence.signature.got.clone(),
        });
    }
    for ((case, upstream), answer) in cases.iter().zip(&decided.outcomes).zip(&decided.comparison.answers) {
        // What this Python says of a poisoned case need not be what the recorded one said.
        let recorded = case.expect.as_ref() == Some(upstream) || matches!(upstream, Outcome::Poisoned(_));
        if !recorded || !agrees(upstream, answer) {
            corpora.disagreements.push(Disagreement {
                file: document.file.clone(),
                case: title(case),
                recorded: case.expect.as_ref().map(ToString::to_string),
                upstream: upstream.to_string(),
                subject: answer.to_string(),
            });
        }
        if let Some(stated) = case.stated.filter(|stated| stated.outcome() != *upstream) {
            corpora.contradictions.push(Contradiction {
                document: document.source.document.clone().unwrap_or_default(),
                file: document.file.clone(),
                case: title(case),
                quote: case.quote.clone(),
                stated: stated.outcome().to_string(),
                upstream: upstream.to_string(),
            });
        }
    }
}

/// What people call a case.
#[must_use]
pub fn title(case: &Case) -> String {
    match (&case.name, &case.request.ask) {
        (Some(name), _) => name.clone(),
        (None, assay_case::Ask::Rule(text) | assay_case::Ask::Check(text)) => text.clone(),
        (None, assay_case::Ask::Step(step)) => format!("steps[{step}]"),
    }
}

fn folder(root: &Path, file: &Path) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    let first = below.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    first.unwrap_or_default()
}
