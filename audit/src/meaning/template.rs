//! What a check's match is made of: Python's `%`-format, read as far as it can be reasoned about.

use assay_engine::oslo::python::PyStr;

/// A match, taken apart. Directives are taken from left to right, as Python does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// Texts and `%(key)s` in a row.
    Plain {
        /// What is written one after the other; no two texts in a row.
        pieces: Vec<Piece>,
        /// Behind them stands a directive that raises whatever its value is (`100%`, `%(x)y`).
        raises: bool,
    },
    /// Something with a directive whose text depends on more than the text of a value (`%(x)d`, `%(x)5s`, `%s`).
    Odd {
        /// The keys that it asks for, as far as it could be read.
        keys: Vec<String>,
        /// Whether there may be a value that it raises for.
        raises: bool,
    },
}

/// A piece of a plain match.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Piece {
    /// This text.
    Text(String),
    /// The text of what the target has at this key.
    Key(String),
}

impl Template {
    /// Reads a match.
    pub(super) fn read(text: &PyStr) -> Self {
        match text.as_text() {
            Some(text) => read(text),
            None => Self::Odd { keys: Vec::new(), raises: true },
        }
    }
}

/// What a directive is, once it has been read.
enum Directive {
    Percent,
    Text(String),
    /// Its key, if any, and whether it may raise.
    Odd(Option<String>, bool),
    /// It raises once its key, if any, was found.
    Bad(Option<String>),
}

fn read(text: &str) -> Template {
    let (mut pieces, mut keys, mut odd, mut may_raise) = (Vec::new(), Vec::new(), false, false);
    let mut rest = text;
    let mut raises = false;
    while let Some((literal, behind)) = rest.split_once('%') {
        push_text(&mut pieces, literal);
        let (directive, behind) = directive(behind);
        rest = behind;
        match directive {
            Directive::Percent => push_text(&mut pieces, "%"),
            Directive::Text(key) => {
                keys.push(key.clone());
                pieces.push(Piece::Key(key));
            }
            Directive::Odd(key, may) => {
                keys.extend(key);
                (odd, may_raise) = (true, may_raise | may);
            }
            Directive::Bad(key) => {
                pieces.extend(key.clone().map(Piece::Key));
                keys.extend(key);
                (rest, raises) = ("", true);
            }
        }
    }
    push_text(&mut pieces, rest);
    if odd { Template::Odd { keys, raises: may_raise | raises } } else { Template::Plain { pieces, raises } }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// What stands behind a `%`, and the rest of the text. The target is a mapping.
fn directive(behind: &str) -> (Directive, &str) {
    if let Some(rest) = behind.strip_prefix('%') {
        return (Directive::Percent, rest);
    }
    let mut rest = behind;
    let mut key = None;
    if let Some(inner) = rest.strip_prefix('(') {
        let Some(end) = closing(inner) else {
            return (Directive::Bad(None), "");
        };
        key = Some(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    let without_flags = rest.trim_start_matches(['-', '+', ' ', '#', '0']);
    let sized = without_flags.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '*'));
    let size = &without_flags[..without_flags.len() - sized.len()];
    let unsized_rest = sized.strip_prefix(['h', 'l', 'L']).unwrap_or(sized);
    let Some(conversion) = unsized_rest.chars().next() else {
        return (if size.is_empty() { Directive::Bad(key) } else { Directive::Odd(key, true) }, "");
    };
    let behind = &unsized_rest[conversion.len_utf8()..];
    // A second dot or star, a star's own argument, a size that is too large: left to the engine.
    let strange = size.contains('*') || size.matches('.').count() > 1 || size.len() > 5;
    let directive = match (conversion, key) {
        _ if strange => Directive::Odd(None, true),
        ('s', Some(key)) if size.is_empty() => Directive::Text(key),
        ('s' | 'r' | 'a', Some(key)) => Directive::Odd(Some(key), false),
        ('s' | 'r' | 'a', None) => Directive::Odd(None, true),
        ('d' | 'i' | 'u' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'c', key) => {
            Directive::Odd(key, true)
        }
        (_, key) => Directive::Bad(key),
    };
    (directive, behind)
}

/// Where the parenthesis that is open is closed; keys may hold balanced ones.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn key(key: &str) -> Piece {
        Piece::Key(key.to_owned())
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[rstest]
    #[case("p1", vec![text("p1")], false)]
    #[case("", vec![], false)]
    #[case("%(project_id)s", vec![key("project_id")], false)]
    #[case("a%(b(c))-lsd%%", vec![text("a"), key("b(c)"), text("d%")], false)]
    #[case("100%", vec![text("100")], true)]
    #[case("%(a)s%(b)y%(c)s", vec![key("a"), key("b")], true)]
    #[case("%(a", vec![], true)]
    fn a_plain_match_is_texts_and_keys(
        #[case] given: &str,
        #[case] pieces: Vec<Piece>,
        #[case] raises: bool,
    ) {
        assert_eq!(Template::read(&given.into()), Template::Plain { pieces, raises });
    }

    #[rstest]
    #[case("%(a)d", &["a"], true)]
    #[case("%(a)5s", &["a"], false)]
    #[case("%(a)r-%(b)s", &["a", "b"], false)]
    #[case("%s", &[], true)]
    fn other_conversions_are_odd(#[case] given: &str, #[case] keys: &[&str], #[case] raises: bool) {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(Template::read(&given.into()), Template::Odd { keys, raises });
    }
}
