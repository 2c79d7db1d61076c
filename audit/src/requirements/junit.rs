//! Verdicts as JUnit's XML, which build servers show.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::table::TargetSpec;
use super::verdict::{Got, Verdict};
use crate::policy::value;

/// A suite for each persona, a test case for each requirement. `file` is the table's name.
///
/// # Errors
/// None that is known: the serialiser's own.
pub fn junit(verdicts: &[Verdict], file: &str) -> Result<String, SerializeError> {
    let mut report = Report::new("assay requirements");
    let mut personas: Vec<&str> =
        verdicts.iter().map(|verdict| verdict.requirement.persona.as_str()).collect();
    personas.sort_unstable();
    personas.dedup();
    for persona in personas {
        let mut suite = TestSuite::new(persona);
        for verdict in verdicts.iter().filter(|verdict| verdict.requirement.persona == persona) {
            suite.add_test_case(case(verdict, file));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn case(verdict: &Verdict, file: &str) -> TestCase {
    let requirement = &verdict.requirement;
    let expected = requirement.expected.name();
    let target = match &requirement.target {
        None => String::new(),
        Some(TargetSpec::Named(name)) => format!(" [{name}]"),
        Some(TargetSpec::Given(target)) => format!(" {}", value::json(target)),
    };
    let status = if verdict.is_met() {
        TestCaseStatus::success()
    } else {
        let kind = match verdict.got {
            Got::Undecided(_) => NonSuccessKind::Error,
            _ => NonSuccessKind::Failure,
        };
        let mut status = TestCaseStatus::non_success(kind);
        let reason = verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        let message = format!("{expected} expected, {} found{reason}", verdict.got.name());
        status.set_type(verdict.got.name()).set_message(message.clone());
        status.set_description(format!("{file}:{}: {message}", requirement.at));
        status
    };
    let mut case = TestCase::new(format!("{}{target}: {expected}", requirement.operation), status);
    case.set_classname(requirement.persona.as_str());
    case.add_property(("rule", verdict.rule.as_str()));
    if let Some(note) = &requirement.note {
        case.add_property(("note", note.as_str()));
    }
    case
}
