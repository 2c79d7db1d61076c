//! Decisions: on generated worlds, on recorded cases, and on whole enforcers.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use assay_case::service::{PolicyFiles, Service};
use assay_case::{
    Answer, Ask, Case, Document, EngineSubject, Request, Subject, World, agrees, engine_rules, read_text,
};
use assay_engine::oslo::enforcer::{Enforcer, Options};
use assay_engine::oslo::language::parse_str;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{self, Rules, decide};
use assay_generate::{GeneratedWorld, Generator, Profile};

use crate::bytes;
use crate::explained::explained;
use crate::unshared::{ROOT, unshared};

static GENERATOR: LazyLock<Generator> = LazyLock::new(|| Generator::new(0));

/// The profiles that the first byte of an input chooses from.
pub(crate) const PROFILES: [Profile; 8] = [
    Profile::Language,
    Profile::Python,
    Profile::List,
    Profile::Unicode,
    Profile::File,
    Profile::Glance,
    Profile::Cinder,
    Profile::Exhaustive,
];

/// How many requests are asked of a world.
const REQUESTS: u64 = 4;

/// The world of an input of `evaluate-typed`: its first byte says which profile, the others spell it out.
pub(crate) fn typed_world(input: &[u8]) -> GeneratedWorld {
    let (profile, rest) = bytes::first(input);
    GENERATOR.world_of_bytes(PROFILES[usize::from(profile) % PROFILES.len()], rest, REQUESTS)
}

/// `evaluate-typed`: every request to any world is decided, with memory as without, and explained so.
pub(crate) fn typed(input: &[u8]) {
    let GeneratedWorld { world, requests } = typed_world(input);
    let loaded = EngineSubject.load(&world);
    let rules = engine_rules(&world).ok();
    for request in &requests {
        let answer = loaded.decide(request);
        assert_ne!(answer, Answer::Panicked, "{request:?}");
        if let (Some(rules), Ask::Rule(name)) = (&rules, &request.ask) {
            without_memory(rules, name, request);
            explained(rules, name, oslo::Request { creds: &request.creds, target: &request.target });
        }
    }
}

/// Whether copies of rules, one for each reference, decide as the rules do.
fn without_memory(rules: &Rules, name: &str, request: &Request) {
    let request = oslo::Request { creds: &request.creds, target: &request.target };
    if let Some(copies) = unshared(rules, name) {
        let decided = decide(rules, name, request);
        assert_eq!(decide(&copies, ROOT, request), decided, "{name}: with memory and without");
    }
}

macro_rules! recorded {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../../corpus/", $file)))),*]
    };
}

/// The case files whose cases `evaluate-recorded` starts from.
pub(crate) const RECORDED_FILES: &[(&str, &str)] = recorded![
    "language/form.yaml",
    "language/format.yaml",
    "language/kind.yaml",
    "language/list.yaml",
    "language/literal.yaml",
    "language/path.yaml",
    "language/precedence.yaml",
    "language/reference.yaml",
    "language/role.yaml",
    "language/syntax.yaml",
    "language/whitespace.yaml",
    "infomaniak/member-management.yaml",
    "cinder/oddities.yaml",
];

static RECORDED: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let read = |(file, text): &(&str, &str)| read_text(file, text).expect("a case file of this project");
    let mut documents: Vec<_> = RECORDED_FILES.iter().flat_map(read).collect();
    documents.retain(|document| !document.cases.is_empty());
    documents
});

/// The case that an input of `evaluate-recorded` starts from, and what it makes of the request: its first
/// three bytes choose the case, the others edit it. Without edits it is what was recorded.
pub(crate) fn recorded_case(input: &[u8]) -> (&'static World, &'static Case, Request) {
    let mut choices = Unstructured::new(input);
    let document = usize::from(choices.arbitrary::<u16>().unwrap_or_default()) % RECORDED.len();
    let Document { world, cases, .. } = &RECORDED[document];
    let case = &cases[usize::from(choices.arbitrary::<u8>().unwrap_or_default()) % cases.len()];
    let mut request = case.request.clone();
    for _ in 0..EDITS {
        if choices.is_empty() || edit(&mut request, &mut choices).is_err() {
            break;
        }
    }
    (world, case, request)
}

/// At most so many edits, since creds and target may be put into each other: forty times is more than memory holds.
const EDITS: usize = 12;

/// Changes one thing about who asks, or about what.
fn edit(request: &mut Request, choices: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let side = choices.arbitrary::<bool>()?;
    let (edited, other) = match side {
        true => (&mut request.creds, &request.target),
        false => (&mut request.target, &request.creds),
    };
    let Value::Dict(dict) = edited else { return Ok(()) };
    let key = match dict.len() {
        0 => None,
        length => dict.iter().nth(choices.choose_index(length)?).map(|(key, _)| key.clone()),
    };
    let key = key.unwrap_or_else(|| "roles".into());
    let text = |choices: &mut Unstructured<'_>| -> arbitrary::Result<Value> {
        Ok(Value::from(choices.arbitrary::<&str>()?))
    };
    let value = match choices.int_in_range(0..=7)? {
        0 => text(choices)?,
        1 => Value::list([text(choices)?]),
        2 => choices.arbitrary::<i64>()?.into(),
        3 => choices.arbitrary::<bool>()?.into(),
        4 => Value::None,
        5 => other.clone(),
        6 => Value::dict([("id", text(choices)?)]),
        _ => {
            if let Value::Str(name) = &key
                && let Some(name) = name.as_text()
            {
                dict.remove(name);
            }
            return Ok(());
        }
    };
    // A key of a dict can be the key of a dict.
    let _ = dict.insert(key, value);
    Ok(())
}

/// `evaluate-recorded`: a recorded case comes to what was recorded; edited, it is decided, with memory as
/// without, and the same by rules that are read from their canonical texts.
pub(crate) fn recorded(input: &[u8]) {
    let (world, case, request) = recorded_case(input);
    let answer = EngineSubject.load(world).decide(&request);
    assert_ne!(answer, Answer::Panicked, "{request:?}");
    if let Some(expect) = case.expect.as_ref().filter(|_| request == case.request) {
        assert!(agrees(expect, &answer), "{case:?}: {answer}");
    }
    let (Ok(rules), Ask::Rule(name)) = (engine_rules(world), &request.ask) else { return };
    without_memory(&rules, name, &request);
    let mut again = rules.clone();
    for (name, tree) in rules.iter() {
        let printed = parse_str(&tree.text());
        if printed == *tree {
            again.insert(name.clone(), printed);
        }
    }
    let request = oslo::Request { creds: &request.creds, target: &request.target };
    assert_eq!(decide(&again, name, request), decide(&rules, name, request), "{name}: as printed");
}

/// How many calls a sequence has.
const CALLS: u64 = 8;

/// The enforcer of an input of `enforcer-sequence`; `None` where servers would be asked.
pub(crate) fn sequence(input: &[u8]) -> Option<GeneratedWorld> {
    let made = GENERATOR.world_of_bytes(Profile::Enforcer, input, CALLS);
    made.world.service().is_some_and(|service| service.remote.is_empty()).then_some(made)
}

/// `enforcer-sequence`: any sequence of calls, with files that change in between, is decided, and the same
/// when it is played again; strict mode reads any files, or refuses them.
pub(crate) fn enforcer(input: &[u8]) {
    let Some(GeneratedWorld { world, requests }) = sequence(input) else { return };
    let play = || -> Vec<Answer> {
        let loaded = EngineSubject.load(&world);
        requests.iter().map(|request| loaded.decide(request)).collect()
    };
    let answers = play();
    assert!(!answers.contains(&Answer::Panicked), "a panic");
    assert_eq!(play(), answers, "played again");
    if let Some(service) = world.service() {
        strictly(service);
    }
}

/// The enforcer in strict mode on the files that the world begins with.
fn strictly(service: &Service) {
    let PolicyFiles::Files(files) = &service.policy else { return };
    let root = tempfile::tempdir().expect("a temporary directory");
    for (path, bytes) in files {
        let path = root.path().join(path);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).expect("a directory below it");
        }
        std::fs::write(path, bytes).expect("a file below it");
    }
    let options = Options { search: vec![root.path().to_owned()], ..Options::default() };
    let enforcer = Enforcer::builder(options).strict(true).build();
    let loaded = enforcer.load_rules(true);
    if loaded.is_ok() {
        let _ = enforcer.check_rules();
        assert!(enforcer.policy().is_ok());
    }
}
