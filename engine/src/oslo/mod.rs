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
//!
//! # Bounds
//!
//! No input makes this module panic or overflow the stack. What an input of n bytes may take (a text, a file, or a
//! request with its rules), fuzzed with a counting allocator:
//!
//! | what | memory | time |
//! |---|---|---|
//! | a rule text, a list, a kind: [`parse_text`], [`language::parse_list`], [`python::literal`] | 1 MiB + 4 KiB·n | linear, but for the digits of an integer |
//! | a policy file: [`Rules::load`] | 160 MiB + 8 KiB·n, nearly all of it for what aliases stand for: [`Limit::TooLarge`] at 64 MiB | linear, as far as there are no merge keys; these have the same limit |
//! | a format: [`python::percent::format`] | 256 MiB + 4 KiB·n: a text of up to 2²⁴ characters of four bytes, [`Limit::TooLarge`] beyond | linear in what is written |
//! | a decision: [`decide`] | as a format, and 4 KiB·n | each rule is walked once, and once more where the depth changes what comes of it; with custom or remote checks up to 2²⁰ calls, [`Limit::TooManyCalls`] beyond |
//!
//! [`Limit`] is the only answer that a bound leads to; it is never an allow or a deny.

pub mod enforcer;
mod error;
pub mod evaluate;
pub mod explain;
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
pub use explain::explain;
pub use language::{CheckTree, parse_rule_text, parse_text};
pub use load::{DefaultRule, LoadError, Rules};
