//! Sets of changes that the tree of a rule suggests: what each check needs, put together as its operators ask.

use std::collections::HashMap;

use assay_engine::oslo::explain::{Fact, Looked, Wanted, fact};
use assay_engine::oslo::language::{Base, Check, CheckTree, NodeId, TreeBuilder};
use assay_engine::oslo::load::RuleIndex;
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{Rules, seen_creds};

use super::change::Change;
use crate::policy::{Loaded, Outcome, Request};

/// A set of changes.
type Plan = Vec<Change>;

/// How many sets are kept for each part of a rule, the smallest ones.
const KEPT: usize = 24;

/// How many changes a set has at most. More than that is another request rather than a changed one.
const MOST: usize = 8;

/// How deep references and operators are followed.
const DEEP: usize = 200;

/// Sets of changes to a request that should make a rule true, or false; the smallest first. Nothing is certain of
/// them: a change made for one check may spoil another.
pub(super) fn plans(policy: &Loaded, rule: &str, request: &Request, want: bool) -> Vec<Plan> {
    let rules = policy.policy.rules();
    let (Some(index), Ok(creds)) = (rules.find(rule), seen_creds(&request.creds)) else {
        return Vec::new();
    };
    let request = Request { creds: creds.into_owned(), target: request.target.clone() };
    let mut planner =
        Planner { policy, rules, request: &request, known: HashMap::new(), open: Vec::new(), deep: 0 };
    planner.rule(index, want)
}

struct Planner<'p> {
    policy: &'p Loaded,
    rules: &'p Rules,
    request: &'p Request,
    known: HashMap<(RuleIndex, bool), Vec<Plan>>,
    open: Vec<RuleIndex>,
    deep: usize,
}

impl<'p> Planner<'p> {
    fn rule(&mut self, index: RuleIndex, want: bool) -> Vec<Plan> {
        if self.open.contains(&index) {
            return Vec::new();
        }
        if let Some(known) = self.known.get(&(index, want)) {
            return known.clone();
        }
        self.open.push(index);
        let tree = self.rules.tree(index);
        let plans = self.node(tree, tree.root(), want);
        self.open.pop();
        self.known.insert((index, want), plans.clone());
        plans
    }

    fn node(&mut self, tree: &'p CheckTree, node: NodeId, want: bool) -> Vec<Plan> {
        if self.deep >= DEEP {
            return Vec::new();
        }
        self.deep += 1;
        let plans = match tree.check(node) {
            Check::True => constant(true, want),
            Check::False => constant(false, want),
            Check::Not(operand) => self.node(tree, *operand, !want),
            Check::And(operands) if want => self.all(tree, operands, want),
            Check::Or(operands) if !want => self.all(tree, operands, want),
            Check::And(operands) | Check::Or(operands) => self.any(tree, operands, want),
            Check::Base(base) => self.base(base, want),
        };
        self.deep -= 1;
        plans
    }

    fn any(&mut self, tree: &'p CheckTree, operands: &[NodeId], want: bool) -> Vec<Plan> {
        smallest(operands.iter().flat_map(|operand| self.node(tree, *operand, want)).collect())
    }

    fn all(&mut self, tree: &'p CheckTree, operands: &[NodeId], want: bool) -> Vec<Plan> {
        let mut plans = vec![Plan::new()];
        for operand in operands {
            let more = self.node(tree, *operand, want);
            let joined = plans.iter().flat_map(|plan| more.iter().map(|more| join(plan, more)));
            plans = smallest(joined.collect());
        }
        plans
    }

    fn base(&mut self, base: &Base, want: bool) -> Vec<Plan> {
        let request = self.request.of_engine();
        let Some(fact) = fact(base, request) else {
            return match self.rules.find_str(&base.text) {
                None => constant(false, want),
                Some(index) => self.rule(index, want),
            };
        };
        let mut builder = TreeBuilder::default();
        let root = builder.push(Check::Base(base.clone()));
        let decided = Outcome::of(&self.policy.policy.enforce(&builder.finish(root), request));
        let holds = if want { Outcome::Allow } else { Outcome::Deny };
        if decided == holds {
            return vec![Plan::new()];
        }
        match (fact, want) {
            (Fact::Role { wanted, .. }, true) => self.to_have(&wanted),
            (Fact::Role { wanted, .. }, false) => not_to_have(&wanted),
            (Fact::Match { wanted, looked }, true) => to_match(&wanted, &looked),
            (Fact::Match { wanted, looked }, false) => not_to_match(&wanted, &looked),
            _ => Vec::new(),
        }
    }

    /// To have a role: be given it, or ask about an object that names one that the caller has.
    fn to_have(&self, wanted: &Wanted) -> Vec<Plan> {
        let mut plans = Vec::new();
        if let Ok(Some(role)) = &wanted.text {
            plans.push(vec![Change::AddRole(role.clone())]);
        }
        if let (Some(key), Value::Dict(creds)) = (only_key(wanted), &self.request.creds)
            && let Some(Value::List(roles)) = creds.get("roles")
        {
            let named = roles.iter().map(|role| vec![Change::SetTarget(key.to_owned(), role.clone())]);
            plans.extend(named);
        }
        plans
    }
}

fn constant(value: bool, want: bool) -> Vec<Plan> {
    if value == want { vec![Plan::new()] } else { Vec::new() }
}

fn not_to_have(wanted: &Wanted) -> Vec<Plan> {
    let role = wanted.text.as_ref().ok().and_then(Option::as_ref);
    let without = role.map(|role| vec![Change::RemoveRole(role.clone())]);
    without.into_iter().chain(other_targets(wanted)).collect()
}

/// To have both sides say the same: change one of them, or give both what they lack.
fn to_match(wanted: &Wanted, looked: &Looked) -> Vec<Plan> {
    let mut plans = Vec::new();
    let key = only_key(wanted);
    match looked {
        Looked::Literal(value) => {
            plans.extend(key.map(|key| vec![Change::SetTarget(key.to_owned(), value.clone())]));
        }
        Looked::Creds(creds) => {
            if let Ok(Some(text)) = &wanted.text {
                plans.push(vec![Change::SetCreds(creds.path.clone(), value_of(text))]);
            }
            let own = creds.found.iter().filter(|value| value.truthy());
            plans.extend(
                own.filter_map(|value| Some(vec![Change::SetTarget(key?.to_owned(), value.clone())])),
            );
            if let (Some(key), true) = (key, creds.found.iter().all(|value| !value.truthy())) {
                let same = Value::from(format!("some-{}", creds.path.rsplit('.').next().unwrap_or_default()));
                plans.push(vec![
                    Change::SetCreds(creds.path.clone(), same.clone()),
                    Change::SetTarget(key.to_owned(), same),
                ]);
            }
        }
        Looked::Raises(_) => {}
    }
    plans
}

fn not_to_match(wanted: &Wanted, looked: &Looked) -> Vec<Plan> {
    let mut plans: Vec<Plan> = other_targets(wanted).collect();
    if let Looked::Creds(creds) = looked {
        plans.push(vec![Change::SetCreds(creds.path.clone(), "another".into())]);
        plans.push(vec![Change::RemoveCreds(creds.path.clone())]);
    }
    plans
}

/// Another object: one that has other values, or none.
fn other_targets(wanted: &Wanted) -> impl Iterator<Item = Plan> {
    wanted.keys.iter().flat_map(|(key, _)| {
        [vec![Change::SetTarget(key.clone(), "another".into())], vec![Change::RemoveTarget(key.clone())]]
    })
}

/// The key of a match that is a key's value as it is: `%(project_id)s`.
fn only_key(wanted: &Wanted) -> Option<&str> {
    let key = wanted.template.as_text()?.strip_prefix("%(")?.strip_suffix(")s")?;
    wanted.keys.iter().map(|(known, _)| known.as_str()).find(|known| *known == key)
}

/// The value whose text this is: what Python writes so.
fn value_of(text: &PyStr) -> Value {
    let values = [Value::Bool(true), Value::Bool(false), Value::None];
    let same = |value: &Value| str_of(value).is_ok_and(|of| *of == *text);
    values.into_iter().find(same).unwrap_or_else(|| Value::Str(text.clone()))
}

fn join(plan: &Plan, more: &Plan) -> Plan {
    let mut joined = plan.clone();
    joined.extend(more.iter().filter(|change| !plan.contains(change)).cloned());
    joined
}

/// The smallest plans, each once.
fn smallest(mut plans: Vec<Plan>) -> Vec<Plan> {
    plans.sort_by_key(Vec::len);
    let mut kept: Vec<Plan> = Vec::new();
    for plan in plans {
        if kept.len() < KEPT && plan.len() <= MOST && !kept.contains(&plan) {
            kept.push(plan);
        }
    }
    kept
}
