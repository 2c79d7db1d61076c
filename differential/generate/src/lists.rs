//! The older form of rules: a list, by `or`, of checks and of lists of checks, by `and`.

use assay_engine::oslo::python::Value;

use crate::expressions::Expressions;
use crate::rules::Flavour;
use crate::vocabulary::value;

/// A rule in the older form.
pub(crate) fn rule(texts: &mut Expressions<'_>) -> Value {
    let odd = if texts.flavour == Flavour::List { 60 } else { 10 };
    if texts.draw.chance(odd) {
        return odd_rule(texts);
    }
    let count = 1 + texts.draw.below(3);
    Value::List((0..count).map(|_| alternative(texts)).collect())
}

/// A check, or a list of checks.
fn alternative(texts: &mut Expressions<'_>) -> Value {
    if texts.draw.chance(600) {
        let count = texts.draw.below(4);
        return Value::List((0..count).map(|_| item(texts)).collect());
    }
    match item(texts) {
        // What is iterated over is a list or a text.
        Value::Int(_) if texts.draw.chance(900) => Value::from("@"),
        item => item,
    }
}

fn item(texts: &mut Expressions<'_>) -> Value {
    match texts.draw.below(14) {
        0 => Value::from(*texts.draw.pick(&[
            "role:a b",
            "(@)",
            "@ or !",
            "x",
            "",
            "not @",
            " @",
            "role: admin ",
        ])),
        1 if texts.flavour != Flavour::Python || texts.draw.chance(200) => texts.draw.one([
            Value::None,
            Value::from(5),
            Value::list([]),
            Value::Bytes(b"@".to_vec()),
            Value::from(false),
            Value::list(["@".into()]),
        ]),
        _ => Value::from(texts.check()),
    }
}

/// What a policy file can hold in the place of a list.
fn odd_rule(texts: &mut Expressions<'_>) -> Value {
    match texts.draw.below(6) {
        0 => Value::dict([(texts.check(), Value::None)]),
        1 => Value::dict([(texts.check(), Value::from(1)), (texts.check(), Value::None)]),
        2 => Value::Tuple(vec![Value::from(texts.check()), alternative(texts)]),
        3 => Value::list([Value::dict([(texts.check(), Value::None)])]),
        4 => Value::list([Value::Tuple(vec![Value::from(texts.check()), Value::from(texts.check())])]),
        _ => value(texts.draw),
    }
}
