//! A document of `kind: iam`.

use std::path::PathBuf;

use assay_engine::iam::{By, Circumstance, Context, Denial, Switch, Use};

use crate::document::Source;

/// A role, policy or SCP where a document names or holds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// A system-defined one, by its name.
    Named(String),
    /// One by its text.
    Text(String),
}

/// The root, an OU or the account, with its SCPs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub node: String,
    /// What is attached to it.
    pub scps: Vec<Policy>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principal {
    /// Whether it is the account itself.
    pub root_user: bool,
    /// Whether it is of the organization's management account.
    pub management_account: bool,
    /// Whether it is a service-linked agency.
    pub service_linked_agency: bool,
    /// Whether the call is made with a token.
    pub token: bool,
    /// The roles that it holds.
    pub roles: Vec<Policy>,
    /// The policies that it holds.
    pub policies: Vec<Policy>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// An action.
    Action(String),
    /// An API call, with what holds of it, and whether what it depends on is needed too.
    Api {
        /// Method and path.
        call: String,
        /// What holds of it.
        circumstances: Vec<Circumstance>,
        /// Whether dependent actions are needed.
        dependencies: bool,
    },
    /// Whether a text is a valid document.
    Document {
        /// The text.
        text: String,
        /// What it is used as; by its version, where nothing is said.
        use_: Option<Use>,
    },
}

/// What a document of the vendor says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// It is allowed.
    Allow,
    /// It is denied, and perhaps how.
    Deny(Option<Denial>),
    /// The document is valid.
    Valid,
    /// These rules are broken, and no others; by name, sorted.
    Invalid(Vec<String>),
    /// No document says which actions the call needs.
    Undecided,
}

/// An expectation with what more is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// What is expected.
    pub outcome: Expectation,
    /// The kind of policy that decides.
    pub by: Option<By>,
    /// The node whose SCPs decide.
    pub node: Option<String>,
    /// Line and column of the first broken rule.
    pub place: Option<(usize, usize)>,
}

impl From<Expectation> for Expect {
    fn from(outcome: Expectation) -> Self {
        Self { outcome, by: None, node: None, place: None }
    }
}

/// One request with what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The fact that it states.
    pub name: Option<String>,
    /// What is asked.
    pub ask: Ask,
    /// The resource, as it is written.
    pub resource: Option<String>,
    /// What the request says of itself.
    pub context: Context,
    /// What is expected; `None` where nothing is said.
    pub expect: Option<Expect>,
    /// The words that say it.
    pub quote: Option<String>,
}

/// A document of `kind: iam`.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file it was read from, or will be written to.
    pub file: PathBuf,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Comment lines at its top, with their `#`.
    pub comment: Vec<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Whose words the expectations are.
    pub source: Source,
    /// Which documented limits and switches hold.
    pub profile: Option<String>,
    /// Switches that are set otherwise than the profile has them.
    pub switches: Vec<(Switch, bool)>,
    /// The way from the root to the account; empty where there is no organization.
    pub organization: Vec<Node>,
    /// Who asks.
    pub principal: Principal,
    /// The requests.
    pub cases: Vec<Case>,
}
