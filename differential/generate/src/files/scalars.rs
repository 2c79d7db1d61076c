//! Texts in YAML's styles, and the words that YAML 1.1 reads as something else than text.

use std::fmt::Write as _;

use super::{Place, Writer};

/// Words that are, or look like, other types; and words that cannot stand as they are.
#[rustfmt::skip]
pub(super) const WORDS: &[&str] = &[
    "yes", "Yes", "YES", "no", "No", "on", "OFF", "true", "True", "TRUE", "false", "y", "n", "tRUE",
    "null", "Null", "~", "", "NULL", "0", "1", "-1", "+1", "017", "08", "0o17", "0x1F", "0xg", "0b101",
    "1_000", "1__0", "_1", "1:30", "1:30:15", "190:20:30", "1:60", "-1:30.5", "1.5", ".5", "5.", "1e3",
    "1.0e+3", "1.0e3", "1.5e-3", ".inf", "-.INF", "+.inf", ".nan", ".NaN", ".Nan", "1_0.5", "0.0", "-0",
    "2001-12-14", "2001-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5",
    "2001-12-15 2:59:43.10", "2001-13-01", "2001-02-30", "2001-12-14T21:59:43Z", "=", "<<", "!", "! x",
    "!!str", "-", "- a", "?", "? a", ":", "a:", "a: b", "a:b", "@", "`", "%x", "&", "*", "|", ">", "'",
    "\"", "[", "]", "{", "}", ",", "#", "# c", "a #b", "a#b", "[]", "{}", "''", "\"\"", "'yes'", "\"1\"",
    "...", "---", "--- a", "\t", "a\tb", "é", "\u{a0}", "\u{7f}", "\u{feff}", "\u{85}", "\u{2028}", "😀",
    "１２", "\u{0}", "\u{1}", "role:admin", "not role:x", "[role:a, [role:b]]",
    "[[role:a, role:b], role:c]", "{role:a: 1}", "!!binary aGk=", "!!int '5'", "!!float '1'",
    "!!bool 'yes'", "!!bool maybe", "!!bool x", "!!int ''", "!!int", "!!float x", "!!timestamp x",
    "!!binary x", "!!null ''", "!!timestamp '2001-01-01'", "!!set {a}", "!!python/none", "!!merge x",
    "!!value =",
];

/// Values that end the loading.
#[rustfmt::skip]
pub(super) const FATAL: &[&str] = &[
    "!!bool maybe", "!!bool ''", "!!int ''", "!!int x", "!!float x", "!!float ''", "\"\\UFFFFFFFF\"",
    "\"\\UFFFFFFFE \"", "\"a\\U80000000\"", "\"\\UfFfFfFfF\"", "\"\\U00110000\"", "yes", "5", "1:30",
    "2001-12-14", "!!binary x", "!!binary é", "!!timestamp x", "!!timestamp 2001-13-01", "!!seq x",
    "!!map x", "!!omap x", "!!omap [x]", "!!pairs [{a: 1, b: 2}]", "!!set x", "!!python/none x", "!!int 0x",
    "!!int +", "!!int 1:a", "*none", "{[a]: b}", "{{a: b}: c}", "!!null x", "!!bool x", "!!bool 5", "!!int",
    "!!float",
];

/// Tags in front of a value.
#[rustfmt::skip]
pub(super) const TAGS: &[&str] = &[
    "!", "!!str", "!!str", "!!seq", "!!map", "!!null", "!!bool", "!!int", "!!float", "!!binary",
    "!!timestamp", "!!set", "!!omap", "!!pairs", "!x", "!<tag:yaml.org,2002:str>", "!<x>",
    "!!python/none", "!!python/str", "!e!x", "!!str%20", "!!%73tr", "!<", "!!",
];

/// Nothing, in its spellings.
pub(super) const NULLS: &[&str] = &["", "null", "~", "Null", "NULL", "!"];

impl Writer<'_> {
    /// A text in any style.
    pub(super) fn scalar(&mut self, text: &str, place: Place) {
        let control = |c: char| c < ' ' && c != '\n';
        if text.contains(control) && self.draw.chance(970) {
            return self.double(text);
        }
        match (self.draw.below(20), place) {
            (0..6, _) => self.plain(text),
            (6..10, _) => self.single(text),
            (10..15, _) | (_, Place::Flow) => self.double(text),
            (15..18, Place::Block(indent)) => self.literal(text, indent, "|"),
            (_, Place::Block(indent)) => self.literal(text, indent, ">"),
        }
    }

    /// As it stands, whatever that comes to; perhaps over several lines.
    fn plain(&mut self, text: &str) {
        let special = text.is_empty() || text.starts_with(|c: char| !c.is_alphanumeric() && c != '(');
        if self.oddity == 0 && (special || text.contains(": ") || text.contains(" #") || text.ends_with(':'))
        {
            return self.single(text);
        }
        if self.odd(30) {
            let folded = text.replacen(' ', "\n    ", 1);
            return self.push(&folded);
        }
        self.push(text);
    }

    pub(super) fn single(&mut self, text: &str) {
        let mut text = text.replace('\'', "''");
        if self.odd(20) {
            text = text.replacen(' ', "\n  ", 1);
        }
        self.push(&format!("'{text}'"));
    }

    pub(super) fn double(&mut self, text: &str) {
        let mut out = String::from("\"");
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                ' ' if self.odd(10) => {
                    out.push_str(self.draw.word(&["\\ ", "\\\n  ", "\n  ", "\n\n ", "\\_", "\\t"]));
                }
                c if c < ' ' => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                c if !c.is_ascii() && self.draw.chance(300) => {
                    let _ = match u32::from(c) {
                        wide @ 0x1_0000.. => write!(out, "\\U{wide:08x}"),
                        point => write!(out, "\\u{point:04X}"),
                    };
                }
                c => out.push(c),
            }
        }
        if self.odd(10) {
            out.push_str(self.draw.word(&[
                "\\/",
                "\\e",
                "\\N",
                "\\L",
                "\\P",
                "\\0",
                "\\q",
                "\\x4",
                "\\ud83d",
                "\\ud83d\\ude00",
                "\\UFFFFFFFF",
                "\\\n",
            ]));
        }
        out.push('"');
        self.push(&out);
    }

    /// On lines of its own.
    fn literal(&mut self, text: &str, indent: usize, style: &str) {
        let chomping = *self.draw.pick(&["", "", "", "-", "+"]);
        let deep = 1 + self.draw.below(3);
        let hint = match self.draw.below(if self.oddity > 0 { 12 } else { 200 }) {
            0 => deep.to_string(),
            1 => (*self.draw.pick(&["0", "10", "9", "x", " x"])).to_owned(),
            _ => String::new(),
        };
        let header = if self.draw.chance(500) {
            format!("{style}{hint}{chomping}")
        } else {
            format!("{style}{chomping}{hint}")
        };
        self.push(&header);
        if self.odd(30) {
            self.push_word(&[" # c", " ", "\t", "#c"]);
        }
        let margin = " ".repeat(indent + deep);
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        if self.draw.chance(300) {
            lines = text.split(' ').map(str::to_owned).collect();
        }
        for (index, line) in lines.iter().enumerate() {
            let more =
                if index > 0 && self.draw.chance(60) { *self.draw.pick(&[" ", "  ", "\t"]) } else { "" };
            self.push(&format!("\n{margin}{more}{line}"));
            if self.draw.chance(50) {
                self.push_word(&["\n", "\n\n", "\n ", " "]);
            }
        }
    }
}
