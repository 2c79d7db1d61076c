//! The words that rules and contexts share: few, so that they meet.

use assay_engine::oslo::python::Value;
use proptest::prelude::*;
use proptest::sample::select;

/// Role names, some of them equal but for case.
pub(crate) const ROLES: [&str; 7] = ["admin", "Admin", "member", "reader", "MEMBER", "service", "a%b"];

/// Kinds that lead into creds; each segment is a name.
pub(crate) const PATHS: [&str; 16] = [
    "user_id",
    "project_id",
    "domain_id",
    "is_admin",
    "is_admin_project",
    "system",
    "system_scope",
    "group",
    "groups",
    "user.id",
    "user.domain.id",
    "token.project.domain.id",
    "groups.name",
    "roles",
    "Role",
    "missing.path",
];

/// Kinds that name no place in creds and are no literal either: Python refuses most of them.
pub(crate) const ODD_KINDS: [&str; 14] = [
    "", ".", "user.", ".user", "user..id", "class", "is", "lambda", "user.if", "True.x", "a.None", "_",
    "print", "match",
];

/// Kinds that are Python literals, or nearly.
pub(crate) const LITERALS: [&str; 16] = [
    "True",
    "False",
    "None",
    "0",
    "1",
    "7",
    "-1",
    "+1",
    "00",
    "007",
    "'public'",
    "\"public\"",
    "'shared'",
    "''",
    "'True'",
    "'1'",
];

/// Keys of targets.
pub(crate) const TARGET_KEYS: [&str; 9] = [
    "project_id",
    "user_id",
    "owner",
    "member_id",
    "visibility",
    "n",
    "target.project.id",
    "network:project_id",
    "x(y)",
];

/// The one key whose values may lie outside ASCII. Nothing formats it but generic checks: lowering
/// and quoting such text takes Python's Unicode tables.
pub(crate) const WIDE_KEY: &str = "label";

/// Texts of values.
pub(crate) const TEXTS: [&str; 15] = [
    "p1", "p2", "u1", "public", "shared", "private", "", "True", "None", "1", "7", "nobody", "all", "admin",
    "a:b",
];

/// A text from the vocabulary.
pub(crate) fn text() -> impl Strategy<Value = &'static str> {
    select(&TEXTS)
}

/// A single value, the kind that creds and targets mostly hold.
pub(crate) fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        10 => text().prop_map(Value::from),
        2 => Just(Value::None),
        2 => any::<bool>().prop_map(Value::Bool),
        2 => select(vec![0_i64, 1, 7, -1, 4096]).prop_map(Value::from),
        1 => any::<i128>().prop_map(|value| Value::Int(value.into())),
        1 => select(vec![0.0, -0.0, 1.0, 7.5, 1e16, 1e-5, f64::INFINITY, f64::NAN]).prop_map(Value::Float),
        1 => any::<f64>().prop_map(|value| Value::Float(if value.is_nan() { f64::NAN } else { value })),
    ]
}

/// Any value that Python can write out the same way every time.
pub(crate) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        12 => scalar(),
        1 => proptest::collection::vec(any::<u8>(), 0..3).prop_map(Value::Bytes),
        1 => "[ -~]{0,4}".prop_map(Value::from),
        1 => "[\\x00-\\x7f]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        use proptest::collection::vec;
        let key = select(vec!["id", "name", "domain", "project", "path"]);
        prop_oneof![
            3 => vec(inner.clone(), 0..3).prop_map(Value::List),
            1 => vec(inner.clone(), 0..3).prop_map(Value::Tuple),
            // One element at most: the order of more is Python's own.
            1 => vec(scalar(), 0..2).prop_map(Value::Set),
            3 => vec((key, inner), 0..3).prop_map(Value::dict),
        ]
    })
    .boxed()
}

/// Values of [`WIDE_KEY`].
pub(crate) fn wide() -> impl Strategy<Value = Value> {
    select(vec!["é", "e\u{301}", "public", "ß", "日本", "😀"]).prop_map(Value::from)
}
