//! `assay iam`: questions about roles, policies and SCPs.

mod boundary;
mod check;
mod diff;
mod explain;
mod matrix;
mod question;
mod validate;

use clap::Subcommand;

use super::{Answer, Format};
use crate::iam::InputError;

/// The questions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Whether a request is allowed: exit 0 if it is, 1 if it is denied.
    Check(question::QuestionArgs),
    /// What a decision rests on: statement, switches, roles without effect.
    Explain(question::QuestionArgs),
    /// What is wrong with documents, and where.
    Validate(validate::ValidateArgs),
    /// Operations by permissions, as the service's own table.
    Matrix(matrix::MatrixArgs),
    /// Whether a document allows more or less than another, with a request that shows it.
    Diff(diff::DiffArgs),
    /// What an account can do at most under its SCPs.
    Boundary(boundary::BoundaryArgs),
}

impl Command {
    pub(super) fn run(self) -> Result<Answer, InputError> {
        match self {
            Self::Check(arguments) => check::run(&arguments),
            Self::Explain(arguments) => explain::run(&arguments),
            Self::Validate(arguments) => validate::run(&arguments),
            Self::Matrix(arguments) => matrix::run(&arguments),
            Self::Diff(arguments) => diff::run(&arguments),
            Self::Boundary(arguments) => boundary::run(&arguments),
        }
    }
}
