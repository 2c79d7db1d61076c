//! The targets.

use thiserror::Error;

use crate::bounds::Bounds;
use crate::{files, iam, python, text, worlds};

/// An entry point, what must hold of it, and what it may take.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Component, property and input: the name of the fuzz target.
    pub name: &'static str,
    /// What must hold.
    pub about: &'static str,
    /// What an input may take.
    pub bounds: Bounds,
    /// The property: panics where it does not hold.
    pub property: fn(&[u8]),
}

impl Target {
    /// Holds one input against the property and the bound on memory. What comes back is the memory that it took,
    /// 0 where nobody counts.
    ///
    /// # Panics
    /// Where something does not hold.
    pub fn run(&self, input: &[u8]) -> usize {
        #[cfg(feature = "planted")]
        crate::planted::meet(self.name, input);
        self.bounds.hold(input.len(), || (self.property)(input))
    }
}

/// No target has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no target is called {0:?}; there are: {names}", names = TARGETS.map(|target| target.name).join(", "))]
pub struct UnknownTarget(String);

/// The target of a name.
///
/// # Errors
/// A name that is none; the message lists those there are.
pub fn target(name: &str) -> Result<&'static Target, UnknownTarget> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| UnknownTarget(name.to_owned()))
}

/// Does nothing: what a driver costs by itself.
fn empty(_: &[u8]) {}

/// All targets; the last is for the floor of a driver's speed.
pub static TARGETS: [Target; 15] = [
    Target {
        name: "parse-bytes",
        about: "any text is parsed, every place lies in it, what is read can be decided",
        bounds: Bounds::formatting(4096, 4096),
        property: text::parse,
    },
    Target {
        name: "parse-print-roundtrip",
        about: "the canonical text of a rule is read back as the same rule",
        bounds: Bounds::reading(4096, 4096),
        property: text::roundtrip,
    },
    Target {
        name: "list-rule-roundtrip",
        about: "any value is a rule or refused, and reads back from its canonical text",
        bounds: Bounds::reading(4096, 4096),
        property: text::list,
    },
    Target {
        name: "literal-bytes",
        about: "any kind is a literal, a path or an exception; a literal's repr is the same literal",
        bounds: Bounds::reading(4096, 4096),
        property: python::literal,
    },
    Target {
        name: "format-bytes",
        about: "any template is formatted with any value or refused, within the limit",
        bounds: Bounds::formatting(2048, 4096),
        property: python::formatted,
    },
    Target {
        name: "yaml-bytes",
        about: "any file is read as rules or refused at a place in it; comments change nothing",
        bounds: Bounds { base: 160 << 20, ..Bounds::reading(8192, 8192) },
        property: files::yaml,
    },
    Target {
        name: "json-bytes",
        about: "JSON rules are read from a file as from values; what a server is sent is JSON",
        bounds: Bounds::formatting(4096, 8192),
        property: files::json,
    },
    Target {
        name: "case-file-bytes",
        about: "any case file is read or refused, and what is read is written to be read as the same",
        bounds: Bounds { base: 8 << 20, ..Bounds::reading(8192, 16384) },
        property: files::case_file,
    },
    Target {
        name: "evaluate-typed",
        about: "every request to any world is decided, with memory of rules as without",
        bounds: Bounds::formatting(8192, 4096),
        property: worlds::typed,
    },
    Target {
        name: "compiled-typed",
        about: "every request to any world comes to the same by a program as by the interpreter",
        bounds: Bounds::formatting(8192, 4096),
        property: worlds::compiled,
    },
    Target {
        name: "evaluate-recorded",
        about: "recorded cases come to what was recorded; edited ones are decided the same from printed rules",
        bounds: Bounds::formatting(512, 4096),
        property: worlds::recorded,
    },
    Target {
        name: "enforcer-sequence",
        about: "any calls, with files that change in between, are decided the same when played again",
        bounds: Bounds::formatting(4096, 8192),
        property: worlds::enforcer,
    },
    Target {
        name: "iam-document-bytes",
        about: "any document is read for any use or refused with places in it, and reads back as printed",
        bounds: Bounds { base: 8 << 20, ..Bounds::reading(8192, 8192) },
        property: iam::document,
    },
    Target {
        name: "iam-evaluate-typed",
        about: "any organization, principal and request is decided; every law holds",
        bounds: Bounds { base: 64 << 20, ..Bounds::reading(4096, 8192) },
        property: iam::evaluate,
    },
    Target {
        name: "empty",
        about: "nothing: the floor of a driver's speed",
        bounds: Bounds::reading(4096, 0),
        property: empty,
    },
];
