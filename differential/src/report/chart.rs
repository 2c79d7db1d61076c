//! Charts of the page: bars as rectangles, worked out here so that the template only writes them down.

use super::text::percent;
use super::{Mutant, Report};
use crate::campaign::statistics::Counts;

/// The width of every bar, in the units of its drawing.
const WIDTH: f64 = 1000.0;

/// A line of a chart: a label, a bar, and what the bar says in words.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) words: String,
}

/// A stretch of a bar.
pub(super) struct Piece {
    /// Its class in the style sheet.
    pub(super) class: &'static str,
    /// What a pointer that rests on it is told.
    pub(super) title: String,
    pub(super) x: f64,
    pub(super) width: f64,
}

const KINDS: [&str; 5] = ["allow", "deny", "raise", "load", "poisoned"];

/// The mix of outcomes, by profile.
pub(super) fn mix(report: &Report) -> Vec<Bar> {
    rows(report)
        .map(|(label, counts)| {
            let mut x = 0.0;
            let pieces = KINDS.into_iter().filter_map(|kind| {
                let count = counts.of_kind(kind);
                let width = scaled(count, counts.cases);
                let title = format!("{kind} {count} ({})", percent(count, counts.cases));
                let piece = Piece { class: kind, title, x, width };
                x += width;
                (count > 0).then_some(piece)
            });
            Bar { label, pieces: pieces.collect(), words: format!("{} cases", counts.cases) }
        })
        .collect()
}

/// Requests per second of a worker's CPU time, by profile; the part of that time inside upstream is darker.
#[expect(clippy::cast_precision_loss, reason = "a rate, for people")]
pub(super) fn rates(report: &Report) -> Vec<Bar> {
    let rate = |counts: &Counts| counts.cases as f64 / (counts.total_ns.max(1) as f64 / 1e9);
    let highest = rows(report).map(|(_, counts)| rate(counts)).fold(1e-9, f64::max);
    rows(report)
        .map(|(label, counts)| {
            let width = WIDTH * rate(counts) / highest;
            let inside = width * counts.upstream_share();
            let share = format!("{:.1} % inside upstream", 100.0 * counts.upstream_share());
            let pieces = vec![
                Piece { class: "inside", title: share.clone(), x: 0.0, width: inside },
                Piece { class: "around", title: share.clone(), x: inside, width: width - inside },
            ];
            Bar { label, pieces, words: format!("{:.0} cases/s, {share}", rate(counts)) }
        })
        .collect()
}

/// After how many cases each fault was found, on a scale of powers of ten; those that were not found come first.
#[expect(clippy::cast_precision_loss, reason = "a position, for people")]
pub(super) fn mutants(mutants: &[Mutant]) -> Vec<Bar> {
    let mut sorted: Vec<&Mutant> = mutants.iter().collect();
    sorted.sort_by_key(|mutant| (mutant.found, std::cmp::Reverse(mutant.cases), &mutant.name));
    let power = |cases: u64| (cases.max(1) as f64).log10() + 0.1;
    let highest = sorted.iter().filter_map(|mutant| mutant.cases).map(power).fold(5.0, f64::max);
    sorted
        .into_iter()
        .map(|mutant| {
            let width = |cases: u64| WIDTH * power(cases) / highest;
            let (class, width, words) = match (mutant.found, mutant.cases, mutant.recorded) {
                (false, ..) => ("missed", WIDTH, "not found".to_owned()),
                (true, Some(cases), _) => ("found", width(cases), format!("after {cases} cases")),
                (true, None, Some(cases)) => {
                    ("by-recorded", width(cases), format!("after {cases} recorded cases"))
                }
                (true, None, None) => ("found", 0.0, "found with some seeds".to_owned()),
            };
            let by = if mutant.profiles.is_empty() {
                String::new()
            } else {
                format!(", {}", mutant.profiles.join(", "))
            };
            let title = format!("{words}{by}");
            Bar { label: mutant.name.clone(), pieces: vec![Piece { class, title, x: 0.0, width }], words }
        })
        .collect()
}

fn rows(report: &Report) -> impl Iterator<Item = (String, &Counts)> {
    let profiles = report.profiles.iter().map(|(profile, counts)| (profile.name().to_owned(), counts));
    profiles.chain((report.profiles.len() > 1).then_some(("all".to_owned(), &report.all)))
}

#[expect(clippy::cast_precision_loss, reason = "a width, for people")]
fn scaled(count: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { WIDTH * count as f64 / of as f64 }
}
