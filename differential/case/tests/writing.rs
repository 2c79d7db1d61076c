//! What is written reads back as the same document.

use std::path::PathBuf;

use assay_case::{
    Ask, Case, ClassName, Document, Outcome, Poison, Request, RuleSource, RuleTexts, Source, Spelled, Stated,
    World, read_text, write_document, write_file, write_json,
};
use assay_engine::oslo::python::{Dict, PyStr, Value};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Any text, and often one that a YAML reader could take for something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{0,6}",
        prop::sample::select(vec![
            "yes",
            "~",
            "null",
            "1:30",
            "017",
            "1_000",
            "- a",
            "a: b",
            "#",
            "'",
            "\"",
            "\\",
            "{",
            "$int",
            ".inf",
            "2024-01-01",
            "<<",
            "=",
            "!",
            "%(a)s",
            " a",
            "a ",
            "\u{85}",
            "\u{feff}",
            "\u{2028}",
            "\u{7f}",
            "😀"
        ])
        .prop_map(str::to_owned),
    ]
}

fn string() -> impl Strategy<Value = PyStr> {
    prop_oneof![
        9 => text().prop_map(PyStr::from),
        1 => vec(prop_oneof![3 => 0xd800_u32..0xe000, 1 => 0..0x11_0000_u32], 1..6)
            .prop_map(PyStr::from_code_points),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(|value| Value::Int(value.into())),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(|value| Value::Int(value.into())),
        // There are many NaNs, and Python writes all of them alike.
        any::<f64>().prop_map(|value| Value::Float(if value.is_nan() { f64::NAN } else { value })),
        string().prop_map(Value::Str),
        vec(any::<u8>(), 0..4).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            vec(inner.clone(), 0..4).prop_map(Value::Tuple),
            vec(inner.clone(), 0..2).prop_map(Value::Set),
            vec((string(), inner.clone()), 0..4).prop_map(Value::dict),
            vec((any::<i64>(), inner), 0..4).prop_map(|pairs| {
                let mut dict = Dict::default();
                for (key, value) in pairs {
                    dict.insert(key.into(), value).expect("an int is hashable");
                }
                Value::Dict(dict)
            }),
        ]
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let class = || "[A-Z][a-z]{1,8}".prop_map(|name| ClassName::try_from(name).expect("a name"));
    prop_oneof![
        Just(Outcome::Allow),
        Just(Outcome::Deny),
        class().prop_map(Outcome::Raise),
        class().prop_map(Outcome::Load),
        prop::sample::select(&Poison::ALL).prop_map(Outcome::Poisoned),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let ask = prop_oneof![text().prop_map(Ask::Rule), text().prop_map(Ask::Check)];
    let stated = option::of(prop::sample::select(vec![Stated::Allow, Stated::Deny]));
    let parts =
        (option::of(text()), ask, value(), value(), option::of(outcome()), stated, option::of(text()));
    parts.prop_map(|(name, ask, creds, target, expect, stated, quote)| Case {
        name,
        request: Request { ask, creds, target },
        expect,
        stated,
        quote,
    })
}

fn document() -> impl Strategy<Value = Document> {
    let rules = btree_map(text(), value(), 0..4);
    let of_rules = rules.prop_map(|rules| RuleSource::Rules(rules.into_iter().collect()));
    let world = prop_oneof![
        3 => of_rules,
        1 => text().prop_map(|text| RuleSource::Text(text.into_bytes())),
        1 => vec(any::<u8>(), 0..9).prop_map(RuleSource::Text),
    ];
    let origin = (option::of(text()), text(), text());
    let texts = vec((text(), option::of(text())), 0..3).prop_map(|texts| {
        let pair = |(name, text): (String, Option<String>)| (name.into(), text.map(Into::into));
        RuleTexts(texts.into_iter().map(pair).collect())
    });
    let world = (world, option::of(text()), option::of(texts));
    let parts = (option::of(text()), origin, world, vec(case(), 1..4));
    parts.prop_map(|(about, (document, oracle, python), (source, default_rule, texts), cases)| Document {
        file: PathBuf::from("made.yaml"),
        line: 1,
        comment: vec![],
        about,
        source: Source { document, derived: None, oracle: Some(oracle), python: Some(python) },
        world: World { default_rule, source },
        texts,
        cases,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_document_reads_back(document in document()) {
        let text = write_document(&document);
        let read = read_text("made.yaml", &text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&read, &[document], "{}", text);
    }

    #[test]
    fn a_value_written_as_json_reads_back(value in value()) {
        let mut json = String::new();
        write_json(&value, &mut json);
        let Spelled(read) = serde_json::from_str(&json).map_err(|error| TestCaseError::fail(format!("{error}: {json}")))?;
        prop_assert_eq!(read, value, "{}", json);
    }
}

/// Two surrogates that JSON takes for one character are two in Python, so they are written apart.
#[test]
fn a_pair_of_surrogates_is_spelled_in_pieces() {
    let written = |points: &[u32]| {
        let mut json = String::new();
        write_json(&Value::Str(PyStr::from_code_points(points.to_vec())), &mut json);
        json
    };
    assert_eq!(written(&[0xd83d, 0xde00]), r#"{"$str":["\\ud83d","\\ude00"]}"#);
    assert_eq!(written(&[0x61, 0xd83d, 0xde00, 0xde00, 0x62]), r#"{"$str":["a\\ud83d","\\ude00\\ude00b"]}"#);
    assert_eq!(written(&[0xde00, 0xd83d]), r#"{"$str":"\\ude00\\ud83d"}"#);
    assert_eq!(written(&[0x1f600, 0xd83d]), r#"{"$str":"\\ud83d\\ude00\\ud83d"}"#);
}

#[test]
fn names_and_keys_too_long_for_yaml_read_back() {
    let long = "\u{1}".repeat(3000);
    let mut document =
        read_text("a.yaml", "source: {document: a}\nrules: {}\ncases: [{rule: a}]\n").expect("read");
    document[0].world = World::of_rules([(long.as_str(), Value::from("@"))]);
    document[0].cases[0].request.creds = Value::dict([(long.as_str(), Value::None)]);
    assert_eq!(read_text("a.yaml", &write_document(&document[0])).expect("read again"), document);
}

#[test]
fn a_file_of_several_documents_reads_back_with_its_comments() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.yaml");
    let text = "# kept\nsource: {document: a}\nrules: {}\ncases: [{rule: a}]\n---\n# kept too\nsource: {document: b}\nrules: {}\ncases: []\n";
    let documents = read_text(&path, text).expect("documents");
    write_file(&path, &documents).expect("written");
    let read = assay_case::read_file(&path).expect("documents");
    let comments: Vec<_> = read.iter().map(|document| document.comment.concat()).collect();
    assert_eq!(comments, ["# kept", "# kept too"]);
    assert_eq!(std::fs::read_dir(directory.path()).expect("listed").count(), 1);
}

#[test]
fn a_quote_beside_a_lone_surrogate_does_not_end_the_text() {
    let value = Value::Str(PyStr::from_code_points(vec![u32::from('"'), 0xd800]));
    let mut json = String::new();
    write_json(&value, &mut json);
    assert_eq!(json, r#"{"$str":"\\\"\\ud800"}"#);
}
