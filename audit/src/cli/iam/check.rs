//! `assay iam check`: whether a request is allowed.

use assay_engine::iam::{Verdict, decide};

use super::Format;
use super::question::QuestionArgs;
use crate::cli::{Answer, print, print_json};
use crate::iam::{InputError, decision_json};

pub(super) fn run(arguments: &QuestionArgs) -> Result<Answer, InputError> {
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
