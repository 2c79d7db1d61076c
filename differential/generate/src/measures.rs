//! How large rules are, and what the parser makes of their texts: so that a report can say it and a test can see it
//! shrink.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use assay_case::{Ask, Request, RuleShape, TreeStep, World};
use assay_engine::oslo::language::{Reduction, reductions};
use assay_engine::oslo::python::Value;
use foldhash::{HashMap, HashMapExt as _};
use serde::{Deserialize, Serialize};

use crate::parsed::ParsedRules;

/// How many rules there are of each size and depth, and how often each reduction was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Rules by the depth of their tree, in steps of powers of two: `4` are those of 3 and 4 levels.
    pub depths: BTreeMap<u64, u64>,
    /// Rules by the number of their checks, in the same steps.
    pub sizes: BTreeMap<u64, u64>,
    /// Kinds of checks in all rules, by class.
    pub checks: BTreeMap<String, u64>,
    /// Reductions of upstream's parser, over the texts of rules and of anonymous checks.
    pub reductions: BTreeMap<String, u64>,
}

impl Measures {
    /// Those of a world, but for its trees: see [`Measures::add_shapes`].
    ///
    /// ```
    /// use assay_case::{EngineSubject, Subject, World};
    /// use assay_generate::{Measures, ParsedRules};
    ///
    /// let world = World::of_rules([("a", "role:x and (b:1 or not c:2)")]);
    /// let shapes = EngineSubject.load(&world).shapes().unwrap();
    /// let mut measures = Measures::of(&world, &ParsedRules::of(&world), &[]);
    /// measures.add_shapes(&shapes);
    /// assert_eq!(measures.depths, [(4, 1)].into());
    /// assert_eq!(measures.sizes, [(8, 1)].into());
    /// assert_eq!(measures.reductions["not check"], 1);
    /// ```
    #[must_use]
    pub fn of(world: &World, parsed: &ParsedRules, requests: &[Request]) -> Self {
        let mut measures = Self::default();
        let defaults = world.service().into_iter().flat_map(|service| &service.registered.defaults);
        let registered = defaults.filter_map(|default| match default {
            Value::Dict(members) => members.get("check_str"),
            _ => None,
        });
        let registered = registered.filter_map(|rule| match rule {
            Value::Str(text) => Some(text.masked()),
            _ => None,
        });
        let of_requests = requests.iter().filter_map(|request| match &request.ask {
            Ask::Check(text) => Some(text.as_str()),
            _ => None,
        });
        // Of the few texts that are asked, each is asked again and again.
        let mut asked: HashMap<&str, Vec<Reduction>> = HashMap::new();
        let of_requests =
            of_requests.flat_map(|text| asked.entry(text).or_insert_with(|| reductions(text)).clone());
        let mut taken: Vec<Reduction> =
            parsed.iter().flat_map(|parsed| &parsed.reductions).copied().collect();
        taken.extend(registered.flat_map(reductions).chain(of_requests));
        for reduction in Reduction::ALL {
            let count = taken.iter().filter(|&&other| other == reduction).count() as u64;
            if count > 0 {
                measures.reductions.insert(reduction.name().to_owned(), count);
            }
        }
        measures
    }

    /// Adds the trees of rules, as whoever was asked has them.
    pub fn add_shapes(&mut self, shapes: &[RuleShape]) {
        for shape in shapes {
            self.add_tree(&shape.tree);
        }
    }

    /// Adds those of another part.
    pub fn join(&mut self, other: &Self) {
        fn sum<K: Clone + Ord>(ours: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
            for (key, count) in theirs {
                count_more(ours, key, *count);
            }
        }
        sum(&mut self.depths, &other.depths);
        sum(&mut self.sizes, &other.sizes);
        sum(&mut self.checks, &other.checks);
        sum(&mut self.reductions, &other.reductions);
    }

    fn add_tree(&mut self, tree: &[TreeStep]) {
        // Operands come first: what is on the stack are the depths of trees that nothing has taken yet.
        let mut depths: Vec<u64> = Vec::new();
        for step in tree {
            let (name, operands) = match step {
                TreeStep::True => ("TrueCheck", 0),
                TreeStep::False => ("FalseCheck", 0),
                TreeStep::Not => ("NotCheck", 1),
                TreeStep::And(count) => ("AndCheck", *count),
                TreeStep::Or(count) => ("OrCheck", *count),
                TreeStep::Base { class, .. } => (class.as_str(), 0),
            };
            count_more(&mut self.checks, name, 1);
            let taken = depths.split_off(depths.len().saturating_sub(operands));
            depths.push(1 + taken.into_iter().max().unwrap_or_default());
        }
        let depth = depths.pop().unwrap_or_default();
        *self.depths.entry(depth.next_power_of_two()).or_default() += 1;
        *self.sizes.entry((tree.len() as u64).next_power_of_two()).or_default() += 1;
    }
}

/// Adds to a count. A key is copied only where it is new, and most are known soon.
///
/// ```
/// let mut counts = std::collections::BTreeMap::new();
/// assay_generate::count_more(&mut counts, "deny", 2);
/// assay_generate::count_more(&mut counts, "deny", 1);
/// assert_eq!(counts["deny"], 3);
/// ```
pub fn count_more<K, Q>(counts: &mut BTreeMap<K, u64>, key: &Q, more: u64)
where
    K: Borrow<Q> + Ord,
    Q: Ord + ToOwned<Owned = K> + ?Sized,
{
    match counts.get_mut(key) {
        Some(count) => *count += more,
        None => {
            counts.insert(key.to_owned(), more);
        }
    }
}

/// As people read it, a line for each.
impl fmt::Display for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = |counts: &BTreeMap<u64, u64>| -> Vec<String> {
            counts.iter().map(|(most, count)| format!("to {most}: {count}")).collect()
        };
        let named = |counts: &BTreeMap<String, u64>| -> Vec<String> {
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect()
        };
        writeln!(f, "levels of rules: {}", steps(&self.depths).join(", "))?;
        writeln!(f, "checks of rules: {}", steps(&self.sizes).join(", "))?;
        writeln!(f, "kinds of checks: {}", named(&self.checks).join(", "))?;
        write!(f, "parser's reductions: {}", named(&self.reductions).join(", "))
    }
}
