//! What a rule was parsed to, in a form that both sides can write.

use std::fmt;

use assay_engine::oslo::language::{Check, CheckTree};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// A rule's canonical text and its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleShape {
    /// The rule's name.
    pub name: String,
    /// `str(check)`; `None` where that raises upstream (a tree too deep for its recursion).
    pub text: Option<String>,
    /// The tree, operands before their operator: flat, so that no depth matters to a reader.
    pub tree: Vec<TreeStep>,
}

impl RuleShape {
    /// The shape of an engine's tree.
    #[must_use]
    pub fn of(name: &str, tree: &CheckTree) -> Self {
        // Parents first, operands from the right: reversed, that is operands first from the left.
        let mut steps = Vec::new();
        let mut stack = vec![tree.root()];
        while let Some(id) = stack.pop() {
            let children = tree.children(id);
            stack.extend(children);
            steps.push(match tree.check(id) {
                Check::True => TreeStep::True,
                Check::False => TreeStep::False,
                Check::Not(_) => TreeStep::Not,
                Check::And(_) => TreeStep::And(children.len()),
                Check::Or(_) => TreeStep::Or(children.len()),
                Check::Base(base) => TreeStep::Base {
                    class: base.class.name().to_owned(),
                    kind: base.kind.clone(),
                    text: base.text.clone(),
                },
            });
        }
        steps.reverse();
        Self { name: name.to_owned(), text: Some(tree.to_string()), tree: steps }
    }

    /// Whether both are the same rule; a text that upstream cannot write is not compared.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let texts = self.text.as_ref().zip(other.text.as_ref());
        self.name == other.name && self.tree == other.tree && texts.is_none_or(|(a, b)| a == b)
    }
}

/// One step of a tree in postfix order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TreeStep {
    /// `@`
    True,
    /// `!`
    False,
    /// `not` of the tree before it.
    Not,
    /// `and` of so many trees before it.
    And(usize),
    /// `or` of so many trees before it.
    Or(usize),
    /// `kind:match`.
    Base {
        /// The upstream class.
        class: String,
        /// The text before the first colon.
        kind: String,
        /// The text behind it.
        text: String,
    },
}

/// As an array: `["@"]`, `["!"]`, `["not"]`, `["and", 2]`, `["or", 2]`, `["check", class, kind, match]`.
impl Serialize for TreeStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (word, count) = match self {
            Self::True => ("@", None),
            Self::False => ("!", None),
            Self::Not => ("not", None),
            Self::And(count) => ("and", Some(count)),
            Self::Or(count) => ("or", Some(count)),
            Self::Base { class, kind, text } => return ("check", class, kind, text).serialize(serializer),
        };
        let mut tuple = serializer.serialize_tuple(1 + usize::from(count.is_some()))?;
        tuple.serialize_element(word)?;
        if let Some(count) = count {
            tuple.serialize_element(count)?;
        }
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for TreeStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StepVisitor;

        impl<'de> Visitor<'de> for StepVisitor {
            type Value = TreeStep;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step of a tree in postfix order")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<TreeStep, A::Error> {
                fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(seq: &mut A) -> Result<T, A::Error> {
                    seq.next_element()?.ok_or_else(|| de::Error::custom("a step lacks an element"))
                }
                let word: String = next(&mut seq)?;
                Ok(match word.as_str() {
                    "@" => TreeStep::True,
                    "!" => TreeStep::False,
                    "not" => TreeStep::Not,
                    "and" => TreeStep::And(next(&mut seq)?),
                    "or" => TreeStep::Or(next(&mut seq)?),
                    "check" => TreeStep::Base {
                        class: next(&mut seq)?,
                        kind: next(&mut seq)?,
                        text: next(&mut seq)?,
                    },
                    _ => {
                        return Err(de::Error::unknown_variant(
                            &word,
                            &["@", "!", "not", "and", "or", "check"],
                        ));
                    }
                })
            }
        }

        deserializer.deserialize_seq(StepVisitor)
    }
}
