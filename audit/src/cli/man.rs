//! `assay man`: man pages, from the same texts as `--help`.

use std::path::PathBuf;

use clap::Args;

use super::Answer;
use super::help::command;
use crate::policy::InputError;

/// The arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  assay man /usr/local/share/man/man1")]
pub struct ManArgs {
    /// The directory, which must be there.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

pub(super) fn run(arguments: &ManArgs) -> Result<Answer, InputError> {
    let path = &arguments.directory;
    let failed = |cause| InputError::Io { path: path.clone(), cause };
    clap_mangen::generate_to(command(), path).map_err(failed)?;
    Ok(Answer::Yes)
}
