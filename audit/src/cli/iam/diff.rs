//! `assay iam diff`: whether a document allows more or less than another.

use clap::Args;
use serde_json::{Map, json};

use super::Format;
use super::question::RulesArgs;
use super::validate::UseName;
use crate::cli::{Answer, print, print_json};
use crate::iam::InputError;
use crate::iam::compare::{Change, compare, compare_scps};

/// The arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The document as it was: a file, or the name of a system-defined one.
    #[arg(value_name = "OLD")]
    old: String,
    /// The document as it will be.
    #[arg(value_name = "NEW")]
    new: String,
    /// What both are used as [default: what a principal's document of its version is]. SCPs are compared by what
    /// they leave to an account that may do everything else.
    #[arg(long = "as", value_name = "USE")]
    use_: Option<UseName>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    rules: RulesArgs,
}

pub(super) fn run(arguments: &DiffArgs) -> Result<Answer, InputError> {
    let input = arguments.rules.input()?;
    let use_ = arguments.use_.map(Into::into);
    let old = input.document(&arguments.old, use_)?;
    let new = input.document(&arguments.new, use_)?;
    let compare = if arguments.use_ == Some(UseName::Scp) { compare_scps } else { compare };
    let comparison = compare(&input, &old, &new)?;
    match arguments.format {
        Format::Json => {
            let mut answer = Map::new();
            answer.insert("version".to_owned(), json!(1));
            answer.insert("change".to_owned(), json!(comparison.change().name()));
            for (name, witness) in [("wider", &comparison.wider), ("narrower", &comparison.narrower)] {
                if let Some(witness) = witness {
                    answer.insert(name.to_owned(), witness.json());
                }
            }
            answer.insert("requests".to_owned(), json!(comparison.requests));
            print_json(&answer.into());
        }
        Format::Text => {
            let name = comparison.change().name();
            print(format_args!("{name}\n"));
            for (says, witness) in
                [("allowed by NEW only", &comparison.wider), ("allowed by OLD only", &comparison.narrower)]
            {
                if let Some(witness) = witness {
                    print(format_args!("{says}: {witness}\n"));
                }
            }
            if comparison.change() == Change::Undecided {
                let requests = comparison.requests;
                print(format_args!("no difference on {requests} requests made of what the documents name\n"));
            }
        }
    }
    Ok(matches!(comparison.change(), Change::Same | Change::Undecided).into())
}
