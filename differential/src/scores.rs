//! How far subjects agree with upstream, by area: a table for people, lines of JSON for machines.

use std::fmt::Write as _;
use std::path::Path;

use assay_case::{Answer, Measure, Outcome, agrees_by};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

/// What one subject makes of the cases of an area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Cases that agree, by [`Measure::Strict`].
    pub strict: u64,
    /// By [`Measure::Lenient`].
    pub lenient: u64,
    /// By [`Measure::LetThrough`].
    pub let_through: u64,
    /// Cases that it answers with an error of its own.
    pub errors: u64,
    /// Cases that cannot be put to it, or that it has no answer to.
    pub unsupported: u64,
    /// Cases in which it panics, dies or hangs.
    pub died: u64,
}

impl Score {
    /// Counts an answer.
    pub fn count(&mut self, expected: &Outcome, answer: &Answer) {
        let agrees = |measure| u64::from(agrees_by(measure, expected, answer));
        self.strict += agrees(Measure::Strict);
        self.lenient += agrees(Measure::Lenient);
        self.let_through += agrees(Measure::LetThrough);
        match answer {
            Answer::Outcome(_) => {}
            Answer::Error(_) => self.errors += 1,
            Answer::Unsupported(_) => self.unsupported += 1,
            Answer::Panicked | Answer::Died(_) => self.died += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.strict += other.strict;
        self.lenient += other.lenient;
        self.let_through += other.let_through;
        self.errors += other.errors;
        self.unsupported += other.unsupported;
        self.died += other.died;
    }
}

/// An area, and what ours and the other subject make of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Its name.
    pub area: String,
    /// How many cases it has.
    pub cases: u64,
    /// Our engine's.
    pub engine: Score,
    /// The other subject's, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<Score>,
}

/// All areas, in the order in which they were met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    areas: Vec<Area>,
}

/// The area of a case file: the language has one a file, every other corpus is one.
///
/// ```
/// use assay_differential::scores::area_of;
/// assert_eq!(area_of("corpus/language/form.yaml".as_ref()), "form");
/// assert_eq!(area_of("corpus/cinder/base.yaml".as_ref()), "cinder");
/// ```
#[must_use]
pub fn area_of(file: &Path) -> String {
    let folder = file.parent().and_then(Path::file_name);
    let name = if folder.is_none_or(|folder| folder == "language") { file.file_stem() } else { folder };
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Scores {
    /// Counts a case: what is expected, what ours and, where there is one, the other subject answer.
    pub fn count(&mut self, area: &str, expected: &Outcome, engine: &Answer, peer: Option<&Answer>) {
        let position = self.areas.iter().position(|known| known.area == area).unwrap_or_else(|| {
            self.areas.push(Area { area: area.to_owned(), ..Area::default() });
            self.areas.len() - 1
        });
        let area = &mut self.areas[position];
        area.cases += 1;
        area.engine.count(expected, engine);
        if let Some(answer) = peer {
            area.peer.get_or_insert_default().count(expected, answer);
        }
    }

    /// All areas as one.
    #[must_use]
    pub fn all(&self) -> Area {
        let mut all = Area { area: "all".to_owned(), ..Area::default() };
        for area in &self.areas {
            all.cases += area.cases;
            all.engine.add(area.engine);
            if let Some(score) = area.peer {
                all.peer.get_or_insert_default().add(score);
            }
        }
        all
    }

    /// One object a line for each area, and one for all.
    ///
    /// # Errors
    /// None that these numbers could give.
    pub fn json(&self) -> serde_json::Result<String> {
        let areas = self.areas.iter().cloned().chain([self.all()]);
        areas.map(|area| serde_json::to_string(&area).map(|line| line + "\n")).collect()
    }

    /// The table. Ours is held to the strict measure alone.
    #[must_use]
    pub fn text(&self, peer: &str) -> String {
        let mut table = Table::new();
        table.load_preset(NOTHING);
        let all = self.all();
        let mut header = vec!["area", "cases", "engine"];
        if all.peer.is_some() {
            header.extend([peer, "lenient", "let through", "errors", "unsupported", "died"]);
        }
        table.set_header(header);
        for area in self.areas.iter().chain([&all]) {
            let share = |count| percent(count, area.cases);
            let mut row = vec![area.area.clone(), area.cases.to_string(), share(area.engine.strict)];
            if let Some(score) = area.peer {
                row.extend([score.strict, score.lenient, score.let_through].map(share));
                row.extend([score.errors, score.unsupported, score.died].map(|count| count.to_string()));
            }
            table.add_row(row);
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        let mut out = String::new();
        for line in table.to_string().lines() {
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }
}

/// Rounded down: only what is all is 100 %.
fn percent(count: u64, of: u64) -> String {
    let thousandths = count.saturating_mul(1000).checked_div(of);
    thousandths.map_or_else(|| "-".to_owned(), |share| format!("{}.{} %", share / 10, share % 10))
}
