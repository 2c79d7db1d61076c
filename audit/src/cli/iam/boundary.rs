//! `assay iam boundary`: what an account can do at most under its SCPs.

use clap::Args;
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::Format;
use super::question::WorldArgs;
use crate::cli::{Answer, print, print_json};
use crate::iam::InputError;
use crate::iam::boundary::{Bound, boundary};

/// The arguments of `boundary`.
#[derive(Debug, Args)]
pub struct BoundaryArgs {
    #[command(flatten)]
    world: WorldArgs,
    /// Actions beside those of the service's table. May be repeated.
    #[arg(long = "action", value_name = "ACTION")]
    actions: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &BoundaryArgs) -> Result<Answer, InputError> {
    let parts = arguments.world.parts()?;
    if parts.organization.levels.is_empty() {
        return Err(InputError::Text(
            "an organization is needed: --scp LEVEL=FILE, or --world FILE".to_owned(),
        ));
    }
    let bounds = boundary(&parts, &arguments.actions)?;
    match arguments.format {
        Format::Json => {
            let bound = |bound: &Bound| {
                let mut answer = json!({"action": bound.action, "outcome": bound.name()});
                for (name, witness) in [("allowed", &bound.allowed), ("denied", &bound.denied)] {
                    if let Some(witness) = witness {
                        answer[name] = witness.json();
                    }
                }
                answer
            };
            let rows: Vec<Value> = bounds.iter().map(bound).collect();
            print_json(&json!({"version": 1, "rows": rows}));
        }
        Format::Text => {
            let mut table = Table::new();
            table.load_preset(presets::NOTHING).set_header(["action", "at most", "denied by"]);
            for bound in &bounds {
                let why = bound.denied.as_ref().map(|witness| witness.reason.clone()).unwrap_or_default();
                table.add_row([bound.action.clone(), bound.name().to_owned(), why]);
            }
            print(format_args!("{}\n", table.trim_fmt()));
        }
    }
    Ok(Answer::Yes)
}
