//! Explanations: what was looked at, what was not, and where upstream's recursion ends.

use assay_engine::oslo::explain::{Explanation, Fact, Leads, Looked, Reference, StepOutcome, explain};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Call, Checks, ExceptionClass, Interrupt, Limit, Request, Rules, decide_with};
use rstest::rstest;

const RAISED: StepOutcome = StepOutcome::Raised(Interrupt::Raised(ExceptionClass::TypeError));
const YES: StepOutcome = StepOutcome::Decided(true);
const NO: StepOutcome = StepOutcome::Decided(false);
const SKIPPED: StepOutcome = StepOutcome::NotReached;

fn creds() -> Value {
    Value::dict([("roles", Value::list(["reader".into()])), ("user", Value::dict([("id", "u1".into())]))])
}

fn target() -> Value {
    Value::dict([("id", Value::from("u1"))])
}

fn why(rules: &Rules, rule: &str, checks: &Checks) -> Explanation {
    let (creds, target) = (creds(), target());
    let request = Request { creds: &creds, target: &target };
    let why = explain(rules, rule, request, checks);
    assert_eq!(why.outcome, decide_with(rules, rule, request, checks));
    why
}

fn outcomes(why: &Explanation) -> Vec<StepOutcome> {
    why.steps.iter().map(|step| step.outcome).collect()
}

#[rstest]
#[case::or("role:reader or role:x", &[YES, YES, SKIPPED])]
#[case::and("role:x and (role:reader or @)", &[NO, NO, SKIPPED])]
#[case::not("not (role:x or role:reader)", &[NO, YES, NO, YES])]
#[case::raise("user.id.x:y or role:reader", &[RAISED, RAISED, SKIPPED])]
#[case::raise_under_not("not user.id.x:y", &[RAISED, RAISED])]
#[case::settled_before("role:reader or user.id.x:y", &[YES, YES, SKIPPED])]
#[case::reference("rule:b and rule:b", &[NO, NO, NO, SKIPPED])]
#[case::twice("not rule:b and not rule:b", &[YES, YES, NO, NO, YES, NO])]
#[case::undefined("not rule:none", &[YES, NO])]
#[case::cycle("role:x or rule:a", &[RAISED, NO, RAISED])]
fn steps_come_to_what_upstream_makes_of_them(#[case] rule: &str, #[case] expected: &[StepOutcome]) {
    let rules = Rules::from_texts([("a", rule), ("b", "role:x")]);
    let why = why(&rules, "a", &Checks::new());
    assert_eq!(outcomes(&why), expected);
    assert!(!why.too_deep);
}

#[test]
fn a_rule_is_shown_once() {
    let rules = Rules::from_texts([("a", "rule:b or rule:c"), ("b", "rule:c"), ("c", "role:x and role:y")]);
    let why = why(&rules, "a", &Checks::new());
    let leads = why.steps.iter().filter_map(|step| match &step.fact {
        Fact::Reference(Reference { leads, .. }) => Some(leads.clone()),
        _ => None,
    });
    let leads: Vec<Leads> = leads.collect();
    assert!(
        matches!(leads[..], [Leads::Own, Leads::Own, Leads::Shown(step)] if step.index() == 3),
        "{leads:?}"
    );
}

#[test]
fn the_default_rule_answers_for_a_name_that_nobody_has() {
    let rules = Rules::from_texts([("a", "rule:none"), ("default", "@")]);
    let why = why(&rules, "nobody", &Checks::new());
    assert_eq!(outcomes(&why), [YES]);
    let why = explain(&rules, "a", Request { creds: &creds(), target: &target() }, &Checks::new());
    assert!(
        matches!(&why.steps[0].fact, Fact::Reference(reference) if reference.leads == Leads::DefaultRule)
    );
}

/// Upstream calls `system` what creds have as `system_scope`.
#[test]
fn the_scope_of_the_system_is_seen_under_both_names() {
    let rules = Rules::from_texts([("a", "system:all and system_scope:all")]);
    let (creds, target) = (Value::dict([("system_scope", Value::from("all"))]), target());
    let why = explain(&rules, "a", Request { creds: &creds, target: &target }, &Checks::new());
    assert_eq!(why.outcome, Ok(true.into()));
    assert_eq!(outcomes(&why), [YES, YES, YES]);
    for step in &why.steps[1..] {
        let Fact::Match { looked: Looked::Creds(seen), .. } = &step.fact else { panic!("{step:?}") };
        assert_eq!(seen.found, [Value::from("all")]);
    }
}

/// `RuleCheck` takes any `KeyError` for an undefined rule.
#[test]
fn a_key_error_ends_at_a_reference() {
    let mut checks = Checks::new();
    checks.register("field", |_: &Call<'_>| Err(ExceptionClass::KeyError.into()));
    let rules = Rules::from_texts([("a", "not rule:b"), ("b", "@ and field:x")]);
    let raised = StepOutcome::Raised(ExceptionClass::KeyError.into());
    assert_eq!(outcomes(&why(&rules, "a", &checks)), [YES, NO, raised, YES, raised]);
    assert_eq!(outcomes(&why(&rules, "b", &checks)), [raised, YES, raised]);
}

#[test]
fn both_sides_of_a_comparison_are_kept() {
    let rules =
        Rules::from_texts([("a", "user.name.first:%(id)s or 'x':pre-%(id)s-%(none)s or user.id.x:1")]);
    let why = why(&rules, "a", &Checks::new());
    let facts: Vec<_> = why.steps[1..].iter().map(|step| &step.fact).collect();
    let [Fact::Match { wanted, looked: Looked::Creds(creds) }, Fact::Match { wanted: second, looked }, third] =
        facts[..]
    else {
        panic!("{facts:?}")
    };
    assert_eq!(wanted.keys, [("id".to_owned(), Some("u1".into()))]);
    assert_eq!(wanted.text, Ok(Some("u1".into())));
    assert_eq!((creds.missing.as_deref(), creds.found.as_slice()), (Some("user.name"), &[][..]));
    assert_eq!((second.missing(), second.text.clone()), (Some("none"), Ok(None)));
    assert_eq!(*looked, Looked::Literal("x".into()));
    let Fact::Match { looked: Looked::Creds(creds), .. } = third else { panic!("{third:?}") };
    assert_eq!(creds.blocked, Some(("user.id".to_owned(), "u1".into())));
}

/// Upstream's first chain that raises has some 330 levels, whatever it is made of.
#[rstest]
#[case::references(300, false)]
#[case::more_references(380, true)]
#[case::many_references(5000, true)]
fn where_recursion_ends_the_outcome_is_its_exception(#[case] length: usize, #[case] ends: bool) {
    let chain = (0..length).map(|index| (format!("r{index}"), format!("rule:r{}", index + 1)));
    let rules = Rules::from_texts(chain.chain([(format!("r{length}"), "@".to_owned())]));
    let why = why(&rules, "r0", &Checks::new());
    assert_eq!(why.outcome.is_err(), ends);
    assert_eq!(outcomes(&why)[0] == YES, !ends || why.too_deep);
}

#[test]
fn nesting_without_end_is_followed_no_further_than_python_can() {
    let rules = Rules::from_texts([("a", "not ".repeat(20_000) + "@")]);
    let why = why(&rules, "a", &Checks::new());
    assert_eq!(why.outcome, Err(ExceptionClass::TypeError.into()));
    assert!(why.steps.len() < 500);
}

#[test]
fn creds_that_are_no_mapping_are_not_looked_at() {
    let rules = Rules::from_texts([("a", "@")]);
    let (creds, target) = (Value::None, target());
    let why = explain(&rules, "a", Request { creds: &creds, target: &target }, &Checks::new());
    assert_eq!(why.outcome, Err(ExceptionClass::InvalidContextObject.into()));
    assert!(why.steps.is_empty());
}

/// 64 KiB are kept.
#[rstest]
#[case(65_536, true)]
#[case(65_537, false)]
#[case(200_000, false)]
fn a_text_of_megabytes_is_not_kept(#[case] length: usize, #[case] kept: bool) {
    let rules = Rules::from_texts([("a", format!("not x:%(id){length}s"))]);
    let why = why(&rules, "a", &Checks::new());
    assert_eq!(why.outcome, Ok(true.into()));
    let Fact::Match { wanted, .. } = &why.steps[1].fact else { panic!("{why:?}") };
    let padded = " ".repeat(length - 2) + "u1";
    let expected = if kept { Ok(Some(padded.into())) } else { Err(Limit::TooLarge.into()) };
    assert_eq!(wanted.text, expected);
}
