//! Where upstream's recursion ends, and that this engine's stack does not.
//!
//! Rows below and above CPython's limit are measured with oslo.policy 6.0.1 on CPython 3.11.7, under recursion
//! limits of 1000 and 1200: they come out the same under both. Between them upstream has no steady outcome.

use std::time::{Duration, Instant};

use assay_engine::oslo::python::Value;
use assay_engine::oslo::{
    ExceptionClass, Interrupt, Request, Rules, decide, decide_check, parse_rule_text, parse_text,
};
use rstest::rstest;

type Outcome = Result<bool, Interrupt>;

const ALLOW: Outcome = Ok(true);
const DENY: Outcome = Ok(false);
const SYNTAX_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::SyntaxError));
const TYPE_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::TypeError));
const RECURSION_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::RecursionError));

fn asked(rules: &Rules, creds: &Value, target: &Value) -> Outcome {
    decide(rules, "r0", Request { creds, target })
}

/// `r0` to `r{count}`: each refers to the next as `link` says, and the last is `end`.
fn chain(count: usize, link: &str, end: &str) -> Rules {
    let next = |n: usize| link.replace("NEXT", &format!("r{}", n + 1));
    let links = (0..count).map(|n| (format!("r{n}"), next(n)));
    Rules::from_texts(links.chain([(format!("r{count}"), end.to_owned())]))
}

fn nested(count: usize, open: &str, end: &str, close: &str) -> String {
    open.repeat(count) + end + &close.repeat(count)
}

/// `{a: {a: … x}}`.
fn path_of(steps: usize) -> (String, Value) {
    let creds = (0..steps).fold(Value::from("x"), |inner, _| Value::dict([("a", inner)]));
    (vec!["a"; steps].join("."), creds)
}

/// What is repeated costs so many levels; 320 levels are walked, 400 are not.
#[rstest]
#[case::references("rule:NEXT", 1)]
#[case::references_behind_not("not rule:NEXT", 2)]
#[case::references_behind_and("@ and rule:NEXT", 2)]
#[case::references_behind_or("! or rule:NEXT", 2)]
#[case::references_first_of_and("rule:NEXT and @", 2)]
#[case::references_in_a_mixture("@ and not (! or rule:NEXT)", 4)]
#[case::references_doubled("rule:NEXT or not rule:NEXT", 2)]
fn chains_of_rules(#[case] link: &str, #[case] levels: usize) {
    let creds = py!({});
    let walked = asked(&chain(320 / levels, link, "@"), &creds, &creds);
    assert!(walked.is_ok(), "{walked:?}");
    assert_eq!(asked(&chain(400 / levels, link, "@"), &creds, &creds), TYPE_ERROR);
    assert_eq!(asked(&chain(2_000, link, "@"), &creds, &creds), TYPE_ERROR);
}

#[rstest]
#[case::not("not ", "", 1, ALLOW)]
#[case::not_in_parentheses("not (", ")", 1, ALLOW)]
#[case::and("(@ and ", ")", 1, ALLOW)]
#[case::or("(! or ", ")", 1, ALLOW)]
#[case::or_in_and("(@ and (! or ", "))", 2, ALLOW)]
#[case::not_and("(@ and not ", ")", 2, ALLOW)]
#[case::and_on_the_left("(", " and @)", 1, ALLOW)]
fn trees(#[case] open: &str, #[case] close: &str, #[case] levels: usize, #[case] outcome: Outcome) {
    let creds = py!({});
    // An even number of levels, so that `not` cancels.
    assert_eq!(
        asked(&Rules::from_texts([("r0", nested(320 / levels, open, "@", close))]), &creds, &creds),
        outcome
    );
    let deep = nested(400 / levels, open, "@", close);
    assert_eq!(asked(&Rules::from_texts([("r0", &deep)]), &creds, &creds), TYPE_ERROR);
    let request = Request { creds: &creds, target: &creds };
    assert_eq!(decide_check(&Rules::from_texts([("", ""); 0]), &parse_text(&deep), request), TYPE_ERROR);
}

/// What stands at the end of 320 and of 400 references.
#[rstest]
#[case::true_("@", ALLOW)]
#[case::role("role:a", ALLOW)]
#[case::role_of_the_target("role:%(p)s", ALLOW)]
#[case::path("x.y:a", ALLOW)]
#[case::path_that_is_not_there("x.z:a", DENY)]
#[case::literal("'a':%(p)s", ALLOW)]
#[case::nested_literal("((1,),2):a", DENY)]
#[case::key_that_is_not_there("x.y:%(q)s", DENY)]
#[case::undefined("rule:nowhere", DENY)]
#[case::raises_on_its_own("1a:x", SYNTAX_ERROR)]
fn ends_of_chains(#[case] end: &str, #[case] outcome: Outcome) {
    let (creds, target) = (py!({"roles": ["a"], "x": {"y": "a"}}), py!({"p": "a"}));
    assert_eq!(asked(&chain(320, "rule:NEXT", end), &creds, &target), outcome);
    assert_eq!(asked(&chain(400, "rule:NEXT", end), &creds, &target), TYPE_ERROR);
}

/// What is not walked takes no frames.
#[rstest]
#[case::behind_a_false("! and DEEP", DENY)]
#[case::behind_a_true("@ or DEEP", ALLOW)]
#[case::behind_a_missing_key("role:%(x)s and DEEP", DENY)]
#[case::walked_behind_a_true("@ and DEEP", TYPE_ERROR)]
#[case::walked_before_a_true("DEEP or @", TYPE_ERROR)]
fn deep_parts(#[case] text: &str, #[case] outcome: Outcome) {
    let deep = nested(700, "(@ and ", "@", ")");
    let rules = Rules::from_texts([("r0", text.replace("DEEP", &deep)), ("default", "@".to_owned())]);
    assert_eq!(asked(&rules, &py!({}), &py!({})), outcome);
}

/// The hop to the default rule is a level like any other.
#[rstest]
#[case::walked(318, ALLOW)]
#[case::not_walked(400, TYPE_ERROR)]
fn the_default_rule(#[case] count: usize, #[case] outcome: Outcome) {
    let links = (0..count).map(|n| (format!("r{n}"), format!("rule:r{}", n + 1)));
    let ends = [("default".to_owned(), "rule:end".to_owned()), ("end".to_owned(), "@".to_owned())];
    assert_eq!(asked(&Rules::from_texts(links.chain(ends)), &py!({}), &py!({})), outcome);
}

#[rstest]
#[case::and(" and ", "@", ALLOW)]
#[case::or(" or ", "!", DENY)]
fn breadth_is_not_depth(#[case] joint: &str, #[case] term: &str, #[case] outcome: Outcome) {
    let rules = Rules::from_texts([("r0", vec![term; 5000].join(joint))]);
    assert_eq!(asked(&rules, &py!({}), &py!({})), outcome);
}

/// Every step of a path is a call of its own, and nothing turns its RecursionError into a TypeError.
/// References before it, steps.
#[rstest]
#[case(0, 900, ALLOW)]
#[case(200, 380, ALLOW)]
#[case(200, 600, RECURSION_ERROR)]
#[case(250, 500, RECURSION_ERROR)]
#[case(300, 80, ALLOW)]
#[case(300, 300, RECURSION_ERROR)]
#[case(300, 900, RECURSION_ERROR)]
#[case(400, 900, TYPE_ERROR)]
fn long_paths(#[case] references: usize, #[case] steps: usize, #[case] outcome: Outcome) {
    let (path, creds) = path_of(steps);
    let rules = chain(references, "rule:NEXT", &format!("{path}:x"));
    assert_eq!(asked(&rules, &creds, &py!({})), outcome);
}

/// A kind of so many names is parsed as Python before any of them is looked for.
#[rstest]
#[case(0, 3700, RECURSION_ERROR)]
#[case(300, 250, DENY)]
#[case(300, 900, RECURSION_ERROR)]
fn long_kinds(#[case] references: usize, #[case] names: usize, #[case] outcome: Outcome) {
    let rules = chain(references, "rule:NEXT", &format!("{}:x", vec!["a"; names].join(".")));
    assert_eq!(asked(&rules, &py!({}), &py!({})), outcome);
}

/// Which check of a cycle meets the end.
#[rstest]
#[case::nothing_else("rule:r0", 1, TYPE_ERROR)]
#[case::a_short_path("PATH:y or rule:r0", 6, TYPE_ERROR)]
#[case::a_long_path("PATH:y or rule:r0", 20, RECURSION_ERROR)]
#[case::a_long_path_that_ends_it("PATH:x or rule:r0", 20, ALLOW)]
#[case::a_long_path_behind_the_reference("rule:r0 or PATH:y", 20, TYPE_ERROR)]
#[case::a_long_row_of_not("not not not not not not rule:r0", 1, TYPE_ERROR)]
fn cycles(#[case] text: &str, #[case] steps: usize, #[case] outcome: Outcome) {
    let (path, creds) = path_of(steps);
    let rules = Rules::from_texts([("r0", text.replace("PATH", &path))]);
    assert_eq!(asked(&rules, &creds, &py!({})), outcome);
}

/// `shallow` is decided first where it fits, and is met again where it does not.
#[rstest]
#[case::fits_both_times(200, 100, ALLOW)]
#[case::is_too_deep_the_second_time(200, 300, TYPE_ERROR)]
#[case::is_too_deep_the_first_time(450, 1, TYPE_ERROR)]
fn a_rule_at_two_depths(#[case] height: usize, #[case] depth: usize, #[case] outcome: Outcome) {
    let text = format!("rule:shallow and {}", nested(depth, "(@ and ", "rule:shallow", ")"));
    let rules = [("r0".to_owned(), text), ("shallow".to_owned(), nested(height, "(@ and ", "@", ")"))];
    assert_eq!(asked(&Rules::from_texts(rules), &py!({}), &py!({})), outcome);
}

/// As above, and what does not fit is a path.
#[test]
fn a_path_at_two_depths() {
    let (path, creds) = path_of(500);
    let text = format!("rule:shallow and {}", nested(250, "(@ and ", "rule:shallow", ")"));
    let rules = Rules::from_texts([("r0", text), ("shallow", format!("{path}:x"))]);
    assert_eq!(asked(&rules, &creds, &py!({})), RECURSION_ERROR);
}

/// Upstream takes two to the power of forty steps, which are hours. Deep ones raise in the first of them.
#[rstest]
#[case::walked(40, ALLOW)]
#[case::too_deep(5000, TYPE_ERROR)]
fn doubled_references_take_no_time(#[case] levels: usize, #[case] outcome: Outcome) {
    let rules = chain(levels, "rule:NEXT and rule:NEXT", "yes:1");
    let (creds, target) = (py!({"yes": 1}), py!({}));
    let times = (0..20).map(|_| {
        let started = Instant::now();
        assert_eq!(asked(&rules, &creds, &target), outcome);
        started.elapsed()
    });
    // Of a busy machine the quickest try tells most.
    let taken = times.min().unwrap_or_default();
    assert!(taken < Duration::from_millis(10), "{taken:?}");
}

/// Every `not` that one token completes is a level of upstream's parser, whatever stands before them.
#[rstest]
#[case::alone("")]
#[case::in_an_and("@ and ")]
#[case::in_parentheses("(@ or (")]
#[case::behind_what_makes_it_no_rule("@ ")]
fn rows_of_not(#[case] before: &str) {
    let row = |count| parse_rule_text(&(before.to_owned() + &"not ".repeat(count) + "@"));
    assert!(row(970).is_ok());
    assert_eq!(row(1200), Err(ExceptionClass::RecursionError));
}

/// Two chains of references, the one that the other ends in first. Source: oslo.policy 6.0.1 on CPython 3.11.7, which
/// looks for cycles behind loading a file.
#[rstest]
#[case(700, 700, Err(ExceptionClass::RecursionError))]
#[case(300, 1000, Err(ExceptionClass::RecursionError))]
#[case(1000, 300, Err(ExceptionClass::RecursionError))]
#[case(450, 450, Ok(()))]
#[case(900, 1, Ok(()))]
fn what_is_known_of_a_rule_counts_for_those_above_it(
    #[case] upper: usize,
    #[case] lower: usize,
    #[case] outcome: Result<(), ExceptionClass>,
) {
    let chain = |name: &'static str, length: usize, end: &'static str| {
        (0..length).map(move |index| {
            let next = index + 1;
            (
                format!("{name}{index}"),
                if next < length { format!("rule:{name}{next}") } else { end.to_owned() },
            )
        })
    };
    let rules = Rules::from_texts(chain("lower", lower, "@").chain(chain("upper", upper, "rule:lower0")));
    assert_eq!(rules.look_for_cycles(), outcome);
}

/// A rule that upstream's parser cannot take ends the loading of all.
#[test]
fn a_row_of_not_is_no_rule() {
    let text = Value::from("not ".repeat(1300) + "@");
    let error = Rules::from_values([("r", &text)]).unwrap_err();
    assert_eq!(error.cause, Interrupt::Raised(ExceptionClass::RecursionError));
}

/// Upstream parses all of these: every parenthesis is reduced at its own token.
#[rstest]
#[case::parentheses("(", ")")]
#[case::not_in_parentheses("not (", ")")]
#[case::and("(@ and ", ")")]
#[case::alternating("(@ or (@ and ", "))")]
#[case::on_the_left("((", " or @) and @)")]
fn nesting_is_parsed(#[case] open: &str, #[case] close: &str) {
    assert!(parse_rule_text(&nested(5_000, open, "@", close)).is_ok());
}

/// A hundred thousand levels are parsed, printed, parsed again, compared, walked and dropped.
#[rstest]
#[case::not(100_000, "not ", "", TYPE_ERROR)]
#[case::parentheses(100_000, "(", ")", ALLOW)]
#[case::and(100_000, "(@ and ", ")", TYPE_ERROR)]
#[case::mixed(34_000, "(@ and not (! or ", "))", TYPE_ERROR)]
fn no_depth_overflows_the_stack(
    #[case] count: usize,
    #[case] open: &str,
    #[case] close: &str,
    #[case] outcome: Outcome,
) {
    let rules = Rules::from_texts([("r0", nested(count, open, "@", close))]);
    let tree = rules.get("r0").unwrap();
    assert_eq!(&parse_text(&tree.to_string()), tree);
    assert_eq!(asked(&rules, &py!({}), &py!({})), outcome);
}
