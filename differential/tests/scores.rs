//! The table of agreement by area.

use assay_case::{Answer, Outcome};
use assay_differential::scores::Scores;

const ALLOW: Answer = Answer::Outcome(Outcome::Allow);
const DENY: Answer = Answer::Outcome(Outcome::Deny);

fn raised() -> Outcome {
    serde_json::from_str(r#"{"raise": "TypeError"}"#).expect("an outcome")
}

/// Seven cases in two areas, one of them met again later.
fn scores(with_peer: bool) -> Scores {
    let cases = [
        ("form", Outcome::Allow, ALLOW, ALLOW),
        ("form", Outcome::Deny, DENY, Answer::Error("cannot parse".into())),
        ("role", raised(), Answer::Outcome(raised()), Answer::Unsupported("a role".into())),
        ("role", raised(), Answer::Outcome(raised()), Answer::Error("cannot parse".into())),
        ("role", raised(), Answer::Outcome(raised()), DENY),
        ("role", Outcome::Deny, ALLOW, Answer::Panicked),
        ("form", Outcome::Allow, ALLOW, Answer::Died("signal: 6".into())),
    ];
    let mut scores = Scores::default();
    for (area, expected, engine, peer) in cases {
        scores.count(area, &expected, &engine, with_peer.then_some(&peer));
    }
    scores
}

#[test]
fn ours_and_a_peer_stand_side_by_side() {
    insta::assert_snapshot!(scores(true).text("another"), @r#"
    area  cases   engine  another  lenient  let through  errors  unsupported  died
    form      3  100.0 %   33.3 %   33.3 %       66.6 %       1            0     1
    role      4   75.0 %    0.0 %   25.0 %       50.0 %       1            1     1
    all       7   85.7 %   14.2 %   28.5 %       57.1 %       2            1     2
    "#);
}

#[test]
fn without_a_peer_ours_stands_alone() {
    insta::assert_snapshot!(scores(false).text("engine"), @r#"
    area  cases   engine
    form      3  100.0 %
    role      4   75.0 %
    all       7   85.7 %
    "#);
}

#[test]
fn json_has_an_object_a_line_for_each_area_and_for_all() {
    insta::assert_snapshot!(scores(true).json().expect("JSON"), @r#"
    {"area":"form","cases":3,"engine":{"strict":3,"lenient":3,"let_through":3,"errors":0,"unsupported":0,"died":0},"peer":{"strict":1,"lenient":1,"let_through":2,"errors":1,"unsupported":0,"died":1}}
    {"area":"role","cases":4,"engine":{"strict":3,"lenient":3,"let_through":3,"errors":0,"unsupported":0,"died":0},"peer":{"strict":0,"lenient":1,"let_through":2,"errors":1,"unsupported":1,"died":1}}
    {"area":"all","cases":7,"engine":{"strict":6,"lenient":6,"let_through":6,"errors":0,"unsupported":0,"died":0},"peer":{"strict":1,"lenient":2,"let_through":4,"errors":2,"unsupported":1,"died":2}}
    "#);
}

/// What is printed as all is all.
#[test]
fn shares_are_rounded_down() {
    let mut scores = Scores::default();
    for index in 0..1999 {
        scores.count("form", &Outcome::Allow, if index == 0 { &DENY } else { &ALLOW }, None);
    }
    let text = scores.text("engine");
    assert!(text.contains(" 99.9 %") && !text.contains("100.0 %"), "{text}");
}
