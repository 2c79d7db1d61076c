//! `assay sample`: a policy file of what a service registers, or of what is really used.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::policy::PolicyArgs;
use super::{Answer, Failure, output};
use crate::policy::InputError;
use crate::sample::{SampleOptions, effective, sample};

const EXAMPLES: &str = "\
Exit codes: 0 written; 2 bad input.

Examples:
  assay sample --service glance:29 > policy.yaml           what Glance registers, in comments
  assay sample --defaults nova.yaml --exclude-deprecated
  assay sample --effective --policy policy.yaml --service cinder --enforce-new-defaults false";

/// The arguments of `sample`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SampleArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// What is really used: the overrides of --policy, the defaults, and what the service makes of both (overrides of
    /// old names, deprecated defaults that are allowed beside the new ones), each with where it comes from.
    #[arg(long)]
    effective: bool,
    /// Say nothing of deprecations.
    #[arg(long)]
    exclude_deprecated: bool,
    /// Write the rules as rules, not as comments.
    #[arg(long, conflicts_with = "effective")]
    uncommented: bool,
    /// Write to a file, in place of stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to write: YAML with comments, or a JSON object of rules.
    #[arg(long, value_enum, default_value_t)]
    format: FileFormat,
}

/// The formats of policy files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// With comments.
    #[default]
    Yaml,
    /// The rules alone.
    Json,
}

pub(super) fn run(arguments: &SampleArgs) -> Result<Answer, Failure> {
    let output = |text: &str| output(arguments.output.as_deref(), text);
    if !arguments.effective {
        let defaults = arguments.policy.setup()?.defaults;
        if defaults.rules().is_empty() {
            let message = "no defaults: name them with --service or --defaults";
            return Err(InputError::Text(message.to_owned()).into());
        }
        if !arguments.policy.policies.is_empty() {
            let message = "a sample is of the defaults alone: with --effective policy files play a part";
            return Err(InputError::Text(message.to_owned()).into());
        }
        let options = SampleOptions {
            exclude_deprecated: arguments.exclude_deprecated,
            uncommented: arguments.uncommented,
        };
        match arguments.format {
            FileFormat::Yaml => output(&sample(&defaults, options))?,
            FileFormat::Json => {
                let rules = defaults.rules().iter();
                let rules = rules.map(|rule| (rule.name().to_owned(), &rule.definition().check_str));
                output(&json(rules))?;
            }
        }
        return Ok(Answer::Yes);
    }
    let loaded = arguments.policy.load()?;
    let used = effective(&loaded);
    match arguments.format {
        FileFormat::Yaml => {
            let line = |used: &crate::sample::Used| format!("# {}\n{}\n", used.comment, used.line());
            output(&used.iter().map(line).collect::<String>())?;
        }
        FileFormat::Json => output(&json(used.iter().map(|used| (used.name.clone(), &used.check))))?,
    }
    Ok(Answer::Yes)
}

fn json<'r>(rules: impl Iterator<Item = (String, &'r assay_engine::oslo::python::Value)>) -> String {
    let rules: Map<String, Value> =
        rules.map(|(name, check)| (name, crate::policy::value::json(check))).collect();
    format!("{:#}\n", Value::Object(rules))
}
