//! `mutants`: the engine with one fault at a time.
//!
//! The program that people start has no faults in it. It builds a copy that has, in a target directory of its own,
//! and hands over to that.

use std::process::ExitCode;

use clap::Args;

/// The arguments of `mutants`.
#[derive(Debug, Clone, Args)]
pub struct MutantsArgs {
    /// The faults to try [default: all].
    #[arg(long = "fault", value_name = "NAME")]
    pub faults: Vec<String>,
    /// How many seeds to generate with, from 0.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// How many cases to generate at most with a seed.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub cases: u64,
    /// What to generate, as `run` has it.
    #[arg(long, value_name = "P", default_value = "all")]
    pub profile: String,
    /// How many workers ask upstream [default: one a core].
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// How many candidates the shrinking of a finding may try.
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub tries: usize,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: super::replay::Format,
}

/// Tries the faults and says whether all were found.
pub fn run(arguments: &MutantsArgs) -> ExitCode {
    #[cfg(all(feature = "upstream", feature = "faults"))]
    return armed::run(arguments);
    #[cfg(all(feature = "upstream", not(feature = "faults")))]
    {
        let _ = arguments;
        build::run()
    }
    #[cfg(not(feature = "upstream"))]
    {
        let _ = arguments;
        super::without_upstream("mutants")
    }
}

#[cfg(all(feature = "upstream", not(feature = "faults")))]
mod build {
    use std::path::{Path, PathBuf};
    use std::process::{Command, ExitCode};

    use crate::cli::{UNUSABLE, unusable};

    /// Builds the copy and hands over to it, with the same arguments.
    pub(crate) fn run() -> ExitCode {
        match built() {
            Err(error) => unusable(error),
            Ok(program) => match Command::new(&program).args(std::env::args_os().skip(1)).status() {
                Err(error) => unusable(format_args!("{}: {error}", program.display())),
                Ok(status) => {
                    ExitCode::from(status.code().and_then(|code| code.try_into().ok()).unwrap_or(UNUSABLE))
                }
            },
        }
    }

    fn built() -> Result<PathBuf, String> {
        let own =
            std::env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
        // TARGET/release/PROGRAM
        let target = own.parent().and_then(Path::parent).ok_or("this program lies in no target directory")?;
        let directory = target.join("mutants");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .current_dir(workspace)
            .args(["build", "--release", "--locked", "-p", "assay-differential"])
            .args(["--features", "faults,iam-oracles", "--target-dir"])
            .arg(&directory)
            .status()
            .map_err(|error| format!("cargo cannot be started: {error}"))?;
        if !status.success() {
            return Err(format!("the copy with the faults cannot be built ({status})"));
        }
        Ok(directory.join("release").join(own.file_name().unwrap_or_default()))
    }
}

#[cfg(all(feature = "upstream", feature = "faults"))]
mod armed {
    use std::path::Path;
    use std::process::ExitCode;

    use assay_engine::faults::Fault;

    use super::MutantsArgs;
    use crate::cli::replay::Format;
    use crate::cli::{all_cores, recipe, unusable, verdict};
    use crate::mutants::{Settings, run as run_mutants};

    /// Runs, and prints what came of it.
    pub(crate) fn run(arguments: &MutantsArgs) -> ExitCode {
        let (settings, recipe) = match settings(arguments).and_then(|settings| Ok((settings, recipe(None)?)))
        {
            Ok(made) => made,
            Err(error) => return unusable(error),
        };
        match run_mutants(&settings, &recipe, &mut |line| eprintln!("{line}")) {
            Err(error) => unusable(error),
            Ok(report) => {
                match arguments.format {
                    Format::Text => show!("{}", report.text()),
                    Format::Json => match serde_json::to_string(&report) {
                        Ok(json) => show_line!("{json}"),
                        Err(error) => return unusable(error),
                    },
                }
                ExitCode::from(verdict(report.all_found))
            }
        }
    }

    fn settings(arguments: &MutantsArgs) -> Result<Settings, String> {
        let named = |name: &String| {
            let found = Fault::ALL.iter().find(|fault| fault.name() == name);
            found.copied().ok_or_else(|| format!("no fault is called {name:?}"))
        };
        let faults = match arguments.faults.as_slice() {
            [] => Fault::ALL.to_vec(),
            names => names.iter().map(named).collect::<Result<_, _>>()?,
        };
        Ok(Settings {
            faults,
            seeds: arguments.seeds,
            cases: arguments.cases,
            schedule: arguments.profile.parse().map_err(|error| format!("--profile: {error}"))?,
            jobs: arguments.jobs.map_or_else(all_cores, usize::from),
            tries: arguments.tries,
            corpus: Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus")).to_owned(),
        })
    }
}
