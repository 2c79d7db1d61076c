//! What can be wrong with a document.

use std::fmt;

use thiserror::Error;

use super::json::{Fault, Places, Position, Span};

/// A documented rule or limit that a document breaks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Violation {
    /// The text is no JSON document.
    #[error("not a JSON document: {0}")]
    NotJson(Fault),
    /// An element is there twice, as in "multiple Statement elements".
    #[error("the element {0:?} is there twice")]
    DuplicateElement(String),
    /// More than one JSON object.
    #[error("a document is exactly one JSON object")]
    SeveralObjects,
    /// The policy is no JSON object (`IAM.1020`).
    #[error("the policy must be a JSON object")]
    NotAnObject,
    /// An element that documents have not (`IAM.1059`).
    #[error("invalid key {0:?}")]
    InvalidKey(String),
    /// An element that other kinds of documents have.
    #[error("{element} is not supported in {place}")]
    UnsupportedElement {
        /// The element.
        element: String,
        /// What has it not.
        place: &'static str,
    },
    /// An element that must be there is not.
    #[error("{0} is missing")]
    MissingElement(&'static str),
    /// The version is none, or none for this use (`IAM.1024`, `IAM.1026`).
    #[error("the version must be {0}")]
    Version(&'static str),
    /// A value must be a text (`IAM.1060`).
    #[error("the value of {0} must be a string")]
    NotAString(String),
    /// `Statement` is no array (`IAM.1027`).
    #[error("Statement must be an array of objects")]
    StatementNotArray,
    /// `Effect` is something else (`IAM.1029`).
    #[error("Effect must be Allow or Deny")]
    Effect,
    /// `Action` or `NotAction` is no array (`IAM.1030`).
    #[error("{0} must be an array")]
    ActionNotArray(&'static str),
    /// Both `Action` and `NotAction` (`IAM.1031`).
    #[error("Action and NotAction cannot both be set")]
    ActionAndNotAction,
    /// `NotAction` in a statement that allows (`IAM.1032`).
    #[error("NotAction cannot allow")]
    NotActionAllows,
    /// `Resource` is no array (`IAM.1049`).
    #[error("Resource must be an array")]
    ResourceNotArray,
    /// The condition block, or an operator's keys, are no object (`IAM.1051`: an operator without any).
    #[error("{0} must be an object")]
    ConditionNotObject(String),
    /// A key's values are no array (`IAM.1053`).
    #[error("the values of {0} must be an array of strings")]
    ValuesNotArray(String),
    /// `Depends` is something else.
    #[error("Depends must be an array of objects with catalog and display_name")]
    DependsForm,
    /// Longer than a document may be (`IAM.1021`).
    #[error("{length} characters are more than {limit}")]
    TooLong {
        /// How many it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// No statements, or too many (`IAM.1028`).
    #[error("the number of statements, {0}, is not allowed")]
    StatementCount(usize),
    /// No actions, or too many (`IAM.1033`).
    #[error("the number of actions, {0}, is not allowed")]
    ActionCount(usize),
    /// An action is too long (`IAM.1034`).
    #[error("an action of {0} characters is too long")]
    ActionLength(usize),
    /// An action with characters that none has (`IAM.1035`).
    #[error("the action {0:?} contains invalid characters")]
    ActionCharacters(String),
    /// An action that its service has not (`IAM.1036`).
    #[error("the action {0:?} has not been registered")]
    ActionUnknown(String),
    /// Not `service:type:operation`.
    #[error("the action {0:?} is not service:type:operation")]
    ActionForm(String),
    /// In version 5.0 a wildcard stands alone or at the end of a segment.
    #[error("a wildcard of {0:?} is neither alone nor at the end")]
    WildcardPlace(String),
    /// In version 5.0 the service is a word.
    #[error("a wildcard in the service of {0:?}")]
    WildcardService(String),
    /// No resources, or too many (`IAM.1040`).
    #[error("the number of resources, {0}, is not allowed")]
    ResourceCount(usize),
    /// A resource is empty or has blanks (`IAM.1041`).
    #[error("a resource cannot be empty or contain spaces")]
    ResourceBlank,
    /// A resource is too long (`IAM.1042`).
    #[error("a resource of {0} characters is too long")]
    ResourceLength(usize),
    /// The region is empty (`IAM.1043`).
    #[error("a region must be specified")]
    RegionMissing,
    /// Neither `*` nor five segments (`IAM.1047`).
    #[error("the resource {0:?} is not service:region:account:type:path")]
    ResourceForm(String),
    /// A wildcard stands for the service of a resource (`IAM.1045`).
    #[error("the service of the resource {0:?} is not a service's name")]
    ResourceService(String),
    /// Another type than the statement's actions have (`IAM.1046`).
    #[error("the resource {0:?} is of no type that the statement's actions are for")]
    ResourceType(String),
    /// A URN for an action without resources.
    #[error("the action {0:?} has no resources: only * can be given")]
    ResourceOnPlainAction(String),
    /// A service that is not known to support resources in version 1.1.
    #[error("the service of {0:?} does not support resources")]
    ResourceUnsupported(String),
    /// A role with a condition (`IAM.1039`).
    #[error("old policies do not support conditions")]
    ConditionInRole,
    /// A policy with dependencies (`IAM.1025`).
    #[error("fine-grained policies do not need depends")]
    DependsInPolicy,
    /// Too many dependencies (`IAM.1058`).
    #[error("the number of depends, {0}, is not allowed")]
    DependsCount(usize),
    /// No operators, or too many (`IAM.1050`).
    #[error("the number of conditions, {0}, is not allowed")]
    ConditionCount(usize),
    /// An operator that the tables have not.
    #[error("there is no operator {0:?}")]
    UnknownOperator(String),
    /// A key that is not `g:NAME` or `SERVICE:NAME` (`IAM.1052`).
    #[error("the condition key {0:?} is not service:name")]
    KeyForm(String),
    /// No keys, or too many (`IAM.1054`).
    #[error("the number of keys, {count}, for operator {operator} is not allowed")]
    KeyCount {
        /// How many there are.
        count: usize,
        /// The operator.
        operator: String,
    },
    /// An operator of another type than the key (`IAM.1055`).
    #[error("the key {key:?} does not match operator {operator}")]
    OperatorMismatch {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
    },
    /// No values, or too many characters of them (`IAM.1056`).
    #[error("the length {length} of key {key:?} is not allowed")]
    ValueLength {
        /// How many characters the values have.
        length: usize,
        /// The key.
        key: String,
    },
    /// A value that is not of its operator's type (`IAM.1057`).
    #[error("{value:?} is no value for operator {operator}")]
    Value {
        /// The value.
        value: String,
        /// The operator.
        operator: String,
    },
    /// `IfExists` behind `Null`.
    #[error("IfExists cannot follow {0}")]
    IfExistsOnPresence(String),
    /// A qualifier before `Null`.
    #[error("{0} takes no qualifier")]
    QualifierOnPresence(String),
    /// A multivalued key without a qualifier.
    #[error("the key {0:?} has several values: ForAllValues or ForAnyValue is needed")]
    MissingQualifier(String),
    /// An SCP of one's own that allows, where only Deny may be.
    #[error("an SCP can only deny")]
    ScpAllows,
    /// An SCP's Allow with a condition.
    #[error("an SCP that allows has no Condition")]
    ConditionOnAllow,
    /// An SCP's Allow with a URN.
    #[error("an SCP that allows is for all resources")]
    ResourceOnAllow,
    /// Actions of global and of project-level services in one policy.
    #[error("{0:?} is of a global service, others of this policy are not")]
    MixedScopes(String),
}

impl Violation {
    /// Its name in case files and reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "not-json",
            Self::DuplicateElement(_) => "duplicate-element",
            Self::SeveralObjects => "several-objects",
            Self::NotAnObject => "not-an-object",
            Self::InvalidKey(_) => "invalid-key",
            Self::UnsupportedElement { .. } => "unsupported-element",
            Self::MissingElement(_) => "missing-element",
            Self::Version(_) => "version",
            Self::NotAString(_) => "not-a-string",
            Self::StatementNotArray => "statement-not-array",
            Self::Effect => "effect",
            Self::ActionNotArray(_) => "action-not-array",
            Self::ActionAndNotAction => "action-and-not-action",
            Self::NotActionAllows => "not-action-allows",
            Self::ResourceNotArray => "resource-not-array",
            Self::ConditionNotObject(_) => "condition-not-object",
            Self::ValuesNotArray(_) => "values-not-array",
            Self::DependsForm => "depends-form",
            Self::TooLong { .. } => "too-long",
            Self::StatementCount(_) => "statement-count",
            Self::ActionCount(_) => "action-count",
            Self::ActionLength(_) => "action-length",
            Self::ActionCharacters(_) => "action-characters",
            Self::ActionUnknown(_) => "action-unknown",
            Self::ActionForm(_) => "action-form",
            Self::WildcardPlace(_) => "wildcard-place",
            Self::WildcardService(_) => "wildcard-service",
            Self::ResourceCount(_) => "resource-count",
            Self::ResourceBlank => "resource-blank",
            Self::ResourceLength(_) => "resource-length",
            Self::RegionMissing => "region-missing",
            Self::ResourceForm(_) => "resource-form",
            Self::ResourceService(_) => "resource-service",
            Self::ResourceType(_) => "resource-type",
            Self::ResourceOnPlainAction(_) => "resource-on-plain-action",
            Self::ResourceUnsupported(_) => "resource-unsupported",
            Self::ConditionInRole => "condition-in-role",
            Self::DependsInPolicy => "depends-in-policy",
            Self::DependsCount(_) => "depends-count",
            Self::ConditionCount(_) => "condition-count",
            Self::UnknownOperator(_) => "unknown-operator",
            Self::KeyForm(_) => "key-form",
            Self::KeyCount { .. } => "key-count",
            Self::OperatorMismatch { .. } => "operator-mismatch",
            Self::ValueLength { .. } => "value-length",
            Self::Value { .. } => "value",
            Self::IfExistsOnPresence(_) => "if-exists-on-presence",
            Self::QualifierOnPresence(_) => "qualifier-on-presence",
            Self::MissingQualifier(_) => "missing-qualifier",
            Self::ScpAllows => "scp-allows",
            Self::ConditionOnAllow => "condition-on-allow",
            Self::ResourceOnAllow => "resource-on-allow",
            Self::MixedScopes(_) => "mixed-scopes",
        }
    }
}

/// A [`Violation`] and its place: the offending member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub violation: Violation,
    /// Where, in bytes.
    pub span: Span,
    /// Where it begins, as people count.
    pub position: Position,
}

impl Problem {
    /// Problems with their places in a text, from first to last.
    pub(super) fn place(text: &str, mut found: Vec<(Violation, Span)>) -> Vec<Self> {
        found.sort_by_key(|(_, span)| (span.start, span.end));
        let mut places = Places::new(text);
        let place = |(violation, span): (Violation, Span)| {
            let position = places.next(span.start);
            Self { violation, span, position }
        };
        found.into_iter().map(place).collect()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.violation)
    }
}
