//! What a service registers in code, as data: a defaults file, what `oslopolicy-sample-generator` prints, or a
//! policy file whose every rule stands for a default.

mod sample;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use assay_engine::oslo::enforcer::{Definition, Operation, RuleDefault};
use assay_engine::oslo::load::yaml::{self, Object, Position};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::text::str_of;

use super::read::read_text;
use super::{InputError, PolicyFile};

pub use sample::is_sample;

/// The defaults of a service, in the order in which it registers them.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The service's name, where it is said.
    pub service: Option<String>,
    /// The release, where it is said.
    pub release: Option<String>,
    /// The file that they were read from; `None` of what is built in.
    pub path: Option<PathBuf>,
    rules: Vec<RuleDefault>,
    /// Where each is in `rules`, and where it stands.
    index: HashMap<String, (usize, Option<Position>)>,
    /// By default.
    operations: Vec<Vec<Operation>>,
}

impl Defaults {
    /// Reads a file, which may be:
    /// - a defaults file (`defaults:`, a list of mappings of upstream's keyword arguments);
    /// - what `oslopolicy-sample-generator` prints: rules in comments, below what is said of them;
    /// - a policy file (YAML or JSON, as old releases shipped it, or `oslopolicy-policy-generator` prints it).
    ///
    /// # Errors
    /// [`InputError`] with the place: a file that cannot be read, is none of these, or holds a default that
    /// upstream's constructors refuse.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        Self::parse(path, &read_text(path)?)
    }

    /// [`Defaults::read`], of a text; `path` is for messages.
    ///
    /// # Errors
    /// As [`Defaults::read`].
    ///
    /// ```
    /// use assay::policy::Defaults;
    /// let defaults = Defaults::parse("sample.yaml".as_ref(), "\
    /// ## Show an image.
    /// ## GET  /v2/images/{image_id}
    /// ## Intended scope(s): project
    /// ##\"get_image\": \"role:reader\"
    /// ".replace("##", "#").as_str()).unwrap();
    /// assert_eq!(defaults.get("get_image").unwrap().definition().scope_types, ["project"]);
    /// ```
    pub fn parse(path: &Path, text: &str) -> Result<Self, InputError> {
        if is_sample(text) {
            return sample::read(path, text);
        }
        match places(text) {
            Some(places) => Self::of_file(path, text, &places),
            None => Self::of_policy(path, text),
        }
    }

    /// A defaults file.
    fn of_file(path: &Path, text: &str, places: &[Position]) -> Result<Self, InputError> {
        let Value::Dict(file) = super::value::parse(path, text)? else {
            return Err(InputError::file(path, None, "a defaults file is a mapping"));
        };
        let known = ["service", "release", "source", "defaults"];
        for (key, _) in file.iter() {
            if !known.iter().any(|known| *key == Value::from(*known)) {
                let key = super::value::json(key);
                let message = format!("{key} is no member of a defaults file ({})", known.join(", "));
                return Err(InputError::file(path, None, message));
            }
        }
        let Some(Value::List(defaults)) = file.get("defaults") else {
            return Err(InputError::file(path, None, "`defaults` is no list"));
        };
        let word = |name: &str| match file.get(name) {
            // `release: 4.0` without quotes is a number.
            Some(value @ (Value::Str(_) | Value::Int(_) | Value::Float(_))) => {
                str_of(value).ok().map(|text| text.to_string())
            }
            _ => None,
        };
        let mut read = Self {
            service: word("service"),
            release: word("release"),
            path: Some(path.to_owned()),
            ..Self::default()
        };
        for (index, value) in defaults.iter().enumerate() {
            let at = places.get(index).copied();
            let default = RuleDefault::from_value(value)
                .map_err(|error| InputError::file(path, at, error.to_string()))?;
            read.push(path, at, default, operations(value))?;
        }
        Ok(read)
    }

    /// A policy file.
    fn of_policy(path: &Path, text: &str) -> Result<Self, InputError> {
        let file = PolicyFile::of_bytes(path, text.as_bytes())?;
        let mut read = Self { path: Some(path.to_owned()), ..Self::default() };
        for entry in &file.entries {
            let definition = Definition::new(entry.name.clone(), entry.value.clone());
            let default = RuleDefault::new(definition)
                .map_err(|error| InputError::file(path, Some(entry.value_at), error.to_string()))?;
            read.push(path, Some(entry.name_at), default, Vec::new())?;
        }
        Ok(read)
    }

    fn push(
        &mut self,
        path: &Path,
        at: Option<Position>,
        default: RuleDefault,
        operations: Vec<Operation>,
    ) -> Result<(), InputError> {
        if self.get(default.name()).is_some() {
            let message = format!("{:?} is registered twice (DuplicatePolicyError)", default.name());
            return Err(InputError::file(path, at, message));
        }
        self.index.insert(default.name().to_owned(), (self.rules.len(), at));
        self.rules.push(default);
        self.operations.push(operations);
        Ok(())
    }

    /// The defaults in order.
    #[must_use]
    pub fn rules(&self) -> &[RuleDefault] {
        &self.rules
    }

    /// The default of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RuleDefault> {
        self.index.get(name).map(|(index, _)| &self.rules[*index])
    }

    /// What a default protects. (A default without a description is not "documented" in upstream's sense, and its
    /// [`Definition`] has no operations, even if the file names some.)
    #[must_use]
    pub fn operations(&self, name: &str) -> &[Operation] {
        self.index.get(name).map_or(&[], |(index, _)| &self.operations[*index])
    }

    /// Where the default of a name stands in the file that it was read from.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<Position> {
        self.path.as_ref()?;
        self.index.get(name)?.1
    }

    /// The defaults that were called so once, or still are: what an override of that name reaches.
    pub fn renamed_from<'d>(&'d self, old: &'d str) -> impl Iterator<Item = &'d RuleDefault> {
        self.rules.iter().filter(move |default| {
            let rule = default.definition().deprecated_rule.as_ref();
            default.name() != old && rule.is_some_and(|rule| rule.name() == old)
        })
    }

    /// For people: `glance 29.0.0`, a path, or `no defaults`.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.service, &self.release, &self.path) {
            (Some(service), Some(release), _) => format!("{service} {release}"),
            (Some(service), None, _) => service.clone(),
            (None, _, Some(path)) => path.display().to_string(),
            (None, _, None) => "no defaults".to_owned(),
        }
    }
}

/// The operations of a default in a file, which has been read already.
fn operations(default: &Value) -> Vec<Operation> {
    let text = |value: &Value| match value {
        Value::Str(text) => Some(text.to_string()),
        _ => None,
    };
    let operation = |operation: &Value| {
        let Value::Dict(operation) = operation else {
            return None;
        };
        let methods = match operation.get("method")? {
            Value::List(methods) => methods.iter().filter_map(text).collect(),
            method => text(method).into_iter().collect(),
        };
        Some(Operation { methods, path: text(operation.get("path")?)? })
    };
    let Value::Dict(default) = default else {
        return Vec::new();
    };
    match default.get("operations") {
        Some(Value::List(operations)) => operations.iter().filter_map(operation).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text is a defaults file.
#[must_use]
pub fn is_defaults_file(text: &str) -> bool {
    places(text).is_some()
}

/// Where the items of `defaults:` stand, if the text is a defaults file.
fn places(text: &str) -> Option<Vec<Position>> {
    // Most texts that are none say so without being read.
    if !text.contains("defaults") {
        return None;
    }
    let document = yaml::read(text).ok()?;
    let Object::Dict(members) = document.object(document.root()) else {
        return None;
    };
    let is_defaults = |entry: &&yaml::Entry| match document.object(entry.key) {
        Object::Scalar(key) => *key == Value::from("defaults"),
        _ => false,
    };
    let list = members.iter().find(is_defaults)?;
    let Object::List(items) = document.object(list.value) else {
        return None;
    };
    let mappings = items.iter().map(|item| match document.object(*item) {
        Object::Dict(members) => members.first().map(|entry| entry.key_at).or(Some(list.value_at)),
        _ => None,
    });
    mappings.collect()
}
