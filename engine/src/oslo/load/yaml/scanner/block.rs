//! `|` literal and `>` folded block scalars.

use super::super::document::Style;
use super::super::error::Result;
use super::super::reader::{END, ends_line, is_break, is_space};
use super::super::token::{Token, TokenKind};
use super::Scanner;

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none stays.
    Strip,
    /// One stays.
    Clip,
    /// `+`: all stay.
    Keep,
}

impl Scanner {
    pub(super) fn fetch_block_scalar(&mut self) -> Result<()> {
        self.allow_simple_key = true;
        self.remove_simple_key()?;
        let start = self.reader.mark();
        let folded = self.reader.next() == '>';
        self.reader.forward(1);
        let (chomping, increment) = self.block_header()?;
        self.end_line("the header of a block scalar")?;

        let least = (self.indent + 1).max(1);
        let mut breaks = String::new();
        let indent = match increment {
            Some(increment) => least + increment - 1,
            None => least.max(self.block_indentation(&mut breaks)),
        };
        let mut end = self.reader.mark();
        if increment.is_some() {
            breaks = self.block_breaks(indent);
            end = self.reader.mark();
        }
        let mut value = String::new();
        let mut last_break = None;
        while self.column() == indent && self.reader.next() != END {
            value.push_str(&breaks);
            let flush = !matches!(self.reader.next(), ' ' | '\t');
            let length = self.reader.run(|c| !ends_line(c));
            value.push_str(&self.reader.take(length));
            last_break = self.reader.line_break();
            breaks = self.block_breaks(indent);
            end = self.reader.mark();
            if self.column() != indent || self.reader.next() == END {
                break;
            }
            // Lines are joined only if neither is indented further.
            if folded && last_break == Some('\n') && flush && !matches!(self.reader.next(), ' ' | '\t') {
                if breaks.is_empty() {
                    value.push(' ');
                }
            } else {
                value.extend(last_break);
            }
        }
        if chomping != Chomping::Strip {
            value.extend(last_break);
        }
        if chomping == Chomping::Keep {
            value.push_str(&breaks);
        }
        let style = if folded { Style::Folded } else { Style::Literal };
        let kind = TokenKind::Scalar { value: value.into(), style };
        self.tokens.push_back(Token { kind, start, end });
        Ok(())
    }

    /// A chomping and an indentation indicator in either order.
    fn block_header(&mut self) -> Result<(Chomping, Option<i64>)> {
        let mut chomping = self.chomping();
        let increment = self.increment()?;
        if chomping.is_none() && increment.is_some() {
            chomping = self.chomping();
        }
        if !is_space(self.reader.next()) {
            return Err(
                self.error("a block scalar starts on the next line; only '+', '-' and 1 to 9 may stand here")
            );
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.reader.next() {
            '+' => Chomping::Keep,
            '-' => Chomping::Strip,
            _ => return None,
        };
        self.reader.forward(1);
        Some(chomping)
    }

    fn increment(&mut self) -> Result<Option<i64>> {
        match self.reader.next().to_digit(10) {
            None => Ok(None),
            Some(0) => Err(self.error("the indentation of a block scalar is 1 to 9")),
            Some(digit) => {
                self.reader.forward(1);
                Ok(Some(digit.into()))
            }
        }
    }

    /// Reads the empty lines at the start; the deepest indentation seen is the scalar's.
    fn block_indentation(&mut self, breaks: &mut String) -> i64 {
        let mut deepest = 0;
        loop {
            let c = self.reader.next();
            if is_break(c) {
                breaks.extend(self.reader.line_break());
            } else if c == ' ' {
                self.reader.forward(1);
                deepest = deepest.max(self.column());
            } else {
                return deepest;
            }
        }
    }

    /// Reads empty lines and the indentation of the line that follows.
    fn block_breaks(&mut self, indent: i64) -> String {
        let mut breaks = String::new();
        loop {
            while self.column() < indent && self.reader.next() == ' ' {
                self.reader.forward(1);
            }
            match self.reader.line_break() {
                Some(line_break) => breaks.push(line_break),
                None => return breaks,
            }
        }
    }
}
