//! Rules out of a policy file (`Rules.load`).

use std::borrow::Cow;

use super::rules::Rules;
use super::yaml::{Document, FileError, Object, decode, read};
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::Value;
use crate::oslo::python::text::str_of;

impl Rules {
    /// The rules of a policy file (`Rules.load` for a str), as [`yaml::read`](super::yaml::read) reads it.
    ///
    /// # Errors
    /// The exception that upstream raises, for the first problem that it meets, with its place.
    ///
    /// ```
    /// use assay_engine::oslo::{ExceptionClass, Interrupt, Rules};
    /// let rules = Rules::load("default: '!'\nget:\n  - role:reader\n  - [role:a, b:1]\n").unwrap();
    /// assert_eq!(rules.get("get").unwrap().to_string(), "(role:reader or (role:a and b:1))");
    /// let error = Rules::load("default: '!'\nget: yes\n").unwrap_err();
    /// assert_eq!(error.cause, Interrupt::Raised(ExceptionClass::TypeError));
    /// assert_eq!(error.at.unwrap().to_string(), "2:6");
    /// ```
    pub fn load(text: &str) -> Result<Self, FileError> {
        Self::from_document(&read(text)?)
    }

    /// [`Rules::load`] of what Python reads from a file of these bytes under UTF-8.
    ///
    /// # Errors
    /// As [`Rules::load`], and `UnicodeDecodeError`.
    pub fn load_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        Self::load(&decode(bytes)?)
    }

    /// The rules that a file holds which has been read already.
    ///
    /// # Errors
    /// `AttributeError` for what is truthy and no dict, and what the reading of each rule raises.
    pub fn from_document(document: &Document) -> Result<Self, FileError> {
        let mut rules = Self::empty();
        let entries = match document.object(document.root()) {
            Object::Dict(entries) => entries,
            Object::Scalar(Value::None) => return Ok(rules),
            _ if !document.truthy(document.root()) && !fault!(YamlFalsyTopLevelRefused) => return Ok(rules),
            _ => {
                let cause = ExceptionClass::AttributeError.into();
                let message = "a policy file must hold a mapping of rules".to_owned();
                return Err(FileError { at: None, cause, message });
            }
        };
        let mut budget = document.budget();
        for entry in entries {
            let tree = document.read_rule(entry.value, &mut budget).map_err(|cause| {
                let message = "this value is no rule".to_owned();
                FileError { at: Some(entry.value_at), cause, message }
            })?;
            match document.object(entry.key) {
                Object::Scalar(Value::Str(name)) => rules.insert(name.clone(), tree),
                Object::Scalar(name) if fault!(YamlKeysAreText) => {
                    rules.insert(str_of(name).map_or_else(|_| "".into(), Cow::into_owned), tree);
                }
                name => rules.insert_nameless(name.clone(), tree),
            }
        }
        Ok(rules)
    }
}
