//! What the scanner hands to the parser.

use super::document::Style;
use super::reader::Mark;
use crate::oslo::python::PyStr;

/// A token with its place.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

#[derive(Debug)]
pub(super) enum TokenKind {
    StreamEnd,
    Directive(Directive),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// `?`, or what stands before a simple key.
    Key,
    /// `:`
    Value,
    Alias(String),
    Anchor(String),
    Tag(Tag),
    Scalar {
        value: PyStr,
        style: Style,
    },
}

impl TokenKind {
    /// What people call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::StreamEnd => "the end of the file",
            Self::Directive(_) => "a directive",
            Self::DocumentStart => "'---'",
            Self::DocumentEnd => "'...'",
            Self::BlockSequenceStart => "the start of a list",
            Self::BlockMappingStart => "the start of a mapping",
            Self::BlockEnd => "less indentation",
            Self::FlowSequenceStart => "'['",
            Self::FlowSequenceEnd => "']'",
            Self::FlowMappingStart => "'{'",
            Self::FlowMappingEnd => "'}'",
            Self::BlockEntry => "'-'",
            Self::FlowEntry => "','",
            Self::Key => "a key",
            Self::Value => "':'",
            Self::Alias(_) => "an alias",
            Self::Anchor(_) => "an anchor",
            Self::Tag(_) => "a tag",
            Self::Scalar { .. } => "a scalar",
        }
    }
}

#[derive(Debug)]
pub(super) enum Directive {
    /// `%YAML`, and whether the major version is 1.
    Yaml { major_is_1: bool },
    /// `%TAG handle prefix`
    Tag { handle: String, prefix: String },
    /// Any other, which is ignored.
    Other,
}

/// A tag as written: `!!str` has the handle `!!`; `!<…>` and a lone `!` have none.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) handle: Option<String>,
    pub(super) suffix: String,
}
