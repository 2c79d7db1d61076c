//! `%YAML`, `%TAG` and the directives that are ignored.

use super::super::error::Result;
use super::super::reader::{END, ends_line, is_space, is_word};
use super::super::token::{Directive, TokenKind};
use super::Scanner;
use crate::oslo::python::text::MAX_INT_DIGITS;

impl Scanner {
    pub(super) fn fetch_directive(&mut self) -> Result<()> {
        self.unwind_indent(-1);
        self.remove_simple_key()?;
        self.allow_simple_key = false;
        let start = self.reader.mark();
        self.reader.forward(1);
        let length = self.reader.run(is_word);
        if length == 0 {
            return Err(self.error("a directive needs a name"));
        }
        let name = self.reader.take(length);
        if !is_space(self.reader.next()) {
            return Err(self.error("the name of a directive has letters, digits, '-' and '_' only"));
        }
        let directive = match name.as_str() {
            "YAML" => self.yaml_directive()?,
            "TAG" => self.tag_directive()?,
            _ => {
                self.reader.skip(|c| !ends_line(c));
                Directive::Other
            }
        };
        self.push(TokenKind::Directive(directive), start);
        self.end_line("a directive")
    }

    fn yaml_directive(&mut self) -> Result<Directive> {
        self.reader.skip(|c| c == ' ');
        let major = self.version_number()?;
        if self.reader.next() != '.' {
            return Err(self.error("%YAML needs a version such as 1.1"));
        }
        self.reader.forward(1);
        self.version_number()?;
        if !is_space(self.reader.next()) {
            return Err(self.error("%YAML needs a version such as 1.1"));
        }
        Ok(Directive::Yaml { major_is_1: major.trim_start_matches('0') == "1" })
    }

    fn version_number(&mut self) -> Result<String> {
        match self.reader.run(|c| c.is_ascii_digit()) {
            0 => Err(self.error("%YAML needs a version such as 1.1")),
            length if length > MAX_INT_DIGITS => Err(self.error("the version is too long a number")),
            length => Ok(self.reader.take(length)),
        }
    }

    fn tag_directive(&mut self) -> Result<Directive> {
        self.reader.skip(|c| c == ' ');
        let handle = self.tag_handle()?;
        if self.reader.next() != ' ' {
            return Err(self.error("%TAG needs a space between handle and prefix"));
        }
        self.reader.skip(|c| c == ' ');
        let prefix = self.tag_uri()?;
        if !is_space(self.reader.next()) {
            return Err(self.error("this character cannot stand in the prefix of a tag"));
        }
        Ok(Directive::Tag { handle, prefix })
    }

    /// What may follow on the line: spaces and a comment.
    pub(super) fn end_line(&mut self, after: &str) -> Result<()> {
        self.reader.skip(|c| c == ' ');
        self.skip_comment();
        if self.reader.line_break().is_none() && self.reader.next() != END {
            return Err(self.error(format!("only a comment can follow {after} on its line")));
        }
        Ok(())
    }
}
