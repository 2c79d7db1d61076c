//! Rule text to tokens (`oslo_policy._parser._parse_tokenize`).

use super::check::Span;
use crate::oslo::python::is_space;

/// A token with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind<'t>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind<'t> {
    /// `(` at the start of a word.
    Left,
    /// `)` at the end of a word.
    Right,
    /// `and`, in any case.
    And,
    /// `or`, in any case.
    Or,
    /// `not`, in any case.
    Not,
    /// A word in quotes: no reduction takes it, so it makes the whole rule fail.
    Quoted,
    /// Any other word.
    Word(&'t str),
}

/// Splits a rule text as upstream does: at white space, then parentheses off both ends of each
/// word, whatever the word is. (`a:%(b)` therefore loses its parenthesis.)
///
/// ```
/// use assay_engine::oslo::language::{TokenKind, tokenize};
/// let kinds: Vec<_> = tokenize("(role:a OR @)").map(|token| token.kind).collect();
/// use TokenKind::*;
/// assert_eq!(kinds, [Left, Word("role:a"), Or, Word("@"), Right]);
/// ```
pub fn tokenize(text: &str) -> impl Iterator<Item = Token<'_>> {
    words(text).flat_map(|(start, word)| {
        let opened = word.trim_start_matches('(');
        let body = match opened.strip_suffix(')') {
            Some(body) if fault!(OneClosingParenPerToken) => body,
            _ => opened.trim_end_matches(')'),
        };
        let body_start = start + word.len() - opened.len();
        let body_end = body_start + body.len();

        let single = |at: usize| at..at + 1;
        let lefts = (start..body_start).map(move |at| Token { kind: TokenKind::Left, span: single(at) });
        let rights = (body_end..body_end + opened.len() - body.len())
            .map(move |at| Token { kind: TokenKind::Right, span: single(at) });
        let middle =
            (!body.is_empty()).then(|| Token { kind: classify(opened, body), span: body_start..body_end });
        let dropped = |token: &Token<'_>| fault!(QuotedTokenDropped) && token.kind == TokenKind::Quoted;
        lefts.chain(middle.filter(|token| !dropped(token))).chain(rights)
    })
}

/// The words of a text with the byte offset of each.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(parts_words)
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn parts_words(c: char) -> bool {
    match c {
        '\u{80}'.. if fault!(AsciiBlanksOnly) => false,
        '\u{1c}'..='\u{1f}' if fault!(InformationSeparatorsJoin) => false,
        c => is_space(c),
    }
}

/// `opened` still has its closing parentheses: with one, upstream sees no closing quote.
fn classify<'t>(opened: &str, body: &'t str) -> TokenKind<'t> {
    // Nothing outside ASCII has a lower-case form made of these letters.
    let is = |keyword: &str| match fault!(KeywordsLowerCaseOnly) {
        true => body == keyword,
        false => body.eq_ignore_ascii_case(keyword),
    };
    if is("and") {
        TokenKind::And
    } else if is("or") {
        TokenKind::Or
    } else if is("not") {
        TokenKind::Not
    } else if is_quoted(opened) {
        TokenKind::Quoted
    } else {
        TokenKind::Word(body)
    }
}

fn is_quoted(word: &str) -> bool {
    ['"', '\''].iter().any(|&quote| word.len() >= 2 && word.starts_with(quote) && word.ends_with(quote))
}
