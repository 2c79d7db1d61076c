//! What holds for any rules.

use assay_engine::oslo::enforcer::{Definition, DeprecatedRule, Enforcer, Options, RuleDefault};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Request, Rules, decide};
use proptest::prelude::*;

use crate::enforcer::world::{World, outcome};

const NAMES: [&str; 5] = ["a", "b", "c", "old", "default"];

fn check() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("@".to_owned()),
        Just("!".to_owned()),
        Just("n.x:1".to_owned()),
        Just("role:%(x)s".to_owned()),
        prop::sample::select(&["x", "y", "z"][..]).prop_map(|role| format!("role:{role}")),
        prop::sample::select(&NAMES[..]).prop_map(|name| format!("rule:{name}")),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            inner.prop_map(|inner| format!("not ({inner})")),
            two.clone().prop_map(|(left, right)| format!("({left} and {right})")),
            two.prop_map(|(left, right)| format!("({left} or {right})")),
        ]
    })
}

fn rules() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let some = prop::sample::subsequence(NAMES.to_vec(), 0..=NAMES.len());
    some.prop_flat_map(|names| {
        let checks = prop::collection::vec(check(), names.len());
        checks.prop_map(move |checks| names.iter().copied().zip(checks).collect())
    })
}

fn roles() -> impl Strategy<Value = Value> {
    prop::sample::subsequence(vec!["x", "y", "z"], 0..=3)
        .prop_map(|roles| Value::dict([("roles", Value::list(roles.into_iter().map(Value::from)))]))
}

fn file(rules: &[(&str, String)]) -> String {
    let line = |(name, check): &(&str, String)| format!("{name}: '{check}'\n");
    "{}\n".repeat(usize::from(rules.is_empty())) + &rules.iter().map(line).collect::<String>()
}

fn answers(enforcer: &Enforcer, creds: &Value) -> Vec<&'static str> {
    let target = Value::dict([("x", Value::from("y"))]);
    let request = Request { creds, target: &target };
    NAMES.iter().map(|name| outcome(enforcer.enforce(*name, request))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Rules decide alike from a file, from a directory, as registered defaults, and by themselves.
    #[test]
    fn where_rules_come_from_does_not_matter(rules in rules(), creds in roles()) {
        let text = file(&rules);
        let in_file = World::with(&[("policy.yaml", &text)]).enforcer_kept(&creds);
        let in_directory = World::with(&[("policy.d/1", &text)]).enforcer_kept(&creds);
        prop_assert_eq!(&in_file, &in_directory);

        let empty = World::new();
        let registered = empty.enforcer();
        for (name, check) in &rules {
            let default = RuleDefault::new(Definition::new(*name, check.as_str())).expect("a default");
            registered.register_default(default).expect("a new name");
        }
        prop_assert_eq!(&in_file, &answers(&registered, &creds));

        let target = Value::dict([("x", Value::from("y"))]);
        let request = Request { creds: &creds, target: &target };
        let alone = Rules::from_texts(rules.iter().map(|(name, check)| (*name, check.as_str())));
        let decided: Vec<&str> = NAMES
            .iter()
            .map(|name| outcome(decide(&alone, name, request).map(Value::from).map_err(Into::into)))
            .collect();
        prop_assert_eq!(&in_file, &decided);
    }

    /// With `enforce_new_defaults` off, whatever either default allows is allowed, unless one raises.
    #[test]
    fn old_defaults_add_and_take_nothing_away(new in check(), old in check(), creds in roles()) {
        let world = World::new();
        let of = |check_str: &str, deprecated: Option<&str>, enforce_new_defaults: bool| {
            let deprecated_rule = deprecated.map(|old| DeprecatedRule::new("a", old).expect("a rule"));
            let definition = Definition { deprecated_rule, ..Definition::new("a", check_str) };
            let options = Options { enforce_new_defaults, ..world.options() };
            let enforcer = Enforcer::builder(options).build();
            enforcer.register_default(RuleDefault::new(definition).expect("a default")).expect("a new name");
            answers(&enforcer, &creds)[0]
        };
        let (only_new, both) = (of(&new, None, true), of(&new, Some(&old), false));
        prop_assert_eq!(of(&new, Some(&old), true), only_new);
        prop_assume!(!new.contains("rule:a") && !old.contains("rule:a"));
        let expected = if only_new == "deny" { of(&old, None, true) } else { only_new };
        prop_assert_eq!(both, expected);
    }

    /// A forced reload of files that have not changed changes no answer.
    #[test]
    fn loading_again_changes_nothing(main in rules(), more in rules(), creds in roles()) {
        let world = World::with(&[("policy.yaml", &file(&main)), ("policy.d/1", &file(&more))]);
        let enforcer = world.enforcer();
        let before = answers(&enforcer, &creds);
        enforcer.load_rules(true).expect("a policy");
        prop_assert_eq!(before, answers(&enforcer, &creds));
    }

    /// What strict mode takes decides as it does otherwise.
    #[test]
    fn strict_mode_changes_no_answer(main in rules(), more in rules(), creds in roles()) {
        let world = World::with(&[("policy.yaml", &file(&main)), ("policy.d/1", &file(&more))]);
        let strict = Enforcer::builder(world.options()).strict(true).build();
        prop_assume!(strict.load_rules(false).is_ok());
        prop_assert_eq!(answers(&strict, &creds), answers(&world.enforcer(), &creds));
    }
}

impl World {
    /// The answers of an enforcer that goes away with its files.
    fn enforcer_kept(&self, creds: &Value) -> Vec<&'static str> {
        answers(&self.enforcer(), creds)
    }
}
