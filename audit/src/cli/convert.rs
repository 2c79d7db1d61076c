//! `assay convert`: a policy file in JSON made YAML.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, output, print_json};
use crate::convert::{Notice, convert};
use crate::policy::InputError;

const EXAMPLES: &str = "\
Rules that say what the service says anyway become comments, unless something would decide otherwise without them. The \
YAML is read again, and every rule compared, before it is written.

Exit codes: 0 written; 2 bad input.

Examples:
  assay convert --policy policy.json --service cinder:22 --output policy.yaml
  assay convert --policy policy.json > policy.yaml";

/// The arguments of `convert`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConvertArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Write to a file, in place of stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to tell what is done: as lines on stderr, or as one JSON value on stdout (which has the YAML unless --output
    /// takes it).
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &ConvertArgs) -> Result<Answer, Failure> {
    let setup = arguments.policy.setup()?;
    let files = setup.files()?;
    let [file] = files.as_slice() else {
        return Err(InputError::Text("one policy file: name it with --policy".to_owned()).into());
    };
    let converted = convert(file, &setup.defaults)?;
    if arguments.output.is_some() || arguments.format == Format::Text {
        output(arguments.output.as_deref(), &converted.text)?;
    }
    let path = file.path.display().to_string();
    match arguments.format {
        Format::Text => {
            for Notice { at, message } in converted.warnings.iter().chain(&converted.kept) {
                eprintln!("{path}:{at}: {message}");
            }
            let count = converted.commented.len();
            eprintln!(
                "{path}: {count} of {} rules say what the service says anyway; they are comments",
                file.entries.len()
            );
        }
        Format::Json => {
            let notices = |notices: &[Notice]| -> Vec<Value> {
                let one = |Notice { at, message }: &Notice| json!({"line": at.line, "column": at.column, "message": message});
                notices.iter().map(one).collect()
            };
            let mut report = json!({
                "version": 1, "file": path, "commented": converted.commented,
                "kept": notices(&converted.kept), "warnings": notices(&converted.warnings),
            });
            if arguments.output.is_none() {
                report["text"] = converted.text.into();
            }
            print_json(&report);
        }
    }
    Ok(Answer::Yes)
}
