//! `assay check`: whether a request is allowed.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use super::policy::PolicyArgs;
use super::question::QuestionArgs;
use super::{Answer as Exit, Format, print, print_json};
use crate::policy::{Answer, Answers, InputError, Outcome};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The rules to ask for; without any, all that the policy has.
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    question: QuestionArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &CheckArgs) -> Result<Exit, InputError> {
    let policy = arguments.policy.load()?;
    let request = arguments.question.request()?;
    let all: Vec<String>;
    let rules = if arguments.rules.is_empty() {
        all = policy.effective.keys().cloned().collect();
        &all
    } else {
        &arguments.rules
    };
    let answers: Vec<Answer> = rules.iter().map(|rule| policy.ask(rule, &request)).collect();
    let one = match (arguments.rules.as_slice(), answers.as_slice()) {
        ([_], [answer]) => Some(answer),
        _ => None,
    };
    if let Some(Outcome::Undecided(why)) = one.map(|answer| answer.outcome) {
        return Err(InputError::Text(format!("{}: {why}", rules[0])));
    }
    match (arguments.format, one) {
        (Format::Json, Some(answer)) => print_json(&answer.json()),
        (Format::Json, None) => print_json(&answers.iter().map(Answer::json).collect()),
        (Format::Text, Some(answer)) => print(format_args!("{}\n", sentence(answer))),
        (Format::Text, None) => print(format_args!("{}\n", table(&answers))),
    }
    Ok(answers.iter().all(|answer| answer.outcome == Outcome::Allow).into())
}

/// What else there is to say of an answer, in words; nothing where there is nothing.
fn remark(answer: &Answer) -> Option<String> {
    let mut remarks = Vec::new();
    if let Some((allowed, token)) = &answer.scope {
        let scopes = allowed.join(" or ");
        remarks.push(format!("InvalidScope: for {scopes} scope, and the token is of {token} scope"));
    }
    match &answer.answers {
        Answers::DefaultRule(name) => {
            remarks.push(format!("no rule is called so: the default rule {name:?} answers"));
        }
        Answers::Nobody => remarks.push("no rule is called so, and there is no default rule".to_owned()),
        Answers::Own => {}
    }
    match answer.outcome {
        Outcome::Raise(_) => remarks.push("the service answers with a 500".to_owned()),
        Outcome::Undecided(why) => remarks.push(why.to_string()),
        Outcome::Allow | Outcome::Deny => {}
    }
    if answer.unregistered {
        remarks.push("not registered: authorize() raises PolicyNotRegistered".to_owned());
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

fn word(outcome: Outcome) -> String {
    match outcome.class() {
        Some(class) => format!("raise {class}"),
        None => outcome.name().to_owned(),
    }
}

fn sentence(answer: &Answer) -> String {
    let word = word(answer.outcome);
    match remark(answer) {
        Some(remark) => format!("{word} ({remark})"),
        None => word,
    }
}

fn table(answers: &[Answer]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["rule", "outcome", ""]);
    for answer in answers {
        table.add_row([answer.rule.clone(), word(answer.outcome), remark(answer).unwrap_or_default()]);
    }
    let count = |name: &str| answers.iter().filter(|answer| answer.outcome.name() == name).count();
    let counts = ["allow", "deny", "raise", "undecided"].map(|name| (name, count(name)));
    let counts = counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}"));
    let lines: Vec<String> =
        table.lines().map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    format!("{}\n{}", lines.join("\n"), counts.collect::<Vec<_>>().join(", "))
}
