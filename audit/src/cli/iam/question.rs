//! The arguments of a question: a world and a request. `check` and `explain` share them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use assay_engine::iam::{Asked, Circumstance, Context, ContextValue, Request, Use};
use clap::{Args, ValueEnum};

use super::Format;
use crate::iam::{Input, InputError, Parts};

/// The arguments of `check` and of `explain`.
#[derive(Debug, Args)]
pub struct QuestionArgs {
    #[command(flatten)]
    pub(super) world: WorldArgs,
    #[command(flatten)]
    pub(super) request: RequestArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// Who asks, and what bounds them.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct WorldArgs {
    /// A case file of kind iam: organization and principal of its first document.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policies", "roles", "scps", "root_user", "management_account"])]
    pub(super) world: Option<PathBuf>,
    /// A policy of the principal: a file, or the name of a system-defined policy. May be repeated.
    #[arg(long = "policy", value_name = "FILE|NAME")]
    pub(super) policies: Vec<String>,
    /// A role of the principal: a file, or a name. May be repeated.
    #[arg(long = "role", value_name = "FILE|NAME")]
    pub(super) roles: Vec<String>,
    /// An SCP on a level, from the root down to the account: root=FullAccess, ou=deny.json. May be repeated.
    #[arg(long = "scp", value_name = "LEVEL=FILE|NAME")]
    pub(super) scps: Vec<String>,
    /// The caller is the account itself.
    #[arg(long)]
    pub(super) root_user: bool,
    /// The caller is of the management account, which SCPs do not bound.
    #[arg(long)]
    pub(super) management_account: bool,
    #[command(flatten)]
    pub(super) rules: RulesArgs,
}

/// Which documented limits and readings hold.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RulesArgs {
    /// The documents' edition: hwc, hwc-2025 or otc [default: hwc].
    #[arg(long, value_name = "P")]
    pub(super) profile: Option<String>,
    /// How an undocumented behaviour is taken: missing-negated=false. May be repeated.
    #[arg(long = "switch", value_name = "NAME=BOOL")]
    pub(super) switches: Vec<String>,
}

impl RulesArgs {
    pub(super) fn input(&self) -> Result<Input, InputError> {
        Input::new(self.profile.as_deref(), &self.switches)
    }
}

impl WorldArgs {
    pub(super) fn parts(&self) -> Result<Parts, InputError> {
        let input = self.rules.input()?;
        if let Some(path) = &self.world {
            return input.case_file(path);
        }
        let mut parts = Parts::new(input);
        for role in &self.roles {
            parts.grant(role, Use::Role)?;
        }
        for policy in &self.policies {
            parts.policy(policy)?;
        }
        for scp in &self.scps {
            parts.scp(scp)?;
        }
        parts.principal.root_user = self.root_user;
        parts.principal.management_account = self.management_account;
        parts.check_organization()?;
        Ok(parts)
    }
}

/// What is asked.
#[derive(Debug, Clone, Args)]
pub(super) struct RequestArgs {
    /// An action, ims:images:list.
    #[arg(long, value_name = "ACTION", required_unless_present = "api", conflicts_with = "api")]
    pub(super) action: Option<String>,
    /// An API call, "DELETE /v2/images/{image_id}": all actions that it needs.
    #[arg(long, value_name = "METHOD PATH")]
    pub(super) api: Option<String>,
    /// What holds of the call, where its actions depend on it. May be repeated.
    #[arg(long = "circumstance", value_name = "C", requires = "api")]
    pub(super) circumstances: Vec<CircumstanceName>,
    /// The actions that the call depends on are needed too.
    #[arg(long, requires = "api")]
    pub(super) dependencies: bool,
    /// The resource, service:region:account:type:path.
    #[arg(long, value_name = "URN")]
    pub(super) resource: Option<String>,
    /// A condition key of the request: g:UserName=alice. Repeated for one key it is a key of several values.
    #[arg(long = "context", value_name = "KEY=VALUE")]
    pub(super) context: Vec<String>,
}

/// The circumstances by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CircumstanceName {
    DataDisk,
    SystemDisk,
    EnterpriseProjectMigration,
    EnterpriseProjectUser,
}

impl From<CircumstanceName> for Circumstance {
    fn from(name: CircumstanceName) -> Self {
        match name {
            CircumstanceName::DataDisk => Self::DataDisk,
            CircumstanceName::SystemDisk => Self::SystemDisk,
            CircumstanceName::EnterpriseProjectMigration => Self::EnterpriseProjectMigration,
            CircumstanceName::EnterpriseProjectUser => Self::EnterpriseProjectUser,
        }
    }
}

impl RequestArgs {
    pub(super) fn request(&self) -> Result<Request, InputError> {
        let asked = match (&self.action, &self.api) {
            (Some(action), _) => Asked::Action(action.clone()),
            (None, Some(call)) => Asked::Api {
                call: call.clone(),
                circumstances: self
                    .circumstances
                    .iter()
                    .copied()
                    .map(Circumstance::from)
                    .collect::<BTreeSet<_>>(),
                dependencies: self.dependencies,
            },
            (None, None) => return Err(InputError::Text("--action or --api is needed".to_owned())),
        };
        let resource = self.resource.as_deref().map(str::parse).transpose();
        let resource = resource.map_err(|error| InputError::Text(format!("--resource: {error}")))?;
        Ok(Request { asked, resource, context: self.context()? })
    }

    fn context(&self) -> Result<Context, InputError> {
        let mut context = Context::default();
        for given in &self.context {
            let Some((key, value)) = given.split_once('=') else {
                return Err(InputError::Text(format!("--context: {given:?} is not KEY=VALUE")));
            };
            let before = context.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
            let value = value.to_owned();
            let multivalued = assay_case::iam::ims().key(key).is_some_and(|facts| facts.multivalued);
            context = context.with_value(
                key,
                match before {
                    None if multivalued => ContextValue::Many(vec![value]),
                    None | Some(ContextValue::Null) => ContextValue::One(value),
                    Some(ContextValue::One(first)) => ContextValue::Many(vec![first, value]),
                    Some(ContextValue::Many(values)) => ContextValue::Many([values, vec![value]].concat()),
                },
            );
        }
        Ok(context)
    }
}
