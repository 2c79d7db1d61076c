//! `ast.literal_eval` of a parsed expression.

use super::numbers::to_float;
use super::tree::{Node, NodeId, Tree};
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::{Dict, Unhashable, Value};

/// What a node is to the ones around it.
enum Part {
    /// A number, a text, a name of Python's (`True`): a literal to itself and, if a number, in a sum.
    Constant(Value),
    /// `-1`: a literal, and the left of a sum.
    Signed(Value),
    /// Any other literal.
    Literal(Value),
    /// None, and what is raised when it is looked at.
    None(ExceptionClass),
}

/// The value of an expression.
///
/// # Errors
/// `ValueError` where it is no literal; `TypeError` for a key or an element that cannot be hashed, and
/// `OverflowError` for an integer too great to be a part of a complex number, unless something that is
/// no literal was seen before: parts are taken from left to right.
pub(super) fn evaluate(tree: Tree, root: NodeId) -> Result<Value, ExceptionClass> {
    // Children stand in front of their parents, and each has one: so the parts are there, and are taken.
    let mut parts = Vec::new();
    for node in tree.into_nodes().take(root + 1) {
        let part = part(node, &mut parts);
        parts.push(Some(part));
    }
    take(&mut parts, root)
}

fn take(parts: &mut [Option<Part>], id: NodeId) -> Result<Value, ExceptionClass> {
    match parts[id].take() {
        Some(Part::Constant(value) | Part::Signed(value) | Part::Literal(value)) => Ok(value),
        Some(Part::None(class)) => Err(class),
        None => Err(ExceptionClass::ValueError),
    }
}

fn part(node: Node, parts: &mut [Option<Part>]) -> Part {
    let all = |parts: &mut [Option<Part>], items: Vec<NodeId>| {
        items.into_iter().map(|item| take(parts, item)).collect::<Result<Vec<_>, _>>()
    };
    let literal = match node {
        Node::Constant(value) => return Part::Constant(value),
        Node::Signed { .. } if fault!(SignedNumbersAreLookedUp) => {
            return Part::None(ExceptionClass::ValueError);
        }
        Node::Signed { negative, operand } => {
            return number(parts, operand)
                .map_or_else(Part::None, |value| Part::Signed(signed(negative, value)));
        }
        Node::Tuple(items) => all(parts, items).map(Value::Tuple),
        Node::List(items) => all(parts, items).map(Value::List),
        Node::Set(items) => set(parts, items),
        Node::Dict(pairs) => dict(parts, pairs),
        Node::SetCall => Ok(Value::Set(Vec::new())),
        Node::Sum { .. } if fault!(ComplexSumsAreLookedUp) => Err(ExceptionClass::ValueError),
        Node::Sum { minus, left, right } => sum(parts, minus, left, right),
        Node::SetName | Node::Other => Err(ExceptionClass::ValueError),
    };
    literal.map_or_else(Part::None, Part::Literal)
}

fn set(parts: &mut [Option<Part>], items: Vec<NodeId>) -> Result<Value, ExceptionClass> {
    let mut distinct = Dict::default();
    for item in items {
        insert(&mut distinct, take(parts, item)?, Value::None)?;
    }
    Ok(Value::Set(distinct.iter().map(|(item, _)| item.clone()).collect()))
}

fn dict(parts: &mut [Option<Part>], pairs: Vec<(Option<NodeId>, NodeId)>) -> Result<Value, ExceptionClass> {
    let mut dict = Dict::default();
    for (key, value) in pairs {
        let key = take(parts, key.ok_or(ExceptionClass::ValueError)?)?;
        insert(&mut dict, key, take(parts, value)?)?;
    }
    Ok(Value::Dict(dict))
}

fn insert(dict: &mut Dict, key: Value, value: Value) -> Result<(), ExceptionClass> {
    dict.insert(key, value).map_err(|Unhashable| ExceptionClass::TypeError)
}

/// A number without a sign; `True` is none.
fn number(parts: &mut [Option<Part>], id: NodeId) -> Result<Value, ExceptionClass> {
    match parts[id].take() {
        Some(Part::Constant(value @ (Value::Int(_) | Value::Float(_) | Value::Complex { .. }))) => Ok(value),
        Some(Part::Signed(value)) if fault!(RepeatedSignsRead) => Ok(value),
        _ => Err(ExceptionClass::ValueError),
    }
}

fn signed(negative: bool, value: Value) -> Value {
    match value {
        value if !negative => value,
        Value::Int(value) => Value::Int(-value),
        Value::Float(value) => Value::Float(-value),
        Value::Complex { re, im } => Value::Complex { re: -re, im: -im },
        value => value,
    }
}

/// `1+2j`; no other sum is a literal.
fn sum(
    parts: &mut [Option<Part>],
    minus: bool,
    left: NodeId,
    right: NodeId,
) -> Result<Value, ExceptionClass> {
    let left = match parts[left].take() {
        Some(Part::Constant(value) | Part::Signed(value)) => value,
        _ => return Err(ExceptionClass::ValueError),
    };
    let Value::Complex { re, im } = number(parts, right)? else {
        return Err(ExceptionClass::ValueError);
    };
    let left = match left {
        Value::Int(value) => to_float(&value).ok_or(ExceptionClass::OverflowError)?,
        Value::Float(value) => value,
        _ => return Err(ExceptionClass::ValueError),
    };
    // As Python adds two complex numbers: the signs of zeros come out of it.
    Ok(if minus {
        Value::Complex { re: left - re, im: 0.0 - im }
    } else {
        Value::Complex { re: left + re, im: 0.0 + im }
    })
}
