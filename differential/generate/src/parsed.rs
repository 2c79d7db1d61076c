//! The rules of a world, parsed once for all that looks at them.

use assay_case::World;
use assay_engine::oslo::language::{CheckTree, Reduction, parse_list, parse_with_reductions};
use assay_engine::oslo::python::Value;

/// What the parser makes of the rules that a world is given, in their order.
///
/// ```
/// use assay_case::World;
/// use assay_generate::{Features, ParsedRules};
///
/// let world = World::of_rules([("a", "not @"), ("b", "rule:a")]);
/// let features = Features::of(&world, &ParsedRules::of(&world), &[]);
/// assert!(features.has(assay_generate::Feature::Not));
/// ```
#[derive(Clone, Debug)]
pub struct ParsedRules(Vec<Parsed>);

/// A rule's value, parsed.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    /// `None` of what is no rule, and of a text with lone surrogates.
    pub(crate) tree: Option<CheckTree>,
    pub(crate) reductions: Vec<Reduction>,
}

impl ParsedRules {
    /// Those of a world.
    #[must_use]
    pub fn of(world: &World) -> Self {
        Self(world.rules().iter().map(|(_, value)| Parsed::of(value)).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Parsed> {
        self.0.iter()
    }
}

impl Parsed {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Str(text) => {
                let (tree, reductions) = parse_with_reductions(text.masked());
                Self { tree: text.as_text().map(|_| tree), reductions }
            }
            other => Self { tree: parse_list(other).ok(), reductions: Vec::new() },
        }
    }
}
