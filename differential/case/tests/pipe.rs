//! A subject behind a pipe gives the answers that it gives without one.

use assay_case::{
    Answer, Ask, EngineSubject, LoadedWorld, Measure, Outcome, Request, RuleShape, RuleSource, Subject,
    World, agrees_by, request_line, serve, world_line,
};
use assay_engine::oslo::python::{PyStr, Value};
use rstest::rstest;

fn served(subject: &dyn Subject, lines: &str) -> Vec<String> {
    let mut out = Vec::new();
    serve(subject, lines.as_bytes(), &mut out).expect("served");
    String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
}

fn request(ask: Ask, creds: Value) -> Request {
    Request { ask, creds, target: Value::dict([("x", Value::from("y"))]) }
}

#[rstest]
#[case::texts(World::of_rules([("get", "role:a or v:%(x)s")]))]
#[case::other_rules(World::of_rules([("get", Value::list(["role:a".into()])), ("$x", Value::None)]))]
#[case::a_file(World { source: RuleSource::Text(b"get: 'role:a'\n\xff".to_vec()), default_rule: None })]
#[case::a_default(World { default_rule: Some("get".into()), ..World::of_rules([("get", "role:a")]) })]
fn answers_through_a_pipe_are_those_without_one(#[case] world: World) {
    let surrogate = Value::Str(PyStr::from_code_points(vec![0xd83d]));
    let asked = [
        request(Ask::Rule("get".into()), Value::dict([("roles", Value::list(["A".into()]))])),
        request(Ask::Rule("nowhere".into()), Value::dict([("roles", Value::list(["a".into()]))])),
        request(Ask::Check("v:y".into()), Value::dict([("v", Value::from("y"))])),
        request(Ask::Check("v:y".into()), Value::dict([("v", surrogate), ("$v", Value::from(0.1))])),
        request(Ask::Check("rule:get".into()), Value::None),
    ];
    let loaded = EngineSubject.load(&world);
    let direct: Vec<Answer> = asked.iter().map(|request| loaded.decide(request)).collect();
    let lines: String = std::iter::once(world_line(&world)).chain(asked.iter().map(request_line)).collect();
    let answers = served(&EngineSubject, &lines);
    assert_eq!(answers[0], "\"ready\"");
    let piped: Vec<Answer> =
        answers[1..].iter().map(|line| serde_json::from_str(line).expect("an answer")).collect();
    assert_eq!(piped, direct);
}

struct Panics(bool);

impl Subject for Panics {
    fn name(&self) -> &'static str {
        "panics"
    }

    fn load(&self, _: &World) -> Box<dyn LoadedWorld> {
        assert!(!self.0, "while loading");
        Box::new(Self(false))
    }
}

impl LoadedWorld for Panics {
    fn shapes(&self) -> Option<Vec<RuleShape>> {
        None
    }

    fn decide(&self, _: &Request) -> Answer {
        panic!("while deciding")
    }
}

#[rstest]
fn a_panic_is_an_answer_and_no_end(#[values(true, false)] while_loading: bool) {
    let ask = request_line(&request(Ask::Rule("get".into()), Value::None));
    let lines = world_line(&World::of_rules([("get", "@")])) + &ask + &ask;
    assert_eq!(served(&Panics(while_loading), &lines), ["\"ready\"", "\"panicked\"", "\"panicked\""]);
}

#[rstest]
#[case::nonsense("what?\n")]
#[case::no_world_yet(r#"{"request":{"rule":"a","creds":{},"target":{}}}"#)]
#[case::rule_without_a_name(r#"{"world":{"rules":[[1,"@"]],"default_rule":null}}"#)]
fn a_line_that_is_no_question_ends_it(#[case] line: &str) {
    let ended = serve(&EngineSubject, line.as_bytes(), Vec::new()).expect_err("no question");
    assert_eq!(ended.kind(), std::io::ErrorKind::InvalidData);
}

fn outcome(json: &str) -> Outcome {
    serde_json::from_str(json).expect("an outcome")
}

/// Strict, lenient, let through.
#[rstest]
#[case::same(r#""deny""#, Answer::Outcome(Outcome::Deny), [true, true, true])]
#[case::opposite(r#""allow""#, Answer::Outcome(Outcome::Deny), [false, false, false])]
#[case::another_class(r#"{"raise":"KeyError"}"#, Answer::Outcome(outcome(r#"{"raise":"TypeError"}"#)), [false, true, true])]
#[case::another_phase(r#"{"load":"TypeError"}"#, Answer::Outcome(outcome(r#"{"raise":"TypeError"}"#)), [false, true, true])]
#[case::denied_for_raised(r#"{"raise":"KeyError"}"#, Answer::Outcome(Outcome::Deny), [false, false, true])]
#[case::let_through_for_raised(r#"{"raise":"KeyError"}"#, Answer::Outcome(Outcome::Allow), [false, false, false])]
#[case::error_for_raised(r#"{"raise":"KeyError"}"#, Answer::Error("e".into()), [false, true, true])]
#[case::error_for_load(r#"{"load":"KeyError"}"#, Answer::Error("e".into()), [false, true, true])]
#[case::error_for_deny(r#""deny""#, Answer::Error("e".into()), [false, false, true])]
#[case::error_for_allow(r#""allow""#, Answer::Error("e".into()), [false, false, false])]
#[case::unsupported(r#""deny""#, Answer::Unsupported("u".into()), [false, false, false])]
#[case::died(r#"{"raise":"KeyError"}"#, Answer::Died("d".into()), [false, false, false])]
#[case::poisoned(r#"{"poisoned":"too-slow"}"#, Answer::Unsupported("u".into()), [true, true, true])]
#[case::poisoned_and_died(r#"{"poisoned":"too-slow"}"#, Answer::Died("d".into()), [false, false, false])]
fn measures_of_agreement(#[case] expected: &str, #[case] answer: Answer, #[case] agrees: [bool; 3]) {
    let measures = [Measure::Strict, Measure::Lenient, Measure::LetThrough];
    let expected = outcome(expected);
    assert_eq!(measures.map(|measure| agrees_by(measure, &expected, &answer)), agrees);
}
