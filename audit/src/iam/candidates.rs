//! Requests made of what documents name: for every pattern a text that fits it, for every value itself and its
//! neighbours, and beside them something that nobody names.

use std::collections::{BTreeMap, BTreeSet};

use assay_case::iam::ims;
use assay_engine::iam::{
    Comparison, Context, ContextValue, Document, Request, ResourcePattern, Urn, Version,
};

/// How many requests are made for one action at most. Past it keys vary one and two at a time, and not all together.
const LIMIT: usize = 4096;

/// What varies in requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    actions: BTreeSet<String>,
    urns: BTreeSet<String>,
    keys: BTreeMap<String, Vec<ContextValue>>,
}

/// A text that fits a pattern and that nobody would write.
fn concrete(pattern: &str) -> String {
    pattern.replace('*', "zz").replace('?', "z")
}

impl Candidates {
    /// What some documents name.
    pub(crate) fn of<'d>(documents: impl IntoIterator<Item = &'d Document>) -> Self {
        let mut found = Self::default();
        let mut v1 = false;
        for document in documents {
            v1 |= document.version != Version::V5_0;
            for statement in &document.statements {
                let patterns = statement.actions.iter().flat_map(|actions| &actions.patterns);
                for pattern in patterns {
                    found.actions.insert(concrete(pattern.value.as_str()));
                }
                for resource in statement.resources.iter().flatten() {
                    if let ResourcePattern::Urn(urn) = &resource.value {
                        found.urns.insert(concrete(urn.as_str()));
                    }
                }
                for condition in &statement.conditions {
                    found.condition(condition);
                }
            }
        }
        let catalogue = ims();
        found.actions.extend(catalogue.actions().iter().map(|action| action.name.clone()));
        if v1 {
            found.actions.extend(catalogue.apis_v1().iter().map(|api| api.action.clone()));
        }
        found.actions.retain(|action| action.split(':').count() == 3);
        found.actions.insert("zz:zz:zz".to_owned());
        // Of every URN a neighbour that differs in one segment.
        let own: Vec<String> = found.urns.iter().cloned().collect();
        for urn in own {
            let parts: Vec<&str> = urn.splitn(5, ':').collect();
            for index in 1..5 {
                let mut other: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                other[index].push('y');
                found.urns.insert(other.join(":"));
            }
        }
        found
    }

    fn condition(&mut self, condition: &assay_engine::iam::Condition) {
        let comparison = condition.operator.base.comparison;
        let facts = ims().key(&condition.key);
        let several = facts.map_or(condition.operator.qualifier.is_some(), |facts| facts.multivalued);
        let mut values: Vec<String> = Vec::new();
        if comparison.is_presence() {
            values.push("zz".to_owned());
        }
        for value in &condition.values {
            let value = value.value.as_str();
            values.extend(match comparison {
                _ if comparison.is_presence() => Vec::new(),
                Comparison::Match => vec![concrete(value)],
                Comparison::Bool => vec!["true".to_owned(), "false".to_owned()],
                Comparison::IpAddress => {
                    vec![value.split('/').next().unwrap_or(value).to_owned(), "203.0.113.9".to_owned()]
                }
                Comparison::DateLess
                | Comparison::DateLessEquals
                | Comparison::DateGreater
                | Comparison::DateGreaterEquals => {
                    vec![
                        value.to_owned(),
                        "1970-01-01T00:00:00Z".to_owned(),
                        "9000-01-01T00:00:00Z".to_owned(),
                    ]
                }
                _ if comparison.value_type() == Some(assay_engine::iam::ValueType::Number) => {
                    vec![value.to_owned(), "-99999999".to_owned(), "99999999".to_owned()]
                }
                _ => vec![value.to_owned(), format!("{value}z"), value.to_uppercase()],
            });
        }
        if matches!(comparison.value_type(), Some(assay_engine::iam::ValueType::String)) {
            values.push("zzz".to_owned());
        }
        let known = self.keys.entry(condition.key.clone()).or_default();
        let mut add = |value: ContextValue| {
            if !known.contains(&value) {
                known.push(value);
            }
        };
        for value in &values {
            add(if several {
                ContextValue::Many(vec![value.clone()])
            } else {
                ContextValue::One(value.clone())
            });
        }
        if several {
            for pair in values.windows(2) {
                add(ContextValue::Many(pair.to_vec()));
            }
        }
    }

    /// Every action that there is or that a document's pattern stands for.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(String::as_str)
    }

    /// Requests for an action.
    pub(crate) fn requests(&self, action: &str) -> Vec<Request> {
        let plain = ims().action(action).is_some_and(|facts| facts.resource_types.is_empty());
        let service = action.split(':').next().unwrap_or_default();
        let mut urns: Vec<Option<Urn>> = vec![None];
        if !plain {
            let own = self.urns.iter().filter(|urn| urn.split(':').next() == Some(service));
            urns.extend(own.filter_map(|urn| urn.parse().ok()).map(Some));
        }
        let keys: Vec<(&String, &Vec<ContextValue>)> =
            self.keys.iter().filter(|(key, _)| !ims().is_unlisted(action, key)).collect();
        let contexts = contexts(&keys, LIMIT / urns.len().max(1));
        let request = |urn: &Option<Urn>, context: &Context| {
            let request = Request::action(action).with(context.clone());
            match urn {
                Some(urn) => request.on(urn.clone()),
                None => request,
            }
        };
        // Short requests first, since the first that shows something is shown.
        contexts.iter().flat_map(|context| urns.iter().map(move |urn| request(urn, context))).collect()
    }
}

/// Contexts: all combinations if they are few; else each key alone, and each two keys.
fn contexts(keys: &[(&String, &Vec<ContextValue>)], limit: usize) -> Vec<Context> {
    let with =
        |context: &Context, key: &str, value: &ContextValue| context.clone().with_value(key, value.clone());
    let all = keys.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len() + 1));
    let mut contexts = vec![Context::default()];
    if all.is_some_and(|all| all <= limit) {
        for (key, values) in keys {
            for index in 0..contexts.len() {
                let longer: Vec<Context> =
                    values.iter().map(|value| with(&contexts[index], key, value)).collect();
                contexts.extend(longer);
            }
        }
        contexts.sort_by_key(|context| context.iter().count());
        return contexts;
    }
    for (index, (key, values)) in keys.iter().enumerate() {
        for value in *values {
            let one = with(&Context::default(), key, value);
            contexts.push(one.clone());
            for (other, others) in &keys[index + 1..] {
                contexts.extend(others.iter().map(|value| with(&one, other, value)));
            }
        }
    }
    // And every key at its first value, for statements with many conditions.
    let full = keys.iter().filter_map(|(key, values)| Some((key, values.first()?)));
    contexts.push(full.fold(Context::default(), |context, (key, value)| with(&context, key, value)));
    contexts.truncate(limit.max(2));
    contexts
}
