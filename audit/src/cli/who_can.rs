//! `assay who-can`: under which conditions a rule allows.

use clap::Args;
use serde_json::json;

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, boxed, print, print_json};
use crate::meaning::{Analysis, Conditions, Literal, Side, Subject};
use crate::policy::InputError;

/// The arguments of `who-can`.
#[derive(Debug, Args)]
pub struct WhoCanArgs {
    /// The rule.
    #[arg(value_name = "RULE")]
    rule: String,
    #[command(flatten)]
    policy: PolicyArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &WhoCanArgs) -> Result<Answer, Failure> {
    let loaded = arguments.policy.load()?;
    let rule = arguments.rule.as_str();
    let side = Side::of(&loaded).map_err(boxed)?;
    if !side.rules().contains(rule) {
        return Err(boxed(InputError::Unknown { what: "rule", name: rule.to_owned(), known: None }));
    }
    let analysis = Analysis::of(&[&side])
        .map_err(|_| InputError::Text("the policy has too many different checks".to_owned()))?;
    let question = (0, Subject::Rule(rule));
    let allowed = analysis.conditions(question);
    let raising = analysis.raising(question);
    match arguments.format {
        Format::Json => {
            let calls = loaded.defaults.operations(rule).iter();
            let calls: Vec<_> =
                calls.map(|call| json!({"method": call.methods.join(", "), "path": call.path})).collect();
            let mut answer = json!({
                "version": 1,
                "rule": rule,
                "operations": calls,
                "scope_types": side.scopes(rule),
                "always": allowed == Conditions::Always,
                "conditions": allowed.json(&analysis),
            });
            if let Conditions::Undecided(why) = &allowed {
                answer["why"] = json!(why);
            }
            if raising != Conditions::Never {
                answer["raises"] = raising.json(&analysis);
            }
            print_json(&answer);
        }
        Format::Text => {
            match &allowed {
                Conditions::When(alternatives) => {
                    let (common, rest) = factored(alternatives);
                    let common = if common.is_empty() {
                        String::new()
                    } else {
                        format!(" {} and", analysis.words_of(&common))
                    };
                    print(format_args!("{rule}: whoever has{common}\n"));
                    for all in rest {
                        print(format_args!("  {}\n", analysis.words_of(&all)));
                    }
                }
                Conditions::Always => print(format_args!("{rule}: anybody\n")),
                Conditions::Never => print(format_args!("{rule}: nobody\n")),
                Conditions::Undecided(why) => print(format_args!("{rule}: not known: {why}\n")),
            }
            if let Conditions::When(alternatives) = &raising {
                print("  (the service answers with a 500 for whoever has\n");
                for all in alternatives {
                    print(format_args!("    {}\n", analysis.words_of(all)));
                }
                print("  )\n");
            }
        }
    }
    Ok(Answer::from(!matches!(allowed, Conditions::Never)))
}

/// What all alternatives ask for, and what each asks for beside it.
fn factored(alternatives: &[Vec<Literal>]) -> (Vec<Literal>, Vec<Vec<Literal>>) {
    let [first, others @ ..] = alternatives else {
        return (Vec::new(), Vec::new());
    };
    let everywhere = |literal: &&Literal| others.iter().all(|all| all.contains(literal));
    let common: Vec<Literal> = first.iter().filter(everywhere).copied().collect();
    if others.is_empty() || alternatives.iter().any(|all| all.len() == common.len()) {
        return (Vec::new(), alternatives.to_vec());
    }
    let beside =
        |all: &Vec<Literal>| all.iter().filter(|literal| !common.contains(literal)).copied().collect();
    let rest = alternatives.iter().map(beside).collect();
    (common, rest)
}
