//! The recorded oracle: what case files expect, with no Python at all.

use assay_case::{Answer, Ask, Case, Document, Outcome, Subject, agrees};

/// A case, decided by a subject.
#[derive(Clone, Debug)]
pub struct Replayed<'d> {
    /// The case.
    pub case: &'d Case,
    /// What was expected.
    pub expected: Outcome,
    /// What the subject says.
    pub got: Answer,
}

impl Replayed<'_> {
    /// Whether the subject does as expected.
    #[must_use]
    pub fn agrees(&self) -> bool {
        agrees(&self.expected, &self.got)
    }
}

/// What became of a document.
#[derive(Clone, Debug)]
pub struct Replay<'d> {
    /// The first rule that is read otherwise than as recorded, in words.
    pub rules: Option<String>,
    /// The cases, in order.
    pub cases: Vec<Replayed<'d>>,
}

/// Replays a document against its recorded expectations.
///
/// # Errors
/// How many cases have no expectation.
pub fn replay<'d>(document: &'d Document, subject: &dyn Subject) -> Result<Replay<'d>, usize> {
    let missing = document.cases.iter().filter(|case| case.expect.is_none()).count();
    if missing > 0 {
        return Err(missing);
    }
    let world = subject.load(&document.world);
    let rules = document.texts.as_ref().and_then(|texts| texts.difference(world.as_ref()));
    let cases = document.cases.iter().filter_map(|case| {
        let expected = case.expect.clone()?;
        Some(Replayed { case, expected, got: world.decide(&case.request) })
    });
    Ok(Replay { rules, cases: cases.collect() })
}

/// What people call a case.
#[must_use]
pub fn title(case: &Case) -> String {
    match (&case.name, &case.request.ask) {
        (Some(name), _) => name.clone(),
        (None, Ask::Rule(text) | Ask::Check(text)) => text.clone(),
        (None, Ask::Step(step)) => format!("steps[{step}]"),
    }
}
