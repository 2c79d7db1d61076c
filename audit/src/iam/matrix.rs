//! Operations by permissions, as Table 3 of document 003 has it.

use assay_case::iam::ims;
use assay_engine::iam::{Grant, Principal, Request, Use, Verdict, World, decide};

use super::{Input, InputError};

/// What a permission says to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It allows it.
    Allow,
    /// It does not.
    Deny,
    /// No document says which actions the call needs of it.
    Unknown,
}

impl Cell {
    /// As the document's own table writes it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Allow => "Y",
            Self::Deny => "x",
            Self::Unknown => "?",
        }
    }

    /// In JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Unknown => "unknown",
        }
    }
}

/// An operation and the call that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// Method and path.
    pub api: String,
}

/// Permissions that are held together.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    principal: Principal,
    input: Input,
}

/// An operation with its verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The operation.
    pub name: String,
    /// Its call.
    pub api: String,
    /// By column.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The names of the permissions.
    pub columns: Vec<String>,
    /// The operations.
    pub rows: Vec<Row>,
}

/// The operations of Table 3, each with the call that the API's documents give for it.
const OPERATIONS: [(&str, &str); 4] = [
    ("Creating images", "POST /v2/cloudimages/action"),
    ("Deleting images", "DELETE /v2/images/{image_id}"),
    ("Querying images", "GET /v2/cloudimages"),
    ("Updating image information", "PATCH /v2/cloudimages/{image_id}"),
];

/// The operations of Table 3.
#[must_use]
pub fn operations() -> Vec<Operation> {
    OPERATIONS.map(|(name, api)| Operation { name: name.to_owned(), api: api.to_owned() }).into()
}

/// Every call of the service's tables, once.
#[must_use]
pub fn every_api() -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for api in ims().apis_v1().iter().chain(ims().apis()) {
        if !operations.iter().any(|known| known.api == api.api) {
            operations.push(Operation { name: api.api.clone(), api: api.api.clone() });
        }
    }
    operations
}

/// The permissions of Table 3. "IMS Administrator (Depending on Tenant Administrator)" is held with what it depends on.
///
/// # Errors
/// None; the documents come with this build.
pub fn documented(input: &Input) -> Result<Vec<Column>, InputError> {
    ["IMS FullAccess", "IMS ReadOnlyAccess", "IMS Administrator+Tenant Administrator"]
        .into_iter()
        .map(|text| column(input, text))
        .collect()
}

/// Permissions by file or name, joined by `+`.
///
/// # Errors
/// As [`Input::document`].
pub fn column(input: &Input, text: &str) -> Result<Column, InputError> {
    let grant = |name: &str| {
        let uses = [Use::Role, Use::Policy];
        let system = uses.into_iter().find(|use_| ims().document(name, *use_).is_some());
        input.grant(name, system)
    };
    let grants = text.split('+').map(grant).collect::<Result<Vec<Grant>, _>>()?;
    let principal = Principal { grants, ..Principal::default() };
    Ok(Column { name: text.to_owned(), principal, input: *input })
}

impl Column {
    fn cell(&self, operation: &Operation) -> Cell {
        let world = World {
            organization: None,
            principal: &self.principal,
            catalogue: ims(),
            switches: self.input.profile.switches,
        };
        match decide(&world, &Request::api(&operation.api)) {
            Ok(decision) if decision.verdict == Verdict::Allow => Cell::Allow,
            Ok(_) => Cell::Deny,
            Err(_) => Cell::Unknown,
        }
    }
}

impl Matrix {
    /// Decides every cell.
    #[must_use]
    pub fn of(operations: &[Operation], columns: &[Column]) -> Self {
        let row = |operation: &Operation| Row {
            name: operation.name.clone(),
            api: operation.api.clone(),
            cells: columns.iter().map(|column| column.cell(operation)).collect(),
        };
        Self {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            rows: operations.iter().map(row).collect(),
        }
    }
}
