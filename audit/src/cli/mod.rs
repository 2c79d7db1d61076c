//! The commands. Each gives exit code 0 for yes or nothing found, 1 for no, findings or differences, 2 for bad
//! input, which is then said on stderr.

pub mod check;
pub mod completions;
pub mod convert;
pub mod diff;
pub mod equivalent;
pub mod exit_codes;
pub mod explain;
pub mod help;
pub mod iam;
pub mod implies;
pub mod lint;
pub mod man;
pub mod matrix;
pub mod policy;
pub mod question;
pub mod redundant;
pub mod requirements;
pub mod sample;
pub mod upgrade;
pub mod what_can;
pub mod who_can;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::policy::InputError;

/// Says what access-control policies mean.
#[derive(Debug, Parser)]
#[command(name = "assay", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Whether somebody may do something: exit 0 if it is allowed, 1 if it is denied or raises.
    Check(check::CheckArgs),
    /// Why: what was compared with what, what was not reached, and what would change the answer.
    Explain(explain::ExplainArgs),
    /// Where policy files do not mean what they seem to: each finding at its place.
    Lint(lint::LintArgs),
    /// What changes from one policy to another, rule by rule, with a request that shows it.
    Diff(diff::DiffArgs),
    /// Whether two rules, two checks or two policies allow the same requests.
    Equivalent(equivalent::EquivalentArgs),
    /// Whether one rule or check allows all that another does.
    Implies(implies::ImpliesArgs),
    /// Who may do what: personas by rules, worked out for all targets.
    Matrix(matrix::MatrixArgs),
    /// Everything that somebody can do, and under which condition on the target.
    WhatCan(what_can::WhatCanArgs),
    /// The least conditions under which a rule allows.
    WhoCan(who_can::WhoCanArgs),
    /// Roles, policies and SCPs of Huawei Cloud and Open Telekom Cloud.
    #[command(subcommand)]
    Iam(iam::Command),
    /// Makes YAML of a policy file in JSON, with what the service says of each rule.
    Convert(convert::ConvertArgs),
    /// Finds overrides that change nothing.
    Redundant(redundant::RedundantArgs),
    /// Holds a policy against a table of who must be able to do what.
    Requirements(requirements::RequirementsArgs),
    /// Writes what a service registers as a policy file, or what is really used.
    Sample(sample::SampleArgs),
    /// Brings policy files up to the names of a release; they decide as they did.
    Upgrade(upgrade::UpgradeArgs),
    /// Prints what a shell needs to complete this command.
    Completions(completions::CompletionsArgs),
    /// Writes a man page for each command into a directory.
    Man(man::ManArgs),
    /// Says what the exit codes mean.
    #[command(long_about = exit_codes::TEXT)]
    ExitCodes,
}

impl Arguments {
    /// Does what was asked.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let answer = match self.command {
            // Each subcommand is a file of this folder, a variant of `Command` and a line here.
            Command::Check(arguments) => check::run(&arguments).map_err(boxed),
            Command::Explain(arguments) => explain::run(&arguments).map_err(boxed),
            Command::Diff(arguments) => diff::run(&arguments),
            Command::Equivalent(arguments) => equivalent::run(&arguments),
            Command::Implies(arguments) => implies::run(&arguments),
            Command::Matrix(arguments) => matrix::run(&arguments),
            Command::WhatCan(arguments) => what_can::run(&arguments),
            Command::WhoCan(arguments) => who_can::run(&arguments),
            Command::Iam(command) => command.run().map_err(boxed),
            Command::Convert(arguments) => convert::run(&arguments),
            Command::Redundant(arguments) => redundant::run(&arguments),
            Command::Requirements(arguments) => requirements::run(&arguments),
            Command::Sample(arguments) => sample::run(&arguments),
            Command::Upgrade(arguments) => upgrade::run(&arguments),
            Command::Completions(arguments) => completions::run(&arguments),
            Command::Man(arguments) => man::run(&arguments).map_err(boxed),
            Command::ExitCodes => exit_codes::run(),
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

/// Writes to a file, or to stdout where none is named.
fn output(path: Option<&Path>, text: &str) -> Result<(), InputError> {
    match path {
        Some(path) => {
            std::fs::write(path, text).map_err(|cause| InputError::Io { path: path.to_owned(), cause })
        }
        None => {
            print(text);
            Ok(())
        }
    }
}

/// JSON as people can still read it, with a line end.
fn print_json(value: &serde_json::Value) {
    print(format_args!("{value:#}\n"));
}
