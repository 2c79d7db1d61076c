//! Which rules a program may decide, and in which order they are compiled.
//!
//! Two things are the interpreter's. Custom and remote checks have effects, and see the request as it is. And
//! upstream recurses: it ends in a `TypeError` or a `RecursionError` where the recursion is too deep. What
//! a rule may take at most is known beforehand. Where that always fits, depth plays no part in any decision;
//! where it may not, be it for a cycle, the interpreter counts.

use crate::oslo::evaluate::Checks;
use crate::oslo::evaluate::frames::Frames;
use crate::oslo::language::{BaseClass, Check, CheckTree, NodeId};
use crate::oslo::load::{RuleIndex, Rules};

/// The longest path that a program follows, since it follows lists in lists by calling itself.
const MAX_NAMES: usize = 64;

/// What a rule takes by itself.
struct Local {
    /// The most frames that its checks take; `None` where it is the interpreter's.
    frames: Option<Frames>,
    /// What it refers to, and at which level that stands.
    references: Vec<(RuleIndex, usize)>,
}

/// A rule on the way down.
struct Open {
    rule: RuleIndex,
    local: Local,
    next: usize,
}

#[derive(Clone, Copy)]
enum State {
    New,
    Open,
    /// The most frames that it takes, with all that it refers to.
    Done(Option<Frames>),
}

/// The rules to compile, each behind those that it refers to. All are looked at, on a stack of its own.
pub(super) fn survey(rules: &Rules, checks: &Checks) -> Vec<RuleIndex> {
    let mut states = vec![State::New; rules.positions()];
    let mut order = Vec::with_capacity(states.len());
    let mut path: Vec<Open> = Vec::new();
    let mut nodes = Vec::new();
    for root in (0..states.len()).map(RuleIndex) {
        let mut next = Some(root);
        loop {
            if let Some(rule) = next.take().filter(|rule| matches!(states[rule.0], State::New)) {
                states[rule.0] = State::Open;
                path.push(Open { rule, local: local(rules, rules.tree(rule), checks, &mut nodes), next: 0 });
            }
            let Some(open) = path.last_mut() else { break };
            if let Some(&(rule, level)) = open.local.references.get(open.next) {
                let below = match states[rule.0] {
                    State::New => {
                        next = Some(rule);
                        continue;
                    }
                    // A cycle: no depth is enough.
                    State::Open => None,
                    State::Done(below) => below,
                };
                open.next += 1;
                let whole = below.map(|below| Frames::of_level(level).plus_all(below));
                open.local.frames = open.local.frames.zip(whole).map(|(mine, whole)| mine.max(whole));
                continue;
            }
            let frames = open.local.frames.filter(|frames| !frames.overflow());
            if frames.is_some() {
                order.push(open.rule);
            }
            states[open.rule.0] = State::Done(frames);
            path.pop();
        }
    }
    order
}

/// Looks at one tree. `open` is room for nodes and their levels, kept from tree to tree.
fn local(rules: &Rules, tree: &CheckTree, checks: &Checks, open: &mut Vec<(NodeId, usize)>) -> Local {
    let mut local = Local { frames: Some(Frames::NONE), references: Vec::new() };
    let mut visits = 0;
    open.clear();
    open.push((tree.root(), 0));
    while let Some((id, level)) = open.pop() {
        visits += 1;
        let here = Frames::of_level(level);
        let mut most = here.with_signature();
        match tree.check(id) {
            Check::Base(base) => match base.class {
                _ if checks.find(base).is_some() => return Local { frames: None, ..local },
                BaseClass::Http | BaseClass::Https => return Local { frames: None, ..local },
                BaseClass::Role => {}
                BaseClass::Rule => {
                    let found = rules.find_str(&base.text);
                    local.references.extend(found.map(|index| (index, level + 1)));
                }
                // A call for each name, and one more at the end. The compiler takes less.
                BaseClass::Generic => {
                    let names = base.kind.masked().bytes().filter(|&byte| byte == b'.').count() + 1;
                    if names > MAX_NAMES {
                        return Local { frames: None, ..local };
                    }
                    most = most.max(here.plus(names + 1));
                }
            },
            _ => open.extend(tree.children(id).iter().rev().map(|&child| (child, level + 1))),
        }
        local.frames = local.frames.map(|frames| frames.max(most));
        // Whoever builds trees may use an operand twice, and twice again.
        if most.overflow() || visits > tree.size() {
            return Local { frames: None, ..local };
        }
    }
    local
}
