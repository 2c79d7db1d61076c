//! `replay`: the cases of files, on a subject, against an oracle.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_case::{
    Answer, Ask, Case, Document, EngineSubject, Entry, Outcome, ReadError, Subject, agrees, case_files,
    read_entries,
};
use clap::{Args, ValueEnum};

use super::replay_iam::Tally;
use super::{unusable, verdict};
use crate::peers;
use crate::recorded::{self, Replay, Replayed, title};
use crate::report::{Corpora, Disagreement, Kind, Report, Versions};
use crate::scores::{Scores, area_of};

/// The arguments of `replay`.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// Case files, and directories of them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What the subject is compared with [default: upstream, where this build has it].
    #[arg(long, value_enum)]
    pub oracle: Option<Oracle>,
    /// Who is tested: engine, or a peer, which is built and run as a program of its own.
    #[arg(long, value_name = "NAME", default_value = "engine")]
    pub subject: String,
    /// Print how many cases agree, by area, the engine beside the subject, and no single case. (The text
    /// for a peer ends with that in any case.)
    #[arg(long)]
    pub by_area: bool,
    /// Write report.json, junit.xml and report.html into this directory. (Cases of kind iam are not in them.)
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What a subject is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Oracle {
    /// Upstream, live.
    Upstream,
    /// What the files expect.
    Recorded,
}

/// How to print.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What disagrees, and a line at the end.
    #[default]
    Text,
    /// One object a line for each case.
    Json,
}

/// Replays, prints, and says whether all agreed.
pub fn run(arguments: &ReplayArgs) -> ExitCode {
    let subject = match peers::subject(&arguments.subject) {
        Ok(subject) => subject,
        Err(error) => return unusable(error),
    };
    let default = if cfg!(feature = "upstream") { Oracle::Upstream } else { Oracle::Recorded };
    let oracle = arguments.oracle.unwrap_or(default);
    let is_peer = subject.name() != EngineSubject.name();
    let mut printer = Printer {
        format: arguments.format,
        by_area: arguments.by_area,
        is_peer,
        scores: Scores::default(),
        cases: 0,
        disagreements: 0,
        corpora: Corpora::default(),
        versions: Versions { assay: env!("CARGO_PKG_VERSION").to_owned(), ..Versions::default() },
    };
    let mut iam = Tally::default();
    let outcome = replay(&arguments.paths, oracle, subject.as_ref(), &mut printer, &mut iam);
    let outcome = outcome.and_then(|()| match &arguments.report {
        None => Ok(()),
        Some(directory) => printer
            .report(subject.name())
            .write(directory)
            .map_err(|error| format!("{}: {error}", directory.display())),
    });
    iam.finish(arguments.format);
    let finish = |()| match (printer.cases, iam.cases) {
        (0, 1..) => Ok(()),
        _ => printer.finish(oracle, subject.name()).map_err(|error| error.to_string()),
    };
    match outcome.and_then(finish) {
        Err(error) => unusable(error),
        Ok(()) => ExitCode::from(verdict(printer.disagreements + iam.disagreements == 0)),
    }
}

fn replay(
    paths: &[PathBuf],
    oracle: Oracle,
    subject: &dyn Subject,
    printer: &mut Printer,
    iam: &mut Tally,
) -> Result<(), String> {
    let files = files(paths).map_err(|error| error.to_string())?;
    match oracle {
        // One file at a time, so that any number of recorded cases takes the memory of one file.
        Oracle::Recorded => files.iter().try_for_each(|file| {
            let documents = read(file, printer, iam)?;
            recorded_replay(&documents, subject, printer)
        }),
        // All together: they are shared out to the workers.
        Oracle::Upstream => {
            let documents =
                files.iter().map(|file| read(file, printer, iam)).collect::<Result<Vec<_>, _>>()?;
            match documents.concat() {
                // Cases of kind iam alone need no oracle.
                documents if documents.is_empty() => Ok(()),
                documents => upstream_replay(&documents, subject, printer),
            }
        }
    }
}

/// The documents of a file. Those of `kind: iam` are decided at once, by the engine alone: no peer has that language.
fn read(file: &Path, printer: &Printer, iam: &mut Tally) -> Result<Vec<Document>, String> {
    let mut documents = Vec::new();
    for entry in read_entries(file).map_err(|error| error.to_string())? {
        match entry {
            Entry::Oslo(document) => documents.push(document),
            Entry::Iam(_) if printer.is_peer => {}
            Entry::Iam(document) => {
                iam.replay(&document, (!printer.by_area).then_some(printer.format))?;
            }
        }
    }
    Ok(documents)
}

/// The files at all paths, each path's in order.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReadError> {
    let lists = paths.iter().map(|path| case_files(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(lists.concat())
}

fn recorded_replay(
    documents: &[Document],
    subject: &dyn Subject,
    printer: &mut Printer,
) -> Result<(), String> {
    for document in documents {
        let Replay { rules, cases } = recorded::replay(document, subject).map_err(|missing| {
            let Document { file, line, .. } = document;
            let file = file.display();
            format!("{file}:{line}: {missing} cases have no expectation (cargo differential record {file})")
        })?;
        printer.recorded(document, &cases);
        if let Some(difference) = &rules {
            printer.corpora.disagreements.push(Disagreement {
                file: document.file.clone(),
                case: "the rules".to_owned(),
                recorded: Some("other texts".to_owned()),
                upstream: None,
                subject: difference.clone(),
            });
            printer.rules(document, difference);
        }
        printer.cases(document, cases.iter().map(|case| (case.case, &case.expected, &case.got)));
    }
    Ok(())
}

#[cfg(not(feature = "upstream"))]
fn upstream_replay(_: &[Document], _: &dyn Subject, _: &mut Printer) -> Result<(), String> {
    Err("--oracle upstream: this build has none (feature `upstream` is off)".to_owned())
}

#[cfg(feature = "upstream")]
fn upstream_replay(
    documents: &[Document],
    subject: &dyn Subject,
    printer: &mut Printer,
) -> Result<(), String> {
    use crate::campaign::corpora;

    let recipe = super::recipe(None)?;
    let upstream =
        crate::oracle::upstream::Upstream::start(recipe.clone()).map_err(|error| error.to_string())?;
    printer.versions = Versions::of(upstream.facts());
    drop(upstream);
    let decided =
        corpora::decide(&recipe, super::all_cores(), subject, documents, |position, cases, decided| {
            let document = &documents[position];
            corpora::add(&mut printer.corpora, Path::new(""), document, cases, &decided);
            let of_rules =
                decided.comparison.divergences.iter().filter(|divergence| divergence.request.is_none());
            for divergence in of_rules {
                printer.rules(document, &divergence.signature.to_string());
            }
            if decided.texts_differ {
                let file = document.file.display();
                eprintln!("note: {file}:{}: the rules' recorded texts differ from upstream's", document.line);
            }
            for (case, outcome) in cases.iter().zip(&decided.outcomes) {
                let is_compared = !matches!(outcome, Outcome::Poisoned(_));
                if is_compared && case.expect.as_ref().is_some_and(|recorded| recorded != outcome) {
                    printer.stale(document, case, outcome);
                }
            }
            let decided = cases.iter().zip(&decided.outcomes).zip(&decided.comparison.answers);
            printer.cases(document, decided.map(|((case, outcome), answer)| (case, outcome, answer)));
        });
    decided.map_err(|error| error.to_string())
}

struct Printer {
    format: Format,
    /// Whether areas are printed in place of cases.
    by_area: bool,
    /// Whether the subject is not our engine.
    is_peer: bool,
    scores: Scores,
    cases: u64,
    disagreements: u64,
    /// What the report says.
    corpora: Corpora,
    versions: Versions,
}

impl Printer {
    /// What the report says where the recording is all there is to compare with.
    fn recorded(&mut self, document: &Document, replayed: &[Replayed<'_>]) {
        self.corpora.count(Path::new(""), &document.file, replayed.len());
        let wrong = replayed.iter().filter(|case| !agrees(&case.expected, &case.got));
        self.corpora.disagreements.extend(wrong.map(|case| Disagreement {
            file: document.file.clone(),
            case: title(case.case),
            recorded: Some(case.expected.to_string()),
            upstream: None,
            subject: case.got.to_string(),
        }));
    }

    fn report(&mut self, subject: &str) -> Report {
        let mut report =
            Report::new(Kind::Replay, self.versions.clone(), subject, std::mem::take(&mut self.corpora));
        report.sum_up();
        report
    }

    /// Cases of a document with what is expected of them and what the subject says.
    fn cases<'c>(
        &mut self,
        document: &Document,
        cases: impl Iterator<Item = (&'c Case, &'c Outcome, &'c Answer)>,
    ) {
        let area = area_of(&document.file);
        let engine = self.is_peer.then(|| EngineSubject.load(&document.world));
        for (case, expected, got) in cases {
            self.case(document, case, expected, got);
            match &engine {
                None => self.scores.count(&area, expected, got, None),
                Some(engine) => {
                    self.scores.count(&area, expected, &engine.decide(&case.request), Some(got));
                }
            }
        }
    }

    fn case(&mut self, document: &Document, case: &Case, expected: &Outcome, got: &Answer) {
        let agree = agrees(expected, got);
        self.cases += 1;
        self.disagreements += u64::from(!agree);
        let step;
        let asked = match (&case.request.ask, case.request.asked(&document.world).map(|asked| &asked.ask)) {
            (Ask::Rule(text) | Ask::Check(text), _) | (_, Some(Ask::Rule(text) | Ask::Check(text))) => text,
            (Ask::Step(index), _) => {
                step = format!("steps[{index}]");
                &step
            }
        };
        match self.format {
            _ if self.by_area => {}
            Format::Json => {
                let line = serde_json::json!({
                    "file": document.file,
                    "case": case.name,
                    "rule": asked,
                    "expected": expected,
                    "got": answer_json(got),
                    "agree": agree,
                });
                show_line!("{line}");
            }
            Format::Text if !agree => {
                let name = case.name.as_deref().unwrap_or("a case");
                let file = document.file.display();
                show_line!("{file}:{}: {name} ({asked}): expected {expected}, got {got}", document.line);
            }
            Format::Text => {}
        }
    }

    /// The two sides read the rules differently, whatever the requests show of it.
    fn rules(&mut self, document: &Document, difference: &str) {
        self.disagreements += 1;
        eprintln!("{}:{}: {difference}", document.file.display(), document.line);
    }

    #[cfg(feature = "upstream")]
    fn stale(&self, document: &Document, case: &Case, outcome: &Outcome) {
        let name = case.name.as_deref().unwrap_or("a case");
        let file = document.file.display();
        eprintln!(
            "note: {file}:{}: {name}: the recording differs from upstream, which says {outcome}",
            document.line
        );
    }

    fn finish(&self, oracle: Oracle, subject: &str) -> serde_json::Result<()> {
        match self.format {
            Format::Text if self.by_area || self.is_peer => show!("{}", self.scores.text(subject)),
            Format::Json if self.by_area => show!("{}", self.scores.json()?),
            Format::Text | Format::Json => {}
        }
        if self.format == Format::Text {
            let oracle = match oracle {
                Oracle::Upstream => "upstream",
                Oracle::Recorded => "recorded",
            };
            show_line!("{} cases, {subject} against {oracle}: {} disagree", self.cases, self.disagreements);
        }
        Ok(())
    }
}

/// As an outcome is written in a case file, where it is one.
fn answer_json(answer: &Answer) -> serde_json::Value {
    match answer {
        Answer::Outcome(outcome) => serde_json::json!(outcome),
        Answer::Unsupported(reason) => serde_json::json!({ "unsupported": reason }),
        Answer::Error(message) => serde_json::json!({ "error": message }),
        Answer::Panicked => serde_json::json!("panic"),
        Answer::Died(how) => serde_json::json!({ "died": how }),
    }
}
