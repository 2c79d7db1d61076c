//! Names of resources, `service:region:account:type:path`, and patterns of them.

use std::fmt;

use thiserror::Error;

use super::glob::Glob;
use super::reading::Reading;

/// A text that is no URN: it has fewer than five segments.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} has not the five segments service:region:account:type:path")]
pub struct NotAUrn(pub String);

/// The name of a resource.
///
/// ```
/// use assay_engine::iam::Urn;
/// let urn: Urn = "obs::acct:object:bucket/a:b".parse().unwrap();
/// assert_eq!(urn.path(), "bucket/a:b");
/// assert!("ims:region:account:image".parse::<Urn>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Urn {
    text: String,
    /// Where the five segments end.
    ends: [usize; 5],
}

impl std::str::FromStr for Urn {
    type Err = NotAUrn;

    /// Splits on the first four colons: a path may hold more.
    fn from_str(text: &str) -> Result<Self, NotAUrn> {
        let mut ends = [text.len(); 5];
        let mut colons = text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(index, _)| index);
        for end in &mut ends[..4] {
            *end = colons.next().ok_or_else(|| NotAUrn(text.to_owned()))?;
        }
        if fault!(IamUrnPathCutAtColon) {
            ends[4] = colons.next().unwrap_or(text.len());
        }
        Ok(Self { text: text.to_owned(), ends })
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Urn {
    fn segment(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] + 1 };
        &self.text[start..self.ends[index]]
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service, `ims`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.segment(0)
    }

    /// The region; empty or `*` for global services.
    #[must_use]
    pub fn region(&self) -> &str {
        self.segment(1)
    }

    /// The account's id; `system` for public resources.
    #[must_use]
    pub fn account(&self) -> &str {
        self.segment(2)
    }

    /// The type of the resource, `image`.
    #[must_use]
    pub fn resource_type(&self) -> &str {
        self.segment(3)
    }

    /// What names the resource within its type.
    #[must_use]
    pub fn path(&self) -> &str {
        self.segment(4)
    }
}

/// A pattern of resources as a statement has it: `*`, or a URN whose segments may hold `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ResourcePattern {
    /// `*`: every resource, and requests that have none.
    All,
    /// A URN with wildcards.
    Urn(Urn),
    /// A text that is neither; it matches nothing.
    Malformed(String),
}

impl From<&str> for ResourcePattern {
    fn from(text: &str) -> Self {
        if text == "*" {
            return Self::All;
        }
        text.parse().map_or_else(|_| Self::Malformed(text.to_owned()), Self::Urn)
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Urn(urn) => urn.fmt(f),
            Self::Malformed(text) => f.write_str(text),
        }
    }
}

impl ResourcePattern {
    /// Whether a request's resource fits. A request without one fits `*` alone.
    pub(super) fn matches<R: Reading>(&self, resource: Option<&Urn>) -> bool {
        let glob = Glob { star_at_end_only: !R::STAR_ANYWHERE, ..Glob::STAR };
        match (self, resource) {
            (Self::All, _) => true,
            (Self::Urn(pattern), Some(urn)) => (0..5)
                .filter(|&index| index != 2 || R::ACCOUNT_COUNTS)
                .all(|index| glob.matches(pattern.segment(index), urn.segment(index))),
            (Self::Urn(_), None) | (Self::Malformed(_), _) => false,
        }
    }
}
