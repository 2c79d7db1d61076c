//! What a request comes to.

use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Request, Rules, decide, decide_check, parse_text};

pub(crate) type Outcome = Result<bool, Interrupt>;

pub(crate) const ALLOW: Outcome = Ok(true);
pub(crate) const DENY: Outcome = Ok(false);
pub(crate) const ATTRIBUTE_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::AttributeError));
pub(crate) const SYNTAX_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::SyntaxError));
pub(crate) const TYPE_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::TypeError));
pub(crate) const VALUE_ERROR: Outcome = Err(Interrupt::Raised(ExceptionClass::ValueError));

/// Decides one check that refers to no rule, as a named rule and as an anonymous check.
#[track_caller]
pub(crate) fn decide_text(text: &str, creds: &Value, target: &Value) -> Outcome {
    let rules = Rules::from_texts([("r", text)]);
    let request = Request { creds, target };
    let named = decide(&rules, "r", request);
    assert_eq!(decide_check(&rules, &parse_text(text), request), named, "as an anonymous check");
    assert_eq!(decide_check(&Rules::from_texts([("", ""); 0]), &parse_text(text), request), named, "alone");
    named
}
