//! Requests of generated worlds.

use assay_case::iam::{Ask, Case};
use assay_engine::iam::{Context, ContextValue};

use super::capability::Capability;
use super::documents::value;
use super::vocabulary::{ACTIONS, KEYS};
use crate::draw::Draw;

/// A request for an action, with keys that its action lists.
pub(super) fn case(draw: &mut Draw, capability: &Capability) -> Case {
    let action = draw.pick(&ACTIONS);
    let resource =
        (!action.urns.is_empty() && draw.chance(850)).then(|| (*draw.pick(action.urns)).to_owned());
    let mut context = Context::default();
    for key in &KEYS {
        let carried = key.only.is_none_or(|only| only == action.name);
        if !carried || !draw.chance(550) {
            continue;
        }
        let given = if draw.chance(40) {
            ContextValue::Null
        } else if key.multivalued {
            let count = draw.below(4);
            ContextValue::Many((0..count).map(|_| value(draw, capability, key).to_owned()).collect())
        } else {
            ContextValue::One(value(draw, capability, key).to_owned())
        };
        context = context.with_value(key.name, given);
    }
    Case {
        name: None,
        ask: Ask::Action(action.name.to_owned()),
        resource,
        context,
        expect: None,
        quote: None,
    }
}
