//! Everything of a small scope, where other profiles draw: what is enumerated has no blind spot.
//!
//! Each section numbers its cases from 0. A world takes as many of them in a row as it has requests,
//! one rule for each.

mod formats;
mod kinds;
mod texts;

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::Value;

use crate::profile::GeneratedWorld;
use crate::schedule::REQUESTS;

/// One rule, and the request that asks for it.
struct Item {
    rule: Value,
    creds: Value,
    target: Value,
}

/// A part of the enumeration.
struct Section {
    /// How many items there are.
    items: u64,
    /// The item of a number below that.
    item: fn(u64) -> Item,
}

const SECTIONS: [Section; 3] = [
    Section { items: texts::COUNT, item: texts::item },
    Section { items: formats::COUNT, item: formats::item },
    Section { items: kinds::COUNT, item: kinds::item },
];

impl Section {
    const fn worlds(&self) -> u64 {
        self.items.div_ceil(REQUESTS)
    }
}

/// How many worlds there are.
pub(crate) const WORLDS: u64 = {
    let (mut sum, mut index) = (0, 0);
    while index < SECTIONS.len() {
        sum += SECTIONS[index].worlds();
        index += 1;
    }
    sum
};

/// The world at an index below [`WORLDS`]; beyond that, one without rules.
pub(crate) fn world(mut index: u64) -> GeneratedWorld {
    let mut items = Vec::new();
    for section in &SECTIONS {
        if index < section.worlds() {
            let first = index * REQUESTS;
            items = (first..section.items.min(first + REQUESTS)).map(section.item).collect();
            break;
        }
        index -= section.worlds();
    }
    let name = |index: usize| format!("r{index}");
    let rules = items.iter().enumerate().map(|(index, item)| (name(index), item.rule.clone()));
    let world = World::of_rules(rules.collect::<Vec<_>>());
    let request = |(index, item): (usize, Item)| Request {
        ask: Ask::Rule(name(index)),
        creds: item.creds,
        target: item.target,
    };
    GeneratedWorld { world, requests: items.into_iter().enumerate().map(request).collect() }
}

/// Takes the choice among `things` that a number stands for off the number.
fn choose<T: Copy>(number: &mut u64, things: &[T]) -> T {
    let count = things.len() as u64;
    let index = usize::try_from(*number % count).unwrap_or_default();
    *number /= count;
    things[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worlds_hold_all_items_and_no_more() {
        let items: u64 = SECTIONS.iter().map(|section| section.items).sum();
        let of_section = |section: &Section| {
            let last = section.items - (section.worlds() - 1) * REQUESTS;
            assert!(last > 0 && last <= REQUESTS);
        };
        SECTIONS.iter().for_each(of_section);
        let counted = |index| world(index).requests.len() as u64;
        let first = SECTIONS[0].worlds();
        assert_eq!((counted(0), counted(first), counted(WORLDS)), (64, 64, 0));
        assert_eq!((first - 1) * 64 + counted(first - 1), texts::COUNT);
        assert!(items > 1_800_000);
    }
}
