//! `assay redundant`: overrides that change nothing.

use clap::Args;
use serde_json::{Value, json};

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, print, print_json};
use crate::policy::{InputError, Loaded};
use crate::redundant::{Override, Relation, overrides};

const EXAMPLES: &str = "\
Overrides are compared with their defaults by what they mean: over all requests, with references followed. One that only \
allows less or more is no redundant one; --all tells these apart.

Exit codes: 0 none is redundant; 1 some are; 2 bad input.

Examples:
  assay redundant --policy policy.yaml --service glance:29
  assay redundant --policy policy.yaml policy.d --defaults nova.yaml --all --format json";

/// The arguments of `redundant`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RedundantArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Tell of all overrides how they stand to the default: narrower, wider, both, added.
    #[arg(long)]
    all: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &RedundantArgs) -> Result<Answer, Failure> {
    let loaded = arguments.policy.load()?;
    if loaded.files.is_empty() {
        return Err(InputError::Text("no policy file: name one with --policy".to_owned()).into());
    }
    let all = overrides(&loaded)?;
    let redundant = all.iter().filter(|one| one.relation.is_redundant()).count();
    let shown: Vec<&Override> =
        all.iter().filter(|one| arguments.all || one.relation.is_redundant()).collect();
    match arguments.format {
        Format::Json => {
            let shown: Vec<Value> = shown.iter().map(|one| object(&loaded, one)).collect();
            print_json(&json!({"version": 1, "redundant": redundant, "overrides": shown}));
        }
        Format::Text => {
            for one in &shown {
                let (file, at) = (loaded.files[one.file].path.display(), one.at);
                print(format_args!("{file}:{at}: {}: {}\n", one.name, words(&loaded, one)));
            }
            print(format_args!("{redundant} of {} overrides change nothing\n", all.len()));
        }
    }
    Ok(Answer::from(redundant == 0))
}

fn words(loaded: &Loaded, one: &Override) -> String {
    match &one.relation {
        Relation::Same => "says what the default says".to_owned(),
        Relation::Equivalent => {
            let default =
                loaded.default(&one.name).map(|default| default.check().to_string()).unwrap_or_default();
            format!("means what the default means ({default})")
        }
        Relation::Shadowed => "another entry of this name counts".to_owned(),
        Relation::NoEffect => "is an old name, and decides nothing".to_owned(),
        Relation::Narrower => "allows less than the default".to_owned(),
        Relation::Wider => "allows more than the default".to_owned(),
        Relation::Both => "allows what the default denies, and denies what it allows".to_owned(),
        Relation::Needed(names) => {
            let too = if loaded.default(&one.name).is_some() { " too" } else { ", whose old name it is" };
            format!("decides for {}{too}", names.join(", "))
        }
        Relation::Added => "the service has no default of this name".to_owned(),
        Relation::Undecided(why) => format!("undecided: {why}"),
    }
}

fn object(loaded: &Loaded, one: &Override) -> Value {
    let mut object = json!({
        "name": one.name, "relation": one.relation.name(), "redundant": one.relation.is_redundant(),
        "file": loaded.files[one.file].path.display().to_string(),
        "line": one.at.line, "column": one.at.column,
    });
    match &one.relation {
        Relation::Needed(names) => object["needed_by"] = names.as_slice().into(),
        Relation::Undecided(why) => object["why"] = why.as_str().into(),
        _ => {}
    }
    object
}
