//! The table, the JSON, and whether the ratios are met.

use std::collections::BTreeMap;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Table, presets};
use serde::Serialize;
use serde_json::json;

use crate::load::RULES;
use crate::subject::Absent;

/// What the engine's whole load is called.
pub(crate) const LOAD_AND_COMPILE: &str = "assay: Rules::load_bytes and Program::new";
/// What upstream's is.
const UPSTREAM_LOAD: &str = "upstream: Enforcer.load_rules";

/// Who must be slower than the engine, on which request, and how many times. A name without a mode stands for the
/// fastest of its modes.
const RATIOS: [(&str, &str, f64); 5] = [
    ("glance get_image worst", "oslo-policy 0.1", 5.0),
    ("glance get_image worst", "cedar-policy", 50.0),
    ("glance get_image worst", "regorus", 150.0),
    ("glance get_image worst", "regorus (compiled)", 150.0),
    ("glance get_image worst", "Enforcer.enforce", 2000.0),
];
/// How many times upstream's load must take as long.
const LOAD_RATIO: f64 = 50.0;

/// Nanoseconds of one thing that was repeated.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) least: f64,
}

impl Figure {
    /// Of samples, at least one.
    pub(crate) fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self { median: samples[samples.len() / 2], least: samples[0] }
    }
}

/// One request by all subjects.
pub(crate) struct Row {
    pub(crate) scenario: String,
    pub(crate) request: String,
    pub(crate) allowed: bool,
    /// On how many requests of the scenario the subjects were held against upstream.
    pub(crate) checked: usize,
    pub(crate) figures: Vec<(&'static str, Result<Figure, Absent>)>,
}

impl Row {
    fn name(&self) -> String {
        format!("{} {}", self.scenario, self.request)
    }

    fn of(&self, subject: &str) -> Option<Figure> {
        let (_, figure) = self.figures.iter().find(|(name, _)| *name == subject)?;
        figure.as_ref().ok().copied()
    }

    fn ours(&self) -> Option<Figure> {
        self.of("assay")
    }
}

/// Taking in a policy.
pub(crate) struct Load {
    pub(crate) name: String,
    pub(crate) figure: Result<Figure, String>,
}

/// Everything that was measured.
pub(crate) struct Report {
    /// Who was measured, and how.
    pub(crate) about: Vec<(&'static str, String)>,
    pub(crate) rows: Vec<Row>,
    pub(crate) loads: Vec<Load>,
    pub(crate) quick: bool,
}

/// One ratio that is asked for.
#[derive(Serialize)]
struct Ratio {
    what: String,
    wanted: f64,
    got: Option<f64>,
}

impl Ratio {
    fn is_met(&self) -> bool {
        self.got.is_some_and(|got| got >= self.wanted)
    }
}

impl Report {
    /// Whether every ratio is met and the engine decides as upstream.
    pub(crate) fn passes(&self) -> bool {
        self.wrong().all(|(subject, _)| !subject.starts_with("assay"))
            && self.ratios().iter().all(Ratio::is_met)
    }

    fn wrong(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.rows.iter().flat_map(|row| {
            row.figures.iter().filter_map(|(name, figure)| match figure {
                Err(Absent::Wrong(what)) => Some((*name, format!("{}: {what}", row.scenario))),
                _ => None,
            })
        })
    }

    fn ratios(&self) -> Vec<Ratio> {
        let decision = |&(row, subject, wanted): &(&str, &str, f64)| {
            let row_of = self.rows.iter().find(|known| known.name() == row);
            let theirs = row_of.into_iter().flat_map(|row| &row.figures).filter(|(name, _)| {
                *name == subject || name.strip_prefix(subject).is_some_and(|mode| mode.starts_with(" ("))
            });
            let theirs = theirs.filter_map(|(_, figure)| figure.as_ref().ok()).map(|figure| figure.median);
            let ours = row_of.and_then(Row::ours).map(|figure| figure.median);
            let got = theirs.min_by(f64::total_cmp).zip(ours).map(|(theirs, ours)| theirs / ours);
            Ratio { what: format!("{row}: {subject}"), wanted, got }
        };
        let load = |name| self.loads.iter().find(|load| load.name == name)?.figure.as_ref().ok();
        let load: Option<(&Figure, &Figure)> = load(UPSTREAM_LOAD).zip(load(LOAD_AND_COMPILE));
        let got = load.map(|(theirs, ours)| theirs.median / ours.median);
        let load = Ratio { what: format!("load of {RULES} rules: {UPSTREAM_LOAD}"), wanted: LOAD_RATIO, got };
        RATIOS.iter().map(decision).chain([load]).collect()
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        let names = self.about.iter().map(|(name, _)| (*name).replace(", ", ",\n").replace(" (", "\n("));
        table.set_header(["decision".to_owned()].into_iter().chain(names));
        for row in &self.rows {
            let name =
                format!("{}\n{}, {}", row.scenario, row.request, if row.allowed { "allow" } else { "deny" });
            let ours = row.ours().map(|figure| figure.median);
            let cells = row.figures.iter().map(|(_, figure)| match figure {
                Ok(figure) => match ours {
                    Some(ours) => format!("{}\n{}", times(figure.median / ours), time(figure.median)),
                    None => format!("\n{}", time(figure.median)),
                },
                Err(Absent::Wrong(_)) => "wrong".to_owned(),
                Err(Absent::NotComparable(_)) => "–".to_owned(),
            });
            table.add_row([name].into_iter().chain(cells));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut out = format!("{table}\n\n");
        let mut loads = Table::new();
        loads.load_preset(presets::NOTHING);
        let ours = self.loads.iter().find(|load| load.name == LOAD_AND_COMPILE);
        let ours = ours.and_then(|load| load.figure.as_ref().ok()).map(|figure| figure.median);
        for Load { name, figure } in &self.loads {
            let (ratio, time) = match (figure, ours) {
                (Ok(figure), Some(ours)) => (times(figure.median / ours), time(figure.median)),
                (Ok(figure), None) => (String::new(), time(figure.median)),
                (Err(error), _) => ("–".to_owned(), error.clone()),
            };
            let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
            loads.add_row([Cell::new(name), right(ratio), right(time)]);
        }
        out += &format!("a policy file of {RULES} rules\n{loads}\n\n");
        out += "how many times the engine's time they must take\n";
        for ratio in self.ratios() {
            let verdict = if ratio.is_met() { "met" } else { "SHORT" };
            let got = ratio.got.map_or("not measured".to_owned(), times);
            out += &format!("  {verdict:5}  {got} of {}  {}\n", times(ratio.wanted), ratio.what);
        }
        out += &self.notes();
        out
    }

    /// Who was asked and how, who is wrong, and what cannot be compared.
    fn notes(&self) -> String {
        let mut out = "\n".to_owned();
        for (name, about) in &self.about {
            out += &format!("{name}: {about}\n");
        }
        let mut wrong: Vec<_> = self.wrong().collect();
        wrong.dedup();
        for (name, what) in wrong {
            out += &format!("wrong: {name}: {what}\n");
        }
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for row in &self.rows {
            for (name, figure) in &row.figures {
                if let Err(Absent::NotComparable(why)) = figure {
                    let scenarios = reasons.entry((name, why)).or_default();
                    if !scenarios.contains(&row.scenario.as_str()) {
                        scenarios.push(&row.scenario);
                    }
                }
            }
        }
        for ((name, why), scenarios) in reasons {
            out += &format!("not comparable: {name}: {}: {why}\n", scenarios.join(", "));
        }
        let checked: usize = {
            let mut scenarios: Vec<_> = self.rows.iter().map(|row| (&row.scenario, row.checked)).collect();
            scenarios.dedup();
            scenarios.iter().map(|(_, checked)| checked).sum()
        };
        out += &format!("held against upstream's decisions on {checked} requests\n");
        out
    }

    /// For programs.
    pub(crate) fn json(&self) -> String {
        let figure = |figure: &Result<Figure, Absent>| match figure {
            Ok(figure) => json!(figure),
            Err(Absent::Wrong(what)) => json!({ "wrong": what }),
            Err(Absent::NotComparable(why)) => json!({ "not_comparable": why }),
        };
        let rows = self.rows.iter().map(|row| {
            let figures: serde_json::Map<_, _> =
                row.figures.iter().map(|(name, of)| ((*name).to_owned(), figure(of))).collect();
            json!({
                "scenario": row.scenario, "request": row.request, "allowed": row.allowed,
                "checked_requests": row.checked, "nanoseconds": figures,
            })
        });
        let loads = self.loads.iter().map(|load| match &load.figure {
            Ok(figure) => json!({"what": load.name, "rules": RULES, "nanoseconds": figure}),
            Err(error) => json!({"what": load.name, "rules": RULES, "error": error}),
        });
        let subjects: serde_json::Map<_, _> =
            self.about.iter().map(|(name, about)| ((*name).to_owned(), json!(about))).collect();
        let report = json!({
            "version": 1,
            "quick": self.quick,
            "passes": self.passes(),
            "subjects": subjects,
            "decisions": rows.collect::<Vec<_>>(),
            "loads": loads.collect::<Vec<_>>(),
            "ratios": self.ratios(),
        });
        format!("{report:#}\n")
    }
}

/// A time in nanoseconds, as figures are kept.
#[allow(clippy::cast_precision_loss, reason = "printed with three digits")]
pub(crate) fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}

fn three(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn times(ratio: f64) -> String {
    format!("{} ×", three(ratio))
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e3 => format!("{} ns", three(nanoseconds)),
        ..1e6 => format!("{} µs", three(nanoseconds / 1e3)),
        ..1e9 => format!("{} ms", three(nanoseconds / 1e6)),
        _ => format!("{} s", three(nanoseconds / 1e9)),
    }
}
