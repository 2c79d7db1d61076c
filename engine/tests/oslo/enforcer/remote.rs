//! What remote checks send, and what answers mean, without a network.

use std::sync::{Arc, Mutex};

use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::remote::{
    ContentType, RemoteFailure, RemoteOptions, RemoteRequest, RemoteResponse, Tls, Verify,
};
use assay_engine::oslo::{
    Checks, ExceptionClass, Interrupt, Limit, Request, Rules, Unsupported, decide_check_with, decide_with,
    parse_text,
};
use rstest::rstest;

use crate::enforcer::world::class;

type Sent = Arc<Mutex<Vec<RemoteRequest>>>;

fn answering(answer: Result<&'static str, RemoteFailure>, options: RemoteOptions) -> (Checks, Sent) {
    let sent = Sent::default();
    let log = Arc::clone(&sent);
    let mut checks = Checks::new();
    checks.set_remote_options(options);
    checks.set_client(move |request: &RemoteRequest| -> Result<RemoteResponse, RemoteFailure> {
        log.lock().expect("no panic").push(request.clone());
        answer.map(|body| RemoteResponse { content_type: None, body: body.into() })
    });
    (checks, sent)
}

#[test]
fn content_types_are_told_by_their_names() {
    let names = [ContentType::Form, ContentType::Json].map(ContentType::name);
    assert_eq!(names, ["application/x-www-form-urlencoded", "application/json"]);
}

fn ask(text: &str, target: &Value, checks: &Checks) -> &'static str {
    let rules = Rules::from_texts([("r", text), ("behind", text)]);
    let creds = py!({"roles": ["a"]});
    match decide_with(&rules, "r", Request { creds: &creds, target }, checks) {
        Ok(value) if value.truthy() => "allow",
        Ok(_) => "deny",
        Err(cause) => class(Some(cause)),
    }
}

/// The `target` of the body, or the exception. Recorded from oslo.policy 6.0.1 with requests 2.34.2.
#[rstest]
#[case::scalars(
    py!({"a": None, "b": True, "c": 1, "d": 1.5, "e": "x"}),
    r#"{"a": null, "b": true, "c": 1, "d": 1.5, "e": "x"}"#,
    r#"{"a": null, "b": true, "c": 1, "d": 1.5, "e": "x"}"#
)]
#[case::containers(
    py!({"a": [1, [2], {}], "t": (1, 2), "d": {"x": []}}),
    r#"{"a": [1, [2], {}], "t": [1, 2], "d": {"x": []}}"#,
    r#"{"a": [1, [2], {}], "t": [1, 2], "d": {"x": []}}"#
)]
#[case::keys(
    py!({1: 1, None: 3, 1.5: 4}), r#"{"1": 1, "null": 3, "1.5": 4}"#, r#"{"1": 1, "null": 3, "1.5": 4}"#
)]
#[case::letters(
    Value::dict([("é\u{1f600}\u{7f}\"\\\n\u{1}", Value::from("\u{8}\u{c}\r\t/"))]),
    r#"{"\u00e9\ud83d\ude00\u007f\"\\\n\u0001": "\b\f\r\t/"}"#,
    r#"{"\u00e9\ud83d\ude00\u007f\"\\\n\u0001": "\b\f\r\t/"}"#
)]
#[case::a_lone_surrogate(
    Value::dict([("x", Value::Str(PyStr::from_code_points(vec![0xd83d])))]),
    r#"{"x": "\ud83d"}"#, r#"{"x": "\ud83d"}"#
)]
#[case::not_a_number(Value::dict([("x", Value::from(f64::NAN))]), r#"{"x": NaN}"#, "InvalidJSONError")]
#[case::infinity(Value::dict([("x", Value::from(f64::NEG_INFINITY))]), r#"{"x": -Infinity}"#, "InvalidJSONError")]
#[case::bytes(py!({"x": b"a"}), r#"{"x": "a"}"#, "TypeError")]
#[case::bytes_that_are_no_text(py!({"x": b"\xff"}), "UnicodeDecodeError", "TypeError")]
#[case::a_set(py!({"x": {1}}), r#"{"x": [1]}"#, "TypeError")]
#[case::a_set_of_two(py!({"x": {1, 2}}), "undecided", "TypeError")]
#[case::a_key_that_is_a_tuple(
    Value::Dict({
        let mut dict = assay_engine::oslo::python::Dict::default();
        dict.insert(py!((1, 2)), Value::None).expect("hashable");
        dict
    }),
    "TypeError", "TypeError"
)]
#[case::a_list(py!([]), "AttributeError", "AttributeError")]
#[case::an_empty_tuple(py!(()), "AttributeError", "AttributeError")]
#[case::none(py!(None), "TypeError", "TypeError")]
fn a_target_is_written(#[case] target: Value, #[case] as_form: &str, #[case] as_json: &str) {
    for (content_type, expected) in [(ContentType::Form, as_form), (ContentType::Json, as_json)] {
        let (checks, sent) = answering(Ok("True"), RemoteOptions { content_type, ..RemoteOptions::new() });
        let outcome = ask("http://h/", &target, &checks);
        let sent = sent.lock().expect("no panic");
        let written = sent.first().map_or(outcome.to_owned(), |request| match content_type {
            ContentType::Json => request.body.clone(),
            ContentType::Form => unquoted(&request.body),
        });
        let whole = match (expected.starts_with('{'), content_type) {
            (false, _) => expected.to_owned(),
            (true, ContentType::Json) => {
                format!(r#"{{"rule": "r", "target": {expected}, "credentials": {{"roles": ["a"]}}}}"#)
            }
            (true, ContentType::Form) => {
                format!(r#"rule="r"&target={expected}&credentials={{"roles": ["a"]}}"#)
            }
        };
        assert_eq!(written, whole, "{content_type:?}");
    }
}

fn unquoted(body: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = body.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: String = bytes.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("two digits")
            }
            other => other,
        });
    }
    String::from_utf8(out).expect("a text")
}

#[test]
fn a_form_is_quoted_as_python_quotes_it() {
    let (checks, sent) = answering(Ok("True"), RemoteOptions::new());
    assert_eq!(ask("http://h/", &py!({"x": "~!*'()-._ é&=+%/"}), &checks), "allow");
    let target = "%7B%22x%22%3A+%22~%21%2A%27%28%29-._+%5Cu00e9%26%3D%2B%25%2F%22%7D";
    let body = format!("rule=%22r%22&target={target}&credentials=%7B%22roles%22%3A+%5B%22a%22%5D%7D");
    assert_eq!(sent.lock().expect("no panic")[0].body, body);
}

#[test]
fn an_anonymous_check_sends_null_for_a_rule() {
    let (checks, sent) = answering(Ok("True"), RemoteOptions::new());
    let rules = Rules::from_texts([("", ""); 0]);
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    decide_check_with(&rules, &parse_text("http://h/"), request, &checks).expect("a decision");
    assert_eq!(sent.lock().expect("no panic")[0].body, "rule=null&target=%7B%7D&credentials=%7B%7D");
}

/// A KeyError of the address is no deny, but behind `rule:`.
#[rstest]
#[case("http://h/%(x)s", "http://h/v")]
#[case("http://h/%(x)s/%%41", "http://h/v/%41")]
#[case("http:any thing", "http:any")]
#[case("http://h/%(missing)s", "KeyError")]
#[case("rule:behind", "deny")]
#[case("http://h/100%", "ValueError")]
#[case("http://h/%(x)d", "TypeError")]
fn an_address_is_formatted(#[case] text: &str, #[case] expected: &str) {
    let (checks, sent) = answering(Ok("True"), RemoteOptions::new());
    let rule = Value::list([text.split(' ').next().unwrap_or_default().into()]);
    let behind = Value::from("http://h/%(missing)s");
    let rules = Rules::from_values([("r", &rule), ("behind", &behind)]).expect("rules");
    let (creds, target) = (py!({}), py!({"x": "v"}));
    let decided = decide_with(&rules, "r", Request { creds: &creds, target: &target }, &checks);
    let got = match (sent.lock().expect("no panic").first(), decided) {
        (Some(request), _) => request.url.to_string(),
        (None, Ok(value)) => if value.truthy() { "allow" } else { "deny" }.to_owned(),
        (None, Err(cause)) => class(Some(cause)).to_owned(),
    };
    assert_eq!(got, expected);
}

#[rstest]
#[case(RemoteFailure::TimedOut, "RuntimeError")]
#[case(RemoteFailure::Stalled, "ConnectionError")]
#[case(RemoteFailure::Connection, "ConnectionError")]
#[case(RemoteFailure::Tls, "SSLError")]
#[case(RemoteFailure::InvalidUrl, "InvalidURL")]
#[case(RemoteFailure::TooManyRedirects, "TooManyRedirects")]
#[case(RemoteFailure::BrokenBody, "ChunkedEncodingError")]
#[case(RemoteFailure::Raised(ExceptionClass::KeyError), "KeyError")]
#[case(RemoteFailure::Unsupported(Unsupported::RemoteCheck), "undecided")]
fn a_failure_raises(#[case] failure: RemoteFailure, #[case] expected: &str) {
    let (checks, _) = answering(Err(failure), RemoteOptions::new());
    assert_eq!(ask("http://h/", &py!({}), &checks), expected);
    assert_eq!(ask("http://h/ or @", &py!({}), &checks), expected);
    assert_eq!(ask("@ or http://h/", &py!({}), &checks), "allow");
}

/// What would go wrong before anything is sent does so without a client too.
#[rstest]
#[case("http://h/", Unsupported::RemoteCheck.into())]
#[case("https://h/", Unsupported::RemoteCheck.into())]
#[case("http://h/%(x)s", ExceptionClass::KeyError.into())]
#[case("http://h/100%", ExceptionClass::ValueError.into())]
fn without_a_client_nobody_knows(#[case] text: &str, #[case] expected: Interrupt) {
    let rules = Rules::from_texts([("r", text)]);
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(decide_with(&rules, "r", request, &Checks::new()), Err(expected));
}

#[test]
fn a_value_that_is_too_deep_is_not_written() {
    let deep = (0..100_000).fold(Value::None, |inner, _| Value::list([inner]));
    let target = Value::dict([("x", deep)]);
    let rules = Rules::from_texts([("r", "http://h/")]);
    let creds = py!({});
    let outcome = decide_with(&rules, "r", Request { creds: &creds, target: &target }, &Checks::new());
    assert_eq!(outcome, Err(Limit::TooLarge.into()));
    std::mem::forget(target);
}

#[test]
fn tls_options_go_along_with_https_only() {
    let file = std::env::current_exe().expect("this program");
    let options = RemoteOptions {
        ssl_verify_server_crt: true,
        ssl_ca_crt_file: Some(file.clone()),
        ssl_client_crt_file: Some(file.clone()),
        ssl_client_key_file: Some("".into()),
        ..RemoteOptions::new()
    };
    let (checks, sent) = answering(Ok("True"), options);
    assert_eq!(ask("http://h/ and https://h/", &py!({}), &checks), "allow");
    let sent = sent.lock().expect("no panic");
    assert_eq!(sent[0].tls, None);
    let tls =
        Tls { verify: Verify::Authorities(file.clone()), client_certificate: Some(file), client_key: None };
    assert_eq!(sent[1].tls, Some(tls));
    assert!(sent.iter().all(|request| (request.timeout - 60.0).abs() < f64::EPSILON));
}
