//! What is wrong with what was handed over.

use std::path::PathBuf;

use assay_engine::oslo::enforcer::PolicyError;
use assay_engine::oslo::load::yaml::Position;
use thiserror::Error;

/// Input that cannot be used. Each message names the file, the place where there is one, and the cause.
#[derive(Debug, Error)]
pub enum InputError {
    /// A file or directory that cannot be read.
    #[error("{}: {cause}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A policy file that upstream would not load either, with the exception that it raises.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file of another kind (defaults, personas, creds, a target) that is not as it should be.
    #[error("{}{}: {message}", .path.display(), .at.map(|at| format!(":{at}")).unwrap_or_default())]
    File {
        /// The file.
        path: PathBuf,
        /// Where in it.
        at: Option<Position>,
        /// What is wrong.
        message: String,
    },
    /// A name that nothing has: of a service, a release, a persona, a rule.
    #[error("no {what} is called {name:?}{}", .known.as_deref().map(|known| format!(": {known}")).unwrap_or_default())]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are, or the nearest of them, for people.
        known: Option<String>,
    },
    /// Anything else, in a sentence.
    #[error("{0}")]
    Text(String),
}

impl InputError {
    /// A file whose content is not as it should be.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>, at: Option<Position>, message: impl Into<String>) -> Self {
        Self::File { path: path.into(), at, message: message.into() }
    }
}
