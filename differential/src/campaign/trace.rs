//! Where two sides part: the parts of what a minimal case asks, each put to both by itself.
//!
//! A subject need not know how to explain itself, and upstream does not: a check is asked of both as it would be as a
//! rule of its own, so the deepest line on which they differ is where to look.

use assay_case::{Ask, Request, RuleShape, Subject, TreeStep, World};
use assay_engine::oslo::parse_rule_text;
use assay_generate::shrink::Found;

use crate::oracle::upstream::Upstream;
use crate::report::TraceStep;

/// The most lines. A minimal case has a few.
const LINES: usize = 40;

/// What both sides say of the whole and of its parts; empty where upstream cannot be asked.
pub(super) fn of(found: &Found, subject: &dyn Subject, upstream: &mut Upstream) -> Vec<TraceStep> {
    let (lines, requests): (Vec<_>, Vec<_>) = questions(found, upstream).into_iter().take(LINES).unzip();
    let Ok(reply) = upstream.decide(&found.world, &requests) else {
        return Vec::new();
    };
    let loaded = subject.load(&found.world);
    let said = requests.iter().zip(&reply.outcomes).zip(lines);
    said.map(|((request, outcome), (depth, asked))| TraceStep {
        depth,
        asked,
        upstream: outcome.to_string(),
        subject: loaded.decide(request).to_string(),
    })
    .collect()
}

type Question = ((usize, String), Request);

fn questions(found: &Found, upstream: &mut Upstream) -> Vec<Question> {
    if let Some(service) = found.world.service().filter(|service| !service.steps.is_empty()) {
        let title = |request: Request| match request.ask {
            Ask::Step(step) => {
                let name = service.call(step).map_or("nothing", |call| call.name());
                ((0, format!("steps[{step}]: {name}")), request)
            }
            Ask::Rule(_) | Ask::Check(_) => ((0, String::new()), request),
        };
        return service.calls().into_iter().map(title).collect();
    }
    let Some(request) = &found.request else {
        return Vec::new();
    };
    let shapes = upstream.decide(&found.world, &[]).ok().and_then(|reply| reply.shapes).unwrap_or_default();
    parts(&found.world, request, &shapes)
}

/// The request, then the checks below it in the order in which they are written; references are followed once.
fn parts(world: &World, request: &Request, shapes: &[RuleShape]) -> Vec<Question> {
    let whole = match &request.ask {
        Ask::Rule(name) => format!("rule {name}"),
        Ask::Check(text) => text.clone(),
        Ask::Step(step) => format!("steps[{step}]"),
    };
    let mut questions = vec![((0, whole), request.clone())];
    let mut followed = Vec::new();
    let root = match &request.ask {
        Ask::Rule(name) => rule(shapes, name, world.default_rule.as_deref(), &mut followed),
        Ask::Check(text) => parse_rule_text(text).ok().map(|tree| RuleShape::of(&"".into(), &tree).tree),
        Ask::Step(_) => None,
    };
    // (depth, a tree in postfix order): the first to be written lies on top.
    let mut waiting: Vec<(usize, Vec<TreeStep>)> = root.into_iter().map(|tree| (1, tree)).collect();
    while let Some((depth, tree)) = waiting.pop().filter(|_| questions.len() < LINES) {
        if let Some(text) = text_of(&tree) {
            let check = Request { ask: Ask::Check(text.clone()), ..request.clone() };
            questions.push(((depth, text), check));
        }
        let mut below = operands(&tree);
        if let Some(TreeStep::Base { class, text, .. }) = tree.last()
            && class == "RuleCheck"
            && let Some(name) = text.as_text()
        {
            below.extend(rule(shapes, name, world.default_rule.as_deref(), &mut followed));
        }
        waiting.extend(below.into_iter().rev().map(|tree| (depth + 1, tree)));
    }
    questions
}

/// The tree behind a name, the first time that it is asked for.
fn rule(
    shapes: &[RuleShape],
    name: &str,
    default_rule: Option<&str>,
    followed: &mut Vec<String>,
) -> Option<Vec<TreeStep>> {
    let named = |name: &str| shapes.iter().find(|shape| shape.name.as_text() == Some(name));
    let shape = named(name).or_else(|| named(default_rule.unwrap_or("default")))?;
    let name = shape.name.as_text()?.to_owned();
    if followed.contains(&name) {
        return None;
    }
    followed.push(name);
    Some(shape.tree.clone())
}

/// The trees under the root of one, in order.
fn operands(tree: &[TreeStep]) -> Vec<Vec<TreeStep>> {
    let Some((root, rest)) = tree.split_last() else {
        return Vec::new();
    };
    let mut operands = Vec::new();
    let mut rest = rest;
    for _ in 0..count(root) {
        let start = start_of_last(rest);
        operands.push(rest[start..].to_vec());
        rest = &rest[..start];
    }
    operands.reverse();
    operands
}

/// Where the tree begins that ends with the last step.
fn start_of_last(steps: &[TreeStep]) -> usize {
    let mut wanted = 1;
    let mut start = steps.len();
    while wanted > 0 && start > 0 {
        start -= 1;
        wanted = wanted - 1 + count(&steps[start]);
    }
    start
}

const fn count(step: &TreeStep) -> usize {
    match step {
        TreeStep::Not => 1,
        TreeStep::And(count) | TreeStep::Or(count) => *count,
        TreeStep::True | TreeStep::False | TreeStep::Base { .. } => 0,
    }
}

/// A text that is parsed to this very tree; `None` where there is none, as for a match with a space in it.
fn text_of(tree: &[TreeStep]) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for step in tree {
        let text = match step {
            TreeStep::True => "@".to_owned(),
            TreeStep::False => "!".to_owned(),
            TreeStep::Not => format!("not {}", texts.pop()?),
            TreeStep::And(count) | TreeStep::Or(count) => {
                let operands = texts.split_off(texts.len().checked_sub(*count)?);
                let word = if matches!(step, TreeStep::And(_)) { " and " } else { " or " };
                format!("({})", operands.join(word))
            }
            TreeStep::Base { kind, text, .. } => format!("{}:{}", kind.as_text()?, text.as_text()?),
        };
        texts.push(text);
    }
    let text = texts.pop()?;
    let parsed = RuleShape::of(&"".into(), &parse_rule_text(&text).ok()?);
    (parsed.tree == tree).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{operands, text_of};
    use assay_case::RuleShape;
    use assay_engine::oslo::parse_rule_text;

    fn tree(text: &str) -> Vec<assay_case::TreeStep> {
        RuleShape::of(&"".into(), &parse_rule_text(text).expect("a rule")).tree
    }

    #[test]
    fn the_operands_of_a_tree_are_in_the_order_of_the_text() {
        let below = operands(&tree("a:1 and (b:2 or not c:3) and @"));
        let texts: Vec<_> = below.iter().map(|tree| text_of(tree).expect("a text")).collect();
        assert_eq!(texts, ["a:1", "(b:2 or not c:3)", "@"]);
    }

    #[test]
    fn a_tree_without_a_text_of_its_own_has_none() {
        let mut spaced = tree("a:1");
        if let [assay_case::TreeStep::Base { text, .. }] = spaced.as_mut_slice() {
            *text = "1 2".into();
        }
        assert_eq!(text_of(&spaced), None);
    }
}
