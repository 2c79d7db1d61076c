//! Requests whose outcome hangs on how deep a Python lets upstream recurse.
//!
//! Upstream walks checks by recursion. CPython 3.11 counts three frames for each level of a walk, 3.12 and 3.13
//! count two, and 3.12 has a limit of its own on C calls that no setting raises. Measured with oslo.policy
//! 6.0.1: the first chain (of `rule:`, `not`, `and` or `or`) that raises, under recursion limits of 1000 and
//! 1200, has so many levels:
//!
//! | Python | 1000 | 1200 |
//! |---|---|---|
//! | 3.11.7 | 327 | 394 |
//! | 3.12.1 | 493 | 497 |
//! | 3.13.0 | 493 | 593 |
//!
//! So between 327 and 593 levels the versions differ, which no single one of them can show. Below, all of
//! them walk; above, all of them raise the same. Beyond the levels, what upstream does at a check counts where
//! it recurses itself: a call for every step of a path, for every bracket of a value that is written out. And a
//! dotted kind of some thousand names is parsed by 3.13, and by 3.11 and 3.12 only far from their ends.

use std::collections::{HashMap, HashSet};

use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId};
use assay_engine::oslo::load::RuleIndex;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Rules, parse_text};

use crate::document::{Ask, Request, RuleSource, World};
use crate::subject::engine_rules;

/// Frames of one level on CPython 3.11.
const PER_LEVEL: usize = 3;

/// Frames that every check takes, whatever it does: for the look at its signature.
const EVERY_CHECK: usize = 6;

/// From so many frames on a 3.11 may raise. The earliest that was measured is 985.
const FIRST_END: usize = 960;

/// From so many levels on all raise. The latest that was measured is 593.
const LAST_END: usize = 620;

/// From so many names on a kind may not be parsed; the earliest that was measured is 2955.
const FIRST_KIND_END: usize = 2900;

/// Syntax tree steps that each level takes from a kind.
const KIND_STEPS_PER_LEVEL: usize = 9;

/// Whether the supported Pythons may differ in the outcome of a request since it is walked too deep for some of
/// them, or ends in different places of a cycle. Such an outcome is poisoned with
/// [`Poison::PythonVersion`](crate::Poison::PythonVersion).
///
/// An estimate from the rules that the request can reach, on the safe side: whatever may be walked counts
/// as walked, but for a depth that is walked in any case. Plain cycles are no doubt: every Python ends them
/// in a `TypeError`. A world that cannot be loaded has no depth.
///
/// ```
/// use assay_case::{Ask, Request, World, depth_depends_on_python};
/// use assay_engine::oslo::python::Value;
/// let rules = World::of_rules([("a", "not ".repeat(450) + "@"), ("b", "not rule:b".to_owned())]);
/// let request = |rule: &str| Request { ask: Ask::Rule(rule.to_owned()), creds: Value::dict([]), target: Value::dict([]) };
/// assert!(depth_depends_on_python(&rules, &request("a")));
/// assert!(!depth_depends_on_python(&rules, &request("b")));
/// ```
#[must_use]
pub fn depth_depends_on_python(world: &World, request: &Request) -> bool {
    let nesting = nesting(&request.creds).max(nesting(&request.target));
    if written(world, request) + nesting < FIRST_END / PER_LEVEL && nesting < EVERY_CHECK {
        return false;
    }
    let Ok(rules) = engine_rules(world) else {
        return false;
    };
    let anonymous;
    let asked = match &request.ask {
        Ask::Rule(name) => match rules.get(name) {
            Some(tree) => tree,
            None => return false,
        },
        Ask::Check(text) => {
            anonymous = parse_text(text);
            &anonymous
        }
    };
    let reach = Reach::of(&rules, asked);
    let height = reach.height();
    let frames = EVERY_CHECK.max(nesting + 1).max(reach.frames);
    let may_end = PER_LEVEL * height.levels + frames > FIRST_END;
    may_end && first_walked(&rules, asked) < LAST_END
        || height.cyclic && frames > EVERY_CHECK
        || reach.names + KIND_STEPS_PER_LEVEL * height.levels > FIRST_KIND_END
}

/// A bound, which costs nothing, on levels and steps: each takes two letters at least.
fn written(world: &World, request: &Request) -> usize {
    let asked = match &request.ask {
        Ask::Rule(_) => 0,
        Ask::Check(text) => text.len(),
    };
    let rules = match &world.source {
        RuleSource::Rules(rules) => rules.iter().map(|(_, value)| letters(value)).sum(),
        RuleSource::Text(bytes) | RuleSource::Policy { bytes, .. } => bytes.len(),
    };
    (asked + rules) / 2
}
