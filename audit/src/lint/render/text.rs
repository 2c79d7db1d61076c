//! As a compiler prints them: the place, the line, what is marked in it.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use assay_engine::oslo::load::yaml::Position;

use super::super::catalogue::{Lint, Safety, Severity};
use super::super::finding::Finding;
use super::super::report::{Report, Source};

/// Whether to print in colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Without.
    #[default]
    Plain,
    /// With the terminal's sixteen.
    Terminal,
}

/// All findings with the lines in which they stand.
#[must_use]
pub fn text(report: &Report, color: Color) -> String {
    let renderer = match color {
        Color::Plain => Renderer::plain(),
        Color::Terminal => Renderer::styled(),
    };
    let mut out = String::new();
    for finding in &report.findings {
        let source = report.source(&finding.file);
        let _ = writeln!(out, "{}\n", rendered(&renderer, finding, source));
    }
    out
}

fn rendered(renderer: &Renderer, finding: &Finding, source: Option<&Source>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let path = finding.file.display().to_string();
    let line = source.map(|source| source.line(finding.start.line)).unwrap_or_default();
    let shown = line.trim_start_matches('\u{feff}').trim_end();
    let start = byte_of(shown, finding.start.column);
    let end = match finding.end.line == finding.start.line {
        true => byte_of(shown, finding.end.column).max(start),
        false => shown.len(),
    };
    let mark = AnnotationKind::Primary.span(start..end);
    let snippet = Snippet::source(shown).line_start(finding.start.line).path(path).annotation(mark);
    let mut group = level.primary_title(&*finding.message).id(finding.lint.id).element(snippet);
    for related in &finding.related {
        let Position { line, column } = related.at;
        let place = format!("{}:{line}:{column}: {}", related.file.display(), related.message);
        group = group.element(Level::NOTE.message(place));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Level::HELP.message(format!("`{}` does it", option(fix.safety))));
    }
    renderer.render(&[group])
}

/// The option that puts a fix in.
pub(super) const fn option(safety: Safety) -> &'static str {
    match safety {
        Safety::Same | Safety::Narrows => "--fix",
        Safety::Widens => "--unsafe-fixes",
    }
}

/// The byte of a column of a line.
fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

/// What a lint is about (`--explain`).
///
/// ```
/// let text = assay::lint::render::explanation(assay::lint::find("bare-exclamation").unwrap());
/// assert!(text.starts_with("bare-exclamation (error, --fix)\n"));
/// ```
#[must_use]
pub fn explanation(lint: &Lint) -> String {
    let mut traits = vec![lint.severity.name()];
    traits.extend(lint.pedantic.then_some("pedantic"));
    traits.extend(lint.service.map(|_| "needs --service or --defaults"));
    traits.extend(lint.fix.map(option));
    let mut out = format!("{} ({})\n\n", lint.id, traits.join(", "));
    let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let _ = write!(out, "{}.\n\n{}\n", sentence(lint.summary), wrapped(lint.explanation, 100));
    let on = lint.service.map(|service| format!(" (on {service})")).unwrap_or_default();
    let _ = write!(out, "\nInstead of{on}\n\n{}\nwrite\n\n{}", indented(lint.bad), indented(lint.good));
    out
}

/// With a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
