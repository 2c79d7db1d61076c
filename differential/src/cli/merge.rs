//! `merge`: one report of several.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Deserialize;

use super::{DIVERGED, UNUSABLE, unusable, verdict};
use crate::report::merge::{merge, read};
use crate::report::{Cell, CellState, Job, Mutant, Report, Verdict, median};

/// The arguments of `merge`.
#[derive(Debug, Clone, Args)]
pub struct MergeArgs {
    /// Directories with a report.json: shards of one campaign, or campaigns of several profiles, Pythons and versions.
    #[arg(required = true, value_name = "DIR")]
    pub reports: Vec<PathBuf>,
    /// Where to write the merged report.
    #[arg(long, value_name = "DIR")]
    pub report: PathBuf,
    /// Where the minimal cases of all findings go [default: findings/ beside the merged report].
    #[arg(long, value_name = "DIR")]
    pub findings: Option<PathBuf>,
    /// What `mutants --format json` printed.
    #[arg(long, value_name = "FILE")]
    pub mutants: Option<PathBuf>,
    /// What was done beside the campaigns, as `scripts/nightly` writes it down.
    #[arg(long, value_name = "FILE")]
    pub beside: Option<PathBuf>,
    /// A title for the page.
    #[arg(long)]
    pub title: Option<String>,
}

/// What `--beside` holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Beside {
    absent: Vec<Absent>,
    jobs: Vec<Job>,
    missing: Vec<String>,
}

/// A cell of the matrix that could not be filled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    oslo_policy: String,
    pinned: bool,
    python: String,
    reason: String,
}

/// Merges, prints the end of it and writes the report; incomplete is 2, since nothing can be said then.
pub fn run(arguments: &MergeArgs) -> ExitCode {
    match merged(arguments) {
        Err(error) => unusable(error),
        Ok(report) => {
            show!("{}", report.text());
            match report.verdict() {
                Verdict::Agreed => ExitCode::from(verdict(true)),
                Verdict::Diverged => ExitCode::from(DIVERGED),
                Verdict::Incomplete => ExitCode::from(UNUSABLE),
            }
        }
    }
}

fn merged(arguments: &MergeArgs) -> Result<Report, String> {
    let reports = arguments.reports.iter().map(|directory| read(directory)).collect::<Result<_, _>>();
    let mut report = reports.and_then(merge).map_err(|error| error.to_string())?;
    let beside: Beside = arguments.beside.as_ref().map(json).transpose()?.unwrap_or_default();
    for Absent { oslo_policy, pinned, python, reason } in beside.absent {
        // The pinned version has to be seen to agree.
        if pinned {
            report.missing.push(format!("oslo.policy {oslo_policy} on Python {python}: {reason}"));
        }
        let (state, reason) = (CellState::Absent, Some(reason));
        report.matrix.push(Cell {
            oslo_policy,
            pinned,
            python,
            state,
            reason,
            cases: 0,
            changes: Vec::new(),
        });
    }
    report.jobs.extend(beside.jobs);
    report.missing.extend(beside.missing);
    if let Some(path) = &arguments.mutants {
        let hunt: Hunt = json(path)?;
        report.mutants.get_or_insert_default().extend(hunt.faults.into_iter().map(Hunted::mutant));
    }
    report.title.clone_from(&arguments.title);
    report.sum_up();
    let findings = arguments.findings.clone().unwrap_or_else(|| arguments.report.join("findings"));
    let written = report.gather_findings(&findings).and_then(|()| report.write(&arguments.report));
    written.map_err(|error| format!("{}: {error}", arguments.report.display()))?;
    Ok(report)
}

/// Of what `mutants` prints, what a report tells.
#[derive(Deserialize)]
struct Hunt {
    faults: Vec<Hunted>,
}

#[derive(Deserialize)]
struct Hunted {
    name: String,
    /// By seed: after how many cases it was found.
    cases: Vec<Option<u64>>,
    by: Vec<String>,
    /// After how many recorded cases it was found.
    recorded: Option<u64>,
}

impl Hunted {
    fn mutant(self) -> Mutant {
        let median = median(&self.cases);
        Mutant {
            name: self.name,
            found: median.is_some() || !self.by.is_empty() || self.recorded.is_some(),
            cases: median,
            recorded: self.recorded,
            profiles: self.by,
        }
    }
}

fn json<T: serde::de::DeserializeOwned>(path: &PathBuf) -> Result<T, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(&error))
}
