//! Every recorded case, decided by the engine: without Python, in one program, in seconds. What changes the engine
//! and is not seen here is not pinned by what is recorded; `scripts/mutants-sample` asks that.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use assay_case::iam::{agrees as iam_agrees, answer as iam_answer};
use assay_case::{EngineSubject, Entry, Subject, agrees, case_files, read_entries};

/// The first case of a file that disagrees.
fn disagreement(file: &Path) -> Option<String> {
    let entries = read_entries(file).unwrap_or_else(|error| panic!("{error}"));
    entries.iter().find_map(|entry| match entry {
        Entry::Oslo(document) => {
            let world = EngineSubject.load(&document.world);
            let at = || format!("{}:{}", file.display(), document.line);
            let texts = document.texts.as_ref().and_then(|texts| texts.difference(world.as_ref()));
            if let Some(difference) = texts {
                return Some(format!("{}: {difference}", at()));
            }
            document.cases.iter().find_map(|case| {
                let (expected, got) = (case.expect.as_ref()?, world.decide(&case.request));
                let at = || format!("{}:{}: {:?}", file.display(), document.line, case.name);
                (!agrees(expected, &got)).then(|| format!("{}: expected {expected}, got {got}", at()))
            })
        }
        Entry::Iam(document) => document.cases.iter().zip(iam_answer(document)).find_map(|(case, got)| {
            let at = || format!("{}:{}: {:?}", file.display(), document.line, case.name);
            (!iam_agrees(case.expect.as_ref()?, &got)).then(|| format!("{}: got {got}", at()))
        }),
    })
}

#[test]
fn every_recorded_case_is_decided_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let mut files = case_files(&root).unwrap_or_else(|error| panic!("{error}"));
    assert!(files.len() > 40, "{} files", files.len());
    // The largest first, so that no thread is left with one at the end.
    files.sort_by_key(|file| std::cmp::Reverse(file.metadata().map_or(0, |data| data.len())));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(disagreement(file));
        }
        found
    };
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let found: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic of the engine")).collect()
    });
    assert!(found.is_empty(), "{found:#?}");
}
