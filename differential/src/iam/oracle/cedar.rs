//! Worlds as Cedar policies: a Deny is a `forbid`, an Allow a `permit`, and a level of the organization a `forbid`
//! of what none of its Allows names. Nothing is permitted by default, and a `forbid` prevails: Cedar decides both.

use std::collections::HashSet;
use std::str::FromStr as _;

use assay_case::iam::{Ask, Case, Document, Expect, Expectation};
use assay_engine::iam::{By, Comparison, ContextValue, Denial, Operator, Qualifier};
use assay_generate::iam::Capability;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicyId, PolicySet, Request, Response,
    RestrictedExpression,
};
use serde_json::Value;

use super::{Oracle, statements, texts};

/// The crate `cedar-policy`.
#[derive(Clone, Copy, Debug)]
pub struct Cedar;

impl Oracle for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy 4.14"
    }

    /// Cedar's `like` has `*` only and its numbers are whole; it has no loop over a set, so a qualified operator
    /// is known where a set can be compared as a whole. Dates and addresses are left to the other engine.
    fn capability(&self) -> Capability {
        let everything = Capability::everything();
        let known = |operator: &Operator| match operator.base.comparison {
            Comparison::Equals | Comparison::EqualsIgnoreCase => true,
            Comparison::Match | Comparison::Contains | Comparison::StartWith | Comparison::EndWith => {
                operator.qualifier.is_none()
            }
            comparison => comparison.is_presence() || !is_dated(comparison),
        };
        Capability {
            name: "cedar",
            question_mark: false,
            decimals: false,
            operators: everything.operators.iter().copied().filter(known).collect(),
            ..everything
        }
    }

    fn answers(&self, world: &Document) -> Result<Vec<Expect>, String> {
        let translated = CedarWorld::new(world)?;
        world.cases.iter().map(|case| translated.answer(&translated.request(case)?)).collect()
    }
}

const fn is_dated(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::DateLess
            | Comparison::DateLessEquals
            | Comparison::DateGreater
            | Comparison::DateGreaterEquals
            | Comparison::IpAddress
    )
}

/// A world in Cedar's terms.
pub struct CedarWorld {
    policies: PolicySet,
    entities: Entities,
    authorizer: Authorizer,
    nodes: Vec<String>,
    caller: [EntityUid; 3],
    exempt: bool,
}

impl CedarWorld {
    /// Translates the organization and the policies of a world.
    ///
    /// # Errors
    /// A text that Cedar does not take.
    pub fn new(world: &Document) -> Result<Self, String> {
        let mut policies = PolicySet::new();
        let mut add = |id: &str, text: &str| {
            let policy = Policy::parse(Some(PolicyId::new(id)), text);
            let policy = policy.map_err(|error| format!("{text}: {error}"))?;
            policies.add(policy).map_err(|error| error.to_string())
        };
        for (level, node) in world.organization.iter().enumerate() {
            let mut allowed = vec!["false".to_owned()];
            for (index, statement) in collect(&node.scps)?.iter().enumerate() {
                let applies = applies(statement)?;
                if statement["Effect"] == "Allow" {
                    allowed.push(applies);
                } else {
                    let id = format!("{level} scp-deny {index}");
                    add(&id, &rule("forbid", &format!("!context.exempt && {applies}")))?;
                }
            }
            let missing = format!("!context.exempt && !({})", allowed.join(" || "));
            add(&format!("{level} scp-missing"), &rule("forbid", &missing))?;
        }
        for (index, statement) in collect(&world.principal.policies)?.iter().enumerate() {
            let allows = statement["Effect"] == "Allow";
            let (id, effect) = if allows { ("allow", "permit") } else { ("deny", "forbid") };
            add(&format!("- {id} {index}"), &rule(effect, &applies(statement)?))?;
        }
        if world.principal.root_user {
            add("- root", &rule("permit", "true"))?;
        }
        let caller = |name| EntityUid::from_str(name).map_err(|error| error.to_string());
        Ok(Self {
            policies,
            entities: Entities::empty(),
            authorizer: Authorizer::new(),
            nodes: world.organization.iter().map(|node| node.node.clone()).collect(),
            caller: [
                caller("User::\"principal\"")?,
                caller("Action::\"call\"")?,
                caller("Resource::\"any\"")?,
            ],
            exempt: world.principal.management_account || world.principal.service_linked_agency,
        })
    }

    /// Translates a request.
    ///
    /// # Errors
    /// A case that asks for no action.
    pub fn request(&self, case: &Case) -> Result<Request, String> {
        let Ask::Action(action) = &case.ask else { return Err("no action is asked for".to_owned()) };
        let (mut one, mut low, mut number) = (Vec::new(), Vec::new(), Vec::new());
        let (mut set, mut low_set) = (Vec::new(), Vec::new());
        for (key, value) in case.context.iter() {
            let values = match value {
                ContextValue::Null => continue,
                ContextValue::One(value) => {
                    one.push((key.to_owned(), string(value)));
                    low.push((key.to_owned(), string(&value.to_lowercase())));
                    if let Ok(value) = value.parse() {
                        number.push((key.to_owned(), RestrictedExpression::new_long(value)));
                    }
                    std::slice::from_ref(value)
                }
                // To every operator a set without values is a missing key.
                ContextValue::Many(values) if values.is_empty() => continue,
                ContextValue::Many(values) => values,
            };
            let collect = |values: Vec<String>| {
                RestrictedExpression::new_set(values.iter().map(|value| string(value)).collect::<Vec<_>>())
            };
            set.push((key.to_owned(), collect(values.to_vec())));
            low_set
                .push((key.to_owned(), collect(values.iter().map(|value| value.to_lowercase()).collect())));
        }
        let mut members = vec![
            ("action".to_owned(), string(&action.to_lowercase())),
            ("exempt".to_owned(), RestrictedExpression::new_bool(self.exempt)),
        ];
        for (name, values) in
            [("one", one), ("low", low), ("number", number), ("set", set), ("lowset", low_set)]
        {
            let record = RestrictedExpression::new_record(values).map_err(|error| error.to_string())?;
            members.push((name.to_owned(), record));
        }
        if let Some(urn) = &case.resource {
            let parts = SEGMENTS.iter().zip(urn.splitn(5, ':'));
            let parts = parts.map(|(name, part)| ((*name).to_owned(), string(part)));
            let urn = RestrictedExpression::new_record(parts).map_err(|error| error.to_string())?;
            members.push(("urn".to_owned(), urn));
        }
        let context = Context::from_pairs(members).map_err(|error| error.to_string())?;
        let [principal, action, resource] = self.caller.clone();
        Request::new(principal, action, resource, context, None).map_err(|error| error.to_string())
    }

    /// Decides a request, as Cedar says it.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Response {
        self.authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    /// Decides a request, as a case file says it: which policies forbid tells what decided.
    fn answer(&self, request: &Request) -> Result<Expect, String> {
        let response = self.decide(request);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        if response.decision() == Decision::Allow {
            return Ok(Expectation::Allow.into());
        }
        let reasons: HashSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        let first = |kind: &str| {
            (0..self.nodes.len())
                .find(|level| reasons.iter().any(|id| id.starts_with(&format!("{level} {kind}"))))
        };
        let denied = |denial, by, level: Option<usize>| Expect {
            by: Some(by),
            node: level.map(|level| self.nodes[level].clone()),
            ..Expect::from(Expectation::Deny(Some(denial)))
        };
        Ok(if let Some(level) = first("scp-deny") {
            denied(Denial::Explicit, By::Scp, Some(level))
        } else if let Some(level) = first("scp-missing") {
            denied(Denial::Implicit, By::Scp, Some(level))
        } else if reasons.iter().any(|id| id.starts_with("- deny")) {
            denied(Denial::Explicit, By::Identity, None)
        } else {
            denied(Denial::Implicit, By::Identity, None)
        })
    }
}

const SEGMENTS: [&str; 5] = ["service", "region", "account", "kind", "path"];

fn collect(policies: &[assay_case::iam::Policy]) -> Result<Vec<Value>, String> {
    Ok(policies.iter().map(statements).collect::<Result<Vec<_>, _>>()?.concat())
}

fn string(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn rule(effect: &str, when: &str) -> String {
    format!("{effect}(principal, action, resource) when {{ {when} }};")
}

/// When a statement applies.
fn applies(statement: &Value) -> Result<String, String> {
    let mut all = vec![actions(statement)];
    if let Some(resources) = statement.get("Resource") {
        let any: Vec<String> = texts(resources).map(resource).collect();
        all.push(format!("({})", any.join(" || ")));
    }
    for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
        let named = Operator::named(operator).ok_or_else(|| format!("{operator} has no translation"))?;
        for (key, values) in keys.as_object().into_iter().flatten() {
            all.push(condition(named, key, &texts(values).collect::<Vec<_>>())?);
        }
    }
    Ok(format!("({})", all.join(" && ")))
}

fn actions(statement: &Value) -> String {
    let like = |patterns: &Value| {
        let any: Vec<String> = texts(patterns)
            .map(|pattern| format!("context.action like {:?}", pattern.to_lowercase()))
            .collect();
        format!("({})", any.join(" || "))
    };
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(actions), _) => like(actions),
        (None, Some(except)) => format!("!{}", like(except)),
        (None, None) => "true".to_owned(),
    }
}

fn resource(pattern: &str) -> String {
    if pattern == "*" {
        return "true".to_owned();
    }
    let parts = SEGMENTS.iter().zip(pattern.splitn(5, ':'));
    let parts: Vec<String> = parts.map(|(name, part)| format!("context.urn.{name} like {part:?}")).collect();
    format!("(context has urn && {})", parts.join(" && "))
}

/// A condition: what holds where the key is missing, and what is asked of its value or values.
fn condition(operator: Operator, key: &str, values: &[&str]) -> Result<String, String> {
    let comparison = operator.base.comparison;
    if comparison.is_presence() {
        let has = format!("context.set has {key:?}");
        return Ok(match comparison {
            Comparison::IsNull => format!("!({has})"),
            Comparison::IsNotNull => format!("({has})"),
            Comparison::IsNullOrEmpty => format!("(!({has}) || [\"\"].containsAll(context.set[{key:?}]))"),
            _ => {
                let any: Vec<String> = values
                    .iter()
                    .map(|value| if *value == "true" { format!("!({has})") } else { format!("({has})") })
                    .collect();
                format!("({})", any.join(" || "))
            }
        });
    }
    let low = matches!(
        comparison,
        Comparison::EqualsIgnoreCase | Comparison::Contains | Comparison::StartWith | Comparison::EndWith
    );
    let values: Vec<String> =
        values.iter().map(|value| if low { value.to_lowercase() } else { (*value).to_owned() }).collect();
    let missing = operator.if_exists
        || match operator.qualifier {
            Some(Qualifier::ForAnyValue) => false,
            Some(Qualifier::ForAllValues) => true,
            None => operator.base.negated,
        };
    let (record, holds) = match operator.qualifier {
        Some(qualifier) => {
            let record = if low { "lowset" } else { "set" };
            let given = format!("context.{record}[{key:?}]");
            let wanted = format!("{values:?}");
            let holds = match (qualifier, operator.base.negated) {
                (Qualifier::ForAllValues, false) => format!("{wanted}.containsAll({given})"),
                (Qualifier::ForAllValues, true) => format!("!({wanted}.containsAny({given}))"),
                (Qualifier::ForAnyValue, false) => format!("{wanted}.containsAny({given})"),
                (Qualifier::ForAnyValue, true) => format!("!({wanted}.containsAll({given}))"),
            };
            (record, holds)
        }
        None => {
            let record = match comparison {
                _ if low => "low",
                Comparison::NumberEquals
                | Comparison::NumberLess
                | Comparison::NumberLessEquals
                | Comparison::NumberGreater
                | Comparison::NumberGreaterEquals => "number",
                _ => "one",
            };
            let given = format!("context.{record}[{key:?}]");
            let any = values.iter().map(|value| compare(comparison, &given, value));
            let any = any.collect::<Result<Vec<_>, _>>()?.join(" || ");
            (record, if operator.base.negated { format!("!({any})") } else { format!("({any})") })
        }
    };
    Ok(format!("(if context.{record} has {key:?} then {holds} else {missing})"))
}

fn compare(comparison: Comparison, given: &str, value: &str) -> Result<String, String> {
    let sign = match comparison {
        Comparison::Equals | Comparison::EqualsIgnoreCase | Comparison::Bool => {
            return Ok(format!("{given} == {value:?}"));
        }
        Comparison::Match => return Ok(format!("{given} like {value:?}")),
        Comparison::Contains => return Ok(format!("{given} like {:?}", format!("*{value}*"))),
        Comparison::StartWith => return Ok(format!("{given} like {:?}", format!("{value}*"))),
        Comparison::EndWith => return Ok(format!("{given} like {:?}", format!("*{value}"))),
        Comparison::NumberEquals => "==",
        Comparison::NumberLess => "<",
        Comparison::NumberLessEquals => "<=",
        Comparison::NumberGreater => ">",
        Comparison::NumberGreaterEquals => ">=",
        other => return Err(format!("{other:?} has no translation")),
    };
    let value: i64 = value.parse().map_err(|error| format!("{value}: {error}"))?;
    Ok(format!("{given} {sign} {value}"))
}
