//! From the file's form to a document.

use std::path::Path;

use assay_engine::iam::{By, Circumstance, Context, ContextValue, Denial, Profile, Switch, Use};
use serde_json::{Map, Value};

use super::document::{Ask, Case, Document, Expect, Expectation, Node, Policy, Principal};
use crate::document::Source;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDocument {
    #[allow(dead_code, reason = "it was looked at before the document was read as one of this kind")]
    kind: String,
    about: Option<String>,
    source: Source,
    profile: Option<String>,
    #[serde(default)]
    switches: Map<String, Value>,
    #[serde(default)]
    organization: Vec<RawNode>,
    #[serde(default)]
    principal: RawPrincipal,
    cases: Vec<RawCase>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNode {
    node: String,
    scps: Vec<Value>,
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "the members of the file")]
struct RawPrincipal {
    root_user: bool,
    management_account: bool,
    service_linked_agency: bool,
    token: bool,
    roles: Vec<Value>,
    policies: Vec<Value>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: Option<String>,
    action: Option<String>,
    api: Option<String>,
    #[serde(default)]
    circumstances: Vec<String>,
    #[serde(default)]
    dependencies: bool,
    document: Option<Value>,
    #[serde(rename = "as")]
    use_: Option<String>,
    resource: Option<String>,
    #[serde(default)]
    context: Map<String, Value>,
    expect: Option<Value>,
    by: Option<String>,
    node: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    quote: Option<String>,
}

impl RawDocument {
    pub(crate) fn into_document(
        self,
        path: &Path,
        line: usize,
        comment: Vec<String>,
    ) -> Result<Document, String> {
        // The oracles of this kind are not Python's.
        if self.source.oracle.is_none()
            && let Some(problem) = self.source.problem()
        {
            return Err(problem.to_owned());
        }
        if let Some(profile) = self.profile.as_ref().filter(|profile| Profile::named(profile).is_none()) {
            return Err(format!("no profile is called {profile:?}"));
        }
        let cases = self.cases.into_iter().enumerate();
        let cases =
            cases.map(|(index, case)| case.into_case().map_err(|error| format!("cases[{index}]: {error}")));
        Ok(Document {
            file: path.to_owned(),
            line,
            comment,
            about: self.about,
            source: self.source,
            profile: self.profile,
            switches: self.switches.iter().map(switch).collect::<Result<_, _>>()?,
            organization: self.organization.into_iter().map(RawNode::into_node).collect::<Result<_, _>>()?,
            principal: self.principal.into_principal()?,
            cases: cases.collect::<Result<_, _>>()?,
        })
    }
}

fn switch((name, setting): (&String, &Value)) -> Result<(Switch, bool), String> {
    let switch = Switch::named(name).ok_or_else(|| format!("no switch is called {name:?}"))?;
    let setting = setting.as_bool().ok_or_else(|| format!("switches: {name}: neither true nor false"))?;
    Ok((switch, setting))
}

impl RawNode {
    fn into_node(self) -> Result<Node, String> {
        Ok(Node { node: self.node, scps: policies(self.scps)? })
    }
}

impl RawPrincipal {
    fn into_principal(self) -> Result<Principal, String> {
        Ok(Principal {
            root_user: self.root_user,
            management_account: self.management_account,
            service_linked_agency: self.service_linked_agency,
            token: self.token,
            roles: policies(self.roles)?,
            policies: policies(self.policies)?,
        })
    }
}

fn policies(values: Vec<Value>) -> Result<Vec<Policy>, String> {
    values.into_iter().map(policy).collect()
}

/// A document as a mapping, or as a text that begins with a brace; any other text is a name.
fn policy(value: Value) -> Result<Policy, String> {
    match value {
        Value::String(text) if text.trim_start().starts_with('{') => Ok(Policy::Text(text)),
        Value::String(name) => Ok(Policy::Named(name)),
        value @ Value::Object(_) => Ok(Policy::Text(value.to_string())),
        other => Err(format!("neither the name of a policy nor a policy: {other}")),
    }
}

impl RawCase {
    fn into_case(self) -> Result<Case, String> {
        let needs_api = !self.circumstances.is_empty() || self.dependencies;
        let ask = match (self.action, self.api, self.document) {
            (Some(action), None, None) if !needs_api && self.use_.is_none() => Ask::Action(action),
            (None, Some(call), None) if self.use_.is_none() => {
                let named = |name: &String| {
                    Circumstance::named(name).ok_or_else(|| format!("no circumstance is called {name:?}"))
                };
                let circumstances = self.circumstances.iter().map(named).collect::<Result<_, _>>()?;
                Ask::Api { call, circumstances, dependencies: self.dependencies }
            }
            (None, None, Some(document)) if !needs_api => {
                let text = match document {
                    Value::String(text) => text,
                    value => value.to_string(),
                };
                let use_ = match self.use_.as_deref() {
                    None => None,
                    Some(name) => {
                        Some(Use::named(name).ok_or_else(|| format!("as: no use is called {name:?}"))?)
                    }
                };
                Ask::Document { text, use_ }
            }
            _ => {
                return Err("exactly one of `action`, `api` (with `circumstances`, `dependencies`) and \
                            `document` (with `as`) is needed"
                    .to_owned());
            }
        };
        let mut context = Context::default();
        for (key, value) in &self.context {
            context = context.with_value(key, context_value(key, value)?);
        }
        let expect = match &self.expect {
            None => None,
            Some(expect) => {
                let place = self.line.zip(self.column);
                Some(read_expect(expect, self.by.as_deref(), self.node.as_deref(), place)?)
            }
        };
        Ok(Case { name: self.name, ask, resource: self.resource, context, expect, quote: self.quote })
    }
}

fn context_value(key: &str, value: &Value) -> Result<ContextValue, String> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    let read = match value {
        Value::Null => Some(ContextValue::Null),
        Value::Array(items) => items.iter().map(scalar).collect::<Option<_>>().map(ContextValue::Many),
        value => scalar(value).map(ContextValue::One),
    };
    read.ok_or_else(|| format!("context: {key}: neither a value nor a list of values"))
}

/// `by` and `node` stand beside `expect`, or within it.
fn read_expect(
    expect: &Value,
    by: Option<&str>,
    node: Option<&str>,
    place: Option<(usize, usize)>,
) -> Result<Expect, String> {
    let within = |key: &str| expect.get(key).and_then(Value::as_str);
    let outcome = match expect {
        Value::String(word) => match word.as_str() {
            "allow" => Some(Expectation::Allow),
            "deny" => Some(Expectation::Deny(None)),
            "valid" => Some(Expectation::Valid),
            "undecided" => Some(Expectation::Undecided),
            _ => None,
        },
        Value::Object(members) => {
            let known = |key: &String| ["deny", "invalid", "by", "node"].contains(&key.as_str());
            if let Some(key) = members.keys().find(|key| !known(key)) {
                return Err(format!("expect: unknown key {key:?}"));
            }
            match (within("deny"), members.get("invalid")) {
                (Some("explicit"), None) => Some(Expectation::Deny(Some(Denial::Explicit))),
                (Some("implicit"), None) => Some(Expectation::Deny(Some(Denial::Implicit))),
                (None, Some(Value::String(name))) => Some(Expectation::Invalid(vec![name.clone()])),
                (None, Some(Value::Array(names))) => {
                    let name = |name: &Value| name.as_str().map(str::to_owned);
                    let mut names: Option<Vec<String>> = names.iter().map(name).collect();
                    names.iter_mut().for_each(|names| names.sort());
                    names.map(Expectation::Invalid)
                }
                _ => None,
            }
        }
        _ => None,
    };
    let outcome = outcome.ok_or_else(|| format!("expect: not an outcome: {expect}"))?;
    let by = match by.or_else(|| within("by")) {
        None => None,
        Some(name) => {
            let kinds = [By::Scp, By::Identity, By::RootUser];
            let kind = kinds.into_iter().find(|kind| kind.name() == name);
            Some(kind.ok_or_else(|| format!("by: neither scp nor identity: {name:?}"))?)
        }
    };
    let node = node.or_else(|| within("node")).map(str::to_owned);
    Ok(Expect { outcome, by, node, place })
}
