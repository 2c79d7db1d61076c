//! `assay matrix`: who may do what.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use indexmap::IndexSet;
use serde_json::json;

use super::policy::{PersonaArgs, PolicyArgs};
use super::{Answer, Failure, boxed, print, print_json};
use crate::matrix::documented::{Document, Documented};
use crate::matrix::{Cell, Matrix, Row, Verdict, asked, page};
use crate::policy::{InputError, Persona, Setup, services};

/// The personas that are shown where none is named.
const SHOWN: [&str; 6] = [
    "project-admin",
    "project-member",
    "project-reader",
    "project-no-role",
    "project-service",
    "system-reader",
];

/// The arguments of `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    personas: PersonaArgs,
    /// A persona to show [default: all of the file of --personas; of the built-in ones a project's admin, member,
    /// reader, somebody without a role, a service, and a system reader]. May be repeated.
    #[arg(long = "as", value_name = "PERSONA", value_delimiter = ',')]
    shown: Vec<String>,
    /// A rule to show [default: those with documented operations; all where none has any]. May be repeated.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// Every rule, also those that no operation is documented of.
    #[arg(long, conflicts_with = "rules")]
    all: bool,
    /// The table of a provider's page, computed, with what the page says otherwise; from the release that it is about,
    /// unless a policy is named.
    #[arg(long, value_enum, value_name = "DOCUMENT", conflicts_with_all = ["shown", "rules", "all", "personas"])]
    like: Option<Document>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: MatrixFormat,
    /// Where to write [default: stdout].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How to print a matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// A table in Markdown.
    Markdown,
    /// Lines of values with commas between.
    Csv,
    /// One page that needs nothing else.
    Html,
}

pub(super) fn run(arguments: &MatrixArgs) -> Result<Answer, Failure> {
    let (matrix, document) = match arguments.like {
        Some(document) => {
            let policy = &arguments.policy;
            let named = !policy.policies.is_empty() || policy.defaults.is_some() || policy.service.is_some();
            let loaded = if named {
                policy.load()?
            } else {
                let mut loaded = Setup {
                    defaults: services::find(document.release())?.defaults()?,
                    enforce_new_defaults: policy.enforce_new_defaults,
                    ..Setup::default()
                }
                .load()?;
                document.release().clone_into(&mut loaded.label);
                loaded
            };
            let (document, matrix) = Documented::of(document, &loaded)?;
            (matrix, Some(document))
        }
        None => (matrix(arguments)?, None),
    };
    let text = match arguments.format {
        MatrixFormat::Json => format!("{:#}\n", with_document(&matrix, document.as_ref())),
        MatrixFormat::Text => text(&matrix, document.as_ref()),
        MatrixFormat::Markdown => markdown(&matrix, document.as_ref()),
        MatrixFormat::Csv => csv(&matrix, document.as_ref()),
        MatrixFormat::Html => page(&matrix, document.as_ref()).map_err(boxed)?,
    };
    match &arguments.output {
        None => print(text),
        Some(path) => {
            std::fs::write(path, text).map_err(|cause| InputError::Io { path: path.clone(), cause })?;
        }
    }
    Ok(Answer::Yes)
}

fn matrix(arguments: &MatrixArgs) -> Result<Matrix, InputError> {
    let loaded = arguments.policy.load()?;
    let known = arguments.personas.load()?;
    let named: Vec<&str> = arguments.shown.iter().map(String::as_str).collect();
    let personas: Vec<Persona> = match (named.as_slice(), &arguments.personas.personas) {
        ([], Some(_)) => known.iter().collect(),
        ([], None) => SHOWN.iter().map(|name| known.find(name)).collect::<Result<_, _>>()?,
        (named, _) => named.iter().map(|name| known.find(name)).collect::<Result<_, _>>()?,
    };
    let rules = match arguments.rules.as_slice() {
        [] if arguments.all => loaded.effective.keys().cloned().collect(),
        [] => asked(&loaded),
        rules => rules.to_vec(),
    };
    Matrix::of(&loaded, personas, &rules)
}

fn with_document(matrix: &Matrix, document: Option<&Documented>) -> serde_json::Value {
    let mut whole = matrix.json();
    if let Some(document) = document {
        let said = document.contradictions.iter();
        let said: Vec<_> = said
            .map(|said| json!({"about": said.about, "rules": said.rules, "requests": said.cases}))
            .collect();
        whole["document"] = json!(document.title);
        whole["contradictions"] = said.into();
    }
    whole
}

/// A row as it is printed, but for its cells.
struct Head {
    columns: Vec<String>,
    rows: Vec<(Vec<String>, Vec<Cell>)>,
}

fn head(matrix: &Matrix, document: Option<&Documented>, between: &str) -> Head {
    let row = |row: &Row| (vec![row.rule.clone(), row.calls().join(between)], row.cells.clone());
    match document {
        None => Head {
            columns: vec!["rule".to_owned(), "operations".to_owned()],
            rows: matrix.rows.iter().map(row).collect(),
        },
        Some(document) => Head {
            columns: ["operation", "endpoint", "policy", "stated"].map(str::to_owned).to_vec(),
            rows: document
                .lines(matrix)
                .map(|(_, line, cells)| {
                    let marks: String =
                        line.contradictions.iter().map(|number| format!(" [{number}]")).collect();
                    let policy = format!("{}{marks}", line.policy);
                    let head =
                        vec![line.operation.clone(), line.endpoint.clone(), policy, line.condition.clone()];
                    (head, cells.to_vec())
                })
                .collect(),
        },
    }
}

/// A cell in a few letters, its condition as a number of a list below.
fn short(cell: &Cell, conditions: &mut IndexSet<String>) -> String {
    let mut number = |text: &str| conditions.insert_full(text.to_owned()).0 + 1;
    let mut short = match (&cell.condition, cell.verdict) {
        (Some(condition), Verdict::Conditional) => format!("if {}", number(condition)),
        (Some(why), Verdict::Undecided) => format!("? {}", number(why)),
        (_, verdict) => verdict.symbol().to_owned(),
    };
    if let Some(raises) = &cell.raises {
        short.push_str(&format!(", 500 if {}", number(raises)));
    }
    short
}

fn said(document: &Documented) -> impl Iterator<Item = String> {
    document
        .contradictions
        .iter()
        .enumerate()
        .map(|(index, said)| format!("[{}] {} ({})", index + 1, said.about, said.rules.join(", ")))
}

fn text(matrix: &Matrix, document: Option<&Documented>) -> String {
    let head = head(matrix, document, "\n");
    let mut conditions = IndexSet::new();
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head.columns.into_iter().chain(matrix.names().map(str::to_owned)));
    for (left, cells) in head.rows {
        let cells: Vec<String> = cells.iter().map(|cell| short(cell, &mut conditions)).collect();
        table.add_row(left.into_iter().chain(cells));
    }
    let mut out = table.trim_fmt();
    out.push('\n');
    if !conditions.is_empty() {
        out.push('\n');
        for (index, condition) in conditions.iter().enumerate() {
            out.push_str(&format!("{:>3}: {condition}\n", index + 1));
        }
    }
    if let Some(document) = document {
        out.push_str("\nThe document says otherwise:\n");
        said(document).for_each(|line| out.push_str(&format!("{line}\n")));
    }
    out
}

/// A cell with its condition in it.
fn long(cell: &Cell) -> String {
    let mut long = match &cell.condition {
        Some(condition) => format!("{} {condition}", cell.verdict.symbol()),
        None => cell.verdict.symbol().to_owned(),
    };
    if let Some(raises) = &cell.raises {
        long.push_str(&format!("; 500 if {raises}"));
    }
    long
}

fn markdown(matrix: &Matrix, document: Option<&Documented>) -> String {
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| cell.replace('|', "\\|").replace('\n', "<br>").replace('<', "&lt;"))
            .collect();
        format!("| {} |\n", cells.join(" | ")).replace("&lt;br>", "<br>")
    };
    let head = head(matrix, document, "\n");
    let names: Vec<String> = matrix.names().map(str::to_owned).collect();
    let mut out = line(head.columns.iter().cloned().chain(names).collect());
    out.push_str(&format!("|{}\n", "---|".repeat(head.columns.len() + matrix.personas.len())));
    for (left, cells) in head.rows {
        out.push_str(&line(left.into_iter().chain(cells.iter().map(long)).collect()));
    }
    if let Some(document) = document {
        out.push('\n');
        said(document).for_each(|line| out.push_str(&format!("- {line}\n")));
    }
    out
}

fn csv(matrix: &Matrix, document: Option<&Documented>) -> String {
    let line = |cells: Vec<String>| {
        let quoted = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        };
        format!("{}\n", cells.iter().map(quoted).collect::<Vec<_>>().join(","))
    };
    let head = head(matrix, document, "\n");
    let names: Vec<String> = matrix.names().map(str::to_owned).collect();
    let mut out = line(head.columns.into_iter().chain(names).collect());
    for (left, cells) in head.rows {
        out.push_str(&line(left.into_iter().chain(cells.iter().map(long)).collect()));
    }
    out
}

/// The arguments of `what-can`.
#[derive(Debug, Args)]
pub struct WhatCanArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    personas: PersonaArgs,
    /// Who: a persona by its name.
    #[arg(long = "as", value_name = "PERSONA", required_unless_present = "creds")]
    persona: Option<String>,
    /// Who: creds in a file, YAML or JSON.
    #[arg(long, value_name = "FILE", conflicts_with = "persona")]
    creds: Option<PathBuf>,
    /// Every rule, also those that no operation is documented of.
    #[arg(long)]
    all: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: super::Format,
}

pub(super) fn what_can(arguments: &WhatCanArgs) -> Result<Answer, Failure> {
    let loaded = arguments.policy.load()?;
    let persona = match (&arguments.creds, &arguments.persona) {
        (Some(path), _) => {
            Persona { name: path.display().to_string(), creds: crate::policy::value::read(path)? }
        }
        (None, Some(name)) => arguments.personas.load()?.find(name)?,
        (None, None) => return Err(boxed(InputError::Text("who? --as PERSONA or --creds FILE".to_owned()))),
    };
    let rules = if arguments.all { loaded.effective.keys().cloned().collect() } else { asked(&loaded) };
    let matrix = Matrix::of(&loaded, vec![persona], &rules)?;
    let cells = || matrix.rows.iter().filter_map(|row| Some((row, row.cells.first()?)));
    let can = |verdict: Verdict| !matches!(verdict, Verdict::Deny);
    match arguments.format {
        super::Format::Json => {
            let rules: Vec<_> = cells()
                .filter(|(_, cell)| can(cell.verdict))
                .map(|(row, cell)| {
                    let mut rule = cell.json();
                    rule["rule"] = json!(row.rule);
                    rule["operations"] = row.calls().into();
                    rule
                })
                .collect();
            let persona: Vec<&str> = matrix.names().collect();
            print_json(
                &json!({"version": 1, "persona": persona.first(), "policy": matrix.policy, "rules": rules}),
            );
        }
        super::Format::Text => {
            let title = [
                (Verdict::Allow, "always"),
                (Verdict::Conditional, "if"),
                (Verdict::Undecided, "not known"),
                (Verdict::Raise, "never, the service answers with a 500"),
            ];
            for (verdict, title) in title {
                let mut groups: indexmap::IndexMap<Option<&String>, Vec<&str>> = indexmap::IndexMap::new();
                for (row, cell) in cells().filter(|(_, cell)| cell.verdict == verdict) {
                    groups.entry(cell.condition.as_ref()).or_default().push(&row.rule);
                }
                for (condition, rules) in groups {
                    let condition = condition.map(|condition| format!(" {condition}")).unwrap_or_default();
                    print(format_args!("{title}{condition}:\n  {}\n", rules.join(", ")));
                }
            }
            let counted = |verdict| cells().filter(|(_, cell)| cell.verdict == verdict).count();
            print(format_args!(
                "{} always, {} under a condition, {} never, of {} rules\n",
                counted(Verdict::Allow),
                counted(Verdict::Conditional),
                counted(Verdict::Deny) + counted(Verdict::Raise),
                matrix.rows.len()
            ));
        }
    }
    Ok(Answer::from(cells().any(|(_, cell)| can(cell.verdict))))
}
