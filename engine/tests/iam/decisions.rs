//! What a decision says of itself, and the switches of actions, roles and callers.

use assay_engine::iam::{
    Asked, Attachment, By, Circumstance, Denial, Document, Effect, Grant, Level, Needed, Organization,
    Principal, Request, ResourcePattern, Statement, Switch, Switches, Undecided, Use, Verdict, Version,
    World, decide, explain,
};
use rstest::rstest;

use crate::{ims, rests_on};

fn document(version: Version, effect: Effect, actions: &[&str]) -> Document {
    Document::of(version, vec![Statement::of(effect, actions.iter().copied())])
}

fn holding(documents: Vec<Document>) -> Principal {
    let grants =
        documents.into_iter().enumerate().map(|(index, document)| Grant::new(&format!("p{index}"), document));
    Principal { grants: grants.collect(), ..Principal::default() }
}

fn level(name: &str, scps: Vec<Document>) -> Level {
    let attach = |(index, document)| Attachment { name: format!("{name}-{index}"), document };
    Level { name: name.to_owned(), scps: scps.into_iter().enumerate().map(attach).collect() }
}

fn full() -> Document {
    document(Version::V5_0, Effect::Allow, &["*"])
}

#[test]
fn a_denial_names_statement_policy_and_node_in_the_vendors_words() {
    let catalogue = ims();
    let mut denial = document(Version::V5_0, Effect::Deny, &["ims:images:getJob", "ims:images:deleteImage"]);
    denial.statements[0].sid = Some("keep".to_owned());
    let organization =
        Organization { levels: vec![level("root", vec![full()]), level("ou-a", vec![full(), denial])] };
    let principal = holding(vec![full()]);
    let world = World {
        organization: Some(&organization),
        principal: &principal,
        catalogue: &catalogue,
        switches: Switches::default(),
    };
    let request = Request::action("ims:images:deleteImage").on("ims:r:a:image:i".parse().expect("a URN"));
    let decision = decide(&world, &request).expect("a decision");
    assert_eq!(decision.to_string(), "deny explicit by scp at ou-a: ou-a-1 statement 1 (keep)");
    assert_eq!(
        decision.message("alice").as_deref(),
        Some(
            "User: alice is not authorized to perform: ims:images:deleteImage on resource: ims:r:a:image:i \
             with an explicit deny in the service control policy."
        )
    );
}

#[test]
fn a_level_that_allows_nothing_is_named() {
    let catalogue = ims();
    let none = document(Version::V5_0, Effect::Allow, &["ecs:*:*"]);
    let organization = Organization {
        levels: vec![level("root", vec![full()]), level("ou", vec![none]), level("account", vec![full()])],
    };
    let principal = holding(vec![full()]);
    let world = World {
        organization: Some(&organization),
        principal: &principal,
        catalogue: &catalogue,
        switches: Switches::default(),
    };
    let decision = decide(&world, &Request::action("ims:quotas:get")).expect("a decision");
    assert_eq!((decision.by, decision.node.as_deref()), (By::Scp, Some("ou")));
    assert_eq!(
        decision.message("alice").as_deref(),
        Some(
            "User: alice is not authorized to perform: ims:quotas:get on resource: * \
             because no service control policy allows the ims:quotas:get action."
        )
    );
}

/// Source: document 004, Table 2.
#[rstest]
#[case("POST /v2/cloudimages/quickimport/action", &[], false, &["ims:images:import"])]
#[case("POST /v2/cloudimages/quickimport/action", &[Circumstance::DataDisk], false, &["ims:dataImages:create", "ims:images:import"])]
#[case("POST /v2/cloudimages/quickimport/action", &[], true, &["ims:images:import", "ims:dataImages:create", "ims:serverImages:create"])]
#[case("PUT /v2/images/4f2/file", &[], true, &["ims:images:upload", "ims:images:get", "ims:images:update"])]
#[case("GET /v1/cloudimages/quota", &[], false, &["ims:quotas:get"])]
#[case("GET /v2/p/images/tags", &[], false, &["ims:images:listImageTags"])]
fn a_call_needs_the_actions_of_its_rows(
    #[case] call: &str,
    #[case] circumstances: &[Circumstance],
    #[case] dependencies: bool,
    #[case] actions: &[&str],
) {
    let circumstances = circumstances.iter().copied().collect();
    let asked = Asked::Api { call: call.to_owned(), circumstances, dependencies };
    let needed = Needed::of(&Request { asked, ..Request::action("") }, &ims());
    assert_eq!(needed.v5.expect("actions"), actions);
}

#[test]
fn a_call_of_no_table_is_not_decided() {
    let catalogue = ims();
    let (principal, organization) =
        (holding(vec![full()]), Organization { levels: vec![level("root", vec![full()])] });
    let world = |organization| World {
        organization,
        principal: &principal,
        catalogue: &catalogue,
        switches: Switches::default(),
    };
    let unknown = decide(&world(None), &Request::api("GET /v9/nothing"));
    assert_eq!(unknown, Err(Undecided::UnknownApi("GET /v9/nothing".into())));
    let call = "DELETE /v1.1/images/{image_id}";
    assert_eq!(
        decide(&world(Some(&organization)), &Request::api(call)),
        Err(Undecided::NoScpAction(call.into()))
    );
    assert_eq!(decide(&world(None), &Request::api(call)), Err(Undecided::NoIdentityAction(call.into())));
}

/// What a request comes to by default and with one switch turned; the switch must be named.
fn turned(
    principal: &Principal,
    organization: Option<&Organization>,
    request: &Request,
    switch: Switch,
) -> (Verdict, Verdict) {
    let catalogue = ims();
    let world = |switches| World { organization, principal, catalogue: &catalogue, switches };
    let verdict = |switches| decide(&world(switches), request).expect("a decision").verdict;
    let mattered = rests_on(&world(Switches::default()), request);
    assert!(mattered.contains(&switch), "{mattered:?}");
    (verdict(Switches::default()), verdict(Switches::default().turn(switch)))
}

const DENIED: Verdict = Verdict::Deny(Denial::Implicit);

#[test]
fn the_case_of_actions_of_version_5_is_ignored_by_default() {
    let principal = holding(vec![document(Version::V5_0, Effect::Allow, &["IMS:Images:LIST"])]);
    let request = Request::action("ims:images:list");
    assert_eq!(turned(&principal, None, &request, Switch::ActionCaseIgnored), (Verdict::Allow, DENIED));
}

#[test]
fn an_unsatisfied_role_is_dropped_by_default() {
    let catalogue = ims();
    let role = catalogue.document("IMS Administrator", Use::Role).expect("the role");
    let grant =
        Grant { name: role.name.clone(), catalog: role.catalog.clone(), document: role.document.clone() };
    let principal = Principal { grants: vec![grant], ..Principal::default() };
    let request = Request::action("ims:images:delete");
    assert_eq!(turned(&principal, None, &request, Switch::UnsatisfiedDependsDrops), (DENIED, Verdict::Allow));
}

#[test]
fn the_catalog_of_a_dependency_plays_no_part_by_default() {
    let catalogue = ims();
    let grant = |name| {
        let role = catalogue.document(name, Use::Role).expect("the role");
        Grant { name: role.name.clone(), catalog: role.catalog.clone(), document: role.document.clone() }
    };
    let principal = Principal {
        grants: vec![grant("IMS Administrator"), grant("Tenant Administrator")],
        ..Principal::default()
    };
    let request = Request::action("ims:images:delete");
    let world =
        |switches| World { organization: None, principal: &principal, catalogue: &catalogue, switches };
    let through = |switches| {
        let decision = decide(&world(switches), &request).expect("a decision");
        decision.deciding.expect("a statement").policy
    };
    assert_eq!(through(Switches::default()), "IMS Administrator");
    assert_eq!(through(Switches::default().turn(Switch::DependsCatalog)), "Tenant Administrator");
}

#[test]
fn calls_with_a_token_are_bounded_by_default() {
    let denial = document(Version::V5_0, Effect::Deny, &["ims:*:*"]);
    let organization = Organization { levels: vec![level("root", vec![full(), denial])] };
    let principal = Principal { token: true, ..holding(vec![full()]) };
    let request = Request::action("ims:images:list");
    let verdicts = turned(&principal, Some(&organization), &request, Switch::TokenExempt);
    assert_eq!(verdicts, (Verdict::Deny(Denial::Explicit), Verdict::Allow));
}

#[test]
fn a_request_that_names_no_resource_fits_no_urn_by_default() {
    let mut one = document(Version::V5_0, Effect::Allow, &["ims:images:get"]);
    one.statements[0].resources = Some(vec![ResourcePattern::from("ims:r:a:image:i").into()]);
    let request = Request::action("ims:images:get");
    assert_eq!(
        turned(&holding(vec![one]), None, &request, Switch::UnnamedFitsNoUrn),
        (DENIED, Verdict::Allow)
    );
}

#[test]
fn one_model_is_enough_by_default() {
    let old = document(Version::V1_1, Effect::Allow, &["ims:images:delete"]);
    let new = document(Version::V5_0, Effect::Allow, &["ims:images:list"]);
    let request = Request::api("DELETE /v2/images/{image_id}");
    let verdicts = turned(&holding(vec![old, new]), None, &request, Switch::OneModelIsEnough);
    assert_eq!(verdicts, (Verdict::Allow, DENIED));
}

#[test]
fn roles_that_depend_on_each_other_take_effect_together() {
    let role = |name: &str, on: &str| {
        let mut role = document(Version::V1_0, Effect::Allow, &["ims:*:*"]);
        role.depends =
            Some(vec![assay_engine::iam::Dependency { catalog: "BASE".into(), display_name: on.into() }]);
        Grant::new(name, role)
    };
    let principal = Principal { grants: vec![role("a", "b"), role("b", "a")], ..Principal::default() };
    let catalogue = ims();
    let world = World {
        organization: None,
        principal: &principal,
        catalogue: &catalogue,
        switches: Switches::default(),
    };
    assert_eq!(decide(&world, &Request::action("ims:images:list")).map(|d| d.verdict), Ok(Verdict::Allow));
}

#[test]
fn an_explanation_names_roles_without_effect() {
    let catalogue = ims();
    let grant = |name| {
        let role = catalogue.document(name, Use::Role).expect("the role");
        Grant { name: role.name.clone(), catalog: role.catalog.clone(), document: role.document.clone() }
    };
    let grants = vec![grant("Server Administrator"), grant("IMS Administrator")];
    let principal = Principal { name: "alice".into(), grants, ..Principal::default() };
    let world = World {
        organization: None,
        principal: &principal,
        catalogue: &catalogue,
        switches: Switches::default(),
    };
    let explanation = explain(&world, &Request::action("ims:images:list")).expect("a decision");
    assert_eq!(
        explanation.to_string(),
        "deny implicit by identity\n\
         User: alice is not authorized to perform: ims:images:list on resource: * because no identity policy allows \
         the ims:images:list action.\n\
         without effect: Server Administrator, since IMS Administrator is not held, or has none itself\n\
         without effect: IMS Administrator, since Tenant Administrator is not held, or has none itself\n\
         rests on: unsatisfied-depends-drops (taken as true)\n"
    );
}
