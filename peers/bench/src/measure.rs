//! Rounds over all subjects.

use std::path::Path;
use std::time::Duration;

use assay_scenarios::{Bench, Shape, cinder, glance, nova_size};

use crate::load;
use crate::report::{Figure, Report, Row, nanoseconds};
use crate::subject::{Absent, Asked, Subject};
use crate::subjects::casbin::Casbin;
use crate::subjects::cedar::Cedar;
use crate::subjects::engine::Engine;
use crate::subjects::oslo_policy::OsloPolicy;
use crate::subjects::regorus::Regorus;
use crate::subjects::upstream::{Python, Upstream, WAYS};

/// How long, and how often.
struct Effort {
    rounds: usize,
    /// For one subject in one round.
    slice: Duration,
    loads: usize,
}

/// Measures everything.
///
/// # Errors
/// What keeps it from being measured: no upstream, a file that cannot be written.
pub(crate) fn measure(python: &Path, quick: bool) -> Result<Report, String> {
    let effort = if quick {
        Effort { rounds: 15, slice: Duration::from_micros(1500), loads: 3 }
    } else {
        Effort { rounds: 61, slice: Duration::from_millis(4), loads: 7 }
    };
    let python = Python::start(python)?;
    let upstream = WAYS.map(|how| Upstream { python: &python, how });
    let mut subjects: Vec<&dyn Subject> = vec![
        &Engine::Compiled,
        &Engine::Anew,
        &Engine::Interpreted,
        &Engine::Enforcer,
        &OsloPolicy,
        &Cedar,
        &Regorus::Machine,
        &Regorus::Compiled,
        &Casbin,
    ];
    subjects.extend(upstream.iter().map(|way| way as &dyn Subject));

    let mut rows = Vec::new();
    for bench in benches(quick) {
        decisions(&bench, &subjects, &python, &effort, &mut rows)?;
    }
    let loads = load::measure(&subjects, &python, effort.loads, quick)?;
    let about = subjects.iter().map(|subject| (subject.name(), subject.about())).collect();
    Ok(Report { about, rows, loads, quick })
}

/// What is measured, in order.
fn benches(quick: bool) -> Vec<Bench> {
    let mut shapes = vec![Shape::Chain(10), Shape::Chain(100), Shape::Doubled(8), Shape::Doubled(18)];
    shapes.extend([10, 1_000, 100_000].map(Shape::Wide));
    if !quick {
        shapes.extend([100, 10_000].map(Shape::Wide));
        shapes.extend([1, 10, 100].map(Shape::Length));
    }
    let generated = shapes.into_iter().map(Shape::bench);
    [glance(), cinder(), nova_size()].into_iter().chain(generated).collect()
}

/// Why a subject is not put to a policy that it could be put to.
fn spared(subject: &dyn Subject, bench: &Bench) -> Option<String> {
    let size = bench.policy.rules.len();
    let is_ours_or_plain = subject.name().starts_with("assay") || subject.name().starts_with("oslo-policy");
    (size > 1_001 && !is_ours_or_plain)
        .then(|| format!("not asked with {size} rules: it takes too long to set up"))
}

fn decisions(
    bench: &Bench,
    subjects: &[&dyn Subject],
    python: &Python,
    effort: &Effort,
    rows: &mut Vec<Row>,
) -> Result<(), String> {
    let (expected, by_upstream) = expected(bench, python)?;
    let prepared: Vec<_> = subjects
        .iter()
        .map(|subject| match spared(*subject, bench) {
            Some(why) => Err(Absent::NotComparable(why)),
            None => subject.prepare(bench).map_err(Absent::NotComparable),
        })
        .collect();
    for (scenario, expected) in bench.scenarios.iter().zip(&expected) {
        let checked: Vec<_> = prepared
            .iter()
            .map(|prepared| match prepared {
                Err(absent) => Err(absent.clone()),
                Ok(prepared) => scenario.requests.iter().zip(expected).try_for_each(|(request, expected)| {
                    let mut asked = prepared.request(scenario, request).map_err(Absent::NotComparable)?;
                    let got = asked(1).map_err(Absent::NotComparable)?.allowed;
                    if got == *expected {
                        return Ok(());
                    }
                    let word = |allowed| if allowed { "allow" } else { "deny" };
                    let what = format!("{}: {} for {}", request.name, word(got), word(*expected));
                    Err(Absent::Wrong(what))
                }),
            })
            .collect();
        let timed = scenario.requests.iter().zip(expected).filter(|(request, _)| request.timed);
        for (request, expected) in timed {
            let mut asked: Vec<Result<Asked<'_>, Absent>> = Vec::new();
            for (prepared, checked) in prepared.iter().zip(&checked) {
                asked.push(match (prepared, checked) {
                    (Ok(prepared), Ok(())) => {
                        prepared.request(scenario, request).map_err(Absent::NotComparable)
                    }
                    (_, Err(absent)) | (Err(absent), _) => Err(absent.clone()),
                });
            }
            let figures = rounds(&mut asked, effort);
            rows.push(Row {
                scenario: scenario.name.clone(),
                request: request.name.clone(),
                allowed: *expected,
                checked: if by_upstream { scenario.requests.len() } else { 0 },
                figures: subjects.iter().map(|subject| subject.name()).zip(figures).collect(),
            });
        }
    }
    Ok(())
}

/// What is to be said to every request, and whether upstream said so. Where the policy is too much for it, what the
/// construction of the policy says.
fn expected(bench: &Bench, python: &Python) -> Result<(Vec<Vec<bool>>, bool), String> {
    let asked = Upstream { python, how: "bare" }.prepare(bench).map(drop);
    if asked.is_err() {
        // `N rules` asks a member for what is of another project; `doubled` asks for a role that the caller lacks.
        let denied = bench.scenarios.iter().map(|scenario| vec![false; scenario.requests.len()]);
        return Ok((denied.collect(), false));
    }
    python.load(bench)?;
    let said = bench.scenarios.iter().map(|scenario| python.decisions(bench, scenario));
    Ok((said.collect::<Result<_, _>>()?, true))
}

/// The median time of a decision of each, in nanoseconds.
fn rounds(asked: &mut [Result<Asked<'_>, Absent>], effort: &Effort) -> Vec<Result<Figure, Absent>> {
    let mut loops = vec![1; asked.len()];
    let mut samples = vec![Vec::new(); asked.len()];
    for (asked, loops) in asked.iter_mut().zip(&mut loops) {
        let calibrated = match asked {
            Ok(asked) => calibrate(asked, effort.slice).map_err(Absent::NotComparable),
            Err(_) => continue,
        };
        match calibrated {
            Ok(count) => *loops = count,
            Err(absent) => *asked = Err(absent),
        }
    }
    for _ in 0..effort.rounds {
        for ((slot, loops), samples) in asked.iter_mut().zip(&loops).zip(&mut samples) {
            let Ok(ask) = slot else { continue };
            match ask(*loops) {
                Ok(timed) => samples.push(nanoseconds(timed.time) / per(*loops)),
                Err(error) => *slot = Err(Absent::NotComparable(error)),
            }
        }
    }
    let figure = |(slot, samples): (&mut Result<Asked<'_>, Absent>, Vec<f64>)| match slot {
        Err(absent) => Err(absent.clone()),
        Ok(_) => Ok(Figure::of(samples)),
    };
    asked.iter_mut().zip(samples).map(figure).collect()
}

/// How many decisions fill a slice; also what warms caches up.
fn calibrate(asked: &mut Asked<'_>, slice: Duration) -> Result<u64, String> {
    let mut loops = 1;
    loop {
        let time = asked(loops)?.time;
        if time * 2 >= slice || loops >= 1 << 24 {
            let fitting = nanoseconds(slice) / (nanoseconds(time) / per(loops));
            return Ok(whole(fitting).max(1));
        }
        loops *= 4;
    }
}

#[allow(clippy::cast_precision_loss, reason = "at most 2^24")]
fn per(loops: u64) -> f64 {
    loops as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and bounded by the slice"
)]
fn whole(count: f64) -> u64 {
    count as u64
}
