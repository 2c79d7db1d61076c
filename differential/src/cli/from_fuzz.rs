//! `from-fuzz`: inputs of fuzz targets as cases, compared with upstream.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// The arguments of `from-fuzz`.
#[derive(Debug, Clone, Args)]
pub struct FromFuzzArgs {
    /// A directory of inputs named as their target, or one that holds such directories (a fuzz corpus, seeds,
    /// finds).
    #[arg(value_name = "DIR", required = true)]
    pub directories: Vec<PathBuf>,
    /// The target, where the directory has another name.
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Where the minimal cases of findings go.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus/regressions"))]
    pub findings: PathBuf,
    /// Write what is decoded and can be compared, with upstream's outcomes, to DIR/TARGET.yaml; what would take
    /// over 4 KiB is left out.
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    /// Seconds that a batch of requests may take upstream.
    #[arg(long, value_name = "S")]
    pub batch_seconds: Option<u64>,
}

/// Compares what the inputs decode to.
pub fn run(arguments: &FromFuzzArgs) -> ExitCode {
    #[cfg(feature = "upstream")]
    return live::run(arguments);
    #[cfg(not(feature = "upstream"))]
    {
        let _ = arguments;
        super::without_upstream("from-fuzz")
    }
}

#[cfg(feature = "upstream")]
mod live {
    use std::collections::{BTreeMap, HashSet};
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;

    use assay_case::{Answer, Document, EngineSubject, Outcome, RuleTexts, write_document, write_file};
    use assay_generate::shrink::Found;
    use assay_generate::{GeneratedWorld, Profile};
    use assay_properties::{TARGETS, Target, decode, seeds, target};

    use super::FromFuzzArgs;
    use crate::campaign::finding::{document, investigate};
    use crate::cli::{recipe, unusable, verdict};
    use crate::compare::compare;
    use crate::oracle::upstream::Upstream;

    pub(super) fn run(arguments: &FromFuzzArgs) -> ExitCode {
        match compared(arguments) {
            Ok(agreed) => ExitCode::from(verdict(agreed)),
            Err(error) => unusable(error),
        }
    }

    /// Bytes of a document that is worth to be kept for people.
    const LARGEST: usize = 4 << 10;

    /// What became of a target's inputs.
    #[derive(Default)]
    struct Tally {
        inputs: u64,
        cases: u64,
        poisoned: u64,
        divergences: u64,
    }

    fn compared(arguments: &FromFuzzArgs) -> Result<bool, String> {
        let folders = folders(arguments)?;
        let mut upstream =
            Upstream::start(recipe(arguments.batch_seconds)?).map_err(|error| error.to_string())?;
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        let mut known = Vec::new();
        for (target, folder) in folders {
            let mut recorded = Vec::new();
            for (file, input) in seeds::inputs(&folder).map_err(|error| error.to_string())? {
                let tally = tallies.entry(target.name).or_default();
                tally.inputs += 1;
                for GeneratedWorld { world, requests } in decode::cases(target.name, &input) {
                    tally.cases += requests.len() as u64;
                    let reply = upstream.decide(&world, &requests).map_err(|error| error.to_string())?;
                    let poisoned = |outcome: &&Outcome| matches!(outcome, Outcome::Poisoned(_));
                    tally.poisoned += reply.outcomes.iter().filter(poisoned).count() as u64;
                    let shapes = reply.shapes.as_deref();
                    let compared = compare(&EngineSubject, &world, &requests, shapes, &reply.outcomes);
                    let unsupported = |answer: &Answer| matches!(answer, Answer::Unsupported(_));
                    let comparable = !reply.outcomes.iter().any(|outcome| poisoned(&outcome))
                        && !compared.answers.iter().any(unsupported);
                    if arguments.record.is_some() && comparable {
                        recorded.push(Document {
                            texts: shapes.map(RuleTexts::of),
                            ..document(&world, requests.clone(), reply.outcomes.clone(), upstream.facts())
                        });
                    }
                    for divergence in compared.divergences {
                        tally.divergences += 1;
                        if known.contains(&divergence.signature) {
                            continue;
                        }
                        known.push(divergence.signature.clone());
                        show_line!("{}: {}", file.display(), divergence.signature);
                        let request = divergence.request.map(|position| requests[position].clone());
                        let found = Found { world: world.clone(), request };
                        let findings = &arguments.findings;
                        let made = investigate(
                            divergence.signature,
                            found,
                            // Of no campaign; no report tells it.
                            (Profile::Language, 0),
                            known.len() - 1,
                            &EngineSubject,
                            &mut upstream,
                            findings,
                        );
                        let finding = made.map_err(|error| format!("{}: {error}", findings.display()))?;
                        show_line!("{}\n{}\n{}", finding.case, finding.replay, finding.python);
                    }
                }
            }
            if let Some(directory) = &arguments.record {
                save(recorded, target.name, directory)
                    .map_err(|error| format!("{}: {error}", directory.display()))?;
            }
        }
        show_line!("target                      inputs     cases  poisoned  divergences");
        for (name, Tally { inputs, cases, poisoned, divergences }) in &tallies {
            show_line!("{name:<25} {inputs:>8} {cases:>9} {poisoned:>9} {divergences:>12}");
        }
        Ok(known.is_empty())
    }

    /// Writes a target's documents, each once.
    fn save(mut documents: Vec<Document>, target: &str, directory: &Path) -> std::io::Result<()> {
        let mut seen = HashSet::new();
        documents.retain(|document| {
            let text = write_document(document);
            !document.cases.is_empty() && text.len() <= LARGEST && seen.insert(text)
        });
        let Some(first) = documents.first_mut() else { return Ok(()) };
        first.comment.push(format!(
            "# Inputs that fuzzing found for {target}, as upstream decides them: cargo differential from-fuzz --record."
        ));
        std::fs::create_dir_all(directory)?;
        write_file(&directory.join(format!("{target}.yaml")), &documents)
    }

    /// The directories of inputs, each with its target.
    fn folders(arguments: &FromFuzzArgs) -> Result<Vec<(&'static Target, PathBuf)>, String> {
        let mut found = Vec::new();
        for directory in &arguments.directories {
            let name =
                directory.canonicalize().map_err(|error| format!("{}: {error}", directory.display()))?;
            let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match (&arguments.target, target(&name)) {
                (Some(given), _) => {
                    found.push((target(given).map_err(|error| error.to_string())?, directory.clone()));
                }
                (None, Ok(target)) => found.push((target, directory.clone())),
                (None, Err(_)) => found.extend(below(directory)),
            }
        }
        if found.is_empty() {
            return Err("no directory is named as a target; --target says which it is".to_owned());
        }
        Ok(found)
    }

    fn below(directory: &Path) -> impl Iterator<Item = (&'static Target, PathBuf)> {
        let folder = |target: &'static Target| (target, directory.join(target.name));
        TARGETS.iter().map(folder).filter(|(_, folder)| folder.is_dir())
    }
}
