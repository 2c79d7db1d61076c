//! What is found becomes small, and stays what was found.

use assay_case::{Answer, Ask, EngineSubject, Outcome, Request, Subject, World};
use assay_engine::oslo::python::Value;
use assay_generate::shrink::{Found, shrink};
use assay_generate::{Generator, Profile};

fn raises_type_error(found: &Found) -> bool {
    let Some(request) = &found.request else { return false };
    let answer = EngineSubject.load(&found.world).decide(request);
    matches!(answer, Answer::Outcome(Outcome::Raise(class)) if class.as_str() == "TypeError")
}

#[test]
fn every_generated_type_error_becomes_a_case_of_a_few_words() {
    let generator = Generator::new(1);
    let mut seen = 0;
    for index in 0..40 {
        let made = generator.world(Profile::Language, index);
        for request in made.requests {
            let found = Found { world: made.world.clone(), request: Some(request) };
            if !raises_type_error(&found) {
                continue;
            }
            seen += 1;
            let small = shrink(found, 5_000, raises_type_error);
            assert!(raises_type_error(&small));
            let words: usize = small.world.rules().iter().map(|(_, rule)| words(rule)).sum();
            assert!(small.world.rules().len() <= 2 && words <= 4, "{small:?}");
        }
    }
    assert!(seen > 10, "only {seen} were generated");
}

fn words(rule: &Value) -> usize {
    match rule {
        Value::Str(text) => text.as_text().unwrap_or_default().split_whitespace().count(),
        Value::List(items) => items.iter().map(words).sum(),
        _ => 1,
    }
}

#[test]
fn a_reference_gives_way_to_what_it_refers_to() {
    let rules = [("a", "rule:b and @"), ("b", "rule:c or !"), ("c", "user.id:1")];
    let world = World { default_rule: Some("nothing".to_owned()), ..World::of_rules(rules) };
    let request = Request {
        ask: Ask::Rule("a".to_owned()),
        creds: Value::dict([("roles", Value::list([])), ("user", Value::from("u1"))]),
        target: Value::dict([("x", Value::from(1))]),
    };
    let small = shrink(Found { world, request: Some(request) }, 5_000, raises_type_error);
    let [(name, _)] = small.world.rules() else { panic!("{small:?}") };
    assert_eq!(name, "a");
    assert_eq!(small.world.default_rule, None);
    let request = small.request.expect("a request");
    assert_eq!(request.target, Value::dict::<&str>([]));
    assert!(matches!(request.creds, Value::Dict(creds) if creds.len() == 1));
}

#[test]
fn a_budget_of_no_tries_leaves_everything_as_it_is() {
    let made = Generator::new(1).world(Profile::Language, 3);
    let found = Found { world: made.world, request: made.requests.into_iter().next() };
    assert_eq!(shrink(found.clone(), 0, |_| panic!("a try")), found);
}
