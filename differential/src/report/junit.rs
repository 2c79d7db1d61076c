//! `junit.xml`: what build servers show. A test case is a file of recorded cases, a generated profile, a signature
//! that diverged, a version of the matrix, or a job.

use std::time::Duration;

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::{Cell, CellState, Finding, Report};

impl Report {
    /// The report as JUnit's XML. Characters that XML cannot hold are left out.
    ///
    /// # Errors
    /// None that is known: the serialiser's own.
    pub fn junit(&self) -> Result<String, SerializeError> {
        let mut report = quick_junit::Report::new("assay");
        report.set_time(Duration::try_from_secs_f64(self.seconds).unwrap_or_default());
        for suite in [self.recorded_suite(), self.generated_suite(), self.matrix_suite(), self.jobs_suite()] {
            if suite.tests > 0 {
                report.add_test_suite(suite);
            }
        }
        report.to_string()
    }

    fn recorded_suite(&self) -> TestSuite {
        let mut suite = TestSuite::new("recorded");
        for (file, count) in &self.corpora.files {
            let of_file = self.corpora.disagreements.iter().filter(|found| found.file == *file);
            let lines: Vec<String> = of_file
                .map(|found| {
                    let recorded = found.recorded.as_deref().unwrap_or("nothing");
                    let upstream =
                        found.upstream.as_ref().map_or(String::new(), |said| format!(", upstream {said}"));
                    format!("{}: recorded {recorded}{upstream}, subject {}", found.case, found.subject)
                })
                .collect();
            let status = match lines.len() {
                0 => TestCaseStatus::success(),
                wrong => failure("disagreement", &format!("{wrong} disagree"), &lines.join("\n")),
            };
            let mut case = TestCase::new(file.display().to_string(), status);
            case.set_classname("recorded");
            case.add_property(("cases", count.to_string().as_str()));
            suite.add_test_case(case);
        }
        suite
    }

    fn generated_suite(&self) -> TestSuite {
        let mut suite = TestSuite::new("generated");
        suite.set_time(Duration::try_from_secs_f64(self.campaign_seconds).unwrap_or_default());
        for finding in &self.findings {
            suite.add_test_case(diverging(finding, "generated"));
        }
        for (profile, counts) in &self.profiles {
            if self.findings.iter().all(|finding| finding.profile != *profile) {
                let mut case = TestCase::new(profile.name(), TestCaseStatus::success());
                case.set_classname("generated").set_time(Duration::from_nanos(counts.total_ns));
                case.add_property(("cases", counts.cases.to_string().as_str()));
                suite.add_test_case(case);
            }
        }
        for missing in &self.missing {
            let mut case = TestCase::new(XmlString::new(missing), failure("missing", "not done", missing));
            case.set_classname("generated");
            suite.add_test_case(case);
        }
        suite
    }

    fn matrix_suite(&self) -> TestSuite {
        let mut suite = TestSuite::new("versions");
        for cell in &self.matrix {
            suite.add_test_case(version(cell));
        }
        suite
    }

    fn jobs_suite(&self) -> TestSuite {
        let mut suite = TestSuite::new("jobs");
        for job in &self.jobs {
            let status = match job.exit {
                Some(0) => TestCaseStatus::success(),
                Some(exit) => failure("job", &format!("exit code {exit}"), &job.note),
                None => skipped(&job.note),
            };
            let mut case = TestCase::new(XmlString::new(&job.name), status);
            case.set_classname("jobs").set_time(Duration::try_from_secs_f64(job.seconds).unwrap_or_default());
            suite.add_test_case(case);
        }
        suite
    }
}

fn diverging(finding: &Finding, class: &str) -> TestCase {
    let Finding { signature, profile, case, replay, python, count, .. } = finding;
    let body = format!("{case}replay:   {replay}\nupstream: {python}\n");
    let status = failure("divergence", &format!("{count} cases: {signature}"), &body);
    let mut case = TestCase::new(format!("{profile}: {signature}"), status);
    case.set_classname(class);
    case
}

/// Changes between upstream versions are news, no failures.
fn version(cell: &Cell) -> TestCase {
    let status = match cell.state {
        CellState::Same | CellState::Changed => TestCaseStatus::success(),
        CellState::Diverged => failure("divergence", "the pinned version and the subject differ", ""),
        CellState::Absent => skipped(cell.reason.as_deref().unwrap_or_default()),
    };
    let mut case =
        TestCase::new(format!("oslo.policy {} on Python {}", cell.oslo_policy, cell.python), status);
    case.set_classname("versions");
    case.add_property(("cases", cell.cases.to_string().as_str()));
    case.add_property(("changes", cell.changes.len().to_string().as_str()));
    case
}

fn failure(kind: &str, message: &str, body: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(message).set_description(body);
    status
}

fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(reason);
    status
}
