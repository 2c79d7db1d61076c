//! Actions, `service:type:operation`, and patterns of them.

use std::fmt;

use super::document::Version;
use super::glob::Glob;
use super::reading::Reading;
use super::switch::{Asker, Switch};

/// A pattern of actions as a statement has it: `ims:images:list`, `ims:*:get*`, `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionPattern(String);

impl From<&str> for ActionPattern {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ActionPattern {
    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The service, unless a wildcard stands for it.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        let service = self.0.split(':').next()?;
        (!service.contains(['*', '?'])).then_some(service)
    }

    /// Whether an action fits.
    ///
    /// Version 1.0 and 1.1: without regard to case ("case-insensitive"), `*` for all or a part. Version 5.0:
    /// with `*` and `?`. It is one pattern over the whole text: where both have three segments that is the
    /// same as segment by segment (neither wildcard can take a colon, since the pattern's own need them all),
    /// and it gives roles what they mean by `*` and `identity:*`.
    pub(super) fn matches<R: Reading>(&self, version: Version, action: &str, asker: &Asker) -> bool {
        let v5 = version == Version::V5_0;
        let segments = |text: &str| text.split(':').count();
        if fault!(IamStarStopsAtColon) && segments(&self.0) != segments(action) {
            return false;
        }
        let glob = Glob { question: v5, star_at_end_only: !R::STAR_ANYWHERE };
        // Most actions are written in one case, so the switch is asked for only where it matters.
        glob.matches(&self.0, action)
            || !fault!(IamActionsInTheirCase)
                && glob.matches(&self.0.to_ascii_lowercase(), &action.to_ascii_lowercase())
                && (!v5 || asker.ask(Switch::ActionCaseIgnored))
    }
}
