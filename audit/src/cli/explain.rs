//! `assay explain`: why a request is allowed or denied, and what would change that.

use clap::Args;

use super::policy::PolicyArgs;
use super::question::QuestionArgs;
use super::{Answer, Format, print, print_json};
use crate::policy::{InputError, Outcome};

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule to ask for.
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    question: QuestionArgs,
    /// How many sets of changes that would turn the answer are shown at most.
    #[arg(long, value_name = "N", default_value_t = 5)]
    flips: usize,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &ExplainArgs) -> Result<Answer, InputError> {
    let policy = arguments.policy.load()?;
    let request = arguments.question.request()?;
    let report = policy.explain(&arguments.rule, &request, arguments.flips);
    match arguments.format {
        Format::Json => print_json(&report.json()),
        Format::Text => print(&report),
    }
    match report.answer.outcome {
        Outcome::Undecided(why) => Err(InputError::Text(format!("{}: {why}", arguments.rule))),
        outcome => Ok((outcome == Outcome::Allow).into()),
    }
}
