//! The commands. Each gives exit code 0 for yes or nothing found, 1 for no, findings or differences, 2 for bad
//! input, which is then said on stderr.

pub mod iam;

use std::fmt::Display;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Says what access-control policies mean.
#[derive(Debug, Parser)]
#[command(name = "assay", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Roles, policies and SCPs of Huawei Cloud and Open Telekom Cloud.
    #[command(subcommand)]
    Iam(iam::Command),
}

impl Arguments {
    /// Does what was asked.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let answer = match self.command {
            Command::Iam(command) => command.run(),
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

/// Prints to stdout. A reader that went away is not an error of the question.
fn print(text: impl Display) {
    use std::io::Write as _;
    let _ = write!(std::io::stdout().lock(), "{text}");
}

/// JSON as people can still read it, with a line end.
fn print_json(value: &serde_json::Value) {
    print(format_args!("{value:#}\n"));
}
