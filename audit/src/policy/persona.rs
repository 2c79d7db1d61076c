//! Who asks: personas with the creds that services hand to a policy, and the objects that they ask about.

use std::path::Path;

use assay_engine::oslo::python::{Dict, Value};
use indexmap::IndexMap;

use super::{InputError, value};

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// A name.
    pub name: String,
    /// What a service would hand to the policy (`oslo_context.context.RequestContext.to_policy_values`).
    pub creds: Value,
}

/// The personas that can be asked for by name.
#[derive(Clone, Debug)]
pub struct Personas(IndexMap<String, Value>);

/// The ids in the creds of the built-in personas; the `own` target is of them, the `other` target is not.
const OWN: [(&str, &str); 3] =
    [("user_id", "user-1"), ("project_id", "project-1"), ("domain_id", "domain-1")];

/// Keystone's roles, each with what it implies.
const ROLES: [(&str, &[&str]); 6] = [
    ("admin", &["admin", "manager", "member", "reader"]),
    ("manager", &["manager", "member", "reader"]),
    ("member", &["member", "reader"]),
    ("reader", &["reader"]),
    ("service", &["service"]),
    ("no-role", &[]),
];

/// What a token is for.
const SCOPES: [&str; 3] = ["project", "domain", "system"];

impl Default for Personas {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Personas {
    /// Every one of Keystone's default roles with a token of each scope, named as Keystone's own tests name them:
    /// `project-admin`, `domain-manager`, `system-reader`, …; also `project-service` and `project-no-role`. Tokens hold
    /// implied roles too (`admin` implies `manager`, that `member`, that `reader`), as Keystone expands them.
    #[must_use]
    pub fn built_in() -> Self {
        let mut personas = IndexMap::new();
        for scope in SCOPES {
            for (role, roles) in ROLES {
                personas.insert(format!("{scope}-{role}"), creds(scope, roles));
            }
        }
        Self(personas)
    }

    /// The personas of a file: a mapping of names to creds, in YAML or JSON. Nothing is added to creds.
    ///
    /// # Errors
    /// A file that cannot be read, or that is no mapping of mappings.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let Value::Dict(file) = value::read(path)? else {
            return Err(InputError::file(path, None, "personas are a mapping of names to creds"));
        };
        let persona = |(name, creds): (&Value, &Value)| match (name, creds) {
            (Value::Str(name), Value::Dict(_)) => Ok((name.to_string(), creds.clone())),
            (name, _) => {
                let message = format!("{}: the creds of a persona are a mapping", value::json(name));
                Err(InputError::file(path, None, message))
            }
        };
        file.iter().map(persona).collect::<Result<_, _>>().map(Self)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Persona> {
        self.0.iter().map(|(name, creds)| Persona { name: name.clone(), creds: creds.clone() })
    }

    /// The persona of a name; a built-in role alone (`reader`) is one with a project token.
    ///
    /// # Errors
    /// [`InputError::Unknown`], which names those that there are.
    ///
    /// ```
    /// use assay::policy::Personas;
    /// let personas = Personas::built_in();
    /// assert_eq!(personas.find("reader").unwrap().name, "project-reader");
    /// assert!(personas.find("root").is_err());
    /// ```
    pub fn find(&self, name: &str) -> Result<Persona, InputError> {
        let in_project = format!("project-{name}");
        let found = self.0.get_key_value(name).or_else(|| self.0.get_key_value(&in_project));
        let found = found.map(|(name, creds)| Persona { name: name.clone(), creds: creds.clone() });
        found.ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            InputError::Unknown {
                what: "persona",
                name: name.to_owned(),
                known: Some(format!("there are {}", known.join(", "))),
            }
        })
    }
}

/// The built-in persona of a name.
///
/// # Errors
/// As [`Personas::find`].
pub fn find(name: &str) -> Result<Persona, InputError> {
    Personas::built_in().find(name)
}

fn creds(scope: &str, roles: &[&str]) -> Value {
    let own =
        |key: &str| OWN.iter().find(|(name, _)| *name == key).map_or(Value::None, |(_, id)| (*id).into());
    let of_scope = |is: bool, value: Value| if is { value } else { Value::None };
    // What is not the token's scope is null, not absent. Services work out `is_admin` by a rule of theirs, which
    // by default asks for the role.
    Value::dict([
        ("user_id", own("user_id")),
        ("user_domain_id", own("domain_id")),
        ("project_id", of_scope(scope == "project", own("project_id"))),
        ("project_domain_id", of_scope(scope == "project", own("domain_id"))),
        ("domain_id", of_scope(scope == "domain", own("domain_id"))),
        ("system_scope", of_scope(scope == "system", "all".into())),
        ("roles", Value::list(roles.iter().map(|role| (*role).into()))),
        ("is_admin", roles.contains(&"admin").into()),
        ("is_admin_project", true.into()),
    ])
}

/// Objects that can be asked about without a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetPreset {
    /// The caller's own, whoever that is: `project_id`, `tenant_id` and `owner` are creds' project, `user_id` creds'
    /// user, `domain_id` creds' domain.
    Own,
    /// Somebody else's.
    Other,
    /// Nothing is known of it.
    Empty,
}

impl TargetPreset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Own, Self::Other, Self::Empty];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Other => "other",
            Self::Empty => "empty",
        }
    }

    /// The target for somebody with these creds. Where creds have no project (domain or system tokens), the object
    /// is of the project `project-1`.
    #[must_use]
    pub fn target(self, creds: &Value) -> Value {
        let mut target = Dict::default();
        if self == Self::Empty {
            return Value::Dict(target);
        }
        let id = |key: &str, fallback: &str| {
            let own = match creds {
                Value::Dict(creds) => creds.get(key).filter(|value| value.truthy()).cloned(),
                _ => None,
            };
            let own = own.unwrap_or_else(|| fallback.into());
            if self == Self::Own { own } else { format!("other-{}", fallback.trim_end_matches("-1")).into() }
        };
        for key in ["project_id", "tenant_id", "owner"] {
            target.insert_str(key, id("project_id", "project-1"));
        }
        target.insert_str("user_id", id("user_id", "user-1"));
        target.insert_str("domain_id", id("domain_id", "domain-1"));
        Value::Dict(target)
    }
}
