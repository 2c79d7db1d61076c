//! What an independent engine knows of the language.

use assay_engine::iam::{Comparison, OPERATORS, Operator, Qualifier};

/// What may be drawn. Each flag is a part of the language; without it the part is not drawn.
///
/// Some parts are drawn for nobody, because the documents leave them open or no other engine has them: values
/// that are not of their key's type, several values without a qualifier, keys that a request's action does
/// not list, names of keys and actions in another case than the tables', calls of APIs, roles.
#[derive(Clone, Debug, PartialEq)]
pub struct Capability {
    /// Its name, which is part of the seed.
    pub name: &'static str,
    /// SCPs from the root to the account, and callers that they do not bound.
    pub organization: bool,
    /// The account itself as the caller.
    pub root_user: bool,
    /// `?` as a wildcard.
    pub question_mark: bool,
    /// Wildcards in a URN's type.
    pub type_wildcards: bool,
    /// Numbers with a fraction, or below zero.
    pub decimals: bool,
    /// `Null` with both of its values, which holds always.
    pub null_of_both: bool,
    /// The operators.
    pub operators: Vec<Operator>,
}

impl Capability {
    /// All that is drawn at all.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            name: "everything",
            organization: true,
            root_user: true,
            question_mark: true,
            type_wildcards: true,
            decimals: true,
            null_of_both: true,
            operators: operators(),
        }
    }

    /// What both know, by a name of its own.
    #[must_use]
    pub fn meet(&self, other: &Self, name: &'static str) -> Self {
        let operators = self.operators.iter().filter(|operator| other.operators.contains(operator));
        Self {
            name,
            organization: self.organization && other.organization,
            root_user: self.root_user && other.root_user,
            question_mark: self.question_mark && other.question_mark,
            type_wildcards: self.type_wildcards && other.type_wildcards,
            decimals: self.decimals && other.decimals,
            null_of_both: self.null_of_both && other.null_of_both,
            operators: operators.copied().collect(),
        }
    }
}

/// Every operator with every prefix and suffix that it may have; of numbers, dates, truth values and addresses
/// no key has several values, so they have no qualifier.
fn operators() -> Vec<Operator> {
    let mut all = Vec::new();
    for base in OPERATORS {
        let text = matches!(
            base.comparison,
            Comparison::Equals
                | Comparison::EqualsIgnoreCase
                | Comparison::Match
                | Comparison::Contains
                | Comparison::StartWith
                | Comparison::EndWith
        );
        let qualifiers = [None, Some(Qualifier::ForAllValues), Some(Qualifier::ForAnyValue)];
        for qualifier in qualifiers.into_iter().take(if text { 3 } else { 1 }) {
            for if_exists in [false, true] {
                if !(if_exists && base.comparison.is_presence()) {
                    all.push(Operator { qualifier, base, if_exists });
                }
            }
        }
    }
    all
}
