//! The end of a run, as people read it on a terminal.

use std::fmt::Write as _;

use assay_generate::Feature;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::{Amount, FileCoverage, Part, Report, Versions};

impl Report {
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
                row.push(percent(counts.of_kind(kind), counts.cases));
            }
            table.add_row(row);
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        let _ = writeln!(out, "generated\n{table}\n");

        let raised = self.all.outcomes.iter().filter(|(outcome, _)| outcome.contains(' '));
        let raised: Vec<String> = raised.map(|(outcome, count)| format!("{outcome} {count}")).collect();
        let _ = writeln!(out, "exceptions: {}\n", or_none(&raised));

        let mut shares: Vec<_> =
            Feature::ALL.iter().map(|feature| (feature.id(), self.all.feature(*feature))).collect();
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
        let of_corpora: u64 = self.corpora.cases.values().sum();
        let corpora: Vec<String> =
            self.corpora.cases.iter().map(|(folder, count)| format!("{folder} {count}")).collect();
        let lines = [
            (
                "corpora",
                format!(
                    "{of_corpora} cases in {} files ({}), {} disagreements",
                    self.corpora.files.len(),
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
            ("divergences", format!("{} in {} signatures", self.divergences, self.findings.len())),
            ("unsupported", self.all.unsupported_cases().to_string()),
            ("inside upstream", format!("{:.1} % of worker CPU time", 100.0 * self.upstream_share)),
            ("digest", self.digest.to_string()),
        ];
        let parts = self.parts.iter().map(|part| ("seed", seed(part)));
        let (before, digest) = lines.split_at(lines.len() - 1);
        for (name, value) in before.iter().cloned().chain(parts).chain(digest.iter().cloned()) {
            let _ = writeln!(out, "{name:<16} {value}");
        }
        for versions in self.versions() {
            let _ = writeln!(out, "{:<16} {}", "versions", versions_line(versions));
        }
        for missing in &self.missing {
            let _ = writeln!(out, "{:<16} {missing}", "missing");
        }
        let _ = writeln!(out, "{}", self.verdict().word());
    }
}

/// What it takes to have a part again.
fn seed(part: &Part) -> String {
    let Part { seed, profile, shard, jobs, .. } = part;
    // Under a time limit the run is the beginning of a longer one.
    let prefix = match part.amount {
        Amount::Cases(_) | Amount::Everything => String::new(),
        Amount::Time(_) => format!(" (the first {} worlds of the shard)", part.worlds),
    };
    format!("{seed}, profile {profile}, shard {}/{}, {jobs} jobs{prefix}", shard.index, shard.of)
}

/// Who was compared, in a line.
pub(crate) fn versions_line(versions: &Versions) -> String {
    let upstream =
        [("oslo.policy", &versions.oslo_policy), ("Python", &versions.python), ("PyYAML", &versions.pyyaml)];
    let known = upstream.iter().filter_map(|(name, version)| Some(format!(", {name} {}", version.as_ref()?)));
    format!("assay {}{}", versions.assay, known.collect::<String>())
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table
}

#[expect(clippy::cast_precision_loss, reason = "a share, for people")]
pub(super) fn percent(count: u64, of: u64) -> String {
    if of == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * count as f64 / of as f64) }
}

fn or_none(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
