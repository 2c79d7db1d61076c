//! Which words are names.

use crate::oslo::python::unicode::{ascii_letter, is_identifier_continue, is_identifier_start};

/// Whether a word is a Python identifier, as the tokenizer asks: of the word as it is written.
pub(super) fn is_name(word: &str) -> bool {
    let mut points = word.chars().map(u32::from);
    points.next().is_some_and(is_identifier_start) && points.all(is_identifier_continue)
}

/// Whether a name is this one to the parser, which reads names in Unicode's NFKC form. (Keywords are known
/// before that, so `ｉｆ` is a name.) Only the names that `scripts/unicode-tables` knows can be asked for.
pub(super) fn is_written(name: &str, ascii: &str) -> bool {
    name == ascii
        || (!name.is_ascii() && name.chars().map(|c| ascii_letter(c).unwrap_or(c)).eq(ascii.chars()))
}

/// CPython's hard keywords, the same in 3.11, 3.12 and 3.13 (`keyword.kwlist`).
pub(super) fn is_keyword(word: &str) -> bool {
    if fault!(KeywordsAreNames) && !matches!(word, "True" | "False" | "None") {
        return false;
    }
    matches!(
        word,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}
