//! An exact evaluator of cloud access policies.
//!
//! [`oslo`] is OpenStack's policy language as upstream Python oslo.policy decides it, the Python
//! behaviour that the language leaks included. Upstream is the specification: where this crate and
//! upstream differ, this crate has the bug. Where a Python behaviour is not built yet the answer is
//! an explicit [`oslo::Unsupported`], never a guess.
//!
//! [`iam`] is Huawei's roles, policies and SCPs, read and decided as the vendor's documents say; what
//! they leave open is a named switch.
//!
//! Decisions on rules that are there read no file and open no socket. [`oslo::enforcer`] reads the policy
//! files that it is told of; `oslo::http`, a feature that is off by default, asks the servers of remote
//! checks. Nothing needs Python.
//!
//! ```
//! use assay_engine::oslo::python::Value;
//! use assay_engine::oslo::{Request, Rules, decide};
//!
//! let rules = Rules::from_texts([
//!     ("admin", "role:admin"),
//!     ("get", "rule:admin or project_id:%(project_id)s"),
//! ]);
//! let creds = Value::dict([("project_id", Value::from("p1"))]);
//! let target = Value::dict([("project_id", Value::from("p1"))]);
//! assert_eq!(decide(&rules, "get", Request { creds: &creds, target: &target }), Ok(true));
//! ```
#![forbid(unsafe_code)]

/// Whether a fault of the catalogue is armed.
#[cfg(feature = "faults")]
macro_rules! fault {
    ($fault:ident) => {
        $crate::faults::armed($crate::faults::Fault::$fault)
    };
}
#[cfg(not(feature = "faults"))]
macro_rules! fault {
    ($fault:ident) => {
        $crate::never()
    };
}

/// What arms no fault.
#[cfg(not(feature = "faults"))]
const fn never() -> bool {
    false
}

#[cfg(feature = "faults")]
pub mod faults;
pub mod iam;
pub mod oslo;
