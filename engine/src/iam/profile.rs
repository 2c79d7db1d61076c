//! Which documented limits hold: the documents of the two clouds, and of two years, differ.

use super::switch::Switches;

/// Limits of a document. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Characters of a role or policy (`IAM.1021`).
    pub policy_characters: Option<usize>,
    /// Statements (`IAM.1028`).
    pub statements: Option<usize>,
    /// Actions of a statement (`IAM.1033`).
    pub actions: Option<usize>,
    /// Characters of an action (`IAM.1034`).
    pub action_characters: Option<usize>,
    /// Resources of a statement (`IAM.1040`).
    pub resources: Option<usize>,
    /// Characters of a resource (`IAM.1042`).
    pub resource_characters: Option<usize>,
    /// Operators of a condition block (`IAM.1050`).
    pub operators: Option<usize>,
    /// Keys under an operator (`IAM.1054`).
    pub keys: Option<usize>,
    /// Characters of a key's values together (`IAM.1056`).
    pub value_characters: Option<usize>,
    /// Roles that a role depends on (`IAM.1058`).
    pub depends: Option<usize>,
}

/// A documented set of limits, and the switches' settings.
///
/// ```
/// use assay_engine::iam::Profile;
/// assert_eq!(Profile::named("otc").unwrap().limits.statements, Some(8));
/// assert_eq!(Profile::default().limits.statements, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in case files.
    pub name: &'static str,
    /// Limits of roles, policies and identity policies.
    pub limits: Limits,
    /// Characters of an SCP.
    pub scp_characters: usize,
    /// Whether an SCP of one's own may allow; later pages list Deny alone.
    pub scp_may_allow: bool,
    /// SCPs attached to the root, an OU or an account.
    pub scps_per_node: usize,
    /// OUs between the root and an account.
    pub ou_depth: usize,
    /// The settings of the switches.
    pub switches: Switches,
}

impl Profile {
    /// Open Telekom Cloud: the limits of its error codes.
    #[must_use]
    pub fn otc() -> Self {
        let limits = Limits {
            policy_characters: Some(6144),
            statements: Some(8),
            actions: Some(100),
            action_characters: Some(128),
            resources: Some(10),
            resource_characters: Some(1500),
            operators: Some(10),
            keys: Some(10),
            value_characters: Some(1024),
            depends: Some(20),
        };
        Self { name: "otc", limits, ..Self::hwc() }
    }

    /// Huawei Cloud: only the document's length is limited.
    #[must_use]
    pub fn hwc() -> Self {
        let limits = Limits {
            policy_characters: Some(6144),
            statements: None,
            actions: None,
            action_characters: None,
            resources: None,
            resource_characters: None,
            operators: None,
            keys: None,
            value_characters: None,
            depends: None,
        };
        Self {
            name: "hwc",
            limits,
            scp_characters: 5120,
            scp_may_allow: true,
            scps_per_node: 5,
            ou_depth: 5,
            switches: Switches::default(),
        }
    }

    /// Huawei Cloud as its pages are since July 2025: an SCP of one's own can only deny.
    #[must_use]
    pub fn hwc_2025() -> Self {
        Self { name: "hwc-2025", scp_may_allow: false, ..Self::hwc() }
    }

    /// The profile of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::otc(), Self::hwc(), Self::hwc_2025()].into_iter().find(|profile| profile.name == name)
    }
}

/// [`Profile::hwc`].
impl Default for Profile {
    fn default() -> Self {
        Self::hwc()
    }
}
