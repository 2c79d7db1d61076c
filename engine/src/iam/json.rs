//! JSON with places: what a policy document is written in.
//!
//! A reader of our own, since a document's problems are shown where they stand, a member that is there
//! twice is a fault and not the last one's victory, and no depth of nesting may use up the stack.

use std::collections::HashSet;
use std::ops::Range;

use thiserror::Error;

/// How deep arrays and objects may nest. A policy document needs six levels.
pub const MAX_DEPTH: usize = 32;

/// A byte range of the document's text.
pub type Span = Range<usize>;

/// A place as people count it, both from 1; columns are characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

impl Position {
    /// The place of a byte of a text; of its end, where the offset is beyond it.
    ///
    /// ```
    /// use assay_engine::iam::json::Position;
    /// assert_eq!(Position::of("{\n \"é\": 1}", 7), Position { line: 2, column: 5 });
    /// ```
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        Places::new(text).next(offset)
    }
}

/// The places of many bytes of a text, one behind the other: the text is walked over once.
#[derive(Clone, Debug)]
pub(super) struct Places<'t> {
    text: &'t str,
    at: usize,
    position: Position,
}

impl<'t> Places<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, position: Position { line: 1, column: 1 } }
    }

    /// The place of a byte that is not before the last one that was asked for.
    pub(super) fn next(&mut self, offset: usize) -> Position {
        let end = offset.min(self.text.len()).max(self.at);
        for &byte in &self.text.as_bytes()[self.at..end] {
            if byte == b'\n' {
                self.position = Position { line: self.position.line + 1, column: 1 };
            } else if byte & 0xc0 != 0x80 {
                // Continuation bytes do not begin a character.
                self.position.column += 1;
            }
        }
        self.at = end;
        self.position
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in its order; no key is there twice.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub key: String,
    /// Where the name stands.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a member, if it is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|member| member.key == key).map(|member| &member.value)
    }
}

/// Why a text is no JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The text ends too early.
    #[error("the text ends too early")]
    End,
    /// A character that cannot stand there.
    #[error("unexpected {0:?}")]
    Unexpected(char),
    /// A string with a raw control character.
    #[error("a control character in a string")]
    Control,
    /// An escape that JSON has not.
    #[error("no such escape")]
    Escape,
    /// Half of a surrogate pair.
    #[error("half of a surrogate pair")]
    Surrogate,
    /// A member is there twice.
    #[error("the member {0:?} is there twice")]
    Duplicate(String),
    /// Something follows the document: a second object, for one.
    #[error("something follows the document")]
    Trailing,
    /// Nested more deeply than [`MAX_DEPTH`].
    #[error("nested more than {MAX_DEPTH} levels deep")]
    Depth,
}

/// A [`Fault`] and the byte at which it was met.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fault} at byte {offset}")]
pub struct JsonError {
    /// What is wrong.
    pub fault: Fault,
    /// Where.
    pub offset: usize,
}

/// Reads a JSON document as RFC 8259 has it: no comments, no trailing commas.
///
/// # Errors
/// The first [`Fault`] with its place.
///
/// ```
/// use assay_engine::iam::json::{Fault, parse};
/// let document = parse(r#"{"Version": "5.0"}"#).unwrap();
/// assert_eq!(document.get("Version").and_then(|node| node.as_str()), Some("5.0"));
/// assert_eq!(parse("{} {}").unwrap_err().fault, Fault::Trailing);
/// ```
pub fn parse(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.document()?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.error(Fault::Trailing)) } else { Ok(node) }
}

/// A container whose end is not read yet.
enum Open {
    Array { start: usize, items: Vec<Node> },
    Object { start: usize, members: Vec<Member>, seen: HashSet<String>, key: Option<(String, Span)> },
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, fault: Fault) -> JsonError {
        JsonError { fault, offset: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// What to say of the character here.
    fn unexpected(&self) -> JsonError {
        let fault = self.text[self.at..].chars().next().map_or(Fault::End, Fault::Unexpected);
        self.error(fault)
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn document(&mut self) -> Result<Node, JsonError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.blanks();
            let mut done = match self.value()? {
                Ok(node) => node,
                Err(container) => {
                    if open.len() == MAX_DEPTH {
                        return Err(self.error(Fault::Depth));
                    }
                    open.push(container);
                    match self.first(&mut open)? {
                        Some(empty) => empty,
                        None => continue,
                    }
                }
            };
            // The value is complete: so may be the containers around it.
            loop {
                let Some(container) = open.pop() else { return Ok(done) };
                match self.follow(container, done)? {
                    Followed::More(container) => {
                        open.push(container);
                        break;
                    }
                    Followed::Closed(node) => done = node,
                }
            }
        }
    }

    /// A scalar, or a container that was just opened.
    fn value(&mut self) -> Result<Result<Node, Open>, JsonError> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => {
                self.at += 1;
                return Ok(Err(Open::Object { start, members: Vec::new(), seen: HashSet::new(), key: None }));
            }
            Some(b'[') => {
                self.at += 1;
                return Ok(Err(Open::Array { start, items: Vec::new() }));
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Ok(Node { value, span: start..self.at }))
    }

    /// Behind the opening bracket: the key of a first member, or the end of an empty container.
    fn first(&mut self, open: &mut Vec<Open>) -> Result<Option<Node>, JsonError> {
        self.blanks();
        let (start, value, close) = match open.last_mut() {
            Some(Open::Array { start, .. }) => (*start, Value::Array(Vec::new()), b']'),
            Some(Open::Object { start, .. }) => (*start, Value::Object(Vec::new()), b'}'),
            None => return Ok(None),
        };
        if self.peek() == Some(close) {
            self.at += 1;
            open.pop();
            return Ok(Some(Node { value, span: start..self.at }));
        }
        if let Some(Open::Object { key, seen, .. }) = open.last_mut() {
            *key = Some(self.key(seen)?);
        }
        Ok(None)
    }

    fn key(&mut self, seen: &mut HashSet<String>) -> Result<(String, Span), JsonError> {
        self.blanks();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected());
        }
        let key = self.string()?;
        if !seen.insert(key.clone()) {
            return Err(JsonError { fault: Fault::Duplicate(key), offset: start });
        }
        let span = start..self.at;
        self.blanks();
        self.expect(b':')?;
        Ok((key, span))
    }

    /// Behind a complete value: a comma, or the end of its container.
    fn follow(&mut self, container: Open, node: Node) -> Result<Followed, JsonError> {
        self.blanks();
        match container {
            Open::Array { start, mut items } => {
                items.push(node);
                if self.peek() == Some(b',') {
                    self.at += 1;
                    return Ok(Followed::More(Open::Array { start, items }));
                }
                self.expect(b']')?;
                Ok(Followed::Closed(Node { value: Value::Array(items), span: start..self.at }))
            }
            Open::Object { start, mut members, mut seen, key } => {
                if let Some((key, key_span)) = key {
                    members.push(Member { key, key_span, value: node });
                }
                if self.peek() == Some(b',') {
                    self.at += 1;
                    let key = Some(self.key(&mut seen)?);
                    return Ok(Followed::More(Open::Object { start, members, seen, key }));
                }
                self.expect(b'}')?;
                Ok(Followed::Closed(Node { value: Value::Object(members), span: start..self.at }))
            }
        }
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        let words = [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        for (word, value) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected())
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected()) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            string.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                None => return Err(self.error(Fault::End)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.error(Fault::Control)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let byte = self
            .text
            .as_bytes()
            .get(start + 1)
            .copied()
            .ok_or(JsonError { fault: Fault::End, offset: start })?;
        self.at += 2;
        let c = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(start),
            _ => return Err(JsonError { fault: Fault::Escape, offset: start }),
        };
        Ok(c)
    }

    /// Behind `\u`: one unit, or a pair of them.
    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let unit = self.unit(start)?;
        let surrogate = JsonError { fault: Fault::Surrogate, offset: start };
        let point = match unit {
            0xd800..0xdc00 => {
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(surrogate);
                }
                self.at += 2;
                let low = self.unit(start)?;
                if !(0xdc00..0xe000).contains(&low) {
                    return Err(surrogate);
                }
                0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            }
            unit => unit,
        };
        char::from_u32(point).ok_or(surrogate)
    }

    fn unit(&mut self, start: usize) -> Result<u32, JsonError> {
        let bytes = self.text.as_bytes().get(self.at..self.at + 4);
        let digits = bytes.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        unit.ok_or(JsonError { fault: Fault::Escape, offset: start })
    }
}

/// What stands behind a value in a container.
enum Followed {
    More(Open),
    Closed(Node),
}

/// Writes a string as JSON does.
pub fn write_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;

    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
