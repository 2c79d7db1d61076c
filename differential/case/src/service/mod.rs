//! A whole enforcer as a world: what a service registers, options, files, remote servers, custom checks,
//! and what happens to it step by step.

mod files;
mod gist;
mod play;
mod read;
mod remote;
mod write;

use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::{Dict, Value};
use assay_engine::oslo::remote::ContentType;
use serde::{Deserialize, Serialize};

pub use files::{Mtime, Operation};
pub(crate) use play::load;
pub(crate) use read::{RawService, RawStep, RawStub};
pub use remote::{Body, RemoteAnswer, address, spelled_answers};
pub(crate) use write::{after as write_after, before as write_before};

use crate::document::Request;
use files::FileTree;

/// What an enforcer is made of, and what it goes through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// What is registered before anything is decided.
    pub registered: Registered,
    /// The policy files that are there from the beginning.
    pub policy: PolicyFiles,
    /// Options of the group `oslo_policy`; those left out have upstream's defaults.
    pub options: ServiceOptions,
    /// How the enforcer is made and set up, its options aside.
    pub setup: Setup,
    /// What the remote servers of `http://HOST/…` checks answer.
    pub remote: Vec<RemoteAnswer>,
    /// Custom checks.
    pub checks: Vec<Stub>,
    /// What happens one after another; empty where requests are independent of each other.
    pub steps: Vec<Step>,
}

/// Registered defaults, each a mapping of upstream's keyword arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registered {
    /// The defaults file that they come from, relative to the case file.
    pub path: Option<String>,
    /// The defaults, in the order in which they are registered.
    pub defaults: Vec<Value>,
}

/// The policy files of an enforcer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PolicyFiles {
    /// None.
    #[default]
    None,
    /// `policy.yaml` is these rules, as JSON.
    Rules(Vec<(String, Value)>),
    /// The bytes of `policy.yaml`.
    Text(Vec<u8>),
    /// The bytes of `policy.yaml`, from a file of its own.
    Path {
        /// The path as it is written, relative to the case file.
        path: String,
        /// What the file holds.
        bytes: Vec<u8>,
    },
    /// Files by their paths, in the order in which they are written.
    Files(Vec<(String, Vec<u8>)>),
}

impl PolicyFiles {
    /// Paths and contents.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let policy = |bytes: &[u8]| vec![("policy.yaml".to_owned(), bytes.to_vec())];
        match self {
            Self::None => Vec::new(),
            Self::Rules(rules) => {
                let mut json = String::new();
                let rules = rules.iter().map(|(name, value)| (name.as_str(), value.clone()));
                crate::spelling::write_json(&Value::dict(rules), &mut json);
                policy(json.as_bytes())
            }
            Self::Text(bytes) | Self::Path { bytes, .. } => policy(bytes),
            Self::Files(files) => files.clone(),
        }
    }
}

/// Options of the group `oslo_policy`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are named as upstream names them")]
pub struct ServiceOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_new_defaults: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_default_rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_dirs: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_content_type: Option<RemoteContentType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_timeout: Option<f64>,
}

/// Arguments and attributes of an enforcer, named as upstream names them but for the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are named as upstream names them")]
pub struct Setup {
    /// The default rule, a check of its own (`default_rule` with a check for its value).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_check: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overwrite: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_undefined_check: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppress_default_change_warnings: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppress_deprecation_warnings: Option<bool>,
}

/// How a remote check's request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RemoteContentType {
    /// A form.
    #[serde(rename = "application/x-www-form-urlencoded")]
    Form,
    /// JSON.
    #[serde(rename = "application/json")]
    Json,
}

impl From<RemoteContentType> for ContentType {
    fn from(given: RemoteContentType) -> Self {
        match given {
            RemoteContentType::Form => Self::Form,
            RemoteContentType::Json => Self::Json,
        }
    }
}

/// A custom check that does the same whenever it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Stub {
    /// The kind of checks that it takes.
    pub kind: String,
    /// What it does.
    pub answer: StubAnswer,
    /// Whether it takes three arguments, as checks did before they were told the current rule.
    pub legacy: bool,
}

/// What a custom check does.
#[derive(Clone, Debug, PartialEq)]
pub enum StubAnswer {
    /// Hands back a value.
    Returns(Value),
    /// Raises one of Python's own exceptions.
    Raises(ExceptionClass),
}

/// The exceptions that a stub can raise, and a deny: Python's own, and none that upstream takes for a limit.
pub const RAISED: [ExceptionClass; 7] = [
    ExceptionClass::AttributeError,
    ExceptionClass::IndexError,
    ExceptionClass::KeyError,
    ExceptionClass::OverflowError,
    ExceptionClass::RuntimeError,
    ExceptionClass::TypeError,
    ExceptionClass::ValueError,
];

/// Something that happens to an enforcer.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Files are written.
    Write {
        /// Paths and contents.
        files: Vec<(String, Vec<u8>)>,
        /// Which mtime they get.
        mtime: Mtime,
    },
    /// A file, or a directory with all that is in it, is removed.
    Remove {
        /// Its path.
        path: String,
        /// Which mtime its directory gets.
        mtime: Mtime,
    },
    /// The enforcer is called.
    Call(Call),
}

/// A call of one of the enforcer's methods.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `enforce`
    Enforce {
        /// The `scope_types` of a check that has its own; a rule has those that it is registered with.
        scope_types: Vec<String>,
        /// The request.
        request: Request,
        /// What a deny raises, if it raises: `PolicyNotAuthorized`, or one that is given as `exc`.
        raises: Option<ExceptionClass>,
    },
    /// `authorize`, of a rule by its name.
    Authorize {
        /// The request.
        request: Request,
        /// What a deny raises, if it raises: `PolicyNotAuthorized`, or one that is given as `exc`.
        raises: Option<ExceptionClass>,
    },
    /// `check_rules`: sound rules are an allow, others a deny.
    CheckRules {
        /// Whether what is wrong is raised.
        do_raise: bool,
    },
    /// `load_rules`: an allow unless it raises.
    LoadRules {
        /// Whether files are read however old they are.
        force: bool,
    },
}

impl Call {
    /// Its word in case files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Enforce { .. } => "enforce",
            Self::Authorize { .. } => "authorize",
            Self::CheckRules { .. } => "check_rules",
            Self::LoadRules { .. } => "load_rules",
        }
    }

    /// The request, where it is made with one.
    #[must_use]
    pub const fn request(&self) -> Option<&Request> {
        match self {
            Self::Enforce { request, .. } | Self::Authorize { request, .. } => Some(request),
            Self::CheckRules { .. } | Self::LoadRules { .. } => None,
        }
    }
}

impl Service {
    /// The requests that stand for the calls among the steps, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Request> {
        let call =
            |(index, step): (usize, &Step)| matches!(step, Step::Call(_)).then(|| Request::step(index));
        self.steps.iter().enumerate().filter_map(call).collect()
    }

    /// The call at a step.
    #[must_use]
    pub fn call(&self, step: usize) -> Option<&Call> {
        match self.steps.get(step) {
            Some(Step::Call(call)) => Some(call),
            _ => None,
        }
    }

    /// What is done to the files before the first call, and at each step.
    #[must_use]
    pub fn operations(&self) -> (Vec<Operation>, Vec<Vec<Operation>>) {
        let mut tree = FileTree::default();
        let first = tree.write(&self.policy.files(), Mtime::Later);
        let step = |step: &Step| match step {
            Step::Write { files, mtime } => tree.write(files, *mtime),
            Step::Remove { path, mtime } => tree.remove(path, *mtime),
            Step::Call(_) => Vec::new(),
        };
        (first, self.steps.iter().map(step).collect())
    }

    /// The same with the address of the harness's server in place of `HOST`, which both sides ask. Without
    /// `remote` nothing is replaced, and no server is started.
    #[must_use]
    pub fn hosted(&self) -> Self {
        if self.remote.is_empty() {
            return self.clone();
        }
        let host = Hosted(format!("//{}/", address(&self.remote)));
        let mut service = self.clone();
        for default in &mut service.registered.defaults {
            *default = host.value(default);
        }
        service.policy = PolicyFiles::Files(host.files(&service.policy.files()));
        for step in &mut service.steps {
            match step {
                Step::Write { files, .. } => *files = host.files(files),
                Step::Call(Call::Enforce { request, .. }) => *request = host.request(request),
                Step::Call(_) | Step::Remove { .. } => {}
            }
        }
        service
    }

    /// A request that is no step, as [`Service::hosted`] has it.
    #[must_use]
    pub fn hosted_request(&self, request: &Request) -> Request {
        match self.remote.is_empty() {
            true => request.clone(),
            false => Hosted(format!("//{}/", address(&self.remote))).request(request),
        }
    }
}

/// Puts an address in place of `//HOST/`.
struct Hosted(String);

impl Hosted {
    fn text(&self, text: &str) -> String {
        text.replace("//HOST/", &self.0)
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Str(text) => text.as_text().map_or_else(|| value.clone(), |text| self.text(text).into()),
            Value::List(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Value::Dict(dict) => {
                let mut hosted = Dict::default();
                for (key, value) in dict.iter() {
                    // A key of a dict can be the key of a dict.
                    let _ = hosted.insert(key.clone(), self.value(value));
                }
                Value::Dict(hosted)
            }
            other => other.clone(),
        }
    }

    fn files(&self, files: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
        let file = |(path, bytes): &(String, Vec<u8>)| {
            let bytes = std::str::from_utf8(bytes).map_or(bytes.clone(), |text| self.text(text).into_bytes());
            (path.clone(), bytes)
        };
        files.iter().map(file).collect()
    }

    fn request(&self, request: &Request) -> Request {
        use crate::document::Ask;
        match &request.ask {
            Ask::Check(text) => Request { ask: Ask::Check(self.text(text)), ..request.clone() },
            Ask::Rule(_) | Ask::Step(_) => request.clone(),
        }
    }
}
