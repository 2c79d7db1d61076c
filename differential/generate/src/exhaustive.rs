//! Everything of a small scope, where other profiles draw: what is enumerated has no blind spot.

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::Value;

use crate::profile::{GeneratedWorld, REQUESTS};

/// The words of the enumerated rule texts: one of each kind that the tokenizer knows.
const WORDS: [&str; 9] = ["(", ")", "and", "or", "not", "@", "!", "a:1", "'q'"];

/// The most words of a text. Every reduction of the parser takes at most three items off its stack and
/// leaves one that can be taken again; six words reach each of them in every context that differs.
const LONGEST: u32 = 6;

/// How many rule texts there are: every sequence of words up to the longest, the empty one included.
const TEXTS: u64 = {
    let (mut sum, mut power, mut length) = (0, 1, 0);
    while length <= LONGEST {
        sum += power;
        power *= WORDS.len() as u64;
        length += 1;
    }
    sum
};

/// How many worlds there are.
pub(crate) const WORLDS: u64 = TEXTS.div_ceil(REQUESTS as u64);

/// The world at an index below [`WORLDS`]: so many texts as rules, each of them asked for once.
pub(crate) fn world(index: u64) -> GeneratedWorld {
    let first = index * REQUESTS as u64;
    let numbers = first..TEXTS.min(first + REQUESTS as u64);
    let rules = numbers.map(|number| (format!("r{number}"), Value::from(text(number)))).collect::<Vec<_>>();
    let creds = || Value::dict([("a", Value::from(1))]);
    let request = |(name, _): &(String, Value)| Request {
        ask: Ask::Rule(name.clone()),
        creds: creds(),
        target: Value::dict::<&str>([]),
    };
    let requests = rules.iter().map(request).collect();
    GeneratedWorld { world: World::of_rules(rules), requests }
}

/// The text of a number below [`TEXTS`]: shorter ones first.
fn text(mut number: u64) -> String {
    let base = WORDS.len() as u64;
    let (mut length, mut of_length) = (0, 1);
    while number >= of_length {
        number -= of_length;
        of_length *= base;
        length += 1;
    }
    let mut words = Vec::with_capacity(length);
    for _ in 0..length {
        words.push(WORDS[usize::try_from(number % base).unwrap_or_default()]);
        number /= base;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_sequence_of_words_is_there_once() {
        assert_eq!(TEXTS, 597_871);
        let up_to_three: HashSet<String> = (0..1 + 9 + 81 + 729).map(text).collect();
        assert_eq!(up_to_three.len(), 820);
        assert!(
            up_to_three.contains("")
                && up_to_three.contains("not ( @")
                && up_to_three.contains("'q' 'q' 'q'")
        );
        assert_eq!(text(TEXTS - 1).split(' ').count(), 6);
    }

    #[test]
    fn worlds_hold_all_texts_and_no_more() {
        let count = |index| world(index).requests.len() as u64;
        assert_eq!((WORLDS - 1) * REQUESTS as u64 + count(WORLDS - 1), TEXTS);
        assert_eq!(count(0), REQUESTS as u64);
    }
}
