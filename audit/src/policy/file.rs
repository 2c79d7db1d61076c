//! A policy file as it is read, with the place of everything in it.

mod places;

use std::path::{Path, PathBuf};

use assay_engine::oslo::enforcer::PolicyError;
use assay_engine::oslo::language::{CheckTree, Span};
use assay_engine::oslo::load::yaml::{self, Document, FileError, Object, ObjectId, Position, Style, Written};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Limit, Rules};

use super::InputError;
use places::Lines;

/// A policy file (`policy.yaml`, or JSON, which is read as YAML as upstream does).
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Its text as Python reads it: all line ends are `\n`. All byte positions are those of this text.
    pub text: String,
    /// Whether its line ends were `\r\n`, so that whoever writes it back can keep them.
    pub crlf: bool,
    /// What it holds.
    pub document: Document,
    /// Its rules in order; where a name comes twice, the last one, which is what counts.
    pub entries: Vec<Entry>,
    /// The rules that a later one of the same name hides.
    pub hidden: Vec<Entry>,
    lines: Lines,
}

/// A rule of a policy file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name; of one that is no text (`true:`, `5:`, `null:`) how it is written.
    pub name: String,
    /// Whether the name is a text: no request can ask for a rule whose name is none.
    pub is_named: bool,
    /// Where the name stands.
    pub name_at: Position,
    /// How, and its bytes.
    pub name_written: Written,
    /// The value.
    pub object: ObjectId,
    /// Where the value stands; of an alias, where the alias is.
    pub value_at: Position,
    /// How, and its bytes.
    pub value_written: Written,
    /// Whether a merge key (`<<`) has brought it here.
    pub merged: bool,
    /// The value as upstream's `parse_rule` sees it.
    pub value: Value,
    /// What it is parsed to, or the exception that makes the whole file unusable.
    pub tree: Result<CheckTree, Interrupt>,
}

impl Entry {
    /// The rule's text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text.masked()),
            _ => None,
        }
    }
}

impl PolicyFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`InputError::Io`]; [`InputError::Policy`] for what is not UTF-8 or no YAML, or holds something else than
    /// a mapping. A value that is no rule is no error here: see [`Entry::tree`] and [`PolicyFile::rules`].
    pub fn read(path: &Path) -> Result<Self, InputError> {
        Self::of_bytes(path, &super::read::read_bytes(path)?)
    }

    /// Reads what a file holds; `path` is for messages.
    ///
    /// # Errors
    /// As [`PolicyFile::read`].
    ///
    /// ```
    /// use assay::policy::PolicyFile;
    /// let file = PolicyFile::of_bytes("policy.yaml".as_ref(), b"get: 'role:reader or role:x'\n").unwrap();
    /// let rule = &file.entries[0];
    /// assert_eq!((rule.name.as_str(), rule.value_at.to_string().as_str()), ("get", "1:6"));
    /// // Where the rule says `role:x`:
    /// assert_eq!(file.place_in(rule, 15).to_string(), "1:22");
    /// ```
    pub fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, InputError> {
        let failed = |error: FileError| {
            InputError::Policy(PolicyError {
                path: path.to_owned(),
                at: error.at,
                cause: error.cause,
                message: error.message,
            })
        };
        let text = yaml::decode(bytes).map_err(failed)?;
        let document = yaml::read(&text).map_err(failed)?;
        let rules: &[yaml::Entry] = match document.object(document.root()) {
            Object::Dict(entries) => entries,
            _ if !document.truthy(document.root()) => &[],
            _ => {
                let message = "a policy file must hold a mapping of rules".to_owned();
                let at = Some(Position { line: 1, column: 1 });
                let cause = ExceptionClass::AttributeError.into();
                return Err(failed(FileError { at, cause, message }));
            }
        };
        let lines = Lines::of(&text);
        let entries = Entry::read_all(&text, &document, rules);
        let hidden: Vec<_> = document.hidden(document.root()).copied().collect();
        let hidden = Entry::read_all(&text, &document, &hidden);
        let crlf = bytes.windows(2).any(|pair| pair == b"\r\n");
        Ok(Self { path: path.to_owned(), crlf, entries, hidden, lines, document, text })
    }

    /// A defaults file as if it were a policy file: a rule for each default, its `check_str` where that is written.
    /// What is no defaults file is read as a policy file, rules in comments (of a sample) left out.
    ///
    /// # Errors
    /// As [`PolicyFile::of_bytes`].
    ///
    /// ```
    /// use assay::policy::PolicyFile;
    /// let text = "defaults:\n- name: get\n  check_str: \"role:reader\"\n";
    /// let file = PolicyFile::of_defaults("glance.yaml".as_ref(), text).unwrap();
    /// let rule = &file.entries[0];
    /// assert_eq!((rule.name.as_str(), rule.value_at.to_string().as_str()), ("get", "3:14"));
    /// ```
    pub fn of_defaults(path: &Path, text: &str) -> Result<Self, InputError> {
        let mut file = Self::of_bytes(path, text.as_bytes())?;
        let document = &file.document;
        let members = |id: ObjectId| match document.object(id) {
            Object::Dict(members) => members.as_slice(),
            _ => &[],
        };
        let member = |id: ObjectId, name: &str| {
            let is = |entry: &&yaml::Entry| match document.object(entry.key) {
                Object::Scalar(key) => *key == Value::from(name),
                _ => false,
            };
            members(id).iter().find(is).copied()
        };
        let Some(list) = member(document.root(), "defaults") else {
            return Ok(file);
        };
        let Object::List(items) = document.object(list.value) else {
            return Ok(file);
        };
        let default = |item: &ObjectId| {
            let (name, check) = (member(*item, "name")?, member(*item, "check_str")?);
            // The name is a value here.
            Some(yaml::Entry {
                key: name.value,
                key_at: name.value_at,
                key_written: name.value_written,
                ..check
            })
        };
        let defaults: Vec<_> = items.iter().filter_map(default).collect();
        let entries = Entry::read_all(&file.text, document, &defaults);
        (file.entries, file.hidden) = (entries, Vec::new());
        Ok(file)
    }

    /// The rules, as upstream loads them.
    ///
    /// # Errors
    /// [`InputError::Policy`] for the first value that is no rule (`true`, `5`): upstream raises, and no rule of
    /// the file is taken.
    pub fn rules(&self) -> Result<Rules, InputError> {
        Rules::from_document(&self.document).map_err(|FileError { at, cause, message }| {
            InputError::Policy(PolicyError { path: self.path.clone(), at, cause, message })
        })
    }

    /// The rule of a name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_named && entry.name == name)
    }

    /// The line and column of a byte of [`PolicyFile::text`].
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        self.lines.position(&self.text, byte)
    }

    /// Where a byte of a rule's text ([`Entry::text`], the spans of its tree) stands in the file: to the letter
    /// for every style of YAML. Where the text cannot be found (an alias, say), where the value starts.
    #[must_use]
    pub fn place_in(&self, entry: &Entry, offset: usize) -> Position {
        self.byte_in(entry, offset).map_or(entry.value_at, |byte| self.position(byte))
    }

    /// The bytes of [`PolicyFile::text`] in which a part of a rule's text stands.
    #[must_use]
    pub fn bytes_in(&self, entry: &Entry, span: &Span) -> Option<Span> {
        let start = self.byte_in(entry, span.start)?;
        let end = match span.end.checked_sub(1).filter(|_| span.end > span.start) {
            None => start,
            Some(last) => {
                let text = entry.text()?;
                let last = (0..=last).rev().find(|byte| text.is_char_boundary(*byte))?;
                let at = self.byte_in(entry, last)?;
                let unit = places::unit(&self.text, at, entry.value_written.style)?;
                at + unit
            }
        };
        Some(start..end)
    }

    fn byte_in(&self, entry: &Entry, offset: usize) -> Option<usize> {
        self.byte_of(entry.value_written, entry.text()?, offset)
    }

    /// The byte of [`PolicyFile::text`] at which a byte of a scalar's value stands, whose text is written there.
    /// For the items of a list rule: their own [`Document::written`] and text.
    #[must_use]
    pub fn byte_of(&self, written: Written, value: &str, offset: usize) -> Option<usize> {
        match written.style {
            Style::Alias | Style::Flow | Style::Block | Style::Nothing => None,
            style => places::find(&self.text, written.content..written.end, style, value, offset),
        }
    }
}

impl Entry {
    fn read_all(text: &str, document: &Document, entries: &[yaml::Entry]) -> Vec<Self> {
        let values = document.rules(entries.iter().map(|entry| entry.value));
        entries.iter().zip(values).map(|(entry, value)| Self::read(text, document, entry, value)).collect()
    }

    fn read(text: &str, document: &Document, entry: &yaml::Entry, value: Result<Value, Limit>) -> Self {
        let (name, is_named) = match document.object(entry.key) {
            Object::Scalar(Value::Str(name)) => (name.to_string(), true),
            _ => {
                let written = entry.key_written;
                (text.get(written.content..written.end).unwrap_or_default().to_owned(), false)
            }
        };
        let tree = match &value {
            Ok(value) => read_rule(value),
            Err(limit) => Err((*limit).into()),
        };
        Self {
            name,
            is_named,
            name_at: entry.key_at,
            name_written: entry.key_written,
            object: entry.value,
            value_at: entry.value_at,
            value_written: entry.value_written,
            merged: entry.merged,
            value: value.unwrap_or(Value::None),
            tree,
        }
    }
}

/// `oslo_policy._parser.parse_rule`.
fn read_rule(value: &Value) -> Result<CheckTree, Interrupt> {
    let rules = Rules::from_values([("", value)]).map_err(|error| error.cause)?;
    let tree = rules.get("").cloned();
    tree.ok_or(Interrupt::Raised(ExceptionClass::KeyError))
}
