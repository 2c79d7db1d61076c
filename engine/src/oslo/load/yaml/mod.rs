//! Policy files as upstream reads them: `yaml.safe_load` of PyYAML 6.0.3, in pure Python (the C library
//! that PyYAML can also use differs).
//!
//! ```text
//! text ─► characters ─► tokens ─► events ─► nodes ─► objects
//!         reader        scanner   parser    composer constructor
//!                                           resolver
//! ```
//!
//! Each step asks the one before it for no more than PyYAML does, so that of several errors the same is
//! met first. No step recurses by nesting, and aliases are edges of a graph rather than copies: work and
//! memory follow the length of the file, but for merge keys, which have a limit.

mod composer;
mod constructor;
mod document;
mod error;
mod node;
mod parser;
mod reader;
mod resolver;
mod scanner;
mod token;

pub use constructor::timestamp::{Time, Timestamp};
pub use document::{Document, Entry, Object, ObjectId, Style, Written};
pub use error::{FileError, Position};

use crate::oslo::error::ExceptionClass;
use crate::oslo::python::Value;
use error::Result;

/// Reads what a file holds (`yaml.safe_load(text)`); nothing is `None`.
///
/// # Errors
/// The exception that upstream's `parse_file_contents` raises, `RecursionError` as under Python's limit of
/// 1000; [`Limit::TooLarge`] where merge keys copy too much, or a number has too many sixtieths.
///
/// [`Limit::TooLarge`]: crate::oslo::Limit::TooLarge
///
/// ```
/// use assay_engine::oslo::load::yaml::{Object, read};
/// let document = read("default: '!'\nget: on\n").unwrap();
/// let Object::Dict(rules) = document.object(document.root()) else { panic!("a mapping") };
/// assert_eq!(rules[1].value_at.to_string(), "2:6");
/// assert_eq!(document.rule(rules[1].value), Ok(true.into()));
/// ```
pub fn read(text: &str) -> Result<Document> {
    let scanner = scanner::Scanner::new(reader::Reader::new(text)?);
    match composer::compose(&mut parser::Parser::new(scanner))? {
        Some((graph, root)) => constructor::construct(graph, root),
        None => Ok(Document {
            objects: vec![Object::Scalar(Value::None)],
            written: vec![Written { style: Style::Nothing, start: 0, content: 0, end: 0 }],
            hidden: Vec::new(),
            root: ObjectId(0),
        }),
    }
}

/// The text of a file as Python's `open(path).read()` gives it under UTF-8: `\r\n` and `\r` become `\n`,
/// a byte order mark stays.
///
/// # Errors
/// `UnicodeDecodeError` for what is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let before = before.replace("\r\n", "\n").replace('\r', "\n");
            let line = before.split('\n').count();
            let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
            let at = Position { line, column };
            Err(FileError::new(at, ExceptionClass::UnicodeDecodeError, "the file is not UTF-8"))
        }
    }
}
