//! Rule texts and legacy lists.

use assay_engine::oslo::language::{Check, CheckTree, parse_list, parse_rule_str, parse_str};
use assay_engine::oslo::python::{PyStr, Value, is_space};
use assay_engine::oslo::{ExceptionClass, Request, Rules, decide, parse_text};

use crate::bytes;

/// `parse-bytes`: any text is parsed; every place lies in it, operands within their operators; what is read
/// can be decided.
pub(crate) fn parse(input: &[u8]) {
    let text = bytes::text(input);
    let tree = parse_str(&text);
    match parse_rule_str(&text) {
        Ok(as_upstream) => assert_eq!(as_upstream, tree),
        Err(class) => assert_eq!(class, ExceptionClass::RecursionError),
    }
    places(&tree, text.masked());
    let mut rules = Rules::from_texts([("b", "role:a")]);
    rules.insert("a", tree);
    let creds = Value::dict([("roles", Value::list(["a".into()])), ("a", "1".into())]);
    let _ = decide(&rules, "a", Request { creds: &creds, target: &creds });
}

fn places(tree: &CheckTree, text: &str) {
    for found in tree.diagnostics() {
        assert!(text.get(found.span.clone()).is_some(), "{found:?} lies outside");
    }
    for id in tree.ids() {
        let node = tree.node(id);
        assert!(node.outer.start <= node.span.start && node.span.end <= node.outer.end, "{node:?}");
        let inner = text.get(node.span.clone()).expect("a place in the text");
        assert!(text.get(node.outer.clone()).is_some(), "{node:?} lies outside");
        if let Check::Base(base) = &node.check {
            let (kind, rest) = inner.split_once(':').expect("a colon");
            assert_eq!((kind, rest), (base.kind.masked(), base.text.masked()));
        }
        let mut from = node.span.start;
        for child in tree.children(id) {
            let outer = &tree.node(*child).outer;
            assert!(from <= outer.start && outer.end <= node.span.end, "{outer:?} in {node:?}");
            from = outer.end;
        }
    }
}

/// `parse-print-roundtrip`: the canonical text of a rule is read back as the same rule.
pub(crate) fn roundtrip(input: &[u8]) {
    let tree = parse_str(&bytes::text(input));
    if hides_quotes(&tree) {
        return;
    }
    let canonical = tree.text();
    let again = parse_str(&canonical);
    assert_eq!(again.text(), canonical);
    assert_eq!(again, tree, "{canonical:?} is read back as something else");
    let text = canonical.masked();
    if canonical.as_text().is_some() {
        assert_eq!(parse_text(&format!("({text})")), tree, "parentheses change it");
        assert_eq!(parse_text(&format!("\t{text}  ")), tree, "blanks change it");
    }
}

/// Whether a check begins and ends with the same quotation mark: behind a parenthesis it can, and its
/// canonical text is then a quoted word. Upstream has it no other way.
fn hides_quotes(tree: &CheckTree) -> bool {
    tree.ids().iter().any(|id| match tree.check(*id) {
        Check::Base(base) => ['\'', '"']
            .iter()
            .any(|mark| base.kind.masked().starts_with(*mark) && base.text.masked().ends_with(*mark)),
        _ => false,
    })
}

/// The list that some bytes stand for: a value in the spelling of case files, else an alternative a line and
/// its checks between tabs.
pub(crate) fn list_of(input: &[u8]) -> Value {
    bytes::value(input).unwrap_or_else(|| {
        let alternative = |line: &[u8]| Value::list(line.split(|byte| *byte == b'\t').map(word));
        Value::list(input.split(|byte| *byte == b'\n').map(alternative))
    })
}

fn word(bytes: &[u8]) -> Value {
    Value::Str(bytes::text(bytes))
}

/// `list-rule-roundtrip`: any value is read as a rule or refused, and the canonical text of one whose checks
/// can stand in a text is read back as the same rule.
pub(crate) fn list(input: &[u8]) {
    let value = list_of(input);
    let Ok(tree) = parse_list(&value) else { return };
    let canonical = tree.text();
    if tree.ids().iter().all(|id| stands_in_a_text(&tree, tree.check(*id))) {
        assert_eq!(parse_str(&canonical), tree, "{canonical:?} is read back as something else");
    }
}

/// Whether a text can say the check: no blanks, no parentheses that the text would take for its own, and
/// operators with operands, none of them of their own sort.
fn stands_in_a_text(tree: &CheckTree, check: &Check) -> bool {
    let own_sort =
        |id| matches!((check, tree.check(id)), (Check::And(_), Check::And(_)) | (Check::Or(_), Check::Or(_)));
    match check {
        Check::True | Check::False | Check::Not(_) => true,
        Check::And(operands) | Check::Or(operands) => {
            operands.len() > 1 && !operands.iter().any(|id| own_sort(*id))
        }
        Check::Base(base) => plain(&base.kind) && plain(&base.text),
    }
}

fn plain(text: &PyStr) -> bool {
    !text.masked().chars().any(|c| is_space(c) || matches!(c, '(' | ')' | '\'' | '"'))
}
