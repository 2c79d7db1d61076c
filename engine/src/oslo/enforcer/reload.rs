//! The rules as they are put together, and when they are put together again (`Enforcer.load_rules`).
//!
//! This is upstream's sequence step by step, its traps included: a file counts as changed only with a
//! greater mtime, a load that fails half-way leaves what it had done and is not tried again, and a file
//! that is gone is read as empty at every request.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::defaults::Registered;
use super::deprecation::{Suppress, effective};
use super::error::PolicyError;
use super::files::{Cache, find, policy_files};
use super::options::Options;
use super::references;
use super::warning::Warning;
use crate::oslo::evaluate::Checks;
use crate::oslo::language::CheckTree;
use crate::oslo::load::yaml::{FileError, read};
use crate::oslo::load::{DefaultRule, Rules};
use crate::oslo::python::PyStr;

/// What stays the same as long as there is an enforcer.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) options: Options,
    pub(super) checks: Arc<Checks>,
    /// Whether the policy file replaces the rules, or adds to them.
    pub(super) overwrite: bool,
    pub(super) suppress: Suppress,
    pub(super) skip_undefined_check: bool,
    pub(super) strict: bool,
}

/// Upstream's mutable state.
#[derive(Debug)]
pub(super) struct Working {
    pub(super) rules: Arc<Rules>,
    pub(super) file_rules: IndexMap<PyStr, CheckTree>,
    pub(super) registered: Arc<Registered>,
    pub(super) default_rule: DefaultRule,
    pub(super) use_conf: bool,
    pub(super) policy_path: Option<PathBuf>,
    pub(super) cache: Cache,
    pub(super) need_check: bool,
    pub(super) told_of_no_file: bool,
    /// Whether a registered default may lack its rule.
    pub(super) unfilled: bool,
    /// Whether readers have an older policy.
    pub(super) unpublished: bool,
    /// To be told once nothing is locked any more.
    pub(super) warnings: Vec<Warning>,
    /// What strict mode knows of the files.
    pub(super) strict: super::strict::Memory,
}

impl Working {
    pub(super) fn new(default_rule: DefaultRule, rules: Rules, use_conf: bool) -> Self {
        Self {
            rules: Arc::new(rules.with_default(default_rule.clone())),
            file_rules: IndexMap::new(),
            registered: Arc::default(),
            default_rule,
            use_conf,
            policy_path: None,
            cache: Cache::default(),
            need_check: true,
            told_of_no_file: false,
            unfilled: true,
            unpublished: true,
            warnings: Vec::new(),
            strict: super::strict::Memory::default(),
        }
    }

    /// `Enforcer.set_rules`
    pub(super) fn set_rules(&mut self, rules: Rules, overwrite: bool, use_conf: bool) {
        self.use_conf = use_conf;
        self.need_check = true;
        if overwrite {
            self.rules = Arc::new(rules.with_default(self.default_rule.clone()));
        } else {
            Arc::make_mut(&mut self.rules).update(rules);
        }
        self.touch();
    }

    pub(super) const fn touch(&mut self) {
        self.unfilled = true;
        self.unpublished = true;
    }

    /// `Enforcer.clear`: the rules keep the default rule that they had, new ones get none.
    pub(super) fn clear(&mut self) {
        self.set_rules(Rules::empty(), true, false);
        self.default_rule = DefaultRule::None;
        self.policy_path = None;
        self.cache = Cache::default();
        self.registered = Arc::default();
        self.file_rules.clear();
        self.told_of_no_file = false;
        self.strict = super::strict::Memory::default();
    }

    /// `Enforcer.load_rules`
    pub(super) fn load(&mut self, force: bool, setting: &Setting) -> Result<(), PolicyError> {
        self.use_conf |= force;
        if !self.use_conf {
            return Ok(());
        }
        let options = &setting.options;
        self.locate(options);
        let mut file_changed = false;
        if let Some(path) = self.policy_path.clone() {
            file_changed = self.load_file(&path, force, setting.overwrite, setting)?;
        }
        let mut reread = force || file_changed;
        let mut directories = Vec::new();
        for name in &options.policy_dirs {
            if let Some(directory) = find(&options.search, name) {
                reread |= self.cache.directory_updated(&directory)?;
                directories.push(directory);
            }
        }
        if reread && !directories.is_empty() {
            self.load_directories(&directories, file_changed, setting)?;
        }
        self.fill(setting);
        if self.need_check {
            self.report_references(setting);
            self.need_check = false;
        }
        Ok(())
    }

    /// The policy file stays where it was once found, even if it goes away.
    pub(super) fn locate(&mut self, options: &Options) {
        if self.policy_path.is_none() {
            self.policy_path = find(&options.search, &options.policy_file);
        }
        if self.policy_path.is_none() && !self.told_of_no_file {
            self.told_of_no_file = true;
            self.warnings.push(Warning::NoPolicyFile(options.policy_file.clone()));
        }
    }

    fn load_directories(
        &mut self,
        directories: &[PathBuf],
        file_changed: bool,
        setting: &Setting,
    ) -> Result<(), PolicyError> {
        match self.policy_path.clone() {
            Some(path) if setting.overwrite && !file_changed => {
                self.load_file(&path, true, true, setting)?;
            }
            Some(_) => {}
            None if setting.overwrite => {
                self.rules = Arc::new(Rules::empty().with_default(self.default_rule.clone()));
                self.file_rules.clear();
                self.touch();
            }
            None => {}
        }
        for directory in directories {
            for path in policy_files(directory)? {
                self.load_file(&path, true, false, setting)?;
            }
        }
        if let Some(path) = self.policy_path.clone().filter(|_| fault!(PolicyDirsBeforeFile)) {
            self.load_file(&path, true, false, setting)?;
        }
        Ok(())
    }

    /// `_load_policy_file`: whether the rules have changed.
    fn load_file(
        &mut self,
        path: &Path,
        force: bool,
        overwrite: bool,
        setting: &Setting,
    ) -> Result<bool, PolicyError> {
        let content = self.cache.read(path, force, &mut self.warnings)?;
        if !content.fresh && (!self.rules.is_empty() || fault!(FailedStartForgotten)) {
            return Ok(false);
        }
        let rules = parse(path, &content.text, &setting.checks);
        if fault!(FailedReloadRepeats) && rules.is_err() {
            self.cache = Cache::default();
        }
        let rules = rules?;
        self.record_file_rules(&rules, overwrite);
        self.set_rules(rules, overwrite, true);
        Ok(true)
    }

    /// `_record_file_rules`
    pub(super) fn record_file_rules(&mut self, rules: &Rules, overwrite: bool) {
        if overwrite {
            self.file_rules.clear();
        }
        let mut redundant = Vec::new();
        for (name, tree) in rules.iter() {
            self.file_rules.insert(name.clone(), tree.clone());
            let default = name.as_text().and_then(|name| self.registered.get(name));
            if default.is_some_and(|default| default.check() == tree) {
                redundant.push(name.to_string());
            }
        }
        if !redundant.is_empty() {
            self.warnings.push(Warning::Redundant(redundant));
        }
    }

    /// Gives registered defaults their rules where no file has.
    pub(super) fn fill(&mut self, setting: &Setting) {
        if !self.unfilled {
            return;
        }
        let registered = Arc::clone(&self.registered);
        for (name, default) in registered.iter() {
            let definition = default.definition();
            let told = !setting.suppress.deprecations && self.file_rules.contains_key(name.as_str());
            if definition.deprecated_for_removal && told {
                self.warnings.push(Warning::DeprecatedForRemoval {
                    name: name.clone(),
                    since: definition.deprecated_since.clone().unwrap_or_default(),
                    reason: definition.deprecated_reason.clone().unwrap_or_default(),
                });
            }
            let old = definition.deprecated_rule.as_ref().filter(|old| old.name() != name);
            let renamed = old.is_some_and(|old| self.file_rules.contains_key(old.name()));
            let replaced =
                fault!(RegisteredDefaultBeatsFile) || (fault!(RenamedOverrideBeatsNewName) && renamed);
            if !self.rules.contains(name) || replaced {
                let new_only = setting.options.enforce_new_defaults;
                let (files, warnings) = (&self.file_rules, &mut self.warnings);
                let check = effective(default, files, new_only, setting.suppress, warnings);
                Arc::make_mut(&mut self.rules).insert(name.as_str(), check);
                self.unpublished = true;
            }
        }
        self.unfilled = false;
    }

    pub(super) fn report_references(&mut self, setting: &Setting) {
        let found = references::check(&self.rules, setting.skip_undefined_check, &setting.checks);
        if !found.undefined.is_empty() {
            self.warnings.push(Warning::Undefined(found.undefined));
        }
        if !found.cyclic.is_empty() {
            self.warnings.push(Warning::Cyclic(found.cyclic));
        }
    }
}

/// The rules of a policy file.
fn parse(path: &Path, text: &str, checks: &Checks) -> Result<Rules, PolicyError> {
    let rules = read(text).and_then(|document| Rules::from_document(&document));
    Ok(rules.map_err(|error| in_file(path, error))?.map(|tree| checks.construct(tree)))
}

pub(super) fn in_file(path: &Path, error: FileError) -> PolicyError {
    let FileError { at, cause, message } = error;
    PolicyError { path: path.to_owned(), at, cause, message }
}
