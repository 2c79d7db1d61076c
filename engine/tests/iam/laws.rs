//! Laws that hold for all documents, organizations and requests.

use std::collections::BTreeMap;

use assay_engine::iam::glob::Glob;
use assay_engine::iam::{
    Actions, Attachment, Catalogue, Condition, Context, Denial, Document, Effect, Grant, Level, Operator,
    Organization, Placed, Principal, Profile, Request, ResourcePattern, Rules, Statement, Switches, Use,
    Verdict, Version, World, decide, read,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::ims;

const ACTIONS: [&str; 8] = [
    "ims:images:list",
    "ims:images:get",
    "ims:images:deleteImage",
    "ims:images:share",
    "ims:quotas:get",
    "ims:serverImages:create",
    "ims:images:copyInRegion",
    "ecs:servers:list",
];
const PATTERNS: [&str; 8] = [
    "*",
    "ims:*:*",
    "ims:images:*",
    "ims:*:get",
    "ims:images:get*",
    "ims:images:delete*",
    "ims:quotas:get",
    "ecs:*:*",
];
const RESOURCES: [&str; 5] =
    ["*", "ims:*:*:image:*", "ims:r1:a1:image:i1", "ims:r1:*:image:i*", "ims:*:a2:image:i2"];
const URNS: [&str; 3] = ["ims:r1:a1:image:i1", "ims:r1:a2:image:i2", "ims:r2:a1:image:i3"];

fn condition() -> impl Strategy<Value = Condition> {
    let operators = [
        ("StringEquals", "g:UserName", "alice"),
        ("StringNotEquals", "g:UserName", "alice"),
        ("StringMatchIfExists", "g:UserName", "a*e"),
        ("Bool", "g:MFAPresent", "true"),
        ("BoolIfExists", "g:PrincipalIsRootUser", "true"),
        ("Null", "g:SourceVpc", "false"),
        ("NumberLessThan", "g:MFAAge", "10"),
        ("DateGreaterThan", "g:CurrentTime", "2022-08-01T00:00:00Z"),
        ("ForAnyValue:StringEquals", "g:TagKeys", "owner"),
        ("ForAllValues:StringNotEquals", "g:TagKeys", "owner"),
        ("ForAnyValue:StringMatchIfExists", "ims:TargetOrgPaths", "o-1/r-1/*"),
    ];
    select(operators.to_vec()).prop_map(|(operator, key, value)| Condition {
        operator: Operator::named(operator).expect("an operator"),
        key: key.to_owned(),
        values: vec![value.to_owned().into()],
        place: Placed::default(),
    })
}

fn patterns() -> impl Strategy<Value = Vec<&'static str>> {
    let all: Vec<&str> = PATTERNS.into_iter().chain(ACTIONS).collect();
    vec(select(all), 1..4)
}

/// A statement that an SCP may hold.
fn scp_statement() -> impl Strategy<Value = Statement> {
    prop_oneof![allow_of_scp(), deny()]
}

fn allow_of_scp() -> impl Strategy<Value = Statement> {
    patterns().prop_map(|actions| Statement::of(Effect::Allow, actions))
}

fn deny() -> impl Strategy<Value = Statement> {
    statement().prop_map(|statement| Statement { effect: Effect::Deny, ..statement })
}

fn statement() -> impl Strategy<Value = Statement> {
    let resources = option::of(vec(select(RESOURCES.to_vec()), 1..3));
    let sid = option::of("[a-z\"é]{0,4}");
    (any::<bool>(), patterns(), any::<bool>(), resources, vec(condition(), 0..3), sid).prop_map(
        |(allow, actions, except, resources, mut conditions, sid)| {
            // A block has a key once under an operator, and operators together.
            conditions.sort_by_key(|condition| (condition.operator.to_string(), condition.key.clone()));
            conditions.dedup_by_key(|condition| (condition.operator, condition.key.clone()));
            let effect = if allow { Effect::Allow } else { Effect::Deny };
            let patterns = Statement::of(effect, actions).actions.expect("actions").patterns;
            let resources = resources
                .map(|texts| texts.into_iter().map(|text| ResourcePattern::from(text).into()).collect());
            let actions = Some(Actions { except, patterns });
            Statement { sid, effect, actions, resources, conditions, place: Placed::default() }
        },
    )
}

fn document(statement: impl Strategy<Value = Statement>) -> impl Strategy<Value = Document> {
    vec(statement, 1..4).prop_map(|statements| Document::of(Version::V5_0, statements))
}

fn principal() -> impl Strategy<Value = Principal> {
    (vec(document(statement()), 0..4), prop::bool::weighted(0.2)).prop_map(|(documents, root_user)| {
        let grant = |(index, document)| Grant::new(&format!("p{index}"), document);
        Principal {
            root_user,
            grants: documents.into_iter().enumerate().map(grant).collect(),
            ..Principal::default()
        }
    })
}

fn organization() -> impl Strategy<Value = Organization> {
    let level = (vec(document(scp_statement()), 0..3), prop::bool::weighted(0.7));
    vec(level, 1..5).prop_map(|levels| {
        let level = |(index, (mut documents, full)): (usize, (Vec<Document>, bool))| {
            if full || documents.is_empty() {
                documents.push(full_access());
            }
            let attach = |(index, document)| Attachment { name: format!("s{index}"), document };
            Level { name: format!("l{index}"), scps: documents.into_iter().enumerate().map(attach).collect() }
        };
        Organization { levels: levels.into_iter().enumerate().map(level).collect() }
    })
}

fn request() -> impl Strategy<Value = Request> {
    let keys = [
        ("g:UserName", "alice"),
        ("g:UserName", "bob"),
        ("g:MFAPresent", "true"),
        ("g:PrincipalIsRootUser", "false"),
        ("g:SourceVpc", "vpc-1"),
        ("g:MFAAge", "9"),
        ("g:CurrentTime", "2023-01-01T00:00:00Z"),
    ];
    let tags = option::of(vec(select(vec!["owner", "team"]), 0..3));
    (select(ACTIONS.to_vec()), option::of(select(URNS.to_vec())), vec(select(keys.to_vec()), 0..5), tags)
        .prop_map(|(action, urn, keys, tags)| {
            let mut context = Context::default();
            for (key, value) in keys {
                context = context.with(key, value);
            }
            if let Some(tags) = tags {
                context = context.with_many("g:TagKeys", tags);
            }
            let request = Request::action(action).with(context);
            match urn {
                Some(urn) => request.on(urn.parse().expect("a URN")),
                None => request,
            }
        })
}

fn full_access() -> Document {
    Document::of(Version::V5_0, vec![Statement::of(Effect::Allow, ["*"])])
}

thread_local! {
    static IMS: Catalogue = ims();
}

fn verdict(organization: Option<&Organization>, principal: &Principal, request: &Request) -> Verdict {
    IMS.with(|catalogue| {
        let world = World { organization, principal, catalogue, switches: Switches::default() };
        decide(&world, request).expect("an action is always decided").verdict
    })
}

fn allowed(organization: Option<&Organization>, principal: &Principal, request: &Request) -> bool {
    verdict(organization, principal, request) == Verdict::Allow
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_never_widens(
        organization in organization(), principal in principal(), request in request(), denial in deny(),
        at: Index, in_scp: bool,
    ) {
        let before = allowed(Some(&organization), &principal, &request);
        let (mut narrower, mut holder) = (organization, principal);
        let more = Document::of(Version::V5_0, vec![denial]);
        if in_scp {
            let level = at.index(narrower.levels.len());
            narrower.levels[level].scps.push(Attachment { name: "more".into(), document: more });
        } else {
            holder.grants.push(Grant::new("more", more));
        }
        prop_assert!(before || !allowed(Some(&narrower), &holder, &request));
    }

    #[test]
    fn an_scp_never_grants(organization in organization(), principal in principal(), request in request()) {
        prop_assert!(!allowed(Some(&organization), &principal, &request) || allowed(None, &principal, &request));
    }

    #[test]
    fn the_order_of_statements_and_policies_is_irrelevant(
        organization in organization(), principal in principal(), request in request(),
    ) {
        let (mut other, mut holder) = (organization.clone(), principal.clone());
        holder.grants.reverse();
        for grant in &mut holder.grants {
            grant.document.statements.reverse();
        }
        for scp in other.levels.iter_mut().flat_map(|level| { level.scps.reverse(); &mut level.scps }) {
            scp.document.statements.reverse();
        }
        prop_assert_eq!(verdict(Some(&organization), &principal, &request), verdict(Some(&other), &holder, &request));
    }

    #[test]
    fn a_wider_scp_never_narrows(
        organization in organization(), principal in principal(), request in request(), more in allow_of_scp(),
        at: Index,
    ) {
        let before = allowed(Some(&organization), &principal, &request);
        let mut wider = organization;
        let level = at.index(wider.levels.len());
        let scp = at.index(wider.levels[level].scps.len());
        wider.levels[level].scps[scp].document.statements.push(more);
        prop_assert!(!before || allowed(Some(&wider), &principal, &request));
    }

    #[test]
    fn full_access_everywhere_bounds_nothing(levels in 1..6_usize, principal in principal(), request in request()) {
        let level = |index| Level {
            name: format!("l{index}"),
            scps: vec![Attachment { name: "FullAccess".into(), document: full_access() }],
        };
        let organization = Organization { levels: (0..levels).map(level).collect() };
        prop_assert_eq!(verdict(Some(&organization), &principal, &request), verdict(None, &principal, &request));
    }

    #[test]
    fn splitting_a_statement_by_its_actions_changes_nothing(
        organization in organization(), principal in principal(), request in request(),
    ) {
        let split = |document: &Document| {
            let statements = document.statements.iter().flat_map(|statement| {
                let actions = statement.actions.clone().expect("actions");
                let parts: Vec<Actions> = if actions.except {
                    vec![actions]
                } else {
                    actions.patterns.into_iter().map(|pattern| Actions { except: false, patterns: vec![pattern] }).collect()
                };
                parts.into_iter().map(|actions| Statement { actions: Some(actions), ..statement.clone() })
            });
            Document::of(document.version, statements.collect())
        };
        let (mut other, mut holder) = (organization.clone(), principal.clone());
        for grant in &mut holder.grants {
            grant.document = split(&grant.document);
        }
        for scp in other.levels.iter_mut().flat_map(|level| &mut level.scps) {
            scp.document = split(&scp.document);
        }
        prop_assert_eq!(verdict(Some(&organization), &principal, &request), verdict(Some(&other), &holder, &request));
    }

    #[test]
    fn validation_accepts_what_the_printer_prints(identity in document(statement()), scp in document(scp_statement())) {
        let profile = Profile::hwc();
        let in_v5 = |document: &Document, use_| IMS.with(|catalogue| {
            read(&document.to_string(), Some(use_), Rules { profile: &profile, catalogue })
        });
        prop_assert_eq!(in_v5(&identity, Use::Identity), Ok(identity));
        prop_assert_eq!(in_v5(&scp, Use::Scp), Ok(scp));
    }

    #[test]
    fn an_explicit_denial_names_a_statement_and_an_implicit_one_none(
        organization in organization(), principal in principal(), request in request(),
    ) {
        IMS.with(|catalogue| {
            let world = World {
                organization: Some(&organization), principal: &principal, catalogue, switches: Switches::default(),
            };
            let decision = decide(&world, &request).expect("a decision");
            prop_assert_eq!(decision.verdict == Verdict::Deny(Denial::Explicit), decision.verdict != Verdict::Allow && decision.deciding.is_some());
            prop_assert_eq!(decision.message("x").is_some(), decision.verdict != Verdict::Allow);
            Ok(())
        })?;
    }

    /// Why it does not matter whether a wildcard may stand for a colon.
    #[test]
    fn a_pattern_of_three_segments_matches_segment_by_segment(pattern in "[ab*?]{0,3}:[ab*?]{0,3}:[ab*?]{0,3}", action in "[ab]{0,3}:[ab]{0,3}:[ab]{0,3}") {
        let segments = pattern.split(':').zip(action.split(':')).all(|(pattern, action)| Glob::BOTH.matches(pattern, action));
        prop_assert_eq!(Glob::BOTH.matches(&pattern, &action), segments);
    }

    /// Source of truth: the definition, by recursion.
    #[test]
    fn a_glob_matches_by_definition(pattern in "[aé*?]{0,6}", text in "[aé]{0,8}") {
        fn by_definition(pattern: &[char], text: &[char]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some(('*', rest)) => (0..=text.len()).any(|taken| by_definition(rest, &text[taken..])),
                Some((first, rest)) => {
                    text.split_first().is_some_and(|(c, more)| (*first == '?' || first == c) && by_definition(rest, more))
                }
            }
        }
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(Glob::BOTH.matches(&pattern, &text), by_definition(&characters(&pattern), &characters(&text)));
    }

    /// Reading never panics, whatever is cut out of or put into a document.
    #[test]
    fn a_mutilated_document_is_read_or_refused(
        document in document(statement()), cut: Index, length in 0..12_usize, put in "[\\[\\]{}\",:*a]{0,4}",
    ) {
        let mut text: Vec<char> = document.to_string().chars().collect();
        let start = cut.index(text.len());
        text.splice(start..(start + length).min(text.len()), put.chars());
        let text: String = text.into_iter().collect();
        let profile = Profile::otc();
        let read = IMS.with(|catalogue| read(&text, None, Rules { profile: &profile, catalogue }));
        if let Err(problems) = read {
            prop_assert!(!problems.is_empty());
            prop_assert!(problems.iter().all(|problem| problem.position.line == 1 && problem.span.start <= text.len()));
        }
    }
}

/// Laws about requests that are all denied would hold of anything.
#[test]
fn what_is_generated_is_allowed_and_denied_in_every_way() {
    let mut runner = TestRunner::deterministic();
    let mut counts = BTreeMap::new();
    let mut bounded = 0;
    for _ in 0..4000 {
        let strategy = (organization(), principal(), request());
        let (organization, principal, request) = strategy.new_tree(&mut runner).expect("a value").current();
        let verdict = verdict(Some(&organization), &principal, &request);
        *counts.entry(verdict).or_insert(0) += 1;
        bounded += u32::from(verdict != Verdict::Allow && allowed(None, &principal, &request));
    }
    let share = |verdict| counts.get(&verdict).copied().unwrap_or(0);
    let shares =
        [Verdict::Allow, Verdict::Deny(Denial::Explicit), Verdict::Deny(Denial::Implicit)].map(share);
    assert!(shares.iter().all(|share: &u32| *share > 300) && bounded > 300, "{shares:?}, {bounded}");
}
