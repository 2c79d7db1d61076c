//! Which of upstream's branches a run took: what no case has reached, no comparison has covered.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use thiserror::Error;

use crate::report::FileCoverage;

/// The measurements cannot be read.
#[derive(Debug, Error)]
pub enum CoverageError {
    /// Python's `coverage` cannot be run.
    #[error("coverage cannot be run: {0}")]
    Run(#[from] std::io::Error),
    /// It says no.
    #[error("coverage: {0}")]
    Refused(String),
    /// What it prints is not what was expected.
    #[error("coverage's report: {0}")]
    Report(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct RawReport {
    files: std::collections::BTreeMap<String, RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    summary: RawSummary,
    missing_branches: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
struct RawSummary {
    covered_lines: u64,
    num_statements: u64,
    covered_branches: u64,
    num_branches: u64,
}

/// Puts together what the workers left in a directory; `python` is the environment's interpreter.
///
/// # Errors
/// See [`CoverageError`].
pub fn gather(python: &Path, directory: &Path) -> Result<Vec<FileCoverage>, CoverageError> {
    coverage(python, directory, &["combine", "--quiet"])?;
    let report = coverage(python, directory, &["json", "--quiet", "-o", "-"])?;
    let RawReport { files } = serde_json::from_slice(&report)?;
    let of_file = |(path, file): (String, RawFile)| FileCoverage {
        file: Path::new(&path).file_name().map_or(path.clone(), |name| name.to_string_lossy().into_owned()),
        lines: (file.summary.covered_lines, file.summary.num_statements),
        branches: (file.summary.covered_branches, file.summary.num_branches),
        missing: file.missing_branches,
    };
    Ok(files.into_iter().map(of_file).collect())
}

fn coverage(python: &Path, directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, CoverageError> {
    let mut command = Command::new(python);
    command.current_dir(directory).args(["-I", "-m", "coverage"]).args(arguments);
    let output = command.output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(CoverageError::Refused(String::from_utf8_lossy(&said).trim().to_owned()))
}
