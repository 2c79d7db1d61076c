//! Strict mode: upstream's traps are refused at load, and the last good policy goes on.
//!
//! Other than upstream it reads all files whenever one of them is not what it was, however that shows
//! (an older mtime, another length, a file more or less), and takes all or nothing.

mod traps;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Place, PolicyError, Refusal, Trap, TrapKind};
use super::files::{Stamp, find, policy_files, read_now};
use super::reload::{Setting, Working, in_file};
use super::warning::Warning;
use crate::oslo::load::Rules;
use crate::oslo::load::yaml::read;
use traps::Places;
pub use traps::check_trap;

/// What is known of the files.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What they were like when they were last read.
    tried: Option<Vec<Stamp>>,
    /// Why they were not taken.
    refusal: Option<Refusal>,
    /// The rules that there were before any file.
    base: Option<Arc<Rules>>,
}

/// Loads if anything has changed. On a refusal, which is given again until the files change, nothing has
/// changed.
pub(super) fn load(working: &mut Working, force: bool, setting: &Setting) -> Result<(), Refusal> {
    working.use_conf |= force;
    if !working.use_conf {
        return Ok(());
    }
    working.locate(&setting.options);
    let sources = sources(working.policy_path.as_deref(), setting);
    let stamps = sources.as_ref().ok().map(|files| files.iter().map(|file| Stamp::of(file)).collect());
    let seen = !force && stamps.is_some() && working.strict.tried == stamps;
    if seen && !working.unfilled {
        return working.strict.refusal.clone().map_or(Ok(()), Err);
    }
    let outcome = match sources {
        Ok(files) => draft(working, &files, setting),
        Err(error) => Err(error.into()),
    };
    working.strict.tried = stamps;
    working.unfilled = false;
    match outcome {
        Ok(draft) => {
            working.rules = draft.rules;
            working.file_rules = draft.file_rules;
            working.warnings.extend(draft.warnings);
            working.unpublished = true;
            working.strict.refusal = None;
            working.report_references(setting);
            Ok(())
        }
        Err(refusal) => {
            if working.strict.refusal.as_ref() != Some(&refusal) {
                working.warnings.push(Warning::Refused(refusal.clone()));
            }
            working.strict.refusal = Some(refusal.clone());
            Err(refusal)
        }
    }
}

/// All policy files, in the order in which they apply.
fn sources(policy_file: Option<&Path>, setting: &Setting) -> Result<Vec<PathBuf>, PolicyError> {
    let mut files: Vec<PathBuf> = policy_file.map(Path::to_owned).into_iter().collect();
    for name in &setting.options.policy_dirs {
        if let Some(directory) = find(&setting.options.search, name) {
            files.extend(policy_files(&directory)?);
        }
    }
    Ok(files)
}

/// The whole policy, or why not.
fn draft(working: &mut Working, files: &[PathBuf], setting: &Setting) -> Result<Working, Refusal> {
    let base = Arc::clone(working.strict.base.get_or_insert_with(|| Arc::clone(&working.rules)));
    let base = if files.is_empty() { Rules::clone(&base) } else { Rules::empty() };
    let mut draft = Working::new(working.default_rule.clone(), base, true);
    draft.registered = Arc::clone(&working.registered);
    let mut places = Places::new();
    let mut traps = Vec::new();
    for path in files {
        let Some(text) = read_now(path)? else {
            let place = Some(Place { path: path.clone(), at: Default::default() });
            traps.push(Trap { place, rule: String::new(), kind: TrapKind::Gone });
            continue;
        };
        let document = read(&text).map_err(|error| in_file(path, error))?;
        let rules = Rules::from_document(&document).map_err(|error| in_file(path, error))?;
        traps::in_document(path, &document, &setting.checks, &mut places, &mut traps);
        let rules = rules.map(|tree| setting.checks.construct(tree));
        draft.record_file_rules(&rules, false);
        draft.set_rules(rules, false, true);
    }
    draft.fill(setting);
    traps::in_references(&draft.rules, &setting.checks, &places, &mut traps);
    if traps.is_empty() { Ok(draft) } else { Err(Refusal::Traps(traps)) }
}
