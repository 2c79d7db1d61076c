//! Laws: what is worked out for all requests holds of any one request, by the engine's own word.

use assay_engine::oslo::python::percent::format;
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::{Dict, Value};
use assay_engine::oslo::{ExceptionClass, Interrupt, Rules, seen_creds};
use proptest::prelude::*;
use proptest::sample::select;

use super::atom::{Atom, Term};
use super::caller::{Caller, found};
use super::diagram::holds;
use super::reading::lowered;
use super::template::Piece;
use super::*;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Texts that checks and requests share, so that they meet.
fn text() -> impl Strategy<Value = String> {
    select(vec!["p1", "p2", "Admin", "admin", "None", "", "all", "{}", "True", "7", "p1-p2"])
        .prop_map(str::to_owned)
}

fn key() -> impl Strategy<Value = &'static str> {
    select(vec!["project_id", "owner", "domain_id", "x"])
}

fn template(odd: bool) -> BoxedStrategy<String> {
    let plain = prop_oneof![
        3 => text(),
        6 => key().prop_map(|key| format!("%({key})s")),
        1 => key().prop_map(|key| format!("p1-%({key})s")),
    ];
    if odd {
        let odd =
            select(vec!["%(x)d", "%(x)r", "%(owner)5s", "100%", "%(x)y", "%(x)s-%(owner)s", "%%", "%(x"]);
        prop_oneof![8 => plain, 2 => odd.prop_map(str::to_owned)].boxed()
    } else {
        plain.boxed()
    }
}

fn base(odd: bool) -> BoxedStrategy<String> {
    let kind = prop_oneof![
        4 => select(vec!["project_id", "domain_id", "system", "system_scope", "roles", "user"]).prop_map(str::to_owned),
        2 => select(vec!["user.id", "user.domain.id", "user.domain", "a.b"]).prop_map(str::to_owned),
        3 => select(vec!["'p1'", "None", "True", "'admin'", "7"]).prop_map(str::to_owned),
        u32::from(odd) => select(vec!["1x", "a..b", "user-id", "'", "x["]).prop_map(str::to_owned),
    ];
    let spaceless = |text: &String| !text.is_empty();
    prop_oneof![
        3 => text().prop_filter("a match", spaceless).prop_map(|text| format!("role:{text}")),
        1 => template(odd).prop_map(|text| format!("role:{text}")),
        9 => (kind, template(odd)).prop_map(|(kind, text)| format!("{kind}:{text}")),
        2 => select(NAMES.to_vec()).prop_map(|name| format!("rule:{name}")),
        1 => Just("rule:undefined".to_owned()),
        1 => select(vec!["@", "!"]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn rule(odd: bool) -> BoxedStrategy<String> {
    base(odd)
        .prop_recursive(4, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|rule| format!("not ( {rule} )")),
                prop::collection::vec(inner.clone(), 2..4)
                    .prop_map(|rules| format!("( {} )", rules.join(" and "))),
                prop::collection::vec(inner, 2..4).prop_map(|rules| format!("( {} )", rules.join(" or "))),
            ]
        })
        .boxed()
}

fn rules(odd: bool) -> impl Strategy<Value = Rules> {
    (prop::collection::vec(rule(odd), 4), prop::bool::weighted(0.2)).prop_map(|(texts, default)| {
        let own = NAMES.into_iter().zip(texts);
        let default = default.then(|| ("default", "role:admin".to_owned()));
        Rules::from_texts(own.chain(default))
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::None),
        1 => any::<bool>().prop_map(Value::from),
        1 => (0..8_i64).prop_map(Value::from),
        1 => Just(Value::Dict(Dict::default())),
    ]
}

/// What creds may hold at a key: nothing, one value, or several.
fn held() -> impl Strategy<Value = Option<Value>> {
    let inner = (prop::option::of(scalar()), prop::option::of(scalar())).prop_map(|(id, domain)| {
        let domain = domain.map(|id| Value::dict([("id", id)]));
        Value::dict(
            [("id", id), ("domain", domain)].into_iter().filter_map(|(key, value)| Some((key, value?))),
        )
    });
    let element = prop_oneof![4 => scalar(), 2 => inner];
    prop_oneof![
        2 => Just(None),
        5 => element.clone().prop_map(Some),
        2 => prop::collection::vec(element, 0..3).prop_map(|items| Some(Value::List(items))),
    ]
}

fn request() -> impl Strategy<Value = (Value, Value)> {
    let roles =
        prop::option::of(prop::collection::vec(text().prop_map(Value::from), 0..3).prop_map(Value::List));
    let keys = ["project_id", "domain_id", "system", "system_scope", "user", "a", "user-id"];
    let creds = (roles, prop::collection::vec(held(), keys.len())).prop_map(move |(roles, values)| {
        let values = keys.into_iter().zip(values).chain([("roles", roles)]);
        Value::dict(values.filter_map(|(key, value)| Some((key, value?))))
    });
    let target = prop::collection::vec(prop::option::of(scalar()), 4).prop_map(|values| {
        let keys = ["project_id", "owner", "domain_id", "x"].into_iter().zip(values);
        Value::dict(keys.filter_map(|(key, value)| Some((key, value?))))
    });
    (creds, target)
}

/// What a match comes to, by the engine.
fn text_of(term: &Term, target: &Value) -> Option<String> {
    let template = match term {
        Term::Text(text) => return Some(text.clone()),
        Term::Odd(template) => template.clone(),
        Term::Key(key) => format!("%({key})s"),
        Term::Composed(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.replace('%', "%%"),
                Piece::Key(key) => format!("%({key})s"),
            })
            .collect(),
    };
    format(&template, target).ok().map(|text| text.to_string())
}

/// Whether an atom is so, by what its own description says.
fn is_so(atom: &Atom, creds: &Value, target: &Value) -> bool {
    let Value::Dict(dict) = creds else { panic!("creds are a dict") };
    let Value::Dict(object) = target else { panic!("a target is a dict") };
    let text = |value: &Value| str_of(value).unwrap().to_string();
    let truthy = |key: &str| dict.get(key).is_some_and(Value::truthy);
    match atom {
        Atom::Role(term) => match dict.get("roles") {
            Some(Value::List(roles)) => {
                let role = text_of(term, target).map(|role| lowered(&role));
                role.is_some_and(|role| roles.iter().any(|own| lowered(&text(own)) == role))
            }
            _ => false,
        },
        Atom::Creds(path, term) => {
            let wanted = text_of(term, target);
            wanted.is_some_and(|wanted| found(creds, path).0.into_iter().any(|value| text(value) == wanted))
        }
        Atom::Stuck(path) => {
            let below: Vec<String> = path.iter().cloned().chain(["below".to_owned()]).collect();
            found(creds, &below).1
        }
        Atom::Target(key, wanted) => object.get(key).is_some_and(|value| text(value) == *wanted),
        Atom::Folded(key, wanted) => object.get(key).is_some_and(|value| lowered(&text(value)) == *wanted),
        Atom::Has(key) => object.get(key).is_some(),
        Atom::OddText(template, wanted) => {
            format(template, target).is_ok_and(|text| text.to_string() == *wanted)
        }
        Atom::OddFails(template) => match format(template, target) {
            Err(Interrupt::Raised(ExceptionClass::KeyError)) | Ok(_) => false,
            Err(_) => true,
        },
        Atom::SystemToken => truthy("system"),
        Atom::DomainToken => truthy("domain_id"),
        Atom::BadRoles => false,
        Atom::Free(..) | Atom::Unknown(..) => panic!("nothing of that here: {atom:?}"),
    }
}

fn scoped(rules: Rules) -> Side {
    let scopes = [("a", vec!["project"]), ("b", vec!["system", "domain"]), ("c", vec!["domain"])];
    let scopes =
        scopes.map(|(name, scopes)| (name.to_owned(), scopes.into_iter().map(str::to_owned).collect()));
    Side::new(rules, scopes).unwrap()
}

/// By the functions of the rules.
fn worked_out(analysis: &Analysis<'_>, rule: &str, creds: &Value, target: &Value) -> [bool; 3] {
    let truth = analysis.truth((0, Subject::Rule(rule))).expect("small");
    let seen = seen_creds(creds).unwrap();
    let so = |id| is_so(analysis.atoms().get(id), &seen, target);
    let raise = truth.raise(analysis.diagrams()).unwrap();
    [&truth.allow, &truth.deny, &raise].map(|function| holds(function, so))
}

fn outcome(side: &Side, rule: &str, creds: &Value, target: &Value) -> [bool; 3] {
    let outcome = side.decide(Subject::Rule(rule), creds, target, &[]);
    [Outcome::Allow == outcome, Outcome::Deny == outcome, matches!(outcome, Outcome::Raise(_))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_functions_of_a_rule_say_what_the_engine_says(
        rules in rules(true),
        requests in prop::collection::vec(request(), 8),
    ) {
        let side = scoped(rules);
        let analysis = Analysis::of(&[&side]).unwrap();
        for (creds, target) in &requests {
            for rule in NAMES {
                let engine = outcome(&side, rule, creds, target);
                prop_assert_eq!(worked_out(&analysis, rule, creds, target), engine, "{:?} {:?}", creds, target);
            }
        }
    }

    #[test]
    fn for_known_creds_the_functions_say_what_the_engine_says(
        rules in rules(false),
        (creds, _) in request(),
        targets in prop::collection::vec(request(), 8),
    ) {
        let side = scoped(rules);
        let seen = seen_creds(&creds).unwrap().into_owned();
        let analysis = Analysis::by(Caller::Known(&seen), &[&side], &[]).unwrap();
        for (_, target) in &targets {
            for rule in NAMES {
                prop_assume!(!analysis.atoms().iter().any(|(_, atom)| matches!(atom, Atom::Unknown(..))));
                let engine = outcome(&side, rule, &creds, target);
                prop_assert_eq!(worked_out(&analysis, rule, &creds, target), engine, "{:?} {:?}", creds, target);
            }
        }
    }

    /// Witnesses are the engine's own word already; that there is none is the claim.
    #[test]
    fn no_request_shows_a_difference_where_none_was_found(
        one in rules(false),
        other in rules(false),
        requests in prop::collection::vec(request(), 60),
    ) {
        let sides = [scoped(one), scoped(other)];
        let analysis = Analysis::of(&[&sides[0], &sides[1]]).unwrap();
        for rule in NAMES {
            for (allows, refuses) in [(0, 1), (1, 0)] {
                let found = analysis.difference((allows, Subject::Rule(rule)), (refuses, Subject::Rule(rule)));
                match found {
                    Found::Request(_) => {}
                    Found::Undecided(why) => prop_assert!(!why.contains("bear out"), "{rule}: {why}"),
                    Found::Nothing => for (creds, target) in &requests {
                        let allowed = outcome(&sides[allows], rule, creds, target)[0];
                        let refused = !outcome(&sides[refuses], rule, creds, target)[0];
                        prop_assert!(!(allowed && refused), "{rule}: {creds:?} {target:?}");
                    },
                }
            }
        }
    }
}
