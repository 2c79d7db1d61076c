//! Conditions where no document says what holds: each such place has its switch.

use assay_engine::iam::value::{AddressRange, Moment, Number};
use assay_engine::iam::{
    Catalogue, Context, ContextValue, Document, Grant, Principal, Profile, Request, Rules, Switch, Switches,
    Use, Verdict, World, decide, read,
};
use rstest::rstest;

use crate::{ims, rests_on};

/// Whether a statement with this condition allows, and the switches on which that rests.
fn holds(condition: &str, context: Context, switches: Switches) -> (bool, Vec<Switch>) {
    let catalogue = ims();
    let text = format!(
        r#"{{"Version": "5.0", "Statement": [{{"Effect": "Allow", "Action": ["*"], "Condition": {condition}}}]}}"#
    );
    let profile =
        Profile { switches: Switches::default().set(Switch::EarlierOperatorsInV5, true), ..Profile::hwc() };
    let document = read_unchecked(&text, &profile, &catalogue);
    let principal = Principal { grants: vec![Grant::new("p", document)], ..Principal::default() };
    let world = World { organization: None, principal: &principal, catalogue: &catalogue, switches };
    let request = Request::action("ims:images:share").with(context);
    let decision = decide(&world, &request).expect("a decision");
    (decision.verdict == Verdict::Allow, rests_on(&world, &request))
}

/// A document that need not be valid: conditions that a service refuses are decided all the same.
fn read_unchecked(text: &str, profile: &Profile, catalogue: &Catalogue) -> Document {
    let known = read(text, Some(Use::Identity), Rules { profile, catalogue });
    known
        .or_else(|_| {
            // Without its keys' types and numbers, the catalogue of nothing refuses less.
            let text = text.replace("g:TagKeys", "x:TagKeys");
            read(&text, Some(Use::Identity), Rules { profile, catalogue: &Catalogue::default() })
        })
        .expect("a document")
}

fn one(key: &str, value: &str) -> Context {
    Context::default().with(key, value)
}

#[rstest]
#[case::missing_negated(
    r#"{"StringNotEquals": {"g:UserName": ["a"]}}"#,
    Context::default(),
    Switch::MissingNegated
)]
#[case::for_all_values_empty(
    r#"{"ForAllValues:StringEquals": {"g:TagKeys": ["a"]}}"#,
    Context::default(),
    Switch::ForAllValuesEmpty
)]
#[case::if_exists_first(
    r#"{"ForAnyValue:StringEqualsIfExists": {"g:TagKeys": ["a"]}}"#,
    Context::default(),
    Switch::IfExistsFirst
)]
#[case::empty_set_is_null(
    r#"{"Null": {"g:TagKeys": ["true"]}}"#,
    Context::default().with_many("g:TagKeys", []),
    Switch::EmptySetIsNull
)]
#[case::empty_text_is_missing(
    r#"{"StringEqualsIfExists": {"g:UserName": ["a"]}}"#,
    one("g:UserName", ""),
    Switch::EmptyTextIsMissing
)]
#[case::key_case(
    r#"{"StringEquals": {"g:username": ["a"]}}"#,
    one("g:UserName", "a"),
    Switch::KeyCaseIgnored
)]
#[case::mismatch(
    r#"{"NumberNotEquals": {"g:UserName": ["1"]}}"#,
    one("g:UserName", "2"),
    Switch::MismatchHolds
)]
#[case::no_number(r#"{"NumberNotEquals": {"x:n": ["1"]}}"#, one("x:n", "many"), Switch::MismatchHolds)]
#[case::unqualified(
    r#"{"StringEquals": {"x:many": ["a"]}}"#,
    Context::default().with_many("x:many", ["a", "b"]),
    Switch::UnqualifiedAny
)]
#[case::affix(
    r#"{"StringStartWith": {"g:UserName": ["TEST"]}}"#,
    one("g:UserName", "test1"),
    Switch::AffixCaseIgnored
)]
#[case::unlisted(
    r#"{"Null": {"ims:Encrypted": ["true"]}}"#,
    one("ims:Encrypted", "true"),
    Switch::UnlistedKeyAbsent
)]
fn what_no_document_says_rests_on_a_switch(
    #[case] condition: &str,
    #[case] context: Context,
    #[case] switch: Switch,
) {
    let default = Switches::default();
    let (by_default, mattered) = holds(condition, context.clone(), default);
    let (otherwise, _) = holds(condition, context, default.turn(switch));
    assert_eq!(by_default, default.get(switch), "{switch}");
    assert_ne!(by_default, otherwise, "{switch}");
    assert!(mattered.contains(&switch), "{mattered:?}");
}

#[rstest]
#[case::present(r#"{"StringEquals": {"g:UserName": ["a"]}}"#, one("g:UserName", "a"), true)]
#[case::other(r#"{"StringEquals": {"g:UserName": ["a"]}}"#, one("g:UserName", "b"), false)]
#[case::missing(r#"{"StringEquals": {"g:UserName": ["a"]}}"#, Context::default(), false)]
#[case::if_exists(r#"{"StringEqualsIfExists": {"g:UserName": ["a"]}}"#, Context::default(), true)]
#[case::null(r#"{"Null": {"g:UserName": ["true"]}}"#, Context::default().with_value("g:UserName", ContextValue::Null), true)]
#[case::any_missing(r#"{"ForAnyValue:StringEquals": {"g:TagKeys": ["a"]}}"#, Context::default(), false)]
fn where_a_document_says_what_holds_no_switch_matters(
    #[case] condition: &str,
    #[case] context: Context,
    #[case] expected: bool,
) {
    assert_eq!(holds(condition, context, Switches::default()), (expected, Vec::new()));
}

#[rstest]
#[case("1", "1.0", true)]
#[case("-0", "0", true)]
#[case("007", "7", true)]
#[case("0.1", "0.10", true)]
#[case("9007199254740993", "9007199254740992", false)]
#[case("1", "-1", false)]
fn numbers_are_equal_by_value(#[case] a: &str, #[case] b: &str, #[case] equal: bool) {
    assert_eq!(Number::parse(a) == Number::parse(b), equal);
}

#[test]
fn numbers_are_ordered_exactly() {
    let sorted =
        ["-10", "-9.5", "-0.1", "0", "0.09", "0.1", "9", "10", "9007199254740992", "9007199254740993"];
    let numbers: Vec<Number> = sorted.iter().map(|text| Number::parse(text).expect("a number")).collect();
    assert!(numbers.is_sorted() && numbers.windows(2).all(|pair| pair[0] < pair[1]));
}

#[rstest]
#[case("")]
#[case("-")]
#[case("1.")]
#[case(".5")]
#[case("1e3")]
#[case(" 1")]
#[case("+1")]
#[case("٣")]
fn other_texts_are_no_numbers(#[case] text: &str) {
    assert_eq!(Number::parse(text), None);
}

#[test]
fn moments_are_ordered_across_years_and_offsets() {
    let texts = [
        "0000-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "2000-02-29T00:00:00Z",
        "2000-03-01T00:00:00Z",
        "2022-08-01T00:00:00+08:00",
        "2022-08-01T00:00:00Z",
        "2022-08-01T00:00:00.5Z",
        "2022-08-01T00:00:00-01:00",
        "9999-12-31T23:59:59Z",
    ];
    let moments: Vec<Moment> = texts.iter().map(|text| Moment::parse(text).expect("a moment")).collect();
    assert!(moments.windows(2).all(|pair| pair[0] < pair[1]), "{moments:?}");
}

#[rstest]
#[case("2022-02-30T00:00:00Z")]
#[case("1900-02-29T00:00:00Z")]
#[case("2022-13-01T00:00:00Z")]
#[case("2022-08-01T24:00:00Z")]
#[case("2022-08-01T00:00:00")]
#[case("2022-08-01 00:00:00Z")]
#[case("2022-08-01")]
#[case("2022-08-01T00:00:00+25:00")]
#[case("２０22-08-01T00:00:00Z")]
fn other_texts_are_no_moments(#[case] text: &str) {
    assert_eq!(Moment::parse(text), None);
}

#[rstest]
#[case("0.0.0.0/0", "255.255.255.255", true)]
#[case("10.0.0.1", "10.0.0.1", true)]
#[case("10.0.0.1", "10.0.0.2", false)]
#[case("::/0", "2001:db8::1", true)]
#[case("2001:db8::/32", "2001:db9::", false)]
#[case("::/0", "10.0.0.1", false)]
fn an_address_lies_in_a_range(#[case] range: &str, #[case] address: &str, #[case] inside: bool) {
    let range = AddressRange::parse(range).expect("a range");
    assert_eq!(range.contains(address.parse().expect("an address")), inside);
}

#[rstest]
#[case("10.0.0.0/33")]
#[case("10.0.0.0/")]
#[case("10.0.0.0/+8")]
#[case("10.0.0")]
fn other_texts_are_no_ranges(#[case] text: &str) {
    assert_eq!(AddressRange::parse(text), None);
}
