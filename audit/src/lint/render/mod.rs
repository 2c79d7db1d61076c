//! Findings for people and for tools.

mod github;
mod json;
mod markdown;
mod sarif;
mod text;

pub use github::github;
pub use json::json;
pub use markdown::catalogue;
pub use sarif::sarif;
pub use text::{Color, explanation, text};
