//! Which words are names.

/// Whether a word that is not all ASCII is a Python identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Name,
    NoName,
    /// It depends on Unicode tables that this engine does not have.
    Undecided,
}

/// The verdict on a run of ASCII letters, digits, underscores and characters outside ASCII.
///
/// Decided are words in Latin-1 and Latin Extended-A and B, whose identifier properties have been the
/// same in every version of Unicode, and words with a character that never can stand in an identifier.
pub(super) fn verdict(word: &str) -> Verdict {
    let mut verdict = Verdict::Name;
    for (index, c) in word.chars().enumerate() {
        match c {
            c if c.is_ascii() => {}
            'ª' | 'µ' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24f}' => {}
            '·' if index > 0 => {}
            '\u{80}'..='ÿ' => return Verdict::NoName,
            c if never_in_a_name(c) => return Verdict::NoName,
            _ => verdict = Verdict::Undecided,
        }
    }
    verdict
}

/// Blocks of punctuation and symbols, private use, and byte order marks. (The connectors U+203F, U+2040
/// and U+2054 may continue a name.)
fn never_in_a_name(c: char) -> bool {
    matches!(
        c,
        '\u{2000}'..='\u{203e}'
            | '\u{2041}'..='\u{2053}'
            | '\u{2055}'..='\u{206f}'
            | '\u{20a0}'..='\u{20cf}'
            | '\u{2190}'..='\u{245f}'
            | '\u{2500}'..='\u{2bff}'
            | '\u{3000}'..='\u{3004}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{1f300}'..='\u{1f64f}'
            | '\u{f0000}'..='\u{10ffff}'
    )
}

/// CPython's hard keywords, the same in 3.11, 3.12 and 3.13 (`keyword.kwlist`).
pub(super) fn is_keyword(word: &str) -> bool {
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
