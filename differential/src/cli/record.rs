//! `record`: upstream's outcomes into case files.

use clap::Args;
use std::path::PathBuf;

/// The arguments of `record`.
#[derive(Debug, Clone, Args)]
pub struct RecordArgs {
    /// Case files, and directories of them. They are written anew in the canonical form; of comments,
    /// those at the top of a document are kept.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Says that this build cannot.
#[cfg(not(feature = "upstream"))]
pub fn run(_: &RecordArgs) -> std::process::ExitCode {
    super::without_upstream("record")
}

#[cfg(feature = "upstream")]
pub use live::run;

#[cfg(feature = "upstream")]
mod live {
    use std::path::Path;
    use std::process::ExitCode;

    use assay_case::{Document, Outcome, RuleTexts, case_files, read_file, write_file};

    use super::RecordArgs;
    use crate::campaign::finding::source;
    use crate::cli::{recipe, unusable};
    use crate::oracle::upstream::Upstream;

    /// Records file by file: a file is written when all of its cases are decided.
    pub fn run(arguments: &RecordArgs) -> ExitCode {
        match record(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => unusable(error),
        }
    }

    fn record(arguments: &RecordArgs) -> Result<(), String> {
        let mut files = Vec::new();
        for path in &arguments.paths {
            files.extend(case_files(path).map_err(|error| error.to_string())?);
        }
        // All are read before one is written.
        let read = |file: &std::path::PathBuf| read_file(file).map_err(|error| error.to_string());
        let read: Vec<Vec<Document>> = files.iter().map(read).collect::<Result<_, _>>()?;
        let mut upstream = Upstream::start(recipe(None)?).map_err(|error| error.to_string())?;
        for (file, documents) in files.iter().zip(read) {
            record_file(file, documents, &mut upstream)?;
        }
        Ok(())
    }

    fn record_file(file: &Path, mut documents: Vec<Document>, upstream: &mut Upstream) -> Result<(), String> {
        let (mut new, mut changed, mut same) = (0, 0, 0);
        for document in &mut documents {
            let requests: Vec<_> = document.cases.iter().map(|case| case.request.clone()).collect();
            let reply = upstream.decide(&document.world, &requests).map_err(|error| error.to_string())?;
            for (case, outcome) in document.cases.iter_mut().zip(&reply.outcomes) {
                let count: &mut u64 = match &case.expect {
                    None => &mut new,
                    Some(recorded) if recorded == outcome => &mut same,
                    // What was recorded of one Python stays, where others differ.
                    Some(_) if matches!(outcome, Outcome::Poisoned(_)) => {
                        same += 1;
                        continue;
                    }
                    Some(recorded) => {
                        report_change(file, recorded, outcome);
                        &mut changed
                    }
                };
                *count += 1;
                case.expect = Some(outcome.clone());
            }
            if document.texts.is_some() {
                document.texts = reply.shapes.as_deref().map(RuleTexts::of);
            }
            let oracle = source(upstream.facts());
            document.source.oracle = oracle.oracle;
            document.source.python = oracle.python;
        }
        write_file(file, &documents).map_err(|error| format!("{}: {error}", file.display()))?;
        show_line!("{}: {new} new, {changed} changed, {same} as before", file.display());
        Ok(())
    }

    fn report_change(file: &Path, recorded: &Outcome, outcome: &Outcome) {
        eprintln!("{}: was {recorded}, is {outcome}", file.display());
    }
}
