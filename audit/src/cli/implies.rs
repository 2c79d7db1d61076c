//! `assay implies` and `assay equivalent`: whether one rule allows all that another does.

use assay_engine::oslo::{CheckTree, Rules, parse_text};
use clap::Args;
use serde_json::json;

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, boxed, print, print_json};
use crate::diff::{Change, Diff};
use crate::meaning::{self, Analysis, Question, Side, Subject, Witness};
use crate::policy::{InputError, services};

/// The arguments of `implies`.
#[derive(Debug, Args)]
pub struct ImpliesArgs {
    /// A rule of the policy by its name, or a check ("role:admin or rule:owner").
    #[arg(value_name = "A")]
    one: String,
    /// What should allow whatever A allows.
    #[arg(value_name = "B")]
    other: String,
    #[command(flatten)]
    policy: PolicyArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

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

/// What was found out about two questions.
struct Found {
    /// Whether it is so; `None` if that is not known.
    so: Option<bool>,
    /// A request that only the first, or only the second, allows.
    witness: Option<(&'static str, Witness)>,
    why: Option<String>,
}

impl Found {
    fn of(answer: meaning::Answer, by: &'static str) -> Self {
        match answer {
            meaning::Answer::Yes(_) => Self { so: Some(true), witness: None, why: None },
            meaning::Answer::No(witness) => {
                Self { so: Some(false), witness: witness.map(|witness| (by, *witness)), why: None }
            }
            meaning::Answer::Undecided(why) => Self { so: None, witness: None, why: Some(why) },
        }
    }

    /// Both must be so.
    fn and(self, other: Self) -> Self {
        if self.so == Some(false) || other.so == Some(true) { self } else { other }
    }

    fn print(&self, format: Format, yes: &str, no: &str) -> Answer {
        match format {
            Format::Json => {
                let mut answer = json!({"version": 1, "answer": self.so});
                if let Some((by, witness)) = &self.witness {
                    answer["allowed_by"] = json!(by);
                    answer["request"] = witness.json();
                }
                if let Some(why) = &self.why {
                    answer["why"] = json!(why);
                }
                print_json(&answer);
            }
            Format::Text => match (self.so, &self.witness) {
                (Some(true), _) => print(format_args!("{yes}\n")),
                (Some(false), Some((by, witness))) => {
                    print(format_args!("{no}: {by} alone allows {witness}\n"))
                }
                (Some(false), None) => print(format_args!("{no}\n")),
                (None, _) => print(format_args!("undecided: {}\n", self.why.as_deref().unwrap_or_default())),
            },
        }
        Answer::from(self.so == Some(true))
    }
}

pub(super) fn implies(arguments: &ImpliesArgs) -> Result<Answer, Failure> {
    let side = side(&arguments.policy)?;
    let asked = [asked(&side, &arguments.one)?, asked(&side, &arguments.other)?];
    let found =
        with_questions(&side, &asked, |analysis, [one, other]| Found::of(analysis.implies(one, other), "A"))?;
    Ok(found.print(arguments.format, "A implies B", "A does not imply B"))
}

pub(super) fn equivalent(arguments: &EquivalentArgs) -> Result<Answer, Failure> {
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
            _ if change.change == Change::Same => continue,
            // A rule of which there is one, and which allows what its absence does.
            _ => continue,
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

/// The policy whose rules are meant; none where none is named.
fn side(policy: &PolicyArgs) -> Result<Side, Failure> {
    if policy.policies.is_empty() && policy.defaults.is_none() && policy.service.is_none() {
        return Side::new(Rules::from_texts([("", ""); 0]), []).map_err(boxed);
    }
    Side::of(&policy.load()?).map_err(boxed)
}

/// A rule, or a check.
enum Asked {
    Rule(String),
    Check(CheckTree),
}

fn asked(side: &Side, text: &str) -> Result<Asked, InputError> {
    if side.rules().contains(text) {
        return Ok(Asked::Rule(text.to_owned()));
    }
    let tree = parse_text(text);
    match tree.diagnostics().first() {
        None => Ok(Asked::Check(tree)),
        Some(diagnostic) => {
            let at = text.get(diagnostic.span.clone()).unwrap_or_default();
            let column = text.get(..diagnostic.span.start).map_or(0, |before| before.chars().count()) + 1;
            Err(InputError::Text(format!("{text:?} is no rule and no check: column {column}, `{at}`")))
        }
    }
}

fn with_questions<T>(
    side: &Side,
    asked: &[Asked; 2],
    ask: impl FnOnce(&Analysis<'_>, [Question<'_>; 2]) -> T,
) -> Result<T, Failure> {
    let checks: Vec<&CheckTree> = asked
        .iter()
        .filter_map(|asked| match asked {
            Asked::Check(tree) => Some(tree),
            Asked::Rule(_) => None,
        })
        .collect();
    let analysis = Analysis::with_checks(&[side], &checks)
        .map_err(|_| InputError::Text("too many checks".to_owned()))?;
    let question = |asked| match asked {
        &Asked::Rule(ref name) => (0, Subject::Rule(name)),
        Asked::Check(tree) => (0, Subject::Check(tree)),
    };
    Ok(ask(&analysis, asked.each_ref().map(question)))
}
