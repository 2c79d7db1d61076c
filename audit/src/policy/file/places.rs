//! Bytes of a file to lines and columns, and bytes of a scalar's value to those of the file.

use std::ops::Range;

use assay_engine::oslo::load::yaml::{Position, Style};

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// Lines end as YAML 1.1 has it: NEL, LS and PS do that too.
    pub(super) fn of(text: &str) -> Self {
        let ends = text.char_indices().filter(|(_, c)| is_break(*c)).map(|(at, c)| at + c.len_utf8());
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// The place of a byte. Columns count code points; a byte order mark takes none.
    pub(super) fn position(&self, text: &str, byte: usize) -> Position {
        let line = self.0.partition_point(|start| *start <= byte);
        let start = self.0[line - 1];
        let before = text.get(start..byte.min(text.len())).unwrap_or_default();
        Position { line, column: before.chars().filter(|c| *c != '\u{feff}').count() + 1 }
    }
}

const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t') || is_break(c)
}

/// Where the byte `offset` of a value stands in the text, of which `range` is how the value is written.
///
/// Blanks apart, what is written and what it stands for have the same characters in the same order (escapes
/// count as what they stand for), in every style of YAML: folding and indentation only touch blanks.
pub(super) fn find(
    text: &str,
    range: Range<usize>,
    style: Style,
    value: &str,
    offset: usize,
) -> Option<usize> {
    let mut at = match style {
        Style::SingleQuoted | Style::DoubleQuoted => range.start + 1,
        Style::Literal | Style::Folded => range.start + text[range.clone()].find(is_break)?,
        _ => range.start,
    };
    let end = match style {
        Style::SingleQuoted | Style::DoubleQuoted => range.end.saturating_sub(1),
        _ => range.end,
    };
    for (position, c) in value.char_indices() {
        if !is_blank(c) {
            // What is written for no character, or for blanks that folding took, comes before it.
            while at < end && read(text, at, style)?.0.is_none_or(is_blank) {
                at += read(text, at, style)?.1;
            }
        }
        if position >= offset {
            return (at < end).then_some(at);
        }
        let (written, length) = read(text, at, style)?;
        if written == Some(c) {
            at += length;
        } else if !is_blank(c) {
            return None;
        }
    }
    (offset >= value.len()).then_some(at)
}

/// The bytes of the character that is written at a place.
pub(super) fn unit(text: &str, at: usize, style: Style) -> Option<usize> {
    read(text, at, style).map(|(_, length)| length)
}

/// The character that is written at a place, if it stands for one, and its bytes.
fn read(text: &str, at: usize, style: Style) -> Option<(Option<char>, usize)> {
    let rest = text.get(at..)?;
    let mut characters = rest.chars();
    let first = characters.next()?;
    let second = characters.next();
    Some(match (style, first, second) {
        (Style::SingleQuoted, '\'', Some('\'')) => (Some('\''), 2),
        (Style::DoubleQuoted, '\\', Some(escaped)) => {
            let digits = match escaped {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            let code = || {
                let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
                Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            };
            match escaped {
                'x' | 'u' | 'U' => (Some(code()?), 2 + digits),
                _ if is_break(escaped) => (None, 1 + escaped.len_utf8()),
                _ => (Some(meaning(escaped)), 1 + escaped.len_utf8()),
            }
        }
        _ => (Some(first), first.len_utf8()),
    })
}

/// What an escape of one character stands for.
const fn meaning(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}
