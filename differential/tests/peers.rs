//! Subjects in processes of their own: what is made of what they say, and of how they end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use assay_case::{Answer, Ask, Outcome, Request, Subject as _, World};
use assay_differential::peers::{Peer, SubjectError, names, subject};
use assay_engine::oslo::python::Value;
use rstest::rstest;

/// Answers a world by `ready`, and a request according to the rule that is asked for.
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/peer.sh");

struct Program {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Program {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("peer");
        // It keeps its log beside the name by which it is called.
        std::os::unix::fs::symlink(PEER, &path).expect("linked");
        Self { _directory: directory, path }
    }

    fn peer(&self) -> Peer {
        Peer::new("script", self.path.clone(), Duration::from_secs(1))
    }

    fn starts(&self) -> usize {
        let log = std::fs::read_to_string(self.path.with_extension("log")).unwrap_or_default();
        log.lines().count()
    }
}

fn ask(name: &str) -> Request {
    let empty = || Value::dict::<String>([]);
    Request { ask: Ask::Rule(name.to_owned()), creds: empty(), target: empty() }
}

fn world(name: &str) -> World {
    World::of_rules([(name, "@")])
}

const ALLOW: Answer = Answer::Outcome(Outcome::Allow);

#[rstest]
#[case("allow", ALLOW)]
#[case("raise", Answer::Outcome(serde_json::from_str(r#"{"raise":"TypeError"}"#).unwrap()))]
#[case("error", Answer::Error("cannot parse".into()))]
#[case("unsupported", Answer::Unsupported("a list".into()))]
#[case("panic", Answer::Panicked)]
fn what_a_peer_says_is_its_answer(#[case] rule: &str, #[case] answer: Answer) {
    let program = Program::new();
    let loaded = program.peer().load(&world("a"));
    assert_eq!([loaded.decide(&ask(rule)), loaded.decide(&ask("allow"))], [answer, ALLOW]);
    assert_eq!(program.starts(), 1);
}

#[rstest]
#[case("exit", "exit status: 3")]
#[case("abort", "signal: 6 (SIGABRT)")]
#[case("garbage", "not an answer: what?")]
#[case("hang", "no answer in 1 s")]
fn a_peer_that_dies_has_answered_and_the_next_request_meets_another(#[case] rule: &str, #[case] how: &str) {
    let program = Program::new();
    let loaded = program.peer().load(&world("a"));
    let answers = ["allow", rule, "allow"].map(|rule| loaded.decide(&ask(rule)));
    let Answer::Died(died) = &answers[1] else { panic!("{answers:?}") };
    assert!(died.starts_with(how), "{died}");
    assert_eq!([&answers[0], &answers[2]], [&ALLOW, &ALLOW]);
    assert_eq!(program.starts(), 2);
}

#[test]
fn a_world_that_kills_a_peer_is_tried_once() {
    let program = Program::new();
    let peer = program.peer();
    let loaded = peer.load(&world("bad world"));
    let died = Answer::Died("exit status: 4".into());
    assert_eq!([loaded.decide(&ask("allow")), loaded.decide(&ask("allow"))], [died.clone(), died]);
    assert_eq!(program.starts(), 1);
    assert_eq!(peer.load(&world("a")).decide(&ask("allow")), ALLOW);
}

#[test]
fn a_process_serves_one_world_after_another() {
    let program = Program::new();
    let peer = program.peer();
    for _ in 0..5 {
        assert_eq!(peer.load(&world("a")).decide(&ask("allow")), ALLOW);
    }
    assert_eq!(program.starts(), 1);
}

#[test]
fn a_program_that_is_not_there_is_an_answer_too() {
    let peer = Peer::new("nothing", "/no/such/program".into(), Duration::from_secs(1));
    let answer = peer.load(&world("a")).decide(&ask("allow"));
    let Answer::Died(how) = answer else { panic!("{answer}") };
    assert!(how.starts_with("/no/such/program cannot be started: "), "{how}");
}

/// The workspace of the peers is not compiled for a name that nobody has.
#[test]
fn an_unknown_subject_is_refused_at_once_with_the_names_that_there_are() {
    let started = Instant::now();
    let Err(error) = subject("nobody") else { panic!("a subject") };
    assert!(matches!(error, SubjectError::Unknown { .. }));
    assert_eq!(error.to_string(), "no subject is called \"nobody\"; there are: engine, oslo-policy-0.1");
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(names(), ["engine", "oslo-policy-0.1"]);
}
