//! Laws that hold for every rule text and every decision.

use std::time::{Duration, Instant};

use assay_engine::oslo::language::{Check, CheckTree, Diagnostic, DiagnosticKind, NodeId};
use assay_engine::oslo::python::{Dict, PyStr, Value, is_space};
use assay_engine::oslo::{Interrupt, Request, Rules, decide, decide_check, parse_text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rstest::rstest;

/// Of any type. What hashes alike would take a hundred times as long.
#[test]
fn a_mapping_of_many_keys_is_made_at_once() {
    const MANY: i32 = 30_000;
    let kinds: [fn(i32) -> Value; 5] = [
        |number| Value::from(format!("key {number}")),
        |number| Value::Float(f64::from(number) + 0.5),
        |number| Value::Complex { re: f64::from(number), im: 1.0 },
        |number| Value::Bytes(number.to_string().into_bytes()),
        |number| Value::Tuple(vec![number.to_string().into(), "x".into()]),
    ];
    let started = Instant::now();
    let mut dict = Dict::default();
    for key in kinds.iter().flat_map(|kind| (0..MANY).map(kind)) {
        dict.insert(key, Value::None).expect("a key");
    }
    assert_eq!(dict.len(), 5 * 30_000);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Checks of every class that raise nothing, or a TypeError, a SyntaxError, a ValueError, and
/// (`role:` with bad roles) an AttributeError.
const CHECKS: &[&str] = &[
    "@",
    "!",
    "role:a",
    "role:%(x)s",
    "k:v",
    "k:%(x)s",
    "n:None",
    "True:%(b)s",
    "'v':%(x)s",
    "undefined:v",
    "rule:p",
    "rule:q",
    "rule:undefined",
    "word",
    "n.x:v",
    "class:v",
    "k:100%",
];

/// What a rule text may be made of, and what it may stumble over.
const PIECES: &[&str] = &[
    "(",
    ")",
    "((",
    "))",
    " ",
    "  ",
    "\t",
    "\u{a0}",
    "\u{2003}",
    "\u{200b}",
    "\0",
    "and",
    "or",
    "not",
    " and ",
    " or ",
    " not ",
    "AND",
    " Or ",
    "@",
    "!",
    "a:b",
    "é:ü",
    "x",
    ":",
    "%(x)s",
    "'",
    "\"",
    "'x'",
    "('x':'x')",
    "日",
    "\u{1f600}",
    "İ",
    "ſ",
];

fn blank() -> impl Strategy<Value = &'static str> {
    select(&[" ", "  ", "\t", "\n", "\u{a0}", " \r\n "][..])
}

fn keyword(word: &'static str) -> impl Strategy<Value = String> {
    let case = |(letter, upper): (char, bool)| if upper { letter.to_ascii_uppercase() } else { letter };
    vec(any::<bool>(), word.len()).prop_map(move |upper| word.chars().zip(upper).map(case).collect())
}

/// Rule texts that upstream can parse: checks joined by operators, with parentheses or without.
fn well_formed() -> impl Strategy<Value = String> {
    let check = select(CHECKS).prop_map(str::to_owned);
    check.prop_recursive(5, 24, 2, |inner| {
        let joined = |word| (inner.clone(), blank(), keyword(word), blank(), inner.clone());
        let joined = prop_oneof![joined("and"), joined("or")];
        let not = (keyword("not"), blank(), inner.clone()).boxed();
        prop_oneof![
            3 => joined.prop_map(|(left, a, word, b, right)| format!("{left}{a}{word}{b}{right}")),
            1 => not.clone().prop_map(|(word, a, inner)| format!("{word}{a}({inner})")),
            1 => not.prop_map(|(word, a, inner)| format!("{word}{a}{inner}")),
            1 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => (blank(), inner).prop_map(|(a, inner)| format!("({a}{inner}{a})")),
        ]
    })
}

/// Any text at all, most of them close to a rule.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => any::<String>(),
        4 => vec(select(PIECES), 0..24).prop_map(|pieces| pieces.concat()),
        2 => (well_formed(), any::<Index>(), select(PIECES)).prop_map(|(mut text, at, piece)| {
            let places: Vec<_> = text.char_indices().map(|(place, _)| place).collect();
            text.insert_str(*at.get(&places), piece);
            text
        }),
    ]
}

/// Two rules to refer to, creds and a target.
#[derive(Clone, Debug)]
struct World {
    rules: Vec<(String, String)>,
    creds: Value,
    target: Value,
}

impl World {
    fn rules(&self) -> Rules {
        Rules::from_texts(self.rules.iter().map(|(name, text)| (name, text)))
    }

    fn decide(&self, text: &str) -> Result<bool, Interrupt> {
        decide_check(&self.rules(), &parse_text(text), self.request())
    }

    fn request(&self) -> Request<'_> {
        Request { creds: &self.creds, target: &self.target }
    }
}

fn world() -> impl Strategy<Value = World> {
    let rules = (well_formed(), well_formed());
    let rules = rules.prop_map(|(p, q)| vec![("p".to_owned(), p), ("q".to_owned(), q)]);
    (rules, creds(), target()).prop_map(|(rules, creds, target)| World { rules, creds, target })
}

fn creds() -> impl Strategy<Value = Value> {
    let roles: [Value; 6] = [
        Value::list([]),
        Value::list(["a".into()]),
        Value::list(["b".into(), "A".into()]),
        Value::list(["v".into(), "a".into()]),
        "abc".into(),
        Value::list(["a".into(), Value::None]),
    ];
    let k = ["v".into(), "w".into(), Value::list(["w".into(), "v".into()]), Value::None];
    let entry = |key, values: Vec<Value>| proptest::option::weighted(0.8, (Just(key), select(values)));
    let n = entry("n", vec![Value::None, Value::dict([("x", Value::from("v"))])]);
    let entries = (entry("roles", roles.to_vec()), entry("k", k.to_vec()), n);
    entries.prop_map(|(roles, k, n)| Value::dict([roles, k, n].into_iter().flatten()))
}

fn target() -> impl Strategy<Value = Value> {
    let x = proptest::option::of(select(vec![Value::from("v"), "a".into(), Value::None]));
    let b = proptest::option::of(any::<bool>().prop_map(Value::from));
    (x, b).prop_map(|(x, b)| Value::dict([("x", x), ("b", b)].into_iter().filter_map(|(k, v)| Some((k, v?)))))
}

fn laws() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// Whether no check begins and ends with the same quotation mark. `('x':'x')` parses to one that
/// does, since the parenthesis hides the closing mark; printed without the parenthesis it is a
/// quoted word. It is the only thing that a parsed text can print and not read back.
fn hides_no_quotes(tree: &CheckTree) -> bool {
    let quoted = |id: &NodeId| {
        let Check::Base(base) = tree.check(*id) else { return false };
        ['\'', '"']
            .iter()
            .any(|mark| base.kind.masked().starts_with(*mark) && base.text.masked().ends_with(*mark))
    };
    !tree.ids().iter().any(quoted)
}

proptest! {
    #![proptest_config(laws())]

    #[test]
    fn canonical_text_is_read_back_as_the_same_tree(text in prop_oneof![any_text(), well_formed()]) {
        let tree = parse_text(&text);
        prop_assume!(hides_no_quotes(&tree));
        let canonical = tree.to_string();
        let again = parse_text(&canonical);
        prop_assert_eq!(again.to_string(), canonical);
        prop_assert_eq!(again, tree);
    }

    #[test]
    fn a_well_formed_text_is_parsed_as_a_whole(text in well_formed()) {
        let tree = parse_text(&text);
        let failed = |found: &Diagnostic| found.kind == DiagnosticKind::Unparsable;
        prop_assert!(!tree.diagnostics().iter().any(failed), "{tree}");
    }

    #[test]
    fn every_place_lies_within_the_text(text in any_text()) {
        let tree = parse_text(&text);
        for found in tree.diagnostics() {
            prop_assert!(text.get(found.span.clone()).is_some(), "{found:?}");
        }
        for id in tree.ids() {
            let node = tree.node(id);
            let inner = text.get(node.span.clone());
            let (inner, outer) = (inner.expect("a place"), text.get(node.outer.clone()).expect("a place"));
            prop_assert!(node.outer.start <= node.span.start && node.span.end <= node.outer.end);
            if let Check::Base(base) = &node.check {
                prop_assert_eq!(inner, format!("{}:{}", base.kind, base.text));
            }
            let around = outer.replacen(inner, "", 1);
            prop_assert!(around.chars().all(|c| "()".contains(c) || is_space(c)), "{around:?}");
        }
    }

    #[test]
    fn operands_stand_within_their_operator_in_order(text in any_text()) {
        let tree = parse_text(&text);
        for id in tree.ids() {
            let mut from = tree.node(id).span.start;
            for child in tree.children(id) {
                let outer = &tree.node(*child).outer;
                prop_assert!(from <= outer.start, "{outer:?}");
                from = outer.end;
            }
            prop_assert!(from <= tree.node(id).span.end);
        }
    }

    #[test]
    fn parentheses_around_a_rule_change_nothing(text in well_formed(), blank in blank()) {
        let tree = parse_text(&text);
        prop_assert_eq!(&parse_text(&format!("({text})")), &tree);
        prop_assert_eq!(&parse_text(&format!("(({blank}{text}{blank}){blank})")), &tree);
    }

    #[test]
    fn blanks_around_a_rule_change_nothing(text in any_text(), before in blank(), behind in blank()) {
        // Two words without blanks cannot be told from one, and the empty text is no text of blanks.
        prop_assume!(!text.is_empty());
        prop_assert_eq!(parse_text(&format!("{before}{text}{behind}")), parse_text(&text));
    }

    #[test]
    fn two_nots_are_none(world in world(), x in well_formed()) {
        prop_assert_eq!(world.decide(&format!("not not ({x})")), world.decide(&x));
    }

    #[test]
    fn de_morgan(world in world(), x in well_formed(), y in well_formed()) {
        // Both sides look at the same operands in the same order, so they raise alike too.
        let not_and = world.decide(&format!("not (({x}) and ({y}))"));
        prop_assert_eq!(not_and, world.decide(&format!("not ({x}) or not ({y})")));
        let not_or = world.decide(&format!("not (({x}) or ({y}))"));
        prop_assert_eq!(not_or, world.decide(&format!("not ({x}) and not ({y})")));
    }

    #[test]
    fn what_adds_nothing_changes_nothing(world in world(), x in well_formed()) {
        let decided = world.decide(&x);
        for same in ["(X) or !", "! or (X)", "(X) and @", "@ and (X)", "(X) or (X)", "(X) and (X)"] {
            prop_assert_eq!(world.decide(&same.replace('X', &x)), decided, "{}", same);
        }
    }

    #[test]
    fn grouping_of_equal_operators_does_not_matter(
        world in world(),
        (x, y, z) in (well_formed(), well_formed(), well_formed()),
        word in select(&["and", "or"][..]),
    ) {
        let flat = world.decide(&format!("({x}) {word} ({y}) {word} ({z})"));
        prop_assert_eq!(world.decide(&format!("(({x}) {word} ({y})) {word} ({z})")), flat);
        prop_assert_eq!(world.decide(&format!("({x}) {word} (({y}) {word} ({z}))")), flat);
    }

    #[test]
    fn a_rule_is_its_check_is_a_reference_to_it(mut world in world(), x in well_formed()) {
        let anonymous = world.decide(&x);
        world.rules.push(("s".to_owned(), x));
        prop_assert_eq!(world.decide("rule:s"), anonymous);
        prop_assert_eq!(decide(&world.rules(), "s", world.request()), anonymous);
    }

    #[test]
    fn the_order_of_creds_does_not_matter(world in world(), x in well_formed(), turns in 0usize..6) {
        let Value::Dict(creds) = &world.creds else { unreachable!("creds are a dict") };
        let mut entries: Vec<_> = creds.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let turned = turns % entries.len().max(1);
        entries.rotate_left(turned);
        if turns % 2 == 1 {
            entries.reverse();
        }
        let mut creds = Dict::default();
        for (key, value) in entries {
            creds.insert(key, value).expect("keys that were keys before");
        }
        let other = World { creds: Value::Dict(creds), ..world.clone() };
        prop_assert_eq!(other.decide(&x), world.decide(&x));
    }

    #[test]
    fn unrelated_rules_do_not_matter(
        world in world(), x in well_formed(), unrelated in vec((0..5usize, well_formed()), 1..4),
    ) {
        let mut other = world.clone();
        for (n, (place, text)) in unrelated.into_iter().enumerate() {
            let place = place.min(other.rules.len());
            other.rules.insert(place, (format!("unrelated{n}"), text));
        }
        prop_assert_eq!(other.decide(&x), world.decide(&x));
    }

    #[test]
    fn a_default_rule_that_denies_is_none(mut world in world(), x in well_formed()) {
        let without = world.decide(&x);
        world.rules.push(("default".to_owned(), "!".to_owned()));
        prop_assert_eq!(world.decide(&x), without);
    }

    #[test]
    fn rules_keep_their_order(rules in vec(("[a-d]{1,2}", well_formed()), 0..12)) {
        // As Python's dict: a name keeps its first place and has its last value.
        let mut expected: Vec<(PyStr, CheckTree)> = Vec::new();
        for (name, text) in &rules {
            let tree = parse_text(text);
            match expected.iter_mut().find(|(known, _)| known.masked() == name) {
                Some((_, value)) => *value = tree,
                None => expected.push((name.as_str().into(), tree)),
            }
        }
        let values = rules.iter().map(|(name, text)| (name.as_str(), Value::from(text.as_str())));
        let values: Vec<_> = values.collect();
        let from_values = Rules::from_values(values.iter().map(|(name, value)| (*name, value))).unwrap();
        for read in [Rules::from_texts(rules.clone()), from_values] {
            let read: Vec<_> = read.iter().map(|(name, tree)| (name.to_owned(), tree.clone())).collect();
            prop_assert_eq!(&read, &expected);
        }
    }
}

/// What the law about canonical text leaves out. Source: oslo.policy 6.0.1 on CPython 3.11.7.
#[rstest]
#[case::a_parenthesis_hides_the_closing_quote("('x':'x')", "'x':'x'", "!")]
#[case::in_a_group("(@ and ('x':'x') and @)", "(@ and 'x':'x' and @)", "!")]
#[case::printed_at_the_end_it_is_hidden_again("(@ and 'x':'x')", "(@ and 'x':'x')", "(@ and 'x':'x')")]
fn hidden_quotes_are_not_read_back(#[case] text: &str, #[case] canonical: &str, #[case] again: &str) {
    assert_eq!(parse_text(text).to_string(), canonical);
    assert_eq!(parse_text(canonical).to_string(), again);
}

/// The laws about decisions would hold for nothing if nothing were allowed, denied or raised.
#[test]
fn the_generated_requests_come_to_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let (mut allowed, mut denied, mut raised) = (0, 0, 0);
    for _ in 0..500 {
        let (world, text) = (world(), well_formed()).new_tree(&mut runner).unwrap().current();
        match world.decide(&text) {
            Ok(true) => allowed += 1,
            Ok(false) => denied += 1,
            Err(Interrupt::Raised(_)) => raised += 1,
            Err(reason) => panic!("{text}: {reason}"),
        }
    }
    assert!(allowed.min(denied).min(raised) >= 50, "{allowed} allowed, {denied} denied, {raised} raised");
}
