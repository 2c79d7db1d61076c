//! `assay implies`: whether one rule allows all that another does.

use assay_engine::oslo::{CheckTree, Rules, parse_text};
use clap::Args;
use serde_json::json;

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, boxed, print, print_json};
use crate::meaning::{self, Analysis, Question, Side, Subject, Witness};
use crate::policy::InputError;

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

/// What was found out about two questions.
pub(super) struct Found {
    /// Whether it is so; `None` if that is not known.
    pub(super) so: Option<bool>,
    /// A request that only the first, or only the second, allows.
    pub(super) witness: Option<(&'static str, Witness)>,
    /// Why it is not so, or not known.
    pub(super) why: Option<String>,
}

impl Found {
    pub(super) fn of(answer: meaning::Answer, by: &'static str) -> Self {
        match answer {
            meaning::Answer::Yes(_) => Self { so: Some(true), witness: None, why: None },
            meaning::Answer::No(witness) => {
                Self { so: Some(false), witness: witness.map(|witness| (by, *witness)), why: None }
            }
            meaning::Answer::Undecided(why) => Self { so: None, witness: None, why: Some(why) },
        }
    }

    /// Both must be so.
    pub(super) fn and(self, other: Self) -> Self {
        if self.so == Some(false) || other.so == Some(true) { self } else { other }
    }

    pub(super) fn print(&self, format: Format, yes: &str, no: &str) -> Answer {
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
                    print(format_args!("{no}: {by} alone allows {witness}\n"));
                }
                (Some(false), None) => {
                    let why = self.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
                    print(format_args!("{no}{why}\n"));
                }
                (None, _) => print(format_args!("undecided: {}\n", self.why.as_deref().unwrap_or_default())),
            },
        }
        Answer::from(self.so == Some(true))
    }
}

pub(super) fn run(arguments: &ImpliesArgs) -> Result<Answer, Failure> {
    let side = side(&arguments.policy)?;
    let asked = [asked(&side, &arguments.one)?, asked(&side, &arguments.other)?];
    let found =
        with_questions(&side, &asked, |analysis, [one, other]| Found::of(analysis.implies(one, other), "A"))?;
    Ok(found.print(arguments.format, "A implies B", "A does not imply B"))
}

/// The policy whose rules are meant; none where none is named.
pub(super) fn side(policy: &PolicyArgs) -> Result<Side, Failure> {
    if policy.policies.is_empty() && policy.defaults.is_none() && policy.service.is_none() {
        return Side::new(Rules::from_texts([("", ""); 0]), []).map_err(boxed);
    }
    Side::of(&policy.load()?).map_err(boxed)
}

/// A rule, or a check.
pub(super) enum Asked {
    Rule(String),
    Check(CheckTree),
}

impl Asked {
    fn question(&self) -> Question<'_> {
        match self {
            Self::Rule(name) => (0, Subject::Rule(name)),
            Self::Check(tree) => (0, Subject::Check(tree)),
        }
    }
}

pub(super) fn asked(side: &Side, text: &str) -> Result<Asked, InputError> {
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

pub(super) fn with_questions<T>(
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
    Ok(ask(&analysis, [asked[0].question(), asked[1].question()]))
}
