//! The recorded corpora, replayed on both sides.

use std::path::{Path, PathBuf};

use assay_case::{
    Case, Document, Entry, Outcome, ReadError, Request, RuleTexts, Subject, agrees, case_files, read_entries,
};

use super::pool;
use crate::compare::{Comparison, compare};
use crate::oracle::batch::Batch;
use crate::oracle::process::WorkerError;
use crate::oracle::upstream::Recipe;
use crate::oracle::wire::Reply;
use crate::recorded::title;
use crate::report::{Contradiction, Corpora, Disagreement};

/// Requests in one frame: the more, the less the rules of a big policy cost.
const BATCH: usize = 100;

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
    /// Whether upstream writes the rules otherwise than as recorded.
    pub texts_differ: bool,
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
    mut sink: impl FnMut(usize, &[Case], Decided) + Send,
) -> Result<(), WorkerError> {
    let chunks: Vec<(usize, &[Case])> = documents
        .iter()
        .enumerate()
        .flat_map(|(position, document)| document.cases.chunks(BATCH).map(move |cases| (position, cases)))
        .collect();
    let chunk = |index: u64| chunks[usize::try_from(index).unwrap_or(usize::MAX)];
    pool::run(
        recipe,
        jobs,
        chunks.iter(),
        || {
            |(position, cases): &(usize, &[Case]), index| {
                let requests: Vec<Request> = cases.iter().map(|case| case.request.clone()).collect();
                (Batch::new(index, documents[*position].world.clone(), requests, true), ())
            }
        },
        |batch, Reply { shapes, outcomes, .. }, ()| {
            let recorded = documents[chunk(batch.index()).0].texts.as_ref();
            let contents = batch.contents();
            Decided {
                comparison: compare(
                    subject,
                    &contents.world,
                    &contents.requests,
                    shapes.as_deref(),
                    outcomes,
                ),
                texts_differ: recorded
                    .is_some_and(|texts| shapes.as_deref().map(RuleTexts::of).as_ref() != Some(texts)),
                outcomes: outcomes.clone(),
            }
        },
        |index, decided| {
            let (position, cases) = chunk(index);
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
    decide(recipe, jobs, subject, documents, |position, cases, decided| {
        let document = &documents[position];
        add(&mut corpora, root, document, cases, &decided);
    })?;
    Ok(corpora)
}

/// Counts what came of cases of a document, which lies below `root`.
pub fn add(corpora: &mut Corpora, root: &Path, document: &Document, cases: &[Case], decided: &Decided) {
    corpora.count(root, &document.file, cases.len());
    for divergence in decided.comparison.divergences.iter().filter(|divergence| divergence.request.is_none())
    {
        corpora.disagreements.push(Disagreement {
            file: document.file.clone(),
            case: "the rules".to_owned(),
            recorded: None,
            upstream: Some(divergence.signature.expected.clone()),
            subject: divergence.signature.got.clone(),
        });
    }
    if decided.texts_differ {
        corpora.disagreements.push(Disagreement {
            file: document.file.clone(),
            case: "the rules".to_owned(),
            recorded: Some("other texts".to_owned()),
            upstream: Some("its texts".to_owned()),
            subject: "as upstream".to_owned(),
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
                upstream: Some(upstream.to_string()),
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
