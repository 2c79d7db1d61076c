//! What real services register, beside the documents: on files that were written from the releases. That they still
//! are what the releases register is the command's to see; nothing is fetched here.

use std::path::{Path, PathBuf};

use assay_case::{Entry, case_files, read_entries};
use assay_differential::services::compare::{Comparison, Difference, Kind, compare, nearest};
use assay_differential::services::defaults::{Archive, Documented, Method, Operation, read, write};
use assay_differential::services::list::{List, Release};
use assay_differential::services::questions::{personas, questions};
use assay_engine::oslo::enforcer::{Enforcer, Options};
use assay_engine::oslo::python::Value;
use rstest::rstest;

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")
}

fn policy(path: &str) -> Documented {
    let text = std::fs::read_to_string(policies().join(path)).expect("a policy");
    read(&text, path.ends_with(".json")).expect("a documented policy")
}

fn beside(document: &str, service: &str, release: &str) -> Comparison {
    let registered = policy(&format!("services/{service}-{release}.yaml"));
    compare(&policy(document), release, &registered.defaults)
}

/// How many differences there are of each kind: documented only, registered only, check string, scopes, operations.
fn kinds(comparison: &Comparison) -> [usize; 5] {
    let mut counts = [0; 5];
    for difference in &comparison.differences {
        counts[match difference.kind {
            Kind::OnlyInDocument => 0,
            Kind::OnlyInRelease => 1,
            Kind::CheckStr { .. } => 2,
            Kind::ScopeTypes { .. } => 3,
            Kind::Operations { .. } => 4,
        }] += 1;
    }
    counts
}

/// Counted by hand, in the packages.
#[rstest]
#[case::glance_27("glance.yaml", "glance", "27.0.0", 60, [3, 0, 0, 0, 0])]
#[case::glance_28("glance.yaml", "glance", "28.0.0", 60, [3, 0, 0, 0, 0])]
#[case::glance_29("glance.yaml", "glance", "29.0.0", 63, [0, 0, 0, 0, 0])]
#[case::glance_30("glance.yaml", "glance", "30.0.0", 63, [0, 0, 1, 0, 0])]
#[case::glance_31("glance.yaml", "glance", "31.0.0", 63, [0, 0, 2, 0, 0])]
#[case::cinder_11("cinder.json", "cinder", "11.2.0", 136, [1, 0, 0, 0, 0])]
#[case::cinder_12("cinder.json", "cinder", "12.0.4", 137, [13, 13, 3, 0, 0])]
fn a_document_differs_from_a_release_as_was_found_by_hand(
    #[case] document: &str,
    #[case] service: &str,
    #[case] release: &str,
    #[case] rules: usize,
    #[case] expected: [usize; 5],
) {
    let comparison = beside(document, service, release);
    assert_eq!((comparison.rules, kinds(&comparison)), (rules, expected), "{comparison:#?}");
}

#[test]
fn glance_s_document_is_nearest_to_29_0_0_and_in_its_order() {
    let releases = ["27.0.0", "28.0.0", "29.0.0", "30.0.0", "31.0.0"];
    let comparisons = releases.map(|release| beside("glance.yaml", "glance", release));
    let nearest = nearest(&comparisons);
    assert_eq!(nearest.iter().map(|one| one.release.as_str()).collect::<Vec<_>>(), ["29.0.0"]);
    assert!(nearest[0].same_order);
}

#[test]
fn cinder_s_document_is_nearest_to_11_2_0_which_lacks_one_rule() {
    let releases = ["11.2.0", "12.0.4", "22.0.0", "29.0.0"];
    let comparisons = releases.map(|release| beside("cinder.json", "cinder", release));
    let nearest = nearest(&comparisons);
    assert_eq!(nearest.len(), 1);
    assert_eq!(nearest[0].release, "11.2.0");
    let lacking = Difference { name: "volume:attachment_complete".to_owned(), kind: Kind::OnlyInDocument };
    assert_eq!(nearest[0].differences, [lacking]);
}

const SMALL: &str = r#"
defaults:
- {name: a, check_str: "role:a", scope_types: [system, project], operations: [{method: GET, path: /a}, {method: PUT, path: /a}]}
- {name: b, check_str: "role:b", scope_types: [project]}
"#;

fn small(text: &str) -> Documented {
    read(&text.replace("/a", "\"/a\""), false).expect("a defaults file")
}

#[rstest]
#[case::scope_types_in_another_order("[system, project]", "[project, system]", [0, 0, 0, 0, 0])]
#[case::a_scope_type_less("[system, project]", "[project]", [0, 0, 0, 1, 0])]
#[case::a_blank_more("role:a", "role:a ", [0, 0, 1, 0, 0])]
#[case::another_method("{method: PUT", "{method: POST", [0, 0, 0, 0, 1])]
#[case::a_list_of_one_method("{method: PUT", "{method: [PUT]", [0, 0, 0, 0, 1])]
#[case::another_name("name: b", "name: c", [1, 1, 0, 0, 0])]
fn what_differs_is_told(#[case] ours: &str, #[case] theirs: &str, #[case] expected: [usize; 5]) {
    assert!(SMALL.contains(ours));
    let comparison = compare(&small(SMALL), "1", &small(&SMALL.replace(ours, theirs)).defaults);
    assert_eq!(kinds(&comparison), expected, "{comparison:#?}");
}

#[test]
fn of_a_policy_file_only_names_and_check_strings_are_compared() {
    let document = read(r#"{"a": "role:a", "b": "role:b"}"#, true).expect("a policy file");
    assert_eq!(compare(&document, "1", &small(SMALL).defaults).differences, []);
}

#[test]
fn another_order_is_no_difference_but_is_told() {
    let mut swapped = small(SMALL);
    swapped.defaults.reverse();
    let comparison = compare(&small(SMALL), "1", &swapped.defaults);
    assert_eq!((comparison.differences.len(), comparison.same_order), (0, false));
}

#[test]
fn releases_that_are_equally_near_are_all_named() {
    let comparisons = ["1", "2"].map(|release| compare(&small(SMALL), release, &small(SMALL).defaults));
    assert_eq!(nearest(&comparisons).len(), 2);
    assert!(nearest(&[]).is_empty());
}

fn written() -> Vec<PathBuf> {
    let files = std::fs::read_dir(policies().join("services")).expect("a folder");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

/// The files name the archives that the list names.
#[test]
fn every_written_file_is_of_a_listed_archive_and_is_written_alike_again() {
    let list = List::carried().expect("the list");
    assert!(!written().is_empty());
    for path in written() {
        let text = std::fs::read_to_string(&path).expect("read");
        let head: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        let field = |value: &serde_yaml::Value, name: &str| value[name].as_str().map(str::to_owned);
        let (service, release) = (field(&head, "service").unwrap(), field(&head, "release").unwrap());
        let source = Archive {
            package: field(&head["source"], "package").unwrap(),
            archive: field(&head["source"], "archive").unwrap(),
            sha256: field(&head["source"], "sha256").unwrap(),
            policy: field(&head["source"], "policy"),
        };
        let listed = list.service(&service, std::slice::from_ref(&release));
        assert_eq!(listed.releases[0].sha256, source.sha256, "{}", path.display());
        let defaults = read(&text, false).expect("a defaults file").defaults;
        assert_eq!(write(&service, &release, &source, &defaults), text, "{}", path.display());
    }
}

#[rstest]
fn the_engine_takes_every_written_default(#[values(true, false)] enforce_new_defaults: bool) {
    for path in written() {
        let text = std::fs::read_to_string(&path).expect("read");
        let enforcer = Enforcer::builder(Options { enforce_new_defaults, ..Options::default() }).build();
        for default in read(&text, false).expect("a defaults file").defaults {
            let default = default.for_engine().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            enforcer.register_default(default).expect("a new name");
        }
        enforcer.load_rules(false).expect("no file to read");
        let found = enforcer.check_rules();
        assert!(found.is_sound(), "{}: {found:?}", path.display());
    }
}

#[test]
fn a_default_is_read_with_all_that_it_can_have() {
    let text = "defaults:
- name: a
  check_str: \"role:a\"
  description: Words
  operations: [{method: [GET, HEAD], path: \"/a\"}]
  deprecated_rule: {name: b, check_str: \"\", deprecated_reason: left out, deprecated_since: W}
  deprecated_for_removal: true
  deprecated_reason: left out
  deprecated_since: \"2023.1\"
";
    let defaults = read(text, false).expect("a defaults file").defaults;
    let methods = Method::Several(vec!["GET".to_owned(), "HEAD".to_owned()]);
    assert_eq!(defaults[0].operations, [Operation { method: methods, path: "/a".to_owned() }]);
    let definition = defaults[0].for_engine().expect("a default");
    let definition = definition.definition();
    let old = definition.deprecated_rule.as_ref().expect("a deprecated rule");
    assert_eq!((old.name(), old.since()), ("b", Some("W")));
    assert!(definition.deprecated_for_removal);
    assert_eq!(definition.deprecated_since.as_deref(), Some("2023.1"));
}

#[rstest]
#[case::a_list("[]", true)]
#[case::a_rule_that_is_no_text(r#"{"a": [["role:a"]]}"#, true)]
#[case::a_policy_file("a: role:a", false)]
#[case::an_unknown_member("defaults: [{name: a, check_str: '', checks: ''}]", false)]
fn what_is_no_documented_policy_is_refused(#[case] text: &str, #[case] is_json: bool) {
    assert!(read(text, is_json).is_err());
}

/// The people of the corpora and these are the same.
#[rstest]
#[case::glance("glance", false)]
#[case::cinder("cinder", true)]
fn the_personas_are_those_of_the_corpora(#[case] corpus: &str, #[case] asks_is_admin: bool) {
    let json = |creds: &Value| {
        let mut text = String::new();
        assay_case::write_json(creds, &mut text);
        let members: std::collections::BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&text).expect("JSON");
        serde_json::json!(members).to_string()
    };
    let files = case_files(&policies().join("../corpus").join(corpus)).expect("case files");
    let documents = files.iter().filter(|file| !file.ends_with("oddities.yaml"));
    let documents = documents.flat_map(|file| read_entries(file).expect("a case file"));
    let cases = documents.filter_map(Entry::oslo).flat_map(|document| document.cases);
    let theirs: std::collections::BTreeSet<_> = cases.map(|case| json(&case.request.creds)).collect();
    let ours: std::collections::BTreeSet<_> =
        personas(asks_is_admin, false).iter().map(|persona| json(&persona.creds)).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn targets_come_from_what_the_checks_of_a_rule_look_at() {
    let text = "defaults:
- {name: open, check_str: ''}
- {name: own, check_str: \"project_id:%(project_id)s\"}
- {name: get, check_str: \"rule:own or (role:reader and 'public':%(visibility)s)\"}
";
    let questions = questions(&read(text, false).expect("a defaults file").defaults);
    let json = |rule: &str| {
        let of_target = |place: &usize| {
            let mut text = String::new();
            assay_case::write_json(&questions.targets[*place], &mut text);
            text
        };
        questions.rules[rule].iter().map(of_target).collect::<Vec<_>>()
    };
    assert_eq!(json("open"), ["{}"]);
    assert_eq!(json("own")[..2], ["{}", r#"{"project_id":"own"}"#]);
    let public = r#"{"project_id":"elsewhere","visibility":"public"}"#;
    assert!(json("get").iter().any(|target| target == public), "{:?}", json("get"));
    assert_eq!(questions.personas.len(), 24);
}

#[test]
fn a_release_that_is_not_listed_has_no_hash() {
    let list = List::carried().expect("the list");
    let service = list.service("glance", &["29.0.0".to_owned(), "0.1".to_owned()]);
    assert_eq!(service.releases[0].sha256.len(), 64);
    assert_eq!(
        service.releases[1],
        Release { release: "0.1".to_owned(), sha256: String::new(), policy: None }
    );
    assert_eq!(list.service("unknown", &[]).releases, []);
    assert_eq!(list.service("placement", &[]).package(), "openstack-placement");
}

/// The Python half, on wheels made here.
#[cfg(feature = "upstream")]
mod script {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use assay_differential::services::decide::{decide, load};
    use assay_differential::services::defaults::Archive;
    use assay_differential::services::install::Installed;
    use assay_differential::services::questions::questions;
    use assay_differential::services::report::ServiceReport;

    use super::support;

    /// A wheel whose entry point lists one rule; `rule` is its check string, in Python.
    fn wheel(rule: &str) -> (tempfile::TempDir, PathBuf) {
        const MAKE: &str = "import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('toy/__init__.py', '')
    wheel.writestr('toy/policies.py', '''
from not_there import decorator
from not_there.deeper import NAME, Base
from oslo_policy import policy
class Own(Base):
    pass
@decorator
def list_rules():
    return [policy.RuleDefault('a', RULE, scope_types=['project'])]
'''.replace('RULE', sys.argv[2]))
    wheel.writestr('toy-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: toy\\nVersion: 1\\n')
    wheel.writestr('toy-1.dist-info/entry_points.txt', '[oslo.policy.policies]\\ntoy = toy.policies:list_rules\\n')
";
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("toy-1-py3-none-any.whl");
        let python = support::upstream().root().join("bin/python");
        let made = Command::new(python).args(["-I", "-c", MAKE]).arg(&path).arg(rule).status();
        assert!(made.expect("Python runs").success());
        (directory, path)
    }

    fn on_wheel(rule: &str, arguments: &[&str], input: &str) -> Output {
        let (directory, wheel) = wheel(rule);
        let asked = directory.path().join("input.json");
        std::fs::write(&asked, input).expect("written");
        Command::new(support::upstream().root().join("bin/python"))
            .args(["-I", "-B"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/services"))
            .args(arguments)
            .arg(&wheel)
            .stdin(std::fs::File::open(&asked).expect("open"))
            .output()
            .expect("Python runs")
    }

    /// The engine is given another rule than upstream, as if it read the same one otherwise.
    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[rstest::rstest]
    #[case::the_same("role:reader", 0)]
    #[case::denied_to_those_who_only_read("role:admin", 4)]
    fn what_the_engine_decides_otherwise_is_found(#[case] check: &str, #[case] expected: usize) {
        let (_directory, wheel) = wheel("'role:reader'");
        let archive = wheel.file_name().expect("a name").to_string_lossy().into_owned();
        let source = Archive { package: "toy".to_owned(), archive, sha256: String::new(), policy: None };
        let installed = Installed { archives: vec![wheel], source };
        let environment = support::upstream();
        let mut loaded = load(&environment, "toy", &installed).expect("loaded");
        loaded.defaults[0].check_str = check.to_owned();
        let questions = questions(&loaded.defaults);
        let decided = decide(&environment, "toy", "1", &installed, &loaded.defaults, &questions, true);
        let decided = decided.expect("decided");
        assert_eq!(decided.decisions, 24);
        assert_eq!(decided.disagreements.len(), expected, "{:#?}", decided.disagreements);
        let report = ServiceReport::new("toy", None, loaded.stood_in_for, vec![decided], Vec::new());
        assert_eq!(report.text().matches("DIVERGENCE 1 (enforce_new_defaults true) a: ").count(), expected);
        assert_eq!(report.disagreements(), expected);
    }

    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[test]
    fn modules_that_are_not_installed_are_stood_in_for_and_named() {
        let output = on_wheel("'role:a'", &["defaults", "toy"], "");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            r#"{"defaults": [{"name": "a", "check_str": "role:a", "scope_types": ["project"]}], "stood_in_for": ["not_there"]}"#,
            "{output:?}"
        );
    }

    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[rstest::rstest]
    #[case::formatted("'role:%s' % NAME")]
    #[case::as_f_string("f'role:{NAME}'")]
    #[case::added("'role:' + NAME")]
    #[case::as_it_is("NAME")]
    fn a_rule_made_of_something_that_is_not_installed_is_an_error(#[case] rule: &str) {
        let output = on_wheel(rule, &["defaults", "toy"], "");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    #[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
    #[test]
    fn upstream_decides_on_the_defaults_with_their_scopes() {
        let asked = r#"{"creds": [{"roles": ["a"], "project_id": "p"}, {"roles": ["a"], "system_scope": "all"}],
            "targets": [{}], "rules": {"a": [0]}, "enforce_new_defaults": true}"#;
        let output = on_wheel("'role:a'", &["decide", "toy"], asked);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            r#"{"outcomes": {"a": [["allow", "deny"]]}}"#,
            "{output:?}"
        );
    }
}

#[cfg(feature = "upstream")]
mod support;
