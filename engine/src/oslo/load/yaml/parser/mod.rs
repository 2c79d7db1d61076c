//! Tokens to events, by YAML's grammar as PyYAML has it. A machine of states, so that nesting takes no
//! stack.

mod collection;
mod document;

use indexmap::IndexMap;

use document::default_handles;

use super::document::Style;
use super::error::{FileError, Position, Result};
use super::reader::Mark;
use super::scanner::Scanner;
use super::token::{Tag, Token, TokenKind};
use crate::oslo::python::PyStr;

/// An event with its place.
pub(super) struct Event {
    pub(super) kind: EventKind,
    /// Where it starts.
    pub(super) at: Position,
    /// The same, in bytes.
    pub(super) start: usize,
    /// Where what it stands for ends, of a collection the part that tells that it starts or ends.
    pub(super) end: usize,
}

pub(super) enum EventKind {
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    Alias(String),
    Scalar {
        properties: Properties,
        value: PyStr,
        style: Style,
        /// Where the text starts, behind anchor and tag, in bytes.
        content: usize,
        /// Whether the value decides the type: plain scalars and those with the tag `!`.
        implicit: bool,
    },
    SequenceStart(Properties, Style),
    MappingStart(Properties, Style),
    /// The innermost list or mapping ends.
    CollectionEnd,
}

/// What may stand before a value.
#[derive(Default)]
pub(super) struct Properties {
    pub(super) anchor: Option<String>,
    /// In full; `None` where there is none or the one that says nothing, `!`.
    pub(super) tag: Option<String>,
}

#[derive(Clone, Copy)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    /// A mapping of one pair without braces, inside brackets.
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Flow,
    Block,
    /// Block, and a list may stand there without indentation of its own.
    MappingPart,
}

pub(super) struct Parser {
    scanner: Scanner,
    state: State,
    /// What comes behind the open collections.
    states: Vec<State>,
    tag_handles: IndexMap<String, String>,
}

impl Parser {
    pub(super) fn new(scanner: Scanner) -> Self {
        Self {
            scanner,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            tag_handles: default_handles(IndexMap::new()),
        }
    }

    /// The next event. Not to be called behind [`EventKind::StreamEnd`].
    pub(super) fn next(&mut self) -> Result<Event> {
        match self.state {
            State::ImplicitDocumentStart => self.implicit_document_start(),
            State::DocumentStart => self.document_start(),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Context::Block),
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => {
                self.state = State::FlowSequenceEntry;
                let at = self.scanner.peek()?.start;
                Ok(event(EventKind::CollectionEnd, at, at))
            }
            State::FlowMappingFirstKey => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => {
                self.state = State::FlowMappingKey;
                let at = self.scanner.peek()?.start;
                Ok(empty(at))
            }
        }
    }

    fn kind(&mut self) -> Result<&TokenKind> {
        Ok(&self.scanner.peek()?.kind)
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }

    fn unexpected(&mut self, expected: &str) -> FileError {
        match self.scanner.peek() {
            Ok(token) => {
                let found = token.kind.name();
                FileError::yaml(token.start.position(), format!("{expected} expected, not {found}"))
            }
            Err(error) => error,
        }
    }

    /// A value, or the start of one.
    fn node(&mut self, context: Context) -> Result<Event> {
        let start = self.scanner.peek()?.start;
        if matches!(self.kind()?, TokenKind::Alias(_))
            && let Token { kind: TokenKind::Alias(name), end, .. } = self.scanner.take()?
        {
            self.pop_state();
            return Ok(event(EventKind::Alias(name), start, end));
        }
        let written = self.properties()?;
        let behind = written.end.unwrap_or(start);
        let bare = written.anchor.is_none() && written.tag.is_none();
        let properties = self.resolve_tag(written)?;
        let block = context != Context::Flow;
        let content = self.scanner.peek()?.start;
        let known = properties.known;
        let (kind, end) = match self.kind()? {
            TokenKind::BlockEntry if context == Context::MappingPart => {
                self.state = State::IndentlessSequenceEntry;
                (EventKind::SequenceStart(known, Style::Block), content)
            }
            TokenKind::Scalar { .. } => {
                if let Token { kind: TokenKind::Scalar { value, style }, end, .. } = self.scanner.take()? {
                    self.pop_state();
                    let plain = style == Style::Plain;
                    let implicit = properties.non_specific || (plain && known.tag.is_none());
                    let content = content.byte;
                    (EventKind::Scalar { properties: known, value, style, content, implicit }, end)
                } else {
                    return Err(self.unexpected("a value"));
                }
            }
            TokenKind::FlowSequenceStart => {
                self.open(State::FlowSequenceFirstEntry, EventKind::SequenceStart(known, Style::Flow))?
            }
            TokenKind::FlowMappingStart => {
                self.open(State::FlowMappingFirstKey, EventKind::MappingStart(known, Style::Flow))?
            }
            TokenKind::BlockSequenceStart if block => {
                self.open(State::BlockSequenceEntry, EventKind::SequenceStart(known, Style::Block))?
            }
            TokenKind::BlockMappingStart if block => {
                self.open(State::BlockMappingKey, EventKind::MappingStart(known, Style::Block))?
            }
            _ if bare => return Err(self.unexpected("a value")),
            _ => {
                // An anchor or a tag on nothing.
                self.pop_state();
                let empty_text = fault!(YamlBareTagIsEmptyText) && properties.non_specific;
                let implicit = known.tag.is_none() && !empty_text;
                let (style, content) = (Style::Nothing, behind.byte);
                (EventKind::Scalar { properties: known, value: "".into(), style, content, implicit }, behind)
            }
        };
        Ok(event(kind, start, end))
    }

    fn open(&mut self, state: State, kind: EventKind) -> Result<(EventKind, Mark)> {
        let end = self.scanner.take()?.end;
        self.state = state;
        Ok((kind, end))
    }

    /// At most one anchor and one tag in either order.
    fn properties(&mut self) -> Result<Written> {
        let mut written = Written::default();
        loop {
            match self.kind()? {
                TokenKind::Anchor(_) if written.anchor.is_none() => {}
                TokenKind::Tag(_) if written.tag.is_none() => {}
                _ => return Ok(written),
            }
            let token = self.scanner.take()?;
            written.end = Some(token.end);
            match token.kind {
                TokenKind::Anchor(name) => written.anchor = Some(name),
                TokenKind::Tag(tag) => written.tag = Some((tag, token.start)),
                _ => {}
            }
        }
    }

    fn resolve_tag(&self, written: Written) -> Result<Resolved> {
        let tag = match written.tag {
            None => None,
            Some((Tag { handle: None, suffix }, _)) => Some(suffix),
            Some((Tag { handle: Some(handle), suffix }, start)) => match self.tag_handles.get(&handle) {
                Some(prefix) => Some(format!("{prefix}{suffix}")),
                None => {
                    let message = format!("no %TAG directive says what the handle {handle:?} is");
                    return Err(FileError::yaml(start.position(), message));
                }
            },
        };
        let non_specific = tag.as_deref() == Some("!");
        let tag = tag.filter(|_| !non_specific);
        Ok(Resolved { known: Properties { anchor: written.anchor, tag }, non_specific })
    }
}

/// Anchor and tag as they stand in the file.
#[derive(Default)]
struct Written {
    anchor: Option<String>,
    tag: Option<(Tag, Mark)>,
    /// Where the last of them ends.
    end: Option<Mark>,
}

struct Resolved {
    known: Properties,
    /// The tag is `!`.
    non_specific: bool,
}

fn event(kind: EventKind, at: Mark, end: Mark) -> Event {
    Event { kind, at: at.position(), start: at.byte, end: end.byte }
}

/// Nothing, where a value could stand.
fn empty(at: Mark) -> Event {
    let (properties, value, style) = (Properties::default(), "".into(), Style::Nothing);
    event(EventKind::Scalar { properties, value, style, content: at.byte, implicit: true }, at, at)
}
