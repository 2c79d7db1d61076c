//! Checks that a service brings along.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use assay_engine::oslo::enforcer::{Definition, DeprecatedRule, Enforcer, Options, RuleDefault};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{
    Call, Checks, ExceptionClass, Interrupt, IsAdmin, Limit, Request, Rules, Unknown, Unsupported,
    decide_check_with, decide_with, parse_text,
};
use rstest::rstest;

use crate::enforcer::world::World;

/// `val:x` is `'x'`, `none:` None, `raise:X` raises X, `unknown:` is unknown.
fn checks() -> Checks {
    let mut checks = Checks::new();
    checks.register("val", |call: &Call<'_>| Ok(Value::Str(call.text.clone())));
    checks.register("none", |_: &Call<'_>| Ok(Value::None));
    checks.register("raise", |call: &Call<'_>| {
        Err(match call.text.as_text() {
            Some("KeyError") => ExceptionClass::KeyError.into(),
            _ => ExceptionClass::named("FieldNotFound").into(),
        })
    });
    checks.register("unknown", Unknown);
    checks.register("is_admin", IsAdmin);
    checks
}

fn decide(rules: &[(&str, &str)], creds: &Value, checks: &Checks) -> Result<Value, Interrupt> {
    let rules = Rules::from_texts(rules.iter().copied());
    decide_with(&rules, "r", Request { creds, target: &py!({}) }, checks)
}

/// The value is handed back as it is, also through `rule:`; operators make a bool of it.
#[rstest]
#[case("val:x", py!("x"))]
#[case("val:", py!(""))]
#[case("none:x", py!(None))]
#[case("rule:v", py!("v"))]
#[case("rule:w", py!("v"))]
#[case("not val:", py!(True))]
#[case("not val:x", py!(False))]
#[case("@ and val:x", py!(True))]
#[case("val:x and val:y", py!(True))]
#[case("val:x and val:", py!(False))]
#[case("val: or val:x", py!(True))]
#[case("val: or none:", py!(False))]
#[case("(val:x)", py!("x"))]
fn a_value_is_handed_back(#[case] text: &str, #[case] value: Value) {
    let rules = [("r", text), ("v", "val:v"), ("w", "rule:v")];
    assert_eq!(decide(&rules, &py!({}), &checks()), Ok(value));
}

/// A KeyError behind `rule:` is False, whoever raised it.
#[rstest]
#[case("raise:KeyError", Err(ExceptionClass::KeyError))]
#[case("raise:other", Err(ExceptionClass::Other("FieldNotFound")))]
#[case("rule:k", Ok(false))]
#[case("not rule:k", Ok(true))]
#[case("rule:f", Err(ExceptionClass::Other("FieldNotFound")))]
#[case("@ or raise:KeyError", Ok(true))]
#[case("rule:k or @", Ok(true))]
#[case("raise:KeyError or @", Err(ExceptionClass::KeyError))]
fn an_exception_comes_out(#[case] text: &str, #[case] expected: Result<bool, ExceptionClass>) {
    let rules = [("r", text), ("k", "val:x and raise:KeyError"), ("f", "raise:f")];
    assert_eq!(decide(&rules, &py!({}), &checks()), expected.map(Value::from).map_err(Into::into));
}

#[rstest]
#[case("unknown:x", None)]
#[case("@ or unknown:x", Some(true))]
#[case("unknown:x or @", None)]
#[case("not unknown:x", None)]
#[case("rule:u", None)]
#[case("! and unknown:x", Some(false))]
fn an_unknown_check_leaves_undecided_what_depends_on_it(#[case] text: &str, #[case] decided: Option<bool>) {
    let undecided = Err(Interrupt::Unsupported(Unsupported::CustomCheck));
    let expected = decided.map_or(undecided, |value| Ok(value.into()));
    assert_eq!(decide(&[("r", text), ("u", "unknown:u")], &py!({}), &checks()), expected);
}

/// Recorded from the class in nova 34.0.0, which masakari 22.0.0 and octavia 19.0.0 have too.
#[rstest]
#[case("is_admin:True", py!({"is_admin": True}), Ok(true))]
#[case("is_admin:TRUE", py!({"is_admin": True}), Ok(true))]
#[case("is_admin:true", py!({"is_admin": 1}), Ok(true))]
#[case("is_admin:true", py!({"is_admin": 1.0}), Ok(true))]
#[case("is_admin:true", py!({"is_admin": "True"}), Ok(false))]
#[case("is_admin:true", py!({"is_admin": None}), Ok(false))]
#[case("is_admin:False", py!({"is_admin": False}), Ok(true))]
#[case("is_admin:no", py!({"is_admin": 0}), Ok(true))]
#[case("is_admin:yes", py!({"is_admin": False}), Ok(true))]
#[case("is_admin:yes", py!({"is_admin": []}), Ok(false))]
#[case("is_admin:True", py!({}), Err(ExceptionClass::KeyError))]
#[case("rule:admin", py!({}), Ok(false))]
fn is_admin(#[case] text: &str, #[case] creds: Value, #[case] expected: Result<bool, ExceptionClass>) {
    let rules = [("r", text), ("admin", "is_admin:True")];
    assert_eq!(decide(&rules, &creds, &checks()), expected.map(Value::from).map_err(Into::into));
}

/// `is_admin:true` and `is_admin:True` are one check once they are constructed: the override of the old
/// name says what the old default said, so it does not count.
#[test]
fn equality_goes_by_what_the_constructor_makes() {
    let world = World::with(&[("policy.yaml", "old: is_admin:true")]);
    let enforcer = Enforcer::builder(Options::clone(&world.options())).checks(checks()).build();
    let old = DeprecatedRule::new("old", "is_admin:True").expect("a rule");
    let definition = Definition { deprecated_rule: Some(old), ..Definition::new("a", "role:new") };
    enforcer.register_default(RuleDefault::new(definition).expect("a default")).expect("a new name");
    let policy = enforcer.policy().expect("a policy");
    assert_eq!(policy.rules().get("a").expect("registered").to_string(), "role:new");
    assert_eq!(policy.rules().get("old").expect("in the file").to_string(), "is_admin:True");
}

#[test]
fn a_check_is_told_what_it_is_about() {
    let mut checks = Checks::new();
    checks.register("look", |call: &Call<'_>| {
        assert_eq!((call.kind, call.text.as_text()), ("look", Some("%(x)s:y")));
        assert_eq!(*call.creds, py!({"system_scope": "all", "system": "all"}));
        assert_eq!(*call.target, py!({"x": 1}));
        Ok(call.rule.map_or(Value::None, Value::from))
    });
    let rules = Rules::from_texts([("r", "rule:inner"), ("inner", "look:%(x)s:y")]);
    let (creds, target) = (py!({"system_scope": "all"}), py!({"x": 1}));
    let request = Request { creds: &creds, target: &target };
    assert_eq!(decide_with(&rules, "r", request, &checks), Ok("r".into()));
    let anonymous = decide_check_with(&rules, &parse_text("rule:inner"), request, &checks);
    assert_eq!(anonymous, Ok(Value::None));
}

/// `policy.register` replaces `rule` and `role`, but not `http`, which is a plug-in; a plug-in replaces all.
#[test]
fn who_takes_a_kind() {
    let mut checks = Checks::new();
    for kind in ["rule", "role", "http"] {
        checks.register(kind, |_: &Call<'_>| Ok("registered".into()));
    }
    let nobody = Err(Unsupported::RemoteCheck.into());
    assert_eq!(decide(&[("r", "rule:x")], &py!({}), &checks), Ok("registered".into()));
    assert_eq!(decide(&[("r", "role:x")], &py!({}), &checks), Ok("registered".into()));
    assert_eq!(decide(&[("r", "http://x/")], &py!({}), &checks), nobody);
    checks.plug_in("http", |_: &Call<'_>| Ok("plugged in".into()));
    checks.plug_in("role", |_: &Call<'_>| Ok("plugged in".into()));
    assert_eq!(decide(&[("r", "http://x/")], &py!({}), &checks), Ok("plugged in".into()));
    assert_eq!(decide(&[("r", "role:x")], &py!({}), &checks), Ok("plugged in".into()));
}

/// What a rule with custom checks comes to is asked again each time, what has none is not: an order of
/// calls that upstream's has too.
#[test]
fn checks_are_called_as_often_as_upstream_calls_them() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let mut checks = Checks::new();
    checks
        .register("flip", move |_: &Call<'_>| Ok((counter.fetch_add(1, Ordering::Relaxed) % 2 == 1).into()));
    let rules = [("r", "rule:f or rule:f"), ("f", "flip:")];
    assert_eq!(decide(&rules, &py!({}), &checks), Ok(true.into()));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

/// Of 2²⁰ calls.
#[rstest]
#[case(20, "rule:r0", true)]
#[case(20, "rule:r0 and count:x", false)]
#[case(40, "rule:r0", false)]
fn calls_without_end_have_a_limit(#[case] levels: usize, #[case] asked: &str, #[case] within: bool) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let mut checks = Checks::new();
    checks.register("count", move |_: &Call<'_>| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(true.into())
    });
    let texts: Vec<(String, String)> = (0..levels)
        .map(|n| (format!("r{n}"), format!("rule:r{m} and rule:r{m}", m = n + 1)))
        .chain([(format!("r{levels}"), "count:x".to_owned()), ("r".to_owned(), asked.to_owned())])
        .collect();
    let rules: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let expected = if within { Ok(true.into()) } else { Err(Limit::TooManyCalls.into()) };
    assert_eq!(decide(&rules, &py!({}), &checks), expected);
    assert_eq!(calls.load(Ordering::Relaxed), 1 << 20);
}
