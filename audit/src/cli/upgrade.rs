//! `assay upgrade`: policy files brought up to the names of a release.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, print, print_json};
use crate::edit::Edited;
use crate::policy::{InputError, PolicyFile};
use crate::upgrade::{Change, Upgrade, UpgradeOptions, place, upgrade};

const EXAMPLES: &str = "\
Old names become the new ones, a name that was split becomes all of its successors, references (rule:old) follow, and \
an override of an old name that decides nothing becomes a comment. Comments, order, quotes and line ends stay as they \
are. Whatever would decide otherwise under another name is left as it is, and told.

Exit codes: 0 done, or nothing to do; 1 with --check, if a file would change; 2 bad input.

Examples:
  assay upgrade --policy policy.yaml --service cinder > new.yaml
  assay upgrade --policy /etc/nova/policy.yaml /etc/nova/policy.d --defaults nova.yaml --in-place
  assay upgrade --policy policy.yaml --service glance:33 --check --diff";

/// The arguments of `upgrade`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct UpgradeArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Write the files back.
    #[arg(long, conflicts_with_all = ["output", "check"])]
    in_place: bool,
    /// Write the only file there, in place of stdout.
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Write nothing; exit 1 if a file would change.
    #[arg(long)]
    check: bool,
    /// Print what changes as a unified diff, in place of the new text.
    #[arg(long)]
    diff: bool,
    /// References to an old name that nothing has any more are made ones to the new name. That changes what they
    /// decide: until then they lead nowhere.
    #[arg(long)]
    fix_dangling: bool,
    /// How to tell what is done: as lines on stderr, or as one JSON value on stdout.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(arguments: &UpgradeArgs) -> Result<Answer, Failure> {
    let setup = arguments.policy.setup()?;
    let files = setup.files()?;
    if files.is_empty() {
        return Err(InputError::Text("no policy file: name one with --policy".to_owned()).into());
    }
    if setup.defaults.rules().is_empty() {
        let message = "no names to upgrade to: name the release with --service or --defaults";
        return Err(InputError::Text(message.to_owned()).into());
    }
    let prints_text =
        !(arguments.in_place || arguments.check || arguments.diff || arguments.output.is_some());
    if files.len() > 1 && (prints_text || arguments.output.is_some()) {
        let message = "several policy files: use --in-place, --check, or --diff";
        return Err(InputError::Text(message.to_owned()).into());
    }
    let options = UpgradeOptions { fix_dangling: arguments.fix_dangling };
    let done = upgrade(&files, &setup.defaults, options)?;
    let pairs = || files.iter().zip(&done.files);
    if arguments.in_place {
        for (file, edited) in pairs().filter(|(_, edited)| edited.is_changed()) {
            write(&file.path, file, edited)?;
        }
    }
    if let (Some(output), Some((file, edited))) = (&arguments.output, pairs().next()) {
        write(output, file, edited)?;
    }
    match arguments.format {
        Format::Json => print_json(&report(&files, &done, prints_text, arguments.diff)),
        Format::Text => {
            for change in &done.changes {
                let kind = change.kind.name();
                eprintln!("{}: {kind}: {}", place(&files, change), change.message);
            }
            if arguments.diff {
                pairs().for_each(|(file, edited)| print(diff(file, edited)));
            } else if prints_text {
                done.files.iter().for_each(|edited| print(&edited.text));
            }
        }
    }
    let would_change = done.files.iter().any(Edited::is_changed);
    Ok(Answer::from(!(arguments.check && would_change)))
}

/// Writes a file as a whole or not at all, with the line ends, mode and owner that it had. A link stays one.
fn write(path: &Path, file: &PolicyFile, edited: &Edited) -> Result<(), InputError> {
    use std::io::Write as _;
    let failed = |cause| InputError::Io { path: path.to_owned(), cause };
    let target = path.canonicalize();
    let path = target.as_deref().unwrap_or(path);
    let raw = std::fs::read_to_string(&file.path).map_err(failed)?;
    let text = edited
        .onto(&raw)
        .ok_or_else(|| InputError::file(&file.path, None, "the file has changed meanwhile"))?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)?;
    if let Ok(known) = std::fs::metadata(path) {
        std::fs::set_permissions(new.path(), known.permissions()).map_err(failed)?;
        keep_owner(new.path(), &known).map_err(failed)?;
    }
    new.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A service reads its policy as a user of its own.
#[cfg(unix)]
fn keep_owner(path: &Path, known: &std::fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    chown(path, Some(known.uid()), Some(known.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &std::fs::Metadata) -> std::io::Result<()> {
    Ok(())
}

fn diff(file: &PolicyFile, edited: &Edited) -> String {
    if !edited.is_changed() {
        return String::new();
    }
    let name = file.path.display().to_string();
    let diff = similar::TextDiff::from_lines(&file.text, &edited.text);
    diff.unified_diff().header(&name, &format!("{name} (upgraded)")).to_string()
}

fn report(files: &[PolicyFile], done: &Upgrade, with_text: bool, with_diff: bool) -> Value {
    let change = |change: &Change| {
        json!({
            "kind": change.kind.name(), "done": change.kind.is_done(),
            "line": change.at.line, "column": change.at.column,
            "rule": change.rule, "to": change.to, "message": change.message,
        })
    };
    let of_file = |(index, (file, edited)): (usize, (&PolicyFile, &Edited))| {
        let changes: Vec<Value> =
            done.changes.iter().filter(|change| change.file == index).map(change).collect();
        let mut object = json!({
            "file": file.path.display().to_string(), "changed": edited.is_changed(), "changes": changes,
        });
        if with_text {
            object["text"] = edited.text.as_str().into();
        }
        if with_diff {
            object["diff"] = diff(file, edited).into();
        }
        object
    };
    let files: Vec<Value> = files.iter().zip(&done.files).enumerate().map(of_file).collect();
    json!({"version": 1, "files": files})
}
