//! What a document may hold, beyond the cases of the corpus.

use assay_engine::iam::{
    ActionPattern, Document, Operator, Profile, Qualifier, Rules, Switch, Urn, Use, Violation, read,
};
use rstest::rstest;

use crate::ims;

fn names(text: &str, use_: Use, profile: &Profile) -> Vec<&'static str> {
    let catalogue = ims();
    match read(text, Some(use_), Rules { profile, catalogue: &catalogue }) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.violation.name()).collect(),
    }
}

fn profile(switch: Switch, setting: bool) -> Profile {
    let profile = Profile::hwc();
    Profile { switches: profile.switches.set(switch, setting), ..profile }
}

const NOT_ACTION: &str =
    r#"{"Version": "1.1", "Statement": [{"Effect": "Deny", "NotAction": ["ims:images:list"]}]}"#;
const LOWER: &str = r#"{"Version": "1.1", "Statement": [{"Effect": "deny", "Action": ["ims:images:list"]}]}"#;
const BARE: &str = r#"{"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": "ims:images:list"}]}"#;
const MIXED: &str =
    r#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["ims:images:list", "OBS:*:*"]}]}"#;
const RESOURCE: &str = r#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["ims:images:get"],
    "Resource": ["ims:*:*:image:x"]}]}"#;
const LIKE: &str = r#"{"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": ["*"],
    "Condition": {"StringLike": {"g:UserName": ["a"]}}}]}"#;

#[rstest]
#[case(NOT_ACTION, Use::Policy, Switch::NotActionInV1, &["invalid-key"], &[])]
#[case(LOWER, Use::Policy, Switch::EffectCaseIgnored, &["effect"], &[])]
#[case(BARE, Use::Identity, Switch::BareTextInV5, &["action-not-array"], &[])]
#[case(MIXED, Use::Policy, Switch::MixedScopes, &["mixed-scopes"], &[])]
#[case(RESOURCE, Use::Policy, Switch::ResourceInV1, &["resource-unsupported"], &[])]
#[case(LIKE, Use::Identity, Switch::EarlierOperatorsInV5, &["unknown-operator"], &[])]
fn a_switch_lets_a_document_pass(
    #[case] text: &str,
    #[case] use_: Use,
    #[case] switch: Switch,
    #[case] off: &[&str],
    #[case] on: &[&str],
) {
    assert_eq!(names(text, use_, &profile(switch, false)), off);
    assert_eq!(names(text, use_, &profile(switch, true)), on);
}

#[rstest]
#[case::multivalued_without_qualifier(r#"{"StringEquals": {"g:TagKeys": ["a"]}}"#, "missing-qualifier")]
#[case::multivalued_of_the_service(
    r#"{"StringMatch": {"ims:TargetOrgPaths": ["a/*"]}}"#,
    "missing-qualifier"
)]
#[case::qualified_null(r#"{"ForAnyValue:Null": {"g:TagKeys": ["true"]}}"#, "qualifier-on-presence")]
#[case::null_of_what(r#"{"Null": {"g:TagKeys": ["maybe"]}}"#, "value")]
#[case::range(r#"{"IpAddress": {"g:SourceIp": ["10.0.0.0/8"]}}"#, "unknown-operator")]
#[case::no_object(r#"["Bool"]"#, "condition-not-object")]
#[case::operator_without_keys(r#"{"Bool": "true"}"#, "condition-not-object")]
fn a_condition_of_an_identity_policy_is_refused(#[case] condition: &str, #[case] name: &str) {
    let text = format!(
        r#"{{"Version": "5.0", "Statement": [{{"Effect": "Allow", "Action": ["*"], "Condition": {condition}}}]}}"#
    );
    assert_eq!(names(&text, Use::Identity, &Profile::hwc()), [name]);
}

#[test]
fn all_that_is_wrong_is_said_in_order() {
    let text = "{\"Version\": \"5.0\",\n \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": [\"*:a:b\", \"x\"],\n   \
                \"Resource\": [\"ims:r:a:image\"]}]}";
    let catalogue = ims();
    let rules = Rules { profile: &Profile::hwc(), catalogue: &catalogue };
    let problems = read(text, Some(Use::Identity), rules).expect_err("problems");
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "3:34: a wildcard in the service of \"*:a:b\"",
            "3:43: the action \"x\" is not service:type:operation",
            "4:17: the resource \"ims:r:a:image\" is not service:region:account:type:path",
        ]
    );
    assert_eq!(&text[problems[1].span.clone()], "\"x\"");
}

#[test]
fn without_a_use_the_version_says_what_a_document_is() {
    let catalogue = ims();
    let rules = Rules { profile: &Profile::hwc(), catalogue: &catalogue };
    let of = |text: &str| read(text, None, rules).map(|document: Document| document.principal_use());
    let statement = r#""Statement": [{"Effect": "Allow", "Action": ["ims:*:*"]}]"#;
    assert_eq!(of(&format!(r#"{{"Version": "1.0", {statement}}}"#)), Ok(Use::Role));
    assert_eq!(of(&format!(r#"{{"Version": "1.1", {statement}}}"#)), Ok(Use::Policy));
    assert_eq!(of(&format!(r#"{{"Version": "1.1", {statement}, "Depends": []}}"#)), Ok(Use::Role));
    assert_eq!(of(&format!(r#"{{"Version": "5.0", {statement}}}"#)), Ok(Use::Identity));
    let unknown = of(&format!(r#"{{"Version": "2.0", {statement}}}"#)).expect_err("no version");
    assert_eq!(unknown[0].violation, Violation::Version("1.0, 1.1 or 5.0"));
}

#[rstest]
#[case("StringEquals", None, false)]
#[case("ForAllValues:StringMatch", Some(Qualifier::ForAllValues), false)]
#[case("ForAnyValue:StringNotEqualsIfExists", Some(Qualifier::ForAnyValue), true)]
fn an_operator_is_printed_as_it_is_written(
    #[case] name: &str,
    #[case] qualifier: Option<Qualifier>,
    #[case] if_exists: bool,
) {
    let operator = Operator::named(name).expect("an operator");
    assert_eq!(
        (operator.qualifier, operator.if_exists, operator.to_string()),
        (qualifier, if_exists, name.into())
    );
}

#[rstest]
#[case("")]
#[case("stringequals")]
#[case("IfExists")]
#[case("StringEqualsIfExistsIfExists")]
#[case("ForAnyValue:ForAllValues:StringEquals")]
#[case("ForAllValue:StringEquals")]
fn other_names_are_no_operators(#[case] name: &str) {
    assert_eq!(Operator::named(name), None);
}

#[test]
fn a_urn_splits_on_its_first_four_colons() {
    let urn: Urn = "obs::account:object:bucket/a:b:c".parse().expect("a URN");
    let parts = (urn.service(), urn.region(), urn.account(), urn.resource_type(), urn.path());
    assert_eq!(parts, ("obs", "", "account", "object", "bucket/a:b:c"));
    assert!("a:b:c:d".parse::<Urn>().is_err() && "::::".parse::<Urn>().is_ok());
}

#[test]
fn a_pattern_has_a_service_unless_a_wildcard_stands_for_it() {
    let service = |text: &str| ActionPattern::from(text).service().map(str::to_owned);
    assert_eq!(service("ims:*:*").as_deref(), Some("ims"));
    assert_eq!((service("*"), service("im*:a:b")), (None, None));
}

/// Each of these took time that grew with the square of the length.
#[rstest]
#[case::members(format!("{{{}}}", (0..60_000).map(|i| format!("\"k{i}\": 1")).collect::<Vec<_>>().join(", ")))]
#[case::problems(format!(
    r#"{{"Version": "5.0", "Statement": [{{"Effect": "Allow", "Action": [{}]}}]}}"#,
    vec!["\"a\""; 60_000].join(", ")
))]
#[case::resources(format!(
    r#"{{"Version": "5.0", "Statement": [{{"Effect": "Allow", "Action": [{}], "Resource": [{}]}}]}}"#,
    vec!["\"ims:images:get\""; 30_000].join(", "),
    vec!["\"ims:r:a:volume:v\""; 30_000].join(", ")
))]
fn a_long_document_takes_no_longer_than_its_length(#[case] text: String) {
    let started = std::time::Instant::now();
    assert!(!names(&text, Use::Identity, &Profile::hwc()).is_empty());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
