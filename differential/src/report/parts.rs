//! What a report is made of: plain data, which any build can read again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use assay_case::Signature;
use assay_generate::Profile;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::campaign::statistics::Digest;
#[cfg(feature = "upstream")]
use crate::oracle::interpreter::{Facts, pinned_version};

/// Who was compared. What no upstream was asked for is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Versions {
    /// This project.
    pub assay: String,
    /// Upstream.
    pub oslo_policy: Option<String>,
    /// Whether that is the version which is the specification.
    pub pinned: bool,
    /// The Python under it.
    pub python: Option<String>,
    /// The reader of policy files under it.
    pub pyyaml: Option<String>,
}

#[cfg(feature = "upstream")]
impl Versions {
    /// As a worker found them.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self {
            assay: env!("CARGO_PKG_VERSION").to_owned(),
            oslo_policy: Some(facts.oslo_policy_version.clone()),
            pinned: facts.oslo_policy_version == pinned_version(),
            python: Some(facts.python_version.clone()),
            pyyaml: Some(facts.pyyaml_version.clone()),
        }
    }
}

/// How much is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amount {
    /// So many requests, over all shards.
    Cases(u64),
    /// All worlds of a profile that has an end.
    Everything,
    /// For so long. What is decided is a prefix of the sequence of the same seed.
    #[serde(rename = "seconds", with = "seconds")]
    Time(Duration),
}

/// A time as a number of seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(time.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The part of a campaign that a run does: the worlds whose index leaves `index` when divided by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 0.
    pub index: u64,
    /// How many parts there are.
    pub of: u64,
}

impl Shard {
    /// The only part.
    pub const WHOLE: Self = Self { index: 0, of: 1 };
}

/// A shard is written `I/N` with I from 0 to N - 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a shard is written I/N, with I from 0 to N - 1")]
pub struct InvalidShard;

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let (index, of) = text.split_once('/').ok_or(InvalidShard)?;
        let (index, of) = (index.parse().map_err(|_| InvalidShard)?, of.parse().map_err(|_| InvalidShard)?);
        if index < of { Ok(Self { index, of }) } else { Err(InvalidShard) }
    }
}

/// One generated campaign, or a shard of one: what it takes to have exactly it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The seed.
    pub seed: u64,
    /// The profile, or `all`.
    pub profile: String,
    /// How much was asked for.
    pub amount: Amount,
    /// Which part of it this is.
    pub shard: Shard,
    /// Workers.
    pub jobs: usize,
    /// Who was compared.
    pub versions: Versions,
    /// Rule sets.
    pub worlds: u64,
    /// Requests.
    pub cases: u64,
    /// Seconds.
    pub seconds: f64,
    /// A fingerprint of its cases and outcomes.
    pub digest: Digest,
}

impl Part {
    /// What shards of one campaign have in common.
    pub(super) fn campaign(&self) -> (u64, &str, Amount, u64, &Versions) {
        (self.seed, &self.profile, self.amount, self.shard.of, &self.versions)
    }
}

/// A case whose two sides, or whose recording, differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Disagreement {
    /// The case's file.
    pub file: PathBuf,
    /// The case's name, or what it asks.
    pub case: String,
    /// What is recorded, if anything is.
    pub recorded: Option<String>,
    /// What upstream says now; `None` where only the recording was asked.
    pub upstream: Option<String>,
    /// What the subject says.
    pub subject: String,
}

/// A statement of a document that upstream does not bear out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contradiction {
    /// The document.
    pub document: String,
    /// The case's file.
    pub file: PathBuf,
    /// The fact that the case states.
    pub case: String,
    /// The document's words.
    pub quote: Option<String>,
    /// What they come to.
    pub stated: String,
    /// What upstream says.
    pub upstream: String,
}

/// What came of recorded cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corpora {
    /// Cases by the first folder under the corpus.
    pub cases: BTreeMap<String, u64>,
    /// Cases by file.
    pub files: BTreeMap<PathBuf, u64>,
    /// Everything that does not agree.
    pub disagreements: Vec<Disagreement>,
    /// Where the documents and upstream part. These are findings about the documents, not failures.
    pub contradictions: Vec<Contradiction>,
}

impl Corpora {
    /// Counts cases of a file that lies below `root`.
    pub(crate) fn count(&mut self, root: &Path, file: &Path, cases: usize) {
        let below = file.strip_prefix(root).unwrap_or(file);
        let folder = below.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        *self.cases.entry(folder.unwrap_or_default()).or_default() += cases as u64;
        *self.files.entry(file.to_owned()).or_default() += cases as u64;
    }
}

/// A divergence with what a person needs to look into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of disagreement it is.
    pub signature: Signature,
    /// The profile of the first world that showed it.
    pub profile: Profile,
    /// The index of that world in its campaign.
    pub index: u64,
    /// Where its minimal case is.
    pub file: PathBuf,
    /// The minimal case, as it is in the file.
    pub case: String,
    /// What both sides say of the parts of what is asked, the whole first.
    pub trace: Vec<TraceStep>,
    /// The line that replays it.
    pub replay: String,
    /// The line that shows upstream's answer without this project.
    pub python: String,
    /// How many cases of the run show the same signature.
    pub count: u64,
}

/// A part of what a minimal case asks, put to both sides by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// How deep it lies in what is asked.
    pub depth: usize,
    /// A check's text, or the call of a sequence.
    pub asked: String,
    /// What upstream says.
    pub upstream: String,
    /// What the subject says.
    pub subject: String,
}

/// What was taken of one file of upstream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileCoverage {
    /// The file's name.
    pub file: String,
    /// Statements run, and statements in all.
    pub lines: (u64, u64),
    /// Branches taken, and branches in all.
    pub branches: (u64, u64),
    /// Branches that were not taken: from line, to line (negative: out of the function).
    pub missing: Vec<(i64, i64)>,
}

impl FileCoverage {
    /// The share of branches taken, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share, for people")]
    pub fn branch_share(&self) -> f64 {
        let (taken, all) = self.branches;
        if all == 0 { 1.0 } else { taken as f64 / all as f64 }
    }
}

/// How an upstream version behaves on one Python, beside the pinned one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The version of oslo.policy.
    pub oslo_policy: String,
    /// Whether it is the one that must agree.
    pub pinned: bool,
    /// The Python under it.
    pub python: String,
    /// What came of it.
    pub state: CellState,
    /// Why there is no result, where there is none.
    pub reason: Option<String>,
    /// Generated requests.
    pub cases: u64,
    /// What it does otherwise, each with a minimal case whose expectation is this version's. Empty for the pinned
    /// one, whose findings are the report's.
    pub changes: Vec<Finding>,
}

/// What came of a version on a Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellState {
    /// No difference was seen.
    Same,
    /// The pinned version, and the subject says otherwise: a fault of ours.
    Diverged,
    /// Another version, which behaves otherwise.
    Changed,
    /// It could not be installed, or not be run.
    Absent,
}

/// Something else that was run beside the campaigns, such as fuzzing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// What people call it.
    pub name: String,
    /// What was run; empty where nothing could be.
    pub command: String,
    /// Its exit code; `None` where it was not run.
    pub exit: Option<i32>,
    /// Seconds.
    pub seconds: f64,
    /// The end of what it said, or why it was not run.
    pub note: String,
}

impl Job {
    /// Whether it was run and ended badly.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.exit.is_some_and(|exit| exit != 0)
    }
}

/// After how many cases something was found, as the median of all seeds; a seed that did not find it stands behind all
/// that did.
///
/// ```
/// use assay_differential::report::median;
/// assert_eq!(median(&[Some(640), None, Some(128)]), Some(640));
/// assert_eq!(median(&[Some(640), None, None]), None);
/// ```
#[must_use]
pub fn median(cases: &[Option<u64>]) -> Option<u64> {
    let mut cases = cases.to_vec();
    cases.sort_by_key(|cases| cases.unwrap_or(u64::MAX));
    cases.get(cases.len() / 2).copied().flatten()
}

/// A fault that was planted in the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mutant {
    /// Its name in the catalogue.
    pub name: String,
    /// Whether the harness found it.
    pub found: bool,
    /// After how many generated cases, the median over seeds.
    pub cases: Option<u64>,
    /// After how many recorded cases.
    pub recorded: Option<u64>,
    /// Which profiles found it.
    pub profiles: Vec<String>,
}
