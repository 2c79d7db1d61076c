//! Every kind of up to three characters of printable ASCII.

use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::python::text::str_of;

use super::Item;

/// Blank to tilde.
const LETTERS: u64 = 95;

/// How many kinds there are.
pub(super) const COUNT: u64 = LETTERS + LETTERS * LETTERS + LETTERS * LETTERS * LETTERS;

/// A list rule, since blanks and parentheses would leave the word of a text.
pub(super) fn item(mut number: u64) -> Item {
    let (mut length, mut of_length) = (1, LETTERS);
    while number >= of_length {
        number -= of_length;
        of_length *= LETTERS;
        length += 1;
    }
    let mut kind = String::with_capacity(length);
    for _ in 0..length {
        kind.push(char::from(b' ' + u8::try_from(number % LETTERS).unwrap_or_default()));
        number /= LETTERS;
    }
    // Upstream says whether a literal was read rightly by comparing its text; a kind that is no literal
    // finds itself in creds, and one that is no expression raises.
    let text = match read_kind(&kind) {
        Kind::Literal(value) => str_of(&value).ok().and_then(|text| text.as_text().map(str::to_owned)),
        _ => None,
    };
    let text = text.unwrap_or_else(|| "1".to_owned());
    let rule = Value::list([Value::from(format!("{kind}:{}", text.replace('%', "%%")))]);
    Item { rule, creds: nested(&kind), target: Value::dict::<&str>([]) }
}

/// Creds in which the path that a kind is leads to 1.
fn nested(kind: &str) -> Value {
    kind.rsplit('.').fold(Value::from(1), |inner, key| Value::dict([(key, inner)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_is_there_once() {
        assert_eq!(COUNT, 866_495);
        let rule = |number| match item(number).rule {
            Value::List(items) => items[0].clone(),
            other => other,
        };
        let texts: HashSet<String> = (0..95 + 95 * 95).map(|number| format!("{:?}", rule(number))).collect();
        assert_eq!(texts.len(), 95 + 95 * 95);
        assert_eq!(rule(COUNT - 1), Value::from("~~~:1"));
    }
}
