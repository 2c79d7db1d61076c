//! `assay what-can`: everything that somebody can do, and under which condition on the target.

use std::path::PathBuf;

use clap::Args;
use indexmap::IndexMap;
use serde_json::json;

use super::policy::{PersonaArgs, PolicyArgs};
use super::{Answer, Failure, Format, boxed, print, print_json};
use crate::matrix::{Matrix, Verdict, asked};
use crate::policy::{InputError, Persona, value};

/// The arguments of `what-can`.
#[derive(Debug, Args)]
pub struct WhatCanArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    personas: PersonaArgs,
    /// Who: a persona by its name.
    #[arg(long = "as", value_name = "PERSONA", required_unless_present = "creds")]
    persona: Option<String>,
    /// Who: creds in a file, YAML or JSON.
    #[arg(long, value_name = "FILE", conflicts_with = "persona")]
    creds: Option<PathBuf>,
    /// Every rule, also those that no operation is documented of.
    #[arg(long)]
    all: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &WhatCanArgs) -> Result<Answer, Failure> {
    let loaded = arguments.policy.load()?;
    let persona = match (&arguments.creds, &arguments.persona) {
        (Some(path), _) => Persona { name: path.display().to_string(), creds: value::read(path)? },
        (None, Some(name)) => arguments.personas.load()?.find(name)?,
        (None, None) => return Err(boxed(InputError::Text("who? --as PERSONA or --creds FILE".to_owned()))),
    };
    let rules = if arguments.all { loaded.effective.keys().cloned().collect() } else { asked(&loaded) };
    let matrix = Matrix::of(&loaded, vec![persona], &rules)?;
    let cells = || matrix.rows.iter().filter_map(|row| Some((row, row.cells.first()?)));
    let can = |verdict: Verdict| !matches!(verdict, Verdict::Deny);
    match arguments.format {
        Format::Json => {
            let rules: Vec<_> = cells()
                .filter(|(_, cell)| can(cell.verdict))
                .map(|(row, cell)| {
                    let mut rule = cell.json();
                    rule["rule"] = json!(row.rule);
                    rule["operations"] = row.operations_json();
                    rule
                })
                .collect();
            let persona: Vec<&str> = matrix.names().collect();
            print_json(
                &json!({"version": 1, "persona": persona.first(), "policy": matrix.policy, "rules": rules}),
            );
        }
        Format::Text => {
            let title = [
                (Verdict::Allow, "always"),
                (Verdict::Conditional, "if"),
                (Verdict::Undecided, "not known"),
                (Verdict::Raise, "never, the service answers with a 500"),
            ];
            for (verdict, title) in title {
                let mut groups: IndexMap<Option<&String>, Vec<&str>> = IndexMap::new();
                for (row, cell) in cells().filter(|(_, cell)| cell.verdict == verdict) {
                    groups.entry(cell.condition.as_ref()).or_default().push(&row.rule);
                }
                for (condition, rules) in groups {
                    let condition = condition.map(|condition| format!(" {condition}")).unwrap_or_default();
                    print(format_args!("{title}{condition}:\n  {}\n", rules.join(", ")));
                }
            }
            let counted = |verdict| cells().filter(|(_, cell)| cell.verdict == verdict).count();
            print(format_args!(
                "{} always, {} under a condition, {} never, of {} rules\n",
                counted(Verdict::Allow),
                counted(Verdict::Conditional),
                counted(Verdict::Deny) + counted(Verdict::Raise),
                matrix.rows.len()
            ));
        }
    }
    let may = |verdict: Verdict| !matches!(verdict, Verdict::Deny | Verdict::Raise);
    Ok(Answer::from(cells().any(|(_, cell)| may(cell.verdict))))
}
