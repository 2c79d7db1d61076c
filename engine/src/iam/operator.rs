//! Condition operators by name: a qualifier, a comparison, `IfExists`.

use std::fmt;

use super::document::Version;

/// What an operator compares, negation apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal texts.
    Equals,
    /// Equal texts but for their case.
    EqualsIgnoreCase,
    /// A pattern with `*` and `?`.
    Match,
    /// The request value contains the condition value.
    Contains,
    /// The request value starts with the condition value.
    StartWith,
    /// The request value ends with the condition value.
    EndWith,
    /// Equal numbers.
    NumberEquals,
    /// The request value is less.
    NumberLess,
    /// The request value is less or equal.
    NumberLessEquals,
    /// The request value is greater.
    NumberGreater,
    /// The request value is greater or equal.
    NumberGreaterEquals,
    /// The request value is earlier.
    DateLess,
    /// The request value is earlier or the same.
    DateLessEquals,
    /// The request value is later.
    DateGreater,
    /// The request value is later or the same.
    DateGreaterEquals,
    /// Equal truth values.
    Bool,
    /// The address lies in the range.
    IpAddress,
    /// Whether the key is missing or null is as the value says.
    Null,
    /// The value is null.
    IsNull,
    /// The value is not null.
    IsNotNull,
    /// The value is null or an empty text.
    IsNullOrEmpty,
}

/// The types of condition keys and of what operators take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A text.
    String,
    /// A decimal number.
    Number,
    /// A moment, ISO 8601.
    Date,
    /// `true` or `false`.
    Bool,
    /// An IP address or a range of them.
    Ip,
}

impl Comparison {
    /// The type of the keys that it suits; `None` where it suits all.
    #[must_use]
    pub const fn value_type(self) -> Option<ValueType> {
        match self {
            Self::Equals
            | Self::EqualsIgnoreCase
            | Self::Match
            | Self::Contains
            | Self::StartWith
            | Self::EndWith => Some(ValueType::String),
            Self::NumberEquals
            | Self::NumberLess
            | Self::NumberLessEquals
            | Self::NumberGreater
            | Self::NumberGreaterEquals => Some(ValueType::Number),
            Self::DateLess | Self::DateLessEquals | Self::DateGreater | Self::DateGreaterEquals => {
                Some(ValueType::Date)
            }
            Self::Bool => Some(ValueType::Bool),
            Self::IpAddress => Some(ValueType::Ip),
            Self::Null | Self::IsNull | Self::IsNotNull | Self::IsNullOrEmpty => None,
        }
    }

    /// Whether it asks for presence and not for a value.
    #[must_use]
    pub const fn is_presence(self) -> bool {
        matches!(self, Self::Null | Self::IsNull | Self::IsNotNull | Self::IsNullOrEmpty)
    }
}

/// Which edition of the operators' table has an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// Both: it may stand in every version.
    Both,
    /// The earlier one, of the 1.1 model only.
    Earlier,
    /// The later one, which 5.0 shares.
    Later,
}

/// An operator of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BaseOperator {
    /// Its documented name.
    pub name: &'static str,
    /// What it compares.
    pub comparison: Comparison,
    /// Whether the request value must fit none of the condition values.
    pub negated: bool,
    /// Where it is documented.
    pub edition: Edition,
}

const fn base(name: &'static str, comparison: Comparison, negated: bool, edition: Edition) -> BaseOperator {
    BaseOperator { name, comparison, negated, edition }
}

/// Every documented operator. The `…AnyOf` forms of the earlier edition take several values, which all
/// operators do in the later one.
pub const OPERATORS: [BaseOperator; 41] = [
    base("StringEquals", Comparison::Equals, false, Edition::Both),
    base("StringNotEquals", Comparison::Equals, true, Edition::Both),
    base("StringEqualsIgnoreCase", Comparison::EqualsIgnoreCase, false, Edition::Both),
    base("StringNotEqualsIgnoreCase", Comparison::EqualsIgnoreCase, true, Edition::Both),
    base("StringMatch", Comparison::Match, false, Edition::Later),
    base("StringNotMatch", Comparison::Match, true, Edition::Later),
    base("StringLike", Comparison::Contains, false, Edition::Earlier),
    base("StringNotLike", Comparison::Contains, true, Edition::Earlier),
    base("StringStartWith", Comparison::StartWith, false, Edition::Earlier),
    base("StringNotStartWith", Comparison::StartWith, true, Edition::Earlier),
    base("StringEndWith", Comparison::EndWith, false, Edition::Earlier),
    base("StringNotEndWith", Comparison::EndWith, true, Edition::Earlier),
    base("StringEqualsAnyOf", Comparison::Equals, false, Edition::Earlier),
    base("StringNotEqualsAnyOf", Comparison::Equals, true, Edition::Earlier),
    base("StringEqualsIgnoreCaseAnyOf", Comparison::EqualsIgnoreCase, false, Edition::Earlier),
    base("StringNotEqualsIgnoreCaseAnyOf", Comparison::EqualsIgnoreCase, true, Edition::Earlier),
    base("StringLikeAnyOf", Comparison::Contains, false, Edition::Earlier),
    base("StringNotLikeAnyOf", Comparison::Contains, true, Edition::Earlier),
    base("StringStartWithAnyOf", Comparison::StartWith, false, Edition::Earlier),
    base("StringNotStartWithAnyOf", Comparison::StartWith, true, Edition::Earlier),
    base("StringEndWithAnyOf", Comparison::EndWith, false, Edition::Earlier),
    base("StringNotEndWithAnyOf", Comparison::EndWith, true, Edition::Earlier),
    base("NumberEquals", Comparison::NumberEquals, false, Edition::Both),
    base("NumberNotEquals", Comparison::NumberEquals, true, Edition::Both),
    base("NumberEqualsAnyOf", Comparison::NumberEquals, false, Edition::Earlier),
    base("NumberNotEqualsAnyOf", Comparison::NumberEquals, true, Edition::Earlier),
    base("NumberLessThan", Comparison::NumberLess, false, Edition::Both),
    base("NumberLessThanEquals", Comparison::NumberLessEquals, false, Edition::Both),
    base("NumberGreaterThan", Comparison::NumberGreater, false, Edition::Both),
    base("NumberGreaterThanEquals", Comparison::NumberGreaterEquals, false, Edition::Both),
    base("DateLessThan", Comparison::DateLess, false, Edition::Both),
    base("DateLessThanEquals", Comparison::DateLessEquals, false, Edition::Both),
    base("DateGreaterThan", Comparison::DateGreater, false, Edition::Both),
    base("DateGreaterThanEquals", Comparison::DateGreaterEquals, false, Edition::Both),
    base("Bool", Comparison::Bool, false, Edition::Both),
    base("IpAddress", Comparison::IpAddress, false, Edition::Earlier),
    base("NotIpAddress", Comparison::IpAddress, true, Edition::Earlier),
    base("Null", Comparison::Null, false, Edition::Later),
    base("IsNull", Comparison::IsNull, false, Edition::Earlier),
    base("IsNotNull", Comparison::IsNotNull, false, Edition::Earlier),
    base("IsNullOrEmpty", Comparison::IsNullOrEmpty, false, Edition::Earlier),
];

/// How an operator takes a key with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

impl Qualifier {
    /// As it is written, with its colon.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues:",
            Self::ForAnyValue => "ForAnyValue:",
        }
    }
}

/// An operator as a condition block has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub qualifier: Option<Qualifier>,
    /// The operator of the tables.
    pub base: BaseOperator,
    /// Whether `IfExists` follows.
    pub if_exists: bool,
}

impl Operator {
    /// The operator of a name; `None` if the tables have none such. Names have their documented case.
    ///
    /// ```
    /// use assay_engine::iam::{Operator, Qualifier};
    /// let operator = Operator::named("ForAnyValue:StringNotEqualsIfExists").unwrap();
    /// assert_eq!(operator.qualifier, Some(Qualifier::ForAnyValue));
    /// assert!(operator.base.negated && operator.if_exists);
    /// assert_eq!(Operator::named("NumericEquals"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let qualifiers = [Qualifier::ForAllValues, Qualifier::ForAnyValue];
        let found = qualifiers
            .into_iter()
            .find_map(|qualifier| Some((qualifier, name.strip_prefix(qualifier.prefix())?)));
        let (qualifier, rest) = found.map_or((None, name), |(qualifier, rest)| (Some(qualifier), rest));
        let base = |name: &str| OPERATORS.into_iter().find(|operator| operator.name == name);
        if let Some(base) = base(rest) {
            return Some(Self { qualifier, base, if_exists: false });
        }
        base(rest.strip_suffix("IfExists")?).map(|base| Self { qualifier, base, if_exists: true })
    }

    /// Whether a document of this version may use it; `earlier` is whether 5.0 has the operators of the
    /// earlier edition.
    #[must_use]
    pub fn exists_in(&self, version: Version, earlier: bool) -> bool {
        version != Version::V5_0 || self.base.edition != Edition::Earlier || earlier
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.qualifier.map_or("", Qualifier::prefix))?;
        f.write_str(self.base.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}
