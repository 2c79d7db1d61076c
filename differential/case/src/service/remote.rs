//! The servers of remote checks: one for the whole process, on loopback, which both sides ask; and a
//! client for the engine's side.
//!
//! The server keeps nothing. What it shall answer stands in the address that it is asked by, so that a
//! world means the same whenever and by whomever it is decided.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use assay_engine::oslo::Unsupported;
use assay_engine::oslo::remote::{RemoteFailure, RemoteRequest, RemoteResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawAnswer", into = "RawAnswer")]
pub struct RemoteAnswer {
    /// The address that it answers to: `http://HOST/path`.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// Its body.
    pub body: Body,
}

/// What comes back from a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A text.
    Body(String),
    /// Nothing, and no end either.
    Hang,
    /// `True` if the bytes of the request's body add up to an even number, else `False`: so that another
    /// request is likely to get another answer.
    Parity,
}

/// As it is written: exactly one of `body`, `hang` and `parity`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hang: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parity: Option<bool>,
}

impl TryFrom<RawAnswer> for RemoteAnswer {
    type Error = String;

    fn try_from(raw: RawAnswer) -> Result<Self, String> {
        let body = match (raw.body, raw.hang, raw.parity) {
            (Some(text), None, None) => Body::Body(text),
            (None, Some(true), None) => Body::Hang,
            (None, None, Some(true)) => Body::Parity,
            _ => return Err("exactly one of `body: TEXT`, `hang: true` and `parity: true`".to_owned()),
        };
        if !raw.url.starts_with(HOST) {
            return Err(format!("{}: does not begin with {HOST}", raw.url));
        }
        Ok(Self { url: raw.url, status: raw.status.unwrap_or(OK), content_type: raw.content_type, body })
    }
}

impl From<RemoteAnswer> for RawAnswer {
    fn from(answer: RemoteAnswer) -> Self {
        let status = Some(answer.status).filter(|status| *status != OK);
        let rest = Self { url: answer.url, status, content_type: answer.content_type, ..Self::default() };
        match answer.body {
            Body::Body(text) => Self { body: Some(text), ..rest },
            Body::Hang => Self { hang: Some(true), ..rest },
            Body::Parity => Self { parity: Some(true), ..rest },
        }
    }
}

const OK: u16 = 200;

/// The start of every address.
const HOST: &str = "http://HOST/";

/// The longest request that is read: far more than any that is generated.
const MAX_REQUEST: u64 = 1 << 24;

/// For how long a server that hangs does so.
const HANGS: Duration = Duration::from_secs(60);

/// What stands in for `HOST` in a world: where the server is, and what it shall answer. The server is
/// started when it is first needed; where that fails, an address that nobody listens at.
///
/// ```
/// assert!(assay_case::service::address(&[]).starts_with("127.0.0.1:"));
/// ```
#[must_use]
pub fn address(answers: &[RemoteAnswer]) -> String {
    static SERVER: OnceLock<Option<SocketAddr>> = OnceLock::new();
    let port = SERVER.get_or_init(|| start().ok()).map_or(1, |address| address.port());
    format!("127.0.0.1:{port}/{}", spelled_answers(answers))
}

/// Answers as an address holds them.
#[must_use]
pub fn spelled_answers(answers: &[RemoteAnswer]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_string(answers).unwrap_or_default())
}

fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::Builder::new().name("remote checks".to_owned()).spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away has seen enough.
            thread::spawn(move || serve(&connection).ok());
        }
    })?;
    Ok(address)
}

fn serve(mut connection: &TcpStream) -> io::Result<()> {
    let (first, _, body) = read_message(connection)?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    let answer = find(path).unwrap_or_else(|| RemoteAnswer {
        url: String::new(),
        status: 404,
        content_type: None,
        body: Body::Body("nothing here".to_owned()),
    });
    let text = match answer.body {
        Body::Body(text) => text,
        Body::Parity => {
            let sum = body.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
            if sum % 2 == 0 { "True".to_owned() } else { "False".to_owned() }
        }
        Body::Hang => {
            connection.set_read_timeout(Some(HANGS))?;
            return connection.read(&mut [0]).map(drop);
        }
    };
    let content_type = answer.content_type.map(|name| format!("Content-Type: {name}\r\n"));
    write!(
        connection,
        "HTTP/1.1 {} Answer\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        answer.status,
        content_type.unwrap_or_default(),
        text.len()
    )
}

fn find(path: &str) -> Option<RemoteAnswer> {
    let (answers, path) = path.strip_prefix('/')?.split_once('/')?;
    let answers = BASE64_URL_SAFE_NO_PAD.decode(answers).ok()?;
    let answers: Vec<RemoteAnswer> = serde_json::from_slice(&answers).ok()?;
    answers.into_iter().find(|answer| answer.url.strip_prefix(HOST) == Some(path))
}

/// The first line, the `Content-Type` and the body of a request or a response.
fn read_message(connection: &TcpStream) -> io::Result<(String, Option<String>, Vec<u8>)> {
    let mut reader = BufReader::new(connection.take(MAX_REQUEST));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut content_type) = (0, None);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "content-type" => content_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok((first.trim_end().to_owned(), content_type, body))
}

/// Asks the server above, and that one only: no redirects, no TLS.
pub(super) fn post(request: &RemoteRequest) -> Result<RemoteResponse, RemoteFailure> {
    // Where requests has rules of its own for what it writes, this client has no answer.
    let url = request.url.as_text().ok_or(Unsupported::RemoteCheck)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-~".contains(c);
    let rest = url.strip_prefix("http://").filter(|_| url.chars().all(plain));
    let (host, path) = rest.and_then(|rest| rest.split_once('/')).ok_or(Unsupported::RemoteCheck)?;
    let asked = TcpStream::connect(host).and_then(|mut connection| {
        connection.set_read_timeout(Some(Duration::from_secs_f64(request.timeout)))?;
        write!(
            connection,
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
            request.content_type.name(),
            request.body.len(),
            request.body
        )?;
        read_message(&connection)
    });
    match asked {
        Ok((_, content_type, body)) => Ok(RemoteResponse { content_type, body }),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Err(RemoteFailure::TimedOut)
        }
        Err(_) => Err(RemoteFailure::Connection),
    }
}
