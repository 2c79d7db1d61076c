//! Scalars without quotes, over as many lines as are indented enough.

use super::super::document::Style;
use super::super::error::Result;
use super::super::reader::{is_blank, is_break};
use super::super::token::{Token, TokenKind};
use super::Scanner;

impl Scanner {
    pub(super) fn fetch_plain(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let mut end = start;
        let mut value = String::new();
        let mut blanks = String::new();
        while self.reader.next() != '#' {
            let length = self.plain_length();
            if length == 0 {
                break;
            }
            self.allow_simple_key = false;
            value.push_str(&blanks);
            value.push_str(&self.reader.take(length));
            end = self.reader.mark();
            blanks = self.plain_blanks();
            let outdented = !self.in_flow() && self.column() <= self.indent;
            if blanks.is_empty() || outdented {
                break;
            }
        }
        let kind = TokenKind::Scalar { value: value.into(), style: Style::Plain };
        self.tokens.push_back(Token { kind, start, end });
        Ok(())
    }

    /// How many characters go on before a blank, a `: ` or, in flow context, an indicator.
    fn plain_length(&self) -> usize {
        let flow = self.in_flow();
        let mut length = 0;
        loop {
            let c = self.reader.peek(length);
            let ends = match c {
                '#' => fault!(YamlCommentNeedsNoBlank),
                ':' => {
                    let after = self.reader.peek(length + 1);
                    is_blank(after) || (flow && matches!(after, ',' | '[' | ']' | '{' | '}'))
                }
                ',' | '?' | '[' | ']' | '{' | '}' => flow,
                _ => is_blank(c),
            };
            if ends {
                return length;
            }
            length += 1;
        }
    }

    /// The spaces or folded line breaks behind a piece; empty if the scalar ends here. A tab ends it.
    fn plain_blanks(&mut self) -> String {
        let length = self.reader.run(|c| c == ' ');
        let spaces = self.reader.take(length);
        let Some(first) = self.reader.line_break() else {
            return spaces;
        };
        self.allow_simple_key = true;
        if self.at_document_marker() {
            return String::new();
        }
        let mut breaks = String::new();
        loop {
            let c = self.reader.next();
            if c == ' ' {
                self.reader.forward(1);
            } else if is_break(c) {
                breaks.extend(self.reader.line_break());
                if self.at_document_marker() {
                    return String::new();
                }
            } else {
                break;
            }
        }
        match first {
            '\n' if breaks.is_empty() && fault!(YamlFoldsKeepBreaks) => "\n".to_owned(),
            '\n' if breaks.is_empty() => " ".to_owned(),
            '\n' => breaks,
            first => format!("{first}{breaks}"),
        }
    }

    fn at_document_marker(&self) -> bool {
        self.reader.document_marker('-') || self.reader.document_marker('.')
    }
}
