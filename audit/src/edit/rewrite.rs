//! Another value for a rule: a new text, or other checks in the old one.

use std::ops::Range;

use assay_engine::oslo::language::{Check, CheckTree};
use assay_engine::oslo::load::yaml::{Object, ObjectId, Style};
use assay_engine::oslo::python::{PyStr, Value};

use super::quote::{Place, scalar};
use super::splice::{Splice, apply};
use crate::policy::{Entry, PolicyFile};

/// What becomes of a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Rewrite {
    /// Checks (`kind:match`) and what they become.
    pub(super) checks: Vec<(String, String)>,
    /// The whole text.
    pub(super) text: Option<String>,
}

impl Rewrite {
    /// What an entry is to say.
    pub(super) fn value(&self, entry: &Entry) -> Value {
        if let Some(text) = &self.text {
            return text.as_str().into();
        }
        match (&entry.value, &entry.tree) {
            (Value::Str(text), Ok(tree)) if text.as_text().is_some() => {
                let found = self.matches(tree, text).into_iter();
                let splices: Vec<Splice> = found.map(|(span, new)| Splice::new(span, new)).collect();
                apply(text.masked(), &splices).map_or_else(|| entry.value.clone(), Value::from)
            }
            (Value::List(items), _) => Value::List(items.iter().map(|item| self.in_list(item, 0)).collect()),
            _ => entry.value.clone(),
        }
    }

    fn in_list(&self, item: &Value, depth: usize) -> Value {
        match item {
            Value::Str(text) => self.item(text).map_or_else(|| item.clone(), Value::from),
            Value::List(items) if depth == 0 => {
                Value::List(items.iter().map(|item| self.in_list(item, 1)).collect())
            }
            _ => item.clone(),
        }
    }

    /// What an item of a list becomes, which is a check.
    fn item(&self, text: &PyStr) -> Option<&str> {
        let found = self.checks.iter().find(|(check, _)| *text == PyStr::from(check.as_str()));
        found.map(|(_, new)| new.as_str())
    }

    /// Where checks stand in a text, and what is to stand there.
    fn matches(&self, tree: &CheckTree, text: &PyStr) -> Vec<(Range<usize>, String)> {
        let of_check = |id| {
            let span = tree.node(id).span.clone();
            let written = text.masked().get(span.clone())?;
            let (_, new) = self.checks.iter().find(|(check, _)| check == written)?;
            Some((span, new.clone()))
        };
        let bases = tree.ids().into_iter().filter(|id| matches!(tree.check(*id), Check::Base(_)));
        let mut found: Vec<_> = bases.filter_map(of_check).collect();
        found.sort_by_key(|(span, _)| span.start);
        found
    }

    /// What changes in the file: within the scalar as it is written if that is wanted and can be, else a scalar in its
    /// place.
    pub(super) fn splices(
        &self,
        file: &PolicyFile,
        entry: &Entry,
        flow: bool,
        in_place: bool,
    ) -> Vec<Splice> {
        if let Some(text) = &self.text {
            return vec![whole(file, entry, text, flow)];
        }
        if self.checks.is_empty() {
            return Vec::new();
        }
        match (&entry.value, self.value(entry)) {
            (old, new) if *old == new => Vec::new(),
            (Value::Str(_), Value::Str(new)) => {
                let found = in_place.then(|| self.in_text(file, entry)).flatten();
                found.unwrap_or_else(|| vec![whole(file, entry, new.masked(), flow)])
            }
            _ => self.in_written_list(file, entry.object),
        }
    }

    /// The checks of a text where they stand; `None` if one cannot be put there as it is.
    fn in_text(&self, file: &PolicyFile, entry: &Entry) -> Option<Vec<Splice>> {
        let tree = entry.tree.as_ref().ok()?;
        let Value::Str(text) = &entry.value else { return None };
        let splice = |(span, new): (Range<usize>, String)| {
            let is_simple = new.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/*".contains(c));
            let ends_plain = new.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let bytes = file.bytes_in(entry, &span)?;
            (is_simple && ends_plain).then(|| Splice::new(bytes, new))
        };
        self.matches(tree, text).into_iter().map(splice).collect()
    }

    /// The checks of a list, of which each is an item.
    fn in_written_list(&self, file: &PolicyFile, list: ObjectId) -> Vec<Splice> {
        let document = &file.document;
        let mut splices = Vec::new();
        let mut lists = vec![(list, 0)];
        while let Some((list, depth)) = lists.pop() {
            let Object::List(items) = document.object(list) else { continue };
            for item in items {
                match document.object(*item) {
                    Object::List(_) if depth == 0 => lists.push((*item, 1)),
                    Object::Scalar(Value::Str(text)) => splices.extend(self.item(text).map(|new| {
                        let written = document.written(*item);
                        let new = scalar(new, written.style, true, Place::Value);
                        Splice::new(written.content..written.end, new)
                    })),
                    _ => {}
                }
            }
        }
        splices.sort_by_key(|splice| splice.span.start);
        // What an alias shares is found more than once.
        splices.dedup();
        splices
    }
}

/// A scalar in the place of a whole value.
fn whole(file: &PolicyFile, entry: &Entry, text: &str, flow: bool) -> Splice {
    let written = entry.value_written;
    let start = match written.style {
        Style::Nothing => written.start,
        // Below its key: up to the colon.
        Style::Block => colon_behind(file, entry).unwrap_or(written.content),
        _ => written.content,
    };
    let end = match written.style {
        Style::Literal | Style::Folded => file.text[..written.end].trim_end().len().max(start),
        _ => written.end,
    };
    let blank = if flow || file.text[..start].ends_with([' ', '\t']) { "" } else { " " };
    Splice::new(start..end, format!("{blank}{}", scalar(text, written.style, flow, Place::Value)))
}

/// Behind the colon of an entry, if only blanks are before it.
fn colon_behind(file: &PolicyFile, entry: &Entry) -> Option<usize> {
    let behind = file.text.get(entry.name_written.end..)?;
    let blanks = behind.len() - behind.trim_start_matches(' ').len();
    behind[blanks..].starts_with(':').then_some(entry.name_written.end + blanks + 1)
}
