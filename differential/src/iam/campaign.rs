//! Generated worlds before judges: the laws always, and engines that are not ours where they are compiled in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use assay_case::Source;
use assay_case::iam::{Answer, Document, Expectation, agrees, answer_as, write_document};
use assay_engine::iam::Reading;
use assay_generate::iam::{Capability, Coverage, ELEMENTS, REQUESTS, shrink, world};
use comfy_table::{CellAlignment, Table};
use sha2::{Digest as _, Sha256};

use super::laws;

/// How many divergences are shrunk and saved; a fault of the engine shows in thousands.
const SAVED: usize = 20;

/// Who judges a part of the worlds, each drawn within what it knows.
pub struct Judge {
    /// Its name in tables.
    pub name: String,
    /// What is drawn for it.
    pub capability: Capability,
    /// The engines that answer; none where the laws alone judge.
    #[cfg(feature = "iam-oracles")]
    pub oracles: Vec<Box<dyn super::oracle::Oracle>>,
}

/// The judges of this build. The first is the laws, on all that is drawn at all; each engine has worlds drawn for
/// it alone, and one part is drawn within what both know.
#[must_use]
pub fn judges() -> Vec<Judge> {
    let laws = Judge {
        name: "laws alone".to_owned(),
        capability: Capability::everything(),
        #[cfg(feature = "iam-oracles")]
        oracles: Vec::new(),
    };
    #[cfg(feature = "iam-oracles")]
    {
        use super::oracle::{Cedar, IamRs, Oracle};
        let both = Cedar.capability().meet(&IamRs.capability(), "both");
        let judge = |name: &str, capability, oracles| Judge { name: name.to_owned(), capability, oracles };
        vec![
            laws,
            judge(Cedar.name(), Cedar.capability(), vec![Box::new(Cedar)]),
            judge(IamRs.name(), IamRs.capability(), vec![Box::new(IamRs)]),
            judge("both", both, vec![Box::new(Cedar), Box::new(IamRs)]),
        ]
    }
    #[cfg(not(feature = "iam-oracles"))]
    vec![laws]
}

/// What is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed of all worlds.
    pub seed: u64,
    /// How many cases; worlds are whole.
    pub cases: Option<u64>,
    /// For how long.
    pub time: Option<Duration>,
    /// Threads.
    pub jobs: usize,
    /// Where divergences go as case files; nowhere, if `None`.
    pub findings: Option<PathBuf>,
    /// Whether the first divergence ends the run.
    pub first: bool,
    /// Whether the laws judge; without them the engines are on their own.
    pub laws: bool,
}

/// What one judge had.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Worlds.
    pub worlds: u64,
    /// Cases, each judged by every engine of the part, and by the laws.
    pub cases: u64,
    /// Of these, those that the engine allows.
    pub allowed: u64,
    /// Operators and elements.
    pub coverage: Coverage,
}

/// A case on which a judge and the engine differ.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// Who judged: an engine, or a law.
    pub judge: String,
    /// The judge's answer and the engine's.
    pub answers: (String, String),
    /// The world, smaller, with this one case.
    pub world: Document,
    /// The world's index.
    pub index: u64,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// By judge: its name, whether it is an engine's part, what it had.
    pub parts: Vec<(String, Vec<String>, Part)>,
    /// How many cases disagreed, with whomever.
    pub diverging: u64,
    /// Some of them, the first worlds first.
    pub divergences: Vec<Divergence>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Runs a campaign on a reading of the documents; the engine's own is [`AsDocumented`](assay_engine::iam::AsDocumented).
///
/// # Errors
/// A file that cannot be written.
pub fn run<R: Reading>(settings: &Settings, judges: &[Judge]) -> std::io::Result<Outcome> {
    let started = Instant::now();
    let worlds = settings.cases.map(|cases| cases.div_ceil(REQUESTS));
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let total = Mutex::new((vec![Part::default(); judges.len()], 0, Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..settings.jobs.max(1) {
            scope.spawn(|| {
                let mut own = (vec![Part::default(); judges.len()], 0, Vec::new());
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let late = settings.time.is_some_and(|time| started.elapsed() >= time);
                    let over = worlds.is_some_and(|worlds| index >= worlds);
                    if late || over || stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let part = usize::try_from(index % judges.len() as u64).unwrap_or_default();
                    let found = judge::<R>(settings, &judges[part], index, &mut own.0[part]);
                    stop.fetch_or(settings.first && !found.is_empty(), Ordering::Relaxed);
                    own.1 += found.len() as u64;
                    own.2.extend(found.into_iter().take(SAVED.saturating_sub(own.2.len())));
                }
                if let Ok(mut total) = total.lock() {
                    for (sum, part) in total.0.iter_mut().zip(own.0) {
                        sum.worlds += part.worlds;
                        sum.cases += part.cases;
                        sum.allowed += part.allowed;
                        sum.coverage.add(part.coverage);
                    }
                    total.1 += own.1;
                    total.2.extend(own.2);
                }
            });
        }
    });
    let (parts, diverging, mut found) = total.into_inner().unwrap_or_default();
    found.sort_by_key(|divergence| divergence.index);
    found.truncate(SAVED);
    let divergences: Vec<Divergence> = found.into_iter().map(|found| smaller::<R>(found, judges)).collect();
    if let Some(directory) = &settings.findings {
        // A law expects nothing of one case; its world is shown, and seed and index give it again.
        let stated = |found: &&Divergence| found.world.cases.iter().all(|case| case.expect.is_some());
        for divergence in divergences.iter().filter(stated) {
            save(directory, divergence)?;
        }
    }
    let named = |(judge, part): (&Judge, Part)| (judge.name.clone(), judge.engines(), part);
    Ok(Outcome {
        parts: judges.iter().zip(parts).map(named).collect(),
        diverging,
        divergences,
        elapsed: started.elapsed(),
    })
}

/// The first divergence of a seed, small; what `run` finds with one thread.
#[cfg(feature = "faults")]
#[must_use]
pub fn seek<R: Reading>(seed: u64, cases: u64, judges: &[Judge]) -> Option<Divergence> {
    let settings =
        Settings { seed, cases: None, time: None, jobs: 1, findings: None, first: true, laws: true };
    let mut found = (0..cases.div_ceil(REQUESTS)).flat_map(|index| {
        let part = usize::try_from(index % judges.len() as u64).unwrap_or_default();
        judge::<R>(&settings, &judges[part], index, &mut Part::default())
    });
    found.next().map(|found| smaller::<R>(found, judges))
}

/// Runs what is no part of the engine under test without its fault.
#[cfg(feature = "faults")]
fn unarmed<T>(run: impl FnOnce() -> T) -> T {
    let fault = assay_engine::faults::arm(None);
    let result = run();
    assay_engine::faults::arm(fault);
    result
}

#[cfg(not(feature = "faults"))]
fn unarmed<T>(run: impl FnOnce() -> T) -> T {
    run()
}

impl Judge {
    #[cfg(feature = "iam-oracles")]
    fn engines(&self) -> Vec<String> {
        self.oracles.iter().map(|oracle| oracle.name().to_owned()).collect()
    }

    #[cfg(not(feature = "iam-oracles"))]
    const fn engines(&self) -> Vec<String> {
        Vec::new()
    }
}

fn judge<R: Reading>(settings: &Settings, judge: &Judge, index: u64, part: &mut Part) -> Vec<Divergence> {
    let world = unarmed(|| world(settings.seed, &judge.capability, index));
    part.coverage.count(&world);
    let answers = answer_as::<R>(&world);
    let allowed = answers.iter().filter(|answer| agrees(&Expectation::Allow.into(), answer)).count();
    part.worlds += 1;
    part.cases += answers.len() as u64;
    part.allowed += allowed as u64;
    differences::<R>(judge, &world, &answers, index, settings.laws)
}

/// Every case of a world on which the engine and a judge part.
fn differences<R: Reading>(
    #[cfg_attr(not(feature = "iam-oracles"), allow(unused_variables))] judge: &Judge,
    world: &Document,
    #[cfg_attr(not(feature = "iam-oracles"), allow(unused_variables))] answers: &[Answer],
    index: u64,
    laws: bool,
) -> Vec<Divergence> {
    let mut found = Vec::new();
    #[cfg(feature = "iam-oracles")]
    for oracle in &judge.oracles {
        let expected = match unarmed(|| oracle.answers(world)) {
            Ok(expected) => expected,
            Err(error) => {
                let answers = (format!("cannot answer: {error}"), String::new());
                found.push(Divergence {
                    judge: oracle.name().to_owned(),
                    answers,
                    world: world.clone(),
                    index,
                });
                continue;
            }
        };
        for (case, (expected, answer)) in expected.iter().zip(answers).enumerate() {
            if agrees(expected, answer) {
                continue;
            }
            let mut world = with_one(world, case);
            world.cases[0].expect = Some(expected.clone());
            world.source = Source { oracle: Some(oracle.name().to_owned()), ..Source::default() };
            let answers = (assay_case::iam::expected_json(expected).to_string(), answer.to_string());
            found.push(Divergence { judge: oracle.name().to_owned(), answers, world, index });
        }
    }
    let broken = if laws { laws::broken::<R>(world) } else { Vec::new() };
    found.extend(broken.into_iter().map(|broken| Divergence {
        judge: format!("law: {}", broken.law),
        answers: broken.answers,
        world: Document {
            about: Some(broken.law.to_owned()),
            source: Source { document: Some("laws of the harness".to_owned()), ..Source::default() },
            ..with_one(world, broken.case)
        },
        index,
    }));
    found
}

fn with_one(world: &Document, case: usize) -> Document {
    Document { cases: vec![world.cases[case].clone()], ..world.clone() }
}

/// The divergence on a world as small as it still shows on; the judge is asked again at every step.
fn smaller<R: Reading>(found: Divergence, judges: &[Judge]) -> Divergence {
    let again = |world: &Document| {
        let answers = answer_as::<R>(world);
        let asked = judges.iter().find(|judge| judge.engines().contains(&found.judge)).or(judges.first())?;
        let all = differences::<R>(asked, world, &answers, found.index, found.judge.starts_with("law"));
        all.into_iter().find(|other| other.judge == found.judge && !other.answers.0.starts_with("cannot"))
    };
    if again(&found.world).is_none() {
        return found;
    }
    // What is taken away can leave a world that breaks a rule, and then differs for that reason.
    let decides = |world: &Document| matches!(answer_as::<R>(world).first(), Some(Answer::Decision(_)));
    let undecided = !decides(&found.world);
    let world = shrink(&found.world, 0, |world| (undecided || decides(world)) && again(world).is_some());
    again(&world).unwrap_or(found)
}

/// Writes a divergence as a case file named by its content.
fn save(directory: &Path, divergence: &Divergence) -> std::io::Result<()> {
    let text = write_document(&divergence.world);
    let digest = Sha256::digest(text.as_bytes());
    let name: String = digest.iter().take(4).fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    });
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join(format!("iam-{name}.yaml")), text)
}

impl Outcome {
    /// All cases.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.parts.iter().map(|(.., part)| part.cases).sum()
    }

    /// How many cases an engine judged.
    #[must_use]
    pub fn judged_by(&self, engine: &str) -> u64 {
        let own = self.parts.iter().filter(|(_, engines, _)| engines.iter().any(|name| name == engine));
        own.map(|(.., part)| part.cases).sum()
    }

    /// Operators and elements over all parts.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut all = Coverage::default();
        self.parts.iter().for_each(|(.., part)| all.add(part.coverage.clone()));
        all
    }

    /// As people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header(["worlds drawn for", "worlds", "cases", "allow"]);
        for (name, _, part) in &self.parts {
            table.add_row([
                name.clone(),
                part.worlds.to_string(),
                part.cases.to_string(),
                percent(part.allowed, part.cases),
            ]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let _ = writeln!(out, "{}\n", table.trim_fmt());
        let cases = self.cases();
        let _ = writeln!(out, "judged by the laws   {cases} cases, {}", percent(cases, cases));
        let mut engines: Vec<&String> = self.parts.iter().flat_map(|(_, engines, _)| engines).collect();
        engines.sort();
        engines.dedup();
        for engine in engines {
            let judged = self.judged_by(engine);
            let _ = writeln!(out, "judged by {engine:<18} {judged} cases, {}", percent(judged, cases));
        }
        let coverage = self.coverage();
        let share = |count: u64| percent(count, coverage.worlds);
        let elements = ELEMENTS.map(|element| {
            let count = coverage.elements.get(element).copied().unwrap_or_default();
            format!("{} {element}", share(count))
        });
        let _ = writeln!(out, "\nshare of worlds with each element\n{}", list(&elements));
        let operators: Vec<String> =
            coverage.operators.iter().map(|(name, count)| format!("{} {name}", share(*count))).collect();
        let all = Capability::everything().operators.len();
        let _ = writeln!(
            out,
            "\nshare of worlds with each operator ({} of {all})\n{}\n",
            operators.len(),
            list(&operators)
        );
        for Divergence { judge, answers: (theirs, ours), world, index } in &self.divergences {
            let text = write_document(world);
            let _ = writeln!(out, "DIVERGENCE in world {index}: {judge}: {theirs}, engine: {ours}\n{text}");
        }
        let seconds = self.elapsed.as_secs_f64();
        let _ = writeln!(out, "{cases} cases in {seconds:.1} s: {} diverge", self.diverging);
        out
    }
}

#[allow(clippy::cast_precision_loss, reason = "a share is printed with one digit")]
fn percent(part: u64, of: u64) -> String {
    format!("{:.1} %", part as f64 * 100.0 / of.max(1) as f64)
}

/// Three to a line.
fn list(items: &[String]) -> String {
    let lines = items.chunks(3).map(|items| {
        let line: Vec<String> = items.iter().map(|item| format!("{item:<44}")).collect();
        format!(" {}", line.join(" ").trim_end())
    });
    lines.collect::<Vec<_>>().join("\n")
}
