//! Fixes: what they make of a file, and that they change no more.

use assay::lint::{Safety, fixed};
use rstest::rstest;

use super::{all, found, of_service};

#[rstest]
#[case::bare_exclamation("a: !\n", "a: \"!\"\n")]
#[case::bare_exclamation_with_comment("a: !  # nobody\n", "a: \"!\"  # nobody\n")]
#[case::blanks("a: '  '\n", "a: \"!\"\n")]
#[case::empty_inner_list("a: [[]]\n", "a: \"!\"\n")]
#[case::list("a: [role:x, [role:y, \"b:%(c)s\"]]\n", "a: \"role:x or (role:y and b:%(c)s)\"\n")]
#[case::list_of_dashes("a:\n  - role:x\n  - role:y\nb: '!'\n", "a:\n  \"role:x or role:y\"\nb: '!'\n")]
#[case::mixed("a: 'role:x or role:y and role:z'\n", "a: 'role:x or (role:y and role:z)'\n")]
#[case::mixed_twice(
    "a: 'role:w and role:x or role:y and role:z'\n",
    "a: '(role:w and role:x) or (role:y and role:z)'\n"
)]
#[case::mixed_inside("a: '(role:x or role:y and role:z)'\n", "a: '(role:x or (role:y and role:z))'\n")]
#[case::not("a: 'not role:x and role:y'\n", "a: '(not role:x) and role:y'\n")]
#[case::stray_blanks("a: ' role:x  or ( role:y )'\n", "a: 'role:x or (role:y)'\n")]
#[case::plain("a: role:x\n", "a: \"role:x\"\n")]
#[case::quotes_in_plain("a: role:x or \"b\":%(c)s\n", "a: \"role:x or \\\"b\\\":%(c)s\"\n")]
#[case::unused_ignore("a: '!' # assay: ignore[cycle] x\nb: '!'\n", "a: '!'\nb: '!'\n")]
#[case::unused_ignore_alone("# assay: ignore[cycle] x\na: '!'\n", "a: '!'\n")]
#[case::carriage_returns("b: '!'\r\na: !\r\n", "b: '!'\r\na: \"!\"\r\n")]
#[case::letters_of_two_bytes("é: !\nü: !\n", "é: \"!\"\nü: \"!\"\n")]
#[case::comments_stay(
    "# one\na: !\n\n# two\nb: !  # three\n",
    "# one\na: \"!\"\n\n# two\nb: \"!\"  # three\n"
)]
fn safe_fixes_change_what_they_name(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(settled(text, Safety::Narrows), expected);
}

#[rstest]
#[case::conversion("a: 'project_id:%(x)'\n", "a: 'project_id:%(x)s'\n")]
#[case::doubly_quoted("a: \"'@'\"\n", "a: \"@\"\n")]
#[case::boolean("a: 'is_admin:true'\n", "a: 'is_admin:True'\n")]
#[case::kind("a: 'Role:admin'\n", "a: 'role:admin'\n")]
#[case::null("a: 'null:%(x)s'\n", "a: 'None:%(x)s'\n")]
#[case::roles("a: 'roles:admin'\n", "a: 'role:admin'\n")]
#[case::quotes("a: \"role:'admin'\"\n", "a: \"role:admin\"\n")]
#[case::unquoted("a: @\nb: role:x\n", "a: \"@\"\nb: \"role:x\"\n")]
#[case::name("on: '!'\n", "\"on\": '!'\n")]
fn unsafe_fixes_say_what_the_text_says(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(
        settled(text, Safety::Narrows).replace("\"role:x\"", "role:x"),
        text,
        "not without being asked"
    );
    assert_eq!(settled(text, Safety::Widens), expected);
}

#[rstest]
#[case::null("a:\n")]
#[case::null_word("a: null\n")]
#[case::no_operator("a: \"role:x role:y\"\n")]
#[case::list_with_comments("a:\n  - role:x # one\n  - role:y\n")]
#[case::list_with_expression("a: [\"role:x or role:y\", \"role:z\"]\n")]
#[case::list_by_alias("a: &x [\"role:x\", \"role:y\"]\nb: *x\n")]
#[case::regrouped("a: \"role:x or (role:y and role:z) and role:w\"\n")]
fn where_it_is_not_known_what_was_meant_nothing_is_changed(#[case] text: &str) {
    assert_eq!(settled(text, Safety::Widens), text);
}

#[test]
fn a_redundant_override_goes_with_its_line() {
    let text = "# mine\ndelete_image: \"rule:context_is_admin or (role:member and project_id:%(project_id)s)\" # same\n\
        get_image: \"role:admin\"\n";
    let report = of_service("glance:29", text);
    let (fixed, count) = fixed(text.as_bytes(), &report.findings, Safety::Same);
    // What stands behind it on its line may be needed.
    assert_eq!((String::from_utf8_lossy(&fixed).as_ref(), count), (text, 0));
    let text = text.replace(" # same", "");
    let report = of_service("glance:29", &text);
    let (fixed, _) = super::fixes::fixed(text.as_bytes(), &report.findings, Safety::Same);
    assert_eq!(String::from_utf8_lossy(&fixed), "# mine\nget_image: \"role:admin\"\n");
}

/// The text once no fix changes it any more.
fn settled(text: &str, up_to: Safety) -> String {
    let mut text = text.to_owned();
    for _ in 0..8 {
        let report = all(&text);
        let (new, count) = fixed(text.as_bytes(), &report.findings, up_to);
        let new = String::from_utf8(new).expect("a text stays one");
        if count == 0 {
            return new;
        }
        text = new;
    }
    panic!("fixes go on for ever: {text:?} {:?}", found(&all(&text)))
}
