//! Who asks what: the personas of the corpora, and targets made from what a policy's own checks look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use assay_engine::oslo::python::Value;

use super::defaults::Registered;

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// For people.
    pub label: String,
    /// For the policy.
    pub creds: Value,
}

/// What is asked of a policy.
#[derive(Clone, Debug)]
pub struct Questions {
    /// Everybody asks for every rule.
    pub personas: Vec<Persona>,
    /// The targets of all rules.
    pub targets: Vec<Value>,
    /// For each rule, the places of the targets that it is asked about: those that its checks can tell apart.
    pub rules: BTreeMap<String, Vec<usize>>,
}

const ROLES: [(&str, &[&str]); 6] = [
    ("admin", &["admin", "member", "reader"]),
    ("member", &["member", "reader"]),
    ("member without reader", &["member"]),
    ("reader", &["reader"]),
    ("service", &["service"]),
    ("no role", &[]),
];

/// Project, domain and system of a token; what is not its scope is null.
const SCOPES: [(&str, [Option<&str>; 3]); 4] = [
    ("own project", [Some("own"), None, None]),
    ("other project", [Some("other"), None, None]),
    ("domain token", [None, Some("d1"), None]),
    ("system token", [None, None, Some("all")]),
];

fn creds(roles: &[&str], scope: [Option<&str>; 3], more: &[(&str, Value)]) -> Value {
    let null = |id: Option<&str>| id.map_or(Value::None, Value::from);
    let roles = Value::list(roles.iter().map(|role| Value::from(*role)));
    let [project, domain, system] = scope.map(null);
    let fields = [("roles", roles), ("user_id", "u1".into()), ("project_id", project), ("domain_id", domain)];
    let fields =
        fields.into_iter().chain([("system_scope", system), ("is_admin_project", Value::Bool(true))]);
    Value::dict(fields.chain(more.iter().cloned()))
}

/// The personas of `scripts/personas`: six sets of roles, each with four scopes. Where checks ask for `is_admin`,
/// those of Cinder, whose context adds it; where they ask for `service_roles`, a service on a user's behalf too.
///
/// ```
/// use assay_differential::services::questions::personas;
/// assert_eq!((personas(false, false).len(), personas(true, true).len()), (24, 28));
/// ```
#[must_use]
pub fn personas(asks_is_admin: bool, asks_service_roles: bool) -> Vec<Persona> {
    let flag = |value| ("is_admin", Value::Bool(value));
    let more = if asks_is_admin { vec![flag(false)] } else { Vec::new() };
    let mut personas = Vec::new();
    for (role, names) in ROLES {
        for (place, scope) in SCOPES {
            personas.push(Persona { label: format!("{role}, {place}"), creds: creds(names, scope, &more) });
        }
    }
    let mut push = |label: &str, roles, scope, fields: &[(&str, Value)]| {
        let fields = [&more, fields].concat();
        personas.push(Persona { label: label.to_owned(), creds: creds(roles, scope, &fields) });
    };
    let ([own, other], admin) = ([SCOPES[0].1, SCOPES[1].1], ROLES[0].1);
    if asks_is_admin {
        push("admin context, other project", &[], other, &[flag(true)]);
        let outside = ("is_admin_project", Value::Bool(false));
        push("admin outside the admin project, other project", admin, other, &[outside]);
        push("somebody of group nobody, other project", &[], other, &[("group", "nobody".into())]);
    }
    if asks_service_roles {
        let service = Value::list(["service".into()]);
        push("service on behalf of a member, own project", ROLES[1].1, own, &[("service_roles", service)]);
    }
    personas
}

/// All questions to a policy.
#[must_use]
pub fn questions(defaults: &[Registered]) -> Questions {
    let checks: HashMap<&str, Vec<&str>> = defaults
        .iter()
        .map(|default| {
            let old = default.deprecated_rule.iter().map(|old| old.check_str.as_str());
            (default.name.as_str(), old.chain([default.check_str.as_str()]).collect())
        })
        .collect();
    let asks =
        |kind: &str| checks.values().flatten().any(|text| words(text).any(|word| word.starts_with(kind)));
    let personas = personas(asks("is_admin:"), asks("service_roles:"));
    let mut targets = Vec::new();
    let mut places = HashMap::new();
    let mut rules = BTreeMap::new();
    for default in defaults {
        let numbers = targets_of(&matches(&checks, &default.name)).into_iter().map(|target| {
            let mut key = String::new();
            assay_case::write_json(&target, &mut key);
            let next = places.len();
            let place = *places.entry(key).or_insert(next);
            if place == next {
                targets.push(target);
            }
            place
        });
        rules.insert(default.name.clone(), numbers.collect());
    }
    Questions { personas, targets, rules }
}

/// A key of the target that checks look at, with a value that they are content with.
type Match = (String, Value);

/// What the checks of a rule, and those that they refer to, look at in the target.
fn matches(checks: &HashMap<&str, Vec<&str>>, rule: &str) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![rule]);
    while let Some(name) = waiting.pop() {
        if !seen.insert(name) {
            continue;
        }
        for word in checks.get(name).into_iter().flatten().flat_map(|text| words(text)) {
            let (kind, wanted) = word.split_once(':').unwrap_or((word, ""));
            let key = wanted.split_once("%(").and_then(|(_, rest)| rest.split_once(')'));
            match key {
                None if kind == "rule" => waiting.push(wanted.trim_end_matches(')')),
                Some((key, _)) => {
                    let one = (key.to_owned(), content(kind));
                    if !found.contains(&one) {
                        found.push(one);
                    }
                }
                None => {}
            }
        }
    }
    found
}

/// The checks of a text, near enough: parentheses before them fall off, those behind them are left.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_start_matches('('))
}

/// The value that a check of this kind looks for: a literal, or what the own project's personas have.
fn content(kind: &str) -> Value {
    let quoted = |quote| kind.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    match kind {
        "None" => Value::None,
        "True" | "False" => Value::Bool(kind == "True"),
        "user_id" => "u1".into(),
        "domain_id" => "d1".into(),
        "system_scope" => "all".into(),
        _ => quoted('\'').or_else(|| quoted('"')).unwrap_or("own").into(),
    }
}

/// Nothing, everything as the checks want it, everything as none wants it, and one thing at a time as one wants it.
fn targets_of(matches: &[Match]) -> Vec<Value> {
    let keys: BTreeSet<&String> = matches.iter().map(|(key, _)| key).collect();
    let foreign = |wanted: Option<&Match>| {
        let value = |key: &String| match wanted {
            Some((wanted, value)) if wanted == key => value.clone(),
            _ => Value::from("elsewhere"),
        };
        Value::dict(keys.iter().map(|key| (key.as_str(), value(key))))
    };
    let mut targets = vec![Value::dict([("", Value::None); 0])];
    if !keys.is_empty() {
        targets.push(Value::dict(matches.iter().rev().map(|(key, value)| (key.as_str(), value.clone()))));
        targets.push(foreign(None));
    }
    targets.extend(matches.iter().map(|one| foreign(Some(one))));
    targets
}
