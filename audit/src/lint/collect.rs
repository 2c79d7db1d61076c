//! Findings as they come in.

use std::ops::Range;

use assay_engine::oslo::language::Span;

use super::catalogue::Lint;
use super::finding::{Edit, Finding};
use crate::policy::{Entry, PolicyFile};

/// A finding, and the line on which its rule begins.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) finding: Finding,
    pub(super) rule_line: Option<usize>,
}

/// What is wanted, and what was found.
pub(super) struct Found<'w> {
    wanted: &'w dyn Fn(&Lint) -> bool,
    pub(super) collected: Vec<Collected>,
    /// What is not wanted is written here.
    scrap: Vec<Collected>,
}

impl<'w> Found<'w> {
    pub(super) fn new(wanted: &'w dyn Fn(&Lint) -> bool) -> Self {
        Self { wanted, collected: Vec::new(), scrap: Vec::new() }
    }

    /// Whether anybody wants to know.
    pub(super) fn wants(&self, lint: &Lint) -> bool {
        (self.wanted)(lint)
    }

    /// Bytes of a file.
    pub(super) fn at(
        &mut self,
        lint: &'static Lint,
        file: &PolicyFile,
        range: Range<usize>,
        rule: &str,
        message: impl Into<String>,
    ) -> &mut Finding {
        let finding = Finding {
            lint,
            severity: lint.severity,
            file: file.path.clone(),
            start: file.position(range.start),
            end: file.position(range.end),
            rule: rule.to_owned(),
            message: message.into(),
            help: None,
            related: Vec::new(),
            fix: None,
        };
        self.push(Collected { finding, rule_line: None })
    }

    /// Bytes of the file within a rule.
    pub(super) fn within(
        &mut self,
        lint: &'static Lint,
        (file, entry): (&PolicyFile, &Entry),
        range: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.at(lint, file, range, &entry.name, message);
        let line = Some(entry.name_at.line);
        let list = if self.wants(lint) { &mut self.collected } else { &mut self.scrap };
        let last = list.len() - 1;
        list[last].rule_line = line;
        &mut list[last].finding
    }

    /// A part of a rule's text.
    pub(super) fn in_text(
        &mut self,
        lint: &'static Lint,
        rule: (&PolicyFile, &Entry),
        span: &Span,
        message: impl Into<String>,
    ) -> &mut Finding {
        let range = rule.0.bytes_in(rule.1, span).unwrap_or_else(|| value_range(rule));
        self.within(lint, rule, range, message)
    }

    /// The value.
    pub(super) fn on_value(
        &mut self,
        lint: &'static Lint,
        rule: (&PolicyFile, &Entry),
        message: impl Into<String>,
    ) -> &mut Finding {
        self.within(lint, rule, value_range(rule), message)
    }

    /// The name.
    pub(super) fn on_name(
        &mut self,
        lint: &'static Lint,
        rule: (&PolicyFile, &Entry),
        message: impl Into<String>,
    ) -> &mut Finding {
        self.within(lint, rule, name_range(rule), message)
    }

    /// Takes a finding.
    pub(super) fn push(&mut self, collected: Collected) -> &mut Finding {
        let wanted = self.wants(collected.finding.lint);
        let list = if wanted { &mut self.collected } else { &mut self.scrap };
        if !wanted {
            list.clear();
        }
        list.push(collected);
        let last = list.len() - 1;
        &mut list[last].finding
    }
}

/// A change of a file.
pub(super) fn edit(file: &PolicyFile, range: Range<usize>, text: impl Into<String>) -> Edit {
    let (start, end) = (file.position(range.start), file.position(range.end));
    Edit { range, start, end, text: text.into() }
}

/// Where a rule's value stands; where it is missing, behind the colon.
pub(super) fn value_range((_, entry): (&PolicyFile, &Entry)) -> Range<usize> {
    entry.value_written.start..entry.value_written.end
}

/// Where its name stands.
pub(super) fn name_range((_, entry): (&PolicyFile, &Entry)) -> Range<usize> {
    entry.name_written.start..entry.name_written.end
}
