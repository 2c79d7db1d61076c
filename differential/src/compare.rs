//! A subject's answers beside upstream's outcomes.

use assay_case::{Answer, Outcome, Phase, Request, RuleShape, Signature, Subject, TreeStep, World, agrees};

/// A disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// What kind of disagreement it is.
    pub signature: Signature,
    /// The request that shows it, by position; `None` where the rules alone do.
    pub request: Option<usize>,
}

/// A batch, compared.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// What disagrees, rules first.
    pub divergences: Vec<Divergence>,
    /// The subject's answer to each request.
    pub answers: Vec<Answer>,
}

/// What a subject says, for which nobody else need be asked.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Text and tree of every rule; `None` where they were not asked for, or the rules could not be loaded.
    pub shapes: Option<Vec<RuleShape>>,
    /// The answer to each request.
    pub answers: Vec<Answer>,
}

impl Said {
    /// Has a subject load rules, tell their shapes if these are wanted, and decide requests.
    #[must_use]
    pub fn by(subject: &dyn Subject, world: &World, requests: &[Request], shapes: bool) -> Self {
        let loaded = subject.load(world);
        let shapes = if shapes { loaded.shapes() } else { None };
        Self { shapes, answers: requests.iter().map(|request| loaded.decide(request)).collect() }
    }

    /// Puts it beside upstream's shapes, if there are any, and outcomes.
    #[must_use]
    pub fn beside(self, shapes: Option<&[RuleShape]>, outcomes: &[Outcome]) -> Comparison {
        let mut divergences = match (shapes, &self.shapes) {
            (Some(upstream), Some(ours)) => compare_shapes(upstream, ours),
            _ => Vec::new(),
        };
        for (index, (outcome, answer)) in outcomes.iter().zip(&self.answers).enumerate() {
            if !agrees(outcome, answer) {
                let signature = signature(Phase::Outcome, outcome.to_string(), answer.to_string());
                divergences.push(Divergence { signature, request: Some(index) });
            }
        }
        Comparison { divergences, answers: self.answers }
    }
}

/// Puts a subject's rules and answers beside upstream's.
#[must_use]
pub fn compare(
    subject: &dyn Subject,
    world: &World,
    requests: &[Request],
    shapes: Option<&[RuleShape]>,
    outcomes: &[Outcome],
) -> Comparison {
    Said::by(subject, world, requests, shapes.is_some()).beside(shapes, outcomes)
}

fn signature(phase: Phase, expected: String, got: String) -> Signature {
    Signature { phase, expected, got }
}

/// The first difference of each rule. Rules that a subject could not load show in its answers.
fn compare_shapes(upstream: &[RuleShape], subject: &[RuleShape]) -> Vec<Divergence> {
    let rules = upstream.iter().map(Some).chain(std::iter::repeat(None));
    let ours = subject.iter().map(Some).chain(std::iter::repeat(None));
    let pairs = rules.zip(ours).take(upstream.len().max(subject.len()));
    let differing = pairs.filter_map(|(theirs, ours)| match (theirs, ours) {
        (Some(theirs), Some(ours)) if theirs.same(ours) => None,
        (Some(theirs), Some(ours)) if theirs.tree != ours.tree => Some(tree_difference(theirs, ours)),
        (Some(theirs), Some(ours)) if theirs.name == ours.name => {
            // Texts in a signature would make every finding one of its own.
            Some(signature(Phase::Text, "one text".to_owned(), "another".to_owned()))
        }
        (theirs, ours) => {
            let there = |shape: Option<&RuleShape>| if shape.is_some() { "a rule" } else { "no rule" };
            Some(signature(Phase::Tree, there(theirs).to_owned(), there(ours).to_owned()))
        }
    });
    differing.map(|signature| Divergence { signature, request: None }).collect()
}

fn tree_difference(theirs: &RuleShape, ours: &RuleShape) -> Signature {
    // The root stands last; what differs nearest to it says most.
    let steps = theirs.tree.iter().rev().zip(ours.tree.iter().rev());
    let (theirs, ours) = steps
        .filter(|(theirs, ours)| theirs != ours)
        .map(|(theirs, ours)| (step_name(theirs), step_name(ours)))
        .next()
        .unwrap_or_else(|| (theirs.tree.len().to_string(), ours.tree.len().to_string()));
    signature(Phase::Tree, theirs, ours)
}

/// The kind of a node.
fn step_name(step: &TreeStep) -> String {
    match step {
        TreeStep::True => "@".to_owned(),
        TreeStep::False => "!".to_owned(),
        TreeStep::Not => "not".to_owned(),
        TreeStep::And(count) => format!("and of {count}"),
        TreeStep::Or(count) => format!("or of {count}"),
        TreeStep::Base { class, .. } => class.clone(),
    }
}
