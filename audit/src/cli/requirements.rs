//! `assay requirements`: a table of who must be able to do what, held against a policy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table as Lines, presets};
use serde_json::{Value, json};

use super::policy::{PersonaArgs, PolicyArgs};
use super::{Answer, Failure, output};
use crate::policy::value;
use crate::requirements::{Got, Table, TargetSpec, Verdict, judge, junit};

const EXAMPLES: &str = "\
A table in CSV has the columns persona, operation (or rule), expected, and, if wanted, target and note:

  persona,operation,expected,target
  project-reader,get_image,allow,own
  project-reader,DELETE /v2/images/{image_id},deny,
  project-member,delete_image,conditional,

In YAML it is a list of mappings with these members (persona and operation may be lists), or a mapping of targets (by \
name) and requirements. expected is allow, deny, conditional or raise. target is own, other, empty, a name or attributes. \
Without one, a requirement is about all objects at once: allow and deny hold of each, conditional of some.

Exit codes: 0 all are met; 1 some are not; 2 bad input.

Examples:
  assay requirements must.csv --policy policy.yaml --service glance:29
  assay requirements must.yaml --policy policy.yaml --defaults nova.yaml --format junit --output junit.xml";

/// The arguments of `requirements`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RequirementsArgs {
    /// The table, in CSV (.csv), YAML or JSON.
    #[arg(value_name = "FILE")]
    table: PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    personas: PersonaArgs,
    /// Write to a file, in place of stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// How to print verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// Those that are not met, and how many are.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// JUnit's XML, for build servers.
    Junit,
}

pub(super) fn run(arguments: &RequirementsArgs) -> Result<Answer, Failure> {
    let table = Table::read(&arguments.table)?;
    let loaded = arguments.policy.load()?;
    let verdicts = judge(&loaded, &arguments.personas.load()?, &table, &arguments.table)?;
    let file = arguments.table.display().to_string();
    let met = verdicts.iter().filter(|verdict| verdict.is_met()).count();
    let text = match arguments.format {
        ReportFormat::Text => text(&verdicts, &file, met),
        ReportFormat::Json => {
            let rows: Vec<Value> = verdicts.iter().map(object).collect();
            let failed = verdicts.len() - met;
            format!(
                "{:#}\n",
                json!({"version": 1, "file": file, "met": met, "failed": failed, "requirements": rows})
            )
        }
        ReportFormat::Junit => junit(&verdicts, &file)?,
    };
    output(arguments.output.as_deref(), &text)?;
    Ok(Answer::from(met == verdicts.len()))
}

fn text(verdicts: &[Verdict], file: &str, met: usize) -> String {
    let mut lines = Lines::new();
    lines.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    lines.set_header(["", "persona", "operation", "target", "expected", "found", ""]);
    let failed: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.is_met()).collect();
    for verdict in &failed {
        let requirement = &verdict.requirement;
        lines.add_row([
            format!("{file}:{}", requirement.at.line),
            requirement.persona.clone(),
            requirement.operation.clone(),
            target(requirement.target.as_ref()),
            requirement.expected.name().to_owned(),
            verdict.got.name().to_owned(),
            verdict.reason().unwrap_or_default(),
        ]);
    }
    let mut text = String::new();
    if !failed.is_empty() {
        for line in lines.lines() {
            text.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
            text.push('\n');
        }
    }
    text.push_str(&format!("{met} of {} requirements are met\n", verdicts.len()));
    text
}

fn target(target: Option<&TargetSpec>) -> String {
    match target {
        None => "any".to_owned(),
        Some(TargetSpec::Named(name)) => name.clone(),
        Some(TargetSpec::Given(target)) => value::json(target).to_string(),
    }
}

fn object(verdict: &Verdict) -> Value {
    let requirement = &verdict.requirement;
    let mut object = json!({
        "persona": requirement.persona, "operation": requirement.operation, "rule": verdict.rule,
        "expected": requirement.expected.name(), "found": verdict.got.name(), "met": verdict.is_met(),
        "line": requirement.at.line,
    });
    match &requirement.target {
        None => {}
        Some(TargetSpec::Named(name)) => object["target"] = name.as_str().into(),
        Some(TargetSpec::Given(target)) => object["target"] = value::json(target),
    }
    match &verdict.got {
        Got::Conditional { allowed, refused } => {
            object["allowed_for"] = allowed.as_ref().map_or(Value::Null, value::json);
            object["refused_for"] = refused.as_ref().map_or(Value::Null, value::json);
        }
        Got::Raise(class) => object["class"] = (*class).into(),
        Got::Undecided(why) => object["why"] = why.as_str().into(),
        Got::Allow | Got::Deny => {}
    }
    if let Some(note) = &requirement.note {
        object["note"] = note.as_str().into();
    }
    object
}
