//! How the documents are read: as they say, and in tests with one fault at a time.

/// The documented behaviours that the harness proves itself on.
///
/// The engine decides as [`AsDocumented`]. A test may implement this with one constant changed, and
/// must then see the recorded cases fail. No input reaches it: it is a type, not a value.
pub trait Reading {
    /// A matching Deny prevails over every Allow.
    const DENY_PREVAILS: bool = true;
    /// Every node from the root to the account must allow what is asked.
    const EVERY_LEVEL_ALLOWS: bool = true;
    /// An `IfExists` condition holds where the key is missing.
    const IF_EXISTS_HOLDS_WHEN_MISSING: bool = true;
    /// The account of a URN is compared.
    const ACCOUNT_COUNTS: bool = true;
    /// `*` is a wildcard wherever it stands.
    const STAR_ANYWHERE: bool = true;
}

/// What the documents say.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsDocumented;

impl Reading for AsDocumented {}
