//! `run`: the main job.

use clap::Args;
use std::path::PathBuf;

/// The arguments of `run`.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// How many requests to generate [default: 100000, or all of a profile that has an end].
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    pub cases: Option<u64>,
    /// For how long to generate.
    #[arg(long, value_name = "S")]
    pub seconds: Option<u64>,
    /// The seed of all randomness: the same seed makes the same cases, whatever the number of jobs.
    #[arg(long, value_name = "X", default_value_t = 0)]
    pub seed: u64,
    /// How many workers [default: one a core].
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// The part of the campaign to run, from 0/N to (N-1)/N.
    #[arg(long, value_name = "I/N", default_value = "0/1")]
    pub shard: String,
    /// What to generate: all, language, glance, cinder, enforcer; exhaustive, every rule text of up to six words; or iam,
    /// worlds of the half that has no upstream.
    #[arg(long, value_name = "P", default_value = "all")]
    pub profile: String,
    /// Who is tested. A peer is only counted, by profile, on generated cases: without corpora, findings and
    /// report.
    #[arg(long, value_name = "NAME", default_value = "engine", conflicts_with_all = ["report", "corpus", "coverage"])]
    pub subject: String,
    /// Write report.json, junit.xml and report.html into this directory.
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// The corpora to replay first.
    #[arg(long, value_name = "DIR", default_value = corpus())]
    pub corpus: PathBuf,
    /// Leave the corpora out.
    #[arg(long, conflicts_with = "corpus")]
    pub no_corpus: bool,
    /// Where the minimal cases of findings go [default: regressions/ in the corpora].
    #[arg(long, value_name = "DIR")]
    pub findings: Option<PathBuf>,
    /// Measure which of upstream's branches are taken (slower).
    #[arg(long)]
    pub coverage: bool,
    /// Take whatever oslo.policy is in the environment that `ASSAY_ORACLE` names: what differs is then what
    /// changed between its version and the pinned one. The corpora, which are recorded with that one, are left out.
    #[arg(long, requires = "findings")]
    pub any_upstream: bool,
    /// Seconds that a batch of requests may take upstream.
    #[arg(long, value_name = "S")]
    pub batch_seconds: Option<u64>,
}

/// The corpora of this project, wherever the program is started.
const fn corpus() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus")
}

/// Runs the campaign that was asked for; the IAM half needs no upstream.
pub fn run(arguments: &RunArgs) -> std::process::ExitCode {
    if arguments.profile == "iam" {
        return super::run_iam::run(arguments);
    }
    #[cfg(feature = "upstream")]
    return live::run(arguments);
    #[cfg(not(feature = "upstream"))]
    super::without_upstream("run")
}

#[cfg(feature = "upstream")]
mod live {
    use std::io::IsTerminal as _;
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;
    use std::time::{Duration, Instant};

    use assay_case::{EngineSubject, Subject};
    use assay_generate::Schedule;
    use indicatif::{ProgressBar, ProgressStyle};

    use super::RunArgs;
    use crate::campaign::run::{Amount, Settings, Watcher, run as run_campaign};
    use crate::campaign::scores::score;
    use crate::cli::{all_cores, recipe, unusable, verdict};
    use crate::oracle::upstream::Recipe;
    use crate::peers;
    use crate::report::{Corpora, Finding};

    /// Runs, prints what came of it, and writes the report if one is asked for.
    pub(crate) fn run(arguments: &RunArgs) -> ExitCode {
        let settings = match settings(arguments) {
            Ok(settings) => settings,
            Err(error) => return unusable(error),
        };
        let subject = match peers::subject(&arguments.subject) {
            Ok(subject) => subject,
            Err(error) => return unusable(error),
        };
        let mut recipe = match recipe(arguments.batch_seconds) {
            Ok(recipe) => recipe,
            Err(error) => return unusable(error),
        };
        if arguments.any_upstream {
            recipe.environment = recipe.environment.with_any_upstream();
        }
        let mut console = Console::new(&settings);
        if subject.name() != EngineSubject.name() {
            return score_peer(&settings, &recipe, subject.as_ref(), &mut console);
        }
        let report = match run_campaign(&settings, &recipe, &EngineSubject, &mut console) {
            Ok(report) => report,
            Err(error) => return unusable(error),
        };
        console.finish();
        show!("{}", report.text());
        if let Some(directory) = &arguments.report
            && let Err(error) = report.write(directory)
        {
            return unusable(format_args!("{}: {error}", directory.display()));
        }
        ExitCode::from(verdict(report.agreed))
    }

    fn score_peer(
        settings: &Settings,
        recipe: &Recipe,
        peer: &dyn Subject,
        console: &mut Console,
    ) -> ExitCode {
        let scores = match score(settings, recipe, peer, console) {
            Ok(scores) => scores,
            Err(error) => return unusable(error),
        };
        console.finish();
        show!("{}", scores.text(peer.name()));
        let all = scores.all();
        ExitCode::from(verdict(all.peer.is_none_or(|score| score.strict == all.cases)))
    }

    fn settings(arguments: &RunArgs) -> Result<Settings, String> {
        let schedule: Schedule = arguments.profile.parse().map_err(|error| format!("--profile: {error}"))?;
        let amount = match (arguments.seconds, arguments.cases) {
            (Some(seconds), _) => Amount::Time(Duration::from_secs(seconds)),
            (None, Some(cases)) => Amount::Cases(cases),
            (None, None) if schedule.worlds().is_some() => Amount::Everything,
            (None, None) => Amount::Cases(100_000),
        };
        let corpus = tidy(&arguments.corpus);
        let findings = corpus.join("regressions");
        Ok(Settings {
            seed: arguments.seed,
            schedule,
            amount,
            jobs: arguments.jobs.map_or_else(all_cores, usize::from),
            shard: arguments.shard.parse().map_err(|error| format!("--shard: {error}"))?,
            corpus: (!arguments.no_corpus && !arguments.any_upstream).then_some(corpus),
            findings: arguments.findings.clone().unwrap_or(findings),
            coverage: arguments.coverage,
        })
    }

    /// The path as people would write it, since it is printed in lines to be copied: without `..`, and
    /// relative where it lies below the working directory.
    fn tidy(path: &Path) -> PathBuf {
        let Ok(whole) = path.canonicalize() else {
            return path.to_owned();
        };
        let below =
            std::env::current_dir().ok().and_then(|here| Some(whole.strip_prefix(here).ok()?.to_owned()));
        below.filter(|below| !below.as_os_str().is_empty()).unwrap_or(whole)
    }

    /// A bar on a terminal, now and then a line elsewhere.
    struct Console {
        bar: Option<ProgressBar>,
        started: Instant,
        printed: Instant,
    }

    /// How often a line tells how far a run has come, where there is no bar.
    const EVERY: Duration = Duration::from_secs(10);

    impl Console {
        fn new(settings: &Settings) -> Self {
            let now = Instant::now();
            let bar = std::io::stderr().is_terminal().then(|| {
                let template = match settings.amount {
                    Amount::Cases(_) | Amount::Everything => {
                        "{elapsed_precise} {wide_bar} {human_pos}/{human_len} cases, {per_sec}, {eta} left"
                    }
                    Amount::Time(_) => "{elapsed_precise} {spinner} {human_pos} cases, {per_sec}",
                };
                let style =
                    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
                ProgressBar::no_length().with_style(style)
            });
            Self { bar, started: now, printed: now }
        }

        /// A line that stays, whether a bar is drawn or not.
        fn line(&self, line: &str) {
            match &self.bar {
                Some(bar) => bar.suspend(|| show_line!("{line}")),
                None => show_line!("{line}"),
            }
        }

        fn finish(&self) {
            if let Some(bar) = &self.bar {
                bar.finish_and_clear();
            }
        }
    }

    impl Watcher for Console {
        fn corpora(&mut self, corpora: &Corpora) {
            for found in &corpora.disagreements {
                let recorded = found.recorded.as_deref().unwrap_or("nothing");
                let upstream = found.upstream.as_deref().unwrap_or("nothing");
                self.line(&format!(
                    "{}: {}: recorded {recorded}, upstream {upstream}, subject {}",
                    found.file.display(),
                    found.case,
                    found.subject
                ));
            }
        }

        fn progress(&mut self, cases: u64, of: Option<u64>) {
            if let Some(bar) = &self.bar {
                if let Some(of) = of {
                    bar.set_length(of);
                }
                bar.set_position(cases);
            } else if self.printed.elapsed() > EVERY {
                self.printed = Instant::now();
                let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
                self.line(&format!("{:.0} s: {cases}{of} cases", self.started.elapsed().as_secs_f64()));
            }
        }

        fn finding(&mut self, finding: &Finding) {
            self.line(&format!(
                "\nDIVERGENCE {}\n{}replay:   {}\nupstream: {}\n",
                finding.signature, finding.case, finding.replay, finding.python
            ));
        }
    }
}
