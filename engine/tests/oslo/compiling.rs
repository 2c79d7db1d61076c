//! A program comes to what the interpreter comes to, and takes no memory for it.
//!
//! What the interpreter comes to is checked against upstream elsewhere (`deciding`, `matching`, `depth`, the
//! corpora); the outcomes that stand here are upstream's too, of oslo.policy 6.0.1 on CPython 3.11.7.

use std::sync::Arc;

use allocation_counter::measure;
use assay_engine::oslo::language::{Check, TreeBuilder};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{
    Call, Checks, Creds, DefaultRule, ExceptionClass, Interrupt, Program, Request, Rules, Target, decide,
    decide_with, parse_text,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;

type Outcome = Result<bool, Interrupt>;

const ALLOW: Outcome = Ok(true);
const DENY: Outcome = Ok(false);

const fn raises(class: ExceptionClass) -> Outcome {
    Err(Interrupt::Raised(class))
}

const ATTRIBUTE_ERROR: Outcome = raises(ExceptionClass::AttributeError);
const SYNTAX_ERROR: Outcome = raises(ExceptionClass::SyntaxError);
const TYPE_ERROR: Outcome = raises(ExceptionClass::TypeError);

/// The answer of a program, which all its ways of asking and the interpreter give.
fn answer(rules: &Rules, rule: &str, creds: &Value, target: &Value) -> Outcome {
    let program = Program::new(rules.clone());
    let interpreted = decide(rules, rule, Request { creds, target });
    let (ready, of) = match Creds::of(creds) {
        Ok(ready) => (ready, Target::of(target)),
        Err(interrupt) => {
            assert_eq!(interpreted, Err(interrupt));
            return interpreted;
        }
    };
    assert_eq!(program.decide(rule, &ready, &of), interpreted, "{rule}: {:?}", rules.get(rule));
    let owned = (Creds::new(creds.clone()).expect("a mapping"), Target::new(target.clone()));
    assert_eq!(program.decide(rule, &owned.0, &owned.1), interpreted, "owned");
    assert_eq!(program.decide_value(rule, &ready, &of), interpreted.map(Value::Bool), "as a value");
    if let Some(index) = program.find(rule) {
        assert_eq!(program.decide_index(index, &ready, &of), interpreted, "by index");
    }
    let all = program.decide_all(&ready, &of);
    assert_eq!(all.len(), rules.iter().len());
    for ((name, _), among_all) in rules.iter().zip(all) {
        let name = name.as_text().expect("a text");
        assert_eq!(among_all, decide(rules, name, Request { creds, target }), "{name}: among all");
    }
    interpreted
}

fn caller() -> Value {
    py!({
        "roles": ["Member", "reader"], "project_id": "p1", "is_admin": True, "level": 3, "none": None,
        "system_scope": "all", "projects": [{"id": "p1"}, {"id": 2}, {"name": "x"}],
        "groups": ["g1", "g2", 3], "user": {"id": "u1", "domain": {"id": "d1"}}, "ratio": 1.5, "pair": (1, "a")
    })
}

fn object() -> Value {
    py!({
        "project_id": "p1", "other": "p2", "user": "u1", "domain": "d1", "level": 3, "yes": True, "none": None,
        "group": "g2", "three": "3", "role": "MEMBER", "mem": "mem", "text": "p", "digit": 1, "float": 1.5,
        "pair": (1, "a"), "visibility": "public"
    })
}

fn world(text: &str) -> Rules {
    Rules::from_texts([
        ("default", "role:nobody"),
        ("asked", text),
        ("admin", "role:admin"),
        ("reader", "role:READER"),
        ("owner", "project_id:%(project_id)s"),
        ("both", "rule:reader and rule:owner"),
        ("loop", "rule:loop"),
        ("bad", "1a:x"),
        ("remote", "http://host/%(project_id)s"),
    ])
}

#[rstest]
#[case::constant("@", ALLOW)]
#[case::constant_false("!", DENY)]
#[case::operators("not (! or (@ and !))", ALLOW)]
#[case::a_role_in_any_case("role:MEMBER", ALLOW)]
#[case::another_role("role:admin", DENY)]
#[case::a_role_of_the_target("role:%(role)s", ALLOW)]
#[case::a_role_in_parts("role:%(mem)sber", ALLOW)]
#[case::a_role_that_is_a_number("role:%(level)s", DENY)]
#[case::a_role_the_target_lacks("role:%(nothing)s", DENY)]
#[case::a_credential("project_id:%(project_id)s", ALLOW)]
#[case::another("project_id:%(other)s", DENY)]
#[case::a_constant("project_id:p1", ALLOW)]
#[case::in_parts("project_id:%(text)s%(digit)s", ALLOW)]
#[case::in_parts_with_more_behind("project_id:%(text)s%(digit)sx", DENY)]
#[case::in_parts_with_less("project_id:%(text)s", DENY)]
#[case::a_percent("project_id:%(text)s%%", DENY)]
#[case::a_number("level:%(level)s", ALLOW)]
#[case::a_number_as_text("level:%(three)s", ALLOW)]
#[case::a_boolean("is_admin:%(yes)s", ALLOW)]
#[case::a_boolean_as_text("is_admin:True", ALLOW)]
#[case::a_boolean_in_lower_case("is_admin:true", DENY)]
#[case::none("none:%(none)s", ALLOW)]
#[case::a_float("ratio:%(float)s", ALLOW)]
#[case::a_tuple_has_a_text("pair:%(pair)s", ALLOW)]
#[case::the_system("system:all", ALLOW)]
#[case::a_path("user.domain.id:%(domain)s", ALLOW)]
#[case::a_path_that_ends_early("user.group.id:%(domain)s", DENY)]
#[case::a_path_into_a_text("project_id.id:%(domain)s", TYPE_ERROR)]
#[case::an_element("groups:%(group)s", ALLOW)]
#[case::an_element_that_is_a_number("groups:%(three)s", ALLOW)]
#[case::no_element("groups:g9", DENY)]
#[case::a_path_into_elements("projects.id:2", ALLOW)]
#[case::a_path_that_no_element_has("projects.none:2", DENY)]
#[case::elements_that_cannot_be_entered("groups.id:2", TYPE_ERROR)]
#[case::a_literal("'public':%(visibility)s", ALLOW)]
#[case::another_literal("'shared':%(visibility)s", DENY)]
#[case::a_literal_and_a_constant("True:True", ALLOW)]
#[case::a_literal_number("3:%(level)s", ALLOW)]
#[case::a_key_that_the_target_lacks("project_id:%(nothing)s", DENY)]
#[case::a_key_before_a_bad_kind("1a:%(nothing)s", DENY)]
#[case::a_bad_kind("1a:x", SYNTAX_ERROR)]
#[case::behind_what_settles_it("@ or 1a:x", ALLOW)]
#[case::before_what_settles_it("1a:x or @", SYNTAX_ERROR)]
#[case::behind_a_false("role:admin and 1a:x", DENY)]
#[case::a_directive("level:%(level)d", ALLOW)]
#[case::padded("level:%(level)3d", DENY)]
#[case::unfinished("level:%", raises(ExceptionClass::ValueError))]
#[case::a_rule("rule:owner", ALLOW)]
#[case::rules_of_rules("rule:both and not rule:admin", ALLOW)]
#[case::an_undefined_rule("rule:nothing", DENY)]
#[case::a_rule_that_raises("rule:bad", SYNTAX_ERROR)]
#[case::a_cycle("rule:loop", TYPE_ERROR)]
#[case::a_cycle_that_is_not_met("rule:owner or rule:loop", ALLOW)]
#[case::a_remote_rule_that_is_not_met("rule:owner or rule:remote", ALLOW)]
fn a_program_comes_to_what_the_interpreter_comes_to(#[case] text: &str, #[case] outcome: Outcome) {
    assert_eq!(answer(&world(text), "asked", &caller(), &object()), outcome);
}

#[rstest]
#[case::none(py!({}), DENY)]
#[case::letters(py!({"roles": "aB"}), DENY)]
#[case::one_letter(py!({"roles": "xa"}), DENY)]
#[case::a_tuple(py!({"roles": ("Admin", "b")}), ALLOW)]
#[case::keys(py!({"roles": {"ADMIN": 1}}), ALLOW)]
#[case::bytes_among_them(py!({"roles": [b"admin", "ADMIN"]}), ALLOW)]
#[case::a_bad_one_behind(py!({"roles": ["admin", 1]}), ATTRIBUTE_ERROR)]
#[case::nothing(py!({"roles": None}), TYPE_ERROR)]
#[case::no_mapping(py!(["roles"]), raises(ExceptionClass::InvalidContextObject))]
fn roles_are_what_python_goes_through(#[case] creds: Value, #[case] outcome: Outcome) {
    let rules = Rules::from_texts([("asked", "role:admin")]);
    assert_eq!(answer(&rules, "asked", &creds, &py!({})), outcome);
}

/// A single letter is compared with a constant and with a role of the target.
#[test]
fn a_text_of_roles_is_its_letters() {
    let rules = Rules::from_texts([("asked", "role:%(r)s and role:B")]);
    assert_eq!(answer(&rules, "asked", &py!({"roles": "aB"}), &py!({"r": "A"})), ALLOW);
}

#[rstest]
#[case::beyond_ascii("role:%(r)s", "ÉÉ", ALLOW)]
#[case::a_final_sigma("role:%(r)s", "ΣΑΣ", ALLOW)]
#[case::a_constant("role:ΣΑΣ", "", ALLOW)]
#[case::one_that_lowers_into_ascii("role:%(r)s", "\u{212a}", ALLOW)]
fn roles_are_lowered_as_python_does(#[case] text: &str, #[case] role: &str, #[case] outcome: Outcome) {
    let creds = py!({"roles": ["éé", "ΣΑΣ", "k"]});
    let target = Value::dict([("r", Value::from(role))]);
    assert_eq!(answer(&Rules::from_texts([("asked", text)]), "asked", &creds, &target), outcome);
}

/// Upstream's `%` takes a constant match for any mapping, list or bytes, and for nothing else.
#[rstest]
#[case::a_list(py!(["x"]), ALLOW)]
#[case::bytes(py!(b"x"), ALLOW)]
#[case::an_empty_tuple(Value::Tuple(vec![]), ALLOW)]
#[case::a_text(py!("x"), TYPE_ERROR)]
#[case::none(Value::None, TYPE_ERROR)]
fn a_target_need_not_be_a_mapping(#[case] target: Value, #[case] outcome: Outcome) {
    let rules = Rules::from_texts([("asked", "k:v")]);
    assert_eq!(answer(&rules, "asked", &py!({"k": "v"}), &target), outcome);
}

#[test]
fn the_default_rule_answers_for_what_is_not_there() {
    let (creds, target) = (py!({"roles": ["x"]}), py!({}));
    let rules = Rules::from_texts([("default", "role:x"), ("a", "rule:undefined and not rule:default")]);
    assert_eq!(answer(&rules, "undefined", &creds, &target), ALLOW);
    assert_eq!(answer(&rules, "a", &creds, &target), DENY);
    let checked = rules.clone().with_default(DefaultRule::Check(parse_text("not role:x")));
    assert_eq!(answer(&checked, "undefined", &creds, &target), DENY);
    assert_eq!(answer(&rules.with_default(DefaultRule::None), "undefined", &creds, &target), DENY);
}

#[test]
fn a_position_of_other_rules_is_no_rule() {
    let program = Program::new(Rules::from_texts([("a", "@")]));
    let others = Program::new(Rules::from_texts([("a", "@"), ("b", "@")]));
    let b = others.find("b").expect("a rule");
    let (creds, target) = (Creds::builder().build(), Target::builder().build());
    assert_eq!(program.decide_index(b, &creds, &target), DENY);
    assert!(!program.is_compiled(b));
}

/// Custom checks are called as often as the interpreter calls them, and see the rule that was asked for.
#[test]
fn custom_checks_are_the_interpreters() {
    let mut checks = Checks::new();
    checks.register("told", |call: &Call<'_>| Ok(call.rule.unwrap_or("nobody").into()));
    let checks = Arc::new(checks);
    let rules = Rules::from_texts([("default", "told:x"), ("a", "rule:b"), ("b", "told:x"), ("c", "role:x")]);
    let program = Program::with_checks(rules.clone(), Arc::clone(&checks));
    let compiled = |name| program.is_compiled(program.find(name).expect("a rule"));
    assert_eq!(["a", "b", "c"].map(compiled), [false, false, true]);
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    let (ready, of) = (Creds::of(&creds).expect("a mapping"), Target::of(&target));
    for name in ["a", "b", "undefined"] {
        assert_eq!(program.decide_value(name, &ready, &of), Ok(name.into()));
        assert_eq!(decide_with(&rules, name, request, &checks), Ok(name.into()));
    }
}

/// `count` rules that refer to the next one twice.
fn doubled(count: usize) -> Rules {
    let rule = |n: usize| (format!("r{n}"), format!("rule:r{0} or (role:x and rule:r{0})", n + 1));
    Rules::from_texts((0..count).map(rule).chain([(format!("r{count}"), "project_id:%(project_id)s".into())]))
}

/// Upstream takes two to the power of 90 steps for the last of these.
#[rstest]
#[case(18)]
#[case(90)]
fn doubled_references_are_decided_once(#[case] count: usize) {
    let rules = doubled(count);
    let program = Program::new(rules.clone());
    assert!(program.is_compiled(program.find("r0").expect("a rule")));
    assert_eq!(
        answer(&rules, "r0", &py!({"roles": ["x"], "project_id": "p"}), &py!({"project_id": "q"})),
        DENY
    );
}

/// A hundred thousand levels overflow no stack, and are the interpreter's.
#[rstest]
#[case::not("not ", "")]
#[case::and("(@ and ", ")")]
fn depth_is_left_to_the_interpreter(#[case] open: &str, #[case] close: &str) {
    let deep = open.repeat(100_000) + "@" + &close.repeat(100_000);
    let program = Program::new(Rules::from_texts([("deep", deep), ("a", "role:x and rule:deep".to_owned())]));
    assert!(!program.is_compiled(program.find("deep").expect("a rule")));
    assert!(!program.is_compiled(program.find("a").expect("a rule")));
}

/// A path is followed by calls, of which there are so many at most.
#[rstest]
#[case(64, true)]
#[case(65, false)]
#[case(200, false)]
fn long_paths_are_left_to_the_interpreter(#[case] names: usize, #[case] compiled: bool) {
    let path = vec!["a"; names].join(".");
    let program = Program::new(Rules::from_texts([("long", format!("{path}:x"))]));
    assert_eq!(program.is_compiled(program.find("long").expect("a rule")), compiled);
    let nested = (0..names).fold(Value::from("x"), |inner, _| Value::dict([("a", inner)]));
    let rules = Rules::from_texts([("long", format!("{path}:%(x)s"))]);
    assert_eq!(answer(&rules, "long", &nested, &py!({"x": "x"})), ALLOW);
}

/// Whoever builds trees may use an operand for many. A text of this one would have 2⁴⁰ checks.
#[test]
fn a_tree_of_shared_operands_is_left_to_the_interpreter() {
    let mut builder = TreeBuilder::default();
    let leaf = parse_text("role:x");
    let mut operand = builder.push(leaf.check(leaf.root()).clone());
    for _ in 0..40 {
        operand = builder.push(Check::And(vec![operand, operand]));
    }
    let mut rules = Rules::from_texts([("plain", "role:x")]);
    rules.insert("shared", builder.finish(operand));
    let program = Program::new(rules);
    assert!(!program.is_compiled(program.find("shared").expect("a rule")));
    assert!(program.is_compiled(program.find("plain").expect("a rule")));
}

const CHECKS: &[&str] = &[
    "@",
    "!",
    "role:member",
    "role:%(role)s",
    "role:%(mem)sber",
    "project_id:%(project_id)s",
    "project_id:%(other)s",
    "project_id:%(text)s%(digit)s",
    "level:%(level)s",
    "user.domain.id:%(domain)s",
    "projects.id:%(level)s",
    "projects.id:2",
    "groups:%(group)s",
    "'public':%(visibility)s",
    "none:None",
    "1a:x",
    "class:%(nothing)s",
    "user.id.x:y",
    "level:%(level)03d",
    "is_admin:%(yes)s",
    "system:all",
    "rule:r0",
    "rule:r1",
    "rule:r2",
    "rule:r3",
    "rule:undefined",
];

fn rule_text() -> impl Strategy<Value = String> {
    select(CHECKS).prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("not ({text})")),
            vec(inner.clone(), 2..4).prop_map(|texts| format!("({})", texts.join(" and "))),
            vec(inner, 2..4).prop_map(|texts| format!("({})", texts.join(" or "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_rules_come_to_the_same(texts in vec(rule_text(), 1..6), default in any::<bool>()) {
        let named = texts.into_iter().enumerate().map(|(n, text)| (format!("r{n}"), text));
        let rules = Rules::from_texts(named.chain(default.then(|| ("default".to_owned(), "rule:r1".to_owned()))));
        for creds in [caller(), py!({"roles": ["member", 1]}), py!({})] {
            for target in [object(), py!({}), py!([])] {
                for rule in ["r0", "r1", "undefined"] {
                    let _ = answer(&rules, rule, &creds, &target);
                }
            }
        }
    }
}

#[rstest]
#[case::allow("@", ALLOW)]
#[case::deny("!", DENY)]
#[case::a_role("role:reader", ALLOW)]
#[case::no_role("role:admin or role:owner", DENY)]
#[case::a_role_of_the_target("role:%(role)s", ALLOW)]
#[case::a_role_in_parts("role:%(mem)sber", ALLOW)]
#[case::a_path("project_id:%(project_id)s", ALLOW)]
#[case::a_path_in_parts("project_id:%(text)s%(digit)s", ALLOW)]
#[case::a_nested_path("user.domain.id:%(domain)s", ALLOW)]
#[case::elements_of_a_list("groups:%(three)s", ALLOW)]
#[case::a_path_into_elements("projects.id:2", ALLOW)]
#[case::a_literal("'public':%(visibility)s", ALLOW)]
#[case::a_constant("is_admin:True", ALLOW)]
#[case::numbers("level:%(level)s and level:%(three)s", ALLOW)]
#[case::none("none:%(none)s", ALLOW)]
#[case::a_chain("rule:both or rule:reader", ALLOW)]
#[case::a_missing_key("project_id:%(nothing)s", DENY)]
#[case::a_missing_credential("nothing:%(project_id)s", DENY)]
#[case::the_system("system:all", ALLOW)]
#[case::an_undefined_rule("rule:nothing", DENY)]
#[case::a_raise_that_is_not_met("role:admin and 1a:x", DENY)]
fn a_decision_takes_no_memory(#[case] text: &str, #[case] outcome: Outcome) {
    let program = Program::new(world(text));
    let creds = Creds::new(caller()).expect("a mapping");
    let target = Target::new(object());
    let index = program.find("asked").expect("a rule");
    let (mut named, mut found, mut all) = (DENY, DENY, DENY);
    let taken = measure(|| {
        named = program.decide("asked", &creds, &target);
        found = program.decide_index(index, &creds, &target);
        all = program.decide("not there", &creds, &target);
    });
    assert_eq!((named, found, all), (outcome, outcome, DENY));
    assert_eq!(taken.count_total, 0, "allocations");
}

/// Rules that refer to others twice take a place for each; those of a thread's first decision are kept.
#[test]
fn many_doubled_references_take_no_memory() {
    let rule =
        |n: usize| (format!("r{n}"), format!("rule:r{0} or (role:x and rule:r{0})", n.div_ceil(2) * 2 + 2));
    let long = "role:a or role:b or role:c or role:d or role:e or role:f or role:g or role:h or role:i";
    let chains = (0..700).map(|n| (format!("s{n}"), format!("{long} or role:j{n}")));
    let twice = (0..700).map(|n| (format!("t{n}"), format!("rule:s{n} or rule:s{n}")));
    let few = (0..20).map(rule);
    let program = Program::new(Rules::from_texts(few.chain(chains).chain(twice)));
    let (creds, target) = (Creds::builder().roles(["x"]).build(), Target::builder().build());
    assert_eq!(program.decide("t0", &creds, &target), DENY);
    let mut decided = ALLOW;
    let taken = measure(|| decided = program.decide("t699", &creds, &target));
    assert_eq!((decided, taken.count_total), (DENY, 0));
}

/// What a decision by [`Creds::of`] costs beyond it: an index of each side, and the hashes of the roles.
#[test]
fn making_a_request_ready_takes_three_allocations() {
    let (creds, target) = (py!({"roles": ["reader"], "project_id": "p1"}), object());
    let taken = measure(|| {
        let ready = (Creds::of(&creds).expect("a mapping"), Target::of(&target));
        drop(ready);
    });
    assert_eq!(taken.count_total, 3);
}
