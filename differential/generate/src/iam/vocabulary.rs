//! The words of generated documents and requests: few, so that patterns and requests meet.

use assay_engine::iam::ValueType;

/// An action that both models have, so that either kind of policy may name it.
pub(super) struct Action {
    pub(super) name: &'static str,
    /// URNs that it may be asked on; none for an action without resources.
    pub(super) urns: &'static [&'static str],
    /// Whether documents of 1.1 know it.
    pub(super) v1: bool,
}

const IMAGES: &[&str] = &[
    "ims:r1:000000000001:image:i1",
    "ims:r1:000000000001:image:i2",
    "ims:r1:000000000002:image:i1",
    "ims:r2:000000000001:image:i1",
    "ims:r2:000000000002:image:a:i1",
];
const OBJECTS: &[&str] = &[
    "obs:r1:000000000001:object:my-bucket/my-object/a",
    "obs:r1:000000000002:object:my-bucket/b",
    "obs:r2:000000000001:bucket:my-bucket",
];

const fn action(name: &'static str, urns: &'static [&'static str], v1: bool) -> Action {
    Action { name, urns, v1 }
}

pub(super) static ACTIONS: [Action; 14] = [
    action("ims:images:list", &[], true),
    action("ims:images:get", IMAGES, true),
    action("ims:images:share", IMAGES, true),
    action("ims:images:export", IMAGES, true),
    action("ims:images:create", &[], true),
    action("ims:quotas:get", &[], true),
    action("ims:serverImages:create", &[], true),
    action("ims:images:copyInRegion", IMAGES, false),
    action("ims:images:deleteImage", IMAGES, false),
    action("ims:images:getTags", &[], false),
    action("obs:object:GetObject", OBJECTS, true),
    action("obs:bucket:ListBucket", OBJECTS, true),
    action("ecs:servers:list", OBJECTS, true),
    action("ecs:cloudServers:get", OBJECTS, true),
];

/// A key of conditions.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) value_type: ValueType,
    pub(super) multivalued: bool,
    /// The action whose requests alone carry it.
    pub(super) only: Option<&'static str>,
    pub(super) values: &'static [&'static str],
    /// Values with a fraction or a sign, of numbers.
    pub(super) decimals: &'static [&'static str],
}

const fn key(name: &'static str, value_type: ValueType, values: &'static [&'static str]) -> Key {
    Key { name, value_type, multivalued: false, only: None, values, decimals: &[] }
}

const NAMES: &[&str] = &["alice", "Alice", "bob", "TestUser-1", "", "test"];
const TAGS: &[&str] = &["owner", "team", "Team", "cost"];
const PATHS: &[&str] = &["o-1/r-1/ou-1/", "o-1/r-1/", "o-2/r-1/"];
const TIMES: &[&str] =
    &["2022-07-31T16:00:00Z", "2022-08-01T00:00:00Z", "2022-08-01T00:00:00+08:00", "2024-02-29T23:59:59Z"];
const TRUTH: &[&str] = &["true", "false"];

pub(super) const KEYS: [Key; 11] = [
    key("g:UserName", ValueType::String, NAMES),
    key("g:RequestTag/owner", ValueType::String, NAMES),
    key("g:EnterpriseProjectId", ValueType::String, NAMES),
    key("g:SourceVpc", ValueType::String, NAMES),
    Key {
        decimals: &["9.5", "-1", "10.0", "0.25"],
        ..key("g:MFAAge", ValueType::Number, &["0", "9", "10", "010", "300"])
    },
    key("g:CurrentTime", ValueType::Date, TIMES),
    key("g:MFAPresent", ValueType::Bool, TRUTH),
    Key { only: Some("ims:images:copyInRegion"), ..key("ims:Encrypted", ValueType::Bool, TRUTH) },
    key("g:SourceIp", ValueType::Ip, &["10.1.2.3", "10.1.2.4", "192.168.0.1", "2001:db8::1"]),
    Key { multivalued: true, ..key("g:TagKeys", ValueType::String, TAGS) },
    Key {
        multivalued: true,
        only: Some("ims:images:share"),
        ..key("ims:TargetOrgPaths", ValueType::String, PATHS)
    },
];

/// What conditions hold addresses against.
pub(super) const RANGES: &[&str] =
    &["10.1.0.0/16", "10.1.2.3", "192.168.0.0/24", "2001:db8::/32", "0.0.0.0/0"];

/// Patterns of texts, for whoever reads `*`.
pub(super) const GLOBS: &[&str] = &["a*", "*e", "*", "Test*-1", "o-1/*", "o-1/r-1/*", "t*m", "alice"];
/// Patterns with `?`.
pub(super) const QUESTIONS: &[&str] = &["?lice", "bo?", "te?m", "o-?/r-1/"];
