//! Why a policy file could not be read, and where.

use std::fmt;

use thiserror::Error;

use crate::oslo::error::{ExceptionClass, Interrupt};

/// A place in a file, for people: both numbers count from 1, columns count code points (a byte order
/// mark takes none).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line. Besides `\n`, `\r` and `\r\n`, NEL, LS and PS end one, as YAML 1.1 has it.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A policy file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{message} ({cause})", .at.map(|at| format!("{at}: ")).unwrap_or_default())]
pub struct FileError {
    /// Where the problem was seen; `None` where it is the file as a whole.
    pub at: Option<Position>,
    /// The exception that ends upstream's `Rules.load` (what PyYAML calls an error of its own is
    /// `ValueError` there), or that this engine has no answer.
    pub cause: Interrupt,
    /// What is wrong, for people.
    pub message: String,
}

impl FileError {
    /// What PyYAML reports as a `YAMLError`, which upstream turns into `ValueError`.
    pub(super) fn yaml(at: Position, message: impl Into<String>) -> Self {
        Self::new(at, ExceptionClass::ValueError, message)
    }

    pub(super) fn new(at: Position, cause: impl Into<Interrupt>, message: impl Into<String>) -> Self {
        Self { at: Some(at), cause: cause.into(), message: message.into() }
    }
}

pub(super) type Result<T> = std::result::Result<T, FileError>;
