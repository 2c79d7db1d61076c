//! `http:` and `https:` checks: what is sent, and what the answer means (`oslo_policy._external`).
//!
//! The engine forms the request and reads the answer; a [`RemoteCheck`] in between does the talking.

mod answer;
mod json;

use std::fs::File;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Checks, Request};
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};
use crate::oslo::language::{Base, BaseClass};
use crate::oslo::python::percent::format_str;
use crate::oslo::python::{PyStr, Value};

/// How a request is written (upstream's option `remote_content_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// `application/x-www-form-urlencoded`, each field being JSON.
    #[default]
    Form,
    /// `application/json`.
    Json,
}

impl ContentType {
    /// What stands in the header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded",
            Self::Json => "application/json",
        }
    }
}

/// The `remote_…` options of oslo.policy, with upstream's defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteOptions {
    /// `remote_content_type`
    pub content_type: ContentType,
    /// `remote_ssl_verify_server_crt`: off by default, as upstream has it.
    pub ssl_verify_server_crt: bool,
    /// `remote_ssl_ca_crt_file`
    pub ssl_ca_crt_file: Option<PathBuf>,
    /// `remote_ssl_client_crt_file`
    pub ssl_client_crt_file: Option<PathBuf>,
    /// `remote_ssl_client_key_file`
    pub ssl_client_key_file: Option<PathBuf>,
    /// `remote_timeout`, in seconds.
    pub timeout: f64,
}

impl RemoteOptions {
    /// Upstream's defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            content_type: ContentType::Form,
            ssl_verify_server_crt: false,
            ssl_ca_crt_file: None,
            ssl_client_crt_file: None,
            ssl_client_key_file: None,
            timeout: 60.0,
        }
    }
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// A request that is ready to be sent: a POST.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteRequest {
    /// The address with the target's values in it; nothing in it has been quoted or checked.
    pub url: PyStr,
    /// What `body` is.
    pub content_type: ContentType,
    /// `rule`, `target` and `credentials`, in ASCII.
    pub body: String,
    /// How long connecting may take, and each wait for the server, in seconds.
    pub timeout: f64,
    /// For `https:` checks.
    pub tls: Option<Tls>,
}

/// How to trust the server, and be trusted. Every file was there a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Whom to trust.
    pub verify: Verify,
    /// Who we are, a PEM file.
    pub client_certificate: Option<PathBuf>,
    /// The key of that, a PEM file; without one it is in the same file.
    pub client_key: Option<PathBuf>,
}

/// Whose certificates are good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verify {
    /// Everybody's.
    Nothing,
    /// Those of the public authorities.
    Public,
    /// Those of the authorities in this file or directory.
    Authorities(PathBuf),
}

/// What a server answered, whatever its status says: upstream does not look at that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteResponse {
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body, with any content encoding undone.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum RemoteFailure {
    /// Connecting, or waiting for the answer to begin, took too long. `RuntimeError`.
    #[error("the server took too long")]
    TimedOut,
    /// The body of the answer stalled. Not the same upstream: `ConnectionError`.
    #[error("the answer stalled")]
    Stalled,
    /// No connection, or lost. `ConnectionError`.
    #[error("no connection")]
    Connection,
    /// The certificate is not trusted, or no TLS could be agreed on. `SSLError`.
    #[error("TLS failed")]
    Tls,
    /// The address cannot be asked. `InvalidURL`.
    #[error("the address is no address")]
    InvalidUrl,
    /// More than thirty redirects. `TooManyRedirects`.
    #[error("too many redirects")]
    TooManyRedirects,
    /// The body ended early or was garbled. `ChunkedEncodingError`.
    #[error("the answer broke off")]
    BrokenBody,
    /// Another exception.
    #[error("raises {0}")]
    Raised(ExceptionClass),
    /// Nobody can tell what upstream would do.
    #[error("unsupported: {0}")]
    Unsupported(#[from] Unsupported),
}

impl From<RemoteFailure> for Interrupt {
    fn from(failure: RemoteFailure) -> Self {
        Self::Raised(match failure {
            RemoteFailure::TimedOut => ExceptionClass::RuntimeError,
            RemoteFailure::Stalled | RemoteFailure::Connection => ExceptionClass::ConnectionError,
            RemoteFailure::Tls => ExceptionClass::SSLError,
            RemoteFailure::InvalidUrl => ExceptionClass::InvalidURL,
            RemoteFailure::TooManyRedirects => ExceptionClass::TooManyRedirects,
            RemoteFailure::BrokenBody => ExceptionClass::ChunkedEncodingError,
            RemoteFailure::Raised(class) => class,
            RemoteFailure::Unsupported(why) => return Self::Unsupported(why),
        })
    }
}

/// Whoever can ask a server.
///
/// ```
/// use assay_engine::oslo::python::Value;
/// use assay_engine::oslo::remote::{RemoteFailure, RemoteRequest, RemoteResponse};
/// use assay_engine::oslo::{Checks, Request, Rules, decide_with};
///
/// let mut checks = Checks::new();
/// checks.set_client(|request: &RemoteRequest| -> Result<RemoteResponse, RemoteFailure> {
///     assert_eq!(request.url, "http://policy.example/check/p1".into());
///     assert_eq!(request.body, "rule=%22get%22&target=%7B%22id%22%3A+%22p1%22%7D&credentials=%7B%7D");
///     Ok(RemoteResponse { content_type: None, body: b"True".to_vec() })
/// });
/// let rules = Rules::from_texts([("get", "http://policy.example/check/%(id)s")]);
/// let (creds, target) = (Value::dict([("", Value::None); 0]), Value::dict([("id", "p1".into())]));
/// let request = Request { creds: &creds, target: &target };
/// assert_eq!(decide_with(&rules, "get", request, &checks), Ok(Value::from(true)));
/// ```
pub trait RemoteCheck: Send + Sync {
    /// Posts the request and reads the answer, redirects followed.
    ///
    /// # Errors
    /// Why there is none.
    fn post(&self, request: &RemoteRequest) -> Result<RemoteResponse, RemoteFailure>;
}

impl<F> RemoteCheck for F
where
    F: Fn(&RemoteRequest) -> Result<RemoteResponse, RemoteFailure> + Send + Sync,
{
    fn post(&self, request: &RemoteRequest) -> Result<RemoteResponse, RemoteFailure> {
        self(request)
    }
}

/// Decides an `http:` or `https:` check (`HttpCheck.__call__`, `HttpsCheck.__call__`).
pub(super) fn ask(
    base: &Base,
    rule: Option<&str>,
    request: Request<'_>,
    checks: &Checks,
) -> Result<bool, Interrupt> {
    let request = match form(base, rule, request, checks.remote_options()) {
        Err(Interrupt::Raised(ExceptionClass::KeyError)) if fault!(RemoteMissingKeyDenies) => {
            return Ok(false);
        }
        request => request?,
    };
    let client = checks.client().ok_or(Unsupported::RemoteCheck)?;
    Ok(answer::is_true(&client.post(&request)?))
}

/// The request that upstream would send, its errors in upstream's order.
///
/// # Errors
/// What formatting the address raises, a `KeyError` too; `RuntimeError` for files that the TLS options
/// name and that are not there; what cannot be written as JSON.
pub fn form(
    base: &Base,
    rule: Option<&str>,
    request: Request<'_>,
    options: &RemoteOptions,
) -> Result<RemoteRequest, Interrupt> {
    let url = format_str(&template(base), request.target)?;
    let tls = match base.class {
        BaseClass::Https => Some(tls(options)?),
        _ => None,
    };
    // A list can be formatted with as well, if nothing in the address asks for it.
    if !matches!(request.target, Value::Dict(_)) {
        return Err(ExceptionClass::AttributeError.into());
    }
    let body = match options.content_type {
        ContentType::Form => form_body(rule, request)?,
        ContentType::Json => json_body(rule, request)?,
    };
    Ok(RemoteRequest { url, content_type: options.content_type, body, timeout: options.timeout, tls })
}

/// The address before it is formatted.
pub(in crate::oslo) fn template(base: &Base) -> PyStr {
    let scheme = base.kind.code_points().chain([u32::from(':')]);
    PyStr::from_code_points(scheme.chain(base.text.code_points()).collect())
}

fn form_body(rule: Option<&str>, request: Request<'_>) -> Result<String, Interrupt> {
    let rule = rule.map_or(Value::None, Value::from);
    let mut body = String::new();
    for (name, value) in [("rule", &rule), ("target", request.target), ("credentials", request.creds)] {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        quote(&json::lenient(value)?, &mut body);
    }
    Ok(body)
}

fn json_body(rule: Option<&str>, request: Request<'_>) -> Result<String, Interrupt> {
    let rule = rule.map_or(Value::None, Value::from);
    json::strict(&[("rule", &rule), ("target", request.target), ("credentials", request.creds)])
}

/// `urllib.parse.quote_plus`
fn quote(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(byte.into()),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)].into());
                out.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
}

/// The files of the options, which upstream looks for at each call. An empty name counts as none.
fn tls(options: &RemoteOptions) -> Result<Tls, ExceptionClass> {
    let given = |path: &Option<PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
    let readable = |path: &Path| path.is_dir() || File::open(path).is_ok();
    let found = |path: &Option<PathBuf>| match given(path) {
        Some(path) if !readable(&path) => Err(ExceptionClass::RuntimeError),
        path => Ok(path),
    };
    let client_certificate = found(&options.ssl_client_crt_file)?;
    let client_key = found(&options.ssl_client_key_file)?;
    let verify = match given(&options.ssl_ca_crt_file) {
        _ if !options.ssl_verify_server_crt => Verify::Nothing,
        None => Verify::Public,
        Some(path) if !path.exists() => return Err(ExceptionClass::RuntimeError),
        Some(path) => Verify::Authorities(path),
    };
    Ok(Tls { verify, client_certificate, client_key })
}
