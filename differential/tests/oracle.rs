//! The oracle's plumbing against the real upstream: what a frame means, what the limits do, and that only the
//! environment that was meant is ever used.
#![cfg(feature = "upstream")]

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use assay_differential::oracle::environment::{Environment, PYTHON_VERSION};
use assay_differential::oracle::process::{Limits, WorkerError, WorkerProcess};
use base64::Engine;
use rstest::rstest;
use serde_json::{Value, json};
use support::{PROGRAM, frame_of, upstream, worker};

/// One frame, decided by a fresh worker under the usual limits.
fn decide(environment: &Environment, frame: &Value) -> Value {
    decide_with(&mut worker(environment, Limits::default()), frame)
}

/// One frame, decided by a worker that may have decided others before.
fn decide_with(worker: &mut WorkerProcess, frame: &Value) -> Value {
    let mut reply: Value = serde_json::from_slice(&worker.exchange(&frame_of(frame)).unwrap()).unwrap();
    // A reply says each outcome once: here each request has its own.
    let place = |of: &Value| usize::try_from(of.as_u64().unwrap()).unwrap();
    let of_requests: Option<Vec<Value>> = reply["of"]
        .as_array()
        .map(|places| places.iter().map(|of| reply["outcomes"][place(of)].clone()).collect());
    if let Some(outcomes) = of_requests {
        reply["outcomes"] = outcomes.into();
    }
    reply
}

fn request(rule: &str, creds: &Value) -> Value {
    json!({"rule": rule, "creds": creds, "target": {"p": "p1"}})
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn every_kind_of_outcome() {
    let environment = upstream();
    let member = json!({"roles": ["Member"], "project_id": "p1"});
    let reply = decide(
        &environment,
        &json!({
            "rules": [["a", "role:member and project_id:%(p)s"], ["b", "role:admin"], ["c", ":x"], ["d", "rule:d"],
                      ["default", "@"]],
            "default_rule": null,
            "requests": [
                request("a", &member), request("b", &member), request("c", &member), request("d", &member),
                request("nowhere", &member), request("a", &json!(5)),
                {"check": "rule:a or role:x", "creds": member, "target": {"p": "p1"}},
                {"check": 5, "creds": member, "target": {}},
                {"check": [["role:member", "!"]], "creds": member, "target": {}},
            ],
        }),
    );
    assert_eq!(reply["load"], Value::Null);
    assert_eq!(
        reply["outcomes"],
        json!(["allow", "deny", {"raise": "SyntaxError"}, {"raise": "TypeError"}, "allow",
               {"raise": "InvalidContextObject"}, "allow", {"load": "TypeError"}, "deny"])
    );
    let nanoseconds = |name: &str| reply[name].as_u64().unwrap();
    assert!(0 < nanoseconds("upstream_ns") && nanoseconds("upstream_ns") < nanoseconds("total_ns"));
}

#[rstest]
#[case::upstreams_own_option(json!(null), json!(["allow", "deny"]))]
#[case::another(json!("other"), json!(["deny", "deny"]))]
#[case::one_that_is_not_there(json!("none"), json!(["deny", "deny"]))]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn the_default_rule_is_in_force(#[case] default_rule: Value, #[case] outcomes: Value) {
    let environment = upstream();
    let reply = decide(
        &environment,
        &json!({"rules": [["default", "@"], ["other", "!"]], "default_rule": default_rule,
                "requests": [request("nowhere", &json!({})), request("other", &json!({}))]}),
    );
    assert_eq!(reply["outcomes"], outcomes);
}

#[rstest]
#[case::a_value_that_is_no_rule(json!({"rules": [["a", "@"], ["b", 5]]}), "TypeError")]
#[case::a_file_that_is_no_yaml(policy(b"a: ["), "ValueError")]
#[case::a_file_that_is_a_list(policy(b"[a]"), "AttributeError")]
#[case::a_file_that_is_no_utf_8(policy(b"a: \"\xff\""), "UnicodeDecodeError")]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn loading_fails_for_every_request(#[case] mut frame: Value, #[case] class: &str) {
    let environment = upstream();
    frame["shapes"] = json!(true);
    frame["requests"] = json!([request("a", &json!({})), request("b", &json!({}))]);
    let reply = decide(&environment, &frame);
    assert_eq!(reply["load"], class);
    assert_eq!(reply["shapes"], json!(null));
    assert_eq!(reply["outcomes"], json!([{"load": class}, {"load": class}]));
}

fn policy(bytes: &[u8]) -> Value {
    json!({"policy": {"$bytes": base64::engine::general_purpose::STANDARD.encode(bytes)}})
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_policy_file_is_read_as_yaml_and_utf_8() {
    let environment = upstream();
    let mut frame = policy("ä: role:Ä\nno: no\n1: '!'\n".as_bytes());
    frame["shapes"] = json!(true);
    frame["requests"] = json!([request("ä", &json!({"roles": ["ä"]})), request("x", &json!({}))]);
    let reply = decide(&environment, &frame);
    assert_eq!(reply["outcomes"], json!(["allow", "deny"]));
    assert_eq!(
        reply["shapes"],
        json!([
            ["ä", "role:Ä", [["check", "RoleCheck", "role", "Ä"]]],
            ["<bool>", "@", [["@"]]],
            ["<int>", "!", [["!"]]]
        ])
    );
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn shapes_are_flat_and_in_order() {
    let environment = upstream();
    let deep = "not ".repeat(400) + "@";
    let reply = decide(
        &environment,
        &json!({"rules": [["b", "a:1 or not (rule:x and role:y) or !"], ["a", ""], ["deep", deep]], "shapes": true,
                "requests": []}),
    );
    let shapes = reply["shapes"].as_array().unwrap();
    assert_eq!(
        shapes[0],
        json!([
            "b",
            "(a:1 or not (rule:x and role:y) or !)",
            [
                ["check", "GenericCheck", "a", "1"],
                ["check", "RuleCheck", "rule", "x"],
                ["check", "RoleCheck", "role", "y"],
                ["and", 2],
                ["not"],
                ["!"],
                ["or", 3]
            ]
        ])
    );
    assert_eq!(shapes[1], json!(["a", "@", [["@"]]]));
    assert_eq!(shapes[2][2].as_array().unwrap().len(), 401);
}

#[rstest]
#[case::int(json!({"$int": "100000000000000000000"}), "100000000000000000000")]
#[case::float(json!({"$float": "-inf"}), "-inf")]
#[case::nan(json!({"$float": "nan"}), "nan")]
#[case::string(json!({"$str": "\\u00e4\\n"}), "ä\n")]
#[case::bytes(json!({"$bytes": "/v8="}), "b'\\xfe\\xff'")]
#[case::tuple(json!({"$tuple": [1, {"$tuple": []}]}), "(1, ())")]
#[case::set(json!({"$set": [{"$int": "7"}]}), "{7}")]
#[case::dict(json!({"$dict": [["$int", 1], [{"$tuple": [2]}, {"$bytes": ""}]]}), "{'$int': 1, (2,): b''}")]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn values_that_json_cannot_say(#[case] value: Value, #[case] text: &str) {
    let environment = upstream();
    let reply = decide(
        &environment,
        &json!({"rules": [["a", "x:%(y)s"]], "requests": [
            {"rule": "a", "creds": {"x": text}, "target": {"y": value}},
            {"rule": "a", "creds": {"x": [value]}, "target": {"y": text}},
            {"rule": "a", "creds": {"x": "something else"}, "target": {"y": value}},
        ]}),
    );
    assert_eq!(reply["outcomes"], json!(["allow", "allow", "deny"]));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_integer_may_have_more_digits_than_python_prints() {
    let environment = upstream();
    let huge = json!({"$int": "9".repeat(5000)});
    let reply = decide(
        &environment,
        &json!({"rules": [["a", "x:%(y)s"], ["b", "x:%(y)x"]], "requests": [
            {"rule": "a", "creds": {"x": "1"}, "target": {"y": huge}},
            {"rule": "b", "creds": {"x": "1"}, "target": {"y": huge}},
        ]}),
    );
    assert_eq!(reply["outcomes"], json!([{"raise": "ValueError"}, "deny"]));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn lone_surrogates_survive() {
    let environment = upstream();
    let lone = json!({"$str": "\\ud83d"});
    let frame = json!({"rules": [[lone, {"$str": "x:\\udc00"}]], "shapes": true, "requests": [
        {"rule": lone, "creds": {"x": {"$str": "\\udc00"}}, "target": {}}]});
    let reply = worker(&environment, Limits::default()).exchange(&frame_of(&frame)).unwrap();
    let reply = String::from_utf8(reply).unwrap();
    assert!(
        reply.contains(
            r#"[{"$str": "\\ud83d"}, {"$str": "x:\\udc00"}, [["check", "GenericCheck", "x", {"$str": "\\udc00"}]]]"#
        ),
        "{reply}"
    );
    assert!(reply.contains(r#""outcomes": ["allow"]"#), "{reply}");
}

#[rstest]
#[case::nothing(b"", "EOF")]
#[case::a_part_of_one(b"{z\x05rules[\x02\0\0\0", "EOF")]
#[case::something_else(b"?", "bad marshal data")]
#[case::another_value(b"N", "TypeError")]
#[case::a_reference_to_nothing(b"r\0\0\0\0", "bad marshal data")]
#[case::nothing_of_what_is_needed(b"{0", "requests")]
#[case::something_longer_than_itself(b"u\xff\xff\xff\x7f", "EOF")]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn a_frame_at_fault_is_refused_and_the_worker_goes_on(#[case] frame: &[u8], #[case] reason: &str) {
    let environment = upstream();
    let mut worker = worker(&environment, Limits::default());
    match worker.exchange(frame) {
        Err(WorkerError::Refused(message)) => assert!(message.contains(reason), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(worker.exchange(&frame_of(&json!({"rules": [], "requests": []}))).is_ok());
}

/// Each as its own text: around every length that a number's digits, or a text, can have in a frame.
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn numbers_and_texts_of_any_length_come_as_they_are() {
    let environment = upstream();
    let numbers = (0..130_u32).flat_map(|bit| {
        let power = num_bigint::BigInt::from(1) << bit;
        [-1_i32, 0, 1].into_iter().flat_map(move |more| [&power + more, -&power + more])
    });
    let numbers = numbers.map(|number| (json!({"$int": number.to_string()}), number.to_string()));
    let lengths = [0_usize, 1, 127, 128, 254, 255, 256, 257, 65_535, 65_536];
    let texts = lengths.into_iter().flat_map(|length| {
        ["x", "é", "😀"].map(|letter| letter.repeat(length)).map(|text| (json!(text), text))
    });
    let floats = [f64::MIN_POSITIVE, 5e-324, -0.0, 0.1, f64::MAX, 1e16]
        .map(|float| (json!({"$float": format!("{float:?}")}), float));
    let (requests, wanted): (Vec<Value>, Vec<&str>) = numbers
        .chain(texts)
        .map(|(value, text)| (json!({"rule": "a", "creds": {"x": text}, "target": {"y": value}}), "allow"))
        .unzip();
    let reply = decide(&environment, &json!({"rules": [["a", "x:%(y)s"]], "requests": requests}));
    assert_eq!(reply["outcomes"], json!(wanted));
    // A float's text is the matter of another test: here each is the same as itself, and no other is.
    let pairs = floats.iter().flat_map(|one| floats.iter().map(move |other| (one, other)));
    let (requests, wanted): (Vec<Value>, Vec<&str>) = pairs
        .map(|((one, float), (other, another))| {
            let same = float.to_bits() == another.to_bits();
            let request = json!({"rule": "a", "creds": {"x": one}, "target": {"y": other}});
            (request, if same { "allow" } else { "deny" })
        })
        .unzip();
    let reply = decide(&environment, &json!({"rules": [["a", "x:%(y)s"]], "requests": requests}));
    assert_eq!(reply["outcomes"], json!(wanted));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_outcome_that_hangs_on_the_recursion_limit_is_poisoned() {
    let environment = upstream();
    // Somewhere between the limits there are chains that are too deep for the one and not for the other.
    let rules: Vec<_> = (0..1000).map(|i| json!([format!("r{i}"), format!("rule:r{}", i + 1)])).collect();
    let requests: Vec<_> = (0..1000).step_by(10).map(|i| request(&format!("r{i}"), &json!({}))).collect();
    let reply = decide(
        &environment,
        &json!({"rules": rules.into_iter().chain([json!(["r1000", "@"])]).collect::<Vec<_>>(), "requests": requests}),
    );
    let outcomes = reply["outcomes"].as_array().unwrap();
    let of = |outcome: Value| outcomes.iter().filter(|other| **other == outcome).count();
    let poisoned = of(json!({"poisoned": "recursion"}));
    // 3.12 stops such a chain at a limit of its own on C calls, which nothing can raise.
    assert!(poisoned > 0 || PYTHON_VERSION.starts_with("3.12."), "{outcomes:?}");
    assert_eq!(
        poisoned + of(json!("allow")) + of(json!({"raise": "TypeError"})),
        outcomes.len(),
        "{outcomes:?}"
    );
    assert_eq!(outcomes.last(), Some(&json!("allow")));
}

/// A frame, and a reply, of over a mebibyte.
fn large() -> Vec<u8> {
    let rules: Vec<_> =
        (0..300).map(|i| json!([format!("r{i}"), format!("role:{}", "x".repeat(4096))])).collect();
    let requests = [request("r1", &json!({"roles": []}))];
    let frame = frame_of(&json!({"rules": rules, "shapes": true, "requests": requests}));
    assert!(frame.len() > 1 << 20);
    frame
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn full_pipes_do_not_deadlock() {
    let environment = upstream();
    let mut worker = worker(&environment, Limits::default());
    let frame = large();
    // Each is longer than both pipes, and so is its reply.
    for _ in 0..10 {
        worker.send(&frame, false).unwrap();
    }
    let replies: Vec<_> = (0..10).map(|_| worker.receive().unwrap()).collect();
    let outcomes = |reply: &Vec<u8>| serde_json::from_slice::<Value>(reply).unwrap()["outcomes"].clone();
    assert!(replies.iter().all(|reply| reply.len() > 1 << 20 && outcomes(reply) == json!(["deny"])));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn replies_to_frames_in_a_row_come_together() {
    let environment = upstream();
    let limits = Limits { batch_seconds: 1, ..Limits::default() };
    let frame = frame_of(&json!({"rules": [["a", "@"]], "requests": [request("a", &json!({}))]}));
    let mut whole = worker(&environment, limits);
    whole.send(&frame, true).unwrap();
    whole.send(&frame, true).unwrap();
    whole.send(&frame, false).unwrap();
    assert!((0..3).all(|_| whole.receive().is_ok()));
    // One that waits for the rest of its row is not answered, and its time is up.
    let mut cut = worker(&environment, limits);
    cut.send(&frame, true).unwrap();
    assert_eq!(cut.receive(), Err(WorkerError::Expired(Duration::from_secs(1))));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn nothing_is_waited_for_where_nothing_was_asked() {
    let environment = upstream();
    let mut worker = worker(&environment, Limits::default());
    assert_eq!(worker.receive(), Err(WorkerError::Finished));
    assert!(worker.exchange(&frame_of(&json!({"rules": [], "requests": []}))).is_ok());
    assert_eq!(worker.receive(), Err(WorkerError::Finished));
    worker.send(&large(), false).unwrap();
    assert_eq!(worker.finish(), WorkerError::Finished);
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_worker_is_not_to_blame_for_replies_that_nobody_reads() {
    let environment = upstream();
    let mut worker = worker(&environment, Limits { batch_seconds: 1, ..Limits::default() });
    let frame = frame_of(&json!({"rules": [["a", "@"]], "requests": [request("a", &json!({}))]}));
    // The second waits in the worker's pipe for as long as the first one's reply, which fills the other.
    let frames = [large(), frame.clone(), frame];
    for frame in &frames {
        worker.send(frame, false).unwrap();
    }
    std::thread::sleep(Duration::from_millis(2_500));
    for _ in &frames {
        assert!(worker.receive().is_ok());
    }
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_slow_batch_expires_and_the_next_worker_serves() {
    let environment = upstream();
    let mut rules: Vec<_> =
        (0..18).map(|i| json!([format!("r{i}"), format!("rule:r{j} and rule:r{j}", j = i + 1)])).collect();
    rules.push(json!(["r18", "@"]));
    let slow = frame_of(&json!({"rules": rules, "requests": [request("r0", &json!({}))]}));
    let quick = frame_of(&json!({"rules": rules, "requests": [request("r17", &json!({}))]}));
    let limits = Limits { batch_seconds: 1, ..Limits::default() };

    let mut first = worker(&environment, limits);
    assert!(first.exchange(&quick).is_ok());
    let started = Instant::now();
    first.send(&quick, false).unwrap();
    first.send(&slow, false).unwrap();
    first.send(&quick, false).unwrap();
    assert!(first.receive().is_ok());
    let expired = WorkerError::Expired(Duration::from_secs(1));
    assert_eq!(first.receive(), Err(expired.clone()));
    assert_eq!(first.receive(), Err(expired.clone()));
    assert_eq!(first.send(&quick, false), Err(expired));
    assert!(started.elapsed() < Duration::from_secs(10));

    assert!(worker(&environment, limits).exchange(&quick).is_ok());
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_memory_hog_meets_its_limit() {
    let environment = upstream();
    let limits = Limits { batch_seconds: 60, memory_bytes: 600 << 20 };
    let mut worker = worker(&environment, limits);
    let frame = json!({"rules": [["a", "a:%(x)1000000000s"]], "requests": [
        {"rule": "a", "creds": {"a": "1"}, "target": {"x": "1"}}, {"rule": "a", "creds": {"a": "1"}, "target": {}}]});
    match worker.exchange(&frame_of(&frame)) {
        Ok(reply) => {
            let reply: Value = serde_json::from_slice(&reply).unwrap();
            assert_eq!(reply["outcomes"], json!([{"poisoned": "too-large"}, "deny"]));
        }
        Err(WorkerError::Died { .. }) => {}
        Err(other) => panic!("{other}"),
    }
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn a_worker_outlives_neither_its_parents_pipe_nor_its_scratch_directory() {
    let environment = upstream();
    let scratch = tempfile::tempdir().unwrap();
    let own = scratch.path().join("own");
    std::fs::create_dir(&own).unwrap();
    // Stdin is empty, as it is for a worker whose parent has died.
    let output = Command::new(PROGRAM)
        .args(["worker", "--memory-bytes", "4294967296", "--venv"])
        .arg(environment.root())
        .arg("--scratch")
        .arg(&own)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let hello: Value = serde_json::from_slice(&output.stdout[4..]).unwrap();
    assert_eq!(hello["facts"]["oslo_policy_version"], "6.0.1");
    assert!(!own.exists());
}

fn doctor(arguments: &[&str], variables: &[(&str, &Path)]) -> Output {
    let variables = variables.iter().map(|(name, value)| (*name, value.as_os_str()));
    Command::new(PROGRAM).arg("doctor").args(arguments).envs(variables).output().unwrap()
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn the_callers_python_does_not_matter() {
    upstream();
    let plain = doctor(&[], &[]);
    assert!(plain.status.success(), "{}", String::from_utf8_lossy(&plain.stderr));
    let misled = doctor(
        &[],
        &[
            ("PYTHONHOME", Path::new("/nonsense")),
            ("PYTHONPATH", Path::new("/nonsense")),
            ("PATH", Path::new("/usr/bin")),
        ],
    );
    assert_eq!(String::from_utf8_lossy(&misled.stdout), String::from_utf8_lossy(&plain.stdout));

    let json: Value = serde_json::from_slice(&doctor(&["--format", "json"], &[]).stdout).unwrap();
    assert_eq!(json["python_version"], json["linked_version"]);
}

/// The doctor, sent to an environment that is not the right one.
fn refused(environment: &Path) -> String {
    let output = doctor(&["--format", "json"], &[("ASSAY_ORACLE", environment)]);
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("ASSAY_ORACLE"), "{line}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(line.contains(json["error"].as_str().unwrap()), "{line}");
    line
}

fn python(program: &Path, arguments: &[&str]) {
    let output = Command::new(program).arg("-I").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_environment_that_is_none_is_refused() {
    upstream();
    let directory = tempfile::tempdir().unwrap();
    assert!(refused(directory.path()).contains("no pyvenv.cfg"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "it is left alone");
    assert!(refused(Path::new("/nonsense")).contains("/nonsense"));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_environment_without_upstream_is_refused() {
    let environment = upstream();
    let directory = tempfile::tempdir().unwrap();
    let venv = directory.path().to_str().unwrap();
    python(&environment.root().join("bin/python"), &["-m", "venv", "--without-pip", venv]);
    assert!(refused(directory.path()).contains("No module named 'oslo_policy'"));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_environment_of_another_python_is_refused() {
    let environment = upstream();
    let directory = tempfile::tempdir().unwrap();
    let venv = directory.path().to_str().unwrap();
    python(&environment.root().join("bin/python"), &["-m", "venv", "--without-pip", venv]);
    let file = directory.path().join("pyvenv.cfg");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text
        .lines()
        .map(|line| if line.starts_with("version") { "version = 3.11.99" } else { line })
        .collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    assert!(refused(directory.path()).contains("belongs to Python 3.11.99"));
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
#[ignore = "installs a package from the index"]
fn an_environment_with_another_upstream_is_refused() {
    let environment = upstream();
    let directory = tempfile::tempdir().unwrap();
    let venv = directory.path().to_str().unwrap();
    python(&environment.root().join("bin/python"), &["-m", "venv", venv]);
    python(&directory.path().join("bin/python"), &["-m", "pip", "install", "--quiet", "oslo.policy==5.0.0"]);
    assert!(refused(directory.path()).contains("is 5.0.0, not the pinned 6.0.1"));
}

fn service(registered: &Value, checks: &Value, steps: &Value) -> Value {
    let calls = |steps: &Vec<Value>| -> Vec<Value> {
        let calls = steps.iter().enumerate().filter(|(_, step)| step.get("call").is_some());
        calls.map(|(index, _)| json!({"step": index})).collect()
    };
    json!({
        "service": {"registered": registered, "options": {}, "setup": {}, "files": [], "checks": checks, "steps": steps},
        "shapes": true,
        "requests": steps.as_array().map(calls),
    })
}

fn enforce(rule: &str) -> Value {
    json!({"call": "enforce", "rule": rule, "creds": {}, "target": {}, "do_raise": false, "force": false})
}

fn written(text: &str, seconds: u64) -> Value {
    let bytes = base64::engine::general_purpose::STANDARD.encode(text);
    json!({"files": [["write", "policy.yaml", {"$bytes": bytes}], ["stamp", "policy.yaml", seconds]]})
}

#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn the_steps_of_an_enforcer_see_its_files_change() {
    let environment = upstream();
    let steps = json!([
        enforce("a"),
        written("a: '!'", 1000),
        enforce("a"),
        written("a: '@'", 1000),
        enforce("a"),
        written("a: [", 1010),
        enforce("a"),
        enforce("a"),
        {"files": [["delete", "policy.yaml"]]},
        enforce("a"),
    ]);
    let reply = decide(&environment, &service(&json!([{"name": "a", "check_str": "@"}]), &json!([]), &steps));
    assert_eq!(reply["outcomes"], json!(["allow", "deny", "deny", {"load": "ValueError"}, "deny", "allow"]));
    assert_eq!(reply["shapes"], json!([["a", "@", [["@"]]]]));
}

/// What is registered with oslo.policy is registered for the whole process.
#[rstest]
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
fn custom_checks_end_with_their_world(#[values(false, true)] legacy: bool) {
    let environment = upstream();
    let mut worker = worker(&environment, Limits::default());
    let mut outcomes = |frame: &Value| decide_with(&mut worker, frame)["outcomes"].clone();
    let registered = json!([{"name": "a", "check_str": "role:x"}]);
    let checks = json!([{"kind": "role", "returns": true, "legacy": legacy}]);
    assert_eq!(outcomes(&service(&registered, &checks, &json!([enforce("a")]))), json!(["allow"]));
    let plain = json!({"rules": [["a", "role:x"]], "requests": [request("a", &json!({}))]});
    assert_eq!(outcomes(&plain), json!(["deny"]));
}

/// The option that names the policy file is a name that is looked for, in a home directory too.
#[cfg_attr(upstream_off, ignore = "ASSAY_UPSTREAM=off")]
#[test]
fn an_enforcer_without_a_policy_file_finds_none_of_a_world_before() {
    let environment = upstream();
    let mut worker = worker(&environment, Limits::default());
    let mut file = policy(b"a: '!'");
    file["requests"] = json!([request("a", &json!({}))]);
    assert_eq!(decide_with(&mut worker, &file)["outcomes"], json!(["deny"]));
    let registered = json!([{"name": "a", "check_str": "@"}]);
    let frame = service(&registered, &json!([]), &json!([enforce("a")]));
    assert_eq!(decide_with(&mut worker, &frame)["outcomes"], json!(["allow"]));
}
