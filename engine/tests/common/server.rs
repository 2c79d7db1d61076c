//! Servers on 127.0.0.1 that answer with given bytes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// How long a server that hangs does so.
const HANG: Duration = Duration::from_secs(3);

/// HTTP without TLS.
pub(crate) struct Plain {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Plain {
    pub(crate) fn start() -> Self {
        Self::serve(|stream, port, seen| answer(stream, port, &seen))
    }

    /// One that answers whatever it reads first.
    pub(crate) fn start_blunt() -> Self {
        Self::serve(|mut stream, _, _| {
            let _ = stream.read(&mut [0; 100]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
        })
    }

    fn serve(each: fn(TcpStream, u16, Arc<Mutex<Vec<String>>>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&all);
                thread::spawn(move || each(stream, port, seen));
            }
        });
        Self { port, seen }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }
}

/// Head and body of a request.
fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let number = value.trim().parse::<usize>().ok()?;
                name.eq_ignore_ascii_case("content-length").then_some(number)
            });
            if body.len() >= length.unwrap_or(0) {
                return text.into_owned();
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return String::new(),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

fn answer(mut stream: TcpStream, port: u16, seen: &Mutex<Vec<String>>) {
    let request = read_request(&mut stream);
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let posted = request.starts_with("POST") && !request.ends_with("\r\n\r\n");
    seen.lock().expect("no panic").push(request);
    if path == "/hang" {
        thread::sleep(HANG);
        return;
    }
    let _ = stream.write_all(&response(&path, port, posted));
    if path.starts_with("/stall") {
        thread::sleep(HANG);
    }
}

fn with(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn wide<const N: usize>(text: &str, unit: fn(char) -> [u8; N]) -> Vec<u8> {
    text.chars().flat_map(unit).collect()
}

fn response(path: &str, port: u16, posted: bool) -> Vec<u8> {
    let ok = |body: &[u8]| with("200 OK", "", body);
    let typed = |name: &str, body: &[u8]| with("200 OK", &format!("Content-Type: {name}\r\n"), body);
    let to = |status: &str, place: &str| with(status, &format!("Location: {place}\r\n"), b"");
    let utf16 = |text: &str| wide(text, |c| (c as u16).to_le_bytes());
    match path {
        "/true" => ok(b"True"),
        "/whatmethod" => ok(if posted { b"True" } else { b"False" }),
        "/quoted" => ok(b"\"True\""),
        "/quotes" => ok(b"\"\"True\""),
        "/lower" => ok(b"true"),
        "/newline" => ok(b"True\n"),
        "/blank" => ok(b" True"),
        "/empty" => ok(b""),
        "/false" => ok(b"False"),
        "/inner" => ok(b"\"Tr\"ue"),
        "/500" => with("500 Oops", "", b"True"),
        "/404" => with("404 No", "", b"True"),
        "/401" => with("401 No", "WWW-Authenticate: Basic realm=\"x\"\r\n", b"True"),
        "/204" => with("204 None", "", b""),
        "/chunked" => {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nTr\r\n2\r\nue\r\n0\r\n\r\n".to_vec()
        }
        "/chunkcut" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nTr\r\n2\r\nu".to_vec(),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nTrue".to_vec(),
        "/close" => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nTrue".to_vec(),
        "/http10" => b"HTTP/1.0 200 OK\r\n\r\nTrue".to_vec(),
        "/301" => to("301 F", "/whatmethod"),
        "/302" => to("302 F", "/whatmethod"),
        "/303" => to("303 F", "/whatmethod"),
        "/307" => to("307 F", "/whatmethod"),
        "/308" => to("308 F", "/whatmethod"),
        "/300" => with("300 F", "Location: /false\r\n", b"True"),
        "/nolocation" => with("302 F", "", b"True"),
        "/emptyloc" => with("302 F", "Location: \r\n", b"True"),
        "/loop" => to("302 F", "/loop"),
        "/ftp" => to("302 F", "ftp://x/"),
        "/nohost" => to("302 F", "http://"),
        "/relative" => to("302 F", "true"),
        "/backrel" => to("302 F", "./a/../true"),
        "/fragment" => to("302 F", "/true#x"),
        "/slashes" => to("302 F", &format!("//127.0.0.1:{port}/true")),
        "/garbage" => b"hello\r\n\r\n".to_vec(),
        "/drop" => Vec::new(),
        "/utf16" => typed("text/plain; charset=utf-16", &utf16("\u{feff}True")),
        "/utf16le" => typed("text/plain; charset=\"UTF-16LE\"", &utf16("True")),
        "/utf16nobom" => typed("text/plain; charset=utf-16", &utf16("True")),
        "/bom" => ok("\u{feff}True".as_bytes()),
        "/bomtext" => typed("text/plain", "\u{feff}True".as_bytes()),
        "/bomutf8" => typed("text/plain; charset=utf-8", "\u{feff}True".as_bytes()),
        "/bomsig" => typed("text/plain; charset=utf-8-sig", "\u{feff}True".as_bytes()),
        "/bomjson" => typed("application/json", "\u{feff}True".as_bytes()),
        "/bom16" => ok(&utf16("\u{feff}True")),
        "/bom32" => ok(&wide("\u{feff}True", |c| u32::from(c).to_le_bytes())),
        "/100" => [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), ok(b"True")].concat(),
        "/stall" => b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nTr".to_vec(),
        "/stallhead" => b"HTTP/1.1 200 OK\r\nContent-".to_vec(),
        _ => with("404 Lost", "", b"lost"),
    }
}

/// Who signs certificates.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A certificate for a host, which may have ended in this year.
    pub(crate) fn issue(&self, host: &str, ended: Option<i32>) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
        if let Some(year) = ended {
            params.not_after = date_time_ymd(year, 1, 1);
        }
        let key = KeyPair::generate().expect("a key");
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }
}

/// HTTP with TLS, which says yes to everything.
pub(crate) struct Secure {
    pub(crate) port: u16,
}

impl Secure {
    /// With a certificate for `host`; `expired` and `asks` are for 127.0.0.1, the one out of date, the
    /// other asking who the client is.
    pub(crate) fn start(authority: &Authority, host: &str) -> Self {
        let (name, ended) = match host {
            "expired" => ("127.0.0.1", Some(2020)),
            "asks" => ("127.0.0.1", None),
            other => (other, None),
        };
        let (certificate, key) = authority.issue(name, ended);
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if host == "asks" {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let config = builder.with_single_cert(vec![certificate.der().clone()], key).expect("a key that fits");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection");
                    let mut stream = StreamOwned::new(connection, stream);
                    if !read_request(&mut stream).is_empty() {
                        let _ = stream.write_all(&with("200 OK", "", b"True"));
                    }
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                });
            }
        });
        Self { port }
    }
}
