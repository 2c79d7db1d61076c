//! What a trace says is what is decided.

use assay_engine::oslo::explain::{
    Explanation, Fact, Leads, Looked, Reference, StepOutcome, Wanted, explain,
};
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::unicode::lower;
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{Checks, Request, Rules, decide};

/// How many checks lie one below the other before upstream's recursion can come to its end. Measured ends are some
/// three times as deep.
const DEEP: usize = 100;

/// Asserts what holds of every explanation: it comes to the decision, by itself, and what it says of each check fits
/// what came of it.
///
/// # Panics
/// Where it does not.
pub fn explained(rules: &Rules, rule: &str, request: Request<'_>) {
    let why = explain(rules, rule, request, &Checks::new());
    let outcome = why.outcome.as_ref().map(Value::truthy).map_err(|interrupt| *interrupt);
    assert_eq!(outcome, decide(rules, rule, request), "{rule}");
    if why.too_deep {
        assert!(depth(&why) > DEEP, "{rule}: the steps do not come to {outcome:?}: {:#?}", why.steps);
    }
    for step in &why.steps {
        let StepOutcome::Decided(decided) = step.outcome else { continue };
        match &step.fact {
            Fact::Constant(value) => assert_eq!(*value, decided),
            Fact::Reference(reference) if reference.leads == Leads::Undefined => assert!(!decided),
            Fact::Role { wanted, roles } => {
                let is_role = |text: &PyStr| roles.as_ref().is_some_and(|roles| holds(roles, text));
                assert_eq!(fits(wanted, is_role), decided, "{rule}: {step:?}");
            }
            Fact::Match { wanted, looked } => {
                let is_found = |text: &PyStr| match looked {
                    Looked::Literal(value) => is(value, text),
                    Looked::Creds(creds) => creds.found.iter().any(|value| is(value, text)),
                    Looked::Raises(_) => false,
                };
                assert_eq!(fits(wanted, is_found), decided, "{rule}: {step:?}");
            }
            _ => {}
        }
    }
}

fn fits(wanted: &Wanted, is: impl Fn(&PyStr) -> bool) -> bool {
    wanted.text.as_ref().is_ok_and(|text| text.as_ref().is_some_and(is))
}

fn is(value: &Value, text: &PyStr) -> bool {
    str_of(value).is_ok_and(|value| *value == *text)
}

fn holds(roles: &Value, text: &PyStr) -> bool {
    let same = |role: &Value| matches!(role, Value::Str(role) if lower(role) == lower(text));
    match roles {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.iter().any(same),
        Value::Dict(dict) => dict.iter().any(|(key, _)| same(key)),
        Value::Str(roles) => {
            roles.code_points().any(|point| same(&Value::Str(PyStr::from_code_points(vec![point]))))
        }
        _ => false,
    }
}

/// How many steps lie one below the other at most; what is not shown again counts where it is referred to too.
fn depth(why: &Explanation) -> usize {
    fn below(why: &Explanation, step: usize, known: &mut [Option<usize>]) -> usize {
        if let Some(depth) = known[step] {
            return depth;
        }
        let again = match &why.steps[step].fact {
            Fact::Reference(Reference { leads: Leads::Shown(shown), .. }) => Some(shown),
            _ => None,
        };
        let inner = why.steps[step].children.iter().chain(again);
        let depth = 1 + inner.map(|step| below(why, step.index(), known)).max().unwrap_or(0);
        known[step] = Some(depth);
        depth
    }
    if why.steps.is_empty() { 0 } else { below(why, 0, &mut vec![None; why.steps.len()]) }
}
