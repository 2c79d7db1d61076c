//! `assay equivalent`: whether two rules, two checks or two policies allow the same requests.

use clap::Args;

use super::implies::{Found, asked, side, with_questions};
use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, boxed};
use crate::diff::{Change, Diff};
use crate::policy::{InputError, services};

/// The arguments of `equivalent`.
#[derive(Debug, Args)]
pub struct EquivalentArgs {
    /// Two rules or checks (A B), two policies (OLD NEW), or a rule of two policies (RULE OLD NEW). Policies are files,
    /// directories and built-in releases, as diff takes them.
    #[arg(value_name = "[RULE] A B", num_args = 2..=3, required = true)]
    what: Vec<String>,
    #[command(flatten)]
    policy: PolicyArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &EquivalentArgs) -> Result<Answer, Failure> {
    let format = arguments.format;
    let found = match arguments.what.as_slice() {
        [rule, old, new] => of_policies(&arguments.policy, Some(rule), old, new)?,
        [old, new] if is_policy(old) && is_policy(new) => of_policies(&arguments.policy, None, old, new)?,
        [one, other] => {
            let side = side(&arguments.policy)?;
            let asked = [asked(&side, one)?, asked(&side, other)?];
            with_questions(&side, &asked, |analysis, [one, other]| {
                let forth = Found::of(analysis.implies(one, other), "A");
                forth.and(Found::of(analysis.implies(other, one), "B"))
            })?
        }
        _ => return Err(boxed(InputError::Text("two or three things can be compared".to_owned()))),
    };
    Ok(found.print(format, "equivalent", "not equivalent"))
}

/// Whether something names a policy rather than a rule.
fn is_policy(spec: &str) -> bool {
    std::path::Path::new(spec).exists() || services::find(spec.split('+').next().unwrap_or(spec)).is_ok()
}

fn of_policies(policy: &PolicyArgs, rule: Option<&str>, old: &str, new: &str) -> Result<Found, Failure> {
    let setup = policy.setup()?;
    let (old, new) = (setup.load_spec(old)?, setup.load_spec(new)?);
    // Then the default rule has answered for what is in one of them only.
    let fall_back = old.defaults.rules().is_empty() && new.defaults.rules().is_empty();
    let diff = Diff::of(&old, &new, false).map_err(boxed)?;
    let rules = diff.rules.into_iter().filter(|change| rule.is_none_or(|rule| change.name == rule));
    let mut all = Found { so: Some(true), witness: None, why: None };
    let mut met = false;
    for change in rules {
        met = true;
        let found = match (change.narrower, change.wider, change.why) {
            (Some(shown), ..) => Found { so: Some(false), witness: Some(("OLD", shown.witness)), why: None },
            (_, Some(shown), _) => {
                Found { so: Some(false), witness: Some(("NEW", shown.witness)), why: None }
            }
            (_, _, Some(why)) => Found { so: None, witness: None, why: Some(why) },
            _ if fall_back => continue,
            _ => match change.change {
                Change::Added => one_sided(&change.name, "NEW"),
                Change::Removed => one_sided(&change.name, "OLD"),
                _ => continue,
            },
        };
        all = all.and(found);
    }
    match rule {
        Some(rule) if !met => {
            let known = "it is in neither policy".to_owned();
            Err(boxed(InputError::Unknown { what: "rule", name: rule.to_owned(), known: Some(known) }))
        }
        _ => Ok(all),
    }
}

fn one_sided(rule: &str, which: &str) -> Found {
    Found { so: Some(false), witness: None, why: Some(format!("{rule} is in {which} alone")) }
}
