//! `assay completions`: what shells need to complete the command line.

use clap::Args;
use clap_complete::{Shell, generate};

use super::help::command;
use super::{Answer, Failure, print};

const EXAMPLES: &str = "\
Examples:
  assay completions bash > /etc/bash_completion.d/assay
  assay completions zsh > ~/.zfunc/_assay
  assay completions fish > ~/.config/fish/completions/assay.fish";

/// The arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &CompletionsArgs) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command(), "assay", &mut script);
    print(String::from_utf8(script)?);
    Ok(Answer::Yes)
}
