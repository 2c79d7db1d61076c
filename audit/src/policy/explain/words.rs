//! What a check looked at, in words.

use assay_engine::oslo::Interrupt;
use assay_engine::oslo::explain::{CredsValue, Fact, Leads, Looked, Step, StepOutcome, Wanted};
use assay_engine::oslo::python::Value;

use crate::policy::value::json;

/// An exception, or that there is no answer.
fn class(interrupt: Interrupt) -> String {
    match interrupt {
        Interrupt::Raised(class) => class.name().to_owned(),
        other => other.to_string(),
    }
}

/// Why a step came out as it did, if there is more to say than what its children say.
pub(super) fn reason(step: &Step) -> Option<String> {
    if step.outcome == StepOutcome::NotReached {
        return None;
    }
    match &step.fact {
        Fact::Constant(_) | Fact::Not | Fact::And | Fact::Or => None,
        Fact::Custom => Some("a check of the service's own".to_owned()),
        Fact::Reference(reference) => match &reference.leads {
            Leads::Own => None,
            Leads::DefaultRule => Some("no such rule: the default rule answers".to_owned()),
            Leads::Undefined => Some("no such rule".to_owned()),
            Leads::Shown(_) => Some("as above".to_owned()),
            Leads::Cycle => Some("a cycle of references".to_owned()),
            Leads::NotFollowed => Some("too deep for Python".to_owned()),
        },
        Fact::Role { wanted, roles } => Some(role(step, wanted, roles.as_ref())),
        Fact::Match { wanted, looked } => Some(compared(wanted, looked)),
        Fact::Remote { url } => Some(match &url.text {
            Ok(Some(url)) => format!("the server at {url} decides"),
            _ => target(url).unwrap_or_else(|| "the address cannot be made".to_owned()),
        }),
    }
}

fn role(step: &Step, wanted: &Wanted, roles: Option<&Value>) -> String {
    if wanted.missing().is_some() {
        return target(wanted).unwrap_or_default();
    }
    let wanted = wanted.text.as_ref().ok().and_then(Option::as_ref).map(ToString::to_string);
    let name = wanted.unwrap_or_default();
    match (roles, step.outcome) {
        (None, _) => "creds have no \"roles\"".to_owned(),
        (Some(_), StepOutcome::Decided(true)) => format!("creds.roles has {name:?}"),
        (Some(Value::List(roles)), StepOutcome::Decided(false)) if roles.is_empty() => {
            "creds.roles is empty".to_owned()
        }
        (Some(roles), StepOutcome::Decided(false)) => format!("creds.roles is {}", json(roles)),
        (Some(roles), _) => format!("creds.roles is {}, no list of texts", json(roles)),
    }
}

/// Both sides of a comparison.
fn compared(wanted: &Wanted, looked: &Looked) -> String {
    let left = match looked {
        Looked::Literal(_) => None,
        Looked::Raises(class) => return format!("the kind is no Python expression: {class}"),
        Looked::Creds(creds) => Some(found(creds)),
    };
    let plain = wanted.template.as_text().is_some_and(|text| !text.contains('%'));
    let right = match (&wanted.text, target(wanted)) {
        (Err(interrupt), of) => {
            let of = of.map(|of| format!("{of}, ")).unwrap_or_default();
            Some(format!("{of}and the format {:?} raises {}", wanted.template.masked(), class(*interrupt)))
        }
        (Ok(_), of) if of.is_some() => of,
        (Ok(Some(text)), None) if !plain => Some(format!("the match comes to {:?}", text.masked())),
        _ => None,
    };
    let sides: Vec<String> = left.into_iter().chain(right).collect();
    if sides.is_empty() { "both are texts of the rule".to_owned() } else { sides.join(", ") }
}

/// What creds hold at a path.
fn found(creds: &CredsValue) -> String {
    let CredsValue { path, found, missing, blocked } = creds;
    if let Some((at, value)) = blocked {
        let at = if at.is_empty() { String::new() } else { format!(".{at}") };
        return format!("creds{at} is {}, which nothing can be looked up in", json(value));
    }
    match (found.as_slice(), missing) {
        ([], Some(missing)) => format!("creds have no {missing:?}"),
        ([], None) => format!("creds.{path} is an empty list"),
        ([value], _) => format!("creds.{path} is {}", json(value)),
        (values, _) => {
            let values: Vec<String> = values.iter().map(|value| json(value).to_string()).collect();
            format!("creds.{path} is one of {}", values.join(", "))
        }
    }
}

/// What the target holds for the keys of a match.
fn target(wanted: &Wanted) -> Option<String> {
    if let Some(missing) = wanted.missing() {
        return Some(format!("the target has no {missing:?}"));
    }
    let key = |(key, value): &(String, Option<Value>)| {
        value.as_ref().map(|value| format!("target.{key} is {}", json(value)))
    };
    let keys: Vec<String> = wanted.keys.iter().filter_map(key).collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}
