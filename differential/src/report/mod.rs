//! What a run, a replay, or several of them come to: data that is serialised, and its forms for people and tools.
//!
//! - [`Report`] is the data, [`parts`] what it is made of; its JSON has a schema, `differential/report.schema.json`.
//! - `text` is the end of a run on a terminal, `page` the page for a browser, `junit` for build servers.
//! - [`merge`](mod@merge) makes one of several.

mod chart;
mod junit;
pub mod merge;
mod page;
pub mod parts;
pub(crate) mod text;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
#[cfg(feature = "upstream")]
use std::time::Duration;

use assay_case::{Poison, Signature};
use assay_generate::Profile;
use serde::{Deserialize, Serialize};

pub use parts::{
    Amount, Cell, CellState, Contradiction, Corpora, Disagreement, FileCoverage, Finding, InvalidShard, Job,
    Mutant, Part, Shard, TraceStep, Versions, median,
};

#[cfg(feature = "upstream")]
use crate::campaign::statistics::Seen;
use crate::campaign::statistics::{Counts, Digest};

/// The version of the shape of `report.json`.
pub const SCHEMA: u32 = 1;

/// What a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A campaign, or a shard of one.
    Run,
    /// Recorded cases alone.
    Replay,
    /// Several reports.
    Merged,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both sides agree on everything that was to be compared.
    Agreed,
    /// They do not, or a job beside the campaigns failed.
    Diverged,
    /// Nothing differs, but something that was to be compared was not.
    Incomplete,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agreed => "AGREED",
            Self::Diverged => "DIVERGED",
            Self::Incomplete => "INCOMPLETE",
        }
    }
}

/// What a run comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this shape.
    pub schema: u32,
    /// What it is of.
    pub kind: Kind,
    /// When it was made, where that is known: a time, or another name that a person gave it.
    pub title: Option<String>,
    /// Whether both sides agreed on everything, corpora included.
    pub agreed: bool,
    /// What was to be done and was not.
    pub missing: Vec<String>,
    /// The subject's name.
    pub subject: String,
    /// Who was compared on recorded cases alone; of campaigns it stands in each part.
    pub versions: Versions,
    /// The campaigns, and shards of campaigns.
    pub parts: Vec<Part>,
    /// The recorded corpora.
    pub corpora: Corpora,
    /// Everything generated.
    pub all: Counts,
    /// The same by profile.
    pub profiles: BTreeMap<Profile, Counts>,
    /// Requests by the reason for which upstream's outcome is not compared: all reasons, with 0 too.
    pub poisoned: BTreeMap<String, u64>,
    /// Disagreements in all.
    pub divergences: u64,
    /// Disagreements by signature, the first minimal case of each.
    pub findings: Vec<Finding>,
    /// What was taken of upstream's files, where that was measured.
    pub coverage: Option<Vec<FileCoverage>>,
    /// A fingerprint of all cases and outcomes.
    pub digest: Digest,
    /// Seconds of the generated part; of all parts together.
    pub campaign_seconds: f64,
    /// Seconds in all; of all parts together.
    pub seconds: f64,
    /// Generated requests per second.
    pub rate: f64,
    /// The share of the workers' processor time inside upstream.
    pub upstream_share: f64,
    /// Versions of upstream on Pythons, where several were compared.
    pub matrix: Vec<Cell>,
    /// What was run beside the campaigns.
    pub jobs: Vec<Job>,
    /// Faults that were planted, where that was done.
    pub mutants: Option<Vec<Mutant>>,
    #[serde(skip)]
    signatures: BTreeMap<Signature, u64>,
}

impl Report {
    /// Nothing decided yet.
    #[must_use]
    pub fn new(kind: Kind, versions: Versions, subject: &str, corpora: Corpora) -> Self {
        Self {
            schema: SCHEMA,
            kind,
            title: None,
            agreed: false,
            missing: Vec::new(),
            subject: subject.to_owned(),
            versions,
            parts: Vec::new(),
            corpora,
            all: Counts::default(),
            profiles: BTreeMap::new(),
            poisoned: BTreeMap::new(),
            divergences: 0,
            findings: Vec::new(),
            coverage: None,
            digest: Digest::default(),
            campaign_seconds: 0.0,
            seconds: 0.0,
            rate: 0.0,
            upstream_share: 0.0,
            matrix: Vec::new(),
            jobs: Vec::new(),
            mutants: None,
            signatures: BTreeMap::new(),
        }
    }

    /// Adds what was seen of a batch.
    #[cfg(feature = "upstream")]
    pub(crate) fn add(&mut self, seen: &Seen) {
        self.all.add(seen);
        self.profiles.entry(seen.profile).or_default().add(seen);
        self.digest = self.digest.plus(seen.digest);
    }

    /// Counts a disagreement; whether its signature was known.
    #[cfg(feature = "upstream")]
    pub(crate) fn count(&mut self, signature: &Signature) -> bool {
        self.divergences += 1;
        let count = self.signatures.entry(signature.clone()).or_default();
        *count += 1;
        *count > 1
    }

    /// Adds up what one campaign, of which all but the numbers is given, came to.
    #[cfg(feature = "upstream")]
    pub(crate) fn finish(&mut self, part: Part, campaign: Duration, all: Duration) {
        for finding in &mut self.findings {
            finding.count = self.signatures.get(&finding.signature).copied().unwrap_or(1);
        }
        self.campaign_seconds = campaign.as_secs_f64();
        self.seconds = all.as_secs_f64();
        self.parts = vec![Part {
            worlds: self.all.worlds,
            cases: self.all.cases,
            seconds: self.campaign_seconds,
            digest: self.digest,
            ..part
        }];
        self.sum_up();
    }

    /// What follows from the rest. However the work was divided, findings come in one order.
    #[expect(clippy::cast_precision_loss, reason = "a rate, for people")]
    pub(crate) fn sum_up(&mut self) {
        self.findings.sort_by(|a, b| (a.index, &a.signature).cmp(&(b.index, &b.signature)));
        let count = |reason: &Poison| (reason.id().to_owned(), self.all.poisoned(*reason));
        self.poisoned = Poison::ALL.iter().map(count).collect();
        self.rate = self.all.cases as f64 / self.campaign_seconds.max(1e-9);
        self.upstream_share = self.all.upstream_share();
        self.agreed = self.missing.is_empty() && !self.differs();
    }

    /// How it ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.agreed {
            return Verdict::Agreed;
        }
        if self.differs() { Verdict::Diverged } else { Verdict::Incomplete }
    }

    fn differs(&self) -> bool {
        let jobs = self.jobs.iter().any(Job::failed);
        jobs || !self.findings.is_empty() || !self.corpora.disagreements.is_empty()
    }

    /// All versions that were compared, each once.
    #[must_use]
    pub fn versions(&self) -> Vec<&Versions> {
        let mut versions: Vec<&Versions> = self.parts.iter().map(|part| &part.versions).collect();
        if versions.is_empty() {
            versions.push(&self.versions);
        }
        versions.sort();
        versions.dedup();
        versions
    }

    /// Writes `report.json`, `junit.xml` and `report.html` into a directory, each whole or not at all.
    ///
    /// # Errors
    /// A directory that cannot be written to.
    pub fn write(&self, directory: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(directory)?;
        // The page and the suites before the data: who finds the data finds all.
        write_whole(directory, "report.html", self.page().map_err(std::io::Error::other)?.as_bytes())?;
        write_whole(directory, "junit.xml", self.junit().map_err(std::io::Error::other)?.as_bytes())?;
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        write_whole(directory, "report.json", &json)
    }
}

fn write_whole(directory: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".report-").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(directory.join(name))?;
    Ok(())
}
