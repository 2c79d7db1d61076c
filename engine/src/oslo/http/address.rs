//! Addresses as requests and urllib3 read them.

use std::fmt;

use crate::oslo::error::{ExceptionClass, Unsupported};
use crate::oslo::evaluate::remote::RemoteFailure;

/// An address that can be asked; all its parts are quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    secure: bool,
    /// User and password, unquoted, as `user:password`.
    user: Option<Vec<u8>>,
    /// Host and port.
    authority: String,
    /// With the slash before it.
    path: String,
    query: Option<String>,
}

impl Address {
    /// An address as a rule gives it (`PreparedRequest.prepare_url`).
    pub(super) fn read(url: &str) -> Result<Self, RemoteFailure> {
        let (scheme, rest) = url.split_once(':').ok_or(RemoteFailure::InvalidUrl)?;
        let secure = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(RemoteFailure::InvalidUrl),
        };
        let rest = rest.strip_prefix("//").ok_or(RemoteFailure::InvalidUrl)?;
        let (authority, rest) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
        check_authority(authority)?;
        let (path, query) = path_and_query(rest);
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, server)) => (Some(unquote(user)), server),
            None => (None, authority),
        };
        let user = user.filter(|user| user.contains(&b':'));
        Ok(Self { secure, user, authority: authority.to_owned(), path, query })
    }

    /// Where a `Location` leads from here. The user goes along to the same server only, and none is taken
    /// from there.
    pub(super) fn follow(&self, location: &str) -> Result<Self, RemoteFailure> {
        let mut next = self.join(location)?;
        let same = next.secure == self.secure && next.authority == self.authority;
        next.user = self.user.clone().filter(|_| same);
        Ok(next)
    }

    /// User and password, for basic authentication.
    pub(super) fn user(&self) -> Option<&[u8]> {
        self.user.as_deref()
    }

    /// `urljoin`
    fn join(&self, location: &str) -> Result<Self, RemoteFailure> {
        // Header bytes were read as Latin-1 and mean UTF-8.
        let bytes: Option<Vec<u8>> = location.chars().map(|c| u8::try_from(c).ok()).collect();
        let location =
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(RemoteFailure::InvalidUrl)?;
        let scheme = if self.secure { "https" } else { "http" };
        if location.starts_with("//") {
            return Self::read(&format!("{scheme}:{location}"));
        }
        let given = location.split_once(':').filter(|(name, _)| {
            let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(letters)
        });
        let relative = match given {
            None => location.as_str(),
            Some((name, rest)) => {
                let name = name.to_ascii_lowercase();
                if name != "http" && name != "https" {
                    return Err(RemoteFailure::Raised(ExceptionClass::named("InvalidSchema")));
                }
                let host =
                    rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
                if host || name != scheme {
                    return Self::read(&format!("{name}:{rest}"));
                }
                rest.strip_prefix("//").unwrap_or(rest)
            }
        };
        if relative.is_empty() {
            return Ok(self.clone());
        }
        let base = match relative.chars().next() {
            Some('/') => "",
            Some('?' | '#') => self.path.as_str(),
            _ => &self.path[..=self.path.rfind('/').unwrap_or(0)],
        };
        let (path, query) = path_and_query(&format!("{base}{relative}"));
        let query = if relative.starts_with('#') { self.query.clone() } else { query };
        Ok(Self { path, query, ..self.clone() })
    }

    pub(super) const fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority, self.path)?;
        self.query.as_ref().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

fn check_authority(authority: &str) -> Result<(), RemoteFailure> {
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    let (host, port) = match server.strip_prefix('[') {
        Some(inner) => {
            let (host, port) = inner.split_once(']').ok_or(RemoteFailure::InvalidUrl)?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(RemoteFailure::InvalidUrl);
            }
            (host, port.strip_prefix(':').or((port.is_empty()).then_some("")))
        }
        None => match server.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (server, Some("")),
        },
    };
    let port = port.ok_or(RemoteFailure::InvalidUrl)?;
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (!port.is_empty() && port.parse::<u16>().is_err()) {
        return Err(RemoteFailure::InvalidUrl);
    }
    if !host.is_ascii() {
        return Err(Unsupported::HostName.into());
    }
    let bad = |byte: u8| byte <= b' ' || byte == 0x7f || b"[]\"<>^`{|}".contains(&byte);
    if host.is_empty() || host.starts_with(['*', '.']) || host.bytes().any(bad) {
        return Err(RemoteFailure::InvalidUrl);
    }
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    if labels.clone().any(|label| label.is_empty() || label.len() > 63) && !host.contains(':') {
        return Err(RemoteFailure::Raised(ExceptionClass::named("LocationParseError")));
    }
    Ok(())
}

/// What stands behind the authority, without a fragment.
fn path_and_query(rest: &str) -> (String, Option<String>) {
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let mut quoted = quote(path);
    if !quoted.starts_with('/') {
        quoted.insert(0, '/');
    }
    (without_dots(&quoted), query.filter(|query| !query.is_empty()).map(quote))
}

/// Quotes what may not stand in an address; what is quoted already stays so.
fn quote(text: &str) -> String {
    const SAFE: &[u8] = b"!$&'()*+,/:;=?@~-._";
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let follows =
            bytes.get(index + 1..index + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if byte.is_ascii_alphanumeric() || SAFE.contains(&byte) || (byte == b'%' && follows) {
            out.push(byte.into());
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)].into());
            out.push(HEX[usize::from(byte & 15)].into());
        }
    }
    out
}

/// `urllib.parse.unquote`
fn unquote(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().iter();
    let mut out = Vec::with_capacity(text.len());
    while let Some(&byte) = bytes.next() {
        let two = bytes.as_slice().get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let digits = two.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| byte == b'%') {
            Some(quoted) => {
                out.push(quoted);
                bytes.nth(1);
            }
            None => out.push(byte),
        }
    }
    out
}

/// RFC 3986, 5.2.4.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut last = "";
    for segment in path.split('/').skip(1) {
        last = segment;
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let end = if matches!(last, "." | "..") { "/" } else { "" };
    let joined = format!("/{}{end}", kept.join("/"));
    if kept.is_empty() { "/".to_owned() } else { joined }
}
