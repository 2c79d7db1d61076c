//! A documented policy beside what a release registers.

use std::collections::HashMap;

use serde::Serialize;

use super::defaults::{Documented, Operation, Registered};

/// One thing in which they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rule.
    pub name: String,
    /// What differs.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What differs, and what each side says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "differs", rename_all = "snake_case")]
pub enum Kind {
    /// The release does not register it.
    OnlyInDocument,
    /// The document does not have it.
    OnlyInRelease,
    /// The check string, to the letter.
    CheckStr {
        /// The document's.
        document: String,
        /// The release's.
        release: String,
    },
    /// The scope types, in any order.
    ScopeTypes {
        /// The document's.
        document: Vec<String>,
        /// The release's.
        release: Vec<String>,
    },
    /// The operations, in order.
    Operations {
        /// The document's.
        document: Vec<Operation>,
        /// The release's.
        release: Vec<Operation>,
    },
}

/// What a document and a release differ in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The release.
    pub release: String,
    /// How many rules it has.
    pub rules: usize,
    /// The differences: by rule as the document has them, then what only the release has.
    pub differences: Vec<Difference>,
    /// Whether the rules that both have stand in one order.
    pub same_order: bool,
}

/// Compares, rule by rule, what the document can say: of a policy file names and check strings only.
///
/// ```
/// use assay_differential::services::{compare::compare, defaults::read};
/// let document = read(r#"{"get": "role:reader", "put": "!"}"#, true).unwrap();
/// let release = read("defaults: [{name: get, check_str: 'role:reader', scope_types: [project]}]", false).unwrap();
/// assert_eq!(compare(&document, "1.0.0", &release.defaults).differences.len(), 1);
/// ```
#[must_use]
pub fn compare(document: &Documented, release: &str, registered: &[Registered]) -> Comparison {
    let places: HashMap<&str, usize> =
        registered.iter().enumerate().map(|(place, default)| (default.name.as_str(), place)).collect();
    let documented: HashMap<&str, ()> =
        document.defaults.iter().map(|default| (default.name.as_str(), ())).collect();
    let mut differences = Vec::new();
    let mut met = Vec::new();
    for mine in &document.defaults {
        let mut differ = |kind| differences.push(Difference { name: mine.name.clone(), kind });
        let Some(&place) = places.get(mine.name.as_str()) else {
            differ(Kind::OnlyInDocument);
            continue;
        };
        met.push(place);
        let theirs = &registered[place];
        if mine.check_str != theirs.check_str {
            let (document, release) = (mine.check_str.clone(), theirs.check_str.clone());
            differ(Kind::CheckStr { document, release });
        }
        if document.has_details && sorted(&mine.scope_types) != sorted(&theirs.scope_types) {
            let (document, release) = (mine.scope_types.clone(), theirs.scope_types.clone());
            differ(Kind::ScopeTypes { document, release });
        }
        if document.has_details && mine.operations != theirs.operations {
            let (document, release) = (mine.operations.clone(), theirs.operations.clone());
            differ(Kind::Operations { document, release });
        }
    }
    let only_there = registered.iter().filter(|default| !documented.contains_key(default.name.as_str()));
    differences.extend(
        only_there.map(|default| Difference { name: default.name.clone(), kind: Kind::OnlyInRelease }),
    );
    Comparison {
        release: release.to_owned(),
        rules: registered.len(),
        differences,
        same_order: met.is_sorted(),
    }
}

fn sorted(scopes: &[String]) -> Vec<&String> {
    let mut scopes: Vec<_> = scopes.iter().collect();
    scopes.sort();
    scopes
}

/// The releases with the fewest differences, oldest first: one, unless several are equally near.
#[must_use]
pub fn nearest(comparisons: &[Comparison]) -> Vec<&Comparison> {
    let fewest = comparisons.iter().map(|comparison| comparison.differences.len()).min();
    comparisons.iter().filter(|comparison| Some(comparison.differences.len()) == fewest).collect()
}
