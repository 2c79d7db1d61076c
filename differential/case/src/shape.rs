//! What a rule was parsed to, in a form that both sides can write.

use std::fmt;

use assay_engine::oslo::language::{Check, CheckTree};
use assay_engine::oslo::python::{PyStr, Value};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::spelling::Spelled;

/// A rule's canonical text and its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleShape {
    /// The rule's name.
    pub name: PyStr,
    /// `str(check)`; `None` where that raises upstream (a tree too deep for its recursion).
    pub text: Option<PyStr>,
    /// The tree, operands before their operator: flat, so that no depth matters to a reader.
    pub tree: Vec<TreeStep>,
}

impl RuleShape {
    /// The shape of an engine's tree.
    #[must_use]
    pub fn of(name: &PyStr, tree: &CheckTree) -> Self {
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
        Self { name: name.clone(), text: Some(tree.text()), tree: steps }
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
        kind: PyStr,
        /// The text behind it.
        text: PyStr,
    },
}

/// From an array: `["@"]`, `["!"]`, `["not"]`, `["and", 2]`, `["or", 2]`, `["check", class, kind, match]`.
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
                fn text<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<PyStr, A::Error> {
                    match next(seq)? {
                        Spelled(Value::Str(text)) => Ok(text),
                        Spelled(_) => Err(de::Error::custom("kind or match is no text")),
                    }
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
                        kind: text(&mut seq)?,
                        text: text(&mut seq)?,
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
