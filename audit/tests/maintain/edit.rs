//! Edits of policy files: what is to change has changed, and nothing else.

use assay::edit::{Edited, Editor, Place, scalar};
use assay::policy::PolicyFile;
use assay_engine::oslo::load::yaml::Style;
use assay_engine::oslo::python::Value;
use proptest::prelude::*;
use rstest::rstest;

fn file(text: &str) -> PolicyFile {
    PolicyFile::of_bytes("policy.yaml".as_ref(), text.as_bytes()).expect("a policy file")
}

#[track_caller]
fn edited(text: &str, edit: impl Fn(&mut Editor<'_>)) -> String {
    let file = file(text);
    let mut editor = Editor::new(&file);
    edit(&mut editor);
    editor.finish().expect("an edit").text
}

const COMMENTED: &str = "\
# The team's policy.

# Everyone reads.
\"get\": \"role:reader\"  # since 2023

# Writing is for owners:
# see the handbook.
'set':   'rule:get and
    project_id:%(project_id)s'
list:
- [role:a, rule:get]
- rule:get
text: |
  rule:get
  or role:x

# The end.
";

#[rstest]
#[case::quotes_stay(
    "get",
    "read",
    "\"get\": \"role:reader\"  # since 2023",
    "\"read\": \"role:reader\"  # since 2023"
)]
#[case::single_quotes_too("set", "it's", "'set': ", "'it''s': ")]
#[case::plain_where_it_can_be("list", "list:all", "list:\n", "list:all:\n")]
#[case::quoted_where_it_must_be("text", "no", "text: |", "\"no\": |")]
fn a_name_changes_alone(#[case] old: &str, #[case] new: &str, #[case] before: &str, #[case] after: &str) {
    let expected = COMMENTED.replacen(before, after, 1);
    assert_eq!(edited(COMMENTED, |editor| editor.rename(old, new).expect("a name")), expected);
}

#[test]
fn a_check_changes_where_it_stands_in_every_style() {
    let text = edited(COMMENTED, |editor| {
        for name in ["set", "list", "text"] {
            editor.rewrite_check(name, "rule:get", "rule:get:all").expect("a name");
        }
    });
    assert_eq!(text, COMMENTED.replace("rule:get", "rule:get:all"));
}

#[rstest]
#[case::within_a_longer_name("a: rule:get or rule:get_all\n", "a: rule:new or rule:get_all\n")]
#[case::in_parentheses("a: not (rule:get)\n", "a: not (rule:new)\n")]
#[case::another_kind("a: 'xrule:get or role:rule:get'\n", "a: 'xrule:get or role:rule:get'\n")]
#[case::escaped("a: \"rule:g\\x65t or @\"\n", "a: \"rule:new or @\"\n")]
#[case::behind_a_doubled_quote("a: '''x'':%(y)s or rule:get'\n", "a: '''x'':%(y)s or rule:new'\n")]
#[case::unparsable_is_left("a: rule:get rule:get\n", "a: rule:get rule:get\n")]
#[case::list(
    "a: [rule:get, 'rule:get', [role:x, \"rule:get\"]]\n",
    "a: [rule:new, 'rule:new', [role:x, \"rule:new\"]]\n"
)]
fn only_whole_checks_change(#[case] text: &str, #[case] expected: &str) {
    let new = edited(text, |editor| editor.rewrite_check("a", "rule:get", "rule:new").expect("a name"));
    assert_eq!(new, expected);
}

#[test]
fn a_removed_rule_takes_its_comments_along_and_no_others() {
    let text = edited(COMMENTED, |editor| editor.remove("set").expect("a name"));
    let gone = "# Writing is for owners:\n# see the handbook.\n'set':   'rule:get and\n    project_id:%(project_id)s'\n";
    assert_eq!(text, COMMENTED.replace(gone, ""));
    let text = edited("# About the file.\na: b:c\nd: e:f\n", |editor| editor.remove("a").expect("a name"));
    assert_eq!(text, "# About the file.\nd: e:f\n");
}

#[test]
fn all_rules_of_a_name_that_is_there_twice_go() {
    let text = edited("a: b:c\nd: e:f\na: g:h # last\n", |editor| editor.remove("a").expect("a name"));
    assert_eq!(text, "d: e:f\n");
    let text = edited("a: b:c\nd: e:f\na: g:h # last\n", |editor| editor.rename("a", "n").expect("a name"));
    assert_eq!(text, "n: b:c\nd: e:f\nn: g:h # last\n");
}

#[rstest]
#[case::one_line("a: b:c # d\ne: f:g\n", "# why\n# a: b:c # d\ne: f:g\n")]
#[case::lines("a: |\n  b:c\n\n  or d:e\n\ne: f:g\n", "# why\n# a: |\n#   b:c\n\n#   or d:e\n\ne: f:g\n")]
#[case::indented("  a: b:c\n  e: f:g\n", "  # why\n  # a: b:c\n  e: f:g\n")]
#[case::the_only_one("a: b:c", "# why\n# a: b:c")]
fn a_rule_becomes_a_comment(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(edited(text, |editor| editor.comment_out("a", "why").expect("a name")), expected);
}

#[rstest]
#[case::quoted("'a':   'b:c' # d\ne: f:g\n", "'a':   'b:c' # d\n'n':   'b:c'\ne: f:g\n")]
#[case::last_line_without_end("a: b:c", "a: b:c\nn: b:c")]
#[case::block_text("a: |+\n  b:c\n\n# of e\ne: f:g\n", "a: |+\n  b:c\n\nn: |+\n  b:c\n\n# of e\ne: f:g\n")]
#[case::list("a:\n- b:c\n- d:e # f\ng: h:i\n", "a:\n- b:c\n- d:e # f\nn:\n- b:c\n- d:e\ng: h:i\n")]
#[case::nothing("a:\ne: f:g\n", "a:\nn:\ne: f:g\n")]
#[case::anchor("a: &x b:c\ne: *x\n", "a: &x b:c\nn: b:c\ne: *x\n")]
#[case::tag("a: ! b:c\ne: f:g\n", "a: ! b:c\nn: ! b:c\ne: f:g\n")]
#[case::bare_tag("a: !\ne: f:g\n", "a: !\nn: !\ne: f:g\n")]
#[case::alias("e: &x f:g\na: *x\n", "e: &x f:g\na: *x\nn: *x\n")]
#[case::json(
    "{\n    \"a\" : \"b:c\",\n    \"e\" : \"f:g\"\n}\n",
    "{\n    \"a\" : \"b:c\",\n    \"n\" : \"b:c\",\n    \"e\" : \"f:g\"\n}\n"
)]
#[case::json_last("{\"e\": \"f:g\", \"a\": []}", "{\"e\": \"f:g\", \"a\": [], \"n\": []}")]
fn a_copy_stands_behind_its_rule(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(edited(text, |editor| editor.copy("a", "n").expect("a name")), expected);
}

#[rstest]
#[case::first("{\n  \"a\": \"b\",\n  \"c\": \"d\"\n}\n", &["a"], "{\n  \"c\": \"d\"\n}\n")]
#[case::last("{\n  \"a\": \"b\",\n  \"c\": \"d\"\n}\n", &["c"], "{\n  \"a\": \"b\"\n}\n")]
#[case::last_two("{\"a\": \"b\", \"c\": \"d\", \"e\": \"f\"}", &["c", "e"], "{\"a\": \"b\"}")]
#[case::first_and_last("{\"a\": \"b\", \"c\": \"d\", \"e\": \"f\"}", &["a", "e"], "{\"c\": \"d\"}")]
#[case::all("{\"a\": \"b\", \"c\": \"d\"}", &["a", "c"], "{}")]
#[case::trailing_comma("{\"a\": \"b\", \"c\": \"d\",}", &["c"], "{\"a\": \"b\",}")]
#[case::comment_behind("{\"a\": \"b\", # of a\n \"c\": \"d\"}", &["c"], "{\"a\": \"b\"}")]
fn json_stays_json_when_rules_go(#[case] text: &str, #[case] names: &[&str], #[case] expected: &str) {
    let new = edited(text, |editor| names.iter().for_each(|name| editor.remove(name).expect("a name")));
    assert_eq!(new, expected);
}

#[rstest]
#[case::plain("a: b:c\n", "@", "a: \"@\"\n")]
#[case::plain_stays("a: b:c\n", "role:x or d:e", "a: role:x or d:e\n")]
#[case::single("a: 'b:c'\n", "'x':%(y)s", "a: '''x'':%(y)s'\n")]
#[case::nothing("a:\n", "!", "a: \"!\"\n")]
#[case::block_text("a: >\n  b:c\n  or d:e\n\nn: x:y\n", "!", "a: \"!\"\n\nn: x:y\n")]
#[case::list("a:\n- b:c\nn: x:y\n", "!", "a: \"!\"\nn: x:y\n")]
#[case::null("a: null # why\n", "!", "a: \"!\" # why\n")]
fn a_rule_gets_another_text(#[case] text: &str, #[case] new: &str, #[case] expected: &str) {
    assert_eq!(edited(text, |editor| editor.replace("a", new).expect("a name")), expected);
}

#[test]
fn a_copy_of_a_rule_with_another_text_has_that_text() {
    let text = edited("a:\n- b:c\nd: e:f\n", |editor| {
        editor.replace("a", "!").expect("a name");
        editor.copy("a", "n").expect("a name");
    });
    assert_eq!(text, "a: \"!\"\nn: \"!\"\nd: e:f\n");
}

#[test]
fn line_ends_stay_what_they_are() {
    let raw = "a: b:c\r\n# of d\r\nd: e:f\r\n";
    let file = file(raw);
    let mut editor = Editor::new(&file);
    editor.rename("a", "n").expect("a name");
    editor.copy("d", "m").expect("a name");
    let edited: Edited = editor.finish().expect("an edit");
    assert_eq!(edited.onto(raw).as_deref(), Some("n: b:c\r\n# of d\r\nd: e:f\r\nm: e:f\r\n"));
}

#[rstest]
#[case::an_anchor_that_others_use("a: &x b:c\nd: *x\n")]
#[case::a_key_with_a_question_mark("? a\n: b:c\nd: e:f\n")]
fn what_cannot_be_removed_alone_is_refused(#[case] text: &str) {
    let file = file(text);
    let mut editor = Editor::new(&file);
    editor.remove("a").expect("a name");
    editor.finish().expect_err("more would change");
}

#[test]
fn rules_of_a_merge_key_are_refused() {
    let file = file("<<: {a: b:c}\nd: e:f\n");
    let error = Editor::new(&file).rename("a", "n").expect_err("it is written elsewhere");
    assert_eq!(
        error.to_string(),
        "policy.yaml:1:6: \"a\" comes from a merge key (<<), which cannot be edited rule by rule"
    );
}

#[test]
fn names_that_are_there_are_refused() {
    let file = file("a: b:c\nd: e:f\n");
    let mut editor = Editor::new(&file);
    editor.rename("a", "d").expect_err("taken");
    editor.copy("a", "d").expect_err("taken");
    editor.rename("x", "y").expect_err("not there");
    editor.rename("d", "y").expect("free");
    editor.copy("a", "d").expect("free now");
}

/// Texts as they could be rules, and ones that could not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z:%()' @!]{0,20}",
        2 => prop::sample::select(vec!["", " ", "no", "~", "5", "1e3", "0x1f", "2024-01-01", "- a", "a: b", "a #b", "'", "\"", "\\", "<<", "=", "!", "&a", "*a", "{a}", "[b]", "a,b", "? a", "|", ">", "%a", "@x", "`", "role:a or\nrole:b", "\ta", "a\t", "…", "\u{85}", "\u{2028}", "\u{feff}", "😀"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    prop::sample::select(vec![
        Style::Plain,
        Style::SingleQuoted,
        Style::DoubleQuoted,
        Style::Literal,
        Style::Nothing,
    ])
}

/// A policy file with comments, in one of the ways in which people write them; names are `r0`, `r1`, ….
fn policy() -> impl Strategy<Value = (String, Vec<String>, bool)> {
    let rule = (text(), style(), prop::bool::ANY, prop::bool::ANY, 0..3_usize);
    (prop::collection::vec(rule, 1..6), prop::bool::ANY).prop_map(|(rules, flow)| {
        let mut out = if flow { "{\n".to_owned() } else { "# About the file.\n\n".to_owned() };
        let count = rules.len();
        let mut texts = Vec::new();
        for (index, (text, style, comment, behind, blanks)) in rules.into_iter().enumerate() {
            if comment && !flow {
                out.push_str(&format!("# comment {index}\n"));
            }
            out.push_str(&format!("r{index}:{}", " ".repeat(blanks + 1)));
            out.push_str(&scalar(&text, style, flow, Place::Value));
            if flow && index + 1 < count {
                out.push(',');
            }
            if behind && !flow {
                out.push_str(&format!("  # behind {index}"));
            }
            out.push('\n');
            texts.push(text);
        }
        if flow {
            out.push_str("}\n");
        }
        (out, texts, flow)
    })
}

fn mapping(text: &str) -> Vec<(String, Value)> {
    file(text).entries.into_iter().map(|entry| (entry.name, entry.value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_quoted_text_is_read_as_it_was(text in text(), style in style(), flow: bool) {
        let value = scalar(&text, style, flow, Place::Value);
        let key = scalar(&text, style, flow, Place::Key);
        // A key of more than 1,024 characters is none; nobody's is.
        prop_assume!(key.len() < 1000);
        let whole = if flow { format!("{{x: {value}, {key}: y}}") } else { format!("x: {value}\n{key}: y\n") };
        prop_assume!(text != "x");
        prop_assert_eq!(mapping(&whole), [("x".to_owned(), Value::from(text.as_str())), (text, "y".into())]);
    }

    #[test]
    fn json_reads_what_is_in_double_quotes(text in text()) {
        let quoted = scalar(&text, Style::DoubleQuoted, true, Place::Value);
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).expect("JSON"), text);
    }

    /// Whatever is done to one rule, the file then says that and nothing else, and the lines of the others with their
    /// comments are the very same, in the same order.
    #[test]
    fn the_rest_of_a_file_stays((text, texts, flow) in policy(), index: prop::sample::Index, new in text(), what in 0..5_u8) {
        let index = index.index(texts.len());
        let name = format!("r{index}");
        let mut expected: Vec<(String, Value)> = texts.iter().enumerate().map(|(index, text)| (format!("r{index}"), text.as_str().into())).collect();
        let read = file(&text);
        let mut editor = Editor::new(&read);
        match what {
            0 => { editor.rename(&name, "new name").expect("free"); expected[index].0 = "new name".to_owned(); }
            1 => { editor.replace(&name, &new).expect("there"); expected[index].1 = new.as_str().into(); }
            2 => { editor.remove(&name).expect("there"); expected.remove(index); }
            3 => { editor.comment_out(&name, "why").expect("there"); expected.remove(index); }
            _ => { editor.copy(&name, "copy").expect("free"); expected.insert(index + 1, ("copy".to_owned(), expected[index].1.clone())); }
        }
        let edited = editor.finish().expect("an edit").text;
        prop_assert_eq!(mapping(&edited), expected, "{}", edited);
        let others = |text: &str| -> Vec<String> {
            let is_other = |line: &&str| {
                let digit = |word: &str| line.find(word).and_then(|at| line[at + word.len()..].chars().next()).and_then(|c| c.to_digit(10));
                let of = digit("# comment ").or(line.starts_with('r').then(|| digit("r")).flatten());
                of.is_some_and(|of| of as usize != index)
            };
            text.split('\n').filter(is_other).map(|line| if flow { line.trim_end_matches(',').to_owned() } else { line.to_owned() }).collect()
        };
        prop_assert_eq!(others(&text), others(&edited), "{}", edited);
    }
}
