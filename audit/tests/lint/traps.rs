//! Each known trap of the language is reported at its place. The places are counted in the texts that stand here.

use rstest::rstest;

use super::{all, found, of_service, places};

/// What allows although it does not say so.
#[rstest]
#[case::bare_exclamation("\"x:y\": !\n", "bare-exclamation", "1:8")]
#[case::tag_on_a_text("a: ! role:admin\n", "bare-exclamation", "1:4")]
#[case::no_value("\"x:y\":\n", "null-rule", "1:7")]
#[case::tilde("\"x:y\": ~\n", "null-rule", "1:8")]
#[case::null("\"x:y\": null\n", "null-rule", "1:8")]
#[case::anchor("a: &admin\n", "null-rule", "1:4")]
#[case::no("\"x:y\": no\n", "falsy-rule", "1:8")]
#[case::off("\"x:y\": off\n", "falsy-rule", "1:8")]
#[case::false_("\"x:y\": false\n", "falsy-rule", "1:8")]
#[case::zero("\"x:y\": 0\n", "falsy-rule", "1:8")]
#[case::empty_mapping("\"x:y\": {}\n", "falsy-rule", "1:8")]
#[case::empty_list("\"x:y\": []\n", "falsy-rule", "1:8")]
#[case::empty_text("\"x:y\": \"\"\n", "allows-everyone", "1:8")]
#[case::at("\"x:y\": \"@\"\n", "allows-everyone", "1:8")]
#[case::not_undefined("a: \"not rule:typo\"\n", "undefined-under-not", "1:9")]
#[case::not_undefined_behind_a_rule("b: \"rule:typo\"\na: \"not rule:b\"\n", "undefined-under-not", "2:9")]
#[case::not_missing_key("a: \"not project_id:%(missing)s\"\n", "missing-key-under-not", "1:9")]
#[case::not_colonless("a: \"not admin\"\n", "unparseable-under-not", "1:9")]
#[case::not_unparseable("bad: \"role:a role:b\"\na: \"not rule:bad\"\n", "unparseable-under-not", "2:9")]
#[case::default_allows("default: \"@\"\na: \"rule:typo\"\n", "default-allows", "1:10")]
#[case::default_is_empty("default: \"\"\n", "default-allows", "1:10")]
#[case::none_equals_none("a: \"project_id:%(project_id)s\"\n", "unowned-target", "1:5")]
#[case::list_is_or("\"x:y\": [role:a, role:b]\n", "list-rule", "1:8")]
#[case::duplicate_key("a: \"!\"\nb: \"!\"\na: \"@\"\n", "duplicate-key", "3:1")]
#[case::roles_that_are_a_text("a: \"role:reader or role:a\"\n", "one-letter-role", "1:20")]
#[case::roles_as_a_key("a: \"roles:admin\"\n", "roles-as-key", "1:5")]
fn what_allows_is_reported_at_its_place(#[case] text: &str, #[case] id: &str, #[case] place: &str) {
    let report = all(text);
    assert_eq!(places(&report, id), [place], "{:?}", found(&report));
}

/// What denies, or raises, although it does not say so.
#[rstest]
#[case::blanks("\"x:y\": \"   \"\n", "blank-rule", "1:8")]
#[case::list_of_nothing("\"x:y\": [[]]\n", "blank-rule", "1:8")]
#[case::no_operator("a: \"role:a role:b\"\n", "unparseable", "1:12")]
#[case::bars("a: \"role:a || role:b\"\n", "unparseable", "1:12")]
#[case::ampersands("a: \"role:a && role:b\"\n", "unparseable", "1:12")]
#[case::parenthesis_left_open("a: \"(role:a\"\n", "unparseable", "1:5")]
#[case::parenthesis_too_many("a: \"role:a)\"\n", "unparseable", "1:11")]
#[case::blank_behind_the_colon("a: \"role: admin\"\n", "unparseable", "1:5")]
#[case::blank_in_quotes("a: \"'a b':%(x)s\"\n", "unparseable", "1:5")]
#[case::operator_first("a: \"or role:a\"\n", "unparseable", "1:5")]
#[case::operator_last("a: \"role:a or\"\n", "unparseable", "1:12")]
#[case::two_operators("a: \"role:a or or role:b\"\n", "unparseable", "1:15")]
#[case::lone_quoted("a: \"'foo'\"\n", "doubly-quoted", "1:5")]
#[case::quoted_among_others("a: \"role:a or 'foo'\"\n", "unparseable", "1:15")]
#[case::no_s("a: \"project_id:%(project_id)\"\n", "missing-conversion", "1:16")]
#[case::no_s_in_parentheses("a: \"role:a or (project_id:%(project_id))\"\n", "missing-conversion", "1:27")]
#[case::number_of_a_text("a: \"user_id:%(x)d\"\n", "format-raises", "1:13")]
#[case::percent_at_the_end("a: \"user_id:100%\"\n", "format-raises", "1:13")]
#[case::nothing_before_the_colon("a: \":x\"\n", "kind-raises", "1:5")]
#[case::dollar("a: \"role:x or a$b:x\"\n", "kind-raises", "1:15")]
#[case::leading_zero("a: \"01:x\"\n", "kind-raises", "1:5")]
#[case::bracket("a: \"[1:x\"\n", "kind-raises", "1:5")]
#[case::dot_at_the_end("a: \"user.id.:x\"\n", "kind-raises", "1:5")]
#[case::into_a_text("a: \"a.b:%(x)s\"\n", "dotted-credential", "1:5")]
#[case::roles_none("a: \"is_admin:True or role:reader\"\n", "roles-not-a-list", "1:22")]
#[case::true_("a: true\n", "not-a-rule", "1:4")]
#[case::yes("a: yes\n", "not-a-rule", "1:4")]
#[case::on("a: on\n", "not-a-rule", "1:4")]
#[case::number("a: 5\n", "not-a-rule", "1:4")]
#[case::sixties("a: 1:30\n", "not-a-rule", "1:4")]
#[case::date("a: 2024-01-01\n", "not-a-rule", "1:4")]
#[case::list_file("[a, b]\n", "broken-file", "1:1")]
#[case::text_file("hello\n", "broken-file", "1:1")]
#[case::lower_case_true("a: \"is_admin:true\"\n", "boolean-spelling", "1:5")]
#[case::one_for_true("a: \"is_admin:1\"\n", "boolean-spelling", "1:5")]
#[case::float("a: \"1.0:%(x)s\"\n", "literal-spelling", "1:5")]
#[case::null_literal("a: \"null:%(x)s\"\n", "literal-spelling", "1:5")]
#[case::kind_in_capitals("a: \"Role:admin\"\n", "kind-case", "1:5")]
fn what_denies_or_raises_is_reported_at_its_place(#[case] text: &str, #[case] id: &str, #[case] place: &str) {
    let report = all(text);
    assert_eq!(places(&report, id), [place], "{:?}", found(&report));
}

/// What YAML takes for something else.
#[rstest]
#[case::at("a: \"!\"\nb: @\n", "unquoted-indicator", "2:4")]
#[case::percent("a: %(x)s:y\n", "unquoted-indicator", "1:4")]
#[case::backquote("a: `x`\n", "unquoted-indicator", "1:4")]
#[case::alias("a: *x\n", "unquoted-indicator", "1:4")]
#[case::tag("a: !admin:x\n", "unquoted-indicator", "1:4")]
#[case::colon_and_blank("a: role: admin\n", "unquoted-indicator", "1:4")]
#[case::quotes_that_end("a: 'true':%(x)s\n", "unquoted-indicator", "1:4")]
#[case::comment("a: role:admin # or role:reader\n", "comment-cut", "1:15")]
#[case::comment_after_operator("a: role:admin or #role:reader\n", "comment-cut", "1:18")]
#[case::comment_all("a: #role:admin\n", "comment-cut", "1:4")]
#[case::name_on("on: \"role:admin\"\n", "name-not-text", "1:1")]
#[case::name_number("a: \"!\"\n5: \"role:admin\"\n", "name-not-text", "2:1")]
#[case::name_null("~: \"role:admin\"\n", "name-not-text", "1:1")]
#[case::second_document("a: \"!\"\n---\nb: \"!\"\n", "broken-file", "2:1")]
#[case::mapping("a:\n  role: admin\n", "mapping-rule", "2:3")]
#[case::expression_in_a_list("a: [\"role:a or role:b\"]\n", "list-item-expression", "1:6")]
#[case::word_in_a_list("a: [\"role:x\", admin]\n", "colonless-check", "1:15")]
fn what_yaml_changes_is_reported_at_its_place(#[case] text: &str, #[case] id: &str, #[case] place: &str) {
    let report = all(text);
    assert_eq!(places(&report, id), [place], "{:?}", found(&report));
}

/// References and names.
#[rstest]
#[case::undefined("a: \"role:x or rule:typo\"\n", "undefined-reference", &["1:15"])]
#[case::cycle("a: \"rule:b\"\nb: \"role:x or rule:a\"\n", "cycle", &["1:5", "2:15"])]
#[case::into_a_cycle("a: \"rule:a\"\nb: \"role:x and rule:a\"\n", "cycle", &["1:5", "2:16"])]
#[case::cycle_under_not("a: \"not rule:a\"\n", "cycle", &["1:9"])]
#[case::cycle_through_default("default: \"rule:nobody\"\n", "cycle", &["1:11"])]
#[case::not_expanded("a: \"rule:%(x)s\"\n", "rule-not-expanded", &["1:5"])]
#[case::role_for_rule("is_owner: \"project_id:%(owner)s\"\na: \"role:x or role:is_owner\"\n", "role-names-rule", &["2:15"])]
#[case::no_rule("context_is_admin: \"role:admin\"\na: \"context_is_admin:True\"\n", "missing-rule-prefix", &["2:5"])]
#[case::target_on_the_left("a: \"target.zone_type:SECONDARY\"\n", "target-as-credential", &["1:5"])]
#[case::nobody("a: \"group:nobody\"\n", "unknown-credential", &["1:5"])]
#[case::tenant("a: \"tenant:%(owner)s\"\n", "deprecated-credential", &["1:5"])]
#[case::placeholder("a: \"role:admin and domain_id:admin_domain_id\"\n", "placeholder-id", &["1:20"])]
#[case::literal_id("a: \"domain_id:default\"\n", "literal-id", &["1:5"])]
#[case::quoted_match("a: \"role:'admin'\"\n", "quoted-match", &["1:5"])]
#[case::whole_target("a: \"project_id:%s\"\n", "whole-target", &["1:16"])]
#[case::remote("a: \"role:x and http://h/p\"\n", "remote-check", &["1:16"])]
#[case::plain_http("a: \"role:x and http://h/p\"\n", "plain-http", &["1:16"])]
#[case::typo_in_a_role("a: \"role:admin or role:memebr\"\n", "unknown-role", &["1:19"])]
fn references_and_names_are_reported_at_their_places(
    #[case] text: &str,
    #[case] id: &str,
    #[case] expected: &[&str],
) {
    let report = all(text);
    assert_eq!(places(&report, id), expected, "{:?}", found(&report));
}

/// Under a service's defaults.
#[rstest]
#[case::undefined(
    "glance:29",
    "get_image: \"role:x or rule:context_is_amdin\"\n",
    "undefined-reference",
    "1:23"
)]
#[case::same_by_meaning(
    "glance:29",
    "delete_image: \"(role:member and project_id:%(project_id)s) or rule:context_is_admin\"\n",
    "redundant-override",
    "1:1"
)]
#[case::wider("glance:29", "default: \"!\"\ndelete_image: \"role:reader\"\n", "widens-default", "2:15")]
#[case::unknown("glance:29", "delete_imgae: \"role:admin\"\n", "unknown-policy", "1:1")]
#[case::renamed("cinder:29", "volume_extension:types_manage: \"role:admin\"\n", "renamed-policy", "1:1")]
#[case::removed("cinder:29", "volume:get_volume_admin_metadata: \"role:admin\"\n", "removed-policy", "1:1")]
#[case::deprecated("glance:29", "modify_task: \"role:admin\"\n", "deprecated-policy", "1:1")]
#[case::system_scope(
    "glance:29",
    "delete_image: \"role:admin and system_scope:all\"\n",
    "impossible-scope",
    "1:31"
)]
#[case::unused("cinder:29", "admin_or_cinderadmin: \"role:admin\"\n", "unused-rule", "1:1")]
fn overrides_are_held_against_the_defaults(
    #[case] service: &str,
    #[case] text: &str,
    #[case] id: &str,
    #[case] place: &str,
) {
    let report = of_service(service, text);
    assert_eq!(places(&report, id), [place], "{:?}", found(&report));
}

/// Wherever YAML puts a rule's text, a finding points at the character in the file. `bad` has no colon.
#[rstest]
#[case::plain("a: role:x or bad\n", "1:14")]
#[case::single_quotes("a: 'role:x or bad'\n", "1:15")]
#[case::doubled_quote("a: '''x'':%(y)s or bad'\n", "1:20")]
#[case::double_quotes("a: \"role:x or bad\"\n", "1:15")]
#[case::escapes("a: \"\\x72ole:x\\tor bad\"\n", "1:19")]
#[case::literal("a: |\n  role:x or\n  bad\n", "3:3")]
#[case::folded("a: >-\n    role:x\n    or bad\n", "3:8")]
#[case::plain_over_lines("a: role:x\n  or bad\n", "2:6")]
#[case::quotes_over_lines("a: \"role:x\n   or\n   bad\"\n", "3:4")]
#[case::behind_letters_of_two_bytes("é: \"role:ü or bad\"\n", "1:15")]
#[case::explicit_key("? a\n: role:x or bad\n", "2:13")]
#[case::json("{\"a\": \"role:x or bad\"}", "1:18")]
#[case::carriage_returns("b: \"!\"\r\na: \"role:x or bad\"\r\n", "2:15")]
fn places_hold_in_every_style(#[case] text: &str, #[case] place: &str) {
    let report = all(text);
    assert_eq!(places(&report, "colonless-check"), [place], "{:?}", found(&report));
}

#[test]
fn exponential_references_are_reported_where_they_get_costly() {
    // Each level twice: 2^n checks, and 10,000 of them first at the level that comes to about 2^13.
    let mut text: String =
        (0..18).map(|level| format!("r{level}: \"rule:r{0} and rule:r{0}\"\n", level + 1)).collect();
    text.push_str("r18: \"role:admin\"\n");
    let report = all(&text);
    // A level of n below the last: 2^n for the last, and three checks for each of the others: 4 * 2^n - 3.
    // 4 * 4096 - 3 = 16381 is the first above 10,000: twelve levels up from r18, which is r6 on line 7.
    assert_eq!(places(&report, "costly-references"), ["7:1"]);
}
