//! What a template and a target are formatted to.

use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::percent::format;
use assay_engine::oslo::{ExceptionClass, Interrupt};

pub(crate) type Expected = Result<&'static str, Interrupt>;

pub(crate) const TYPE_ERROR: Expected = Err(Interrupt::Raised(ExceptionClass::TypeError));
pub(crate) const VALUE_ERROR: Expected = Err(Interrupt::Raised(ExceptionClass::ValueError));
pub(crate) const OVERFLOW_ERROR: Expected = Err(Interrupt::Raised(ExceptionClass::OverflowError));

#[track_caller]
pub(crate) fn check(template: &str, target: &Value, expected: Expected) {
    assert_eq!(format(template, target), expected.map(Into::into));
}

/// An int of any size.
pub(crate) fn int(digits: &str) -> Value {
    Value::Int(digits.parse().expect("an integer"))
}
