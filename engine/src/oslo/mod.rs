//! OpenStack's policy language. Data flows one way:
//!
//! ```text
//! text ─► tokens ─► check tree ─► rules ─► decision
//!         language/              load/    evaluate
//!                                             ▲
//!    policy files, registered defaults ──► enforcer
//! ```
//!
//! `python/` holds the Python that the language leaks: values, literals, `%`-formatting, `str()`.

pub mod enforcer;
mod error;
pub mod evaluate;
#[cfg(feature = "http")]
pub mod http;
pub mod language;
pub mod load;
pub mod python;

pub use error::{ExceptionClass, Interrupt, Limit, Unsupported};
pub use evaluate::remote;
pub use evaluate::{
    Call, Checks, CustomCheck, IsAdmin, Request, Unknown, decide, decide_check, decide_check_with,
    decide_with, seen_creds,
};
pub use language::{CheckTree, parse_rule_text, parse_text};
pub use load::{DefaultRule, LoadError, Rules};
