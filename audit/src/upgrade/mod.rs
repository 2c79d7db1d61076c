//! Policy files brought up to the names of a release, deciding as they did (upstream's `oslopolicy-policy-upgrade`).
//!
//! ```text
//! files, defaults ──► plan ──► Editor ──► edited files ──► same? ──► Upgrade
//!                      ▲                                     │ no
//!                      └────────── leave that rule ◄─────────┘
//! ```
//!
//! Upstream lets an override of an old name count for the new one, but not always: not if it says what the old default
//! said, nor if it only refers to the new name, nor if the new name is overridden too. The plan follows that, and what
//! comes of it is compared rule by rule, under both settings of `enforce_new_defaults`, before it is handed out.

mod plan;
mod same;

use crate::edit::{EditError, Edited, Editor};
use crate::policy::{Defaults, InputError, Loaded, PolicyFile};
use assay_engine::oslo::load::yaml::Position;
use plan::{Plan, plan};
use same::Renaming;
use thiserror::Error;

pub(crate) use plan::references;
pub use plan::{Change, ChangeKind};

/// What may be done beyond what leaves all decisions as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpgradeOptions {
    /// `rule:old`, where nothing is called `old` any more, is made `rule:new`: it denies (or is what the rule named
    /// `default` says) until then.
    pub fix_dangling: bool,
}

/// An upgrade of files, which lie in the order of the policy.
#[derive(Debug)]
pub struct Upgrade {
    /// What comes of each file.
    pub files: Vec<Edited>,
    /// What is done, and what is left to do for people, by file and line.
    pub changes: Vec<Change>,
}

/// Why there is no upgrade.
#[derive(Debug, Error)]
pub enum UpgradeError {
    /// A file that cannot be loaded.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file whose form leaves no room for an edit.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A bug of this program, found before it could do harm.
    #[error("{rule:?} would decide otherwise after the upgrade, so nothing is changed")]
    Differs {
        /// The rule.
        rule: String,
    },
}

/// Plans the upgrade of files to the names of these defaults. Nothing is written.
///
/// # Errors
/// Files that cannot be loaded or edited.
///
/// ```
/// use assay::policy::{Defaults, PolicyFile};
/// use assay::upgrade::{UpgradeOptions, upgrade};
/// let defaults = Defaults::parse("d.yaml".as_ref(), "
/// defaults:
/// - name: share:list
///   check_str: role:reader
///   deprecated_rule: {name: share:get_all, check_str: '@', deprecated_reason: r, deprecated_since: s}
/// ").unwrap();
/// let file = PolicyFile::of_bytes("p.yaml".as_ref(), b"share:get_all: role:a # ours\nx: rule:share:get_all\n").unwrap();
/// let upgrade = upgrade(&[file], &defaults, UpgradeOptions::default()).unwrap();
/// assert_eq!(upgrade.files[0].text, "share:list: role:a # ours\nx: rule:share:list\n");
/// ```
pub fn upgrade(
    files: &[PolicyFile],
    defaults: &Defaults,
    options: UpgradeOptions,
) -> Result<Upgrade, UpgradeError> {
    // What turns out not to be possible is left as it is, and all is planned anew.
    let mut left: Vec<(String, String)> = Vec::new();
    loop {
        let plan = plan(files, defaults, options, &left)?;
        let edited = match edit(files, &plan) {
            Ok(edited) => edited,
            Err((file, error)) => {
                let named = match &error {
                    EditError::Layout { name, .. } | EditError::Merged { name, .. } => Some(name.as_str()),
                    _ => None,
                };
                let in_file = || plan.moved().filter(|(of, _)| *of == file).map(|(_, old)| old);
                match in_file().find(|old| named == Some(old)).or_else(|| in_file().last()) {
                    Some(old) => left.push((old.to_owned(), error.to_string())),
                    None => return Err(error.into()),
                }
                continue;
            }
        };
        match differing(files, &edited, defaults, &plan)? {
            None => {
                let mut changes = plan.changes;
                changes.sort_by_key(|change| (change.file, change.at));
                return Ok(Upgrade { files: edited, changes });
            }
            Some(rule) => match plan.cause_of(&rule, files, defaults) {
                Some(old) => left.push((old, format!("under another name {rule:?} would decide otherwise"))),
                None => return Err(UpgradeError::Differs { rule }),
            },
        }
    }
}

/// The edited files; or which one cannot be edited, and why.
fn edit(files: &[PolicyFile], plan: &Plan) -> Result<Vec<Edited>, (usize, EditError)> {
    let edit = |(index, file)| {
        let mut editor = Editor::new(file);
        let mut steps = plan.steps.iter().filter(|step| step.file == index);
        steps.try_for_each(|step| step.take(&mut editor)).map_err(|error| (index, error))?;
        editor.finish().map_err(|error| (index, error))
    };
    files.iter().enumerate().map(edit).collect()
}

/// A rule that would decide otherwise, under either setting of `enforce_new_defaults`.
fn differing(
    files: &[PolicyFile],
    edited: &[Edited],
    defaults: &Defaults,
    plan: &Plan,
) -> Result<Option<String>, InputError> {
    let read =
        |(file, edited): (&PolicyFile, &Edited)| PolicyFile::of_bytes(&file.path, edited.text.as_bytes());
    let after: Vec<PolicyFile> = files.iter().zip(edited).map(read).collect::<Result<_, _>>()?;
    for enforce_new_defaults in [true, false] {
        let before = Loaded::of(files.to_vec(), defaults.clone(), enforce_new_defaults)?;
        let after = Loaded::of(after.clone(), defaults.clone(), enforce_new_defaults)?;
        let renaming = Renaming { names: &plan.names, dropped: &plan.dropped, dangling: &plan.dangling };
        if let Some(rule) = renaming.differing(before.policy.rules(), after.policy.rules()) {
            return Ok(Some(rule));
        }
    }
    Ok(None)
}

/// The place of a change for people.
#[must_use]
pub fn place(files: &[PolicyFile], change: &Change) -> String {
    let Position { line, column } = change.at;
    format!("{}:{line}:{column}", files[change.file].path.display())
}
