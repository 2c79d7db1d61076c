//! The arguments of a question to a policy: who asks, and about what. `check` and `explain` share them.

use std::path::PathBuf;

use clap::Args;

use super::policy::PersonaArgs;
use crate::policy::{InputError, Request, TargetPreset, access, value};

/// Who asks, and about what.
#[derive(Debug, Clone, Args)]
pub struct QuestionArgs {
    #[command(flatten)]
    personas: PersonaArgs,
    /// Who asks: a persona by name (project-reader, system-admin, …; a role alone has a project token).
    #[arg(long = "as", value_name = "PERSONA", conflicts_with_all = ["creds", "access"])]
    persona: Option<String>,
    /// Who asks: the creds that the service hands to the policy, a mapping in YAML or JSON.
    #[arg(long, value_name = "FILE", conflicts_with = "access")]
    creds: Option<PathBuf>,
    /// Who asks: an access file of oslopolicy-checker, {"token": …} in JSON.
    #[arg(long, value_name = "FILE")]
    access: Option<PathBuf>,
    /// Set is_admin in the creds of an access file.
    #[arg(long, requires = "access")]
    is_admin: bool,
    /// About what: own (the caller's project and user), other (somebody else's), empty, or a mapping in YAML or JSON.
    #[arg(long, value_name = "own|other|empty|FILE", default_value = "own")]
    target: String,
}

impl QuestionArgs {
    /// The request.
    ///
    /// # Errors
    /// A file that cannot be read, a persona that there is not.
    pub fn request(&self) -> Result<Request, InputError> {
        let creds = match (&self.persona, &self.creds, &self.access) {
            (Some(name), _, _) => self.personas.load()?.find(name)?.creds,
            (None, Some(path), _) => value::read_mapping(path)?,
            (None, None, Some(path)) => access::read(path, self.is_admin)?,
            (None, None, None) => {
                let message = "nobody asks: name a persona with --as, or give --creds or --access";
                return Err(InputError::Text(message.to_owned()));
            }
        };
        let preset = TargetPreset::ALL.into_iter().find(|preset| preset.name() == self.target);
        let target = match preset {
            Some(TargetPreset::Own) if self.access.is_some() => access::own_target(&creds),
            Some(preset) => preset.target(&creds),
            None => {
                let target = value::read_mapping(self.target.as_ref())?;
                // The checker flattens what it is given.
                if self.access.is_some() { access::flatten(target) } else { target }
            }
        };
        Ok(Request { creds, target })
    }
}
