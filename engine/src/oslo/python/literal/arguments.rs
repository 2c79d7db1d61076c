//! What stands behind a function and behind `lambda`, and in the brackets of a subscript.

use super::Stop;
use super::parser::{NodeId, Parser};

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
    pub(super) fn call(&mut self, function: NodeId) -> Result<NodeId, Stop> {
        let mut phase = Phase::Positional;
        let mut deepest = function;
        loop {
            let argument = if self.eat("**") {
                phase = Phase::Mappings;
                self.expression()?
            } else if self.eat("*") {
                if phase == Phase::Mappings {
                    return Err(Stop::Syntax);
                }
                self.expression()?
            } else if self.eat_name_and("=") {
                if phase == Phase::Positional {
                    phase = Phase::Keywords;
                }
                self.expression()?
            } else if phase == Phase::Positional {
                let argument = self.named_expression()?;
                // A generator needs no parentheses of its own where it is the only argument.
                if deepest == function && self.at_comprehension() {
                    let generator = self.comprehension(argument, ")")?;
                    return Ok(self.other(&[function, generator]));
                }
                argument
            } else {
                return Err(Stop::Syntax);
            };
            deepest = self.other(&[deepest, argument]);
            if !self.eat(",") || self.at(")") {
                break;
            }
        }
        self.expect(")")?;
        Ok(deepest)
    }

    /// What stands in the brackets of a subscript, and the bracket.
    pub(super) fn slices(&mut self) -> Result<NodeId, Stop> {
        let mut deepest = self.other(&[]);
        loop {
            let item = if self.eat("*") { self.expression()? } else { self.slice()? };
            deepest = self.other(&[deepest, item]);
            if !self.eat(",") || self.at("]") {
                break;
            }
        }
        self.expect("]")?;
        Ok(deepest)
    }

    /// `[expression] : [expression] [: [expression]]`, or an expression that may be named.
    fn slice(&mut self) -> Result<NodeId, Stop> {
        if self.eat_name_and(":=") {
            let value = self.expression()?;
            return Ok(self.other(&[value]));
        }
        let mut deepest = if self.at(":") { self.other(&[]) } else { self.expression()? };
        for _ in 0..2 {
            if !self.eat(":") {
                break;
            }
            if !(self.at(":") || self.at(",") || self.at("]")) {
                let bound = self.expression()?;
                deepest = self.other(&[deepest, bound]);
            }
        }
        Ok(deepest)
    }

    /// The parameters of a lambda, up to the colon.
    pub(super) fn parameters(&mut self) -> Result<NodeId, Stop> {
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
                    let value = self.expression()?;
                    deepest = self.other(&[deepest, value]);
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
