//! `'single'` and `"double"` quoted scalars. Their lines may be indented anyhow.

use super::super::document::Style;
use super::super::error::{FileError, Result};
use super::super::reader::{END, is_blank, is_break};
use super::super::token::TokenKind;
use super::Scanner;
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::PyStr;

impl Scanner {
    pub(super) fn fetch_quoted(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let quote = self.reader.next();
        self.reader.forward(1);
        let mut value = Vec::new();
        self.quoted_text(quote, &mut value)?;
        while self.reader.next() != quote {
            self.quoted_blanks(&mut value)?;
            self.quoted_text(quote, &mut value)?;
        }
        self.reader.forward(1);
        let value = PyStr::from_code_points(value);
        let style = if quote == '"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        self.push(TokenKind::Scalar { value, style }, start);
        Ok(())
    }

    /// All up to the next blank, line break or closing quote.
    fn quoted_text(&mut self, quote: char, value: &mut Vec<u32>) -> Result<()> {
        loop {
            let c = self.reader.next();
            match c {
                '\'' if quote == '\'' && self.reader.peek(1) == '\'' => {
                    self.reader.forward(2);
                    value.extend(fault!(YamlDoubledQuoteStays).then_some(u32::from(c)));
                    value.push(c.into());
                }
                '\\' if quote == '"' => {
                    self.reader.forward(1);
                    self.escape(value)?;
                }
                _ if c == quote || is_blank(c) => return Ok(()),
                _ => {
                    self.reader.forward(1);
                    value.push(c.into());
                }
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, value: &mut Vec<u32>) -> Result<()> {
        let c = self.reader.next();
        let hexadecimal = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ if is_break(c) => {
                self.reader.line_break();
                return self.quoted_breaks(value).map(drop);
            }
            _ => {
                let Some(character) = escaped(c) else {
                    return Err(self.error(format!("'\\' in double quotes cannot be followed by {c:?}")));
                };
                self.reader.forward(1);
                value.push(character.into());
                return Ok(());
            }
        };
        self.reader.forward(1);
        let digits = (0..hexadecimal).map(|ahead| self.reader.peek(ahead).to_digit(16));
        let Some(code) = digits.reduce(|code, digit| Some((code? << 4) | digit?)).flatten() else {
            return Err(self.error(format!("'\\{c}' must be followed by {hexadecimal} hexadecimal digits")));
        };
        if code > 0x10_ffff {
            // Python's chr() complains, which is no YAML error.
            let class = if i32::try_from(code).is_ok() {
                ExceptionClass::ValueError
            } else {
                ExceptionClass::OverflowError
            };
            let at = self.reader.mark().position();
            return Err(FileError::new(at, class, "there is no character of this number"));
        }
        self.reader.forward(hexadecimal);
        value.push(code);
        Ok(())
    }

    /// Blanks, with line breaks among them folded: one becomes a space, of several all but the first
    /// stay.
    fn quoted_blanks(&mut self, value: &mut Vec<u32>) -> Result<()> {
        let length = self.reader.run(|c| matches!(c, ' ' | '\t'));
        let blanks = self.reader.take(length);
        if self.reader.next() == END {
            return Err(self.error("the closing quote is missing"));
        }
        let Some(first) = self.reader.line_break() else {
            value.extend(blanks.chars().map(u32::from));
            return Ok(());
        };
        if first != '\n' {
            value.push(first.into());
        }
        let more = self.quoted_breaks(value)?;
        if first == '\n' && !more {
            value.push(if fault!(YamlFoldsKeepBreaks) { '\n' } else { ' ' }.into());
        }
        Ok(())
    }

    /// Line breaks with the blanks around them, which are dropped; whether there was any.
    fn quoted_breaks(&mut self, value: &mut Vec<u32>) -> Result<bool> {
        let mut any = false;
        loop {
            if self.reader.document_marker('-') || self.reader.document_marker('.') {
                return Err(self.error("a new document starts before the closing quote"));
            }
            self.reader.skip(|c| matches!(c, ' ' | '\t'));
            let Some(line_break) = self.reader.line_break() else {
                return Ok(any);
            };
            value.push(line_break.into());
            any = true;
        }
    }
}

/// The escapes of one character. `\/` is JSON's.
fn escaped(c: char) -> Option<char> {
    Some(match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        '/' if fault!(YamlSlashEscapeRefused) => return None,
        ' ' | '"' | '\\' | '/' => c,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}
