//! What rules mean, as oslo.policy's own behaviour has it: facts of its language, each as an implication.

use assay::meaning::{Analysis, Answer, Conditions, Found, Side, Subject};
use assay_engine::oslo::{CheckTree, Rules, parse_text};
use rstest::rstest;

const HELPERS: [(&str, &str); 5] = [
    ("admin", "role:admin"),
    ("cycle", "rule:cycle"),
    ("half", "role:x or rule:other_half"),
    ("other_half", "role:y and rule:half"),
    ("closed", "!"),
];

fn with_helpers<T>(checks: &[&str], ask: impl FnOnce(&Analysis<'_>, &[CheckTree]) -> T) -> T {
    let side = Side::new(Rules::from_texts(HELPERS), []).unwrap();
    let trees: Vec<CheckTree> = checks.iter().map(|check| parse_text(check)).collect();
    let analysis = Analysis::with_checks(&[&side], &trees.iter().collect::<Vec<_>>()).unwrap();
    ask(&analysis, &trees)
}

fn implies(one: &str, other: &str) -> Answer {
    with_helpers(&[one, other], |analysis, trees| {
        analysis.implies((0, Subject::Check(&trees[0])), (0, Subject::Check(&trees[1])))
    })
}

#[rstest]
#[case::operands_in_any_order("role:a and role:b", "role:b and role:a")]
#[case::role_names_in_any_case("role:Admin", "role:ADMIN")]
#[case::roles_as_a_path_go_by_case("roles:Admin", "role:admin")]
#[case::a_target_has_one_text("'public':%(visibility)s and 'private':%(visibility)s", "!")]
#[case::numbers_are_texts("1:%(x)s and 1.0:%(x)s", "!")]
#[case::a_text_is_found_by_any_name("None:%(x)s and project_id:%(x)s", "project_id:None")]
#[case::a_text_within_a_text("'p-1':p-%(x)s", "1:%(x)s")]
#[case::undefined_is_false("@", "not rule:undefined")]
#[case::unknown_text_is_false("@", "not rule:closed")]
#[case::absorbed("role:a", "role:a or (role:a and x:%(y)s)")]
#[case::distributed("role:a and (role:b or role:c)", "role:a and role:b or role:a and role:c")]
#[case::a_format_that_raises_allows_nothing("x:100%", "!")]
#[case::a_kind_that_raises_allows_nothing("1x:a", "!")]
#[case::a_cycle_allows_nothing("rule:cycle", "!")]
#[case::a_cycle_that_is_not_reached("rule:half", "role:x")]
#[case::system_scope_is_system_too("system_scope:all", "system:all")]
#[case::a_path_needs_its_start("user.id:u1 and not user.id:u1", "!")]
#[case::exceptions_count_as_not_allowed("user.id:u1", "user.id:u1 or x:100%")]
fn one_implies_the_other(#[case] one: &str, #[case] other: &str) {
    let answer = implies(one, other);
    assert!(answer.is_yes(), "{answer:?}");
}

#[rstest]
#[case::roles_as_a_path_go_by_case("role:admin", "roles:admin")]
#[case::lists_hold_several_texts("project_id:a and project_id:b", "!")]
#[case::a_target_may_lack_the_key(
    "not project_id:%(project_id)s",
    "not rule:admin and not project_id:%(project_id)s and not 'x':%(y)s and 'z':%(y)s"
)]
#[case::none_is_a_text("project_id:%(project_id)s", "not project_id:None")]
#[case::values_go_by_case("project_id:a", "project_id:A")]
#[case::system_alone_is_no_system_scope("system:all", "system_scope:all")]
#[case::what_is_first_raises_first("role:b or user.id:u1", "user.id:u1 or role:b")]
#[case::a_format_raises_only_where_it_is_reached("role:a", "x:100% or role:a")]
#[case::what_is_entered_has_texts_too("user:u1", "not user:u1")]
#[case::another_key("project_id:%(project_id)s", "project_id:%(owner)s")]
fn one_does_not_imply_the_other(#[case] one: &str, #[case] other: &str) {
    let answer = implies(one, other);
    assert!(matches!(answer, Answer::No(Some(_))), "{answer:?}");
}

/// What services hand over as roles is a list of texts; what comes of another is told where it is asked for.
#[test]
fn roles_that_are_no_list_count_where_they_are_asked_for() {
    let side = Side::new(Rules::from_texts([("a", "role:x or y:1"), ("b", "y:1 or role:x")]), []).unwrap();
    let (a, b) = ((0, Subject::Rule("a")), (0, Subject::Rule("b")));
    assert!(Analysis::of(&[&side]).unwrap().equivalent(a, b).is_yes());
    assert!(Analysis::of(&[&side]).unwrap().any_roles().equivalent(a, b).is_no());
}

/// Source: `Enforcer` of oslo.policy 6.0.1, where a system scope comes before a domain's, and that before a project's.
#[rstest]
#[case(&["project"], "system_scope:all", true)]
#[case(&["project"], "domain_id:d1", true)]
#[case(&["project"], "domain_id:None", false)]
#[case(&["domain"], "system_scope:all", true)]
#[case(&["system", "domain"], "domain_id:d1", false)]
#[case(&["system"], "domain_id:d1", false)]
#[case(&["galaxy"], "@", true)]
#[case(&[], "system_scope:all", false)]
fn the_scope_of_a_token_comes_first(#[case] scopes: &[&str], #[case] check: &str, #[case] nobody: bool) {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let side = Side::new(Rules::from_texts([("a", check)]), [("a".to_owned(), scopes)]).unwrap();
    let analysis = Analysis::of(&[&side]).unwrap();
    assert_eq!(analysis.always_denies((0, Subject::Rule("a"))).is_yes(), nobody);
}

#[rstest]
#[case("role:admin", false)]
#[case("user.id:u1", true)]
#[case("not user.id:u1", true)]
#[case("@ or user.id:u1", false)]
#[case("x:100%", true)]
#[case("x:%(y)d", true)]
#[case("rule:cycle", true)]
#[case("role:%(y", true)]
#[case("1x:a", true)]
#[case("! and 1x:a", false)]
fn a_rule_raises_where_it_reaches_what_does(#[case] check: &str, #[case] raises: bool) {
    let answer = with_helpers(&[check], |analysis, trees| analysis.can_raise((0, Subject::Check(&trees[0]))));
    assert_eq!(answer.is_yes(), raises, "{answer:?}");
    assert_eq!(answer.is_no(), !raises, "{answer:?}");
}

#[rstest]
#[case("role:a or role:b", &[])]
#[case("role:a or role:a", &["role:a"])]
#[case("role:a or (role:a and x:1)", &["(role:a and x:1)"])]
#[case("role:a and (role:a or x:1)", &["(role:a or x:1)"])]
#[case("role:a and role:A", &["role:A"])]
#[case("@ and role:a", &["@"])]
#[case("role:a or @ or role:b", &["role:a", "role:b"])]
#[case("'a':%(x)s and not 'b':%(x)s", &["not 'b':%(x)s"])]
#[case("(role:a and role:a) or role:b", &["role:a"])]
fn branches_that_never_matter_are_found(#[case] check: &str, #[case] expected: &[&str]) {
    with_helpers(&[check], |analysis, trees| {
        let mut dead: Vec<String> = analysis
            .dead_branches(0, &trees[0])
            .expect("small")
            .into_iter()
            .map(|id| check[trees[0].node(id).outer.clone()].to_owned())
            .collect();
        dead.sort();
        assert_eq!(dead, expected);
    });
}

/// Each witness is what is asked for and nothing more.
#[rstest]
#[case("role:admin", "!", r#"creds {"roles":["admin"]}, target {}"#)]
#[case(
    "project_id:%(project_id)s",
    "!",
    r#"creds {"project_id":"project-1"}, target {"project_id":"project-1"}"#
)]
#[case("not None:%(owner)s", "!", "creds {}, target {}")]
#[case("None:%(owner)s", "!", r#"creds {}, target {"owner":null}"#)]
#[case("user.domain.id:d1", "!", r#"creds {"user":{"domain":{"id":"d1"}}}, target {}"#)]
#[case("role:admin or system_scope:all", "role:admin", r#"creds {"system_scope":"all"}, target {}"#)]
#[case("role:admin and not roles:admin", "!", r#"creds {"roles":["Admin"]}, target {}"#)]
fn witnesses_are_small(#[case] one: &str, #[case] other: &str, #[case] witness: &str) {
    let found = with_helpers(&[one, other], |analysis, trees| {
        analysis.difference((0, Subject::Check(&trees[0])), (0, Subject::Check(&trees[1])))
    });
    let Found::Request(found) = found else { panic!("{found:?}") };
    assert_eq!(found.to_string(), witness);
}

#[rstest]
#[case("role:admin", "role admin")]
#[case("role:a and not role:b", "role a and not role b")]
#[case("rule:admin or project_id:%(owner)s", "role admin or your project_id is the target's owner")]
#[case("'public':%(v)s or 'shared':%(v)s", "the target's v is public or shared")]
#[case("not ('a':%(v)s and 'b':%(v)s)", "always")]
#[case("role:a and role:b or role:a and not role:b", "role a")]
#[case(
    "role:a and role:b or not role:a and role:c or role:b and role:c",
    "role a and role b; or role c and not role a"
)]
#[case("!", "never")]
fn conditions_are_said_in_words(#[case] check: &str, #[case] words: &str) {
    let found = with_helpers(&[check], |analysis, trees| {
        let conditions = analysis.conditions((0, Subject::Check(&trees[0])));
        if let Conditions::When(alternatives) = &conditions {
            assert!(alternatives.iter().all(|all| !all.is_empty()));
        }
        conditions.words(analysis)
    });
    assert_eq!(found, words);
}

/// What a server answers is open; what hangs on it is told with the answer, and the engine is asked with it.
#[test]
fn a_remote_check_is_a_free_variable() {
    let remote = "http://policy.example/%(id)s";
    assert!(implies(remote, remote).is_yes());
    assert!(implies(&format!("{remote} and role:a"), &format!("role:a and {remote}")).is_yes());
    let Answer::No(Some(witness)) = implies(&format!("role:a and {remote}"), "!") else {
        panic!("it is allowed")
    };
    assert_eq!(witness.assuming.len(), 1);
    assert_eq!(witness.assuming[0].check, remote);
    assert!(witness.assuming[0].answer);
    // Where the server need not be asked, nothing is assumed.
    let Answer::No(Some(witness)) = implies(&format!("role:a or {remote}"), "!") else {
        panic!("it is allowed")
    };
    assert!(witness.assuming.is_empty());
}

/// A bound, not a hang: what is too large is not known.
#[test]
fn a_rule_that_is_too_large_is_undecided() {
    // Three ways to pair what comes late with what came early: no order of the atoms makes the diagram small.
    let mut parts = Vec::new();
    for index in 0..26 {
        for other in 0..26 {
            parts.push(format!(
                "( role:r{index} and role:s{other} and role:t{} )",
                (index * 7 + other * 11) % 26
            ));
        }
    }
    let check = parts.join(" or ");
    let answer = with_helpers(&[check.as_str()], |analysis, trees| {
        analysis.always_denies((0, Subject::Check(&trees[0])))
    });
    assert!(matches!(answer, Answer::Undecided(_) | Answer::No(_)), "{answer:?}");
}

#[test]
fn a_chain_of_rules_as_deep_as_pythons_stack_is_undecided() {
    let chain = |length: usize| {
        let rules = (0..length).map(|index| (format!("r{index}"), format!("rule:r{}", index + 1)));
        let rules = rules.chain([(format!("r{length}"), "role:a".to_owned())]);
        let side = Side::new(Rules::from_texts(rules), []).unwrap();
        let analysis = Analysis::of(&[&side]).unwrap();
        analysis.always_denies((0, Subject::Rule("r0")))
    };
    assert!(chain(250).is_no());
    assert!(matches!(chain(5000), Answer::Undecided(_)));
}

#[test]
fn a_lattice_of_rules_is_walked_once() {
    // Two references a level: a walk without a memory takes 2^60 steps.
    let rules = (0..60).map(|index| {
        (format!("r{index}"), format!("role:a{index} and rule:r{} or rule:r{}", index + 1, index + 1))
    });
    let rules = rules.chain([("r60".to_owned(), "role:z".to_owned())]);
    let side = Side::new(Rules::from_texts(rules), []).unwrap();
    let analysis = Analysis::of(&[&side]).unwrap();
    assert!(analysis.equivalent((0, Subject::Rule("r0")), (0, Subject::Rule("r60"))).is_yes());
}
