//! Every rule text of up to six words.

use assay_engine::oslo::python::Value;

use super::{Item, choose};

/// One of each kind that the tokenizer knows.
const WORDS: [&str; 9] = ["(", ")", "and", "or", "not", "@", "!", "a:1", "'q'"];

/// The most words of a text. Every reduction of the parser takes at most three items off its stack and
/// leaves one that can be taken again; six words reach each of them in every context that differs.
const LONGEST: u32 = 6;

/// How many texts there are: every sequence of words up to the longest, the empty one included.
pub(super) const COUNT: u64 = {
    let (mut sum, mut power, mut length) = (0, 1, 0);
    while length <= LONGEST {
        sum += power;
        power *= WORDS.len() as u64;
        length += 1;
    }
    sum
};

pub(super) fn item(number: u64) -> Item {
    let (creds, target) = (Value::dict([("a", Value::from(1))]), Value::dict::<&str>([]));
    Item { rule: Value::from(text(number)), creds, target }
}

/// The text of a number: shorter ones first.
fn text(mut number: u64) -> String {
    let (mut length, mut of_length) = (0, 1);
    while number >= of_length {
        number -= of_length;
        of_length *= WORDS.len() as u64;
        length += 1;
    }
    let words: Vec<&str> = (0..length).map(|_| choose(&mut number, &WORDS)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_sequence_of_words_is_there_once() {
        assert_eq!(COUNT, 597_871);
        let up_to_three: HashSet<String> = (0..1 + 9 + 81 + 729).map(text).collect();
        assert_eq!(up_to_three.len(), 820);
        assert!(
            up_to_three.contains("")
                && up_to_three.contains("not ( @")
                && up_to_three.contains("'q' 'q' 'q'")
        );
        assert_eq!(text(COUNT - 1).split(' ').count(), 6);
    }
}
