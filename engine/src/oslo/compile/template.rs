//! The match of a check, split at its `%(key)s`.

use crate::oslo::python::PyStr;
use crate::oslo::python::percent::MAX_LENGTH;

/// A part of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// A text, with `%` for `%%`.
    Text(String),
    /// `%(key)s`
    Key(&'t str),
}

/// The parts of a match, in order, texts joined; `None` where anything but `%%` and `%(key)s` stands in it,
/// which is [`format_str`](crate::oslo::python::percent::format_str)'s.
pub(super) fn split(template: &PyStr) -> Option<Vec<Piece<'_>>> {
    let mut rest = template.as_text()?;
    // So many characters are a limit of the whole, whatever the values.
    if rest.len() >= MAX_LENGTH {
        return None;
    }
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    loop {
        let (text, behind) = match rest.split_once('%') {
            None => (rest, None),
            Some((text, behind)) => (text, Some(behind)),
        };
        push(&mut pieces, text);
        let Some(behind) = behind else { return Some(pieces) };
        if let Some(behind) = behind.strip_prefix('%') {
            push(&mut pieces, "%");
            rest = behind;
            continue;
        }
        let (key, behind) = behind.strip_prefix('(')?.split_once(')')?;
        if key.contains('(') {
            return None;
        }
        pieces.push(Piece::Key(key));
        rest = behind.strip_prefix('s')?;
    }
}

fn push(pieces: &mut Vec<Piece<'_>>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Some(vec![]))]
    #[case("x", Some(vec![Piece::Text("x".into())]))]
    #[case("100%%", Some(vec![Piece::Text("100%".into())]))]
    #[case("%(a)s", Some(vec![Piece::Key("a")]))]
    #[case("%(a)s%(b)s", Some(vec![Piece::Key("a"), Piece::Key("b")]))]
    #[case("x%%%(a.b)sy", Some(vec![Piece::Text("x%".into()), Piece::Key("a.b"), Piece::Text("y".into())]))]
    #[case("%()s", Some(vec![Piece::Key("")]))]
    #[case("%(a(b))s", None)]
    #[case("%(a)d", None)]
    #[case("%(a)5s", None)]
    #[case("%(a)ls", None)]
    #[case("%s", None)]
    #[case("%", None)]
    #[case("%(a", None)]
    #[case("%(a)", None)]
    fn only_keys_are_split_off(#[case] template: &str, #[case] pieces: Option<Vec<Piece<'_>>>) {
        assert_eq!(split(&template.into()), pieces);
    }
}
