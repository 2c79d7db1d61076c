//! What holds for any file.

use assay::lint::{Safety, Selection, fixed, lint};
use assay::policy::Defaults;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Request, Rules, decide};
use proptest::prelude::*;

/// Words of rules, sound and broken.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "role:admin",
        "role:Admin",
        "role:x",
        "rule:a",
        "rule:b",
        "rule:nobody",
        "project_id:%(project_id)s",
        "user_id:%(user_id)s",
        "'p':%(v)s",
        "None:%(v)s",
        "is_admin:True",
        "is_admin:true",
        "null:%(v)s",
        "@",
        "!",
        "admin",
        "a$b:x",
        "user_id:%(user_id)d",
        "project_id:%(project_id)",
        "'foo'",
        "http://h/%(v)s",
        "é:ü",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let joint =
        prop::sample::select(vec![" and ", " or ", " and not ", " or not ", " ", " or (", ") and ", "  or "]);
    let rest = prop::collection::vec((joint, word()), 0..4);
    (prop::bool::ANY, word(), rest).prop_map(|(not, first, rest)| {
        let mut text = if not { format!("not {first}") } else { first };
        for (joint, word) in rest {
            text.push_str(joint);
            text.push_str(&word);
        }
        text
    })
}

/// A value in some style of YAML.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => text().prop_map(|text| Value::from(text.as_str()).to_json()),
        2 => text().prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        2 => text(),
        1 => text().prop_map(|text| format!(">-\n  {text}")),
        1 => prop::collection::vec(word(), 0..3).prop_map(|words| format!("['{}']", words.join("', '").replace("'p'", "''p''"))),
        1 => prop::sample::select(vec!["!", "", "~", "no", "[]", "{}", "\"\"", "\"  \"", "[[]]", "true", "{role: x}"])
            .prop_map(str::to_owned),
    ]
}

trait Json {
    fn to_json(&self) -> String;
}

impl Json for Value {
    fn to_json(&self) -> String {
        assay::policy::value::json(self).to_string()
    }
}

fn file() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "c", "\"x:y\"", "default"]);
    prop::collection::vec((name, value()), 0..6)
        .prop_map(|rules| rules.iter().map(|(name, value)| format!("{name}: {value}\n")).collect())
}

fn report(bytes: &[u8]) -> assay::lint::Report {
    let selection = Selection { pedantic: true, ..Selection::default() };
    lint(&[("policy.yaml".into(), bytes.to_vec())], &Defaults::default(), &selection)
}

/// Requests that tell the words above apart.
fn requests() -> Vec<(Value, Value)> {
    let text = |text: &str| Value::from(text);
    let creds = |roles: &[&str], project: &str, admin: bool| {
        Value::dict([
            ("roles", Value::list(roles.iter().map(|role| text(role)))),
            ("project_id", text(project)),
            ("user_id", text("u1")),
            ("is_admin", admin.into()),
        ])
    };
    let targets = [
        Value::dict([("project_id", text("p1")), ("user_id", text("u1")), ("v", text("p"))]),
        Value::dict([("project_id", text("p2")), ("v", Value::None)]),
        Value::dict([] as [(&str, Value); 0]),
    ];
    let callers = [creds(&[], "p1", false), creds(&["admin"], "p2", true), creds(&["x"], "p1", false)];
    callers.iter().flat_map(|caller| targets.iter().map(|target| (caller.clone(), target.clone()))).collect()
}

fn decisions(text: &str) -> Vec<Vec<Result<bool, assay_engine::oslo::Interrupt>>> {
    let Ok(rules) = Rules::load(text) else {
        return Vec::new();
    };
    let names = ["a", "b", "c", "x:y", "default"];
    let ask = |name: &str| {
        requests().iter().map(|(creds, target)| decide(&rules, name, Request { creds, target })).collect()
    };
    names.iter().map(|name| ask(name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_linted_within_their_lines(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_places(&bytes);
    }

    #[test]
    fn any_text_is_linted_within_its_lines(text in "[ab:!@%(){}\\[\\]\"'#,é\\n \\-&*|>sx]{0,80}") {
        check_places(text.as_bytes());
    }

    #[test]
    fn any_policy_is_linted_within_its_lines(text in file()) {
        check_places(text.as_bytes());
    }

    #[test]
    fn fixes_that_keep_what_a_file_means_do(text in file()) {
        let (new, _) = fixed(text.as_bytes(), &report(text.as_bytes()).findings, Safety::Same);
        let new = String::from_utf8(new).unwrap();
        prop_assert_eq!(decisions(&text), decisions(&new), "{} became {}", text, new);
    }

    #[test]
    fn safe_fixes_allow_nothing_that_was_not(text in file()) {
        let (new, _) = fixed(text.as_bytes(), &report(text.as_bytes()).findings, Safety::Narrows);
        let new = String::from_utf8(new).unwrap();
        // `not rule:a` turns a narrower `a` round; whatever does not go through `not` holds.
        prop_assume!(!text.contains("not "));
        for (old, new) in decisions(&text).into_iter().flatten().zip(decisions(&new).into_iter().flatten()) {
            prop_assert!(new != Ok(true) || old == Ok(true), "{} became {:?}", text, new);
        }
    }

    #[test]
    fn a_fixed_finding_is_not_found_again(text in file()) {
        let mut text = text;
        for _ in 0..8 {
            let report = report(text.as_bytes());
            let (new, count) = fixed(text.as_bytes(), &report.findings, Safety::Widens);
            text = String::from_utf8(new).unwrap();
            if count == 0 {
                return Ok(());
            }
        }
        let report = report(text.as_bytes());
        let left = report.findings.iter().filter(|finding| finding.fix.is_some()).count();
        prop_assert_eq!(left, 0, "{}", text);
    }
}

/// Lints, and checks that every place lies in the file, and that whatever is printed can be.
fn check_places(bytes: &[u8]) {
    let report = report(bytes);
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).collect();
    for finding in &report.findings {
        assert!(finding.start.line >= 1 && finding.start.line <= lines.len(), "{finding:?}");
        assert!(finding.start <= finding.end, "{finding:?}");
        assert!(finding.start.column >= 1, "{finding:?}");
    }
    let _ = assay::lint::render::text(&report, assay::lint::render::Color::Terminal);
    let _ = assay::lint::render::github(&report);
    let _ = assay::lint::render::sarif(&report);
    let _ = assay::lint::render::json(&report);
}
