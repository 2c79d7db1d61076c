//! Policy files: what is read of them, and where everything stands.

use std::path::Path;

use assay::policy::{InputError, PolicyFile};
use assay_engine::oslo::load::yaml::Style;
use rstest::rstest;

fn file(text: &str) -> PolicyFile {
    PolicyFile::of_bytes(Path::new("policy.yaml"), text.as_bytes()).unwrap()
}

/// The word `role:x` of the rule `a` is found again where it is written, whatever the style.
#[rstest]
#[case::plain("a: role:y or role:x\n", Style::Plain)]
#[case::plain_over_lines("a: role:y\n   or\n\n   role:x or role:z\n", Style::Plain)]
#[case::single("a: 'role:y or role:x'\n", Style::SingleQuoted)]
#[case::doubled_quotes("a: '''y'':%(y)s or role:x'\n", Style::SingleQuoted)]
#[case::double("a: \"role:y or role:x\"\n", Style::DoubleQuoted)]
#[case::escapes("a: \"'\\u0079':%(y)s\\tor\\x20role:x\"\n", Style::DoubleQuoted)]
#[case::continued("a: \"role:y or \\\n    role:x\"\n", Style::DoubleQuoted)]
#[case::double_over_lines("a: \"role:y or\n\n  role:x\"\n", Style::DoubleQuoted)]
#[case::literal("a: |\n  role:y or\n    role:x or\n  role:z\n", Style::Literal)]
#[case::folded("a: >-\n  role:y or\n\n  role:x or\n  role:z\n", Style::Folded)]
#[case::tagged("a: !!str 'role:y or role:x'\n", Style::SingleQuoted)]
#[case::after_others("'ä': 'ö'\na: \"ö or role:x\"\n", Style::DoubleQuoted)]
fn a_part_of_a_rule_is_found_where_it_is_written(#[case] text: &str, #[case] style: Style) {
    let file = file(text);
    let entry = file.entry("a").unwrap();
    assert_eq!(entry.value_written.style, style);
    let start = entry.text().unwrap().find("role:x").unwrap();
    let bytes = file.bytes_in(entry, &(start..start + 6)).unwrap();
    assert_eq!(&file.text[bytes.clone()], "role:x");
    assert_eq!(bytes.start, text.find("role:x").unwrap());
}

#[test]
fn every_character_of_a_rule_is_found_where_it_is_written() {
    let file = file("a: \"\\u00e4:'b'\n  or c\\\"d:%(e)s\"\n");
    let entry = file.entry("a").unwrap();
    let place = |c: &str| file.place_in(entry, entry.text().unwrap().find(c).unwrap()).to_string();
    assert_eq!(
        [place("ä"), place(":"), place("b"), place("or"), place("d"), place("%")].join(" "),
        "1:5 1:11 1:13 2:3 2:9 2:11"
    );
}

#[test]
fn lines_end_as_yaml_ends_them_and_a_byte_order_mark_takes_no_column() {
    let file = file("\u{feff}a: x\u{85}b: y\r\nc: z\n");
    assert_eq!(file.text.find("b:").map(|at| file.position(at).to_string()).as_deref(), Some("2:1"));
    assert_eq!(file.position(file.text.find("a:").unwrap()).to_string(), "1:1");
    assert_eq!(file.entry("c").unwrap().value_at.to_string(), "3:4");
    assert!(file.crlf);
}

#[test]
fn of_a_name_that_comes_twice_the_last_counts_and_the_first_is_told() {
    let file = file("a: '@'\nb: '!'\na: '!'\n");
    assert_eq!(file.entry("a").unwrap().value_at.to_string(), "3:4");
    let hidden: Vec<_> = file.hidden.iter().map(|entry| (entry.name.as_str(), entry.value_at.line)).collect();
    assert_eq!(hidden, [("a", 1)]);
}

#[test]
fn what_a_merge_key_brings_is_marked_and_hides_nothing() {
    let file = file("x: &x {a: '@', b: '@', b: '!'}\n<<: *x\na: '!'\n");
    let merged: Vec<_> = file.entries.iter().map(|entry| (entry.name.as_str(), entry.merged)).collect();
    assert_eq!(merged, [("a", false), ("b", true), ("x", false)]);
    assert!(file.hidden.is_empty());
}

#[rstest]
#[case::tag("a: !\n", Style::Nothing, "!")]
#[case::nothing("a:\nb: ''\n", Style::Nothing, "")]
#[case::anchor("a: &x\n", Style::Nothing, "&x")]
#[case::null("a: ~\n", Style::Plain, "~")]
#[case::quoted("a: '!' # no\n", Style::SingleQuoted, "'!'")]
#[case::list("a: [role:x, [b, c]] # no\n", Style::Flow, "[role:x, [b, c]]")]
#[case::dashes("a:\n  - role:x\n  - [b, c]\n\n# no\nb: ''\n", Style::Block, "- role:x\n  - [b, c]")]
#[case::alias("b: &x '@'\na: *x\n", Style::Alias, "*x")]
fn a_value_is_known_to_the_byte(#[case] text: &str, #[case] style: Style, #[case] written: &str) {
    let file = file(text);
    let entry = file.entry("a").unwrap();
    assert_eq!(entry.value_written.style, style);
    assert_eq!(&file.text[entry.value_written.start..entry.value_written.end], written);
}

#[test]
fn a_name_that_is_no_text_is_kept_as_it_is_written() {
    let file = file("yes: '@'\n5: '@'\n");
    let names: Vec<_> = file.entries.iter().map(|entry| (entry.name.as_str(), entry.is_named)).collect();
    assert_eq!(names, [("yes", false), ("5", false)]);
}

#[rstest]
#[case::syntax("a: 'x'\nb: [\n", "policy.yaml:3:1: ")]
#[case::not_a_mapping(
    "- a\n",
    "policy.yaml:1:1: a policy file must hold a mapping of rules (raises AttributeError)"
)]
#[case::percent("a: %x\n", "policy.yaml:1:4: ")]
fn what_cannot_be_read_is_said_with_its_place(#[case] text: &str, #[case] message: &str) {
    let error = PolicyFile::of_bytes(Path::new("policy.yaml"), text.as_bytes()).unwrap_err();
    assert!(matches!(error, InputError::Policy(_)));
    assert!(error.to_string().starts_with(message), "{error}");
}

#[test]
fn a_value_that_is_no_rule_is_read_and_then_refused_with_its_place() {
    let file = file("a: '@'\nb: yes\n");
    assert!(file.entry("b").unwrap().tree.is_err());
    assert_eq!(
        file.rules().unwrap_err().to_string(),
        "policy.yaml:2:4: this value is no rule (raises TypeError)"
    );
}
