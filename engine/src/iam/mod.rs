//! Huawei's policy languages: roles (1.0), policies (1.1), identity policies and SCPs (5.0).
//!
//! ```text
//! text ─► JSON with places ─► document ─► decision
//!         json              read, validate   evaluate
//! ```
//!
//! No implementation can be asked: what the vendor's documents say is all the truth there is. What they
//! leave open is a [`Switch`], each with a default, and [`explain`] names those on which a decision
//! rests. Documents are held against their rules and limits by [`read`]; [`decide`] takes what
//! was read.
//!
//! # Bounds
//!
//! No input makes this module panic or overflow the stack. Reading a document of n bytes takes at most
//! 8 MiB + 8 KiB·n of memory, and time linear in n; deciding takes time in proportion to statements × patterns ×
//! the lengths of a pattern and of what it is matched with, and copies nothing but what it answers. What is too long
//! for the vendor is a [`Violation`].

pub mod action;
mod catalogue;
mod condition;
mod document;
mod evaluate;
mod explain;
pub mod glob;
pub mod json;
pub mod key;
mod operator;
mod organization;
mod profile;
mod read;
mod reading;
mod request;
mod role;
mod switch;
mod urn;
mod validate;
pub mod value;
mod violation;

pub use action::ActionPattern;
pub use catalogue::{
    ActionFacts, ApiAction, Catalogue, CatalogueError, CatalogueFiles, Circumstance, SystemDocument,
};
pub use condition::{Context, ContextValue};
pub use document::{Actions, Condition, Dependency, Document, Effect, Placed, Statement, Use, Version};
pub use evaluate::{By, Deciding, Decision, Denial, Undecided, Verdict, World, decide, decide_as};
pub use explain::{Explanation, explain};
pub use operator::{BaseOperator, Comparison, Edition, OPERATORS, Operator, Qualifier, ValueType};
pub use organization::{Attachment, Level, Organization, OrganizationProblem};
pub use profile::{Limits, Profile};
pub use read::{Rules, read};
pub use reading::{AsDocumented, Reading};
pub use request::{Asked, Needed, Request};
pub use role::{Grant, Principal};
pub use switch::{ALL as SWITCHES, Switch, SwitchSet, Switches};
pub use urn::{NotAUrn, ResourcePattern, Urn};
pub use violation::{Problem, Violation};
