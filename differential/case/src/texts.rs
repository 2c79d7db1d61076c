//! What rules are read as, recorded: the text of each check, as upstream writes it.

use assay_engine::oslo::python::{PyStr, Value};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::shape::RuleShape;
use crate::spelling::{Spelled, Style, write_json, write_value};
use crate::subject::LoadedWorld;

/// The name and the text (`str(check)`) of every rule, in order; no text where upstream cannot write one. In a case
/// file a list of pairs, since rules whose names are no texts share one: `[["a", "role:x"], ["<int>", "!"]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleTexts(pub Vec<(PyStr, Option<PyStr>)>);

impl RuleTexts {
    /// Those of shapes.
    #[must_use]
    pub fn of(shapes: &[RuleShape]) -> Self {
        Self(shapes.iter().map(|shape| (shape.name.clone(), shape.text.clone())).collect())
    }

    /// The first rule that a subject reads otherwise, in words. What upstream cannot write is not compared, nor is a
    /// subject that could not load the rules, which its answers tell.
    ///
    /// ```
    /// use assay_case::{EngineSubject, RuleTexts, Subject, World};
    /// let world = EngineSubject.load(&World::of_rules([("a", "b:c AND not d:e")]));
    /// let texts = |text: &str| RuleTexts(vec![("a".into(), Some(text.into()))]);
    /// assert_eq!(texts("(b:c and not d:e)").difference(world.as_ref()), None);
    /// assert!(texts("(b:c or not d:e)").difference(world.as_ref()).is_some());
    /// ```
    #[must_use]
    pub fn difference(&self, world: &dyn LoadedWorld) -> Option<String> {
        let Self(got) = Self::of(&world.shapes()?);
        (0..self.0.len().max(got.len())).find_map(|position| {
            let (expected, got) = (self.0.get(position), got.get(position));
            let same = match (expected, got) {
                (Some((name, None)), Some((got, _))) => name == got,
                (expected, got) => expected == got,
            };
            (!same).then(|| format!("expected rule {}, got {}", told(expected), told(got)))
        })
    }

    pub(crate) fn write(&self, out: &mut String) {
        out.push_str("texts: ");
        write_value(&Value::list(self.0.iter().map(pair)), Style::Yaml, out);
        out.push('\n');
    }
}

fn pair((name, text): &(PyStr, Option<PyStr>)) -> Value {
    Value::list([Value::Str(name.clone()), text.clone().map_or(Value::None, Value::Str)])
}

fn told(rule: Option<&(PyStr, Option<PyStr>)>) -> String {
    let mut told = String::new();
    match rule {
        None => told.push_str("none"),
        Some(rule) => write_json(&pair(rule), &mut told),
    }
    told
}

impl<'de> Deserialize<'de> for RuleTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<[Spelled; 2]>::deserialize(deserializer)?;
        let pairs = pairs.into_iter().map(|pair| match pair {
            [Spelled(Value::Str(name)), Spelled(Value::Str(text))] => Ok((name, Some(text))),
            [Spelled(Value::Str(name)), Spelled(Value::None)] => Ok((name, None)),
            _ => Err(D::Error::custom("texts: a pair of a name and a text, or null, is needed")),
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }
}
