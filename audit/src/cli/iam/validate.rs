//! `assay iam validate`: what is wrong with documents, and where.

use assay_engine::iam::{Rules, Use, read};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::question::RulesArgs;
use crate::cli::{Answer, print, print_json};
use crate::iam::{InputError, read_file};
use crate::sarif::{Finding, Level, Region, log};

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Documents, JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// What they are used as [default: what a principal's document of its version is].
    #[arg(long = "as", value_name = "USE")]
    use_: Option<UseName>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    rules: RulesArgs,
}

/// How to print findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each, FILE:LINE:COLUMN.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

/// The uses by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum UseName {
    Role,
    Policy,
    Identity,
    Scp,
}

impl From<UseName> for Use {
    fn from(name: UseName) -> Self {
        match name {
            UseName::Role => Self::Role,
            UseName::Policy => Self::Policy,
            UseName::Identity => Self::Identity,
            UseName::Scp => Self::Scp,
        }
    }
}

pub(super) fn run(arguments: &ValidateArgs) -> Result<Answer, InputError> {
    let input = arguments.rules.input()?;
    let rules = Rules { profile: &input.profile, catalogue: assay_case::iam::ims() };
    let mut findings = Vec::new();
    for file in &arguments.files {
        let text = read_file(file.as_ref())?;
        for problem in read(&text, arguments.use_.map(Use::from), rules).err().into_iter().flatten() {
            findings.push(Finding {
                id: problem.violation.name().to_owned(),
                file: file.clone(),
                level: Level::Error,
                region: Region::at(problem.position.line, problem.position.column),
                message: problem.violation.to_string(),
                related: Vec::new(),
                fix: Vec::new(),
            });
        }
    }
    match arguments.format {
        Format::Text => {
            for Finding { id, file, region, message, .. } in &findings {
                let (line, column) = region.start;
                print(format_args!("{file}:{line}:{column}: {message} [{id}]\n"));
            }
        }
        Format::Json => {
            let finding = |finding: &Finding| {
                json!({
                    "id": finding.id, "severity": "error", "file": finding.file, "line": finding.region.start.0,
                    "column": finding.region.start.1, "message": finding.message,
                })
            };
            let findings: Vec<Value> = findings.iter().map(finding).collect();
            print_json(&json!({"version": 1, "findings": findings}));
        }
        Format::Sarif => print_json(&log(&findings, &[])),
    }
    Ok(findings.is_empty().into())
}
