//! How deep the rules of a policy file may refer to each other.
//!
//! After loading, upstream looks for cycles (`oslo_policy.policy.Enforcer._cycle_check`), one frame of
//! Python's for each operator and each reference. Nobody waits for the answer, but where Python's
//! recursion limit is met on the way, that ends the loading.

use crate::oslo::error::ExceptionClass;
use crate::oslo::language::{BaseClass, Check, NodeId};
use crate::oslo::load::{RuleIndex, Rules};

/// Levels under Python's recursion limit. Upstream fails from 987 on where the limit is 1000, and from
/// 1187 where it is 1200: this is between the two, where its own answer is not steady.
const MAX_LEVELS: usize = 1085;

/// A check on the way down.
struct Step {
    rule: RuleIndex,
    node: NodeId,
    /// How many of its operands have been walked.
    done: usize,
    /// Levels below it, as far as is known.
    height: usize,
}

impl Rules {
    /// What looking for cycles comes to upstream, when it has loaded these rules from a policy file:
    /// nothing, or the end of the loading. `not` hides what is under it, as it does there.
    ///
    /// ```
    /// use assay_engine::oslo::{ExceptionClass, Rules};
    /// let chain = |length: usize| {
    ///     let rule = |index: usize| (index.to_string(), format!("rule:{}", index + 1));
    ///     Rules::from_texts((0..length).map(rule)).look_for_cycles()
    /// };
    /// assert_eq!(chain(900), Ok(()));
    /// assert_eq!(chain(1300), Err(ExceptionClass::RecursionError));
    /// ```
    ///
    /// # Errors
    /// `RecursionError`
    pub fn look_for_cycles(&self) -> Result<(), ExceptionClass> {
        // Of rules that were walked to the end without meeting a cycle.
        let mut heights: Vec<Option<usize>> = vec![None; self.iter().len()];
        let mut on_path = vec![false; heights.len()];
        let mut path = Vec::new();
        for root in self.indices() {
            if heights[root.position()].is_some() {
                continue;
            }
            path.push(self.step(root, &mut on_path));
            // The first rule is on its own path only once it is referred to, and no sooner; that costs one
            // level more of a cycle, which no limit is near.
            while let Some(step) = path.last_mut() {
                let next = match self.tree(step.rule).check(step.node) {
                    Check::And(operands) | Check::Or(operands) => {
                        operands.get(step.done).map(|&node| (step.rule, node))
                    }
                    Check::Base(base) if base.class == BaseClass::Rule && step.done == 0 => {
                        self.own(&base.text).map(|rule| (rule, self.tree(rule).root()))
                    }
                    _ => None,
                };
                step.done += 1;
                let Some((rule, node)) = next else {
                    self.leave(&mut path, &mut heights, &mut on_path);
                    continue;
                };
                let is_reference = rule != step.rule || node == self.tree(rule).root();
                let known = if is_reference { heights[rule.position()] } else { None };
                if let Some(height) = known {
                    step.height = step.height.max(height);
                    if path.len() + height > MAX_LEVELS {
                        return Err(ExceptionClass::RecursionError);
                    }
                } else if is_reference && on_path[rule.position()] {
                    // A cycle: upstream has its answer for this rule.
                    break;
                } else if is_reference {
                    path.push(self.step(rule, &mut on_path));
                } else {
                    path.push(Step { rule, node, done: 0, height: 0 });
                }
                if path.len() > MAX_LEVELS {
                    return Err(ExceptionClass::RecursionError);
                }
            }
            for step in path.drain(..) {
                on_path[step.rule.position()] = false;
            }
        }
        Ok(())
    }

    fn step(&self, rule: RuleIndex, on_path: &mut [bool]) -> Step {
        on_path[rule.position()] = true;
        Step { rule, node: self.tree(rule).root(), done: 0, height: 0 }
    }

    /// Goes up one level, with what is known of the one below.
    fn leave(&self, path: &mut Vec<Step>, heights: &mut [Option<usize>], on_path: &mut [bool]) {
        let Some(Step { rule, node, height, .. }) = path.pop() else { return };
        if node == self.tree(rule).root() {
            heights[rule.position()] = Some(height + 1);
            on_path[rule.position()] = false;
        }
        if let Some(above) = path.last_mut() {
            above.height = above.height.max(height + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty rules that refer twice to the next one: upstream walks them 2^60 times.
    #[test]
    fn doubled_references_are_walked_once() {
        let rule = |index: usize| (index.to_string(), format!("rule:{0} or rule:{0}", index + 1));
        assert_eq!(Rules::from_texts((0..60).map(rule)).look_for_cycles(), Ok(()));
    }

    /// Source: oslo.policy 6.0.1 on CPython 3.11.7, recursion limits 1000 and 1200.
    #[test]
    fn a_cycle_ends_the_walk() {
        let rule = |index: usize| (index.to_string(), format!("rule:{}", (index + 1) % 900));
        assert_eq!(Rules::from_texts((0..900).map(rule)).look_for_cycles(), Ok(()));
    }

    /// Source: as above.
    #[test]
    fn nested_operators_count_and_not_hides_them() {
        let nested = |levels: usize| "(@ and ".repeat(levels) + "@" + &")".repeat(levels);
        let look = |text: String| Rules::from_texts([("a", text)]).look_for_cycles();
        assert_eq!(look(nested(900)), Ok(()));
        assert_eq!(look(nested(1300)), Err(ExceptionClass::RecursionError));
        assert_eq!(look(format!("not ({})", nested(1300))), Ok(()));
    }
}
