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

/// Replays a document against its recorded expectations, in order.
///
/// # Errors
/// How many cases have no expectation.
pub fn replay<'d>(document: &'d Document, subject: &dyn Subject) -> Result<Vec<Replayed<'d>>, usize> {
    let missing = document.cases.iter().filter(|case| case.expect.is_none()).count();
    if missing > 0 {
        return Err(missing);
    }
    let world = subject.load(&document.world);
    let replayed = document.cases.iter().filter_map(|case| {
        let expected = case.expect.clone()?;
        Some(Replayed { case, expected, got: world.decide(&case.request) })
    });
    Ok(replayed.collect())
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
