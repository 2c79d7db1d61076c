//! `assay iam matrix`: operations by permissions.

use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};

use super::question::RulesArgs;
use crate::cli::{Answer, print, print_json};
use crate::iam::InputError;
use crate::iam::matrix::{self, Matrix};

/// The arguments of `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// A column: policies and roles by file or name, joined by + where they are held together [default: those of
    /// the service's own table]. May be repeated.
    #[arg(long = "permission", value_name = "P[+P…]")]
    permissions: Vec<String>,
    /// Every documented API call as a row, not only the operations of the service's own table.
    #[arg(long)]
    apis: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    rules: RulesArgs,
}

/// How to print a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// A table in Markdown.
    Markdown,
    /// Lines of values with commas between.
    Csv,
}

pub(super) fn run(arguments: &MatrixArgs) -> Result<Answer, InputError> {
    let input = arguments.rules.input()?;
    let columns = if arguments.permissions.is_empty() {
        matrix::documented(&input)?
    } else {
        let column = |text: &String| matrix::column(&input, text);
        arguments.permissions.iter().map(column).collect::<Result<_, _>>()?
    };
    let rows = if arguments.apis { matrix::every_api() } else { matrix::operations() };
    let matrix = Matrix::of(&rows, &columns);
    match arguments.format {
        Format::Json => print_json(&json(&matrix)),
        Format::Text => print(text(&matrix)),
        Format::Markdown => print(markdown(&matrix)),
        Format::Csv => print(csv(&matrix)),
    }
    Ok(Answer::Yes)
}

fn header(matrix: &Matrix) -> Vec<String> {
    std::iter::once("Operation".to_owned()).chain(matrix.columns.iter().cloned()).collect()
}

fn lines(matrix: &Matrix) -> impl Iterator<Item = Vec<String>> {
    matrix.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| cell.symbol().to_owned());
        std::iter::once(row.name.clone()).chain(cells).collect()
    })
}

fn text(matrix: &Matrix) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header(matrix));
    for line in lines(matrix) {
        table.add_row(line);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Center);
    }
    let mut out = table.trim_fmt();
    out.push('\n');
    if matrix.rows.iter().any(|row| row.cells.contains(&matrix::Cell::Unknown)) {
        out.push_str("?: no document says which actions the call needs of these permissions\n");
    }
    out
}

fn markdown(matrix: &Matrix) -> String {
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|---|{}\n", ":-:|".repeat(matrix.columns.len()));
    let rows: String = lines(matrix).map(line).collect();
    format!("{}{rule}{rows}", line(header(matrix)))
}

fn csv(matrix: &Matrix) -> String {
    let line = |cells: Vec<String>| {
        let quoted = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        };
        format!("{}\n", cells.iter().map(quoted).collect::<Vec<_>>().join(","))
    };
    let rows: String = lines(matrix).map(line).collect();
    format!("{}{rows}", line(header(matrix)))
}

fn json(matrix: &Matrix) -> Value {
    let row = |row: &matrix::Row| {
        let cells = matrix.columns.iter().zip(&row.cells);
        let cells: serde_json::Map<String, Value> =
            cells.map(|(column, cell)| (column.clone(), json!({"outcome": cell.name()}))).collect();
        json!({"operation": row.name, "api": row.api, "cells": cells})
    };
    let rows: Vec<Value> = matrix.rows.iter().map(row).collect();
    json!({"version": 1, "permissions": matrix.columns, "rows": rows})
}
