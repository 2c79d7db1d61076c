//! Policies as the crate `iam-rs` takes them: those of AWS, whose conditions Huawei's are modelled on.

use assay_case::iam::{Ask, Case, Document, Expect, Expectation};
use assay_engine::iam::{Comparison, ContextValue, Denial, Operator};
use assay_generate::iam::Capability;
use iam_rs::{
    Arn, Context, ContextValue as Theirs, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal,
    PrincipalId,
};
use serde_json::{Map, Value, json};

use super::{Oracle, statements, texts};

/// The crate `iam-rs`.
#[derive(Clone, Copy, Debug)]
pub struct IamRs;

impl Oracle for IamRs {
    fn name(&self) -> &'static str {
        "iam-rs 0.8"
    }

    /// It has no levels of SCPs. Of the operators it has AWS's: none of affixes, no `IfExists` behind a qualifier;
    /// and two of ours that are one of theirs could not stand in one block, so the `…AnyOf` forms stay out. Of the
    /// values of `Null` it reads the first alone.
    fn capability(&self) -> Capability {
        let everything = Capability::everything();
        let known = |operator: &Operator| theirs(operator).is_some();
        Capability {
            name: "iam-rs",
            organization: false,
            root_user: false,
            type_wildcards: false,
            null_of_both: false,
            operators: everything.operators.iter().copied().filter(known).collect(),
            ..everything
        }
    }

    fn answers(&self, world: &Document) -> Result<Vec<Expect>, String> {
        let policies = world.principal.policies.iter().map(policy).collect::<Result<Vec<_>, _>>()?;
        let evaluator = PolicyEvaluator::with_policies(policies);
        let answer = |case: &Case| {
            let result = evaluator.evaluate(&request(case)?).map_err(|error| format!("{error:?}"))?;
            Ok(Expect::from(match result.decision {
                Decision::Allow => Expectation::Allow,
                Decision::Deny => Expectation::Deny(Some(Denial::Explicit)),
                Decision::NotApplicable => Expectation::Deny(Some(Denial::Implicit)),
            }))
        };
        world.cases.iter().map(answer).collect()
    }
}

/// AWS's name of an operator.
fn theirs(operator: &Operator) -> Option<String> {
    if operator.qualifier.is_some() && operator.if_exists || operator.base.name.ends_with("AnyOf") {
        return None;
    }
    let name = match operator.base.comparison {
        Comparison::Contains
        | Comparison::StartWith
        | Comparison::EndWith
        | Comparison::IsNull
        | Comparison::IsNotNull
        | Comparison::IsNullOrEmpty => return None,
        Comparison::Match => operator.base.name.replace("Match", "Like"),
        _ => operator.base.name.replace("Number", "Numeric"),
    };
    let prefix = operator.qualifier.map_or("", |qualifier| qualifier.prefix());
    Some(format!("{prefix}{name}{}", if operator.if_exists { "IfExists" } else { "" }))
}

fn policy(policy: &assay_case::iam::Policy) -> Result<IAMPolicy, String> {
    let mut translated = Vec::new();
    for statement in statements(policy)? {
        let mut members = Map::new();
        members.insert("Effect".to_owned(), statement["Effect"].clone());
        for element in ["Action", "NotAction"] {
            if let Some(actions) = statement.get(element) {
                members.insert(element.to_owned(), actions.clone());
            }
        }
        let resources: Vec<String> = match statement.get("Resource") {
            None => vec!["*".to_owned()],
            Some(resources) => texts(resources).map(arn).collect(),
        };
        members.insert("Resource".to_owned(), json!(resources));
        let mut block = Map::new();
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            let named = Operator::named(operator).and_then(|operator| theirs(&operator));
            block.insert(named.ok_or_else(|| format!("{operator} has no translation"))?, keys.clone());
        }
        if !block.is_empty() {
            members.insert("Condition".to_owned(), Value::Object(block));
        }
        translated.push(Value::Object(members));
    }
    let document = json!({"Version": "2012-10-17", "Statement": translated}).to_string();
    IAMPolicy::from_json(&document).map_err(|error| format!("{document}: {error}"))
}

fn arn(urn: &str) -> String {
    if urn == "*" { urn.to_owned() } else { format!("arn:aws:{urn}") }
}

fn request(case: &Case) -> Result<IAMRequest, String> {
    let Ask::Action(action) = &case.ask else { return Err("no action is asked for".to_owned()) };
    // A request always names a resource there; this one fits no URN of ours.
    let resource = case.resource.as_deref().map_or_else(|| "arn:aws:none:::none".to_owned(), arn);
    let resource = Arn::parse(&resource).map_err(|error| format!("{resource}: {error}"))?;
    let mut context = Context::new();
    for (key, value) in case.context.iter() {
        let value = match value {
            // To every operator a set without values is a missing key.
            ContextValue::Null => continue,
            ContextValue::Many(values) if values.is_empty() => continue,
            ContextValue::Many(values) => Theirs::StringList(values.clone()),
            ContextValue::One(value) if value == "true" || value == "false" => {
                Theirs::Boolean(value == "true")
            }
            ContextValue::One(value) => Theirs::String(value.clone()),
        };
        context.insert(key.to_owned(), value);
    }
    let principal =
        Principal::Aws(PrincipalId::String("arn:aws:iam::000000000001:user/principal".to_owned()));
    Ok(IAMRequest::new_with_context(principal, action.as_str(), resource, context))
}
