//! Cedar: principal and resource as entities with the attributes of creds and target, `Authorizer::is_authorized` on a
//! request and a store that are built beforehand. The policy set holds the rules that are asked for and no others.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use assay_scenarios::{Attributes, Bench, Policy, Request, Scenario};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, RestrictedExpression,
};
use serde_json::Value;

use super::folded;
use crate::generated;
use crate::subject::{Asked, Prepared, Subject, clocked, timed, version};

pub(crate) struct Cedar;

impl Subject for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    fn about(&self) -> String {
        format!("crate cedar-policy {}, Authorizer::is_authorized", version("cedar-policy"))
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        let text = match bench.policy.name.as_str() {
            "glance" => include_str!("../../translations/glance.cedar").to_owned(),
            "cinder" => include_str!("../../translations/cinder.cedar").to_owned(),
            "nova-size" => include_str!("../../translations/nova-size.cedar").to_owned(),
            name if name.ends_with(" rules") => generated::cedar(&bench.policy)?,
            _ => return Err("Cedar's policies do not refer to one another".to_owned()),
        };
        let policies = PolicySet::from_str(&text).map_err(|error| error.to_string())?;
        Ok(Box::new(Loaded { policies, authorizer: Authorizer::new() }))
    }

    fn loads(&self, policy: &Policy, _: &Path) -> Result<Vec<(&'static str, Duration)>, String> {
        let text = generated::cedar(policy)?;
        let load = || PolicySet::from_str(&text).map_err(|error| error.to_string());
        Ok(vec![("cedar-policy: PolicySet::from_str of a translation", clocked(load)?)])
    }
}

struct Loaded {
    policies: PolicySet,
    authorizer: Authorizer,
}

impl Prepared for Loaded {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let uid = |kind: &str, id: &str| {
            EntityUid::from_str(&format!("{kind}::{id:?}")).map_err(|error| said(&error))
        };
        let (principal, resource) = (uid("User", "caller")?, uid("Object", "target")?);
        let entity = |uid: &EntityUid, attributes: &Attributes| {
            Entity::new(uid.clone(), members(attributes), HashSet::new()).map_err(|error| said(&error))
        };
        let entities = [entity(&principal, &folded(&request.creds))?, entity(&resource, &request.target)?];
        let entities = Entities::from_entities(entities, None).map_err(|error| said(&error))?;
        let asked = cedar_policy::Request::new(
            principal,
            uid("Action", &scenario.rule)?,
            resource,
            Context::empty(),
            None,
        );
        let asked = asked.map_err(|error| said(&error))?;
        Ok(Box::new(move |loops| {
            timed(loops, || {
                let response =
                    self.authorizer.is_authorized(black_box(&asked), &self.policies, black_box(&entities));
                response.decision() == Decision::Allow
            })
        }))
    }
}

/// Attributes as Cedar has them: it knows no null, so that what is `None` is absent; a list is a set.
fn members(attributes: &Attributes) -> HashMap<String, RestrictedExpression> {
    attributes.iter().filter_map(|(key, value)| Some((key.clone(), expression(value)?))).collect()
}

fn expression(value: &Value) -> Option<RestrictedExpression> {
    Some(match value {
        Value::String(text) => RestrictedExpression::new_string(text.clone()),
        Value::Bool(value) => RestrictedExpression::new_bool(*value),
        Value::Number(number) => RestrictedExpression::new_long(number.as_i64()?),
        Value::Array(items) => RestrictedExpression::new_set(items.iter().filter_map(expression)),
        Value::Null | Value::Object(_) => return None,
    })
}
