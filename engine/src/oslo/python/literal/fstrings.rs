//! Whether an f-string is valid, by the rules of CPython 3.11.
//!
//! There an f-string is one token, and its parts are found by a scan of its text that knows quotes and
//! brackets but no tokens. From 3.12 on the tokenizer itself reads f-strings. It accepts more (quotes of the
//! same kind, backslashes, line ends and comments inside an expression, `{*a}`, `{a!r }`, deeper nesting),
//! and refuses a generator without parentheses of its own.

use std::cell::Cell;

use super::Stop;
use super::parser::Parser;
use super::strings::unescape;

/// Checks the text between the quotes of an f-string, and says how deep its expressions are.
///
/// # Errors
/// `SyntaxError` where 3.11 raises one.
pub(super) fn check(text: &str, raw: bool, varies: &Cell<bool>) -> Result<usize, Stop> {
    let mut scan = Scan { text, at: 0, raw, depth: 0, varies };
    scan.parts(0)?;
    Ok(scan.depth)
}

/// Whether 3.12 or 3.13 may read an f-string, with its prefix and quotes, otherwise than 3.11, or find another
/// end of it. All read alike what has no braces, and what has only doubled ones and plain fields
/// (`{a.b!r:>10}`) and no backslash.
pub(super) fn may_vary(text: &str) -> bool {
    if !text.contains(['{', '}']) {
        return false;
    }
    if text.contains('\\') {
        return true;
    }
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let behind = &rest[at + 1..];
        rest = if behind.starts_with(&rest[at..=at]) {
            &behind[1..]
        } else {
            match behind.split_once('}') {
                Some((field, behind)) if rest[at..].starts_with('{') && is_plain_field(field) => behind,
                _ => return true,
            }
        };
    }
    false
}

fn is_plain_field(field: &str) -> bool {
    let end = field.find(['!', ':', '=']).unwrap_or(field.len());
    let (expression, suffix) = field.split_at(end);
    let suffix = suffix.strip_prefix('=').unwrap_or(suffix);
    let conversion = ["!r", "!s", "!a"].iter().find_map(|conversion| suffix.strip_prefix(conversion));
    let suffix = conversion.unwrap_or(suffix);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b' ');
    let in_specification = |byte: u8| is_plain(byte) || b"<>^+-,%".contains(&byte);
    let specification = suffix.strip_prefix(':').unwrap_or(suffix);
    expression.bytes().all(is_plain)
        && (suffix.is_empty() || suffix.starts_with(':'))
        && specification.bytes().all(in_specification)
}

/// How a stretch of plain text ended.
enum Ended {
    /// At a doubled brace: more plain text follows.
    Doubled,
    /// At a brace or at the end.
    Here,
}

struct Scan<'a, 'v> {
    text: &'a str,
    at: usize,
    raw: bool,
    /// That of the deepest expression so far.
    depth: usize,
    varies: &'v Cell<bool>,
}

impl Scan<'_, '_> {
    fn peek(&self, distance: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + distance).copied()
    }

    /// The whole text (`nesting` 0), or a format specification inside of it.
    fn parts(&mut self, nesting: u8) -> Result<(), Stop> {
        loop {
            if let Ended::Doubled = self.plain(nesting)? {
                continue;
            }
            match self.peek(0) {
                Some(b'{') => self.replacement(nesting)?,
                Some(_) if nesting > 0 => return Ok(()),
                None if nesting == 0 => return Ok(()),
                _ => return Err(Stop::Syntax),
            }
        }
    }

    fn plain(&mut self, nesting: u8) -> Result<Ended, Stop> {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            let mut byte = byte;
            if byte == b'\\' && !self.raw && self.peek(0).is_some() {
                byte = self.peek(0).unwrap_or_default();
                self.at += 1;
                if byte == b'N' {
                    self.pass_name();
                    continue;
                }
            }
            if !matches!(byte, b'{' | b'}') {
                continue;
            }
            if nesting == 0 && self.peek(0) == Some(byte) {
                self.unescape(start, self.at)?;
                self.at += 1;
                return Ok(Ended::Doubled);
            }
            if nesting == 0 && byte == b'}' {
                return Err(Stop::Syntax);
            }
            self.at -= 1;
            break;
        }
        self.unescape(start, self.at)?;
        Ok(Ended::Here)
    }

    /// Passes the `{NAME}` of `\N{NAME}`, whose braces start no expression.
    fn pass_name(&mut self) {
        let opens = self.peek(0) == Some(b'{');
        if self.peek(0).is_some() {
            self.at += 1;
        }
        while opens && let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'}' {
                break;
            }
        }
        // What was passed may have been the first byte of a longer character.
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn unescape(&mut self, start: usize, end: usize) -> Result<(), Stop> {
        if self.raw { Ok(()) } else { unescape(&self.text[start..end], &mut Vec::new(), self.varies) }
    }

    /// `{expression=!conversion:specification}`.
    fn replacement(&mut self, nesting: u8) -> Result<(), Stop> {
        if nesting >= 2 {
            return Err(Stop::Syntax);
        }
        self.at += 1;
        let start = self.at;
        self.pass_expression()?;
        self.expression(&self.text[start..self.at])?;
        if self.peek(0) == Some(b'=') {
            self.at += 1;
            while matches!(self.peek(0), Some(b' ' | b'\t'..=b'\r')) {
                self.at += 1;
            }
        }
        if self.peek(0) == Some(b'!') {
            let letter = self.peek(1).ok_or(Stop::Syntax)?;
            if !matches!(letter, b's' | b'r' | b'a') || !matches!(self.peek(2), Some(b'}' | b':')) {
                return Err(Stop::Syntax);
            }
            self.at += 2;
        }
        if self.peek(0) == Some(b':') {
            self.at += 1;
            self.parts(nesting + 1)?;
        }
        if self.peek(0) != Some(b'}') {
            return Err(Stop::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    /// Goes to what ends the expression: a `!`, `:`, `=` or `}` outside brackets and quotes.
    fn pass_expression(&mut self) -> Result<(), Stop> {
        let mut brackets = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' | b'#' => return Err(Stop::Syntax),
                b'\'' | b'"' => {
                    self.pass_text(byte)?;
                    continue;
                }
                b'(' | b'[' | b'{' => brackets.push(byte),
                b'=' | b'!' | b'<' | b'>' if brackets.is_empty() && self.peek(1) == Some(b'=') => {
                    self.at += 1;
                }
                b'!' | b':' | b'}' | b'=' if brackets.is_empty() => return Ok(()),
                b')' | b']' | b'}' => {
                    let opened_by = match byte {
                        b')' => b'(',
                        b']' => b'[',
                        _ => b'{',
                    };
                    if brackets.pop() != Some(opened_by) {
                        return Err(Stop::Syntax);
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(Stop::Syntax)
    }

    /// Passes a string inside an expression; no escape is known there, since no backslash is.
    fn pass_text(&mut self, quote: u8) -> Result<(), Stop> {
        let is_triple = |scan: &Self| scan.peek(1) == Some(quote) && scan.peek(2) == Some(quote);
        let triple = is_triple(self);
        self.at += if triple { 3 } else { 1 };
        loop {
            match self.peek(0) {
                None | Some(b'\\') => return Err(Stop::Syntax),
                Some(byte) if byte == quote && !triple => {
                    self.at += 1;
                    return Ok(());
                }
                Some(byte) if byte == quote && is_triple(self) => {
                    self.at += 3;
                    return Ok(());
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// An expression is parsed in parentheses, so that it may start with blanks and hold line ends.
    fn expression(&mut self, text: &str) -> Result<(), Stop> {
        if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c')) {
            return Err(Stop::Syntax);
        }
        let source = format!("({text})");
        let parser = Parser::new(&source);
        let read = parser.formatted_expression();
        self.varies.set(self.varies.get() || parser.may_vary());
        self.depth = self.depth.max(1 + read?);
        Ok(())
    }
}
