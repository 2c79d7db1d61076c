//! The commands as they are typed: what they print, and how they end.

use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;

const PROGRAM: &str = env!("CARGO_BIN_EXE_assay-differential");

fn differential(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().expect("the program runs")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const CASES: &str = "\
source: {oracle: oslo.policy 6.0.1, python: '3.11'}
rules: {get: 'role:reader or a.b:%(x)s'}
cases:
- {name: a reader, rule: get, creds: {roles: [Reader]}, target: {}, expect: allow}
- {name: nobody, rule: get, creds: {}, target: {}, expect: deny}
- {name: a crash, rule: get, creds: {a: text}, target: {x: y}, expect: {raise: TypeError}}
- {name: a wrong recording, rule: get, creds: {}, target: {}, expect: allow}
";

fn file(text: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("cases.yaml");
    std::fs::write(&path, text).expect("written");
    (directory, path.display().to_string())
}

#[test]
fn a_recorded_case_that_disagrees_is_named_and_ends_in_1() {
    let (_directory, path) = file(CASES);
    let output = differential(&["replay", "--oracle", "recorded", &path]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).expect("text");
    let expected = format!(
        "{path}:1: a wrong recording (get): expected allow, got deny\n\
         4 cases, engine against recorded: 1 disagree\n"
    );
    assert_eq!(printed, expected);
}

#[test]
fn json_is_one_object_a_line_with_the_agreed_members() {
    let (_directory, path) = file(CASES);
    let output = differential(&["replay", "--oracle", "recorded", "--format", "json", &path]);
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[2],
        serde_json::json!({
            "file": path, "case": "a crash", "rule": "get",
            "expected": {"raise": "TypeError"}, "got": {"raise": "TypeError"}, "agree": true,
        })
    );
    assert_eq!(
        (&lines[3]["expected"], &lines[3]["got"], &lines[3]["agree"]),
        (&"allow".into(), &"deny".into(), &false.into())
    );
}

#[test]
fn areas_stand_in_place_of_cases_where_that_is_asked_for() {
    let (_directory, path) = file(CASES);
    let by_area = |more: &[&str]| {
        let output = differential(
            &[&["replay", "--oracle", "recorded", "--by-area"], more, &[path.as_str()]].concat(),
        );
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let text = by_area(&[]);
    assert!(text.contains(" 4  75.0 %") && !text.contains("a wrong recording"), "{text}");
    let lines = by_area(&["--format", "json"]);
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["area"], &last["cases"], &last["engine"]["strict"]),
        (&"all".into(), &4.into(), &3.into())
    );
}

const IAM_CASES: &str = "\
kind: iam
source: {document: a.txt}
organization:
- {node: root, scps: [FullAccess]}
- {node: ou, scps: [FullAccess, {Version: '5.0', Statement: [{Effect: Deny, Action: ['ims:quotas:get']}]}]}
principal: {policies: ['IMS FullAccess']}
cases:
- {name: the quota, action: 'ims:quotas:get', expect: {deny: explicit}, by: scp, node: ou}
- {name: a wrong expectation, action: 'ims:images:list', expect: deny}
- {name: a document, document: '{}', as: scp, expect: {invalid: missing-element}}
";

/// Cases of this kind have no upstream, so no Python starts for them either.
#[rstest]
#[case(&[])]
#[case(&["--oracle", "recorded"])]
fn cases_of_kind_iam_are_held_against_their_documents(#[case] oracle: &[&str]) {
    let (_directory, path) = file(IAM_CASES);
    let output = differential(&[&["replay", &path], oracle].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let expected = format!(
        "{path}:1: a wrong expectation (ims:images:list): expected \"deny\", got allow by identity: IMS FullAccess \
         statement 1\n3 cases of kind iam, engine against documents: 1 disagree\n"
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn a_case_of_kind_iam_in_json_has_the_agreed_members() {
    let (_directory, path) = file(IAM_CASES);
    let output = differential(&["replay", "--format", "json", &path]);
    let first = String::from_utf8(output.stdout).expect("text").lines().next().expect("a line").to_owned();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&first).expect("JSON"),
        serde_json::json!({
            "file": path, "case": "the quota", "rule": "ims:quotas:get",
            "expected": {"deny": "explicit", "by": "scp", "node": "ou"},
            "got": {"deny": "explicit", "by": "scp", "node": "ou"}, "agree": true,
        })
    );
}

#[test]
fn a_case_of_kind_iam_without_an_expectation_ends_in_2() {
    let (_directory, path) = file(&IAM_CASES.replace(", expect: deny}", "}"));
    let output = differential(&["replay", &path]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(errors(&output).contains("has no expectation"), "{}", errors(&output));
}

#[cfg(feature = "upstream")]
#[test]
fn cases_of_kind_iam_cannot_be_recorded() {
    let (_directory, path) = file(IAM_CASES);
    let output = differential(&["record", &path]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        errors(&output).contains("kind: iam: upstream has no word on these cases"),
        "{}",
        errors(&output)
    );
}

#[rstest]
#[case::missing(&["replay", "--oracle", "recorded", "no/such/file.yaml"], "no/such/file.yaml: No such file")]
#[case::subject(&["replay", "--subject", "nobody", "corpus"], "no subject is called \"nobody\"; there are: engine, oslo-policy-0.1")]
#[case::subject_of_a_run(&["run", "--subject", "nobody"], if cfg!(feature = "upstream") { "no subject is called \"nobody\"; there are" } else { "feature `upstream` is off" })]
#[case::record(&["record", "no/such/file.yaml"], if cfg!(feature = "upstream") { "no/such/file.yaml: No such file" } else { "feature `upstream` is off" })]
#[case::shard(&["run", "--shard", "3/3"], if cfg!(feature = "upstream") { "--shard: a shard is written I/N" } else { "feature `upstream` is off" })]
#[case::profile(&["run", "--profile", "perl"], if cfg!(feature = "upstream") { "no profile is called \"perl\"" } else { "feature `upstream` is off" })]
#[case::usage(&["replay"], "required arguments were not provided")]
fn what_cannot_be_done_is_said_and_ends_in_2(#[case] arguments: &[&str], #[case] message: &str) {
    if arguments.contains(&"no/such/corpus")
        && std::env::var_os("ASSAY_UPSTREAM").is_some_and(|value| value == "off")
    {
        println!("not run: ASSAY_UPSTREAM=off");
        return;
    }
    let output = differential(arguments);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(errors(&output).contains(message), "{output:?}");
}

#[rstest]
#[case::truncated(&CASES[..CASES.len() - 20], 7)]
#[case::unknown_key(&CASES.replace("name: nobody", "nome: nobody"), 5)]
#[case::garbage("\u{0}\u{1}garbage: [", 1)]
#[case::wrong_type("source: 5\n", 1)]
#[case::no_expectation(&CASES.replace(", expect: deny", ""), 1)]
fn a_bad_case_file_ends_in_2_with_file_and_line(#[case] text: &str, #[case] line: usize) {
    let (_directory, path) = file(text);
    let output = differential(&["replay", "--oracle", "recorded", &path]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(errors(&output).starts_with(&format!("error: {path}:{line}: ")), "{}", errors(&output));
}

#[test]
fn a_huge_file_ends_in_2_without_being_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("huge.yaml");
    // Sparse: it takes no room on disk.
    std::fs::File::create(&path).and_then(|file| file.set_len(1 << 40)).expect("made");
    let output = differential(&["replay", "--oracle", "recorded", &path.display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("huge.yaml:1: the file is larger than"), "{}", errors(&output));
}

#[test]
fn a_directory_without_cases_ends_in_2() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = differential(&["replay", "--oracle", "recorded", &directory.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("no case files"), "{}", errors(&output));
}

#[test]
fn the_recorded_corpora_agree_with_the_engine() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let output = differential(&["replay", "--oracle", "recorded", &corpus.display().to_string()]);
    let printed = String::from_utf8(output.stdout.clone()).expect("text");
    assert!(
        output.status.success() && printed.ends_with(" engine against recorded: 0 disagree\n"),
        "{output:?}"
    );
}

#[cfg(feature = "upstream")]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_run_over_a_corpus_that_is_not_there_ends_in_2() {
    let output = differential(&["run", "--corpus", "no/such/corpus", "--cases", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("no/such/corpus: No such file"), "{output:?}");
}

#[cfg(not(feature = "upstream"))]
#[rstest]
#[case(&["run"])]
#[case(&["record", "corpus"])]
#[case(&["replay", "--oracle", "upstream", "../corpus"])]
#[case(&["doctor"])]
fn without_upstream_what_needs_it_says_so(#[case] arguments: &[&str]) {
    let output = differential(arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("`upstream`"), "{output:?}");
}

/// Profiles, targets and versions that the documentation does not know would be found by nobody.
/// As `| head` does.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = Command::new(PROGRAM);
    command.arg("tables").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), errors(&output)), (Some(0), String::new()));
}

#[test]
fn the_tables_of_the_documentation_are_those_of_the_code() {
    let written = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tables.md"));
    let expected = assay_differential::cli::tables::text();
    assert_eq!(written.expect("docs/tables.md"), expected, "cargo differential tables > docs/tables.md");
}

/// A pair of features is shown once: of more worlds a smaller part is kept.
#[cfg(feature = "upstream")]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn worlds_that_are_drawn_are_recorded() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().display().to_string();
    let output = differential(&["draw", &path, "--worlds", "100", "--requests", "4", "--seed", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    let mut files = 0;
    for file in std::fs::read_dir(directory.path()).expect("a directory") {
        let file = file.expect("a file").path();
        let documents = assay_case::read_file(&file).expect("case files");
        assert!((5..90).contains(&documents.len()), "{}: {} worlds", file.display(), documents.len());
        for document in documents {
            let steps = document.world.service().is_some_and(|service| !service.steps.is_empty());
            assert!(document.cases.len() <= 4 || steps);
            assert!(document.cases.iter().all(|case| case.expect.is_some()));
            assert_eq!(document.source.oracle.as_deref(), Some("oslo.policy 6.0.1"));
        }
        files += 1;
    }
    assert_eq!(files, 6);
    let output = differential(&["replay", "--oracle", "recorded", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
}
