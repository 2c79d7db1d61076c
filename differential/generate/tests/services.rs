//! Generated enforcers: they can be written down, and made small.

use assay_case::service::{Mtime, Step};
use assay_case::{
    Answer, Case, Document, EngineSubject, Outcome, Request, Source, Subject, read_text, write_document,
};
use assay_generate::shrink::{Found, shrink};
use assay_generate::{GeneratedWorld, Generator, Profile};

fn document(GeneratedWorld { world, requests }: GeneratedWorld) -> Document {
    let case = |request| Case { name: None, request, expect: None, stated: None, quote: None };
    Document {
        file: "made.yaml".into(),
        line: 1,
        comment: Vec::new(),
        about: None,
        source: Source { document: Some("a".to_owned()), ..Source::default() },
        texts: None,
        world,
        cases: requests.into_iter().map(case).collect(),
    }
}

#[test]
fn a_generated_enforcer_reads_back_as_it_was_written() {
    let generator = Generator::new(3);
    for index in 0..300 {
        let document = document(generator.world(Profile::Enforcer, index));
        let text = write_document(&document);
        let read = read_text("made.yaml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read, [document], "{text}");
    }
}

#[test]
fn most_worlds_have_edits_and_every_world_at_least_32_requests() {
    let generator = Generator::new(4);
    let worlds: Vec<_> = (0..200).map(|index| generator.world(Profile::Enforcer, index)).collect();
    assert!(worlds.iter().all(|made| made.requests.len() >= 32));
    let is_edit = |step: &Step| matches!(step, Step::Write { mtime: Mtime::Later, .. });
    let edited = |made: &&GeneratedWorld| {
        made.world.service().is_some_and(|service| service.steps.iter().any(is_edit))
    };
    assert!(worlds.iter().filter(edited).count() > 100);
}

/// Whether the request of a case comes to an exception out of loading, at its step.
fn fails_to_load(found: &Found) -> bool {
    let Some(request) = &found.request else { return false };
    is_failed_load(&EngineSubject.load(&found.world).decide(request))
}

fn is_failed_load(answer: &Answer) -> bool {
    matches!(answer, Answer::Outcome(Outcome::Load(class)) if class.as_str() == "ValueError")
}

#[test]
fn steps_defaults_and_files_go_until_only_the_culprit_is_left() {
    let generator = Generator::new(5);
    let mut seen = 0;
    for index in 0..120 {
        let GeneratedWorld { world, requests } = generator.world(Profile::Enforcer, index);
        let loaded = EngineSubject.load(&world);
        let fails = |request: &&Request| is_failed_load(&loaded.decide(request));
        let step = |request: &&Request| matches!(request.ask, assay_case::Ask::Step(_));
        // The first, since no more than that is raised of a file.
        if let Some(request) = requests.iter().filter(step).find(fails) {
            let found = Found { world: world.clone(), request: Some(request.clone()) };
            seen += 1;
            let small = shrink(found, 600, fails_to_load);
            assert!(fails_to_load(&small));
            let service = small.world.service().expect("an enforcer");
            assert!(service.steps.len() <= 2, "{small:?}");
            assert!(service.registered.defaults.len() + service.policy.files().len() <= 1, "{small:?}");
        }
    }
    assert!(seen > 3, "only {seen} were generated");
}
