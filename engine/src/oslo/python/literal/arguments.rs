//! What stands behind a function and behind `lambda`, and in the brackets of a subscript.

use super::calls::Rule;
use super::parser::Parser;
use super::tree::NodeId;
use super::{Stop, limits};

/// Which arguments may still follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Positional,
    /// Behind `name=value`: no positional ones.
    Keywords,
    /// Behind `**mapping`: no `*items` either.
    Mappings,
}

impl Parser<'_> {
    /// The arguments of a call, of which there are some, and the bracket.
    pub(super) async fn arguments(&self, function: NodeId) -> Result<NodeId, Stop> {
        let mut phase = Phase::Positional;
        let mut deepest = function;
        loop {
            let is_first = deepest == function;
            let levels = if is_first { limits::ARGUMENT } else { limits::LATER_ARGUMENT };
            let named_levels = if is_first { limits::NAMED_ARGUMENT } else { limits::LATER_ARGUMENT };
            let argument = if self.eat("**") {
                phase = Phase::Mappings;
                let mapping = self.call(Rule::Expression, named_levels).await?;
                self.other(&[mapping])
            } else if self.eat("*") {
                if phase == Phase::Mappings {
                    return Err(Stop::Syntax);
                }
                let items = self.call(Rule::Expression, named_levels).await?;
                self.other(&[items])
            } else if self.eat_name_and("=") {
                if phase == Phase::Positional {
                    phase = Phase::Keywords;
                }
                let value = self.call(Rule::Expression, named_levels).await?;
                self.other(&[value])
            } else if phase == Phase::Positional {
                let argument = self.named_expression(levels).await?;
                // A generator needs no parentheses of its own where it is the only argument.
                if is_first && self.at_comprehension() {
                    let generator = self.comprehension(argument, ")", limits::IN_CALL).await?;
                    return Ok(self.other(&[function, generator]));
                }
                argument
            } else {
                return Err(Stop::Syntax);
            };
            deepest = self.together(&[deepest, argument]);
            if !self.eat(",") || self.at(")") {
                break;
            }
        }
        self.expect(")")?;
        Ok(self.other(&[deepest]))
    }

    /// What stands in the brackets of a subscript, and the bracket.
    pub(super) async fn slices(&self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        let (mut levels, mut unpacked) = (limits::SLICE, limits::UNPACKED_SLICE);
        loop {
            let item = if self.eat("*") {
                self.call(Rule::Expression, unpacked).await?
            } else {
                self.slice(levels).await?
            };
            (levels, unpacked) = (limits::LATER_SLICE, limits::LATER_SLICE);
            deepest = self.together(&[deepest, item]);
            if !self.eat(",") || self.at("]") {
                break;
            }
        }
        self.expect("]")?;
        Ok(deepest)
    }

    /// `[expression] : [expression] [: [expression]]`, or an expression that may be named.
    async fn slice(&self, levels: usize) -> Result<NodeId, Stop> {
        if self.eat_name_and(":=") {
            let value = self.call(Rule::Expression, levels + 2).await?;
            return Ok(self.other(&[value]));
        }
        let mut deepest =
            if self.at(":") { self.other(&[]) } else { self.call(Rule::Expression, levels).await? };
        for more in 0..2 {
            if !self.eat(":") {
                break;
            }
            if !(self.at(":") || self.at(",") || self.at("]")) {
                let bound = self.call(Rule::Expression, levels + more).await?;
                deepest = self.together(&[deepest, bound]);
            }
        }
        Ok(deepest)
    }

    /// The parameters of a lambda, up to the colon.
    pub(super) async fn parameters(&self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        let (mut any, mut with_default, mut slash, mut star) = (false, false, false, false);
        // `*` alone wants a name behind it.
        let mut bare_star = false;
        while !self.at(":") {
            if self.eat("**") {
                if bare_star || !self.eat_name() {
                    return Err(Stop::Syntax);
                }
                self.eat(",");
                return Ok(deepest);
            }
            if self.eat("*") {
                if star {
                    return Err(Stop::Syntax);
                }
                star = true;
                bare_star = !self.eat_name();
            } else if self.eat("/") {
                if slash || star || !any {
                    return Err(Stop::Syntax);
                }
                slash = true;
            } else if self.eat_name() {
                any = true;
                bare_star = false;
                if self.eat("=") {
                    with_default = true;
                    let levels = if slash && !star { limits::DEFAULT_BEHIND_SLASH } else { limits::DEFAULT };
                    let value = self.call(Rule::Expression, levels).await?;
                    deepest = self.together(&[deepest, value]);
                } else if with_default && !star {
                    return Err(Stop::Syntax);
                }
            } else {
                return Err(Stop::Syntax);
            }
            if !self.eat(",") {
                break;
            }
        }
        if bare_star { Err(Stop::Syntax) } else { Ok(deepest) }
    }
}
