//! Condition keys that every service shares, and what is known of a key.

use super::operator::ValueType;

/// What is known of a condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFacts {
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether a request can give it several values.
    pub multivalued: bool,
}

/// The documented global keys, without those of which only the name is known. A name that ends in `/` is
/// followed by a tag's key.
const GLOBAL: [(&str, ValueType, bool); 20] = [
    ("g:CurrentTime", ValueType::Date, false),
    ("g:DomainName", ValueType::String, false),
    ("g:EnterpriseProjectId", ValueType::String, false),
    ("g:MFAAge", ValueType::Number, false),
    ("g:MFAPresent", ValueType::Bool, false),
    ("g:PrincipalAccount", ValueType::String, false),
    ("g:PrincipalIsRootUser", ValueType::Bool, false),
    ("g:PrincipalTag/", ValueType::String, false),
    ("g:PrincipalUrn", ValueType::String, false),
    ("g:ProjectName", ValueType::String, false),
    ("g:RequestTag/", ValueType::String, false),
    ("g:RequestedRegion", ValueType::String, false),
    ("g:ResourceTag/", ValueType::String, false),
    ("g:ServiceName", ValueType::String, false),
    ("g:SourceIp", ValueType::Ip, false),
    ("g:SourceVpc", ValueType::String, false),
    ("g:SourceVpce", ValueType::String, false),
    ("g:TagKeys", ValueType::String, true),
    ("g:UserId", ValueType::String, false),
    ("g:UserName", ValueType::String, false),
];

/// What is known of a global key.
///
/// ```
/// use assay_engine::iam::key::global;
/// assert!(global("g:TagKeys").unwrap().multivalued);
/// assert!(!global("g:RequestTag/owner").unwrap().multivalued);
/// assert_eq!(global("g:RequestTag/"), None);
/// ```
#[must_use]
pub fn global(key: &str) -> Option<KeyFacts> {
    let is = |name: &str| match name.strip_suffix('/') {
        None => key == name,
        Some(_) => key.strip_prefix(name).is_some_and(|tag| !tag.is_empty()),
    };
    let found = GLOBAL.iter().find(|(name, ..)| is(name));
    found.map(|&(_, value_type, multivalued)| KeyFacts { value_type, multivalued })
}
