//! What is known of a service: its actions, APIs, condition keys, and the documents that come with it.
//!
//! All of it is data (`policies/ims/`), read from JSON.

use std::collections::BTreeSet;

use thiserror::Error;

use super::document::{Document, Use};
use super::json::{self, JsonError, Node};
use super::key::{self, KeyFacts};
use super::operator::ValueType;
use super::profile::Profile;
use super::read::Rules;
use super::violation::Problem;

/// A file of the catalogue that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A member is missing or of another form.
    #[error("{0} is missing or of another form")]
    Form(&'static str),
    /// A document of the service that breaks its own rules.
    #[error("{name}: {problem:?}")]
    Document {
        /// Its name.
        name: String,
        /// The first thing wrong with it.
        problem: Box<Problem>,
    },
}

/// An action of the 5.0 model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionFacts {
    /// Its name.
    pub name: String,
    /// `list`, `read`, `write`, `permission_management`, `tagging`.
    pub access_level: String,
    /// The types of resources that it can be allowed or denied on; none for an action without.
    pub resource_types: Vec<String>,
    /// The keys that its requests carry, with `<tag-key>` for a tag's key.
    pub condition_keys: Vec<String>,
}

/// When an API call needs an action, where it does not always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Circumstance {
    /// A data disk image is imported.
    DataDisk,
    /// A system disk image is imported.
    SystemDisk,
    /// An image moves to another enterprise project.
    EnterpriseProjectMigration,
    /// The caller uses enterprise projects.
    EnterpriseProjectUser,
}

impl Circumstance {
    /// Its name in the data and in case files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DataDisk => "data-disk",
            Self::SystemDisk => "system-disk",
            Self::EnterpriseProjectMigration => "enterprise-project-migration",
            Self::EnterpriseProjectUser => "enterprise-project-user",
        }
    }

    /// The circumstance of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all =
            [Self::DataDisk, Self::SystemDisk, Self::EnterpriseProjectMigration, Self::EnterpriseProjectUser];
        all.into_iter().find(|circumstance| circumstance.name() == name)
    }
}

/// An action that an API call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAction {
    /// The call, `GET /v2/images/{image_id}`.
    pub api: String,
    /// The action.
    pub action: String,
    /// When it is needed; always, where `None`.
    pub only: Option<Circumstance>,
    /// What is needed beside it.
    pub dependencies: Vec<String>,
}

/// A role, policy or SCP that comes with the service.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemDocument {
    /// Its name.
    pub name: String,
    /// What it is used as.
    pub use_: Use,
    /// The service that a role is granted for, or `BASE`.
    pub catalog: Option<String>,
    /// Whether its content is documented, and not inferred.
    pub documented: bool,
    /// The content.
    pub document: Document,
}

/// The texts that a [`Catalogue`] is read from: the files of `policies/ims/`.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueFiles<'t> {
    /// Actions, resource types and condition keys.
    pub actions: &'t str,
    /// API calls and their actions in the 5.0 model.
    pub apis: &'t str,
    /// API calls and their actions in the 1.1 model.
    pub apis_v1: &'t str,
    /// System-defined roles, policies and SCPs.
    pub contents: &'t str,
}

/// What is known of a service.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    service: String,
    actions: Vec<ActionFacts>,
    keys: Vec<(String, KeyFacts)>,
    apis: Vec<ApiAction>,
    apis_v1: Vec<ApiAction>,
    documents: Vec<SystemDocument>,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// The first thing that is not as it must be.
    pub fn read(files: CatalogueFiles<'_>) -> Result<Self, CatalogueError> {
        let actions = json::parse(files.actions)?;
        let mut catalogue = Self {
            service: text(&actions, "service")?.to_owned(),
            actions: items(&actions, "actions")?.iter().map(action).collect::<Result<_, _>>()?,
            keys: items(&actions, "condition_keys")?.iter().map(condition_key).collect::<Result<_, _>>()?,
            apis: apis(&json::parse(files.apis)?)?,
            apis_v1: apis(&json::parse(files.apis_v1)?)?,
            documents: Vec::new(),
        };
        let contents = json::parse(files.contents)?;
        for content in items(&contents, "contents")? {
            let document = system_document(files.contents, content, &catalogue)?;
            catalogue.documents.push(document);
        }
        Ok(catalogue)
    }

    /// The service's name, `ims`.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The actions of the 5.0 model.
    #[must_use]
    pub fn actions(&self) -> &[ActionFacts] {
        &self.actions
    }

    /// What is known of an action of the 5.0 model.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&ActionFacts> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// What is known of a condition key, global or of this service.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<KeyFacts> {
        let own = self.keys.iter().find(|(known, _)| known == name).map(|(_, facts)| *facts);
        own.or_else(|| key::global(name))
    }

    /// Whether requests for an action cannot carry a key: one of the service's own that the action, which is
    /// known, does not list. (Global keys apply to all actions.)
    #[must_use]
    pub fn is_unlisted(&self, action: &str, key: &str) -> bool {
        let own = key.strip_prefix(self.service.as_str()).is_some_and(|rest| rest.starts_with(':'));
        let lists = |action: &ActionFacts| action.condition_keys.iter().any(|listed| listed == key);
        own && self.action(action).is_some_and(|action| !lists(action))
    }

    /// The rows of the table of the 5.0 model.
    #[must_use]
    pub fn apis(&self) -> &[ApiAction] {
        &self.apis
    }

    /// The rows of the table of the 1.1 model.
    #[must_use]
    pub fn apis_v1(&self) -> &[ApiAction] {
        &self.apis_v1
    }

    /// The roles, policies and SCPs that come with the service.
    #[must_use]
    pub fn documents(&self) -> &[SystemDocument] {
        &self.documents
    }

    /// A system-defined document of a use.
    #[must_use]
    pub fn document(&self, name: &str, use_: Use) -> Option<&SystemDocument> {
        self.documents.iter().find(|document| document.name == name && document.use_ == use_)
    }

    /// Every action that some table of the service names, by model: `true` is 5.0.
    pub(super) fn is_registered(&self, action: &str, v5: bool) -> bool {
        let named = |row: &ApiAction| {
            let mut names = std::iter::once(&row.action).chain(&row.dependencies);
            names.any(|name| name.eq_ignore_ascii_case(action))
        };
        let in_table = self.actions.iter().any(|known| known.name.eq_ignore_ascii_case(action));
        if v5 { in_table || self.apis.iter().any(named) } else { self.apis_v1.iter().any(named) }
    }

    /// The actions that a call needs in a table, in its order; `None` if the table names none.
    ///
    /// A call is a method and a path, either with `{names}` or as it is made.
    pub(super) fn needed(
        table: &[ApiAction],
        call: &str,
        circumstances: &BTreeSet<Circumstance>,
        dependencies: bool,
    ) -> Option<Vec<String>> {
        let fit = |row: &ApiAction| fits(&row.api, call);
        let best = table.iter().filter_map(fit).max()?;
        let rows: Vec<&ApiAction> = table.iter().filter(|row| fit(row) == Some(best)).collect();
        let mut actions: Vec<String> = Vec::new();
        for row in rows {
            if row.only.is_some_and(|only| !circumstances.contains(&only)) {
                continue;
            }
            let beside = if dependencies { &row.dependencies[..] } else { &[] };
            for action in std::iter::once(&row.action).chain(beside) {
                if !actions.contains(action) {
                    actions.push(action.clone());
                }
            }
        }
        (!actions.is_empty()).then_some(actions)
    }
}

/// How many parts of a call are the documented ones to the letter; `None` if it is another call.
fn fits(documented: &str, call: &str) -> Option<usize> {
    let mut literal = 0;
    let (mut theirs, mut ours) = (documented.split(['/', ' ']), call.split(['/', ' ']));
    loop {
        match (theirs.next(), ours.next()) {
            (None, None) => return Some(literal),
            (Some(name), Some(part)) if name == part => literal += 1,
            (Some(name), Some(part)) if name.starts_with('{') && !part.is_empty() => {}
            _ => return None,
        }
    }
}

fn text<'n>(node: &'n Node, key: &'static str) -> Result<&'n str, CatalogueError> {
    node.get(key).and_then(Node::as_str).ok_or(CatalogueError::Form(key))
}

fn items<'n>(node: &'n Node, key: &'static str) -> Result<&'n [Node], CatalogueError> {
    node.get(key).and_then(Node::as_array).ok_or(CatalogueError::Form(key))
}

fn texts(node: &Node, key: &'static str) -> Result<Vec<String>, CatalogueError> {
    let text = |item: &Node| item.as_str().map(str::to_owned).ok_or(CatalogueError::Form(key));
    items(node, key)?.iter().map(text).collect()
}

fn action(node: &Node) -> Result<ActionFacts, CatalogueError> {
    let types = items(node, "resource_types")?;
    Ok(ActionFacts {
        name: text(node, "action")?.to_owned(),
        access_level: text(node, "access_level")?.to_owned(),
        resource_types: types
            .iter()
            .map(|t| Ok(text(t, "type")?.to_owned()))
            .collect::<Result<_, CatalogueError>>()?,
        condition_keys: texts(node, "condition_keys")?,
    })
}

fn condition_key(node: &Node) -> Result<(String, KeyFacts), CatalogueError> {
    let value_type = match text(node, "type")? {
        "string" => ValueType::String,
        "boolean" => ValueType::Bool,
        _ => return Err(CatalogueError::Form("type")),
    };
    let multivalued = match node.get("multivalued").map(|node| &node.value) {
        Some(json::Value::Bool(multivalued)) => *multivalued,
        _ => return Err(CatalogueError::Form("multivalued")),
    };
    Ok((text(node, "key")?.to_owned(), KeyFacts { value_type, multivalued }))
}

fn apis(node: &Node) -> Result<Vec<ApiAction>, CatalogueError> {
    let api = |node: &Node| {
        let only = match node.get("only") {
            None => None,
            Some(only) => {
                let named = only.as_str().and_then(Circumstance::named);
                Some(named.ok_or(CatalogueError::Form("only"))?)
            }
        };
        Ok(ApiAction {
            api: text(node, "api")?.to_owned(),
            action: text(node, "action")?.to_owned(),
            only,
            dependencies: texts(node, "dependencies")?,
        })
    };
    items(node, "apis")?.iter().map(api).collect()
}

fn system_document(file: &str, node: &Node, catalogue: &Catalogue) -> Result<SystemDocument, CatalogueError> {
    let name = text(node, "name")?.to_owned();
    let use_ = Use::named(text(node, "use")?).ok_or(CatalogueError::Form("use"))?;
    let documented = match text(node, "provenance")? {
        "documented" => true,
        "inferred" => false,
        _ => return Err(CatalogueError::Form("provenance")),
    };
    let content = node.get("document").ok_or(CatalogueError::Form("document"))?;
    let rules = Rules { profile: &Profile::hwc(), catalogue };
    let document = super::read(&file[content.span.clone()], Some(use_), rules).map_err(|mut problems| {
        CatalogueError::Document { name: name.clone(), problem: Box::new(problems.swap_remove(0)) }
    })?;
    let catalog = node.get("catalog").and_then(Node::as_str).map(str::to_owned);
    Ok(SystemDocument { name, use_, catalog, documented, document })
}
