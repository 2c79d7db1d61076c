//! Files and names to what the engine takes.

use std::path::Path;

use assay_case::{Entry, read_entries};
use assay_engine::iam::{
    Attachment, Document, Grant, Level, Organization, Principal, Profile, Rules, Switch, Undecided, Use,
    World, read,
};
use thiserror::Error;

use assay_case::iam::ims;

/// What is wrong with what was handed over.
#[derive(Debug, Error)]
pub enum InputError {
    /// A file that cannot be read.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// A document that breaks rules: one line each, `FILE:LINE:COLUMN: what`.
    #[error("{}", .0.join("\n"))]
    Document(Vec<String>),
    /// A case file that cannot be read.
    #[error(transparent)]
    Case(#[from] assay_case::ReadError),
    /// A request that cannot be decided.
    #[error(transparent)]
    Undecided(#[from] Undecided),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Text(String),
}

/// Reads a file as text.
///
/// # Errors
/// [`InputError::Io`], also for what is not UTF-8.
pub fn read_file(path: &Path) -> Result<String, InputError> {
    std::fs::read_to_string(path).map_err(|cause| InputError::Io { path: path.display().to_string(), cause })
}

/// How documents are read.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Limits and switches.
    pub profile: Profile,
}

impl Input {
    /// A documented profile, the default one without a name, with some switches turned.
    ///
    /// # Errors
    /// A name that is none.
    ///
    /// ```
    /// use assay::iam::Input;
    /// assert!(Input::new(Some("otc"), &["missing-negated=false".to_owned()]).is_ok());
    /// assert!(Input::new(None, &["missing-negated=perhaps".to_owned()]).is_err());
    /// ```
    pub fn new(profile: Option<&str>, switches: &[String]) -> Result<Self, InputError> {
        let named = profile.map_or_else(|| Some(Profile::default()), Profile::named);
        let unknown = || InputError::Text(format!("no profile is called {:?}", profile.unwrap_or_default()));
        let mut profile = named.ok_or_else(unknown)?;
        for given in switches {
            let setting = given
                .split_once('=')
                .and_then(|(name, setting)| Some((Switch::named(name)?, setting.parse::<bool>().ok()?)));
            let Some((switch, setting)) = setting else {
                return Err(InputError::Text(format!("{given:?} is not SWITCH=true or SWITCH=false")));
            };
            profile.switches = profile.switches.set(switch, setting);
        }
        Ok(Self { profile })
    }

    /// A document of a text; `file` is for messages.
    ///
    /// # Errors
    /// Every rule that it breaks, with its place.
    pub fn text(&self, file: &str, text: &str, use_: Option<Use>) -> Result<Document, InputError> {
        let rules = Rules { profile: &self.profile, catalogue: ims() };
        read(text, use_, rules).map_err(|problems| {
            InputError::Document(problems.iter().map(|problem| format!("{file}:{problem}")).collect())
        })
    }

    /// A document by the name of a system-defined one, or from a file.
    ///
    /// # Errors
    /// A file that cannot be read, rules that it breaks.
    pub fn document(&self, name: &str, use_: Option<Use>) -> Result<Document, InputError> {
        self.grant(name, use_).map(|grant| grant.document)
    }

    /// A role or policy by name, with the catalog that it is granted for, or from a file.
    ///
    /// # Errors
    /// As [`document`](Self::document).
    pub fn grant(&self, name: &str, use_: Option<Use>) -> Result<Grant, InputError> {
        let uses = [Use::Role, Use::Policy, Use::Identity, Use::Scp];
        let system = uses.into_iter().filter(|known| use_.is_none_or(|use_| use_ == *known));
        if let Some(found) = system.into_iter().find_map(|use_| ims().document(name, use_)) {
            let catalog = found.catalog.clone();
            return Ok(Grant { name: name.to_owned(), catalog, document: found.document.clone() });
        }
        let text = read_file(name.as_ref())?;
        Ok(Grant::new(name, self.text(name, &text, use_)?))
    }

    /// The organization and the principal of the first document of a case file of `kind: iam`.
    ///
    /// # Errors
    /// A file that is none, or whose documents break rules.
    pub fn case_file(&self, path: &Path) -> Result<Parts, InputError> {
        let file = path.display();
        let first = read_entries(path)?.into_iter().find_map(|entry| match entry {
            Entry::Iam(document) => Some(document),
            Entry::Oslo(_) => None,
        });
        let document = first.ok_or_else(|| InputError::Text(format!("{file}: no document of kind iam")))?;
        let loaded = assay_case::iam::load(&document)
            .map_err(|answer| InputError::Text(format!("{file}:{}: {answer}", document.line)))?;
        let mut input = *self;
        // What the file sets stands, and what is set beside it prevails.
        if self.profile.name == Profile::default().name {
            let turned = self.profile.switches.turned();
            input.profile = loaded.profile;
            for switch in turned.iter() {
                input.profile.switches =
                    input.profile.switches.set(switch, self.profile.switches.get(switch));
            }
        }
        let organization = loaded.organization.unwrap_or_default();
        Ok(Parts { input, organization, principal: loaded.principal })
    }
}

/// A world in parts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Limits and switches.
    pub input: Input,
    /// The levels; none where there is no organization.
    pub organization: Organization,
    /// Who asks.
    pub principal: Principal,
}

impl Parts {
    /// Nobody, in no organization.
    #[must_use]
    pub fn new(input: Input) -> Self {
        let principal = Principal { name: "principal".to_owned(), ..Principal::default() };
        Self { input, organization: Organization::default(), principal }
    }

    /// For the engine.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            organization: Some(&self.organization).filter(|organization| !organization.levels.is_empty()),
            principal: &self.principal,
            catalogue: ims(),
            switches: self.input.profile.switches,
        }
    }

    /// Grants a role or a policy of a use.
    ///
    /// # Errors
    /// As [`Input::document`].
    pub fn grant(&mut self, name: &str, use_: Use) -> Result<(), InputError> {
        self.principal.grants.push(self.input.grant(name, Some(use_))?);
        Ok(())
    }

    /// Grants a policy: a system-defined one by name, or a file of whichever model.
    ///
    /// # Errors
    /// As [`Input::document`].
    pub fn policy(&mut self, name: &str) -> Result<(), InputError> {
        let system = ims().document(name, Use::Policy).is_some();
        let grant = self.input.grant(name, system.then_some(Use::Policy))?;
        self.principal.grants.push(grant);
        Ok(())
    }

    /// Attaches an SCP, `LEVEL=FILE` or `LEVEL=NAME`; a level that is new stands below those before.
    ///
    /// # Errors
    /// A text without a level, and as [`Input::document`].
    pub fn scp(&mut self, given: &str) -> Result<(), InputError> {
        let Some((level, name)) = given.split_once('=') else {
            return Err(InputError::Text(format!("--scp: {given:?} is not LEVEL=FILE or LEVEL=NAME")));
        };
        let scp = Attachment { name: name.to_owned(), document: self.input.document(name, Some(Use::Scp))? };
        match self.organization.levels.iter_mut().find(|known| known.name == level) {
            Some(known) => known.scps.push(scp),
            None => self.organization.levels.push(Level { name: level.to_owned(), scps: vec![scp] }),
        }
        Ok(())
    }

    /// Holds the organization against the documented rules and quotas.
    ///
    /// # Errors
    /// All that it breaks.
    pub fn check_organization(&self) -> Result<(), InputError> {
        let problems = self.organization.problems(&self.input.profile);
        if self.organization.levels.is_empty() || problems.is_empty() {
            return Ok(());
        }
        Err(InputError::Document(problems.iter().map(ToString::to_string).collect()))
    }
}
