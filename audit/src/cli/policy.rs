//! The arguments by which every command is told of a policy, and of who asks.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::policy::{Defaults, InputError, Loaded, Personas, PolicyFile, Setup, services};

/// Which policy: files as a service would load them, on what it registers.
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// A policy file, or a directory of them (its files by name, without dotfiles and sub-directories). May be
    /// repeated: the first file is the service's policy_file, what follows adds to it as policy_dirs do. Whatever
    /// else is named on the line stands before it.
    #[arg(long = "policy", value_name = "FILE|DIR", num_args = 1..)]
    pub policies: Vec<PathBuf>,
    /// What the service registers: a defaults file, or what oslopolicy-sample-generator prints.
    #[arg(long, value_name = "FILE", conflicts_with = "service")]
    pub defaults: Option<PathBuf>,
    /// What a built-in service registers: glance or cinder, or one release of it (glance:29); the newest without one.
    #[arg(long, value_name = "NAME[:RELEASE]")]
    pub service: Option<String>,
    /// Whether deprecated defaults are left out (upstream's option; its default since oslo.policy 4.4).
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    pub enforce_new_defaults: bool,
}

impl PolicyArgs {
    /// What to load.
    ///
    /// # Errors
    /// A defaults file that cannot be read, a service that is not built in.
    pub fn setup(&self) -> Result<Setup, InputError> {
        let defaults = match (&self.defaults, &self.service) {
            (Some(path), _) => Defaults::read(path)?,
            (None, Some(service)) => services::find(service)?.defaults()?,
            (None, None) => Defaults::default(),
        };
        let enforce_new_defaults = self.enforce_new_defaults;
        Ok(Setup { policies: self.policies.clone(), defaults, enforce_new_defaults })
    }

    /// The policy files alone, for those who look at what is written in them.
    ///
    /// # Errors
    /// As [`Setup::files`].
    pub fn files(&self) -> Result<Vec<PolicyFile>, InputError> {
        Setup { policies: self.policies.clone(), ..Setup::default() }.files()
    }

    /// The policy.
    ///
    /// # Errors
    /// As [`Setup::load`]; also where nothing was named that could be loaded.
    pub fn load(&self) -> Result<Loaded, InputError> {
        if self.policies.is_empty() && self.defaults.is_none() && self.service.is_none() {
            let message = "no policy: name one with --policy, --defaults or --service";
            return Err(InputError::Text(message.to_owned()));
        }
        self.setup()?.load()
    }
}

/// Which personas there are.
#[derive(Debug, Clone, Default, Args)]
pub struct PersonaArgs {
    /// Personas in place of the built-in ones: a mapping of names to creds, in YAML or JSON.
    #[arg(long, value_name = "FILE")]
    pub personas: Option<PathBuf>,
}

impl PersonaArgs {
    /// The personas of the file, else the built-in ones.
    ///
    /// # Errors
    /// As [`Personas::read`].
    pub fn load(&self) -> Result<Personas, InputError> {
        self.personas.as_deref().map_or_else(|| Ok(Personas::built_in()), Personas::read)
    }
}
