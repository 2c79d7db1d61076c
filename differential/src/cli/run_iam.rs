//! `run --profile iam`: recorded cases, laws, and engines that are not ours where they are compiled in.

use std::process::ExitCode;
use std::time::Duration;

use assay_case::{Entry, case_files, read_entries};
use assay_engine::iam::AsDocumented;

use super::replay_iam::Tally;
use super::run::RunArgs;
use super::{all_cores, unusable, verdict};
use crate::iam::{Settings, judges, run as run_campaign};

/// How many cases are generated where nothing is said.
const CASES: u64 = 100_000;

/// Runs and prints what came of it.
pub(super) fn run(arguments: &RunArgs) -> ExitCode {
    if arguments.subject != "engine"
        || arguments.report.is_some()
        || arguments.coverage
        || arguments.shard != "0/1"
    {
        return unusable("profile iam has no --subject, --report, --coverage and --shard");
    }
    let mut disagreements = 0;
    if !arguments.no_corpus {
        match recorded(arguments) {
            Ok(count) => disagreements = count,
            Err(error) => return unusable(error),
        }
    }
    if cfg!(not(feature = "iam-oracles")) {
        show_line!(
            "no engine beside this one is compiled in, so laws alone judge what is generated; with \
             `--features iam-oracles` Cedar and iam-rs judge too:\n  \
             cargo run --release -p assay-differential --features iam-oracles -- run --profile iam\n"
        );
    }
    let settings = Settings {
        seed: arguments.seed,
        cases: arguments.seconds.is_none().then(|| arguments.cases.unwrap_or(CASES)),
        time: arguments.seconds.map(Duration::from_secs),
        jobs: arguments.jobs.map_or_else(all_cores, usize::from),
        findings: Some(arguments.findings.clone().unwrap_or_else(|| arguments.corpus.join("regressions"))),
        first: false,
        laws: true,
    };
    match run_campaign::<AsDocumented>(&settings, &judges()) {
        Ok(outcome) => {
            show!("{}", outcome.text());
            show_line!("seed {}, profile iam", settings.seed);
            ExitCode::from(verdict(outcome.diverging == 0 && disagreements == 0))
        }
        Err(error) => unusable(error),
    }
}

/// Replays the recorded cases of this kind.
fn recorded(arguments: &RunArgs) -> Result<u64, String> {
    let mut tally = Tally::default();
    let files = case_files(&arguments.corpus.join("ims")).map_err(|error| error.to_string())?;
    for file in files {
        for entry in read_entries(&file).map_err(|error| error.to_string())? {
            if let Entry::Iam(document) = entry {
                tally.replay(&document, Some(super::replay::Format::Text))?;
            }
        }
    }
    tally.finish(super::replay::Format::Text);
    Ok(tally.disagreements)
}
