//! Rules: texts of the policy language, mostly well-formed, and legacy lists.

use assay_case::World;
use assay_engine::oslo::python::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::vocabulary::{LITERALS, ODD_KINDS, PATHS, ROLES, TARGET_KEYS, TEXTS};

/// Names of generated rules; rule `i` mostly refers to rules before it.
const NAMES: [&str; 9] = ["base", "admin", "owner", "shared", "get", "get:all", "list", "update", "default"];

/// How references between rules are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum References {
    /// To earlier rules only: no cycle.
    Earlier,
    /// To any rule, itself included. One decision that walks a cycle takes upstream some hundred
    /// times as long as an ordinary one, so few worlds may hold one.
    Any,
    /// Twice to the rule before: the work doubles with each rule, and so these stay short.
    Doubled,
}

/// Rules, and perhaps the name of the default rule.
pub(crate) fn world() -> BoxedStrategy<World> {
    let references = prop_oneof![
        1000 => Just(References::Earlier),
        4 => Just(References::Any),
        40 => Just(References::Doubled),
    ];
    let count = prop_oneof![1 => Just(0), 40 => 1..NAMES.len()];
    let default_rule = prop_oneof![
        12 => Just(None),
        1 => Just(Some("")),
        2 => select(&NAMES).prop_map(Some),
        1 => Just(Some("undefined")),
    ];
    let drawn = (references, count, any::<prop::sample::Index>(), default_rule);
    drawn
        .prop_flat_map(|(references, count, first, default_rule)| {
            // Another name comes first each time, so that `default` is not always the last of many.
            let names: Vec<&'static str> =
                (0..count).map(|offset| NAMES[(first.index(NAMES.len()) + offset) % NAMES.len()]).collect();
            let default = default_rule.filter(|name| !name.is_empty()).unwrap_or("default");
            let fallback = names.iter().position(|&name| name == default);
            let values: Vec<_> =
                (0..count).map(|index| rule_value(&referable(references, &names, fallback, index))).collect();
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            let default_rule = default_rule.map(str::to_owned);
            values.prop_map(move |values| World {
                default_rule: default_rule.clone(),
                ..World::of_rules(names.iter().cloned().zip(values))
            })
        })
        .boxed()
}

/// What rule `index` may refer to; `fallback` is the rule that answers for undefined names.
fn referable(
    references: References,
    names: &[&'static str],
    fallback: Option<usize>,
    index: usize,
) -> Vec<&'static str> {
    let mut referable = match references {
        References::Earlier => names[..index].repeat(4),
        References::Any => names.repeat(4),
        References::Doubled => names[..index].iter().rev().take(1).copied().collect(),
    };
    // An undefined name leads to the default rule, and from there back if that one comes later.
    if references == References::Any || fallback.is_none_or(|fallback| fallback < index) {
        referable.extend(["undefined", ""]);
    }
    referable
}

/// The value of one rule.
fn rule_value(referable: &[&'static str]) -> BoxedStrategy<Value> {
    prop_oneof![
        120 => expression(referable).prop_map(Value::from),
        10 => garbage().prop_map(Value::from),
        10 => list_rule(referable),
        8 => select(vec!["", " ", "\t", "@", "!", "()", "not"]).prop_map(Value::from),
        // Falsy values allow; the others end the load with a TypeError.
        3 => select(vec![Value::None, Value::from(false), Value::from(0), Value::list([])]),
        1 => select(vec![Value::from(true), Value::from(5), Value::list([Value::from(1.5)])]),
    ]
    .boxed()
}

/// A well-formed text. Precedence is left to the parser half of the time, to parentheses else.
pub(crate) fn expression(referable: &[&'static str]) -> BoxedStrategy<String> {
    let leaf = check(referable);
    leaf.prop_recursive(4, 12, 4, |inner| {
        let operands = || vec((inner.clone(), joint()), 2..5);
        prop_oneof![
            5 => operands().prop_map(|operands| join(&operands)),
            4 => (operands(), any::<bool>()).prop_map(|(operands, roomy)| parenthesise(&join(&operands), roomy)),
            3 => (negation(), inner.clone()).prop_map(|(not, operand)| not.to_owned() + &operand),
            1 => (inner.clone(), any::<bool>()).prop_map(|(inner, roomy)| parenthesise(&inner, roomy)),
        ]
    })
    .boxed()
}

/// `a` op `b` op `c`; the operator behind the last operand is dropped.
fn join(operands: &[(String, &'static str)]) -> String {
    let mut text = String::new();
    for (index, (operand, operator)) in operands.iter().enumerate() {
        text.push_str(operand);
        if index + 1 < operands.len() {
            text.push_str(operator);
        }
    }
    text
}

fn parenthesise(text: &str, roomy: bool) -> String {
    if roomy { format!("( {text} )") } else { format!("({text})") }
}

fn joint() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        10 => select(vec![" and ", " or "]),
        2 => select(vec![" AND ", " Or ", "  and\t", "\nor ", "\u{a0}and\u{3000}", "\u{1f}or\x0b"]),
    ]
}

fn negation() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just("not "), 1 => select(vec!["NOT ", "not\u{2028}"])]
}

/// One `kind:match`, `@` or `!`.
fn check(referable: &[&'static str]) -> BoxedStrategy<String> {
    // Without anything to refer to there are no references.
    let (share, names) = if referable.is_empty() { (0, vec![""]) } else { (8, referable.to_vec()) };
    prop_oneof![
        2 => select(vec!["@", "!"]).prop_map(str::to_owned),
        6 => role_match().prop_map(|text| format!("role:{text}")),
        share => select(names).prop_map(|name| format!("rule:{name}")),
        12 => (select(&PATHS), generic_match()).prop_map(|(kind, text)| format!("{kind}:{text}")),
        5 => (select(&LITERALS), generic_match()).prop_map(|(kind, text)| format!("{kind}:{text}")),
        1 => (select(&ODD_KINDS), generic_match()).prop_map(|(kind, text)| format!("{kind}:{text}")),
    ]
    .boxed()
}

fn role_match() -> BoxedStrategy<String> {
    prop_oneof![
        8 => select(&ROLES).prop_map(|role| role.replace('%', "%%")),
        2 => select(&TARGET_KEYS).prop_map(|key| format!("%({key})s")),
        1 => select(vec!["", "a%", "x%(n)sy", "%(missing)s"]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn generic_match() -> BoxedStrategy<String> {
    prop_oneof![
        12 => select(&TARGET_KEYS).prop_map(|key| format!("%({key})s")),
        6 => select(&TEXTS).prop_map(str::to_owned),
        3 => directive(),
        1 => (select(&TARGET_KEYS), select(&TARGET_KEYS)).prop_map(|(a, b)| format!("%({a})s-%({b})s")),
        1 => select(vec!["100%%", "%%(n)s", "100%", "%(n", "%(n)s%", "%(missing)s", "%(missing)s%", "a%%b:%(n)s"])
            .prop_map(str::to_owned),
    ]
    .boxed()
}

/// Any directive of Python's printf language, and a few that it refuses.
fn directive() -> BoxedStrategy<String> {
    let key =
        prop_oneof![4 => select(&TARGET_KEYS).prop_map(|key| format!("({key})")), 1 => Just(String::new())];
    let flags = select(vec!["", "", "", "0", "-", "+", "#", "+0", "-#"]);
    let width = select(vec!["", "", "1", "5", "12", "*"]);
    let precision = select(vec!["", "", ".", ".0", ".2", ".12", ".*"]);
    let length = select(vec!["", "", "", "l", "h", "L"]);
    let conversion = select("diouxXeEfFgGcrsa%bq".chars().collect::<Vec<_>>());
    (key, flags, width, precision, length, conversion)
        .prop_map(|(key, flags, width, precision, length, conversion)| {
            format!("%{key}{flags}{width}{precision}{length}{conversion}")
        })
        .boxed()
}

/// Words in any order: most of them no rule at all.
fn garbage() -> BoxedStrategy<String> {
    let word = select(vec![
        "(",
        ")",
        "((",
        "))",
        "and",
        "or",
        "not",
        "AND",
        "@",
        "!",
        "role:admin",
        "(role:member",
        "user_id:u1)",
        "'x'",
        "\"x\"",
        "('x')",
        "x",
        "'x':x",
        "x:'x'",
        "is_admin:True",
        "not(@)",
        "(and)",
        "@and@",
        "rule:base",
        "&&",
        ":",
        "\u{200b}",
        "@\u{a0}@",
        "",
    ]);
    let gap = select(vec![" ", " ", " ", "  ", "\t", "\u{85}"]);
    vec((word, gap), 1..8)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
        .boxed()
}

/// The older form: a list, by `or`, of checks and of lists of checks, by `and`.
fn list_rule(referable: &[&'static str]) -> BoxedStrategy<Value> {
    let check = check(referable);
    let item = prop_oneof![
        12 => check.prop_map(Value::from),
        1 => select(vec!["role:a b", "(@)", "@ or !", "x", "", "not @"]).prop_map(Value::from),
        1 => select(vec![Value::None, Value::from(5), Value::list([]), Value::Bytes(b"@".to_vec())]),
    ];
    let inner = prop_oneof![
        6 => vec(item.clone(), 0..4).prop_map(Value::List),
        4 => item.prop_filter("what is iterated over is a list or a text", |item| {
            !matches!(item, Value::Int(_))
        }),
    ];
    vec(inner, 1..4).prop_map(Value::List).boxed()
}
