//! The older list form of a rule (`oslo_policy._parser._parse_list_rule`): the outer list is joined
//! by `or`, each inner one by `and`, and every string is one check.

use super::check::{Check, CheckTree, DiagnosticKind, NodeId, TreeBuilder};
use crate::oslo::error::{ExceptionClass, Interrupt, Limit};
use crate::oslo::python::{PyStr, Value};

/// Reads a rule that is not a string, as a policy file may hold one.
///
/// Whatever is falsy (`[]`, `None`, `False`, `0`, `{}`) is `@`. Mappings are read by their keys.
///
/// # Errors
/// `TypeError` where Python could not iterate (`True`, `5`, a list that holds such a number);
/// [`Limit::SetOrder`] for a set of more than one element, which Python iterates in the order of hashes.
///
/// ```
/// use assay_engine::oslo::language::parse_list;
/// use assay_engine::oslo::python::Value;
/// let rule = Value::list([Value::list(["role:a".into(), "b:1".into()]), "c:2".into()]);
/// assert_eq!(parse_list(&rule).unwrap().to_string(), "((role:a and b:1) or c:2)");
/// ```
pub fn parse_list(rule: &Value) -> Result<CheckTree, Interrupt> {
    let mut builder = TreeBuilder::default();
    let refused = match rule {
        Value::List(_) => fault!(EmptyListDenies),
        Value::None | Value::Bool(_) | Value::Int(_) => fault!(FalsyRulesAreRefused),
        _ => false,
    };
    if !rule.truthy() && !refused {
        let root = builder.add(Check::True, 0..0, 0..0);
        return Ok(builder.finish(root));
    }
    let mut alternatives = Vec::new();
    for inner in items(rule)? {
        if !inner.truthy() {
            if fault!(FalsyListEntriesDeny) {
                alternatives.push(builder.add(Check::False, 0..0, 0..0));
            }
            continue;
        }
        let words = if matches!(inner.as_ref(), Value::Str(_)) { vec![inner] } else { items(&inner)? };
        let mut operands: Vec<_> = words.iter().map(|word| add_item(&mut builder, word)).collect();
        alternatives.push(match operands.as_slice() {
            [only] if !fault!(ListOfOneKeepsItsGroup) => *only,
            _ if fault!(InnerListsAlternate) => {
                builder.add(Check::Or(std::mem::take(&mut operands)), 0..0, 0..0)
            }
            _ => builder.add(Check::And(std::mem::take(&mut operands)), 0..0, 0..0),
        });
    }
    let root = match alternatives.as_slice() {
        [] if fault!(EmptyInnerListAllows) => builder.add(Check::True, 0..0, 0..0),
        [] => builder.add(Check::False, 0..0, 0..0),
        [only] => *only,
        _ if fault!(OuterListConjoins) => builder.add(Check::And(alternatives), 0..0, 0..0),
        _ => builder.add(Check::Or(alternatives), 0..0, 0..0),
    };
    Ok(builder.finish(root))
}

/// What upstream's `_parse_check` makes of one item: anything but a string is `!`.
fn add_item(builder: &mut TreeBuilder, item: &Value) -> NodeId {
    match item {
        Value::Str(text) if fault!(ListTextsAreExpressions) => builder.graft(&super::parse_str(text)),
        Value::Str(text) => {
            let word = text.masked();
            let id = builder.add_word(word, 0..word.len());
            builder.unmask(id, text);
            id
        }
        _ => {
            builder.report(DiagnosticKind::NoColon, 0..0);
            builder.add(Check::False, 0..0, 0..0)
        }
    }
}

/// What Python's `for` gives.
fn items(value: &Value) -> Result<Vec<std::borrow::Cow<'_, Value>>, Interrupt> {
    use std::borrow::Cow::{Borrowed, Owned};
    Ok(match value {
        Value::List(items) | Value::Tuple(items) => items.iter().map(Borrowed).collect(),
        Value::Set(items) if items.len() < 2 => items.iter().map(Borrowed).collect(),
        Value::Set(_) => return Err(Limit::SetOrder.into()),
        Value::Dict(_) if fault!(MappingsAreRefused) => return Err(ExceptionClass::TypeError.into()),
        Value::Dict(dict) => dict.iter().map(|(key, _)| Borrowed(key)).collect(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| Owned(Value::from(i64::from(*byte)))).collect(),
        Value::Str(text) => {
            text.code_points().map(|point| Owned(Value::Str(PyStr::from_code_points(vec![point])))).collect()
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Complex { .. }
        | Value::Ellipsis => {
            return Err(ExceptionClass::TypeError.into());
        }
    })
}
