//! A client for remote checks (feature `http`), which does as requests does where a check can tell.
//!
//! What it leaves out, and what then happens: proxies and `.netrc` (none are used), compressed answers
//! (none is asked for, and one is no `True`), host names outside ASCII ([`Unsupported::HostName`]), answers
//! of more than a mebibyte (no `True` either).

mod address;

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::http::{Response, StatusCode};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Error};

use address::Address;

use crate::oslo::error::ExceptionClass;
#[cfg(doc)]
use crate::oslo::error::Unsupported;
use crate::oslo::evaluate::remote::{RemoteCheck, RemoteFailure, RemoteRequest, RemoteResponse, Tls, Verify};
use crate::oslo::python::PyStr;

/// As many redirects as requests follows.
const MAX_REDIRECTS: usize = 30;

/// The longest answer that is looked at.
const MAX_BODY: u64 = 1 << 20;

/// Asks servers, each time over a new connection, as upstream does.
///
/// ```no_run
/// use assay_engine::oslo::Checks;
/// use assay_engine::oslo::http::HttpClient;
/// let mut checks = Checks::new();
/// checks.set_client(HttpClient);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpClient;

impl RemoteCheck for HttpClient {
    fn post(&self, request: &RemoteRequest) -> Result<RemoteResponse, RemoteFailure> {
        let mut address = Address::read(&spelled(&request.url))?;
        // A float that is no duration is too long to matter, unless it is nothing.
        if request.timeout <= 0.0 {
            return Err(RemoteFailure::Raised(ExceptionClass::ValueError));
        }
        let agent = agent(request)?;
        let mut body = Some(request);
        for _ in 0..=MAX_REDIRECTS {
            let response = send(&agent, &address, body)?;
            let Some(location) = location(&response) else {
                return read(response);
            };
            if !matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                body = None;
            }
            address = address.follow(&location)?;
        }
        Err(RemoteFailure::TooManyRedirects)
    }
}

/// The address as text: a lone surrogate is quoted as Python's `surrogatepass` spells it.
fn spelled(url: &PyStr) -> String {
    let mut text = String::new();
    for point in url.code_points() {
        match char::from_u32(point) {
            Some(letter) => text.push(letter),
            None => {
                let bytes = [0xe0 | (point >> 12), 0x80 | (point >> 6 & 0x3f), 0x80 | (point & 0x3f)];
                text.extend(bytes.map(|byte| format!("%{byte:02X}")));
            }
        }
    }
    text
}

fn agent(request: &RemoteRequest) -> Result<Agent, RemoteFailure> {
    let timeout = Duration::try_from_secs_f64(request.timeout).ok();
    let plain = Tls { verify: Verify::Public, client_certificate: None, client_key: None };
    // An `http:` check that is sent on to `https:` trusts the public authorities.
    let tls = tls_config(request.tls.as_ref().unwrap_or(&plain))?;
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .accept("*/*")
        .accept_encoding("identity")
        .timeout_connect(timeout)
        .timeout_per_read(timeout)
        .timeout_per_write(timeout)
        .tls_config(tls);
    Ok(config.build().new_agent())
}

fn tls_config(tls: &Tls) -> Result<TlsConfig, RemoteFailure> {
    let builder = TlsConfig::builder();
    let builder = match &tls.verify {
        Verify::Nothing => builder.disable_verification(true),
        Verify::Public => builder.root_certs(RootCerts::WebPki),
        Verify::Authorities(path) => {
            let certificates = authorities(path)?;
            builder.root_certs(RootCerts::from(certificates))
        }
    };
    let client = tls.client_certificate.as_deref().map(|path| client(path, tls.client_key.as_deref()));
    Ok(builder.client_cert(client.transpose()?).build())
}

/// The certificates of a file, or of a directory's files that have the names OpenSSL gives them.
fn authorities(path: &Path) -> Result<Vec<Certificate<'static>>, RemoteFailure> {
    if !path.is_dir() {
        let (certificates, _) = pem(path)?;
        return if certificates.is_empty() { Err(RemoteFailure::Tls) } else { Ok(certificates) };
    }
    let entries = fs::read_dir(path).map_err(|_| RemoteFailure::Tls)?;
    let hashed = |name: &str| {
        let (hash, number) = name.split_once('.').unwrap_or_default();
        hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && number.parse::<u8>().is_ok()
    };
    let named = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(hashed));
    let files = named.map(|entry| entry.path());
    Ok(files.filter_map(|path| pem(&path).ok()).flat_map(|(certificates, _)| certificates).collect())
}

/// Who we are; the key stands in a file of its own or in that of the certificate.
fn client(certificate: &Path, key: Option<&Path>) -> Result<ClientCert, RemoteFailure> {
    let (chain, own_key) = pem(certificate)?;
    let key = match key {
        Some(path) => pem(path)?.1,
        None => own_key,
    };
    match key {
        Some(key) if belongs(&chain, &key) => Ok(ClientCert::new_with_certs(&chain, key)),
        _ => Err(RemoteFailure::Tls),
    }
}

/// Whether a key is the certificate's. ureq takes that for granted, and panics where it is not so.
fn belongs(chain: &[Certificate<'static>], key: &PrivateKey<'static>) -> bool {
    let chain = chain.iter().map(|certificate| CertificateDer::from(certificate.der().to_vec()));
    let Ok(key) = PrivateKeyDer::try_from(key.der().to_vec()) else {
        return false;
    };
    let chain: Vec<_> = chain.collect();
    !chain.is_empty() && CertifiedKey::from_der(chain, key, &ring::default_provider()).is_ok()
}

type Pem = (Vec<Certificate<'static>>, Option<PrivateKey<'static>>);

fn pem(path: &Path) -> Result<Pem, RemoteFailure> {
    let text = fs::read(path).map_err(|_| RemoteFailure::Tls)?;
    let mut found = (Vec::new(), None);
    for item in parse_pem(&text) {
        match item.map_err(|_| RemoteFailure::Tls)? {
            PemItem::Certificate(certificate) => found.0.push(certificate),
            PemItem::PrivateKey(key) => found.1 = Some(key),
            _ => {}
        }
    }
    Ok(found)
}

/// One request: with a body a POST, without one a GET.
fn send(
    agent: &Agent,
    address: &Address,
    body: Option<&RemoteRequest>,
) -> Result<Response<Body>, RemoteFailure> {
    let url = address.to_string();
    let authorization = address.user().map(|user| format!("Basic {}", STANDARD.encode(user)));
    let sent = match (body, authorization) {
        (Some(request), authorization) => {
            let post = agent.post(&url).header("Content-Type", request.content_type.name());
            let post = match authorization {
                Some(basic) => post.header("Authorization", basic),
                None => post,
            };
            post.send(request.body.as_bytes())
        }
        (None, Some(basic)) => agent.get(&url).header("Authorization", basic).call(),
        (None, None) => agent.get(&url).call(),
    };
    sent.map_err(|error| match error {
        Error::Timeout(_) => RemoteFailure::TimedOut,
        Error::Http(_) | Error::BadUri(_) => RemoteFailure::InvalidUrl,
        Error::Tls(_) | Error::Pem(_) | Error::Rustls(_) => RemoteFailure::Tls,
        Error::Io(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => RemoteFailure::TimedOut,
            // What rustls has to say comes as this.
            ErrorKind::InvalidData if address.is_secure() => RemoteFailure::Tls,
            _ => RemoteFailure::Connection,
        },
        _ => RemoteFailure::Connection,
    })
}

fn header(response: &Response<Body>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.as_bytes().iter().copied().map(char::from).collect())
}

/// Where the answer sends us on to.
fn location(response: &Response<Body>) -> Option<String> {
    let sends_on = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    header(response, "location").filter(|location| sends_on && !location.is_empty())
}

fn read(response: Response<Body>) -> Result<RemoteResponse, RemoteFailure> {
    let content_type = header(&response, "content-type");
    let mut body = Vec::new();
    let mut reader = response.into_body().into_reader().take(MAX_BODY + 1);
    reader.read_to_end(&mut body).map_err(|error| {
        let timed_out = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(Error::Timeout(_)) => true,
            _ => matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock),
        };
        if timed_out { RemoteFailure::Stalled } else { RemoteFailure::BrokenBody }
    })?;
    if body.len() as u64 > MAX_BODY {
        body.clear();
    }
    Ok(RemoteResponse { content_type, body })
}
