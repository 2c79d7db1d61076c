//! Anchors, aliases and tags.

use super::super::error::{FileError, Result};
use super::super::reader::{is_blank, is_space, is_word};
use super::super::token::{Tag, TokenKind};
use super::Scanner;

impl Scanner {
    /// `&name`, `*name`
    pub(super) fn fetch_anchor(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let alias = self.reader.next() == '*';
        self.reader.forward(1);
        let length = self.reader.run(is_word);
        if length == 0 {
            let what = if alias { "'*' starts an alias" } else { "'&' starts an anchor" };
            return Err(self.error(format!("{what}, which needs a name: put the text in quotes")));
        }
        let name = self.reader.take(length);
        let c = self.reader.next();
        if !is_blank(c) && !matches!(c, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`') {
            return Err(self.error("the name of an anchor has letters, digits, '-' and '_' only"));
        }
        self.push(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    /// `!<verbatim>`, `!`, `!suffix`, `!handle!suffix`
    pub(super) fn fetch_tag(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        let tag = match self.reader.peek(1) {
            '<' => {
                self.reader.forward(2);
                let suffix = self.tag_uri()?;
                if self.reader.next() != '>' {
                    return Err(self.error("a tag that starts with '!<' must end with '>'"));
                }
                self.reader.forward(1);
                Tag { handle: None, suffix }
            }
            c if is_blank(c) => {
                self.reader.forward(1);
                Tag { handle: None, suffix: "!".to_owned() }
            }
            _ => {
                let handle = if self.tag_has_handle() {
                    self.tag_handle()?
                } else {
                    self.reader.forward(1);
                    "!".to_owned()
                };
                Tag { handle: Some(handle), suffix: self.tag_uri()? }
            }
        };
        if !is_space(self.reader.next()) {
            return Err(self.error("a tag must be followed by a space"));
        }
        self.push(TokenKind::Tag(tag), start);
        Ok(())
    }

    /// Whether another `!` follows on this side of the next space. (A tab does not end the search.)
    fn tag_has_handle(&self) -> bool {
        let mut ahead = 1;
        while !is_space(self.reader.peek(ahead)) {
            if self.reader.peek(ahead) == '!' {
                return true;
            }
            ahead += 1;
        }
        false
    }

    /// `!`, `!!`, `!name!`
    pub(super) fn tag_handle(&mut self) -> Result<String> {
        if self.reader.next() != '!' {
            return Err(self.error("the handle of a tag must start with '!'"));
        }
        if self.reader.peek(1) == ' ' {
            return Ok(self.reader.take(1));
        }
        let mut length = 1;
        while is_word(self.reader.peek(length)) {
            length += 1;
        }
        if self.reader.peek(length) != '!' {
            self.reader.forward(length);
            return Err(self.error("the handle of a tag must end with '!'"));
        }
        Ok(self.reader.take(length + 1))
    }

    pub(super) fn tag_uri(&mut self) -> Result<String> {
        let mut uri = String::new();
        loop {
            let length = self.reader.run(is_uri);
            uri.push_str(&self.reader.take(length));
            if self.reader.next() != '%' {
                break;
            }
            self.uri_escapes(&mut uri)?;
        }
        if uri.is_empty() {
            return Err(self.error("a tag needs a name"));
        }
        Ok(uri)
    }

    /// A run of `%41`: together they must be UTF-8.
    fn uri_escapes(&mut self, uri: &mut String) -> Result<()> {
        let start = self.reader.mark();
        let mut bytes = Vec::new();
        while self.reader.next() == '%' {
            self.reader.forward(1);
            let digit = |ahead| self.reader.peek(ahead).to_digit(16);
            let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                return Err(self.error("'%' in a tag must be followed by two hexadecimal digits"));
            };
            bytes.extend(u8::try_from(high * 16 + low));
            self.reader.forward(2);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| FileError::yaml(start.position(), "the escapes in this tag are not UTF-8"))?;
        uri.push_str(&text);
        Ok(())
    }
}

/// Without `%`, which starts an escape.
fn is_uri(c: char) -> bool {
    is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c)
}
