//! A policy as a service would load it, and where each rule of it comes from.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use assay_engine::oslo::CheckTree;
use assay_engine::oslo::enforcer::{DeprecatedRule, Enforcer, Options, Policy, RuleDefault, Warning};
use assay_engine::oslo::load::yaml::Position;
use indexmap::IndexMap;

use super::{Defaults, Entry, InputError, PolicyFile, services};

/// What a policy is loaded from.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Policy files, and directories of them, in the order in which they apply: the first file is the service's
    /// `policy_file`, what follows adds to it as `policy_dirs` do.
    pub policies: Vec<PathBuf>,
    /// The defaults that the service registers.
    pub defaults: Defaults,
    /// Upstream's option: deprecated defaults are not allowed beside the new ones.
    pub enforce_new_defaults: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { policies: Vec::new(), defaults: Defaults::default(), enforce_new_defaults: true }
    }
}

impl Setup {
    /// The policy files, those of directories included, in the order in which they apply.
    ///
    /// # Errors
    /// As [`PolicyFile::read`], and directories that cannot be listed.
    pub fn files(&self) -> Result<Vec<PolicyFile>, InputError> {
        self.paths()?.iter().map(|path| PolicyFile::read(path)).collect()
    }

    /// The paths of [`Setup::files`].
    ///
    /// # Errors
    /// [`InputError::Io`] for directories that cannot be listed.
    pub fn paths(&self) -> Result<Vec<PathBuf>, InputError> {
        let mut paths = Vec::new();
        for path in &self.policies {
            if path.is_dir() {
                paths.extend(in_directory(path)?);
            } else {
                paths.push(path.clone());
            }
        }
        Ok(paths)
    }

    /// The whole policy.
    ///
    /// # Errors
    /// As [`Setup::files`] and [`PolicyFile::rules`].
    pub fn load(&self) -> Result<Loaded, InputError> {
        Loaded::of(self.files()?, self.defaults.clone(), self.enforce_new_defaults)
    }

    /// The policy that a word means: a policy file or a directory of them (on the defaults of this setup), a defaults
    /// file (alone), a built-in release (`glance:29`: its defaults alone), or a release with a policy
    /// (`glance:29+policy.yaml`).
    ///
    /// # Errors
    /// As [`Setup::load`]; [`InputError::Unknown`] for what is neither a path nor a release.
    pub fn load_spec(&self, spec: &str) -> Result<Loaded, InputError> {
        let path = Path::new(spec);
        let on = |defaults, policies| Self { policies, defaults, ..self.clone() };
        let mut loaded = if path.exists() {
            if path.is_file() && is_defaults_file(path) {
                on(Defaults::read(path)?, Vec::new()).load()?
            } else {
                on(self.defaults.clone(), vec![path.to_owned()]).load()?
            }
        } else if let Some((release, path)) = spec.split_once('+') {
            on(services::find(release)?.defaults()?, vec![path.into()]).load()?
        } else if spec.contains(['/', '.']) && !spec.contains(':') {
            let cause = std::io::ErrorKind::NotFound.into();
            return Err(InputError::Io { path: path.to_owned(), cause });
        } else {
            on(services::find(spec)?.defaults()?, Vec::new()).load()?
        };
        spec.clone_into(&mut loaded.label);
        Ok(loaded)
    }
}

/// Whether a file is a defaults file, which as a policy file would make no sense. One that cannot be read is none, and
/// will be told as a policy file.
fn is_defaults_file(path: &Path) -> bool {
    super::read::read_text(path).is_ok_and(|text| super::defaults::is_defaults_file(&text))
}

/// The policy files of a directory, as upstream takes them: by name, without those that begin with a dot, and
/// without sub-directories.
fn in_directory(directory: &Path) -> Result<Vec<PathBuf>, InputError> {
    let failed = |cause| InputError::Io { path: directory.to_owned(), cause };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && !entry.path().is_dir() {
            names.push(entry.file_name());
        }
    }
    // Bytes of UTF-8 sort as code points do.
    names.sort_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    Ok(names.into_iter().map(|name| directory.join(name)).collect())
}

/// A policy as the enforcer has it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it was loaded from, for people.
    pub label: String,
    /// The policy files in the order in which they apply.
    pub files: Vec<PolicyFile>,
    /// What the service registers.
    pub defaults: Defaults,
    /// Upstream's option.
    pub enforce_new_defaults: bool,
    /// What decides.
    pub policy: Arc<Policy>,
    /// What upstream would have warned of.
    pub warnings: Vec<Warning>,
    /// The rules of files that count, by name, then the defaults that fill in: in the order of the policy.
    pub effective: IndexMap<String, Effective>,
}

/// A rule of the policy.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Its name.
    pub name: String,
    /// What decides.
    pub tree: CheckTree,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a rule comes from. Files and entries are positions in [`Loaded::files`] and [`PolicyFile::entries`],
/// defaults in [`Defaults::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A policy file says so.
    File {
        /// The last file that has it.
        file: usize,
        /// The entry.
        entry: usize,
    },
    /// The registered default.
    Default {
        /// The default.
        default: usize,
    },
    /// A policy file overrides the name that the default had before, which upstream takes for one of the new name.
    OldName {
        /// The last file that has it.
        file: usize,
        /// The entry, of the old name.
        entry: usize,
        /// The default that it replaces.
        default: usize,
    },
    /// The new default or, beside it, the deprecated one (`enforce_new_defaults` is off).
    Either {
        /// The default.
        default: usize,
    },
}

impl Origin {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Default { .. } => "default",
            Self::OldName { .. } => "old-name",
            Self::Either { .. } => "either",
        }
    }
}

impl Loaded {
    /// The policy of files on defaults.
    ///
    /// # Errors
    /// [`InputError::Policy`] for the first rule of a file that upstream cannot load.
    pub fn of(
        files: Vec<PolicyFile>,
        defaults: Defaults,
        enforce_new_defaults: bool,
    ) -> Result<Self, InputError> {
        let rules = files.iter().map(PolicyFile::rules).collect::<Result<Vec<_>, _>>()?;
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&warnings);
        let options = Options { enforce_new_defaults, ..Options::default() };
        let enforcer = Enforcer::builder(options)
            .on_warning(move |warning| {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(warning.clone());
            })
            .build();
        enforcer
            .register_defaults(defaults.rules().iter().cloned())
            .map_err(|error| InputError::Text(format!("{}: {error}", defaults.label())))?;
        let policy = enforcer.take_files(rules);
        let mut loaded = Self {
            label: label(&files, &defaults),
            files,
            defaults,
            enforce_new_defaults,
            policy,
            warnings: std::mem::take(&mut *warnings.lock().unwrap_or_else(PoisonError::into_inner)),
            effective: IndexMap::new(),
        };
        loaded.effective = loaded.origins();
        Ok(loaded)
    }

    fn origins(&self) -> IndexMap<String, Effective> {
        let mut in_files: IndexMap<&str, (usize, usize)> = IndexMap::new();
        for (file, of) in self.files.iter().enumerate() {
            for (entry, rule) in of.entries.iter().enumerate().filter(|(_, rule)| rule.is_named) {
                in_files.insert(&rule.name, (file, entry));
            }
        }
        let defaults: IndexMap<&str, usize> =
            self.defaults.rules().iter().enumerate().map(|(index, rule)| (rule.name(), index)).collect();
        let origin = |name: &str, tree: &CheckTree| {
            if let Some((file, entry)) = in_files.get(name).copied() {
                return Some(Origin::File { file, entry });
            }
            let default = *defaults.get(name)?;
            let rule = &self.defaults.rules()[default];
            let old = rule.definition().deprecated_rule.as_ref();
            // What the engine has taken is seen by what it is.
            let overrides = |(file, entry): &(usize, usize)| {
                let written = self.files[*file].entries[*entry].tree.as_ref().ok();
                written == Some(tree) && written != old.map(DeprecatedRule::check)
            };
            let in_file = old.filter(|old| old.name() != name).and_then(|old| in_files.get(old.name()));
            if let Some((file, entry)) = in_file.copied().filter(overrides) {
                return Some(Origin::OldName { file, entry, default });
            }
            if old.is_some() && tree != rule.check() {
                return Some(Origin::Either { default });
            }
            Some(Origin::Default { default })
        };
        let rules = self.policy.rules().iter().filter_map(|(name, tree)| {
            let name = name.masked().to_owned();
            let origin = origin(&name, tree)?;
            Some((name.clone(), Effective { name, tree: tree.clone(), origin }))
        });
        rules.collect()
    }

    /// The rule of a name, as it decides.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Effective> {
        self.effective.get(name)
    }

    /// The registered default of a name.
    #[must_use]
    pub fn default(&self, name: &str) -> Option<&RuleDefault> {
        self.defaults.get(name)
    }

    /// The file and the entry that a rule comes from, if it comes from one.
    #[must_use]
    pub fn entry(&self, origin: Origin) -> Option<(&PolicyFile, &Entry)> {
        match origin {
            Origin::File { file, entry } | Origin::OldName { file, entry, .. } => {
                let file = &self.files[file];
                Some((file, &file.entries[entry]))
            }
            Origin::Default { .. } | Origin::Either { .. } => None,
        }
    }

    /// Where a rule stands: in a policy file, or in the file of defaults; `None` for what is built in.
    #[must_use]
    pub fn place(&self, rule: &Effective) -> Option<(&Path, Position)> {
        match self.entry(rule.origin) {
            Some((file, entry)) => Some((&file.path, entry.value_at)),
            None => Some((self.defaults.path.as_deref()?, self.defaults.place(&rule.name)?)),
        }
    }
}

fn label(files: &[PolicyFile], defaults: &Defaults) -> String {
    let mut parts: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
    if parts.is_empty() || !defaults.rules().is_empty() {
        parts.push(defaults.label());
    }
    parts.join(" on ")
}
