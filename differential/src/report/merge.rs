//! One report of several: the shards of a campaign, or campaigns of several profiles, Pythons and versions.
//!
//! The shards of one campaign, put together, are the campaign that one process would have done: the same counts, the
//! same digest and, of each signature, the finding of the first world that showed it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_case::Signature;
use thiserror::Error;

use super::{Cell, CellState, Corpora, FileCoverage, Finding, Kind, Part, Report, SCHEMA, Shard, Versions};
use crate::campaign::statistics::Digest;

/// Reports cannot be put together.
#[derive(Debug, Error)]
pub enum MergeError {
    /// There are none.
    #[error("nothing to merge")]
    Nothing,
    /// A report cannot be read.
    #[error("{path}: {cause}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// They are about different subjects.
    #[error("reports of different subjects: {0} and {1}")]
    Subjects(String, String),
    /// The same work would be counted twice.
    #[error("seed {seed}, profile {profile}, shard {index}/{of} on {versions} is there twice")]
    Twice {
        /// Its seed.
        seed: u64,
        /// Its profile.
        profile: String,
        /// Its shard.
        index: u64,
        /// Of so many.
        of: u64,
        /// Who was compared.
        versions: String,
    },
}

/// Reads `report.json` in a directory.
///
/// # Errors
/// A file that is not there, or is no report of this version.
pub fn read(directory: &Path) -> Result<Report, MergeError> {
    let path = directory.join("report.json");
    let failed = |cause: String| MergeError::Read { path: path.clone(), cause };
    let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
    // First the version: another shape is named as such, not as a missing member.
    #[derive(serde::Deserialize)]
    struct Version {
        schema: u32,
    }
    let Version { schema } = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
    if schema != SCHEMA {
        return Err(failed(format!("schema {schema}, and this program reads {SCHEMA}")));
    }
    serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
}

/// Puts reports together. Those of other versions than the pinned one become cells of the matrix.
///
/// # Errors
/// See [`MergeError`].
pub fn merge(reports: Vec<Report>) -> Result<Report, MergeError> {
    let first = reports.first().ok_or(MergeError::Nothing)?;
    let mut merged = Report::new(Kind::Merged, first.versions.clone(), &first.subject, Corpora::default());
    let mut cells = Cells::default();
    for report in reports {
        if report.subject != merged.subject {
            return Err(MergeError::Subjects(merged.subject, report.subject));
        }
        let changed =
            !report.versions().iter().all(|versions| versions.pinned || versions.oslo_policy.is_none());
        cells.count(&report);
        merged.matrix.extend(report.matrix.iter().cloned());
        merged.jobs.extend(report.jobs.iter().cloned());
        // What is missing of its campaigns may be in another report.
        let shards = absent_shards(&report.parts);
        merged.missing.extend(report.missing.iter().filter(|missing| !shards.contains(missing)).cloned());
        if let Some(mutants) = &report.mutants {
            merged.mutants.get_or_insert_default().extend(mutants.iter().cloned());
        }
        if changed {
            cells.changed(report);
        } else {
            merged.take(report);
        }
    }
    merged.matrix.extend(cells.finish());
    merged.settle()?;
    Ok(merged)
}

impl Report {
    /// Adds the numbers and findings of another.
    fn take(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.corpora.join(other.corpora);
        self.all.join(&other.all);
        for (profile, counts) in &other.profiles {
            self.profiles.entry(*profile).or_default().join(counts);
        }
        self.divergences += other.divergences;
        self.findings.extend(other.findings);
        self.coverage = match (self.coverage.take(), other.coverage) {
            (Some(ours), Some(theirs)) => Some(join_coverage(ours, theirs)),
            (one, other) => one.or(other),
        };
        self.campaign_seconds += other.campaign_seconds;
        self.seconds += other.seconds;
    }

    /// What can be said only when all are there.
    fn settle(&mut self) -> Result<(), MergeError> {
        self.parts.sort_by(|a, b| (a.campaign(), a.shard.index).cmp(&(b.campaign(), b.shard.index)));
        if let Some([twice, _]) = self.parts.windows(2).find(|pair| {
            let [a, b] = pair else { return false };
            (a.campaign(), a.shard) == (b.campaign(), b.shard)
        }) {
            return Err(MergeError::Twice {
                seed: twice.seed,
                profile: twice.profile.clone(),
                index: twice.shard.index,
                of: twice.shard.of,
                versions: super::text::versions_line(&twice.versions),
            });
        }
        let campaigns: Vec<&[Part]> = self.parts.chunk_by(|a, b| a.campaign() == b.campaign()).collect();
        let digests = campaigns
            .iter()
            .map(|shards| shards.iter().fold(Digest::default(), |sum, part| sum.plus(part.digest)));
        self.digest = Digest::of_all(digests);
        let absent = absent_shards(&self.parts);
        self.missing.extend(absent);
        self.findings = first_of_each(std::mem::take(&mut self.findings));
        self.sum_up();
        Ok(())
    }

    /// Lays the minimal cases of all findings, those of other versions included, into a directory, and has the
    /// findings name them there.
    ///
    /// # Errors
    /// A directory that cannot be written to.
    pub fn gather_findings(&mut self, directory: &Path) -> std::io::Result<()> {
        let ours = self.findings.iter_mut().map(|finding| (directory.to_owned(), finding));
        let theirs = self.matrix.iter_mut().flat_map(|cell| {
            let place = directory.join(format!("oslo.policy-{}-python-{}", cell.oslo_policy, cell.python));
            cell.changes.iter_mut().map(move |finding| (place.clone(), finding))
        });
        for (place, finding) in ours.chain(theirs) {
            let name = finding.file.file_name().map_or_else(|| "finding.yaml".into(), PathBuf::from);
            let name = name.to_string_lossy().into_owned();
            std::fs::create_dir_all(&place)?;
            super::write_whole(&place, &name, finding.case.as_bytes())?;
            let file = place.join(name);
            let (old, new) = (shell_word(&finding.file), shell_word(&file));
            finding.replay = finding.replay.replace(&old, &new);
            finding.python = finding.python.replace(&old, &new);
            finding.file = file;
        }
        Ok(())
    }
}

/// The shards that are wanting of parts, which are in the order of campaigns.
fn absent_shards(parts: &[Part]) -> Vec<String> {
    let mut absent = Vec::new();
    for shards in parts.chunk_by(|a, b| a.campaign() == b.campaign()) {
        let Part { seed, profile, shard: Shard { of, .. }, .. } = &shards[0];
        let wanting = (0..*of).filter(|&index| shards.iter().all(|part| part.shard.index != index));
        absent.extend(wanting.map(|index| format!("seed {seed}, profile {profile}: shard {index}/{of}")));
    }
    absent
}

/// A path for a shell.
#[must_use]
pub fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

impl Corpora {
    /// Each shard may have replayed them; what several did counts once.
    fn join(&mut self, other: Self) {
        for (file, count) in other.files {
            let known = self.files.entry(file).or_default();
            *known = count.max(*known);
        }
        for (folder, count) in other.cases {
            let known = self.cases.entry(folder).or_default();
            *known = count.max(*known);
        }
        self.disagreements.extend(other.disagreements);
        self.disagreements.sort();
        self.disagreements.dedup();
        self.contradictions.extend(other.contradictions);
        self.contradictions.sort();
        self.contradictions.dedup();
    }
}

/// Of each signature the finding of the first world, with how many cases show it in all.
fn first_of_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut first: BTreeMap<Signature, Finding> = BTreeMap::new();
    for finding in findings {
        match first.entry(finding.signature.clone()) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(finding);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let count = entry.get().count + finding.count;
                if (finding.index, &finding.case) < (entry.get().index, &entry.get().case) {
                    entry.insert(finding);
                }
                entry.get_mut().count = count;
            }
        }
    }
    first.into_values().collect()
}

/// What neither has taken is what is missing.
fn join_coverage(ours: Vec<FileCoverage>, theirs: Vec<FileCoverage>) -> Vec<FileCoverage> {
    let mut files: BTreeMap<String, FileCoverage> =
        ours.into_iter().map(|file| (file.file.clone(), file)).collect();
    for file in theirs {
        match files.get_mut(&file.file) {
            Some(known) => {
                known.missing.retain(|branch| file.missing.contains(branch));
                known.branches.0 = known.branches.1.saturating_sub(known.missing.len() as u64);
                known.lines.0 = known.lines.0.max(file.lines.0);
            }
            None => {
                files.insert(file.file.clone(), file);
            }
        }
    }
    files.into_values().collect()
}

/// The cells of the matrix that reports fill.
#[derive(Default)]
struct Cells(BTreeMap<(String, String), Cell>);

impl Cells {
    fn cell(&mut self, versions: &Versions) -> Option<&mut Cell> {
        let (upstream, python) = (versions.oslo_policy.clone()?, versions.python.clone()?);
        let empty = Cell {
            oslo_policy: upstream.clone(),
            pinned: versions.pinned,
            python: python.clone(),
            state: CellState::Same,
            reason: None,
            cases: 0,
            changes: Vec::new(),
        };
        Some(self.0.entry((upstream, python)).or_insert(empty))
    }

    fn count(&mut self, report: &Report) {
        for part in &report.parts {
            if let Some(cell) = self.cell(&part.versions) {
                cell.cases += part.cases;
            }
        }
        let diverged = !report.findings.is_empty() || !report.corpora.disagreements.is_empty();
        if let Some(part) = report.parts.first().filter(|_| diverged)
            && let Some(cell) = self.cell(&part.versions)
        {
            cell.state = if cell.pinned { CellState::Diverged } else { CellState::Changed };
        }
    }

    fn changed(&mut self, report: Report) {
        if let Some(part) = report.parts.first()
            && let Some(cell) = self.cell(&part.versions)
        {
            cell.changes.extend(report.findings);
        }
    }

    fn finish(self) -> impl Iterator<Item = Cell> {
        self.0.into_values().map(|mut cell| {
            let mut by_profile: BTreeMap<_, Vec<Finding>> = BTreeMap::new();
            for finding in std::mem::take(&mut cell.changes) {
                by_profile.entry(finding.profile).or_default().push(finding);
            }
            cell.changes = by_profile.into_values().flat_map(first_of_each).collect();
            cell
        })
    }
}
