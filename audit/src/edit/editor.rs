//! What is to be changed, and the text that comes of it.

use assay_engine::oslo::load::yaml::Style;
use assay_engine::oslo::python::Value;
use indexmap::IndexMap;
use thiserror::Error;

use super::quote::{Place, scalar};
use super::rewrite::Rewrite;
use super::splice::{Splice, apply, onto_raw};
use super::{block, flow};
use crate::policy::{Entry, PolicyFile};

/// Why an edit is not made. The file is as it was.
#[derive(Debug, Error)]
pub enum EditError {
    /// No rule of this name is written in the file.
    #[error("{file}: no rule {name:?} is written here")]
    Missing {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// A merge key has brought the rule here: it is written elsewhere.
    #[error("{place}: {name:?} comes from a merge key (<<), which cannot be edited rule by rule")]
    Merged {
        /// `file:line:column`
        place: String,
        /// The name.
        name: String,
    },
    /// There is a rule of the new name already.
    #[error("{file}: there is a rule {name:?} already")]
    Exists {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// The way in which a rule is written leaves no room: `? key`, two on a line.
    #[error("{place}: {name:?} does not stand on lines of its own, so it cannot be taken out or added to")]
    Layout {
        /// `file:line:column`
        place: String,
        /// The name.
        name: String,
    },
    /// The edited text would not say what was meant: an anchor that others use, say.
    #[error("{file}: the edit would change more than was meant: {what}")]
    Other {
        /// The file.
        file: String,
        /// What else would change.
        what: String,
    },
}

/// What becomes of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Stays,
    Removed,
    /// With the reason.
    CommentedOut(String),
}

/// What an entry that is added says.
#[derive(Clone, Debug)]
enum Added {
    /// The same as the entry that it is put behind.
    Copy,
    /// This text.
    Text(String),
}

/// What is to be done to an entry.
#[derive(Clone, Debug, Default)]
struct Intent {
    fate: Fate,
    name: Option<String>,
    rewrite: Rewrite,
    behind: Vec<(String, Added)>,
}

/// Edits of one file. Nothing is written: [`Editor::finish`] gives the new text.
///
/// ```
/// use assay::{edit::Editor, policy::PolicyFile};
/// let file = PolicyFile::of_bytes("p.yaml".as_ref(), b"# Mine.\n'old':  role:a  # why\nb: rule:old or @\n").unwrap();
/// let mut editor = Editor::new(&file);
/// editor.rename("old", "new").unwrap();
/// editor.rewrite_check("b", "rule:old", "rule:new").unwrap();
/// assert_eq!(editor.finish().unwrap().text, "# Mine.\n'new':  role:a  # why\nb: rule:new or @\n");
/// ```
#[derive(Debug)]
pub struct Editor<'f> {
    file: &'f PolicyFile,
    intents: IndexMap<String, Intent>,
}

/// What comes of the edits.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The new text; line ends are `\n`, as in [`PolicyFile::text`].
    pub text: String,
    splices: Vec<Splice>,
    crlf: bool,
}

impl Edited {
    /// Whether anything has changed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.splices.is_empty()
    }

    /// The edits on the file as it lies on the disk, whose line ends stay what they are.
    #[must_use]
    pub fn onto(&self, raw: &str) -> Option<String> {
        onto_raw(raw, &self.splices, self.crlf)
    }
}

impl<'f> Editor<'f> {
    /// No edits yet.
    #[must_use]
    pub fn new(file: &'f PolicyFile) -> Self {
        Self { file, intents: IndexMap::new() }
    }

    fn label(&self) -> String {
        self.file.path.display().to_string()
    }

    fn place(&self, entry: &Entry) -> String {
        format!("{}:{}", self.label(), entry.name_at)
    }

    fn intent(&mut self, name: &str) -> Result<&mut Intent, EditError> {
        let entry = self.file.entry(name);
        let missing = || EditError::Missing { file: self.label(), name: name.to_owned() };
        let entry = entry.ok_or_else(missing)?;
        if entry.merged {
            return Err(EditError::Merged { place: self.place(entry), name: name.to_owned() });
        }
        Ok(self.intents.entry(name.to_owned()).or_default())
    }

    /// The name that the rule of a name will have, if there will be one.
    fn is_taken(&self, name: &str) -> bool {
        let stays = |entry: &&Entry| {
            self.intents
                .get(&entry.name)
                .is_none_or(|intent| intent.fate == Fate::Stays && intent.name.is_none())
        };
        let added = |intent: &Intent| {
            intent.name.as_deref() == Some(name) || intent.behind.iter().any(|(added, _)| added == name)
        };
        self.file.entry(name).as_ref().is_some_and(stays) || self.intents.values().any(added)
    }

    fn require_free(&self, name: &str) -> Result<(), EditError> {
        match self.is_taken(name) {
            true => Err(EditError::Exists { file: self.label(), name: name.to_owned() }),
            false => Ok(()),
        }
    }

    /// Gives a rule another name. Where the file has the old one twice, both.
    ///
    /// # Errors
    /// A name that is not there, or one that is there already.
    pub fn rename(&mut self, name: &str, new: &str) -> Result<(), EditError> {
        self.require_free(new)?;
        self.intent(name)?.name = Some(new.to_owned());
        Ok(())
    }

    /// Puts a check in the place of another, everywhere in a rule; the rest of its text stays as it is written.
    /// The check is a whole `kind:match`.
    ///
    /// # Errors
    /// A name that is not there.
    pub fn rewrite_check(&mut self, name: &str, check: &str, new: &str) -> Result<(), EditError> {
        self.intent(name)?.rewrite.checks.push((check.to_owned(), new.to_owned()));
        Ok(())
    }

    /// Gives a rule another text, in the quotes of the old one if they can hold it.
    ///
    /// # Errors
    /// A name that is not there.
    pub fn replace(&mut self, name: &str, text: &str) -> Result<(), EditError> {
        self.intent(name)?.rewrite.text = Some(text.to_owned());
        Ok(())
    }

    /// Takes a rule out, with the comment directly above it and the one on its line.
    ///
    /// # Errors
    /// A name that is not there.
    pub fn remove(&mut self, name: &str) -> Result<(), EditError> {
        self.intent(name)?.fate = Fate::Removed;
        Ok(())
    }

    /// Makes a comment of a rule, with a reason above it. In braces, where comments are no JSON, it is removed.
    ///
    /// # Errors
    /// A name that is not there.
    pub fn comment_out(&mut self, name: &str, reason: &str) -> Result<(), EditError> {
        let flow = self.is_flow();
        self.intent(name)?.fate = if flow { Fate::Removed } else { Fate::CommentedOut(reason.to_owned()) };
        Ok(())
    }

    /// Puts a rule behind another one that says the same, whatever that will say.
    ///
    /// # Errors
    /// A name that is not there, or a new one that is.
    pub fn copy(&mut self, name: &str, new: &str) -> Result<(), EditError> {
        self.add(name, new, Added::Copy)
    }

    /// Puts a rule behind another one.
    ///
    /// # Errors
    /// A name that is not there, or a new one that is.
    pub fn insert(&mut self, behind: &str, name: &str, text: &str) -> Result<(), EditError> {
        self.add(behind, name, Added::Text(text.to_owned()))
    }

    fn add(&mut self, behind: &str, name: &str, added: Added) -> Result<(), EditError> {
        self.require_free(name)?;
        self.intent(behind)?.behind.push((name.to_owned(), added));
        Ok(())
    }

    fn is_flow(&self) -> bool {
        self.file.document.written(self.file.document.root()).style == Style::Flow
    }

    /// The new text, after the engine has read from it what was meant.
    ///
    /// # Errors
    /// What cannot be written without changing something else.
    pub fn finish(&self) -> Result<Edited, EditError> {
        let expected = self.expected();
        // First within the scalars as they are written; where that does not read back, in quotes of our own.
        let mut failure = String::new();
        for in_place in [true, false] {
            let mut splices = self.splices(in_place)?;
            splices.sort_by_key(|splice| (splice.span.start, splice.span.end));
            let Some(text) = apply(&self.file.text, &splices) else {
                "two of its parts overlap".clone_into(&mut failure);
                continue;
            };
            match self.difference(&text, &expected) {
                None => return Ok(Edited { text, splices, crlf: self.file.crlf }),
                Some(what) => failure = what,
            }
        }
        Err(EditError::Other { file: self.label(), what: failure })
    }

    /// What the edited file is to hold, by name.
    fn expected(&self) -> IndexMap<(bool, String), Value> {
        let mut expected = IndexMap::new();
        for entry in &self.file.entries {
            let key = |name: &str| (entry.is_named, name.to_owned());
            let Some(intent) = self.intents.get(&entry.name).filter(|_| entry.is_named) else {
                expected.insert(key(&entry.name), entry.value.clone());
                continue;
            };
            let value = intent.rewrite.value(entry);
            if intent.fate == Fate::Stays {
                expected.insert(key(intent.name.as_ref().unwrap_or(&entry.name)), value.clone());
            }
            for (name, added) in &intent.behind {
                let value = match added {
                    Added::Copy => value.clone(),
                    Added::Text(text) => text.as_str().into(),
                };
                expected.insert(key(name), value);
            }
        }
        expected
    }

    /// What the engine reads otherwise than expected; `None` if nothing.
    fn difference(&self, text: &str, expected: &IndexMap<(bool, String), Value>) -> Option<String> {
        let read = match PolicyFile::of_bytes(&self.file.path, text.as_bytes()) {
            Ok(read) => read,
            Err(error) => return Some(error.to_string()),
        };
        let found: IndexMap<_, _> =
            read.entries.iter().map(|entry| ((entry.is_named, entry.name.clone()), &entry.value)).collect();
        let wrong = expected.iter().find(|(key, value)| found.get(*key) != Some(value)).map(|(key, _)| key);
        let extra = || found.keys().find(|key| !expected.contains_key(*key));
        wrong.or_else(extra).map(|(_, name)| format!("the rule {name:?}"))
    }

    fn splices(&self, in_place: bool) -> Result<Vec<Splice>, EditError> {
        let mut splices = Vec::new();
        let flow = self.is_flow();
        // As they are written, those that a later one hides included.
        let mut written: Vec<&Entry> =
            self.file.entries.iter().chain(&self.file.hidden).filter(|entry| !entry.merged).collect();
        written.sort_by_key(|entry| entry.name_written.start);
        let intent = |entry: &Entry| self.intents.get(&entry.name).filter(|_| entry.is_named);
        for (index, entry) in written.iter().enumerate() {
            let Some(intent) = intent(entry) else { continue };
            let hidden = self.file.hidden.iter().any(|hidden| hidden.name_at == entry.name_at);
            let value = intent.rewrite.splices(self.file, entry, flow, in_place);
            if intent.fate == Fate::Stays {
                splices.extend(intent.name.as_ref().map(|name| {
                    let span = entry.name_written.start..entry.name_written.end;
                    Splice::new(span, scalar(name, entry.name_written.style, flow, Place::Key))
                }));
                if !hidden {
                    splices.extend(value.iter().cloned());
                }
            }
            let behind: &[_] = if hidden { &[] } else { &intent.behind };
            if flow {
                let source = self.source_after(entry, &value);
                let separator = flow::separator(&self.file.text, &written, index);
                let gap = block::gap(&self.file.text, entry).unwrap_or(": ");
                for (name, added) in behind {
                    let key = scalar(name, entry.name_written.style, true, Place::Key);
                    let value = match added {
                        Added::Copy => source.clone(),
                        Added::Text(text) => scalar(text, entry.value_written.style, true, Place::Value),
                    };
                    let at = entry.value_written.end;
                    splices.push(Splice::insert(at, format!(",{separator}{key}{gap}{value}")));
                }
            } else if intent.fate != Fate::Stays || !behind.is_empty() {
                splices.extend(self.block_splices(entry, intent, behind, &value)?);
            }
        }
        if flow {
            let removed: Vec<bool> = written
                .iter()
                .map(|entry| intent(entry).is_some_and(|intent| intent.fate == Fate::Removed))
                .collect();
            if removed.contains(&true) {
                self.refuse_additions_to_removed(&written, &removed)?;
                splices.extend(flow::removals(&self.file.text, &written, &removed));
            }
        }
        Ok(splices)
    }

    /// In braces an entry that goes makes no room for another.
    fn refuse_additions_to_removed(&self, written: &[&Entry], removed: &[bool]) -> Result<(), EditError> {
        let refused = written.iter().zip(removed).find(|(entry, removed)| {
            **removed && self.intents.get(&entry.name).is_some_and(|intent| !intent.behind.is_empty())
        });
        match refused {
            Some((entry, _)) => Err(EditError::Layout { place: self.place(entry), name: entry.name.clone() }),
            None => Ok(()),
        }
    }

    fn block_splices(
        &self,
        entry: &Entry,
        intent: &Intent,
        behind: &[(String, Added)],
        value: &[Splice],
    ) -> Result<Vec<Splice>, EditError> {
        let text = &self.file.text;
        let lines = block::lines(text, entry)
            .ok_or_else(|| EditError::Layout { place: self.place(entry), name: entry.name.clone() })?;
        let mut added = String::new();
        let source = self.source_after(entry, value);
        let gap = block::gap(text, entry).unwrap_or(": ");
        for (name, what) in behind {
            let key = scalar(name, entry.name_written.style, false, Place::Key);
            let (gap, value) = match what {
                // A list of dashes below its key goes with the line end before it.
                Added::Copy if entry.value_written.style == Style::Block && value.is_empty() => {
                    (&text[entry.name_written.end..entry.value_written.start], source.clone())
                }
                Added::Copy => (gap, source.clone()),
                Added::Text(text) => (gap, scalar(text, entry.value_written.style, false, Place::Value)),
            };
            let line = format!("{}{key}{gap}{value}", lines.indentation);
            // What ends in empty lines may mean them (`|+`).
            let line = if line.ends_with('\n') { line.as_str() } else { line.trim_end() };
            added.push_str(line);
            if !line.ends_with('\n') {
                added.push('\n');
            }
        }
        Ok(match &intent.fate {
            Fate::Stays => {
                if block::lacks_line_end(text, lines.behind) {
                    added = format!("\n{}", added.trim_end_matches('\n'));
                }
                vec![Splice::insert(lines.behind, added)]
            }
            Fate::Removed => vec![Splice::new(lines.with_comment..lines.own.end, added)],
            Fate::CommentedOut(reason) => {
                let comment = block::commented_out(text, &lines, reason);
                let line_end = if comment.ends_with('\n') || added.is_empty() { "" } else { "\n" };
                vec![Splice::new(lines.own, format!("{comment}{line_end}{added}"))]
            }
        })
    }

    /// The value as it will be written a second time: with its tag, without its anchor.
    fn source_after(&self, entry: &Entry, splices: &[Splice]) -> String {
        let written = entry.value_written;
        // One in the place of the whole value may begin earlier: at the colon, at the anchor.
        if let [only] = splices
            && only.span.start < written.content
        {
            return only.text.trim_start().to_owned();
        }
        let moved: Vec<Splice> = splices
            .iter()
            .map(|splice| {
                let span = splice.span.start - written.content..splice.span.end - written.content;
                Splice::new(span, splice.text.clone())
            })
            .collect();
        let source = &self.file.text[written.content..written.end];
        let source = apply(source, &moved).unwrap_or_else(|| source.to_owned());
        let properties = self.file.text[written.start..written.content].split_whitespace();
        let tag: String =
            properties.filter(|word| !word.starts_with('&')).map(|word| format!("{word} ")).collect();
        format!("{tag}{source}")
    }
}
