//! What a run comes to, for machines ([`Report`] is serialised) and for people (its table).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use assay_case::{Poison, Signature};
use assay_generate::{Feature, Profile};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use crate::campaign::corpora::Corpora;
use crate::campaign::coverage::FileCoverage;
use crate::campaign::finding::Finding;
use crate::campaign::run::{Amount, Settings, Shard};
use crate::campaign::statistics::{Counts, Digest, Seen};
use crate::oracle::interpreter::Facts;

/// The version of the shape of `report.json`.
const SCHEMA: u32 = 1;

/// Who was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// This project.
    pub assay: &'static str,
    /// Upstream.
    pub oslo_policy: String,
    /// The Python under it.
    pub python: String,
    /// The reader of policy files under it.
    pub pyyaml: String,
}

impl Versions {
    /// As a worker found them.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self {
            assay: env!("CARGO_PKG_VERSION"),
            oslo_policy: facts.oslo_policy_version.clone(),
            python: facts.python_version.clone(),
            pyyaml: facts.pyyaml_version.clone(),
        }
    }
}

/// What a run comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of this shape.
    pub schema: u32,
    /// Whether both sides agreed on everything, corpora included.
    pub agreed: bool,
    /// Who was compared.
    pub versions: Versions,
    /// The subject's name.
    pub subject: String,
    /// The seed.
    pub seed: u64,
    /// The profiles.
    pub profile: String,
    /// The part of the campaign.
    pub shard: Shard,
    /// Workers.
    pub jobs: usize,
    /// The recorded corpora.
    pub corpora: Corpora,
    /// Everything generated.
    pub all: Counts,
    /// The same by profile.
    pub profiles: BTreeMap<Profile, Counts>,
    /// Requests by the reason for which upstream's outcome is not compared: all reasons, with 0 too.
    pub poisoned: BTreeMap<&'static str, u64>,
    /// Disagreements by signature, the first minimal case of each.
    pub findings: Vec<Finding>,
    /// What was taken of upstream's files, where that was measured.
    pub coverage: Option<Vec<FileCoverage>>,
    /// A fingerprint of all cases and outcomes.
    pub digest: Digest,
    /// Seconds of the generated part.
    pub campaign_seconds: f64,
    /// Seconds in all.
    pub seconds: f64,
    /// Generated requests per second.
    pub rate: f64,
    /// The share of worker time inside upstream.
    pub upstream_share: f64,
    #[serde(skip)]
    amount: Amount,
    #[serde(skip)]
    signatures: BTreeMap<Signature, u64>,
}

impl Report {
    /// Nothing generated yet.
    #[must_use]
    pub fn new(settings: &Settings, versions: Versions, subject: &str, corpora: Corpora) -> Self {
        Self {
            schema: SCHEMA,
            agreed: false,
            versions,
            subject: subject.to_owned(),
            seed: settings.seed,
            profile: settings.schedule.to_string(),
            shard: settings.shard,
            jobs: settings.jobs,
            corpora,
            all: Counts::default(),
            profiles: BTreeMap::new(),
            poisoned: BTreeMap::new(),
            findings: Vec::new(),
            coverage: None,
            digest: Digest::default(),
            campaign_seconds: 0.0,
            seconds: 0.0,
            rate: 0.0,
            upstream_share: 0.0,
            amount: settings.amount,
            signatures: BTreeMap::new(),
        }
    }

    /// Adds what was seen of a batch.
    pub(crate) fn add(&mut self, seen: &Seen) {
        self.all.add(seen);
        self.profiles.entry(seen.profile).or_default().add(seen);
        self.digest = self.digest.plus(seen.digest);
    }

    /// Counts a disagreement; whether its signature was known.
    pub(crate) fn count(&mut self, signature: &Signature) -> bool {
        let count = self.signatures.entry(signature.clone()).or_default();
        *count += 1;
        *count > 1
    }

    /// Adds up.
    #[expect(clippy::cast_precision_loss, reason = "a rate, for people")]
    pub(crate) fn finish(&mut self, campaign: Duration, all: Duration) {
        for finding in &mut self.findings {
            finding.count = self.signatures.get(&finding.signature).copied().unwrap_or(1);
        }
        self.poisoned = Poison::ALL.iter().map(|&reason| (reason.id(), self.all.poisoned(reason))).collect();
        self.campaign_seconds = campaign.as_secs_f64();
        self.seconds = all.as_secs_f64();
        self.rate = self.all.cases as f64 / self.campaign_seconds.max(1e-9);
        self.upstream_share = self.all.upstream_share();
        self.agreed = self.findings.is_empty() && self.corpora.disagreements.is_empty();
    }

    /// How many requests disagreed.
    #[must_use]
    pub fn divergences(&self) -> u64 {
        self.signatures.values().sum()
    }

    /// Writes `report.json` into a directory, whole or not at all.
    ///
    /// # Errors
    /// A directory that cannot be written to.
    pub fn write(&self, directory: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::Builder::new().prefix(".report-").tempfile_in(directory)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.as_file().sync_all()?;
        file.persist(directory.join("report.json"))?;
        Ok(())
    }

    /// The end of a run, as people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write_contradictions(&mut out);
        self.write_generated(&mut out);
        let _ = writeln!(out, "{}\n", self.all.measures);
        self.write_poisoned(&mut out);
        self.write_coverage(&mut out);
        self.write_summary(&mut out);
        out
    }

    fn write_contradictions(&self, out: &mut String) {
        if self.corpora.contradictions.is_empty() {
            return;
        }
        let _ = writeln!(out, "documents vs upstream: {} statements", self.corpora.contradictions.len());
        let mut table = plain_table();
        table.set_header(["case", "document", "upstream", "the document's words"]);
        for found in &self.corpora.contradictions {
            let quote = found.quote.as_deref().unwrap_or_default();
            table.add_row([&found.case, &found.stated, &found.upstream, quote]);
        }
        let _ = writeln!(out, "{table}\n");
    }

    fn write_generated(&self, out: &mut String) {
        let mut table = plain_table();
        table.set_header(["profile", "worlds", "cases", "allow", "deny", "raise", "load", "poisoned"]);
        let rows = self.profiles.iter().map(|(profile, counts)| (profile.name(), counts));
        for (name, counts) in rows.chain([("all", &self.all)]) {
            let mut row = vec![name.to_owned(), counts.worlds.to_string(), counts.cases.to_string()];
            for kind in ["allow", "deny", "raise", "load", "poisoned"] {
                let of_kind = |(outcome, _): &(&String, &u64)| outcome.split(' ').next() == Some(kind);
                let count = counts.outcomes.iter().filter(of_kind).map(|(_, count)| count).sum();
                row.push(percent(count, counts.cases));
            }
            table.add_row(row);
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        let _ = writeln!(out, "generated\n{table}\n");

        let raised = self.all.outcomes.iter().filter(|(outcome, _)| outcome.contains(' '));
        let raised: Vec<String> = raised.map(|(outcome, count)| format!("{outcome} {count}")).collect();
        let _ = writeln!(out, "exceptions: {}\n", or_none(&raised));

        let mut shares: Vec<_> =
            Feature::ALL.iter().map(|feature| (feature.id(), self.all.features[feature.id()])).collect();
        shares.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let never = shares.split_off(shares.partition_point(|&(_, count)| count > 0));
        let mut table = plain_table();
        for row in shares.chunks(4) {
            table.add_row(row.iter().map(|&(id, count)| format!("{} {id}", percent(count, self.all.worlds))));
        }
        let _ = writeln!(out, "share of worlds with each feature\n{table}");
        let never: Vec<String> = never.into_iter().map(|(id, _)| id.to_owned()).collect();
        let _ = writeln!(out, "never: {}\n", or_none(&never));
    }

    fn write_poisoned(&self, out: &mut String) {
        let reasons: Vec<String> = self.poisoned.iter().map(|(id, count)| format!("{id} {count}")).collect();
        let _ = writeln!(out, "poisoned (upstream's outcome cannot be compared): {}", reasons.join(", "));
    }

    fn write_coverage(&self, out: &mut String) {
        for file in self.coverage.iter().flatten() {
            let FileCoverage { file, lines, branches, missing } = file;
            let missing: Vec<String> = missing.iter().map(|(from, to)| format!("{from}->{to}")).collect();
            let _ = writeln!(
                out,
                "upstream's {file:<12} {} of statements, {} of branches; not taken: {}",
                percent(lines.0, lines.1),
                percent(branches.0, branches.1),
                or_none(&missing)
            );
        }
        if let Some(files) = &self.coverage {
            let sum = |of: fn(&FileCoverage) -> u64| files.iter().map(of).sum::<u64>();
            let (taken, all) = (sum(|file| file.branches.0), sum(|file| file.branches.1));
            let _ = writeln!(out, "together {taken} of {all} branches, {}", percent(taken, all));
        }
    }

    fn write_summary(&self, out: &mut String) {
        let versions = &self.versions;
        let of_corpora: u64 = self.corpora.cases.values().sum();
        let corpora: Vec<String> =
            self.corpora.cases.iter().map(|(folder, count)| format!("{folder} {count}")).collect();
        let lines = [
            (
                "corpora",
                format!(
                    "{of_corpora} cases in {} files ({}), {} disagreements",
                    self.corpora.files,
                    or_none(&corpora),
                    self.corpora.disagreements.len()
                ),
            ),
            (
                "generated",
                format!(
                    "{} worlds, {} cases in {:.1} s, {:.0} cases/s",
                    self.all.worlds, self.all.cases, self.campaign_seconds, self.rate
                ),
            ),
            ("divergences", format!("{} in {} signatures", self.divergences(), self.findings.len())),
            ("unsupported", self.all.unsupported_cases().to_string()),
            ("inside upstream", format!("{:.1} % of worker time", 100.0 * self.upstream_share)),
            (
                "seed",
                format!(
                    "{}, profile {}, shard {}/{}, {} jobs{}",
                    self.seed,
                    self.profile,
                    self.shard.index,
                    self.shard.of,
                    self.jobs,
                    self.prefix()
                ),
            ),
            ("digest", self.digest.to_string()),
            (
                "versions",
                format!(
                    "assay {}, oslo.policy {}, Python {}, PyYAML {}",
                    versions.assay, versions.oslo_policy, versions.python, versions.pyyaml
                ),
            ),
        ];
        for (name, value) in lines {
            let _ = writeln!(out, "{name:<16} {value}");
        }
        let verdict = if self.agreed { "AGREED" } else { "DIVERGED" };
        let _ = writeln!(out, "{verdict}");
    }

    /// Under a time limit the run is the beginning of a longer one: how to have exactly it again.
    fn prefix(&self) -> String {
        match self.amount {
            Amount::Cases(_) | Amount::Everything => String::new(),
            Amount::Time(_) => format!(" (the first {} worlds of the shard)", self.all.worlds),
        }
    }
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table
}

#[expect(clippy::cast_precision_loss, reason = "a share, for people")]
fn percent(count: u64, of: u64) -> String {
    if of == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * count as f64 / of as f64) }
}

fn or_none(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
