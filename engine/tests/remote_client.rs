//! The client for remote checks against servers that are started here, on 127.0.0.1.
//!
//! Every outcome is what oslo.policy 6.0.1 with requests 2.34.2 and urllib3 2.8.0 on CPython 3.11.7 comes
//! to with a server that sends the same bytes.

#[macro_use]
mod common {
    #[macro_use]
    pub(crate) mod py;
    pub(crate) mod server;
}

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use assay_engine::oslo::http::HttpClient;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::remote::{ContentType, RemoteOptions};
use assay_engine::oslo::{Checks, Interrupt, Request, Rules, decide_with};
use common::server::{Authority, Plain, Secure};
use rstest::rstest;

const TIMEOUT: f64 = 0.5;

fn ask(rule: &str, options: RemoteOptions) -> String {
    let mut checks = Checks::new();
    checks.set_client(HttpClient);
    checks.set_remote_options(options);
    let value = Value::list([rule.into()]);
    let rules = Rules::from_values([("r", &value)]).expect("a rule");
    let (creds, target) = (py!({"roles": ["a"], "n": 1.5}), py!({"x": "v"}));
    match decide_with(&rules, "r", Request { creds: &creds, target: &target }, &checks) {
        Ok(value) if value.truthy() => "allow".to_owned(),
        Ok(_) => "deny".to_owned(),
        Err(Interrupt::Raised(class)) => class.name().to_owned(),
        Err(other) => other.to_string(),
    }
}

fn options() -> RemoteOptions {
    RemoteOptions { timeout: TIMEOUT, ..RemoteOptions::default() }
}

/// What a server sends for a path, in [`Plain`].
#[rstest]
#[case::yes("/true", "allow")]
#[case::quoted("/quoted", "allow")]
#[case::more_quotes_before_than_behind("/quotes", "allow")]
#[case::lower_case("/lower", "deny")]
#[case::newline_behind("/newline", "deny")]
#[case::blank_before("/blank", "deny")]
#[case::nothing("/empty", "deny")]
#[case::no("/false", "deny")]
#[case::quote_inside("/inner", "deny")]
#[case::the_status_does_not_matter("/500", "allow")]
#[case::nor_does_this("/404", "allow")]
#[case::nor_does_this_one("/401", "allow")]
#[case::no_content("/204", "deny")]
#[case::chunked("/chunked", "allow")]
#[case::chunks_cut_off("/chunkcut", "ChunkedEncodingError")]
#[case::shorter_than_announced("/short", "ChunkedEncodingError")]
#[case::to_the_end("/close", "allow")]
#[case::http_1_0("/http10", "allow")]
#[case::status_301_becomes_get("/301", "deny")]
#[case::status_302_becomes_get("/302", "deny")]
#[case::status_303_becomes_get("/303", "deny")]
#[case::status_307_posts_again("/307", "allow")]
#[case::status_308_posts_again("/308", "allow")]
#[case::status_300_is_no_redirect("/300", "allow")]
#[case::a_redirect_to_nowhere("/nolocation", "allow")]
#[case::a_redirect_to_nothing("/emptyloc", "allow")]
#[case::round_and_round("/loop", "TooManyRedirects")]
#[case::to_another_protocol("/ftp", "InvalidSchema")]
#[case::to_no_host("/nohost", "TooManyRedirects")]
#[case::relative("/relative", "allow")]
#[case::up_and_down("/backrel", "allow")]
#[case::with_a_fragment("/fragment", "allow")]
#[case::without_protocol("/slashes", "allow")]
#[case::no_http("/garbage", "ConnectionError")]
#[case::no_answer("/drop", "ConnectionError")]
#[case::utf_16("/utf16", "allow")]
#[case::utf_16_little_endian("/utf16le", "allow")]
#[case::utf_16_without_mark("/utf16nobom", "allow")]
#[case::marked_utf_8("/bom", "allow")]
#[case::marked_text_is_latin_1("/bomtext", "deny")]
#[case::marked_and_called_utf_8("/bomutf8", "deny")]
#[case::marked_and_called_so("/bomsig", "allow")]
#[case::marked_json("/bomjson", "deny")]
#[case::marked_utf_16("/bom16", "allow")]
#[case::marked_utf_32("/bom32", "allow")]
#[case::continue_first("/100", "allow")]
#[case::hangs_before_the_answer("/hang", "RuntimeError")]
#[case::hangs_within_the_head("/stallhead", "RuntimeError")]
#[case::hangs_within_the_body("/stall", "ConnectionError")]
fn an_answer(#[case] path: &str, #[case] outcome: &str) {
    let server = Plain::start();
    let started = Instant::now();
    assert_eq!(ask(&format!("http://127.0.0.1:{}{path}", server.port), options()), outcome);
    assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
}

/// `PORT` is the server's; `expected` is what the server is asked for, or the outcome.
#[rstest]
#[case::a_blank("//127.0.0.1:PORT/a b", "POST /a%20b HTTP/1.1")]
#[case::a_letter_outside_ascii("//127.0.0.1:PORT/é", "POST /%C3%A9 HTTP/1.1")]
#[case::a_blank_in_the_query("//127.0.0.1:PORT/q?x=a b", "POST /q?x=a%20b HTTP/1.1")]
#[case::a_lone_percent("//127.0.0.1:PORT/p%%", "POST /p%25 HTTP/1.1")]
#[case::brackets("//127.0.0.1:PORT/a|{b}", "POST /a%7C%7Bb%7D HTTP/1.1")]
#[case::what_may_stand("//127.0.0.1:PORT/a~!$&'()*+,;=:@", "POST /a~!$&'()*+,;=:@ HTTP/1.1")]
#[case::a_fragment("//127.0.0.1:PORT/true#frag", "POST /true HTTP/1.1")]
#[case::an_empty_query("//127.0.0.1:PORT/true?", "POST /true HTTP/1.1")]
#[case::no_path("//127.0.0.1:PORT", "POST / HTTP/1.1")]
#[case::a_query_alone("//127.0.0.1:PORT?x", "POST /?x HTTP/1.1")]
#[case::dots("//127.0.0.1:PORT/a/../true2", "POST /true2 HTTP/1.1")]
#[case::a_backslash("//127.0.0.1:PORT\\true", "POST /%5Ctrue HTTP/1.1")]
#[case::a_newline("//127.0.0.1:PORT/true\n", "POST /true%0A HTTP/1.1")]
#[case::from_the_target("//127.0.0.1:PORT/%(x)s", "POST /v HTTP/1.1")]
#[case::nobody_there("//127.0.0.1:1/x", "ConnectionError")]
#[case::a_port_too_great("//127.0.0.1:99999/x", "InvalidURL")]
#[case::a_port_that_is_none("//127.0.0.1:0x/", "InvalidURL")]
#[case::a_negative_port("//127.0.0.1:-1/", "InvalidURL")]
#[case::no_slashes("foo", "InvalidURL")]
#[case::no_host("//", "InvalidURL")]
#[case::one_slash("/x", "InvalidURL")]
#[case::three_slashes("///x", "InvalidURL")]
#[case::half_a_bracket("//[::1/x", "InvalidURL")]
#[case::a_wildcard("//*x/", "InvalidURL")]
#[case::a_dot_first("//.x/", "InvalidURL")]
#[case::a_blank_in_the_host("//exa mple/", "InvalidURL")]
#[case::a_blank_before(" //127.0.0.1:PORT/true", "InvalidURL")]
#[case::an_empty_label("//a..b/", "LocationParseError")]
#[case::a_long_label(
    "//aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.x/",
    "LocationParseError"
)]
#[case::a_missing_key("//127.0.0.1:PORT/%(nope)s", "KeyError")]
fn an_address(#[case] address: &str, #[case] expected: &str) {
    let server = Plain::start();
    let rule = format!("http:{}", address.replace("PORT", &server.port.to_string()));
    let outcome = ask(&rule, options());
    match server.seen().first() {
        Some(head) => assert_eq!(head.lines().next(), Some(expected)),
        None => assert_eq!(outcome, expected),
    }
}

#[rstest]
#[case(
    ContentType::Form,
    "application/x-www-form-urlencoded",
    "rule=%22r%22&target=%7B%22x%22%3A+%22v%22%7D&credentials=%7B%22roles%22%3A+%5B%22a%22%5D%2C+%22n%22%3A+1.5%7D"
)]
#[case(
    ContentType::Json,
    "application/json",
    r#"{"rule": "r", "target": {"x": "v"}, "credentials": {"roles": ["a"], "n": 1.5}}"#
)]
fn what_is_sent(#[case] content_type: ContentType, #[case] header: &str, #[case] body: &str) {
    let server = Plain::start();
    let rule = format!("http://127.0.0.1:{}/true", server.port);
    assert_eq!(ask(&rule, RemoteOptions { content_type, ..options() }), "allow");
    let seen = server.seen();
    let (head, sent) = seen[0].split_once("\r\n\r\n").expect("a body");
    assert_eq!(sent, body);
    let lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    assert!(lines.contains(&format!("content-type: {header}")), "{lines:?}");
    assert!(lines.contains(&format!("content-length: {}", body.len())), "{lines:?}");
}

#[test]
fn a_user_in_the_address_is_sent() {
    let server = Plain::start();
    assert_eq!(ask(&format!("http://user:p%%20w@127.0.0.1:{}/true", server.port), options()), "allow");
    let sent = server.seen()[0].to_ascii_lowercase();
    assert!(sent.contains("\r\nauthorization: basic dxnlcjpwihc=\r\n"), "{sent}");
}

#[test]
fn no_time_at_all_is_a_value_error() {
    let server = Plain::start();
    let rule = format!("http://127.0.0.1:{}/true", server.port);
    assert_eq!(ask(&rule, RemoteOptions { timeout: 0.0, ..options() }), "ValueError");
}

/// Files of one test.
struct Files(PathBuf);

impl Files {
    fn new(name: &str, authority: &Authority) -> Self {
        let path = std::env::temp_dir().join(format!("remote-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("directory")).expect("a directory");
        let (client, key) = authority.issue("client.example", None);
        let (_, other_key) = authority.issue("other.example", None);
        fs::write(path.join("ca"), authority.pem()).expect("a file");
        fs::write(path.join("other-ca"), Authority::new().pem()).expect("a file");
        fs::write(path.join("garbage"), "garbage").expect("a file");
        fs::write(path.join("client"), client.pem()).expect("a file");
        fs::write(path.join("key"), key.serialize_pem()).expect("a file");
        fs::write(path.join("other-key"), other_key.serialize_pem()).expect("a file");
        fs::write(path.join("both"), client.pem() + &key.serialize_pem()).expect("a file");
        Self(path)
    }

    /// `verify`, `ca=FILE`, `crt=FILE`, `key=FILE`.
    fn options(&self, settings: &str) -> RemoteOptions {
        let mut options = options();
        for setting in settings.split_whitespace() {
            let (name, file) = setting.split_once('=').unwrap_or((setting, ""));
            let file = if file.is_empty() { PathBuf::new() } else { self.0.join(file) };
            match name {
                "verify" => options.ssl_verify_server_crt = true,
                "ca" => options.ssl_ca_crt_file = Some(file),
                "crt" => options.ssl_client_crt_file = Some(file),
                "key" => options.ssl_client_key_file = Some(file),
                _ => panic!("{name}"),
            }
        }
        options
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[rstest]
#[case::nobody_looks("127.0.0.1", "", "allow")]
#[case::unknown_to_the_public("127.0.0.1", "verify", "SSLError")]
#[case::known_to_us("127.0.0.1", "verify ca=ca", "allow")]
#[case::of_another_authority("127.0.0.1", "verify ca=other-ca", "SSLError")]
#[case::of_another_host_unseen("other.example", "", "allow")]
#[case::of_another_host("other.example", "verify ca=ca", "SSLError")]
#[case::expired_unseen("expired", "", "allow")]
#[case::expired("expired", "verify ca=ca", "SSLError")]
#[case::authorities_that_are_none("127.0.0.1", "verify ca=garbage", "SSLError")]
#[case::authorities_in_an_empty_directory("127.0.0.1", "verify ca=directory", "SSLError")]
#[case::no_authorities("127.0.0.1", "verify ca=nope", "RuntimeError")]
#[case::no_authorities_unseen("127.0.0.1", "ca=nope", "allow")]
#[case::no_certificate("127.0.0.1", "crt=nope", "RuntimeError")]
#[case::no_key("127.0.0.1", "key=nope", "RuntimeError")]
#[case::an_empty_name("127.0.0.1", "crt=", "allow")]
#[case::a_certificate_that_is_none("127.0.0.1", "crt=garbage", "SSLError")]
#[case::a_certificate_that_nobody_asks_for("127.0.0.1", "crt=client key=key", "allow")]
#[case::a_key_alone("127.0.0.1", "key=key", "allow")]
#[case::a_certificate_without_key("127.0.0.1", "crt=client", "SSLError")]
#[case::the_key_of_another("127.0.0.1", "crt=client key=other-key", "SSLError")]
#[case::who_are_you("asks", "", "SSLError")]
#[case::it_is_me("asks", "crt=client key=key", "allow")]
#[case::it_is_me_in_one_file("asks", "crt=both", "allow")]
fn a_certificate(#[case] server: &str, #[case] settings: &str, #[case] outcome: &str) {
    let authority = Authority::new();
    let secure = Secure::start(&authority, server);
    let name: String = format!("{server}{settings}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let files = Files::new(&name, &authority);
    let rule = format!("https://127.0.0.1:{}/", secure.port);
    assert_eq!(ask(&rule, files.options(settings)), outcome);
}

#[test]
fn a_server_that_speaks_no_tls() {
    let server = Plain::start_blunt();
    assert_eq!(ask(&format!("https://127.0.0.1:{}/", server.port), options()), "SSLError");
}

#[test]
fn a_server_that_does_not_speak() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    assert_eq!(ask(&format!("https://127.0.0.1:{port}/"), options()), "RuntimeError");
}
