//! Worlds of `kind: iam`: organizations, principals' policies and requests.
//!
//! There is no upstream, so a world is drawn for whoever is to judge it: a [`Capability`] says what that one
//! knows, and nothing outside is drawn. No case is thrown away afterwards.

mod capability;
mod coverage;
mod documents;
mod requests;
mod shrink;
mod vocabulary;

pub use capability::Capability;
pub use coverage::{Coverage, ELEMENTS};
pub use shrink::shrink;

use std::path::PathBuf;

use assay_case::Source;
use assay_case::iam::Document;
use sha2::{Digest as _, Sha256};

use crate::draw::Draw;
use documents::Documents;

/// Requests of a world.
pub const REQUESTS: u64 = 16;

/// The world at an index: the same for the same seed, capability and index.
///
/// ```
/// use assay_generate::iam::{Capability, world};
/// let capability = Capability::everything();
/// assert_eq!(world(1, &capability, 0), world(1, &capability, 0));
/// assert_eq!(world(1, &capability, 0).cases.len(), 16);
/// ```
#[must_use]
pub fn world(seed: u64, capability: &Capability, index: u64) -> Document {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(index.to_le_bytes());
    hash.update(capability.name.as_bytes());
    drawn(&mut Draw::seeded(&hash.finalize().into()), capability, REQUESTS)
}

/// The world that some bytes spell out, with so many requests: the same for the same bytes, and a world for
/// any.
#[must_use]
pub fn world_of_bytes(capability: &Capability, bytes: &[u8], requests: u64) -> Document {
    drawn(&mut Draw::spelled(bytes), capability, requests)
}

fn drawn(draw: &mut Draw, capability: &Capability, requests: u64) -> Document {
    let mut documents = Documents { draw, capability };
    let (organization, principal) = (documents.organization(), documents.principal());
    let cases = (0..requests).map(|_| requests::case(draw, capability)).collect();
    Document {
        file: PathBuf::new(),
        line: 1,
        comment: Vec::new(),
        about: None,
        source: Source::default(),
        profile: None,
        switches: Vec::new(),
        organization,
        principal,
        cases,
    }
}
