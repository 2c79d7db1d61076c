//! A default that replaces another.

use std::sync::{Arc, Mutex};

use assay_engine::oslo::enforcer::{
    Definition, DeprecatedRule, Enforcer, Options, RuleDefault, Suppress, Warning,
};

use crate::enforcer::world::World;

fn default(old: &str, check_str: &str) -> RuleDefault {
    let old = DeprecatedRule::new(old, check_str).expect("a rule");
    let deprecated_rule = Some(old.because(Some("r".to_owned()), Some("s".to_owned())));
    let definition = Definition { deprecated_rule, ..Definition::new("a", "role:new") };
    RuleDefault::new(definition).expect("a default")
}

/// `role:new` under the name `a`: old name, policy file (lines by `;`), old check, `enforce_new_defaults`
/// and what the rule comes to. Recorded from oslo.policy 6.0.1 on CPython 3.11.7.
const TABLE: &str = include_str!("deprecation.txt");

#[test]
fn every_branch_comes_to_what_upstream_says() {
    let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rows.len(), 100);
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [old, file, text, new_only, expected] = cells[..] else { panic!("{row}") };
        let mut world = World::new();
        if !file.is_empty() {
            world.write("policy.yaml", file.replace(';', "\n"));
        }
        let enforce_new_defaults = new_only == "True";
        let enforcer = Enforcer::builder(Options { enforce_new_defaults, ..world.options() }).build();
        enforcer.register_default(default(old, text.trim_matches('\''))).expect("a new name");
        let policy = enforcer.policy().expect("a policy");
        assert_eq!(policy.rules().get("a").expect("registered").to_string(), expected, "{row}");
    }
}

fn warnings(file: &str, default: RuleDefault, suppress: Suppress) -> Vec<Warning> {
    let world = World::with(&[("policy.yaml", file)]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let enforcer = Enforcer::builder(Options { enforce_new_defaults: false, ..world.options() })
        .suppress(suppress)
        .on_warning(move |warning| heard.lock().expect("no panic").push(warning.clone()))
        .build();
    enforcer.register_default(default).expect("a new name");
    enforcer.load_rules(false).expect("a policy");
    enforcer.load_rules(false).expect("the same policy, without further warnings");
    drop(enforcer);
    Arc::into_inner(told).expect("only here").into_inner().expect("no panic")
}

#[test]
fn an_old_name_in_a_file_is_told_of() {
    let (since, reason) = (Some("s".to_owned()), Some("r".to_owned()));
    let expected = Warning::OldName { old: "old".to_owned(), new: "a".to_owned(), since, reason };
    assert_eq!(warnings("old: role:x", default("old", "role:old"), Suppress::default()), [expected]);
    let silent = Suppress { deprecations: true, ..Suppress::default() };
    assert_eq!(warnings("old: role:x", default("old", "role:old"), silent), []);
}

#[test]
fn a_changed_default_is_told_of_unless_overridden() {
    let (since, reason) = (Some("s".to_owned()), Some("r".to_owned()));
    let expected = Warning::ChangedDefault { name: "a".to_owned(), since, reason };
    assert_eq!(warnings("{}", default("a", "role:old"), Suppress::default()), [expected]);
    assert_eq!(warnings("a: role:x", default("a", "role:old"), Suppress::default()), []);
    let silent = Suppress { default_changes: true, ..Suppress::default() };
    assert_eq!(warnings("{}", default("a", "role:old"), silent), []);
}

#[test]
fn an_override_of_what_goes_away_is_told_of() {
    let definition = Definition {
        deprecated_for_removal: true,
        deprecated_reason: Some("r".to_owned()),
        deprecated_since: Some("s".to_owned()),
        ..Definition::new("a", "role:new")
    };
    let default = RuleDefault::new(definition).expect("a default");
    let (name, since, reason) = ("a".to_owned(), "s".to_owned(), "r".to_owned());
    let expected = Warning::DeprecatedForRemoval { name, since, reason };
    assert_eq!(warnings("a: role:x", default.clone(), Suppress::default()), [expected]);
    assert_eq!(warnings("{}", default, Suppress::default()), []);
}

#[test]
fn a_repeated_default_is_told_of() {
    let default = RuleDefault::new(Definition::new("a", "(role:x)")).expect("a default");
    let expected = Warning::Redundant(vec!["a".to_owned()]);
    assert_eq!(warnings("a: role:x", default, Suppress::default()), [expected]);
}
