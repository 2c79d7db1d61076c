//! What the results against upstream, our engine and the broken ones come to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Subject;
use super::runs::{Ended, Ending, Results};

/// The files whose tests are about what the engine does; the others are about command lines, documentation and
/// servers, and are run and counted only.
pub const JUDGED: [&str; 3] = ["test_checks", "test_parser", "test_policy"];
/// How much of the judged files, without what is not applicable, must be ours, in percent.
pub const FLOOR: f64 = 95.0;

const PACKAGE: &str = "oslo_policy.tests.";

/// What a test proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It passes with our engine and fails with a broken one.
    Ours,
    /// It is listed: it is not about what the engine does.
    NotApplicable,
    /// It passes, whatever is broken: it proves nothing about our engine.
    Unproved,
    /// It fails with our engine.
    Failing,
    /// It fails with upstream too, here (as root, a file without permissions can be read).
    FailsUpstream,
}

/// A test and what it proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Without the package, as `test_checks.RoleCheckTestCase.test_accept`.
    pub name: String,
    /// What it proves.
    pub standing: Standing,
    /// The broken engines that it fails with.
    pub fails_with: Vec<&'static str>,
    /// Why it fails with ours, or why it is not applicable.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The tests of one file, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The file, without `.py`.
    pub file: String,
    /// All of its tests.
    pub tests: usize,
    /// [`Standing::Ours`]
    pub ours: usize,
    /// [`Standing::NotApplicable`]
    pub not_applicable: usize,
    /// [`Standing::Unproved`]
    pub unproved: usize,
    /// [`Standing::Failing`]
    pub failing: usize,
    /// [`Standing::FailsUpstream`]
    pub fails_upstream: usize,
}

/// What all results come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// By file.
    pub files: Vec<Tally>,
    /// How much of the judged files is ours, in percent, without what is not applicable.
    pub share: f64,
    /// What is wrong with the list of tests that are not applicable.
    pub problems: Vec<String>,
    /// Every test.
    pub tests: Vec<Judged>,
}

impl Verdict {
    /// Whether enough is ours and the list is sound.
    #[must_use]
    pub fn good(&self) -> bool {
        self.share >= FLOOR && self.problems.is_empty()
    }
}

/// The tests that are not applicable: a name, a colon and a reason a line; `#` begins a comment.
#[derive(Clone, Debug, Default)]
pub struct NotApplicable {
    reasons: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl NotApplicable {
    /// Reads the list; what is wrong with it comes out in [`Verdict::problems`].
    ///
    /// ```
    /// use assay_differential::upstream_tests::verdict::NotApplicable;
    /// assert_eq!(NotApplicable::read("# a comment\na.B.c: it mocks a private function\n").len(), 1);
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut list = Self::default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            match line.split_once(": ") {
                Some((name, reason)) if !reason.trim().is_empty() => {
                    if list.reasons.insert(name.into(), reason.trim().into()).is_some() {
                        list.problems.push(format!("{name} is listed twice"));
                    }
                }
                _ => list.problems.push(format!("no reason: {line}")),
            }
        }
        list
    }

    /// How many tests it names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reasons.len()
    }

    /// Whether it names none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Judges every test that upstream has.
#[must_use]
pub fn judge(results: &BTreeMap<Subject, Results>, list: &NotApplicable) -> Verdict {
    let ended =
        |subject: Subject, name: &str| results.get(&subject).and_then(|results| results.tests.get(name));
    let passes =
        |subject, name: &str| ended(subject, name).is_some_and(|ended| ended.ending == Ending::Passed);
    let mut problems = list.problems.clone();
    let mut tests = Vec::new();
    for full in results.get(&Subject::Upstream).into_iter().flat_map(|results| results.tests.keys()) {
        let name = full.strip_prefix(PACKAGE).unwrap_or(full);
        let broken = Subject::SABOTAGED.into_iter().filter(|subject| !passes(*subject, full));
        let fails_with: Vec<_> = broken.map(Subject::name).collect();
        let reason = list.reasons.get(name);
        let proves = passes(Subject::Engine, full) && !fails_with.is_empty();
        if reason.is_some() && proves {
            problems.push(format!("{name} is listed, and is ours: take it off the list"));
        }
        let why_not = || match ended(Subject::Engine, full) {
            Some(Ended { why, .. }) => why.clone(),
            None => "it did not run".to_owned(),
        };
        let (standing, why) = match reason {
            _ if !passes(Subject::Upstream, full) => (Standing::FailsUpstream, String::new()),
            Some(reason) => (Standing::NotApplicable, reason.clone()),
            None if proves => (Standing::Ours, String::new()),
            None if passes(Subject::Engine, full) => (Standing::Unproved, String::new()),
            None => (Standing::Failing, why_not()),
        };
        tests.push(Judged { name: name.to_owned(), standing, fails_with, why });
    }
    let unknown = list.reasons.keys().filter(|name| {
        let known = tests.iter().any(|test| test.name == **name);
        !known || !JUDGED.contains(&file_of(name))
    });
    problems.extend(
        unknown.map(|name| format!("{name} is listed, and there is no such test in {}", JUDGED.join(", "))),
    );
    let files = tallies(&tests);
    Verdict { share: share(&files), files, problems, tests }
}

fn file_of(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

fn tallies(tests: &[Judged]) -> Vec<Tally> {
    let mut files = BTreeMap::<&str, Tally>::new();
    for test in tests {
        let file = file_of(&test.name);
        let tally = files.entry(file).or_insert_with(|| Tally { file: file.to_owned(), ..Tally::default() });
        tally.tests += 1;
        *match test.standing {
            Standing::Ours => &mut tally.ours,
            Standing::NotApplicable => &mut tally.not_applicable,
            Standing::Unproved => &mut tally.unproved,
            Standing::Failing => &mut tally.failing,
            Standing::FailsUpstream => &mut tally.fails_upstream,
        } += 1;
    }
    let mut files: Vec<_> = files.into_values().collect();
    files.sort_by_key(|tally| !JUDGED.contains(&tally.file.as_str()));
    files
}

#[allow(clippy::cast_precision_loss, reason = "a few hundred tests")]
fn share(files: &[Tally]) -> f64 {
    let judged = || files.iter().filter(|tally| JUDGED.contains(&tally.file.as_str()));
    let ours: usize = judged().map(|tally| tally.ours).sum();
    let of: usize = judged().map(|tally| tally.tests - tally.not_applicable).sum();
    if of == 0 { 0.0 } else { 100.0 * ours as f64 / of as f64 }
}
