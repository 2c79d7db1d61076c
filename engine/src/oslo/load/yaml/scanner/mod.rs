//! Characters to tokens.
//!
//! Tokens are made only when they are asked for, at the very moments at which PyYAML makes them: which
//! of two errors in a file is met first decides the exception where the second is no YAML error (an
//! escape beyond Unicode, deep nesting).

mod block;
mod directive;
mod indicator;
mod plain;
mod property;
mod quoted;
mod simple_key;

use std::collections::{BTreeMap, VecDeque};

use super::error::{FileError, Result};
use super::reader::{END, Mark, Reader, is_blank};
use super::token::{Token, TokenKind};
use simple_key::SimpleKey;

pub(super) struct Scanner {
    reader: Reader,
    done: bool,
    /// How many `[` and `{` are open. Negative behind a `]` that closes nothing, which counts as
    /// being inside of something until the parser complains.
    flow_level: i64,
    tokens: VecDeque<Token>,
    /// How many tokens have been handed out.
    taken: usize,
    /// The column of the innermost block collection; -1 outside of all.
    indent: i64,
    indents: Vec<i64>,
    /// Whether a simple key (in block context also a block collection) may start here.
    allow_simple_key: bool,
    /// Where a simple key may have started, by flow level.
    simple_keys: BTreeMap<i64, SimpleKey>,
}

impl Scanner {
    pub(super) fn new(reader: Reader) -> Self {
        Self {
            reader,
            done: false,
            flow_level: 0,
            tokens: VecDeque::new(),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            allow_simple_key: true,
            simple_keys: BTreeMap::new(),
        }
    }

    /// The next token, which stays. Behind the end there are only ends.
    pub(super) fn peek(&mut self) -> Result<&Token> {
        while self.needs_more()? {
            self.fetch()?;
        }
        if self.tokens.is_empty() {
            let mark = self.reader.mark();
            self.push(TokenKind::StreamEnd, mark);
        }
        Ok(&self.tokens[0])
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Result<Token> {
        let end = self.peek()?.end;
        self.taken += 1;
        Ok(self.tokens.pop_front().unwrap_or(Token { kind: TokenKind::StreamEnd, start: end, end }))
    }

    /// The next token is final only if it cannot turn out to be a simple key.
    fn needs_more(&mut self) -> Result<bool> {
        if self.done {
            return Ok(false);
        }
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(self.simple_keys.values().map(|key| key.token).min() == Some(self.taken))
    }

    /// Adds at least one token.
    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token();
        self.drop_stale_keys()?;
        self.unwind_indent(i64::try_from(self.reader.column()).unwrap_or(i64::MAX));
        let line_start = self.reader.column() == 0;
        let (c, after) = (self.reader.next(), self.reader.peek(1));
        let flow = self.in_flow();
        match c {
            END => self.fetch_stream_end(),
            '%' if line_start => self.fetch_directive(),
            '-' if line_start && self.reader.document_marker('-') => {
                self.fetch_document_marker(TokenKind::DocumentStart)
            }
            '.' if line_start && self.reader.document_marker('.') => {
                self.fetch_document_marker(TokenKind::DocumentEnd)
            }
            '[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            '{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            ']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if is_blank(after) => self.fetch_block_entry(),
            '?' if flow || is_blank(after) => self.fetch_key(),
            ':' if flow || is_blank(after) => self.fetch_value(),
            '*' | '&' => self.fetch_anchor(),
            '!' => self.fetch_tag(),
            '|' | '>' if !flow => self.fetch_block_scalar(),
            '\'' | '"' => self.fetch_quoted(),
            _ if starts_plain(c, after, flow) => self.fetch_plain(),
            _ => Err(self.error(format!("{c:?} cannot start a value: put the text in quotes"))),
        }
    }

    /// Skips spaces, comments and line breaks. A tab is none of them.
    fn skip_to_token(&mut self) {
        if self.reader.mark().index == 0 && self.reader.next() == '\u{feff}' {
            self.reader.forward(1);
        }
        loop {
            let blanks = self.reader.run(|c| c == ' ' || (fault!(YamlTabIsBlank) && c == '\t'));
            self.reader.forward_in_line(blanks);
            self.skip_comment();
            if self.reader.line_break().is_none() {
                return;
            }
            if !self.in_flow() {
                self.allow_simple_key = true;
            }
        }
    }

    fn skip_comment(&mut self) {
        if self.reader.next() == '#' {
            self.reader.skip(|c| !super::reader::is_break(c));
        }
    }

    fn in_flow(&self) -> bool {
        self.flow_level != 0
    }

    /// Ends the block collections that are further to the right. Flow context knows no indentation.
    fn unwind_indent(&mut self, column: i64) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            let mark = self.reader.mark();
            self.indent = self.indents.pop().unwrap_or(-1);
            self.push(TokenKind::BlockEnd, mark);
        }
    }

    /// Opens a block collection at this column unless the innermost one is there already.
    fn add_indent(&mut self, column: i64) -> bool {
        if self.indent >= column {
            return false;
        }
        self.indents.push(self.indent);
        self.indent = column;
        true
    }

    /// Adds a token that ends here.
    fn push(&mut self, kind: TokenKind, start: Mark) {
        self.tokens.push_back(Token { kind, start, end: self.reader.mark() });
    }

    /// Adds a token of the next so many characters.
    fn push_indicator(&mut self, kind: TokenKind, length: usize) {
        let start = self.reader.mark();
        self.reader.forward(length);
        self.push(kind, start);
    }

    /// A problem at the current place.
    fn error(&self, message: impl Into<String>) -> FileError {
        FileError::yaml(self.reader.mark().position(), message)
    }
}

/// Whether a plain scalar may start so; indicators have been dealt with.
fn starts_plain(c: char, after: char, flow: bool) -> bool {
    match c {
        '-' => !is_blank(after),
        '?' | ':' => !flow && !is_blank(after),
        '#' | '|' | '>' | '%' | '@' | '`' => false,
        _ => !is_blank(c),
    }
}
