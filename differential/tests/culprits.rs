//! A batch that is too much for a worker costs that batch's culprit its outcome, and nobody else.
#![cfg(feature = "upstream")]

mod support;

use assay_case::{Ask, Outcome, Poison, Request, World};
use assay_differential::oracle::batch::Batch;
use assay_differential::oracle::process::Limits;
use assay_differential::oracle::upstream::{Recipe, Upstream};
use assay_engine::oslo::python::Value;
use rstest::rstest;

fn batch(index: u64, rules: &[(&str, &str)], asked: &[&str]) -> Batch {
    let empty = || Value::dict::<&str>([]);
    let request = |name: &&str| Request {
        ask: Ask::Rule((*name).to_owned()),
        creds: empty(),
        target: Value::dict([("x", Value::from("1"))]),
    };
    Batch::new(index, World::of_rules(rules.iter().copied()), asked.iter().map(request).collect(), true)
}

fn upstream(limits: Limits) -> Upstream {
    let recipe = Recipe { limits, ..support::recipe() };
    Upstream::start(recipe).unwrap_or_else(|error| panic!("{error}"))
}

/// Each rule refers twice to the next: 24 of them take upstream some minutes.
fn doubled() -> Vec<(String, String)> {
    let next = |index: usize| format!("rule:r{} and rule:r{}", index + 1, index + 1);
    let mut rules: Vec<_> = (0..24).map(|index| (format!("r{index}"), next(index))).collect();
    rules.push(("r24".to_owned(), "@".to_owned()));
    rules
}

/// Replies of a turn come together: the worker is lost with that to a batch before the slow one, too.
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[rstest]
#[case::before_another(0)]
#[case::behind_another(1)]
fn a_slow_request_is_poisoned_and_its_neighbours_are_decided(#[case] place: u64) {
    let mut upstream = upstream(Limits { batch_seconds: 2, ..Limits::default() });
    let rules = doubled();
    let rules: Vec<_> = rules.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut slow = batch(place, &rules, &["r24", "r0", "nobody", "r20"]);
    // What is asked one by one must be made once more.
    let contents = slow.contents().into_owned();
    slow.let_go(move || contents.clone());
    let mut turn = vec![batch(1 - place, &[("a", "!")], &["a"])];
    turn.insert(usize::try_from(place).expect("small"), slow);
    upstream.submit(turn).expect("sent");

    for index in 0..2 {
        let (batch, reply) = upstream.receive().expect("decided").expect("a batch");
        assert_eq!(batch.index(), index);
        if index == place {
            let slow = Outcome::Poisoned(Poison::TooSlow);
            assert_eq!(reply.outcomes, [Outcome::Allow, slow, Outcome::Deny, Outcome::Allow]);
            assert_eq!(reply.shapes.expect("shapes").len(), 25);
        } else {
            assert_eq!(reply.outcomes, [Outcome::Deny]);
        }
    }
    assert!(upstream.receive().expect("nothing left").is_none());
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_text_of_a_gigabyte_is_poisoned_and_its_neighbours_are_decided() {
    let mut upstream = upstream(Limits { memory_bytes: 900 << 20, ..Limits::default() });
    let rules = [("big", "a:%(x)1000000000s"), ("small", "1:%(x)s")];
    upstream.submit([batch(0, &rules, &["small", "big", "small"])]).expect("sent");
    let (_, reply) = upstream.receive().expect("decided").expect("a batch");
    assert_eq!(reply.outcomes, [Outcome::Allow, Outcome::Poisoned(Poison::TooLarge), Outcome::Allow]);
}
