//! `assay iam explain`: what a decision rests on.

use assay_engine::iam::{Verdict, explain};
use serde_json::{Value, json};

use super::Format;
use super::question::QuestionArgs;
use crate::cli::{Answer, print, print_json};
use crate::iam::{InputError, decision_json};

pub(super) fn run(arguments: &QuestionArgs) -> Result<Answer, InputError> {
    let parts = arguments.world.parts()?;
    let explanation = explain(&parts.world(), &arguments.request.request()?)?;
    match arguments.format {
        Format::Text => print(&explanation),
        Format::Json => {
            let mut answer = decision_json(&explanation.decision, &parts.principal.name);
            let roles = explanation.without_effect.iter();
            let roles: Vec<Value> =
                roles.map(|(role, lacking)| json!({"role": role, "lacking": lacking})).collect();
            let switches = explanation.rests_on.iter();
            let switches: Vec<Value> = switches
                .map(|(switch, setting)| json!({"switch": switch.name(), "setting": setting}))
                .collect();
            answer["without_effect"] = json!(roles);
            answer["rests_on"] = json!(switches);
            print_json(&answer);
        }
    }
    Ok((explanation.decision.verdict == Verdict::Allow).into())
}
