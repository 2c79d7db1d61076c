//! `%`-formatting of a check's match with the target: Python's printf language.

mod arguments;
mod directive;
mod number;

use std::borrow::Cow;

use arguments::Arguments;
use directive::Directive;
use number::NumberText;

use super::buffer::Buffer;
use super::text::{ascii_of, repr_of, str_of};
use super::value::{PyStr, Value};
use crate::oslo::error::{ExceptionClass, Interrupt, Limit};

/// The most characters that [`format`] writes. Python would go on as long as there is memory.
pub const MAX_LENGTH: usize = 1 << 24;

/// Python's `template % target`.
///
/// # Errors
/// What Python raises: `KeyError` where the target lacks a key (upstream's checks catch it and are
/// false), `ValueError` for a directive that is unfinished or unknown, `TypeError` for a value that
/// a conversion does not take and for too few or too many values, `OverflowError`, and what
/// [`str_of`] gives. Directives are taken from left to right, so the first that fails decides.
/// [`Limit::TooLarge`] for a text of more than [`MAX_LENGTH`] characters.
///
/// ```
/// use assay_engine::oslo::python::{Value, percent::format};
/// let target = Value::dict([("id", Value::from(7))]);
/// assert_eq!(format("p-%(id)s", &target).unwrap(), "p-7".into());
/// assert_eq!(format("%(id)+06.1f %%", &target).unwrap(), "+007.0 %".into());
/// ```
pub fn format(template: &str, target: &Value) -> Result<PyStr, Interrupt> {
    format_template(Template { text: template, whole: None }, target)
}

/// [`format`] of a template that may hold lone surrogates.
///
/// # Errors
/// As [`format`].
pub fn format_str(template: &PyStr, target: &Value) -> Result<PyStr, Interrupt> {
    let whole = template.as_text().is_none().then_some(template);
    let text = format_template(Template { text: template.masked(), whole }, target)?;
    if fault!(ExpandsTwice) && template.masked().contains('%') {
        return format_template(Template { text: text.masked(), whole: None }, target);
    }
    Ok(text)
}

/// The keys that a format asks for, in order: what stands between `%(` and its parenthesis.
///
/// ```
/// use assay_engine::oslo::python::percent::keys;
/// assert_eq!(keys("%(project_id)s %%(no) %(a(b))d"), ["project_id", "a(b)"]);
/// ```
#[must_use]
pub fn keys(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((_, behind)) = rest.split_once('%') {
        let Some(inner) = behind.strip_prefix('(') else {
            rest = behind.strip_prefix('%').unwrap_or(behind);
            continue;
        };
        let mut depth = 1_usize;
        let end = inner.char_indices().find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some((end, _)) = end else {
            break;
        };
        found.push(&inner[..end]);
        rest = &inner[end..];
    }
    found
}

/// A template, or the [masked](PyStr::masked) form of one: a mask is no `%`, no parenthesis and no
/// conversion, just as what it stands for.
#[derive(Clone, Copy)]
struct Template<'t> {
    text: &'t str,
    /// Where there are lone surrogates.
    whole: Option<&'t PyStr>,
}

impl Template<'_> {
    /// What really stands where the text has `part`, with `rest` from its start on; `None` where it is
    /// `part` itself.
    fn unmasked(self, part: &str, rest: &str) -> Option<PyStr> {
        let start = self.text.len() - rest.len();
        self.whole.map(|whole| whole.slice(start..start + part.len()))
    }
}

fn format_template(template: Template<'_>, target: &Value) -> Result<PyStr, Interrupt> {
    let mut arguments = Arguments::new(target);
    let mut out = Output { buffer: Buffer::with_capacity(template.text.len()), length: 0 };
    let mut rest = template.text;
    while let Some((literal, behind)) = rest.split_once('%') {
        out.push_literal(literal, template.unmasked(literal, rest).as_ref())?;
        if let Some(behind) = behind.strip_prefix('%') {
            out.push_str(if fault!(DoublePercentStays) { "%%" } else { "%" })?;
            rest = behind;
            continue;
        }
        if fault!(LonePercentStays) && behind.is_empty() {
            out.push_str("%")?;
            rest = behind;
            continue;
        }
        let (directive, behind) = Directive::read(template, behind, &mut arguments)?;
        convert(arguments.next()?, &directive, &mut out)?;
        rest = behind;
    }
    out.push_literal(rest, template.unmasked(rest, rest).as_ref())?;
    arguments.finish()?;
    Ok(out.buffer.finish())
}

fn convert(value: &Value, directive: &Directive, out: &mut Output) -> Result<(), Interrupt> {
    match directive.conversion {
        's' => out.push_text(&*str_of(value)?, directive),
        'r' if fault!(ReprConversionAsText) => out.push_text(&*str_of(value)?, directive),
        'r' => out.push_text(&repr_of(value)?, directive),
        'a' if fault!(AsciiConversionAsRepr) => out.push_text(&repr_of(value)?, directive),
        'a' => out.push_text(&ascii_of(value)?.into(), directive),
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => out.push_number(&number::integer(value, directive)?, directive),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => out.push_number(&number::float(value, directive)?, directive),
        'c' => {
            let no_precision = Directive { precision: None, ..*directive };
            out.push_text(&*character(value)?, &no_precision)
        }
        other if fault!(UnknownConversionStays) => out.push_str(&format!("%{other}")),
        _ => Err(ExceptionClass::ValueError.into()),
    }
}

/// `%c`: a string of one character, or the number of one.
fn character(value: &Value) -> Result<Cow<'_, PyStr>, ExceptionClass> {
    let point = match value {
        Value::Str(text) if text.code_points().take(2).count() == 1 => return Ok(Cow::Borrowed(text)),
        Value::Int(number) if fault!(CharacterOfNumberIsDigits) => {
            return Ok(Cow::Owned(number.to_string().into()));
        }
        Value::Int(number) => u32::try_from(number).ok().filter(|point| *point <= char::MAX.into()),
        Value::Bool(value) => Some(u32::from(*value)),
        _ => return Err(ExceptionClass::TypeError),
    };
    let point = point.ok_or(ExceptionClass::OverflowError)?;
    Ok(Cow::Owned(PyStr::from_code_points(vec![point])))
}

pub(super) fn too_large() -> Interrupt {
    Limit::TooLarge.into()
}

/// The text so far.
struct Output {
    buffer: Buffer,
    /// In characters.
    length: usize,
}

impl Output {
    fn grow(&mut self, by: usize) -> Result<(), Interrupt> {
        self.length = self.length.saturating_add(by);
        if self.length > MAX_LENGTH { Err(too_large()) } else { Ok(()) }
    }

    fn push_str(&mut self, text: &str) -> Result<(), Interrupt> {
        self.grow(text.chars().count())?;
        self.buffer.push_str(text);
        Ok(())
    }

    fn push_literal(&mut self, text: &str, unmasked: Option<&PyStr>) -> Result<(), Interrupt> {
        let Some(unmasked) = unmasked else {
            return self.push_str(text);
        };
        self.grow(text.chars().count())?;
        self.buffer.push_py(unmasked);
        Ok(())
    }

    fn push_text(&mut self, text: &PyStr, directive: &Directive) -> Result<(), Interrupt> {
        let length = text.code_points().count();
        let kept = directive
            .precision
            .filter(|_| !fault!(TextPrecisionIgnored))
            .map_or(length, |precision| precision.min(length));
        let fill = directive.width.saturating_sub(kept);
        self.grow(kept.saturating_add(fill))?;
        if !directive.left {
            self.fill(' ', fill);
        }
        if kept == length {
            self.buffer.push_py(text);
        } else {
            self.buffer.push_points(text.code_points().take(kept));
        }
        if directive.left {
            self.fill(' ', fill);
        }
        Ok(())
    }

    fn push_number(&mut self, number: &NumberText, directive: &Directive) -> Result<(), Interrupt> {
        let sign = match () {
            () if number.negative => "-",
            () if directive.sign => "+",
            () if directive.blank => " ",
            () => "",
        };
        let length = sign.len() + number.base.len() + number.digits.len();
        let fill = directive.width.saturating_sub(length);
        self.grow(length.saturating_add(fill))?;
        if !directive.left && !directive.zero {
            self.fill(' ', fill);
        }
        self.buffer.push_str(sign);
        self.buffer.push_str(number.base);
        if !directive.left && directive.zero {
            self.fill('0', fill);
        }
        self.buffer.push_str(&number.digits);
        if directive.left {
            self.fill(' ', fill);
        }
        Ok(())
    }

    fn fill(&mut self, with: char, count: usize) {
        for _ in 0..count {
            self.buffer.push(with);
        }
    }
}
