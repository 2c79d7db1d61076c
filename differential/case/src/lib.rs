//! Cases: requests to a set of rules, with the outcome that is expected of each.
//!
//! One file format serves generators, fuzz finds, regressions, documented corpora and witnesses, so
//! that any of them replays anywhere, with or without Python. This crate reads and writes it,
//! names what an outcome can be, and says when two outcomes agree. It holds no generator, no oracle
//! but the recorded one, and no evaluator of its own.
//!
//! ```
//! use assay_case::{EngineSubject, Outcome, Subject, read_text};
//!
//! let documents = read_text("example.yaml", "\
//! source: {oracle: oslo.policy 6.0.1, python: '3.11'}
//! rules: {get: 'role:reader'}
//! cases:
//! - {rule: get, creds: {roles: [Reader]}, expect: allow}
//! ").unwrap();
//! let world = EngineSubject.load(&documents[0].world);
//! let case = &documents[0].cases[0];
//! assert_eq!(world.decide(&case.request).outcome(), case.expect.as_ref());
//! ```
#![forbid(unsafe_code)]

mod agree;
mod depth;
mod document;
mod doubts;
pub mod iam;
mod outcome;
mod pipe;
mod poison;
mod read;
pub mod service;
mod shape;
mod spelling;
mod subject;
mod texts;
mod values;
mod write;

pub use agree::{Measure, Phase, Signature, agrees, agrees_by};
pub use depth::depth_depends_on_python;
pub use document::{Ask, Case, Document, Request, RuleSource, Source, Stated, World};
pub use doubts::Doubts;
pub use outcome::{ClassName, InvalidClassName, Outcome};
pub use pipe::{READY, request_line, serve, world_line};
pub use poison::{Detector, Poison};
pub use read::{Entry, ReadError, case_files, read_entries, read_entries_text, read_file, read_text};
pub use shape::{RuleShape, TreeStep};
pub use spelling::{Spelled, write_json};
pub use subject::{Answer, EngineSubject, LoadedWorld, Subject, answer, engine_rules};
pub use texts::RuleTexts;
pub use write::{write_document, write_file};
