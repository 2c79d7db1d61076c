//! Tokens of one fixed text: document markers, brackets, `,`, `-`, `?`, `:`.

use super::super::error::Result;
use super::super::token::{Token, TokenKind};
use super::Scanner;
use super::simple_key::column_of;

impl Scanner {
    pub(super) fn fetch_stream_end(&mut self) -> Result<()> {
        self.unwind_indent(-1);
        self.remove_simple_key()?;
        self.allow_simple_key = false;
        self.simple_keys.clear();
        self.push_indicator(TokenKind::StreamEnd, 0);
        self.done = true;
        Ok(())
    }

    /// `---`, `...`
    pub(super) fn fetch_document_marker(&mut self, kind: TokenKind) -> Result<()> {
        self.unwind_indent(-1);
        self.remove_simple_key()?;
        self.allow_simple_key = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    /// `[`, `{`
    pub(super) fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<()> {
        self.save_simple_key()?;
        self.flow_level += 1;
        self.allow_simple_key = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    /// `]`, `}`
    pub(super) fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<()> {
        self.remove_simple_key()?;
        self.flow_level -= 1;
        self.allow_simple_key = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    /// `,`
    pub(super) fn fetch_flow_entry(&mut self) -> Result<()> {
        self.allow_simple_key = true;
        self.remove_simple_key()?;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// `- `; inside flow context the parser complains.
    pub(super) fn fetch_block_entry(&mut self) -> Result<()> {
        if !self.in_flow() {
            self.open_block(TokenKind::BlockSequenceStart, "a list cannot start here")?;
        }
        self.allow_simple_key = true;
        self.remove_simple_key()?;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    /// `? `
    pub(super) fn fetch_key(&mut self) -> Result<()> {
        if !self.in_flow() {
            self.open_block(TokenKind::BlockMappingStart, "a mapping key cannot stand here")?;
        }
        self.allow_simple_key = !self.in_flow();
        self.remove_simple_key()?;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    /// `: `
    pub(super) fn fetch_value(&mut self) -> Result<()> {
        if let Some(key) = self.simple_keys.remove(&self.flow_level) {
            // What came before was a key, so its token goes in before it.
            let place = key.token.saturating_sub(self.taken).min(self.tokens.len());
            let token = |kind| Token { kind, start: key.mark, end: key.mark };
            self.tokens.insert(place, token(TokenKind::Key));
            if !self.in_flow() && self.add_indent(column_of(key.mark)) {
                self.tokens.insert(place, token(TokenKind::BlockMappingStart));
            }
            self.allow_simple_key = false;
        } else {
            // The value of a `?` key, or of none.
            if !self.in_flow() {
                self.open_block(
                    TokenKind::BlockMappingStart,
                    "': ' cannot stand here: put the text in quotes, or the key on a line of its own",
                )?;
            }
            self.allow_simple_key = !self.in_flow();
            self.remove_simple_key()?;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// Block context: an indicator of a collection that may have to be opened.
    fn open_block(&mut self, kind: TokenKind, otherwise: &str) -> Result<()> {
        if !self.allow_simple_key {
            return Err(self.error(otherwise));
        }
        if self.add_indent(self.column()) {
            self.push_indicator(kind, 0);
        }
        Ok(())
    }
}
