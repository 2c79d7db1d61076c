//! Which of upstream's branches a run took: what no case has reached, no comparison has covered.

use std::collections::BTreeMap;
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
    files: BTreeMap<String, RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    #[serde(flatten)]
    whole: RawRegion,
    functions: BTreeMap<String, RawRegion>,
}

#[derive(Deserialize)]
struct RawRegion {
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
    Ok(files.into_iter().map(|(path, file)| of_file(&path, file)).collect())
}

fn of_file(path: &str, RawFile { whole, functions }: RawFile) -> FileCoverage {
    let name = Path::new(path).file_name().map_or_else(|| path.into(), |name| name.to_string_lossy());
    if name != "policy.py" {
        return sum(name.into_owned(), [whole]);
    }
    let enforces = |name: &str| {
        let owner = name.split('.').next().unwrap_or(name);
        ENFORCEMENT.contains(&owner) && !name.ends_with(".__str__")
    };
    let parts = functions.into_iter().filter(|(name, _)| enforces(name)).map(|(_, region)| region);
    sum(format!("{name} (enforcement)"), parts)
}

/// What of `policy.py` reads, holds and decides. The rest describes rules for documents.
const ENFORCEMENT: [&str; 3] = ["parse_file_contents", "Rules", "Enforcer"];

fn sum(file: String, regions: impl IntoIterator<Item = RawRegion>) -> FileCoverage {
    let mut sum = FileCoverage { file, lines: (0, 0), branches: (0, 0), missing: Vec::new() };
    for RawRegion { summary, missing_branches } in regions {
        sum.lines.0 += summary.covered_lines;
        sum.lines.1 += summary.num_statements;
        sum.branches.0 += summary.covered_branches;
        sum.branches.1 += summary.num_branches;
        sum.missing.extend(missing_branches);
    }
    sum
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
