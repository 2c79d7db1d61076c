//! Every recorded case, decided by the engine: without Python, in one program, in seconds. What changes the engine
//! and is not seen here is not pinned by what is recorded; `scripts/mutants-sample` asks that.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use assay_case::iam::{agrees as iam_agrees, answer as iam_answer};
use assay_case::{
    Answer, Ask, EngineSubject, Entry, Outcome, Request, RuleSource, Subject, World, agrees, answer,
    case_files, engine_rules, read_entries,
};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{self, Rules, decide};

/// The way to decide that the subject does not take: the interpreter where rules are compiled, a compiled rule
/// where the check that is asked for has no name. Upstream knows no such difference. `None` where there is no
/// other way, be it that the rules do not load.
fn by_the_other_way(world: &World, rules: Option<&Rules>, request: &Request) -> Option<Answer> {
    const NAMELESS: &str = "a rule of the check that is asked for";
    match (&request.ask, &world.source) {
        (Ask::Rule(name), _) => {
            let Request { creds, target, .. } = request;
            Some(answer(decide(rules?, name, oslo::Request { creds, target }), Outcome::Raise))
        }
        (Ask::Check(text), RuleSource::Rules(rules)) => {
            let named = (NAMELESS.to_owned(), Value::from(text.as_str()));
            let source = RuleSource::Rules(rules.iter().cloned().chain([named]).collect());
            let world = World { source, default_rule: world.default_rule.clone() };
            let request = Request { ask: Ask::Rule(NAMELESS.to_owned()), ..request.clone() };
            Some(EngineSubject.load(&world).decide(&request))
        }
        _ => None,
    }
}

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
            let rules = engine_rules(&document.world).ok().filter(|_| document.world.service().is_none());
            document.cases.iter().find_map(|case| {
                let expected = case.expect.as_ref()?;
                let at = || format!("{}:{}: {:?}", file.display(), document.line, case.name);
                let other = by_the_other_way(&document.world, rules.as_ref(), &case.request);
                let answers = [Some(world.decide(&case.request)), other];
                let mut differing = answers.into_iter().flatten().filter(|answer| !agrees(expected, answer));
                differing.next().map(|got| format!("{}: expected {expected}, got {got}", at()))
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
