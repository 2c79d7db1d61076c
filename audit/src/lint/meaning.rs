//! Lints of what rules mean, whatever their text.

use crate::policy::{Defaults, PolicyFile};

use super::collect::Found;
use super::context::Context;
use super::rule::{Leaf, Rule};

/// What has been found out about meanings.
pub(super) struct Meaning;

impl Meaning {
    pub(super) fn of(_files: &[PolicyFile], _defaults: &Defaults) -> Self {
        Self
    }

    pub(super) fn look(&mut self, _context: &Context<'_>, _rule: &Rule<'_>, _leaves: &[Leaf<'_>], _found: &mut Found<'_>) {
    }
}
