//! Reading case files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use assay_engine::oslo::python::{Dict, Value};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use thiserror::Error;

use crate::document::{Ask, Case, Document, Request, RuleSource, Source, Stated, World};
use crate::iam;
use crate::outcome::Outcome;
use crate::service::{RawService, RawStep, RawStub, RemoteAnswer, ServiceOptions, Setup};
use crate::spelling::Spelled;
use crate::texts::RuleTexts;

/// The largest case file that is read, in bytes: far above what a person or a campaign writes, and
/// small enough that no file makes a reader run out of memory.
const MAX_FILE: u64 = 128 << 20;

/// A case file cannot be used.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file or directory cannot be read.
    #[error("{path}: {cause}")]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is larger than any case file.
    #[error("{path}:1: the file is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The text is not a case file; reading stops at the first such document.
    #[error("{path}:{line}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A directory, at any depth, holds no `.yaml`, `.yml` or `.json` file.
    #[error("{path}: no case files (.yaml, .yml, .json) in this directory")]
    NoFiles {
        /// The directory.
        path: PathBuf,
    },
    /// A file holds no case at all.
    #[error("{path}:1: no cases in this file")]
    NoCases {
        /// The file.
        path: PathBuf,
    },
}

/// The case files at a path: itself, or those below it in order of their names.
///
/// # Errors
/// A path that is not there or cannot be read; a directory without case files.
pub fn case_files(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let io = |cause| ReadError::Io { path: path.to_owned(), cause };
    if !path.metadata().map_err(io)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in directory.read_dir().map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() {
                directories.push(entry.path());
            } else if is_case_file(&entry.path()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    if files.is_empty() { Err(ReadError::NoFiles { path: path.to_owned() }) } else { Ok(files) }
}

fn is_case_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known))
}

/// A document of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Rules and requests of OpenStack's language.
    Oslo(Document),
    /// `kind: iam`.
    Iam(iam::Document),
}

impl Entry {
    /// The document, if it is one of OpenStack's language.
    #[must_use]
    pub fn oslo(self) -> Option<Document> {
        match self {
            Self::Oslo(document) => Some(document),
            Self::Iam(_) => None,
        }
    }
}

/// Reads a case file all of whose documents are of OpenStack's language.
///
/// # Errors
/// See [`ReadError`]; positions name the line.
pub fn read_file(path: &Path) -> Result<Vec<Document>, ReadError> {
    read_entries(path).and_then(|entries| only_oslo(path, entries))
}

/// Reads the text of such a file; `path` is for messages, and its ending says whether it is JSON.
///
/// # Errors
/// See [`ReadError`].
pub fn read_text(path: impl AsRef<Path>, text: &str) -> Result<Vec<Document>, ReadError> {
    read_entries_text(&path, text).and_then(|entries| only_oslo(path.as_ref(), entries))
}

fn only_oslo(path: &Path, entries: Vec<Entry>) -> Result<Vec<Document>, ReadError> {
    let document = |entry| match entry {
        Entry::Oslo(document) => Ok(document),
        Entry::Iam(document) => Err(ReadError::Invalid {
            path: path.to_owned(),
            line: document.line,
            message: "kind: iam: upstream has no word on these cases".to_owned(),
        }),
    };
    entries.into_iter().map(document).collect()
}

/// Reads a case file.
///
/// # Errors
/// See [`ReadError`]; positions name the line.
pub fn read_entries(path: &Path) -> Result<Vec<Entry>, ReadError> {
    let text = String::from_utf8(read_bytes(path)?).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        ReadError::Invalid { path: path.to_owned(), line, message: "not UTF-8".to_owned() }
    })?;
    read_entries_text(path, &text)
}

/// All of a file, unless it is too large to be one of ours.
fn read_bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let io = |cause| ReadError::Io { path: path.to_owned(), cause };
    let file = File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit: MAX_FILE });
    }
    Ok(bytes)
}

/// Reads the text of a case file; `path` is for messages, and its ending says whether it is JSON.
///
/// # Errors
/// See [`ReadError`].
pub fn read_entries_text(path: impl AsRef<Path>, text: &str) -> Result<Vec<Entry>, ReadError> {
    let path = path.as_ref();
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    let parts = if is_json { vec![Part::whole(text)] } else { split_documents(text) };
    let mut documents = Vec::new();
    for part in parts {
        let invalid = |(at, message): (usize, String)| ReadError::Invalid {
            path: path.to_owned(),
            line: part.line + at.max(1) - 1,
            message,
        };
        let comment = part.comment.iter().map(|line| (*line).to_owned()).collect();
        let whole = |message| invalid((1, message));
        documents.push(if part.is_iam(is_json) {
            let raw: iam::RawDocument = part.read(is_json).map_err(invalid)?;
            Entry::Iam(raw.into_document(path, part.line, comment).map_err(whole)?)
        } else {
            let raw: RawDocument = part.read(is_json).map_err(invalid)?;
            Entry::Oslo(raw.into_document(path, part.line, comment).map_err(whole)?)
        });
    }
    let is_empty = |entry: &Entry| match entry {
        Entry::Oslo(document) => document.cases.is_empty(),
        Entry::Iam(document) => document.cases.is_empty(),
    };
    if documents.iter().all(is_empty) {
        return Err(ReadError::NoCases { path: path.to_owned() });
    }
    Ok(documents)
}

/// One document of a stream.
struct Part<'t> {
    /// The line on which the text begins, from 1.
    line: usize,
    /// The comment lines before the text.
    comment: Vec<&'t str>,
    text: &'t str,
}

impl<'t> Part<'t> {
    const fn whole(text: &'t str) -> Self {
        Self { line: 1, comment: Vec::new(), text }
    }

    /// A part without the blank and comment lines before its text; `None` if nothing is left.
    fn trimmed(mut line: usize, mut text: &'t str) -> Option<Self> {
        let mut comment = Vec::new();
        loop {
            let first = text.split_inclusive('\n').next()?;
            let content = first.trim();
            if !content.is_empty() && !content.starts_with('#') {
                return Some(Self { line, comment, text });
            }
            if first.starts_with('#') {
                comment.push(content);
            }
            line += 1;
            text = &text[first.len()..];
        }
    }

    /// Whether it says that it is of `kind: iam`. What cannot be read at all is of the ordinary kind.
    fn is_iam(&self, is_json: bool) -> bool {
        #[derive(serde::Deserialize)]
        struct Kind {
            kind: Option<String>,
        }
        // Most texts need not be read twice.
        self.text.contains("kind")
            && self.text.contains("iam")
            && self.read::<Kind>(is_json).is_ok_and(|kind| kind.kind.as_deref() == Some("iam"))
    }

    /// The document, or the line within this part and the cause.
    fn read<D: serde::de::DeserializeOwned>(&self, is_json: bool) -> Result<D, (usize, String)> {
        if is_json || self.text.starts_with('{') {
            // YAML readers refuse escapes that JSON writers use for characters above U+FFFF.
            match serde_json::from_str(self.text) {
                Err(error) if is_json => return Err((error.line(), error.to_string())),
                Err(_) => {}
                Ok(raw) => return Ok(raw),
            }
        }
        serde_yaml::from_str(self.text).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            // The end of the text is a line of its own to the reader, and to nobody else.
            (line.min(self.text.lines().count()), error.to_string())
        })
    }
}

/// The documents of a YAML stream. A `---` at the start of a line ends a document wherever it stands
/// in YAML, so no parser is needed to find it.
fn split_documents(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut start_line, mut offset) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let rest = line.strip_prefix("---");
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])) {
            parts.push((start_line, &text[start..offset]));
            // What follows the marker on its line belongs to the new document.
            start = offset + 3;
            start_line = index + 1;
        }
        offset += line.len();
    }
    parts.push((start_line, &text[start..]));
    parts.into_iter().filter_map(|(line, text)| Part::trimmed(line, text)).collect()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument {
    about: Option<String>,
    source: Source,
    rules: Option<RawRules>,
    text: Option<Spelled>,
    policy: Option<String>,
    default_rule: Option<String>,
    registered: Option<Spelled>,
    options: Option<ServiceOptions>,
    enforcer: Option<Setup>,
    files: Option<Spelled>,
    remote: Option<Vec<RemoteAnswer>>,
    checks: Option<Vec<RawStub>>,
    steps: Option<Vec<RawStep>>,
    texts: Option<RuleTexts>,
    cases: Option<Vec<RawCase>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: Option<String>,
    rule: Option<String>,
    check: Option<String>,
    #[serde(default = "empty_mapping")]
    creds: Spelled,
    #[serde(default = "empty_mapping")]
    target: Spelled,
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    expect: Option<Outcome>,
    stated: Option<Stated>,
    quote: Option<String>,
}

/// Creds or a target that a case leaves out. (One that is written `null` is Python's `None`.)
pub(crate) fn empty_mapping() -> Spelled {
    Spelled(Value::Dict(Dict::default()))
}

/// The rules in their order; `$dict` where a name starts with `$`.
struct RawRules(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for RawRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RulesVisitor;

        impl<'de> Visitor<'de> for RulesVisitor {
            type Value = RawRules;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping of rule names to rules")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawRules, A::Error> {
                let spelled = Spelled::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let Spelled(Value::Dict(dict)) = spelled else {
                    return Err(de::Error::custom("rules: not a mapping"));
                };
                let rule = |(name, value): (&Value, &Value)| match name {
                    Value::Str(name) => name.as_text().map(|name| (name.to_owned(), value.clone())),
                    _ => None,
                };
                let rules = dict.iter().map(rule).collect::<Option<Vec<_>>>();
                rules.map(RawRules).ok_or_else(|| de::Error::custom("rules: a name is not a text"))
            }
        }

        deserializer.deserialize_map(RulesVisitor)
    }
}

impl RawDocument {
    fn into_document(self, path: &Path, line: usize, comment: Vec<String>) -> Result<Document, String> {
        if let Some(problem) = self.source.problem() {
            return Err(problem.to_owned());
        }
        let one = || "exactly one of `rules`, `text` and `policy` is needed".to_owned();
        let source = match (self.rules, self.text, self.policy) {
            (Some(rules), None, None) => Some(RuleSource::Rules(rules.0)),
            (None, Some(Spelled(text)), None) => Some(RuleSource::Text(file_bytes(&text)?)),
            (None, None, Some(policy)) => Some(read_policy(path, policy)?),
            (None, None, None) => None,
            _ => return Err(one()),
        };
        let has_steps = self.steps.is_some();
        if has_steps == self.cases.is_some() {
            return Err("exactly one of `cases` and `steps` is needed".to_owned());
        }
        let Self { registered, options, enforcer, files, remote, checks, steps, .. } = self;
        let service = RawService { registered, options, enforcer, files, remote, checks, steps };
        let cases = self.cases.unwrap_or_default().into_iter().enumerate();
        let mut cases: Vec<Case> =
            cases.map(|(index, case)| case.into_case(index)).collect::<Result<_, _>>()?;
        let source = if service.is_there() {
            let (service, steps) = service.into_service(path, source)?;
            if has_steps && service.steps.is_empty() {
                return Err("steps: there are none".to_owned());
            }
            cases.extend(steps);
            RuleSource::Service(Box::new(service))
        } else {
            source.ok_or_else(one)?
        };
        Ok(Document {
            file: path.to_owned(),
            line,
            comment,
            about: self.about,
            source: self.source,
            texts: self.texts,
            world: World { source, default_rule: self.default_rule },
            cases,
        })
    }
}

/// The bytes that a policy file given as `text` holds.
pub(crate) fn file_bytes(text: &Value) -> Result<Vec<u8>, String> {
    match text {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        Value::Str(text) => match text.as_text() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Err("text: a lone surrogate has no bytes".to_owned()),
        },
        _ => Err("text: neither a text nor $bytes".to_owned()),
    }
}

/// A policy file that stands beside, or at some way from, the case file.
fn read_policy(case_file: &Path, path: String) -> Result<RuleSource, String> {
    let bytes = read_beside(case_file, &path).map_err(|error| format!("policy: {error}"))?;
    Ok(RuleSource::Policy { path, bytes })
}

/// A file by its path relative to the case file.
pub(crate) fn read_beside(case_file: &Path, path: &str) -> Result<Vec<u8>, ReadError> {
    read_bytes(&case_file.parent().unwrap_or(Path::new("")).join(path))
}

impl RawCase {
    fn into_case(self, index: usize) -> Result<Case, String> {
        let ask = match (self.rule, self.check) {
            (Some(rule), None) => Ask::Rule(rule),
            (None, Some(check)) => Ask::Check(check),
            _ => return Err(format!("cases[{index}]: exactly one of `rule` and `check` is needed")),
        };
        Ok(Case {
            name: self.name,
            request: Request { ask, creds: self.creds.0, target: self.target.0 },
            expect: self.expect,
            stated: self.stated,
            quote: self.quote,
        })
    }
}
