//! OpenStack's policy language. Data flows one way:
//!
//! ```text
//! text ─► tokens ─► check tree ─► rules ─► decision
//!         language/              load/    evaluate
//! ```
//!
//! `python/` holds the Python that the language leaks: values, literals, `%`-formatting, `str()`.

mod error;
pub mod evaluate;
pub mod language;
pub mod load;
pub mod python;

pub use error::{ExceptionClass, Interrupt, Limit, Unsupported};
pub use evaluate::{Request, decide, decide_check};
pub use language::{CheckTree, parse_rule_text, parse_text};
pub use load::{LoadError, Rules};
