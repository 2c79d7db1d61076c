//! The words that rules and contexts share: few, so that they meet.

use assay_engine::oslo::python::{PyStr, Value};

use crate::draw::Draw;

/// Role names, some of them equal but for case: in Python's sense, which is that of Unicode.
pub(crate) const ROLES: [&str; 14] = [
    "admin", "Admin", "member", "reader", "MEMBER", "service", "a%b", "ß", "ẞ", "ΑΣ", "ας", "İ", "K",
    "\u{212a}",
];

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
pub(crate) const LITERALS: [&str; 17] = [
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
    "'é'",
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

/// Texts of values.
pub(crate) const TEXTS: [&str; 19] = [
    "p1",
    "p2",
    "u1",
    "public",
    "shared",
    "private",
    "",
    "True",
    "None",
    "1",
    "7",
    "nobody",
    "all",
    "admin",
    "a:b",
    "é",
    "e\u{301}",
    "日本",
    "\u{200b}😀",
];

/// One of some words, as a key. Words are fixed, and drawn by the million: none is copied.
pub(crate) fn key(draw: &mut Draw, words: &[&'static str]) -> PyStr {
    PyStr::from_static(draw.word(words))
}

/// One of some words, as a value.
pub(crate) fn word(draw: &mut Draw, words: &[&'static str]) -> Value {
    fixed(draw.word(words))
}

/// A word as a value.
pub(crate) const fn fixed(word: &'static str) -> Value {
    Value::Str(PyStr::from_static(word))
}

/// A single value, the kind that creds and targets mostly hold.
pub(crate) fn scalar(draw: &mut Draw) -> Value {
    const FLOATS: [f64; 8] = [0.0, -0.0, 1.0, 7.5, 1e16, 1e-5, f64::INFINITY, f64::NAN];
    match draw.below(19) {
        0..9 => word(draw, &TEXTS),
        // A lone surrogate, which JSON can say and UTF-8 cannot.
        9 => {
            Value::Str(PyStr::from_code_points(vec![0x61, 0xd800 + u32::from(draw.bits().to_le_bytes()[0])]))
        }
        10 | 11 => Value::None,
        12 | 13 => Value::from(draw.chance(500)),
        14 | 15 => Value::from(*draw.pick(&[0_i64, 1, 7, -1, 4096])),
        16 => Value::Int((i128::from(draw.bits()) << draw.below(60)).into()),
        17 => Value::Float(*draw.pick(&FLOATS)),
        _ => {
            let value = f64::from_bits(draw.bits());
            Value::Float(if value.is_nan() { f64::NAN } else { value })
        }
    }
}

/// Any value that Python can write out the same way every time.
pub(crate) fn value(draw: &mut Draw) -> Value {
    nested(draw, 3)
}

fn nested(draw: &mut Draw, depth: usize) -> Value {
    const KEYS: [&str; 5] = ["id", "name", "domain", "project", "path"];
    // The cases from 10 on hold values themselves.
    match draw.below(if depth == 0 { 10 } else { 18 }) {
        0..7 => scalar(draw),
        7 => Value::Bytes(draw.several(3, |draw| draw.bits().to_le_bytes()[0])),
        8 => Value::from(
            draw.several(5, |draw| char::from(b' ' + draw.bits().to_le_bytes()[0] % 95))
                .into_iter()
                .collect::<String>(),
        ),
        9 => Value::from(
            draw.several(4, |draw| char::from(draw.bits().to_le_bytes()[0] & 0x7f))
                .into_iter()
                .collect::<String>(),
        ),
        10..13 => Value::List(draw.several(3, |draw| nested(draw, depth - 1))),
        13 => Value::Tuple(draw.several(3, |draw| nested(draw, depth - 1))),
        // One element at most: the order of more is Python's own.
        14 => Value::Set(draw.several(2, scalar)),
        _ => Value::dict(draw.several(3, |draw| (key(draw, &KEYS), nested(draw, depth - 1)))),
    }
}
