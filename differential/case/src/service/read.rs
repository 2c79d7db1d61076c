//! Reading the parts of a case file that make a whole enforcer.

use std::path::Path;

use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::Value;
use serde::{Deserialize, Deserializer};

use super::files::{Mtime, problem};
use super::{
    Call, PolicyFiles, RAISED, Registered, RemoteAnswer, Service, ServiceOptions, Setup, Step, Stub,
    StubAnswer,
};
use crate::document::{Ask, Case, Request, RuleSource};
use crate::outcome::{ClassName, Outcome};
use crate::read::{empty_mapping, file_bytes, read_beside};
use crate::spelling::{Spelled, write_json};

/// The keys of a document that say that it is about a whole enforcer.
#[derive(Default)]
pub(crate) struct RawService {
    pub(crate) registered: Option<Spelled>,
    pub(crate) options: Option<ServiceOptions>,
    pub(crate) enforcer: Option<Setup>,
    pub(crate) files: Option<Spelled>,
    pub(crate) remote: Option<Vec<RemoteAnswer>>,
    pub(crate) checks: Option<Vec<RawStub>>,
    pub(crate) steps: Option<Vec<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStub {
    kind: String,
    #[serde(default, deserialize_with = "given")]
    returns: Option<Spelled>,
    raise: Option<ClassName>,
    #[serde(default)]
    legacy: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStep {
    write: Option<Spelled>,
    remove: Option<String>,
    mtime: Option<RawMtime>,
    call: Option<RawCall>,
    name: Option<String>,
    rule: Option<String>,
    check: Option<String>,
    #[serde(default, deserialize_with = "given")]
    creds: Option<Spelled>,
    #[serde(default, deserialize_with = "given")]
    target: Option<Spelled>,
    do_raise: Option<bool>,
    exc: Option<ClassName>,
    scope_types: Option<Vec<String>>,
    force: Option<bool>,
    #[serde(default, with = "serde_yaml::with::singleton_map")]
    expect: Option<Outcome>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawMtime {
    Later,
    Same,
    Older,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawCall {
    Enforce,
    Authorize,
    CheckRules,
    LoadRules,
}

/// A value that is there, `null` too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Spelled>, D::Error> {
    Spelled::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
struct DefaultsFile {
    defaults: Vec<Spelled>,
}

impl RawService {
    pub(crate) const fn is_there(&self) -> bool {
        self.registered.is_some()
            || self.options.is_some()
            || self.enforcer.is_some()
            || self.files.is_some()
            || self.remote.is_some()
            || self.checks.is_some()
            || self.steps.is_some()
    }

    /// The service, and the cases that its steps are. `beside` is what `rules`, `text` or `policy` say.
    pub(crate) fn into_service(
        self,
        path: &Path,
        beside: Option<RuleSource>,
    ) -> Result<(Service, Vec<Case>), String> {
        let policy = match (beside, self.files) {
            (None, None) => PolicyFiles::None,
            (None, Some(Spelled(files))) => PolicyFiles::Files(files_of("files", &files)?),
            (Some(RuleSource::Rules(rules)), None) => PolicyFiles::Rules(plain(rules)?),
            (Some(RuleSource::Text(bytes)), None) => PolicyFiles::Text(bytes),
            (Some(RuleSource::Policy { path, bytes }), None) => PolicyFiles::Path { path, bytes },
            (Some(_), _) => return Err("`files` cannot stand beside `rules`, `text` or `policy`".to_owned()),
        };
        let checks = self.checks.unwrap_or_default().into_iter().enumerate();
        let remote = self.remote.unwrap_or_default();
        let mut service = Service {
            registered: self
                .registered
                .map_or(Ok(Registered::default()), |given| registered(path, given.0))?,
            policy,
            options: self.options.unwrap_or_default(),
            setup: self.enforcer.unwrap_or_default(),
            remote,
            checks: checks.map(|(index, stub)| stub.read(index)).collect::<Result<_, _>>()?,
            steps: Vec::new(),
        };
        let mut cases = Vec::new();
        for (index, step) in self.steps.unwrap_or_default().into_iter().enumerate() {
            let (name, expect) = (step.name.clone(), step.expect.clone());
            let step = step.read().map_err(|message| format!("steps[{index}]: {message}"))?;
            if matches!(step, Step::Call(_)) {
                let request = Request::step(index);
                cases.push(Case { name, request, expect, stated: None, quote: None });
            } else if name.is_some() || expect.is_some() {
                return Err(format!("steps[{index}]: only a call has a name and an expectation"));
            }
            service.steps.push(step);
        }
        Ok((service, cases))
    }
}

fn registered(path: &Path, given: Value) -> Result<Registered, String> {
    match given {
        Value::List(defaults) => Ok(Registered { path: None, defaults }),
        Value::Str(text) => {
            let name = text.as_text().ok_or("registered: no path")?.to_owned();
            let bytes = read_beside(path, &name).map_err(|error| format!("registered: {error}"))?;
            let file: DefaultsFile =
                serde_yaml::from_slice(&bytes).map_err(|error| format!("registered: {name}: {error}"))?;
            let defaults = file.defaults.into_iter().map(|Spelled(value)| value).collect();
            Ok(Registered { path: Some(name), defaults })
        }
        _ => Err("registered: neither a list of defaults nor the path of a defaults file".to_owned()),
    }
}

/// Rules that JSON can say.
fn plain(rules: Vec<(String, Value)>) -> Result<Vec<(String, Value)>, String> {
    for (name, value) in &rules {
        let mut json = String::new();
        write_json(&Value::list([Value::dict([(name.as_str(), value.clone())])]), &mut json);
        // Within a string the quote would be escaped.
        if json.contains("{\"$") {
            return Err(format!(
                "rules: {name}: no JSON, and a policy file is wanted: write `text` or `files`"
            ));
        }
    }
    Ok(rules)
}

fn files_of(key: &str, value: &Value) -> Result<Vec<(String, Vec<u8>)>, String> {
    let Value::Dict(files) = value else { return Err(format!("{key}: no mapping of paths to texts")) };
    let file = |(path, text): (&Value, &Value)| {
        let Value::Str(path) = path else { return Err(format!("{key}: a path is no text")) };
        let path = path.as_text().ok_or(format!("{key}: a path is no text"))?;
        is_path(path).map_err(|message| format!("{key}: {message}"))?;
        Ok((path.to_owned(), file_bytes(text)?))
    };
    files.iter().map(file).collect()
}

fn is_path(path: &str) -> Result<(), String> {
    problem(path).map_or(Ok(()), |problem| Err(format!("{path}: {problem}")))
}

/// One of [`RAISED`], by its name.
fn raised(class: &ClassName) -> Result<ExceptionClass, String> {
    let known = RAISED.into_iter().find(|known| known.name() == class.as_str());
    known.ok_or_else(|| format!("{class} is none of {}", RAISED.map(|class| class.name()).join(", ")))
}

impl RawStub {
    fn read(self, index: usize) -> Result<Stub, String> {
        let answer = match (self.returns, self.raise) {
            (Some(Spelled(value)), None) => StubAnswer::Returns(value),
            (None, Some(class)) => StubAnswer::Raises(
                raised(&class).map_err(|error| format!("checks[{index}]: raise: {error}"))?,
            ),
            _ => return Err(format!("checks[{index}]: exactly one of `returns` and `raise` is needed")),
        };
        Ok(Stub { kind: self.kind, answer, legacy: self.legacy })
    }
}

impl RawStep {
    fn read(self) -> Result<Step, String> {
        let asked = [
            self.rule.is_some(),
            self.check.is_some(),
            self.creds.is_some(),
            self.target.is_some(),
            self.do_raise.is_some(),
            self.exc.is_some(),
            self.scope_types.is_some(),
            self.force.is_some(),
        ];
        let mtime = match self.mtime {
            None | Some(RawMtime::Later) => Mtime::Later,
            Some(RawMtime::Same) => Mtime::Same,
            Some(RawMtime::Older) => Mtime::Older,
        };
        match (&self.write, &self.remove, self.call) {
            (Some(Spelled(files)), None, None) if !asked.contains(&true) => {
                Ok(Step::Write { files: files_of("write", files)?, mtime })
            }
            (None, Some(path), None) if !asked.contains(&true) => {
                is_path(path)?;
                Ok(Step::Remove { path: path.clone(), mtime })
            }
            (None, None, Some(call)) if self.mtime.is_none() => self.call(call).map(Step::Call),
            _ => Err("exactly one of `write`, `remove` and `call`, and what belongs to it".to_owned()),
        }
    }

    fn call(self, call: RawCall) -> Result<Call, String> {
        let do_raise = self.do_raise.unwrap_or_default();
        let has_request = self.creds.is_some() || self.target.is_some() || self.exc.is_some();
        let raises = match self.exc {
            None => do_raise.then_some(ExceptionClass::PolicyNotAuthorized),
            Some(class) if do_raise => Some(raised(&class).map_err(|error| format!("exc: {error}"))?),
            Some(_) => return Err("`exc` says what `do_raise` raises".to_owned()),
        };
        let ask = match (self.rule, self.check) {
            (Some(rule), None) => Some(Ask::Rule(rule)),
            (None, Some(check)) => Some(Ask::Check(check)),
            (None, None) => None,
            (Some(_), Some(_)) => return Err("`rule` and `check` exclude each other".to_owned()),
        };
        let scope_types = self.scope_types.unwrap_or_default();
        if !scope_types.is_empty() && !matches!((&call, &ask), (RawCall::Enforce, Some(Ask::Check(_)))) {
            return Err("only a `check` that is enforced has `scope_types` of its own".to_owned());
        }
        let request = |ask| {
            let value = |given: Option<Spelled>| given.unwrap_or_else(empty_mapping).0;
            Request { ask, creds: value(self.creds), target: value(self.target) }
        };
        match (call, ask, self.force) {
            (RawCall::Enforce, Some(ask), None) => {
                Ok(Call::Enforce { request: request(ask), raises, scope_types })
            }
            (RawCall::Authorize, Some(ask @ Ask::Rule(_)), None) => {
                Ok(Call::Authorize { request: request(ask), raises })
            }
            (RawCall::CheckRules, None, None) if !has_request => Ok(Call::CheckRules { do_raise }),
            (RawCall::LoadRules, None, force) if !has_request && self.do_raise.is_none() => {
                Ok(Call::LoadRules { force: force.unwrap_or_default() })
            }
            (RawCall::Enforce, ..) => Err("enforce takes exactly one of `rule` and `check`".to_owned()),
            (RawCall::Authorize, ..) => Err("authorize takes a `rule`".to_owned()),
            (RawCall::CheckRules, ..) => Err("check_rules takes nothing but `do_raise`".to_owned()),
            (RawCall::LoadRules, ..) => Err("load_rules takes nothing but `force`".to_owned()),
        }
    }
}
