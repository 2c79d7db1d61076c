//! Where documents start and end, and the directives before them.

use indexmap::IndexMap;

use super::super::error::{FileError, Result};
use super::super::token::{Directive, Token, TokenKind};
use super::{Context, Event, EventKind, Parser, State, empty, event};

impl Parser {
    pub(super) fn implicit_document_start(&mut self) -> Result<Event> {
        let token = self.scanner.peek()?;
        if matches!(token.kind, TokenKind::Directive(_) | TokenKind::DocumentStart | TokenKind::StreamEnd) {
            return self.document_start();
        }
        let at = token.start;
        self.states.push(State::DocumentEnd);
        self.state = State::BlockNode;
        Ok(event(EventKind::DocumentStart, at, at))
    }

    pub(super) fn document_start(&mut self) -> Result<Event> {
        while matches!(self.kind()?, TokenKind::DocumentEnd) {
            self.scanner.take()?;
        }
        let at = self.scanner.peek()?.start;
        if matches!(self.kind()?, TokenKind::StreamEnd) {
            return Ok(event(EventKind::StreamEnd, at, at));
        }
        self.directives()?;
        if !matches!(self.kind()?, TokenKind::DocumentStart) {
            return Err(self.unexpected("'---'"));
        }
        self.scanner.take()?;
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(event(EventKind::DocumentStart, at, at))
    }

    pub(super) fn directives(&mut self) -> Result<()> {
        let mut version_seen = false;
        let mut handles = IndexMap::new();
        while matches!(self.kind()?, TokenKind::Directive(_)) {
            let Token { kind, start, .. } = self.scanner.take()?;
            let problem = match kind {
                TokenKind::Directive(Directive::Yaml { .. }) if version_seen => "a second %YAML directive",
                TokenKind::Directive(Directive::Yaml { major_is_1: false }) => "only YAML 1 can be read",
                TokenKind::Directive(Directive::Yaml { major_is_1: true }) => {
                    version_seen = true;
                    continue;
                }
                TokenKind::Directive(Directive::Tag { handle, prefix }) => {
                    if handles.insert(handle, prefix).is_none() {
                        continue;
                    }
                    "a second %TAG directive for the same handle"
                }
                _ => continue,
            };
            return Err(FileError::yaml(start.position(), problem));
        }
        self.tag_handles = default_handles(handles);
        Ok(())
    }

    pub(super) fn document_content(&mut self) -> Result<Event> {
        let token = self.scanner.peek()?;
        if matches!(
            token.kind,
            TokenKind::Directive(_)
                | TokenKind::DocumentStart
                | TokenKind::DocumentEnd
                | TokenKind::StreamEnd
        ) {
            let at = token.start;
            self.pop_state();
            return Ok(empty(at));
        }
        self.node(Context::Block)
    }

    pub(super) fn document_end(&mut self) -> Result<Event> {
        let at = self.scanner.peek()?.start;
        if matches!(self.kind()?, TokenKind::DocumentEnd) {
            self.scanner.take()?;
        }
        self.state = State::DocumentStart;
        Ok(event(EventKind::DocumentEnd, at, at))
    }
}

/// The handles that are always there, unless a directive gives them another meaning.
pub(super) fn default_handles(mut handles: IndexMap<String, String>) -> IndexMap<String, String> {
    for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
        handles.entry(handle.to_owned()).or_insert_with(|| prefix.to_owned());
    }
    handles
}
