//! What the policy makes of each requirement.

use std::path::Path;

use assay_engine::oslo::enforcer::Operation;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::seen_creds;
use indexmap::IndexMap;

use super::table::{Expected, Requirement, Table, TargetSpec};
use crate::meaning::{Analysis, Answer, Caller, Side, Subject, Witness};
use crate::policy::{InputError, Loaded, Outcome, Persona, Personas, Request, TargetPreset, value};

/// What comes of a requirement's persona and rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    /// Allowed, for every object or the one.
    Allow,
    /// Denied, or raising, for every object; or denied for the one.
    Deny,
    /// Allowed for some objects and not for others, with one of each.
    Conditional {
        /// One that is allowed.
        allowed: Option<Value>,
        /// One that is not.
        refused: Option<Value>,
    },
    /// An exception of this class.
    Raise(&'static str),
    /// Not known, and why.
    Undecided(String),
}

impl Got {
    /// Its name in tables.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Conditional { .. } => "conditional",
            Self::Raise(_) => "raise",
            Self::Undecided(_) => "undecided",
        }
    }
}

/// A requirement, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What is required.
    pub requirement: Requirement,
    /// The rule that it is about.
    pub rule: String,
    /// What the policy says.
    pub got: Got,
}

impl Verdict {
    /// Whether the requirement is met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.got.name() == self.requirement.expected.name()
    }

    /// Why it is not met, for people; nothing where it is.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let shown = |target: &Value| value::json(target).to_string();
        match (&self.got, self.requirement.expected) {
            _ if self.is_met() => None,
            (Got::Conditional { allowed: Some(target), .. }, Expected::Deny) => {
                Some(format!("allowed for the target {}", shown(target)))
            }
            (Got::Conditional { refused: Some(target), .. }, Expected::Allow) => {
                Some(format!("not allowed for the target {}", shown(target)))
            }
            (Got::Raise(class), _) => Some(format!("{class}: the service answers with a 500")),
            (Got::Undecided(why), _) => Some(why.clone()),
            _ => None,
        }
    }
}

/// Holds a policy against a table; `path` is the table's, for messages.
///
/// # Errors
/// A persona, a rule, an operation or a target that there is not, with its place.
pub fn judge(
    policy: &Loaded,
    personas: &Personas,
    table: &Table,
    path: &Path,
) -> Result<Vec<Verdict>, InputError> {
    let scopes = policy
        .defaults
        .rules()
        .iter()
        .map(|default| (default.name().to_owned(), default.definition().scope_types.clone()));
    let side = Side::new(policy.policy.rules().clone(), scopes)
        .map_err(|error| InputError::Text(error.to_string()))?;
    let mut verdicts: Vec<Option<Verdict>> = vec![None; table.requirements.len()];
    let mut by_persona: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (index, requirement) in table.requirements.iter().enumerate() {
        by_persona.entry(&requirement.persona).or_default().push(index);
    }
    for (name, rows) in by_persona {
        let first = &table.requirements[rows[0]];
        let persona =
            personas.find(name).map_err(|error| InputError::file(path, Some(first.at), error.to_string()))?;
        // Only what is asked about all objects takes an analysis.
        let creds =
            seen_creds(&persona.creds).map_err(|error| InputError::Text(format!("{name}: {error}")))?;
        let about_all = rows.iter().any(|index| table.requirements[*index].target.is_none());
        let analysis = about_all.then(|| Analysis::by(Caller::Known(&creds), &[&side], &[]));
        for index in rows {
            let requirement = &table.requirements[index];
            let at = |message: String| InputError::file(path, Some(requirement.at), message);
            let rule = resolve(policy, &requirement.operation).map_err(at)?;
            let got = match (&requirement.target, &analysis) {
                (Some(target), _) => {
                    let target = target_of(table, target, &persona).map_err(at)?;
                    one(policy, &rule, &persona, target)
                }
                (None, Some(Ok(analysis))) => all(analysis, &rule),
                (None, _) => Got::Undecided("too many checks".to_owned()),
            };
            verdicts[index] = Some(Verdict { requirement: requirement.clone(), rule, got });
        }
    }
    Ok(verdicts.into_iter().flatten().collect())
}

fn one(policy: &Loaded, rule: &str, persona: &Persona, target: Value) -> Got {
    let request = Request { creds: persona.creds.clone(), target };
    match policy.ask(rule, &request).outcome {
        Outcome::Allow => Got::Allow,
        Outcome::Deny => Got::Deny,
        Outcome::Raise(class) => Got::Raise(class.name()),
        Outcome::Undecided(why) => Got::Undecided(why.to_string()),
    }
}

fn all(analysis: &Analysis<'_>, rule: &str) -> Got {
    let question = (0, Subject::Rule(rule));
    let target = |witness: Option<Box<Witness>>| witness.map(|witness| witness.target);
    match (analysis.always_allows(question), analysis.always_denies(question)) {
        (Answer::Yes(_), _) => Got::Allow,
        (_, Answer::Yes(_)) => Got::Deny,
        (Answer::No(refused), Answer::No(allowed)) => {
            Got::Conditional { allowed: target(allowed), refused: target(refused) }
        }
        (Answer::Undecided(why), _) | (_, Answer::Undecided(why)) => Got::Undecided(why),
    }
}

fn target_of(table: &Table, spec: &TargetSpec, persona: &Persona) -> Result<Value, String> {
    let name = match spec {
        TargetSpec::Given(target) => return Ok(target.clone()),
        TargetSpec::Named(name) => name,
    };
    let preset = || TargetPreset::ALL.into_iter().find(|preset| preset.name() == name);
    match (table.targets.get(name), preset()) {
        (Some(target), _) => Ok(target.clone()),
        (None, Some(preset)) => Ok(preset.target(&persona.creds)),
        (None, None) => {
            let presets = TargetPreset::ALL.into_iter().map(|preset| -> &str { preset.name() });
            let known: Vec<&str> = table.targets.keys().map(String::as_str).chain(presets).collect();
            Err(format!("no target is called {name:?}: there are {}", known.join(", ")))
        }
    }
}

/// The rule that is meant by its name, or by an operation that it alone guards.
fn resolve(policy: &Loaded, operation: &str) -> Result<String, String> {
    let operation = operation.trim();
    if policy.rule(operation).is_some() {
        return Ok(operation.to_owned());
    }
    let Some((method, path)) =
        operation.split_once(' ').filter(|(_, path)| path.trim_start().starts_with('/'))
    else {
        return Err(format!(
            "no rule is called {operation:?} (an operation is written `GET /v2/images/{{image_id}}`)"
        ));
    };
    let path = path.trim();
    let guards = |fits: &dyn Fn(&str) -> bool| -> Vec<String> {
        let fits = |operation: &Operation| {
            operation.methods.iter().any(|known| known.eq_ignore_ascii_case(method)) && fits(&operation.path)
        };
        let of = |name: &str| policy.defaults.operations(name).iter().any(fits);
        let rules = policy.defaults.rules().iter().filter(|default| of(default.name()));
        rules.map(|default| default.name().to_owned()).collect()
    };
    // As it is documented; else a path with something in the place of `{…}`.
    let mut found = guards(&|known| known == path);
    if found.is_empty() {
        found = guards(&|known| matches(known, path));
    }
    match found.as_slice() {
        [] => Err(format!("no rule of {} guards the operation {method} {path}", policy.defaults.label())),
        [one] => Ok(one.clone()),
        several => {
            Err(format!("{method} {path} is guarded by several rules, name one: {}", several.join(", ")))
        }
    }
}

fn matches(known: &str, path: &str) -> bool {
    let (known, path): (Vec<&str>, Vec<&str>) = (known.split('/').collect(), path.split('/').collect());
    let fits = |(known, part): (&&str, &&str)| {
        known == part || (known.starts_with('{') && known.ends_with('}') && !part.is_empty())
    };
    known.len() == path.len() && known.iter().zip(&path).all(fits)
}
