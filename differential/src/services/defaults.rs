//! What a service registers, as data: the defaults file, read and written.

use std::fmt::Write as _;

use assay_case::Spelled;
use assay_engine::oslo::enforcer::{InvalidDefault, RuleDefault};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A registered default. Prose is left out: a `deprecated_reason` only says that there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// The name of the rule.
    pub name: String,
    /// The check string.
    pub check_str: String,
    /// Its words, which nothing here looks at.
    #[serde(default, skip_serializing)]
    pub description: Option<String>,
    /// The scopes that a token may have; none means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope_types: Vec<String>,
    /// What it protects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// What it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated_rule: Option<Deprecated>,
    /// Whether it goes without a successor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated_for_removal: bool,
    /// Whether there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated_reason: Option<String>,
    /// The release in which that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated_since: Option<String>,
}

/// What a default was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deprecated {
    /// The old name.
    pub name: String,
    /// The old check string.
    pub check_str: String,
    /// Whether there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated_reason: Option<String>,
    /// The release in which that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated_since: Option<String>,
}

/// What a rule protects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The method, or several.
    pub method: Method,
    /// The path.
    pub path: String,
}

/// The method of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Method {
    /// As almost all have it.
    One(String),
    /// A list, as Keystone has some.
    Several(Vec<String>),
}

impl Registered {
    /// The same for the engine.
    ///
    /// # Errors
    /// As upstream's constructors.
    pub fn for_engine(&self) -> Result<RuleDefault, InvalidDefault> {
        let value = serde_json::to_value(self).and_then(Spelled::deserialize);
        // What consists of texts, lists and flags can be written as JSON and read again.
        RuleDefault::from_value(
            &value.map_or(assay_engine::oslo::python::Value::None, |Spelled(value)| value),
        )
    }
}

/// A documented policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documented {
    /// Its rules, in order.
    pub defaults: Vec<Registered>,
    /// Whether it says more than name and check string: a defaults file does, a policy file cannot.
    pub has_details: bool,
}

/// A file that is no documented policy.
#[derive(Debug, Error)]
pub enum UnreadableDefaults {
    /// No defaults file.
    #[error("no defaults file: {0}")]
    Defaults(#[from] serde_yaml::Error),
    /// No policy file of texts.
    #[error("no policy file of check strings: {0}")]
    Policy(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct DefaultsFile {
    defaults: Vec<Registered>,
}

/// Reads a defaults file, or a policy file in JSON if `is_json`.
///
/// # Errors
/// A file of another kind.
///
/// ```
/// use assay_differential::services::defaults::read;
/// let policy = read(r#"{"get_image": "role:reader"}"#, true).unwrap();
/// assert_eq!(policy.defaults[0].check_str, "role:reader");
/// assert!(!policy.has_details);
/// ```
pub fn read(text: &str, is_json: bool) -> Result<Documented, UnreadableDefaults> {
    if is_json {
        let rules: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        let rule = |(name, check): (String, serde_json::Value)| {
            Ok(Registered { name, check_str: String::deserialize(check)?, ..Registered::default() })
        };
        let defaults = rules.into_iter().map(rule).collect::<Result<_, serde_json::Error>>()?;
        return Ok(Documented { defaults, has_details: false });
    }
    let file: DefaultsFile = serde_yaml::from_str(text)?;
    Ok(Documented { defaults: file.defaults, has_details: true })
}

/// Where defaults come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// The package.
    pub package: String,
    /// The file name of the archive.
    pub archive: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The policy file in it, where nothing is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// A defaults file: one line a fact, in the order of registration.
#[must_use]
pub fn write(service: &str, release: &str, archive: &Archive, defaults: &[Registered]) -> String {
    let mut text = format!(
        "# Written by `cargo differential services` from the archive named below. Not a policy file: what the service \
         registers.\nservice: {}\nrelease: {}\nsource: {}\ndefaults:\n",
        scalar(service),
        quoted(release),
        flow(archive),
    );
    for default in defaults {
        let _ =
            writeln!(text, "- name: {}\n  check_str: {}", scalar(&default.name), quoted(&default.check_str));
        if !default.scope_types.is_empty() {
            let _ = writeln!(text, "  scope_types: {}", flow(&default.scope_types));
        }
        if !default.operations.is_empty() {
            text.push_str("  operations:\n");
        }
        for operation in &default.operations {
            let _ = writeln!(text, "  - {}", flow(operation));
        }
        if let Some(old) = &default.deprecated_rule {
            let _ = writeln!(text, "  deprecated_rule: {}", flow(old));
        }
        if default.deprecated_for_removal {
            text.push_str("  deprecated_for_removal: true\n");
        }
        let said = [
            ("deprecated_reason", &default.deprecated_reason),
            ("deprecated_since", &default.deprecated_since),
        ];
        for (name, value) in said {
            if let Some(value) = value {
                let _ = writeln!(text, "  {name}: {}", scalar(value));
            }
        }
    }
    text
}

/// A value on one line.
fn flow(value: &impl Serialize) -> String {
    let mut text = String::new();
    write_flow(&serde_json::to_value(value).unwrap_or_default(), &mut text);
    text
}

/// Facts are nested three deep at most.
fn write_flow(value: &serde_json::Value, text: &mut String) {
    match value {
        serde_json::Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _ = write!(text, "{name}: ");
                // These are quoted always, as in the rest of policies/.
                match member {
                    serde_json::Value::String(member)
                        if matches!(name.as_str(), "check_str" | "path" | "sha256") =>
                    {
                        text.push_str(&quoted(member));
                    }
                    member => write_flow(member, text),
                }
            }
            text.push('}');
        }
        serde_json::Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_flow(item, text);
            }
            text.push(']');
        }
        serde_json::Value::String(item) => text.push_str(&scalar(item)),
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// Plain only where no reader of YAML can take it for anything else.
fn scalar(text: &str) -> String {
    const NOT_PLAIN: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"];
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.split(' ').all(|word| !word.is_empty() && word.chars().all(is_word))
        && !NOT_PLAIN.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
