//! The names of `'\N{…}'`.
//!
//! The names of characters never change, so those of a newer Unicode are taken, as far as the character had a
//! name in CPython 3.11's. Aliases are added from version to version and are tables of our own.

use super::{holds, tables};

/// The character that `'\N{name}'` stands for, in a name of its own or in an alias; `None` where there is none,
/// which is a `SyntaxError`.
///
/// Names are read in letters of any case, except for those that are made by rule: of Hangul syllables and of
/// CJK ideographs. The names of sequences stand for more than one character and are none here.
///
/// ```
/// use assay_engine::oslo::python::unicode::character;
/// assert_eq!(character("Snowman"), Some(0x2603));
/// assert_eq!(character("ESC"), Some(0x1b));
/// assert_eq!(character("HANGUL SYLLABLE GA"), Some(0xac00));
/// assert_eq!(character("hangul syllable ga"), None);
/// ```
#[must_use]
pub fn character(name: &str) -> Option<u32> {
    if let Some(point) = ideograph(name) {
        return Some(point).filter(|&point| holds(&tables::NAMED, point));
    }
    let upper = name.to_ascii_uppercase();
    if let Ok(index) = tables::ALIASES.binary_search_by_key(&upper.as_str(), |(alias, _)| alias) {
        return Some(tables::ALIASES[index].1);
    }
    let by_rule = upper.starts_with(HANGUL_PREFIX) || upper.starts_with(CJK_PREFIX);
    if by_rule && upper != name {
        return None;
    }
    any_character(&upper).filter(|&point| holds(&tables::NAMED, point))
}

/// Whether a text is no name or alias of CPython 3.11 but may be one of 3.12 or 3.13.
#[must_use]
pub fn is_later_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let is_alias = tables::LATER_ALIASES.iter().any(|(alias, _)| *alias == upper);
    let is_new = |point: u32| !holds(&tables::NAMED, point);
    is_alias || ideograph(name).or_else(|| any_character(&upper)).is_some_and(is_new)
}

const CJK_PREFIX: &str = "CJK UNIFIED IDEOGRAPH-";
const HANGUL_PREFIX: &str = "HANGUL SYLLABLE ";

/// An ideograph of the newest Unicode by four or five digits; a zero in front of four is read.
fn ideograph(name: &str) -> Option<u32> {
    let hexadecimal = name.strip_prefix(CJK_PREFIX)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    if !matches!(hexadecimal.len(), 4 | 5) || !hexadecimal.bytes().all(is_digit) {
        return None;
    }
    let point = u32::from_str_radix(hexadecimal, 16).ok()?;
    let found = unicode_names2::name(char::from_u32(point)?)?;
    found.to_string().starts_with(CJK_PREFIX).then_some(point)
}

/// The character of exactly this name in the newest Unicode that is known here. (The look-up itself passes over
/// blanks and hyphens, and ends in a panic where a hyphen comes first, as in no name.)
fn any_character(name: &str) -> Option<u32> {
    if name.starts_with('-') {
        return None;
    }
    let found = unicode_names2::character(name)?;
    let is_exact = unicode_names2::name(found).is_some_and(|found| found.to_string() == name);
    is_exact.then_some(found.into())
}

/// `unicodedata.name`.
#[cfg(test)]
pub(super) fn name_of(point: u32) -> Option<String> {
    let c = char::from_u32(point).filter(|_| holds(&tables::NAMED, point))?;
    unicode_names2::name(c).map(|name| name.to_string())
}
