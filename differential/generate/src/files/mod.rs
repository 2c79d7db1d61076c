//! Policy files: a rule set written in any of the ways that YAML has, and then perhaps damaged.

mod damage;
mod scalars;

use assay_case::{RuleSource, World};
use assay_engine::oslo::python::Value;

use crate::draw::Draw;

/// The file of a rule set, and the names by which its rules can be asked for.
pub(crate) fn world(model: &World, draw: &mut Draw) -> World {
    let oddity = *draw.weighted(&[(5, 0), (3, 1), (2, 4)]);
    let text = Writer { draw, text: String::new(), anchors: 0, end: "\n", oddity }.file(model.rules());
    let mut bytes = text.into_bytes();
    if draw.chance(250) {
        for _ in 0..1 + draw.below(3) {
            bytes = damage::damaged(bytes, draw);
        }
    }
    if draw.chance(10) {
        bytes = damage::encoded(&bytes, draw);
    }
    World { source: RuleSource::Text(bytes), default_rule: model.default_rule.clone() }
}

/// Writes one file.
struct Writer<'a> {
    draw: &'a mut Draw,
    text: String,
    /// Anchors so far; they are called `a0`, `a1`, …
    anchors: usize,
    /// What ends a line.
    end: &'static str,
    /// How odd the file is: 0 is what people write, and loads.
    oddity: usize,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a block collection that is indented by so many blanks.
    Block(usize),
    /// Between brackets or braces.
    Flow,
}

impl Writer<'_> {
    fn file(mut self, rules: &[(String, Value)]) -> String {
        self.end = *self.draw.weighted(&[(40, "\n"), (4, "\r\n"), (1, "\r"), (1, "\u{85}"), (1, "\u{2028}")]);
        self.head();
        match *self.draw.weighted(&[(70, 0), (12, 1), (8, 2), (self.oddity, 3)]) {
            0 => self.block(rules),
            1 => self.flow(rules),
            2 => self.json(rules),
            _ => self.odd_top(),
        }
        self.foot();
        self.text
    }

    /// True so many times in a thousand, more often the odder the file is.
    fn odd(&mut self, of_1000: usize) -> bool {
        self.draw.chance(of_1000 * self.oddity)
    }

    fn head(&mut self) {
        if self.odd(15) {
            self.text.push('\u{feff}');
        }
        if self.draw.chance(80) {
            self.push("# Rules of a service");
            self.line();
        }
        if self.odd(30) {
            let directive = self.draw.word(&[
                "%YAML 1.1",
                "%YAML 1.2",
                "%YAML 2.0",
                "%TAG ! tag:example.com,2000:",
                "%TAG !! tag:yaml.org,2002:",
                "%FOO bar",
                "%YAML 1.1 # one",
                "%TAG !e! !f",
                "%YAML",
            ]);
            self.push(directive);
            self.line();
            self.push("---");
            self.line();
        } else if self.draw.chance(120) {
            self.push("---");
            if self.draw.chance(150) { self.push(" ") } else { self.line() }
        }
    }

    fn foot(&mut self) {
        match self.draw.below(if self.oddity > 0 { 24 } else { 240 }) {
            0 => self.push("..."),
            1 => self.push(&format!("---{}a: b", self.end)),
            2 => self.push("---"),
            3 => self.push("..\u{2e}\nb: c"),
            4 => self.push("# the end"),
            // A file may end without the end of its line.
            5 => self.text = self.text.trim_end().to_owned(),
            _ => {}
        }
    }

    fn odd_top(&mut self) {
        let top = self.draw.word(&[
            "",
            "null",
            "~",
            "[]",
            "[a, b]",
            "5",
            "text",
            "false",
            "{}",
            "''",
            "- a\n- b",
            "!!set {a, b}",
            "!!omap [a: b]",
            "!!pairs [a: b]",
            "&a [*a]",
            "0.0",
            "2001-01-01",
            "|\n a: b",
            "!!map {}",
            "? a",
        ]);
        self.push(top);
        self.line();
    }

    /// `name: value` on lines of their own.
    fn block(&mut self, rules: &[(String, Value)]) {
        let indent = if self.draw.chance(60) { 1 + self.draw.below(3) } else { 0 };
        if self.draw.chance(100) {
            self.fatal(indent);
        }
        for (name, value) in rules {
            if self.draw.chance(50) {
                self.line();
                self.push_word(&["# comment", "  # comment", "#", "#: x", ""]);
                self.line();
            }
            if self.odd(12) {
                self.merge(indent);
            }
            self.push(&" ".repeat(indent));
            self.block_key(name);
            self.value(value, Place::Block(indent));
            if self.draw.chance(60) {
                self.push_word(&[" # why", " #", " # why: not", "   # why"]);
            }
            self.line();
        }
    }

    /// One value of those that end the loading each in its own way.
    fn fatal(&mut self, indent: usize) {
        let mut value = (*self.draw.pick(scalars::FATAL)).to_owned();
        if self.draw.chance(200) {
            // Upstream's reader recurses.
            let levels = *self.draw.pick(&[50, 200, 300, 800, 3000]);
            let (open, close) =
                *self.draw.pick(&[("[", "]"), ("{a: ", "}"), ("[{", "}]"), ("- ", ""), ("? ", "")]);
            value = open.repeat(levels) + &close.repeat(levels);
        }
        self.push(&format!("{}fatal: {value}", " ".repeat(indent)));
        self.line();
    }

    fn block_key(&mut self, name: &str) {
        if self.odd(20) {
            self.push("? ");
            self.key(name);
            self.line();
        } else {
            self.key(name);
        }
        let word = *self.draw.weighted(&[
            (80, ": "),
            (6, ":  "),
            (4, " : "),
            (self.oddity, ":\t"),
            (self.oddity, ":"),
            (2, ":\n  "),
        ]);
        self.push(word);
    }

    /// A mapping that is merged into the one that is being written.
    fn merge(&mut self, indent: usize) {
        let merged = *self.draw.pick(&[
            "{get: '@', list: '!'}",
            "*a0",
            "[*a0, {base: role:x}]",
            "{}",
            "[]",
            "x",
            "[x]",
            "&m {admin: '!'}",
            "null",
            "[[{a: b}]]",
        ]);
        let key = *self.draw.pick(&["<<", "<<", "<<", "'<<'", "!!merge <<", "!!str <<"]);
        self.push(&format!("{}{key}: {merged}", " ".repeat(indent)));
        self.line();
    }

    fn flow(&mut self, rules: &[(String, Value)]) {
        self.push("{");
        for (index, (name, value)) in rules.iter().enumerate() {
            if index > 0 {
                self.push_word(&[", ", ",", ",\n ", " , ", ", # c\n "]);
            }
            if self.odd(10) {
                self.push("? ");
            }
            self.key(name);
            let word = *self.draw.weighted(&[(30, ": "), (3, " : "), (3, ":"), (1, ""), (1, ":\n")]);
            self.push(word);
            self.value(value, Place::Flow);
        }
        if self.draw.chance(150) {
            self.push(",");
        }
        self.push("}");
        self.line();
    }

    fn json(&mut self, rules: &[(String, Value)]) {
        let mut text = String::from("{\n");
        for (index, (name, value)) in rules.iter().enumerate() {
            let comma = if index + 1 < rules.len() { "," } else { "" };
            text.push_str("    ");
            assay_case::write_json(&Value::from(name.as_str()), &mut text);
            text.push_str(": ");
            assay_case::write_json(value, &mut text);
            text.push_str(comma);
            text.push('\n');
        }
        text.push('}');
        self.push(&text);
        self.line();
    }

    fn key(&mut self, name: &str) {
        if self.odd(15) {
            let odd = self.draw.word(scalars::WORDS);
            return self.push(odd);
        }
        if self.odd(7) {
            let odd = self.draw.word(&[
                "[a, b]",
                "{a: b}",
                "&k get",
                "*k",
                "!!str 5",
                "! get",
                "!x get",
                "\"a\\tb\"",
                "'it''s'",
                "|\n a",
            ]);
            return self.push(odd);
        }
        match self.draw.below(12) {
            0 => self.single(name),
            1 | 2 => self.double(name),
            _ => self.push(name),
        }
    }

    fn value(&mut self, value: &Value, place: Place) {
        if self.odd(20) {
            self.push(&format!("&a{} ", self.anchors));
            self.anchors += 1;
        }
        if self.odd(12) {
            self.push_word(scalars::TAGS);
            self.push(" ");
        }
        if self.odd(10) {
            let alias = format!("*a{}", self.draw.below(self.anchors + 1));
            return self.push(&alias);
        }
        if self.odd(30) {
            let odd = self.draw.word(scalars::WORDS);
            return self.push(odd);
        }
        match value {
            Value::Str(text) => self.scalar(text.as_text().unwrap_or("x\u{fffd}"), place),
            Value::List(items) if place == Place::Flow || self.draw.chance(500) => self.flow_list(items),
            Value::List(items) => self.block_list(items, place),
            Value::None => self.push_word(scalars::NULLS),
            other => {
                let mut text = String::new();
                assay_case::write_json(other, &mut text);
                self.push(&text);
            }
        }
    }

    fn flow_list(&mut self, items: &[Value]) {
        self.push("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push_word(&[", ", ",", ",\n   "]);
            }
            self.value(item, Place::Flow);
        }
        if !items.is_empty() && self.draw.chance(80) {
            self.push(",");
        }
        self.push("]");
    }

    fn block_list(&mut self, items: &[Value], place: Place) {
        let Place::Block(indent) = place else { return self.flow_list(items) };
        // A list may stand at the indentation of its key.
        let indent = indent + 2 * self.draw.below(2);
        if items.is_empty() {
            return self.push("[]");
        }
        for item in items {
            self.line();
            self.push(&" ".repeat(indent));
            let word = *self.draw.weighted(&[(30, "- "), (self.oddity, "-\t"), (1, "-  ")]);
            self.push(word);
            match item {
                Value::List(inner) => self.flow_list(inner),
                item => self.value(item, Place::Block(indent + 2)),
            }
        }
    }

    fn push_word(&mut self, words: &[&'static str]) {
        let word = self.draw.word(words);
        self.push(word);
    }

    fn push(&mut self, text: &str) {
        if self.end == "\n" {
            self.text.push_str(text);
        } else {
            self.text.push_str(&text.replace('\n', self.end));
        }
    }

    fn line(&mut self) {
        self.text.push_str(self.end);
    }
}
