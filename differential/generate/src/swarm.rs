//! Which features a world may use.
//!
//! Where everything may occur, everything mostly does, and a fault that needs many of one thing, or
//! none of another, is met by chance only. So features are switched off at random, world by world.

use crate::draw::Draw;

macro_rules! switches {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A feature that a world can do without.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Switch {
            $($(#[doc = $doc])+ $name,)+
        }

        const COUNT: u32 = [$(Switch::$name,)+].len() as u32;
    };
}

switches! {
    /// `and`.
    And,
    /// `or`.
    Or,
    /// `not`.
    Not,
    /// Parentheses.
    Parentheses,
    /// Keywords in any case, and white space other than single blanks.
    Spelling,
    /// Words in any order.
    Garbage,
    /// The older form.
    Lists,
    /// Rules that are neither texts nor lists.
    OddRules,
    /// `@` and `!`.
    Constants,
    /// `role:`.
    Roles,
    /// `rule:`.
    References,
    /// References to rules that are not there.
    Undefined,
    /// Kinds that are literals.
    Literals,
    /// Kinds that are neither a literal nor a name.
    OddKinds,
    /// Directives other than `%(name)s`.
    Directives,
    /// Creds and targets that hold values other than texts.
    Values,
    /// Requests that are aimed at their rule.
    Aims,
    /// Another name for the default rule.
    DefaultRule,
}

/// The features that are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Swarm {
    off: u32,
}

impl Swarm {
    /// All features.
    pub(crate) const ALL: Self = Self { off: 0 };

    /// One world in three has all; in the others each is off once in five times.
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        if draw.chance(333) {
            return Self::ALL;
        }
        let off = (0..COUNT).filter(|_| draw.chance(200)).fold(0, |off, switch| off | 1 << switch);
        Self { off }
    }

    /// Whether a feature is on.
    pub(crate) const fn on(self, switch: Switch) -> bool {
        self.off & (1 << switch as u32) == 0
    }

    /// A weight, or 0 where the feature is off.
    pub(crate) const fn weigh(self, switch: Switch, weight: usize) -> usize {
        if self.on(switch) { weight } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_is_on_in_most_worlds_and_off_in_some() {
        let mut draw = Draw::seeded(&[7; 32]);
        let swarms: Vec<Swarm> = (0..1000).map(|_| Swarm::draw(&mut draw)).collect();
        for switch in 0..COUNT {
            let off = swarms.iter().filter(|swarm| swarm.off & (1 << switch) != 0).count();
            assert!((60..260).contains(&off), "switch {switch} is off in {off} of 1000");
        }
        assert!(swarms.iter().filter(|swarm| swarm.off == 0).count() > 250);
    }
}
