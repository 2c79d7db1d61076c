//! What came of the faults.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use assay_engine::faults::Fault;
use comfy_table::{CellAlignment, Table};
use serde::{Serialize, Serializer};

use super::Settings;
use super::recorded::Kills;
use crate::report::text::versions_line;
use crate::report::{Versions, median};

/// The version of the JSON.
const SCHEMA: u32 = 1;

/// A finding, made small.
#[derive(Clone, Debug, Serialize)]
pub struct Small {
    /// What kind of disagreement it is.
    pub signature: String,
    /// How many bytes the rules and the request take.
    pub bytes: usize,
}

/// A fault and what found it.
#[derive(Clone, Debug, Serialize)]
pub struct Mutant {
    /// The fault.
    #[serde(rename = "name", serialize_with = "name_of")]
    pub fault: Fault,
    /// The part of the semantics that it breaks.
    pub area: String,
    /// What an engine with it does wrong.
    pub about: &'static str,
    /// By seed: after how many generated cases it was found; nothing where it was not.
    pub cases: Vec<Option<u64>>,
    /// The profiles that found it; of the IAM half the laws and engines.
    pub by: BTreeSet<String>,
    /// Its first finding, small.
    pub smallest: Option<Small>,
    /// The recorded files that kill it.
    pub files: Vec<String>,
    /// After how many recorded cases it is killed.
    pub recorded: Option<u64>,
    /// How many recorded cases it has been shown.
    #[serde(skip)]
    pub(super) shown: u64,
}

fn name_of<S: Serializer>(fault: &Fault, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fault.name())
}

impl Mutant {
    pub(super) fn new(fault: Fault) -> Self {
        Self {
            fault,
            area: format!("{:?}", fault.area()).to_lowercase(),
            about: fault.about(),
            cases: Vec::new(),
            by: BTreeSet::new(),
            smallest: None,
            files: Vec::new(),
            recorded: None,
            shown: 0,
        }
    }

    /// Whether generated cases found it, with whatever seed.
    #[must_use]
    pub fn is_hunted(&self) -> bool {
        self.cases.iter().any(Option::is_some)
    }

    /// Whether it was found at all.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.is_hunted() || self.recorded.is_some()
    }

    /// After how many generated cases it was found, as the median of all seeds; a seed that did not find it counts
    /// as endless.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        median(&self.cases)
    }
}

/// All faults and what found them.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// Whether every fault was found.
    pub all_found: bool,
    /// What judged.
    pub versions: Versions,
    /// How many seeds.
    pub seeds: u64,
    /// How many cases a seed had at most.
    pub cases: u64,
    /// What was generated.
    pub profile: String,
    /// The faults.
    pub faults: Vec<Mutant>,
    /// How many faults each profile found, and each judge of the IAM half.
    pub profiles: BTreeMap<String, u64>,
    /// How many faults each recorded file kills.
    pub files: Kills,
}

impl Report {
    pub(super) fn new(settings: &Settings, versions: Versions, faults: Vec<Mutant>, files: Kills) -> Self {
        let mut profiles = BTreeMap::new();
        for name in faults.iter().flat_map(|mutant| &mutant.by) {
            *profiles.entry(name.clone()).or_default() += 1;
        }
        Self {
            schema: SCHEMA,
            all_found: faults.iter().all(Mutant::is_found),
            versions,
            seeds: settings.seeds,
            cases: settings.cases,
            profile: settings.schedule.to_string(),
            faults,
            profiles,
            files,
        }
    }

    /// As people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut table = plain_table();
        table.set_header(["fault", "area", "cases", "bytes", "files", "found by"]);
        for mutant in &self.faults {
            let cases = match (mutant.median(), mutant.recorded) {
                (Some(cases), _) => cases.to_string(),
                (None, Some(cases)) => format!("recorded {cases}"),
                (None, None) => "NOT FOUND".to_owned(),
            };
            table.add_row([
                mutant.fault.name().to_owned(),
                mutant.area.clone(),
                cases,
                mutant.smallest.as_ref().map_or_else(|| "-".to_owned(), |small| small.bytes.to_string()),
                mutant.files.len().to_string(),
                mutant.by.iter().cloned().collect::<Vec<_>>().join(", "),
            ]);
        }
        for column in table.column_iter_mut().skip(2).take(3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut out = format!("{}\n\n", table.trim_fmt());
        self.write_counts(&mut out, "faults found by", &self.profiles);
        self.write_counts(&mut out, "faults killed by recorded file", &self.files);
        self.write_summary(&mut out);
        out
    }

    fn write_counts(&self, out: &mut String, title: &str, counts: &BTreeMap<String, u64>) {
        let mut table = plain_table();
        table.set_header([title, "faults"]);
        for (name, count) in counts {
            table.add_row([name.clone(), count.to_string()]);
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        let _ = writeln!(out, "{}\n", table.trim_fmt());
    }

    fn write_summary(&self, out: &mut String) {
        let count = |is: fn(&Mutant) -> bool| self.faults.iter().filter(|mutant| is(mutant)).count();
        let slowest = self
            .faults
            .iter()
            .filter_map(|mutant| Some((mutant.median()?, mutant)))
            .max_by_key(|slow| slow.0);
        let _ = writeln!(
            out,
            "{} faults: {} found, {} by generated cases, {} by recorded ones",
            self.faults.len(),
            count(Mutant::is_found),
            count(Mutant::is_hunted),
            count(|mutant| mutant.recorded.is_some())
        );
        if let Some((cases, mutant)) = slowest {
            let _ = writeln!(out, "slowest: {} after {cases} cases", mutant.fault.name());
        }
        let _ = writeln!(
            out,
            "{} seeds, at most {} cases each, profile {}; {}",
            self.seeds,
            self.cases,
            self.profile,
            versions_line(&self.versions)
        );
        let missed: Vec<&str> = self
            .faults
            .iter()
            .filter(|mutant| !mutant.is_found())
            .map(|mutant| mutant.fault.name())
            .collect();
        let verdict = if missed.is_empty() {
            "ALL FOUND".to_owned()
        } else {
            format!("NOT FOUND: {}", missed.join(", "))
        };
        let _ = writeln!(out, "{verdict}");
    }
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table
}
