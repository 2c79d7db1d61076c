//! `# assay: ignore[ID] reason`.

use rstest::rstest;

use super::{found, places, usual};

#[rstest]
#[case::on_the_line("a: \"\" # assay: ignore[allows-everyone] public\n")]
#[case::on_the_line_above("# assay: ignore[allows-everyone] public\na: \"\"\n")]
#[case::above_with_comments_between("# assay: ignore[allows-everyone] public\n# and so on\n\na: \"\"\n")]
#[case::of_several_lints("a: \"\" # assay: ignore[allows-everyone, cycle] public\n")]
#[case::on_the_line_of_the_rule(
    "a: # assay: ignore[colonless-check] handled elsewhere\n  role:reader or\n  admin\n"
)]
#[case::above_a_rule_of_several_lines(
    "# assay: ignore[colonless-check] handled elsewhere\na: >\n  role:reader or\n  admin\n"
)]
#[case::without_a_blank("a: \"\" #assay: ignore[allows-everyone] public\n")]
fn what_is_ignored_is_not_reported(#[case] text: &str) {
    assert_eq!(found(&usual(text)), [] as [String; 0]);
}

#[rstest]
#[case::another_lint("a: \"\" # assay: ignore[cycle] public\n", &["allows-everyone 1:4", "unused-ignore 1:7"])]
#[case::two_lines_above("# assay: ignore[allows-everyone] public\na: \"!\"\nb: \"\"\n", &["unused-ignore 1:1", "allows-everyone 3:4"])]
#[case::below("a: \"\"\n# assay: ignore[allows-everyone] public\n", &["allows-everyone 1:4", "unused-ignore 2:1"])]
#[case::nothing_there("a: \"!\" # assay: ignore[cycle] mended\n", &["unused-ignore 1:8"])]
#[case::no_reason("a: \"\" # assay: ignore[allows-everyone]\n", &["allows-everyone 1:4", "ignore-without-reason 1:7"])]
#[case::no_id("a: \"\" # assay: ignore public\n", &["allows-everyone 1:4", "ignore-unknown 1:7"])]
#[case::unknown_id("a: \"\" # assay: ignore[allow-everyone] public\n", &["allows-everyone 1:4", "ignore-unknown 1:23"])]
fn ignores_that_silence_nothing_are_reported(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(found(&usual(text)), expected);
}

#[rstest]
#[case::in_quotes("a: \"role:x # assay: ignore[cycle] y\"\n")]
#[case::in_a_block("a: |\n  role:x # assay: ignore[cycle] y\n")]
fn what_stands_in_a_rule_is_no_ignore(#[case] text: &str) {
    assert_eq!(places(&usual(text), "unused-ignore"), [] as [String; 0]);
}

#[test]
fn only_what_stands_on_the_line_is_ignored() {
    let report = usual("a: \"\" # assay: ignore[allows-everyone] public\nb: \"\"\n");
    assert_eq!(found(&report), ["allows-everyone 2:4"]);
}
