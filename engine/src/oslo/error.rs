//! What can end a decision other than allow or deny.

use std::fmt;

use thiserror::Error;

/// The class of a Python exception that leaves upstream's code.
///
/// Only the class is part of an outcome; messages are not compared. The unqualified name is what
/// Python's `type(error).__name__` gives.
///
/// ```
/// use assay_engine::oslo::ExceptionClass;
/// assert_eq!(ExceptionClass::TypeError.name(), "TypeError");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExceptionClass {
    /// `AttributeError`: a method was asked of a value that lacks it (`creds['roles'] = [1]`).
    AttributeError,
    /// `ChunkedEncodingError` (requests): the body of a remote check's answer broke off.
    ChunkedEncodingError,
    /// `ConfigFilesPermissionDeniedError` (oslo.config): a policy file that may not be read.
    ConfigFilesPermissionDeniedError,
    /// `ConnectionError` (requests): no connection to a remote check, or lost, or a body that stalls.
    ConnectionError,
    /// `DuplicatePolicyError`: a name was registered twice.
    DuplicatePolicyError,
    /// `FileNotFoundError`: a broken link in a policy directory.
    FileNotFoundError,
    /// `IndentationError`: the kind of a check has a line that starts with blanks (list form only).
    IndentationError,
    /// `IndexError`: a number without digits in a policy file (`!!int ""`).
    IndexError,
    /// `InvalidContextObject`: creds that are not a mapping (`oslo_policy.policy`).
    InvalidContextObject,
    /// `InvalidDefinitionError`: `check_rules` found undefined or cyclic references.
    InvalidDefinitionError,
    /// `InvalidJSONError` (requests): a float that JSON cannot say, sent to a remote check.
    InvalidJSONError,
    /// `InvalidRuleDefault`: a documented default without description or operations.
    InvalidRuleDefault,
    /// `InvalidScope`: the token's scope is none of the rule's, and the caller wants an exception.
    InvalidScope,
    /// `InvalidURL` (requests): a remote check's address has no host.
    InvalidURL,
    /// `KeyError`: upstream's local checks catch it; a remote check's address and a service's own check
    /// let it out, and loading a policy file does (`!!bool maybe`).
    KeyError,
    /// `MemoryError`: the kind of a check is nested too deeply for Python's parser.
    MemoryError,
    /// `OSError`, where Python knows no narrower class.
    OSError,
    /// `OverflowError`: `%d` of an infinity, `%c` of no code point, `%f` of an int that no float holds; an
    /// escape far beyond Unicode in a policy file (`"\\UFFFFFFFF"`).
    OverflowError,
    /// `PermissionError`: a policy directory that may not be listed.
    PermissionError,
    /// `PolicyNotAuthorized`: denied, and the caller wants an exception.
    PolicyNotAuthorized,
    /// `PolicyNotRegistered`: `authorize` was asked for a name that no default has.
    PolicyNotRegistered,
    /// `RecursionError`: a policy file, the kind of a check, or a value whose text is wanted, is nested too
    /// deeply for Python.
    RecursionError,
    /// `RuntimeError`: a remote check's time was up, or a file of its TLS options is not there.
    RuntimeError,
    /// `SSLError` (requests): TLS with a remote check failed, a bad certificate among other things.
    SSLError,
    /// `SyntaxError`: the kind of a check is no Python expression (`1abc:x`).
    SyntaxError,
    /// `TooManyRedirects` (requests): a remote check was sent on more than thirty times.
    TooManyRedirects,
    /// `TypeError`: a path goes through a value that cannot be indexed, a reference cycle, …
    TypeError,
    /// `UnicodeDecodeError`: a policy file is not UTF-8.
    UnicodeDecodeError,
    /// `ValueError`: an unfinished or unknown `%` directive, an integer too long for `str()`.
    ValueError,
    /// A class by its unqualified name, as a service's own check may raise one. Use
    /// [`ExceptionClass::named`], which knows the classes above.
    Other(&'static str),
}

impl ExceptionClass {
    /// Every class that upstream itself, or what it calls, raises.
    const KNOWN: &[Self] = &[
        Self::AttributeError,
        Self::ChunkedEncodingError,
        Self::ConfigFilesPermissionDeniedError,
        Self::ConnectionError,
        Self::DuplicatePolicyError,
        Self::FileNotFoundError,
        Self::IndentationError,
        Self::IndexError,
        Self::InvalidContextObject,
        Self::InvalidDefinitionError,
        Self::InvalidJSONError,
        Self::InvalidRuleDefault,
        Self::InvalidScope,
        Self::InvalidURL,
        Self::KeyError,
        Self::MemoryError,
        Self::OSError,
        Self::OverflowError,
        Self::PermissionError,
        Self::PolicyNotAuthorized,
        Self::PolicyNotRegistered,
        Self::RecursionError,
        Self::RuntimeError,
        Self::SSLError,
        Self::SyntaxError,
        Self::TooManyRedirects,
        Self::TypeError,
        Self::UnicodeDecodeError,
        Self::ValueError,
    ];

    /// The unqualified Python name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AttributeError => "AttributeError",
            Self::ChunkedEncodingError => "ChunkedEncodingError",
            Self::ConfigFilesPermissionDeniedError => "ConfigFilesPermissionDeniedError",
            Self::ConnectionError => "ConnectionError",
            Self::DuplicatePolicyError => "DuplicatePolicyError",
            Self::FileNotFoundError => "FileNotFoundError",
            Self::IndentationError => "IndentationError",
            Self::IndexError => "IndexError",
            Self::InvalidContextObject => "InvalidContextObject",
            Self::InvalidDefinitionError => "InvalidDefinitionError",
            Self::InvalidJSONError => "InvalidJSONError",
            Self::InvalidRuleDefault => "InvalidRuleDefault",
            Self::InvalidScope => "InvalidScope",
            Self::InvalidURL => "InvalidURL",
            Self::KeyError => "KeyError",
            Self::MemoryError => "MemoryError",
            Self::OSError => "OSError",
            Self::OverflowError => "OverflowError",
            Self::PermissionError => "PermissionError",
            Self::PolicyNotAuthorized => "PolicyNotAuthorized",
            Self::PolicyNotRegistered => "PolicyNotRegistered",
            Self::RecursionError => "RecursionError",
            Self::RuntimeError => "RuntimeError",
            Self::SSLError => "SSLError",
            Self::SyntaxError => "SyntaxError",
            Self::TooManyRedirects => "TooManyRedirects",
            Self::TypeError => "TypeError",
            Self::UnicodeDecodeError => "UnicodeDecodeError",
            Self::ValueError => "ValueError",
            Self::Other(name) => name,
        }
    }

    /// The class of an unqualified name.
    ///
    /// ```
    /// use assay_engine::oslo::ExceptionClass;
    /// assert_eq!(ExceptionClass::named("KeyError"), ExceptionClass::KeyError);
    /// assert_eq!(ExceptionClass::named("Forbidden").name(), "Forbidden");
    /// ```
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        let known = Self::KNOWN.iter().find(|class| class.name() == name);
        known.copied().unwrap_or(Self::Other(name))
    }
}

impl fmt::Display for ExceptionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A Python behaviour that this engine does not have yet.
///
/// It is returned in place of a guess: whoever sees it knows that the engine has no answer, which
/// is neither allow nor deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// A remote check's host with a name outside ASCII, which the engine's own client does not know how to
    /// write.
    #[error("the name of a host outside ASCII")]
    HostName,
    /// An `http:` or `https:` check where nobody was given that could ask the server.
    #[error("there is no client for remote checks (http:, https:)")]
    RemoteCheck,
    /// A check of which only the service itself knows what it does (Neutron's `field:`).
    #[error("only the service itself knows this check")]
    CustomCheck,
    /// A registered default whose name is no text.
    #[error("the name of a default is no text")]
    Name,
}

/// What this engine has no answer to by design: it keeps a bound where Python has none but memory, or
/// Python's own answer changes from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum Limit {
    /// A formatted match would be longer than
    /// [`MAX_LENGTH`](crate::oslo::python::percent::MAX_LENGTH): `%(x)9999999999s` asks for ten
    /// gigabytes. Or the aliases or merge keys of a policy file stand for more than this engine builds,
    /// or a number there has more than 10,000 sixtieths (`1:30:…`).
    #[error("too large")]
    TooLarge,
    /// The text of a set of more than one element is wanted, or a rule is one: Python goes through it in
    /// the order of hashes, which for strings differ from process to process.
    #[error("the order of a set")]
    SetOrder,
    /// One decision would call custom and remote checks more than a million times: their answers are
    /// not kept, so rules that refer to them twice each double the calls.
    #[error("the decision takes too many calls of custom or remote checks")]
    TooManyCalls,
}

/// Why there is no decision: upstream raises, or this engine has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Interrupt {
    /// Upstream lets this exception out of `enforce`.
    #[error("raises {0}")]
    Raised(ExceptionClass),
    /// No answer; see [`Unsupported`].
    #[error("unsupported: {0}")]
    Unsupported(#[from] Unsupported),
    /// No answer by design; see [`Limit`].
    #[error("limit: {0}")]
    Limit(#[from] Limit),
}

impl From<ExceptionClass> for Interrupt {
    fn from(class: ExceptionClass) -> Self {
        Self::Raised(class)
    }
}
