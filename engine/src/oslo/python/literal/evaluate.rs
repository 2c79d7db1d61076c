//! `ast.literal_eval` of a parsed expression.

use super::numbers::to_float;
use super::parser::{Node, NodeId, Tree};
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::value::{Dict, Unhashable, Value};

/// The value of an expression.
///
/// Recurses once per container, which the parser has bounded.
///
/// # Errors
/// `ValueError` where it is no literal; `TypeError` for a key or an element that cannot be hashed, and
/// `OverflowError` for an integer too great to be a part of a complex number, unless something that is
/// no literal was seen before: parts are taken from left to right.
pub(super) fn evaluate(tree: &Tree, id: NodeId) -> Result<Value, ExceptionClass> {
    let all = |items: &[NodeId]| items.iter().map(|&item| evaluate(tree, item)).collect::<Result<_, _>>();
    match tree.node(id) {
        Node::Constant(value) => Ok(value.clone()),
        Node::Tuple(items) => all(items).map(Value::Tuple),
        Node::List(items) => all(items).map(Value::List),
        Node::Set(items) => {
            let mut distinct = Dict::default();
            for &item in items {
                insert(&mut distinct, evaluate(tree, item)?, Value::None)?;
            }
            Ok(Value::Set(distinct.iter().map(|(item, _)| item.clone()).collect()))
        }
        Node::Dict(pairs) => {
            let mut dict = Dict::default();
            for &(key, value) in pairs {
                let key = evaluate(tree, key.ok_or(ExceptionClass::ValueError)?)?;
                insert(&mut dict, key, evaluate(tree, value)?)?;
            }
            Ok(Value::Dict(dict))
        }
        Node::SetCall => Ok(Value::Set(Vec::new())),
        Node::Signed { .. } => signed(tree, id),
        Node::Sum { minus, left, right } => sum(*minus, &signed(tree, *left)?, &number(tree, *right)?),
        Node::SetName | Node::Other => Err(ExceptionClass::ValueError),
    }
}

fn insert(dict: &mut Dict, key: Value, value: Value) -> Result<(), ExceptionClass> {
    dict.insert(key, value).map_err(|Unhashable| ExceptionClass::TypeError)
}

/// A number, perhaps with one sign; `True` is none.
fn signed(tree: &Tree, id: NodeId) -> Result<Value, ExceptionClass> {
    let Node::Signed { negative, operand } = tree.node(id) else {
        return number(tree, id);
    };
    let value = number(tree, *operand)?;
    Ok(match value {
        value if !negative => value,
        Value::Int(value) => Value::Int(-value),
        Value::Float(value) => Value::Float(-value),
        Value::Complex { re, im } => Value::Complex { re: -re, im: -im },
        value => value,
    })
}

fn number(tree: &Tree, id: NodeId) -> Result<Value, ExceptionClass> {
    match tree.node(id) {
        Node::Constant(value @ (Value::Int(_) | Value::Float(_) | Value::Complex { .. })) => {
            Ok(value.clone())
        }
        _ => Err(ExceptionClass::ValueError),
    }
}

/// `1+2j`; no other sum is a literal.
fn sum(minus: bool, left: &Value, right: &Value) -> Result<Value, ExceptionClass> {
    let Value::Complex { re, im } = *right else {
        return Err(ExceptionClass::ValueError);
    };
    let left = match left {
        Value::Int(value) => to_float(value).ok_or(ExceptionClass::OverflowError)?,
        Value::Float(value) => *value,
        _ => return Err(ExceptionClass::ValueError),
    };
    // As Python adds two complex numbers: the signs of zeros come out of it.
    Ok(if minus {
        Value::Complex { re: left - re, im: 0.0 - im }
    } else {
        Value::Complex { re: left + re, im: 0.0 + im }
    })
}
