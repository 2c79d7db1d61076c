//! `fuzz`: drives a fuzz target's property on stable Rust.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use assay_properties::driver::{Driven, Settings, Wrong, drive};
use assay_properties::{seeds, target};
use clap::Args;

use super::{unusable, verdict};

/// The arguments of `fuzz`.
#[derive(Debug, Clone, Args)]
pub struct FuzzArgs {
    /// The target: parse-bytes, yaml-bytes, evaluate-typed, … (an unknown one lists them).
    #[arg(value_name = "TARGET")]
    pub target: String,
    /// For how long.
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub seconds: u64,
    /// The seed of all randomness.
    #[arg(long, value_name = "X", default_value_t = 0)]
    pub seed: u64,
    /// What mutations start from [default: the committed seeds of the target].
    #[arg(long, value_name = "DIR")]
    pub seeds: Option<PathBuf>,
    /// Where a find goes, below it in a directory of the target's name.
    #[arg(long, value_name = "DIR", default_value = finds())]
    pub finds: PathBuf,
}

const fn finds() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/fuzz-finds")
}

/// What the process may hold; the targets' own bounds are far below.
const MEGABYTES: u64 = 2048;

/// Drives the target, and keeps what is found.
pub fn run(arguments: &FuzzArgs) -> ExitCode {
    let target = match target(&arguments.target) {
        Ok(target) => target,
        Err(error) => return unusable(error),
    };
    let committed = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds")).join(target.name);
    let given = match seeds::inputs(arguments.seeds.as_ref().unwrap_or(&committed)) {
        Ok(given) => given,
        Err(error) => return unusable(error),
    };
    let settings = Settings {
        seed: arguments.seed,
        time: Duration::from_secs(arguments.seconds),
        limit: Duration::from_secs(target.bounds.seconds),
        megabytes: MEGABYTES,
        seeds: given.into_iter().map(|(_, input)| input).collect(),
    };
    let Driven { executions, time, find } = drive(target, settings);
    show_line!(
        "{}: {executions} executions in {:.1} s, {:.0} a second",
        target.name,
        time.as_secs_f64(),
        executions as f64 / time.as_secs_f64()
    );
    let Some(find) = find else {
        show_line!("nothing found");
        return ExitCode::from(verdict(true));
    };
    let directory = arguments.finds.join(target.name);
    let file = directory.join(seeds::file_name(&find.input));
    if let Err(error) = std::fs::create_dir_all(&directory).and_then(|()| std::fs::write(&file, &find.input))
    {
        return unusable(format_args!("{}: {error}", file.display()));
    }
    show_line!("found: {}\n{}", find.wrong, file.display());
    if find.wrong != Wrong::Hung {
        show_line!("as a case: cargo differential from-fuzz {}", arguments.finds.display());
    }
    ExitCode::from(verdict(false))
}
