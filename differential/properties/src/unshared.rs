//! Rules in which nothing is shared, to decide without memory.
//!
//! The engine keeps what it knows of a rule within one decision. Here every reference gets a copy of the rule
//! of its own, so that there is nothing to keep, and the decision must be the same.

use std::collections::VecDeque;

use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId, TreeBuilder};
use assay_engine::oslo::python::PyStr;
use assay_engine::oslo::{DefaultRule, Rules};

/// How many copies are made. Doubled references would need as many as there are ways through them.
const COPIES: usize = 400;

/// Below so many references no walk goes on, upstream's frames being used up.
const LEVELS: usize = 400;

/// The name that the copy of the rule that is asked for has.
pub(crate) const ROOT: &str = "0";

/// The rules below a name, each reference with a copy of its own; `None` where that takes too many.
pub(crate) fn unshared(rules: &Rules, name: &str) -> Option<Rules> {
    let mut copies = Rules::from_texts([("", ""); 0]).with_default(DefaultRule::None);
    let mut waiting = VecDeque::from([(rules.find(name)?, 0)]);
    let mut named = 1;
    let mut made = 0;
    while let Some((rule, level)) = waiting.pop_front() {
        if level <= LEVELS {
            let copy = copy(rules.tree(rule), &mut |text| {
                let index = rules.find_str(text)?;
                waiting.push_back((index, level + 1));
                named += 1;
                Some(PyStr::from((named - 1).to_string()))
            });
            copies.insert(made.to_string(), copy);
        }
        made += 1;
        if named > COPIES {
            return None;
        }
    }
    Some(copies)
}

/// A tree with other names in its references; a reference without one is false.
fn copy(tree: &CheckTree, name: &mut impl FnMut(&PyStr) -> Option<PyStr>) -> CheckTree {
    let ids = tree.ids();
    let mut builder = TreeBuilder::default();
    let mut places: Vec<Option<NodeId>> = vec![None; ids.iter().map(|id| id.index() + 1).max().unwrap_or(0)];
    let place = |places: &[Option<NodeId>], id: &NodeId| places[id.index()].expect("operands come first");
    for id in ids.iter().rev() {
        let check = match tree.check(*id) {
            Check::Not(operand) => Check::Not(place(&places, operand)),
            Check::And(operands) => Check::And(operands.iter().map(|id| place(&places, id)).collect()),
            Check::Or(operands) => Check::Or(operands.iter().map(|id| place(&places, id)).collect()),
            Check::Base(base) if base.class == BaseClass::Rule => {
                name(&base.text).map_or(Check::False, |text| {
                    let mut base = base.clone();
                    base.text = text;
                    Check::Base(base)
                })
            }
            other => other.clone(),
        };
        places[id.index()] = Some(builder.push(check));
    }
    builder.finish(place(&places, &tree.root()))
}
