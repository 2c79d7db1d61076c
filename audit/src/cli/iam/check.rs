//! `assay iam check`: whether a request is allowed.

use assay_engine::iam::{Verdict, decide};
use clap::Args;

use super::Format;
use super::question::{RequestArgs, WorldArgs};
use crate::cli::{Answer, print, print_json};
use crate::iam::{InputError, decision_json};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    world: WorldArgs,
    #[command(flatten)]
    request: RequestArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &CheckArgs) -> Result<Answer, InputError> {
    let parts = arguments.world.parts()?;
    let decision = decide(&parts.world(), &arguments.request.request()?)?;
    match arguments.format {
        Format::Json => print_json(&decision_json(&decision, &parts.principal.name)),
        Format::Text => {
            print(format_args!("{decision}\n"));
            if let Some(message) = decision.message(&parts.principal.name) {
                print(format_args!("{message}\n"));
            }
        }
    }
    Ok((decision.verdict == Verdict::Allow).into())
}
