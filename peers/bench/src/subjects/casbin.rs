//! casbin: the rule as a matcher over the attributes of subject and object (its ABAC), one enforcer for each rule.
//! Subject and object are maps of its expression language that are built beforehand. It takes its arguments by value, so
//! that they are copied for each decision; they hold what the matcher reads and nothing else.

use std::hint::black_box;

use assay_scenarios::{Attributes, Bench, Request, Scenario};
use casbin::rhai::{Dynamic, Map};
use casbin::{CoreApi as _, DefaultModel, Enforcer, NullAdapter};
use serde_json::Value;

use super::folded;
use crate::subject::{Asked, Prepared, Subject, timed, version};

pub(crate) struct Casbin;

impl Subject for Casbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn about(&self) -> String {
        format!(
            "crate casbin {}, Enforcer::enforce with a matcher over attributes, not cached",
            version("casbin")
        )
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        match bench.policy.name.as_str() {
            "glance" | "cinder" | "nova-size" => Ok(Box::new(Loaded)),
            _ => Err("a matcher is one expression: casbin has no rules that have names".to_owned()),
        }
    }
}

struct Loaded;

fn model(scenario: &str) -> Option<&'static str> {
    Some(match scenario {
        "glance get_image" => include_str!("../../translations/glance-get_image.conf"),
        "glance add_image" => include_str!("../../translations/glance-add_image.conf"),
        "glance modify_image" => include_str!("../../translations/glance-modify_image.conf"),
        "cinder volume:get" => include_str!("../../translations/cinder-volume-get.conf"),
        "nova-size show" => include_str!("../../translations/nova-size-show.conf"),
        "nova-size update" => include_str!("../../translations/nova-size-update.conf"),
        _ => return None,
    })
}

impl Prepared for Loaded {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let model = model(&scenario.name).ok_or("not translated")?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let enforcer = runtime
            .block_on(async { Enforcer::new(DefaultModel::from_str(model).await?, NullAdapter).await });
        let enforcer = enforcer.map_err(|error| error.to_string())?;
        let (subject, object) = (dynamic(&folded(&request.creds), model), dynamic(&request.target, model));
        Ok(Box::new(move |loops| {
            let mut failed = None;
            let timed = timed(loops, || {
                let asked = vec![black_box(&subject).clone(), black_box(&object).clone()];
                match enforcer.enforce(asked) {
                    Ok(allowed) => allowed,
                    Err(error) => {
                        failed = Some(error.to_string());
                        false
                    }
                }
            });
            failed.map_or(timed, Err)
        }))
    }
}

fn dynamic(attributes: &Attributes, model: &str) -> Dynamic {
    let read = attributes.iter().filter(|(key, _)| model.contains(&format!(".{key}")));
    let map: Map = read.map(|(key, value)| (key.as_str().into(), member(value))).collect();
    Dynamic::from_map(map)
}

fn member(value: &Value) -> Dynamic {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Bool(value) => Dynamic::from_bool(*value),
        Value::Number(number) => {
            Dynamic::from_int(number.as_i64().and_then(|number| number.try_into().ok()).unwrap_or_default())
        }
        Value::Array(items) => Dynamic::from_array(items.iter().map(member).collect()),
        Value::Null | Value::Object(_) => Dynamic::UNIT,
    }
}
