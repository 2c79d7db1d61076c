//! The Python that the policy language leaks into its decisions.

mod buffer;
mod dict;
mod entries;
pub(in crate::oslo) mod hashing;
#[cfg(feature = "json")]
mod json;
pub mod literal;
pub mod percent;
pub mod text;
pub mod unicode;
pub mod value;

pub(in crate::oslo) use buffer::Buffer;
pub(in crate::oslo) use dict::integral;
pub use dict::{Dict, Unhashable};
pub use value::{PyStr, Value};

/// Whether Python's `str.isspace` and the `\s` of its `re` module hold for this character.
///
/// The set has been the same in every Unicode version that a supported CPython has.
///
/// ```
/// use assay_engine::oslo::python::is_space;
/// assert!(is_space('\u{1c}') && is_space('\u{a0}') && !is_space('\u{200b}'));
/// ```
#[must_use]
pub const fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | '\u{1c}'..=' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}
