//! Whole enforcers: reading them, writing them, and what the engine makes of their steps.

use assay_case::service::{Call, Mtime, Service, Step};
use assay_case::{
    Ask, Document, EngineSubject, Outcome, Request, RuleSource, Subject, World, read_text, write_document,
};
use assay_engine::oslo::python::Value;
use rstest::rstest;

/// Every key that a whole enforcer can have, in the canonical form.
const ALL: &str = "\
source: {document: a.txt}
registered:
- {name: a, check_str: \"role:x\", scope_types: [project]}
- {name: b, check_str: \"http://HOST/check\", deprecated_rule: {name: old, check_str: \"@\"}}
files: {policy.yaml: \"a: '!'\\n\", policy.d/1.yaml: {$bytes: \"/v8=\"}}
options: {enforce_new_defaults: false, policy_dirs: [policy.d], remote_timeout: 0.5}
enforcer: {default_check: \"role:x\", overwrite: false, skip_undefined_check: true, suppress_default_change_warnings: true, suppress_deprecation_warnings: false}
remote:
- {url: \"http://HOST/check\", status: 500, body: \"True\"}
- {url: \"http://HOST/other\", parity: true}
checks:
- {kind: field, returns: {$tuple: []}}
- {kind: x, raise: KeyError, legacy: true}
default_rule: b
steps:
- {write: {policy.yaml: \"a: '@'\\n\"}, mtime: same}
- {name: first, call: enforce, rule: a, creds: {}, target: {}, expect: deny}
- {call: authorize, rule: b, creds: null, target: {}, do_raise: true, expect: {raise: InvalidScope}}
- {remove: policy.d/1.yaml}
- {call: enforce, check: \"rule:b\", creds: {}, target: {}}
- {call: check_rules}
- {call: load_rules, force: true, expect: allow}
- {call: enforce, check: \"@\", creds: {}, target: {}, scope_types: [system], do_raise: true, exc: ValueError}
";

fn read(text: &str) -> Document {
    read_text("a.yaml", text).expect("a document").remove(0)
}

#[test]
fn a_whole_enforcer_reads_back_as_it_was_written() {
    let document = read(ALL);
    assert_eq!(write_document(&document), ALL);
    let service = document.world.service().expect("an enforcer");
    assert_eq!(service.steps[3], Step::Remove { path: "policy.d/1.yaml".to_owned(), mtime: Mtime::Later });
    assert_eq!(document.cases.len(), 6);
    assert_eq!(document.cases[0].request, Request::step(1));
    assert_eq!(
        document.cases[1].request.asked(&document.world).map(|asked| &asked.creds),
        Some(&Value::None)
    );
    assert_eq!(document.cases[3].request.asked(&document.world), None);
}

#[rstest]
#[case("registered: []\ncases: [{rule: a}]", "registered: []\n")]
#[case("registered: []\ntext: \"a: x:y\"\ncases: [{rule: a}]", "registered: []\ntext: \"a: x:y\"\n")]
#[case("options: {}\nrules: {a: [[b]]}\ncases: [{rule: a}]", "registered: []\nrules:\n  a: [[b]]\n")]
fn a_policy_file_may_stand_beside_registered_defaults(#[case] text: &str, #[case] written: &str) {
    let document = read(&format!("source: {{document: a}}\n{text}\n"));
    assert!(
        write_document(&document).contains(&format!("\n{written}cases:\n")),
        "{}",
        write_document(&document)
    );
    assert_eq!(read(&write_document(&document)), document);
}

#[rstest]
#[case("registered: 5\ncases: [{rule: a}]", "neither a list of defaults")]
#[case("registered: none.yaml\ncases: [{rule: a}]", "registered: none.yaml:")]
#[case("registered: []\nfiles: {}\ntext: x\ncases: [{rule: a}]", "`files` cannot stand beside")]
#[case("files: {../a: x}\ncases: [{rule: a}]", "a path is relative")]
#[case("files: {/a: x}\ncases: [{rule: a}]", "a path is relative")]
#[case("files: {a.conf: x}\ncases: [{rule: a}]", "oslo.config would read it")]
#[case("files: {a: 5}\ncases: [{rule: a}]", "neither a text nor $bytes")]
#[case("registered: []\nrules: {a: {$bytes: aaaa}}\ncases: [{rule: a}]", "rules: a: no JSON")]
#[case("options: {enforce_scope: true}\ncases: [{rule: a}]", "unknown field `enforce_scope`")]
#[case("remote: [{url: \"http://a/\", body: x}]\ncases: [{rule: a}]", "does not begin with http://HOST/")]
#[case("remote: [{url: \"http://HOST/\"}]\ncases: [{rule: a}]", "exactly one of `body")]
#[case("checks: [{kind: a}]\ncases: [{rule: a}]", "exactly one of `returns` and `raise`")]
#[case("checks: [{kind: a, raise: RecursionError}]\ncases: [{rule: a}]", "is none of AttributeError")]
#[case("registered: []\ncases: [{rule: a}]\nsteps: []", "exactly one of `cases` and `steps`")]
#[case("registered: []", "exactly one of `cases` and `steps`")]
#[case("registered: []\nsteps: []", "steps: there are none")]
#[case("steps: [{call: enforce}]", "steps[0]: enforce takes exactly one")]
#[case("steps: [{call: authorize, check: a}]", "steps[0]: authorize takes a `rule`")]
#[case("steps: [{call: check_rules, rule: a}]", "check_rules takes nothing but")]
#[case("steps: [{call: load_rules, do_raise: true}]", "load_rules takes nothing but")]
#[case("steps: [{call: enforce, rule: a, exc: KeyError}]", "`exc` says what `do_raise` raises")]
#[case("steps: [{call: enforce, rule: a, do_raise: true, exc: OSError}]", "exc: OSError is none of")]
#[case("steps: [{call: check_rules, do_raise: true, exc: KeyError}]", "check_rules takes nothing but")]
#[case("steps: [{call: enforce, rule: a, scope_types: [system]}]", "only a `check` that is enforced")]
#[case("enforcer: {use_conf: false}\ncases: [{rule: a}]", "unknown field `use_conf`")]
#[case("steps: [{write: {a: x}, call: load_rules}]", "exactly one of `write`")]
#[case("steps: [{remove: a, expect: deny}]", "only a call has a name")]
fn what_is_no_enforcer_is_refused(#[case] text: &str, #[case] message: &str) {
    let error = read_text("a.yaml", &format!("source: {{document: a}}\n{text}\n")).expect_err("refused");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn rules_beside_registered_defaults_are_a_policy_file_in_json() {
    let document =
        read("source: {document: a}\nregistered: []\nrules: {a: \"x:'\", b: [[c]]}\ncases: [{rule: a}]\n");
    let service = document.world.service().expect("an enforcer");
    let json = "{\"a\":\"x:'\",\"b\":[[\"c\"]]}".to_owned();
    assert_eq!(service.policy.files(), [("policy.yaml".to_owned(), json.into_bytes())]);
}

/// Outcomes recorded from oslo.policy 6.0.1.
#[test]
fn steps_see_the_files_as_they_are_by_then() {
    let document = read(
        "source: {document: a}
registered: [{name: a, check_str: \"@\", scope_types: [project]}]
steps:
- {call: enforce, rule: a, expect: allow}
- {write: {policy.yaml: \"a: '!'\"}}
- {call: enforce, rule: a, expect: deny}
- {write: {policy.yaml: \"a: '@'\"}, mtime: same}
- {call: enforce, rule: a, expect: deny}
- {write: {policy.yaml: \"a: [\"}}
- {call: enforce, rule: a, expect: {load: ValueError}}
- {call: enforce, rule: a, expect: deny}
- {write: {policy.yaml: \"{}\"}}
- {call: authorize, rule: a, creds: {system_scope: all}, do_raise: true, expect: {raise: InvalidScope}}
- {call: authorize, rule: b, expect: {raise: PolicyNotRegistered}}
- {remove: policy.yaml}
- {call: enforce, rule: a, expect: allow}
",
    );
    let loaded = EngineSubject.load(&document.world);
    for case in &document.cases {
        assert_eq!(loaded.decide(&case.request).outcome(), case.expect.as_ref(), "{:?}", case.request);
    }
}

#[test]
fn servers_answer_what_they_are_told_to() {
    let document = read(
        "source: {document: a}
registered:
- {name: \"yes\", check_str: \"http://HOST/yes\"}
- {name: \"no\", check_str: \"http://HOST/no\"}
- {name: nowhere, check_str: \"http://HOST/nowhere\"}
- {name: slow, check_str: \"http://HOST/slow\"}
options: {remote_timeout: 0.2}
remote: [{url: \"http://HOST/yes\", body: \"True\"}, {url: \"http://HOST/no\", body: \"true\"}, {url: \"http://HOST/slow\", hang: true}]
cases:
- {rule: \"yes\", expect: allow}
- {rule: \"no\", expect: deny}
- {rule: nowhere, expect: deny}
- {rule: slow, expect: {raise: RuntimeError}}
- {check: \"http://HOST/yes\", expect: allow}
",
    );
    let loaded = EngineSubject.load(&document.world);
    for case in &document.cases {
        assert_eq!(loaded.decide(&case.request).outcome(), case.expect.as_ref(), "{:?}", case.request);
    }
}

#[test]
fn a_default_that_cannot_be_registered_is_the_outcome_of_everything() {
    let default = |name: &str| Value::dict([("name", name.into()), ("check_str", Value::from("@"))]);
    let mut service = Service::default();
    service.registered.defaults = vec![default("a"), default("a")];
    service.steps = vec![Step::Call(Call::LoadRules { force: false })];
    let world = World { source: RuleSource::Service(Box::new(service)), default_rule: None };
    let loaded = EngineSubject.load(&world);
    let answer = loaded.decide(&Request { ask: Ask::Step(0), creds: Value::None, target: Value::None });
    let Some(Outcome::Load(class)) = answer.outcome() else { panic!("{answer}") };
    assert_eq!(class.as_str(), "DuplicatePolicyError");
}
