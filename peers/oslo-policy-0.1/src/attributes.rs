//! Creds and targets as the crate asks for them.

use std::cell::Cell;
use std::collections::HashMap;

use assay_engine::oslo::python::{Value, text::str_of};

/// What was asked for in a decision and could not be given: the last of it.
pub(crate) type Unheld = Cell<Option<&'static str>>;

/// A value as far as the crate can hold it.
enum Held {
    Text(String),
    List,
    Other,
}

fn held(value: &Value) -> Held {
    match value {
        Value::Str(text) => text.as_text().map_or(Held::Other, |text| Held::Text(text.to_owned())),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            let text = str_of(value).ok().and_then(|text| text.as_text().map(str::to_owned));
            text.map_or(Held::Other, Held::Text)
        }
        Value::List(_) => Held::List,
        _ => Held::Other,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let dict = match value {
        Value::Dict(dict) => Some(dict),
        _ => None,
    };
    dict.into_iter().flat_map(|dict| dict.iter()).filter_map(|(key, value)| match key {
        Value::Str(key) => key.as_text().map(|key| (key, value)),
        _ => None,
    })
}

/// The roles of creds.
enum Roles {
    Names(Vec<String>),
    Other,
}

impl Roles {
    fn of(creds: &Value) -> Self {
        let roles = entries(creds).find_map(|(key, value)| (key == "roles").then_some(value));
        let name = |role: &Value| match role {
            Value::Str(name) => name.as_text().map(str::to_lowercase),
            _ => None,
        };
        let names = match roles {
            None => Some(Vec::new()),
            Some(Value::List(roles) | Value::Tuple(roles)) => roles.iter().map(name).collect(),
            Some(_) => None,
        };
        names.map_or(Self::Other, Self::Names)
    }
}

/// Creds: attributes by path, and roles.
pub(crate) struct Creds<'u> {
    attributes: HashMap<String, Held>,
    roles: Roles,
    are_mapping: bool,
    unheld: &'u Unheld,
}

impl<'u> Creds<'u> {
    pub(crate) fn new(creds: &Value, unheld: &'u Unheld) -> Self {
        let mut attributes = HashMap::new();
        let mut nested = vec![(String::new(), creds)];
        while let Some((path, mapping)) = nested.pop() {
            // A key with a dot in it is out of reach: upstream takes every path apart.
            for (key, value) in entries(mapping).filter(|(key, _)| !key.contains('.')) {
                let path = format!("{path}{key}");
                if matches!(value, Value::Dict(_)) {
                    nested.push((format!("{path}."), value));
                }
                attributes.insert(path, held(value));
            }
        }
        let are_mapping = matches!(creds, Value::Dict(_));
        Self { attributes, roles: Roles::of(creds), are_mapping, unheld }
    }

    /// Whether a list stands on the way: upstream looks at each of its items.
    fn leads_through_a_list(&self, path: &str) -> bool {
        let ends = path.match_indices('.').map(|(end, _)| &path[..end]);
        ends.into_iter().any(|part| matches!(self.attributes.get(part), Some(Held::List)))
    }
}

impl oslo_policy::Token for Creds<'_> {
    fn get_api_attribute(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Held::Text(text)) => return Some(text),
            Some(Held::List | Held::Other) => self.unheld.set(Some("an attribute of creds that has no text")),
            None if !self.are_mapping => self.unheld.set(Some("creds that are no mapping")),
            None if self.leads_through_a_list(name) => self.unheld.set(Some("a path through a list")),
            None => {}
        }
        None
    }

    fn has_role(&self, name: &str) -> bool {
        match &self.roles {
            _ if !self.are_mapping => self.unheld.set(Some("creds that are no mapping")),
            Roles::Names(names) => return names.contains(&name.to_lowercase()),
            Roles::Other => self.unheld.set(Some("roles that are no list of texts")),
        }
        false
    }
}

/// A target: attributes by name.
pub(crate) struct Target<'u> {
    attributes: HashMap<String, Held>,
    is_mapping: bool,
    unheld: &'u Unheld,
}

impl<'u> Target<'u> {
    pub(crate) fn new(target: &Value, unheld: &'u Unheld) -> Self {
        let attributes = entries(target).map(|(key, value)| (key.to_owned(), held(value))).collect();
        Self { attributes, is_mapping: matches!(target, Value::Dict(_)), unheld }
    }
}

impl oslo_policy::Target for Target<'_> {
    fn get_attribute(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Held::Text(text)) => return Some(text),
            Some(Held::List | Held::Other) => {
                self.unheld.set(Some("an attribute of the target that has no text"));
            }
            None if !self.is_mapping => self.unheld.set(Some("a target that is no mapping")),
            None => {}
        }
        None
    }
}
