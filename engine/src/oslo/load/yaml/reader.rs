//! Characters with their positions, and which characters a file may hold.

use super::error::{FileError, Position, Result};

/// What the scanner sees behind the last character. A file cannot hold it.
pub(super) const END: char = '\0';

/// A position while reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// In code points, from 0.
    pub(super) index: usize,
    /// In bytes, from 0.
    pub(super) byte: usize,
    /// From 0.
    pub(super) line: usize,
    /// From 0.
    pub(super) column: usize,
}

impl Mark {
    pub(super) fn position(self) -> Position {
        Position { line: self.line + 1, column: self.column + 1 }
    }
}

/// The characters of a file, read from left to right with any look-ahead.
pub(super) struct Reader {
    characters: Vec<char>,
    mark: Mark,
}

impl Reader {
    /// The whole text is checked before anything of it is read: a control character in the last line
    /// hides every other error.
    pub(super) fn new(text: &str) -> Result<Self> {
        let mut reader =
            Self { characters: text.chars().collect(), mark: Mark { index: 0, byte: 0, line: 0, column: 0 } };
        if let Some(index) = reader.characters.iter().position(|c| !is_allowed(*c)) {
            let code = u32::from(reader.characters[index]);
            reader.forward(index);
            let message = format!("the character U+{code:04X} may not stand in a YAML file");
            return Err(FileError::yaml(reader.mark.position(), message));
        }
        Ok(reader)
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    pub(super) fn column(&self) -> usize {
        self.mark.column
    }

    /// The character so many places ahead.
    pub(super) fn peek(&self, ahead: usize) -> char {
        self.characters.get(self.mark.index + ahead).copied().unwrap_or(END)
    }

    /// The next character.
    pub(super) fn next(&self) -> char {
        self.peek(0)
    }

    /// Goes on by so many characters.
    pub(super) fn forward(&mut self, count: usize) {
        for _ in 0..count {
            let c = self.next();
            self.mark.byte += self.characters.get(self.mark.index).map_or(0, |c| c.len_utf8());
            self.mark.index += 1;
            if (is_break(c) && c != '\r') || (c == '\r' && self.next() != '\n') {
                self.mark.line += 1;
                self.mark.column = 0;
            } else if c != '\u{feff}' {
                self.mark.column += 1;
            }
        }
    }

    /// Takes the next so many characters.
    pub(super) fn take(&mut self, count: usize) -> String {
        let end = (self.mark.index + count).min(self.characters.len());
        let text = self.characters[self.mark.index.min(end)..end].iter().collect();
        self.forward(count);
        text
    }

    /// How many of the next characters fulfil a condition. The end never does.
    pub(super) fn run(&self, condition: impl Fn(char) -> bool) -> usize {
        let rest = self.characters.get(self.mark.index..).unwrap_or_default();
        rest.iter().take_while(|c| condition(**c)).count()
    }

    /// Goes past all characters that fulfil a condition.
    pub(super) fn skip(&mut self, condition: impl Fn(char) -> bool) {
        self.forward(self.run(condition));
    }

    /// Takes a line break if there is one: LS and PS stay what they are, all others become `\n`.
    pub(super) fn line_break(&mut self) -> Option<char> {
        let c = self.next();
        match c {
            '\u{85}' if fault!(YamlNextLineIsNoBreak) => return None,
            '\r' if self.peek(1) == '\n' => self.forward(2),
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.forward(1),
            _ => return None,
        }
        Some(if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' })
    }

    /// Whether a document marker (three such characters, then white space) comes next.
    pub(super) fn document_marker(&self, of: char) -> bool {
        (0..3).all(|ahead| self.peek(ahead) == of) && is_blank(self.peek(3))
    }
}

/// PyYAML's set, narrower than YAML's: DEL and U+FFFE are not in it.
fn is_allowed(c: char) -> bool {
    (fault!(YamlControlCharactersRead) && c != END)
        || matches!(
            c,
            '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..
        )
}

/// A line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
        && !(fault!(YamlNextLineIsNoBreak) && c == '\u{85}')
}

/// A line break or the end.
pub(super) fn ends_line(c: char) -> bool {
    c == END || is_break(c)
}

/// A space, a line break or the end; a tab is none of them.
pub(super) fn is_space(c: char) -> bool {
    c == ' ' || ends_line(c)
}

/// A space, a tab, a line break or the end.
pub(super) fn is_blank(c: char) -> bool {
    c == '\t' || is_space(c)
}

/// A character of anchors, directive names and tag handles.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}
