//! Engines that are not ours. Each states what it knows as a [`Capability`], and worlds are drawn within it; it
//! reads the documents' JSON by itself, so that nothing of our own reader is between.

mod cedar;
mod iam_rs;

use assay_case::iam::{Document, Expect, Policy};
use assay_generate::iam::Capability;
use serde_json::Value;

pub use cedar::{Cedar, CedarWorld};
pub use iam_rs::IamRs;

/// An engine that is not ours.
pub trait Oracle: Sync {
    /// Its name and version.
    fn name(&self) -> &'static str;

    /// What it knows.
    fn capability(&self) -> Capability;

    /// What it makes of each case.
    ///
    /// # Errors
    /// What it could not read or decide; a fault of the translation, never a reason to leave a case out.
    fn answers(&self, world: &Document) -> Result<Vec<Expect>, String>;
}

/// The statements of a policy, each as its JSON.
fn statements(policy: &Policy) -> Result<Vec<Value>, String> {
    let text = match policy {
        // The only document that generated worlds name: "allow all permissions on all resources".
        Policy::Named(name) if name == "FullAccess" => {
            return Ok(vec![serde_json::json!({"Effect": "Allow", "Action": ["*"]})]);
        }
        Policy::Named(name) => return Err(format!("{name} has no translation")),
        Policy::Text(text) => text,
    };
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    document["Statement"].as_array().cloned().ok_or_else(|| "no statements".to_owned())
}

/// The texts of a list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}
