//! `upstream-tests`: upstream's own unit tests, from the installed package, run against this engine.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

/// The arguments of `upstream-tests`.
#[derive(Debug, Clone, Args)]
pub struct UpstreamTestsArgs {
    /// How to print what the tests come to.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How `upstream-tests` prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table, and below it the tests that should be ours and are not.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Prints what upstream's tests prove. Exit code 0 if enough of them are ours and the list of those that are not
/// applicable is sound, 1 if not, 2 with a line on stderr if they cannot be run.
#[cfg(not(feature = "upstream"))]
pub fn run(_: &UpstreamTestsArgs) -> ExitCode {
    super::without_upstream("upstream-tests")
}

/// Prints what upstream's tests prove. Exit code 0 if enough of them are ours and the list of those that are not
/// applicable is sound, 1 if not, 2 with a line on stderr if they cannot be run.
#[cfg(feature = "upstream")]
pub fn run(arguments: &UpstreamTestsArgs) -> ExitCode {
    use crate::upstream_tests::{runs, verdict};

    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return super::unusable(format_args!("this program cannot be found again: {error}")),
    };
    let results = match runs::all(&program) {
        Ok(results) => results,
        Err(error) => return super::unusable(error),
    };
    let verdict =
        verdict::judge(&results, &verdict::NotApplicable::read(crate::upstream_tests::NOT_APPLICABLE));
    match arguments.format {
        Format::Text => show!("{}", as_text(&verdict)),
        Format::Json => match serde_json::to_string_pretty(&verdict) {
            Ok(text) => show_line!("{text}"),
            Err(error) => return super::unusable(error),
        },
    }
    ExitCode::from(super::verdict(verdict.good()))
}

#[cfg(feature = "upstream")]
fn as_text(verdict: &crate::upstream_tests::verdict::Verdict) -> String {
    use std::fmt::Write as _;

    use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

    use crate::upstream_tests::verdict::{FLOOR, JUDGED, Standing, Tally};

    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["file", "tests", "ours", "not applicable", "unproved", "failing", "fails upstream"]);
    for tally in &verdict.files {
        let Tally { file, tests, ours, not_applicable, unproved, failing, fails_upstream } = tally;
        let counts = [tests, ours, not_applicable, unproved, failing, fails_upstream];
        table.add_row([file.clone()].into_iter().chain(counts.map(ToString::to_string)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("{table}\n");
    let judged = JUDGED.join(", ");
    writeln!(text, "ours: {:.1} % of the applicable tests of {judged} (floor: {FLOOR} %)", verdict.share)
        .ok();
    for test in &verdict.tests {
        let expected = JUDGED.iter().any(|file| test.name.starts_with(&format!("{file}.")));
        match test.standing {
            Standing::Unproved if expected => writeln!(text, "unproved: {}", test.name),
            Standing::Failing => writeln!(text, "failing: {}: {}", test.name, test.why),
            _ => Ok(()),
        }
        .ok();
    }
    for problem in &verdict.problems {
        writeln!(text, "list: {problem}").ok();
    }
    text
}
