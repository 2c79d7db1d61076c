//! The commands. Each gives exit code 0 for yes or nothing found, 1 for no, findings or differences, 2 for bad
//! input, which is then said on stderr.

pub mod check;
pub mod diff;
pub mod explain;
pub mod iam;
pub mod implies;
pub mod lint;
pub mod matrix;
pub mod policy;
pub mod question;
pub mod who_can;

use std::fmt::Display;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Says what access-control policies mean.
#[derive(Debug, Parser)]
#[command(name = "assay", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What changes from one policy to another, rule by rule, with a request that shows it.
    Diff(diff::DiffArgs),
    /// Whether two rules, two checks or two policies allow the same requests.
    Equivalent(implies::EquivalentArgs),
    /// Whether one rule or check allows all that another does.
    Implies(implies::ImpliesArgs),
    /// Who may do what: personas by rules, worked out for all targets.
    Matrix(matrix::MatrixArgs),
    /// Everything that somebody can do, and under which condition on the target.
    WhatCan(matrix::WhatCanArgs),
    /// The least conditions under which a rule allows.
    WhoCan(who_can::WhoCanArgs),
    /// Whether somebody may do something: exit 0 if it is allowed, 1 if it is denied or raises.
    Check(check::CheckArgs),
    /// Why: what was compared with what, what was not reached, and what would change the answer.
    Explain(explain::ExplainArgs),
    /// Roles, policies and SCPs of Huawei Cloud and Open Telekom Cloud.
    #[command(subcommand)]
    Iam(iam::Command),
    /// Where policy files do not mean what they seem to: each finding at its place.
    Lint(lint::LintArgs),
}

impl Arguments {
    /// Does what was asked.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let answer = match self.command {
            // Each subcommand is a file of this folder, a variant of `Command` and a line here.
            Command::Diff(arguments) => diff::run(&arguments),
            Command::Equivalent(arguments) => implies::equivalent(&arguments),
            Command::Implies(arguments) => implies::implies(&arguments),
            Command::Matrix(arguments) => matrix::run(&arguments),
            Command::WhatCan(arguments) => matrix::what_can(&arguments),
            Command::WhoCan(arguments) => who_can::run(&arguments),
            Command::Check(arguments) => check::run(&arguments).map_err(boxed),
            Command::Explain(arguments) => explain::run(&arguments).map_err(boxed),
            Command::Iam(command) => command.run().map_err(boxed),
            Command::Lint(arguments) => lint::run(&arguments).map_err(boxed),
        };
        match answer {
            Ok(Answer::Yes) => ExitCode::from(0),
            Ok(Answer::No) => ExitCode::from(1),
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        }
    }
}

/// What stopped a command, whichever half of the tool it is of.
type Failure = Box<dyn std::error::Error>;

fn boxed<E: std::error::Error + 'static>(error: E) -> Failure {
    Box::new(error)
}

/// What a command comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Allowed, valid, the same.
    Yes,
    /// Denied, findings, differences.
    No,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// How to print, of commands that print for people or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON value.
    Json,
}

/// Prints to stdout. A reader that went away is not an error of the question.
fn print(text: impl Display) {
    use std::io::Write as _;
    let _ = write!(std::io::stdout().lock(), "{text}");
}

/// JSON as people can still read it, with a line end.
fn print_json(value: &serde_json::Value) {
    print(format_args!("{value:#}\n"));
}
