//! Cases of Huawei's policies: `kind: iam`.
//!
//! No implementation can be asked, so `expect` is what a document of the vendor says, and `quote` says it in
//! its words. The subject is the engine.

mod document;
mod load;
mod read;
mod write;

pub use document::{Ask, Case, Document, Expect, Expectation, Node, Policy, Principal};
pub use load::{Answer, Loaded, agrees, answer, answer_as, ims, load};
pub(crate) use read::RawDocument;
pub use write::{expected_json, write_document};
