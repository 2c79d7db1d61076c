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
    /// Version 1.0 and 1.1: without regard to case ("case-insensitive"), `*` for all or a part, one pattern
    /// over the whole text, so that `*` and `identity:*` mean what roles mean by them. Version 5.0: segment
    /// by segment, with `*` and `?`; `*` alone is every action.
    pub(super) fn matches<R: Reading>(&self, version: Version, action: &str, asker: &Asker) -> bool {
        let ignore_case = version != Version::V5_0 || {
            // Where the case is right anyway nobody need ask.
            let differs = !self.fits::<R>(version, &self.0, action, asker);
            differs && asker.ask(Switch::ActionCaseIgnored)
        };
        if ignore_case {
            self.fits::<R>(version, &self.0.to_ascii_lowercase(), &action.to_ascii_lowercase(), asker)
        } else {
            self.fits::<R>(version, &self.0, action, asker)
        }
    }

    fn fits<R: Reading>(&self, version: Version, pattern: &str, action: &str, asker: &Asker) -> bool {
        let glob = Glob { question: version == Version::V5_0, star_at_end_only: !R::STAR_ANYWHERE };
        let segments = |text: &str| text.split(':').count();
        let whole = glob.matches(pattern, action);
        if segments(pattern) != segments(action) || !pattern.contains(['*', '?']) {
            return whole;
        }
        let segment_by_segment =
            pattern.split(':').zip(action.split(':')).all(|(pattern, action)| glob.matches(pattern, action));
        if version == Version::V5_0 || whole == segment_by_segment {
            return segment_by_segment;
        }
        if asker.ask(Switch::StarCrossesColon) { whole } else { segment_by_segment }
    }
}
