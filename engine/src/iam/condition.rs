//! Whether a condition holds for what a request says of itself.

use std::net::IpAddr;

use super::document::Condition;
use super::glob::Glob;
use super::key::KeyFacts;
use super::operator::{Comparison, Operator, Qualifier};
use super::reading::Reading;
use super::switch::{Asker, Switch};
use super::value::{AddressRange, Moment, Number};

/// The value of a condition key in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// The key is there, without a value.
    Null,
    /// One value.
    One(String),
    /// The values of a multivalued key; there may be none.
    Many(Vec<String>),
}

impl ContextValue {
    fn values(&self) -> &[String] {
        match self {
            Self::Null => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// What a request says of itself: condition keys and their values.
///
/// ```
/// use assay_engine::iam::Context;
/// let context = Context::default().with("g:UserName", "alice").with_many("g:TagKeys", ["owner", "team"]);
/// assert_eq!(context.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(Vec<(String, ContextValue)>);

impl Context {
    /// With a key and its value; one that is there already is replaced.
    #[must_use]
    pub fn with_value(mut self, key: &str, value: ContextValue) -> Self {
        self.0.retain(|(known, _)| known != key);
        self.0.push((key.to_owned(), value));
        self
    }

    /// With a key of one value.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Self {
        self.with_value(key, ContextValue::One(value.to_owned()))
    }

    /// With a key of several values.
    #[must_use]
    pub fn with_many<'v>(self, key: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.with_value(key, ContextValue::Many(values.into_iter().map(str::to_owned).collect()))
    }

    /// Keys and values in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    fn get(&self, key: &str, asker: &Asker) -> Option<&ContextValue> {
        if let Some((_, value)) = self.0.iter().find(|(known, _)| known == key) {
            return Some(value);
        }
        let (_, value) = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        asker.ask(Switch::KeyCaseIgnored).then_some(value)
    }
}

/// What a condition is held against.
pub(super) struct Facts<'f> {
    pub(super) context: &'f Context,
    /// What is known of a key.
    pub(super) key: &'f dyn Fn(&str) -> Option<KeyFacts>,
    /// Whether a key is one that the action's request cannot carry.
    pub(super) unlisted: &'f dyn Fn(&str) -> bool,
    pub(super) asker: &'f Asker,
}

impl Facts<'_> {
    /// Whether one key's condition holds: its values are alternatives, and for a negated operator the
    /// request's value must fit none of them.
    pub(super) fn hold<R: Reading>(&self, condition: &Condition) -> bool {
        let mut given = self.context.get(&condition.key, self.asker);
        if given.is_some() && (self.unlisted)(&condition.key) && self.asker.ask(Switch::UnlistedKeyAbsent) {
            given = None;
        }
        let wanted: Vec<&str> = condition.values.iter().map(|value| value.value.as_str()).collect();
        if condition.operator.base.comparison.is_presence() {
            return self.presence(condition.operator.base.comparison, given, &wanted);
        }
        self.value::<R>(&condition.operator, &condition.key, given, &wanted)
    }

    fn presence(&self, comparison: Comparison, given: Option<&ContextValue>, wanted: &[&str]) -> bool {
        let null = match given {
            None | Some(ContextValue::Null) => true,
            Some(ContextValue::Many(values)) if values.is_empty() => self.asker.ask(Switch::EmptySetIsNull),
            Some(_) => false,
        };
        match comparison {
            Comparison::IsNull => null,
            Comparison::IsNotNull => !null,
            Comparison::IsNullOrEmpty => {
                null || given.is_some_and(|given| given.values().iter().all(String::is_empty))
            }
            _ => wanted.contains(&if null != fault!(IamNullReversed) { "true" } else { "false" }),
        }
    }

    fn value<R: Reading>(
        &self,
        operator: &Operator,
        key: &str,
        given: Option<&ContextValue>,
        wanted: &[&str],
    ) -> bool {
        let values = given.map_or(&[][..], ContextValue::values);
        if self.is_missing(operator, values) {
            return self.missing::<R>(operator);
        }
        let suits =
            |facts: KeyFacts| operator.base.comparison.value_type().is_none_or(|t| t == facts.value_type);
        if (self.key)(key).is_some_and(|facts| !suits(facts)) {
            return self.mismatch(operator);
        }
        let fits = |value: &String| self.fits(operator, value, wanted);
        match operator.qualifier {
            Some(Qualifier::ForAllValues) if fault!(IamForAllAsForAny) => values.iter().any(fits),
            Some(Qualifier::ForAllValues) => values.iter().all(fits),
            Some(Qualifier::ForAnyValue) => values.iter().any(fits),
            None if values.len() == 1 => fits(&values[0]),
            None => values.iter().any(fits) && self.asker.ask(Switch::UnqualifiedAny),
        }
    }

    fn is_missing(&self, operator: &Operator, values: &[String]) -> bool {
        let empty_text = || matches!(values, [value] if value.is_empty());
        values.is_empty() || operator.if_exists && empty_text() && self.asker.ask(Switch::EmptyTextIsMissing)
    }

    fn missing<R: Reading>(&self, operator: &Operator) -> bool {
        let exists_first = || match operator.qualifier {
            Some(Qualifier::ForAnyValue) => self.asker.ask(Switch::IfExistsFirst),
            _ => true,
        };
        if operator.if_exists && exists_first() {
            return R::IF_EXISTS_HOLDS_WHEN_MISSING && !fault!(IamIfExistsNeedsKey);
        }
        match operator.qualifier {
            Some(Qualifier::ForAnyValue) => fault!(IamForAnyOfNothing),
            Some(Qualifier::ForAllValues) => {
                self.asker.ask(Switch::ForAllValuesEmpty) && !fault!(IamForAllOfNothingFails)
            }
            None if fault!(IamMissingKeyMatches) && !operator.base.negated => true,
            None => operator.base.negated && self.asker.ask(Switch::MissingNegated),
        }
    }

    /// A value or a key of another type than the operator's: the match fails, the documents say.
    fn mismatch(&self, operator: &Operator) -> bool {
        (operator.base.negated || operator.if_exists) && self.asker.ask(Switch::MismatchHolds)
    }

    fn fits(&self, operator: &Operator, value: &str, wanted: &[&str]) -> bool {
        let mut typed = true;
        let mut any = false;
        let compare = |wanted: &&str| self.compare(operator.base.comparison, value, wanted);
        if fault!(IamConditionValuesConjoin) && !operator.base.negated {
            return wanted.iter().all(|wanted| compare(wanted) == Some(true));
        }
        if fault!(IamNegatedOperatorsMatchAny) && operator.base.negated {
            return wanted.iter().any(|wanted| compare(wanted) == Some(false));
        }
        for wanted in wanted {
            match compare(wanted) {
                Some(fits) => any |= fits,
                None => typed = false,
            }
        }
        if operator.base.negated && !any {
            return typed || self.mismatch(operator);
        }
        any != operator.base.negated
    }

    /// `None` where a value is not of the operator's type.
    fn compare(&self, comparison: Comparison, value: &str, wanted: &str) -> Option<bool> {
        let comparison = match comparison {
            Comparison::DateLess if fault!(IamDatesReversed) => Comparison::DateGreater,
            Comparison::DateGreater if fault!(IamDatesReversed) => Comparison::DateLess,
            Comparison::NumberLess if fault!(IamLessThanTakesEqual) => Comparison::NumberLessEquals,
            Comparison::Match if fault!(IamStringMatchIsPlain) => Comparison::Equals,
            Comparison::EqualsIgnoreCase if fault!(IamIgnoreCaseLost) => Comparison::Equals,
            Comparison::Equals if fault!(IamStringEqualsInAnyCase) => Comparison::EqualsIgnoreCase,
            comparison => comparison,
        };
        match comparison {
            _ if !fault!(IamNumbersCompareAsText) => {}
            Comparison::NumberEquals => return Some(value == wanted),
            Comparison::NumberLess => return Some(value < wanted),
            Comparison::NumberLessEquals => return Some(value <= wanted),
            Comparison::NumberGreater => return Some(value > wanted),
            Comparison::NumberGreaterEquals => return Some(value >= wanted),
            _ => {}
        }
        Some(match comparison {
            Comparison::Equals => value == wanted,
            Comparison::EqualsIgnoreCase => value.to_lowercase() == wanted.to_lowercase(),
            Comparison::Match => Glob::BOTH.matches(wanted, value),
            Comparison::Contains => self.affix(value, wanted, |value, wanted| value.contains(wanted)),
            Comparison::StartWith => self.affix(value, wanted, |value, wanted| value.starts_with(wanted)),
            Comparison::EndWith => self.affix(value, wanted, |value, wanted| value.ends_with(wanted)),
            Comparison::NumberEquals => Number::parse(value)? == Number::parse(wanted)?,
            Comparison::NumberLess => Number::parse(value)? < Number::parse(wanted)?,
            Comparison::NumberLessEquals => Number::parse(value)? <= Number::parse(wanted)?,
            Comparison::NumberGreater => Number::parse(value)? > Number::parse(wanted)?,
            Comparison::NumberGreaterEquals => Number::parse(value)? >= Number::parse(wanted)?,
            Comparison::DateLess => Moment::parse(value)? < Moment::parse(wanted)?,
            Comparison::DateLessEquals => Moment::parse(value)? <= Moment::parse(wanted)?,
            Comparison::DateGreater => Moment::parse(value)? > Moment::parse(wanted)?,
            Comparison::DateGreaterEquals => Moment::parse(value)? >= Moment::parse(wanted)?,
            Comparison::Bool => (truth(value)? == truth(wanted)?) != fault!(IamBoolReversed),
            Comparison::IpAddress => {
                let (address, range) = (value.parse::<IpAddr>().ok()?, AddressRange::parse(wanted)?);
                range.contains(address)
            }
            Comparison::Null | Comparison::IsNull | Comparison::IsNotNull | Comparison::IsNullOrEmpty => {
                false
            }
        })
    }

    /// A comparison of which no document says whether case counts.
    fn affix(&self, value: &str, wanted: &str, compare: fn(&str, &str) -> bool) -> bool {
        compare(value, wanted)
            || compare(&value.to_lowercase(), &wanted.to_lowercase())
                && self.asker.ask(Switch::AffixCaseIgnored)
    }
}

/// `true` or `false`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
