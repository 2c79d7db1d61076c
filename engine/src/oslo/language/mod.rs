//! Text and legacy lists to check trees, and back.
//!
//! [`token`] splits a rule text, [`parse`] reduces the tokens to a [`CheckTree`], [`list_rule`]
//! reads the older list form, [`print`] writes the canonical text (`str(check)` upstream).

pub mod check;
pub mod list_rule;
pub mod parse;
pub mod print;
pub mod token;

pub use check::{
    Base, BaseClass, Check, CheckTree, Diagnostic, DiagnosticKind, Node, NodeId, Span, TreeBuilder,
};
pub use list_rule::parse_list;
pub use parse::{
    Reduction, parse_rule_str, parse_rule_text, parse_str, parse_text, parse_with_reductions, reductions,
};
pub use token::{Token, TokenKind, tokenize};
