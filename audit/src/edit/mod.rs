//! Edits of policy files that leave everything else as it is: comments, order, blanks, quotes, line ends.
//!
//! ```text
//! PolicyFile ──► Editor ──► splices ──► Edited (read again, and compared with what was meant)
//!                  quote, rewrite, block, flow
//! ```
//!
//! What is edited is the file's text, by the places that the engine's reader gives. Nothing is printed anew but the
//! names and rules that change. An edit is only handed out if the engine reads from the edited text exactly the
//! mapping that was meant.

mod block;
mod editor;
mod flow;
mod quote;
mod rewrite;
mod splice;

pub use editor::{EditError, Edited, Editor};
pub use quote::{Place, scalar, value};
