//! The entries of lists and mappings.

use super::super::document::Style;
use super::super::error::Result;
use super::super::token::{Token, TokenKind};
use super::{Context, Event, EventKind, Parser, Properties, State, empty, event};

impl Parser {
    pub(super) fn end_collection(&mut self) -> Result<Event> {
        let Token { start, end, .. } = self.scanner.take()?;
        self.pop_state();
        Ok(event(EventKind::CollectionEnd, start, end))
    }

    /// A part of a collection: a node, then `then`; or nothing, if one of the tokens comes that
    /// `ends` accepts.
    pub(super) fn part(
        &mut self,
        then: State,
        context: Context,
        ends: fn(&TokenKind) -> bool,
    ) -> Result<Event> {
        let behind = self.scanner.take()?.end;
        if ends(self.kind()?) {
            self.state = then;
            return Ok(empty(behind));
        }
        self.states.push(then);
        self.node(context)
    }

    pub(super) fn block_sequence_entry(&mut self) -> Result<Event> {
        match self.kind()? {
            TokenKind::BlockEntry => self.part(State::BlockSequenceEntry, Context::Block, |kind| {
                matches!(kind, TokenKind::BlockEntry | TokenKind::BlockEnd)
            }),
            TokenKind::BlockEnd => self.end_collection(),
            _ => Err(self.unexpected("'-' or less indentation")),
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::BlockEntry) {
            return self.part(State::IndentlessSequenceEntry, Context::Block, |kind| {
                matches!(kind, TokenKind::BlockEntry) || ends_mapping_part(kind)
            });
        }
        let at = self.scanner.peek()?.start;
        self.pop_state();
        Ok(event(EventKind::CollectionEnd, at, at))
    }

    pub(super) fn block_mapping_key(&mut self) -> Result<Event> {
        match self.kind()? {
            TokenKind::Key => self.part(State::BlockMappingValue, Context::MappingPart, ends_mapping_part),
            TokenKind::BlockEnd => self.end_collection(),
            _ => Err(self.unexpected("a key or less indentation")),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::Value) {
            return self.part(State::BlockMappingKey, Context::MappingPart, ends_mapping_part);
        }
        self.state = State::BlockMappingKey;
        let at = self.scanner.peek()?.start;
        Ok(empty(at))
    }

    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::FlowSequenceEnd) {
            return self.end_collection();
        }
        if !first {
            if !matches!(self.kind()?, TokenKind::FlowEntry) {
                return Err(self.unexpected("',' or ']'"));
            }
            self.scanner.take()?;
        }
        match self.kind()? {
            TokenKind::Key => {
                self.state = State::FlowPairKey;
                let at = self.scanner.peek()?.start;
                Ok(event(EventKind::MappingStart(Properties::default(), Style::Flow), at, at))
            }
            TokenKind::FlowSequenceEnd => self.end_collection(),
            _ => {
                self.states.push(State::FlowSequenceEntry);
                self.node(Context::Flow)
            }
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Result<Event> {
        self.part(State::FlowPairValue, Context::Flow, |kind| {
            matches!(kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd)
        })
    }

    pub(super) fn flow_pair_value(&mut self) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::Value) {
            return self.part(State::FlowPairEnd, Context::Flow, |kind| {
                matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd)
            });
        }
        self.state = State::FlowPairEnd;
        let at = self.scanner.peek()?.start;
        Ok(empty(at))
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::FlowMappingEnd) {
            return self.end_collection();
        }
        if !first {
            if !matches!(self.kind()?, TokenKind::FlowEntry) {
                return Err(self.unexpected("',' or '}'"));
            }
            self.scanner.take()?;
        }
        match self.kind()? {
            TokenKind::Key => self.part(State::FlowMappingValue, Context::Flow, |kind| {
                matches!(kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd)
            }),
            TokenKind::FlowMappingEnd => self.end_collection(),
            _ => {
                self.states.push(State::FlowMappingEmptyValue);
                self.node(Context::Flow)
            }
        }
    }

    pub(super) fn flow_mapping_value(&mut self) -> Result<Event> {
        if matches!(self.kind()?, TokenKind::Value) {
            return self.part(State::FlowMappingKey, Context::Flow, |kind| {
                matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd)
            });
        }
        self.state = State::FlowMappingKey;
        let at = self.scanner.peek()?.start;
        Ok(empty(at))
    }
}

fn ends_mapping_part(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd)
}
