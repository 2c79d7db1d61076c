//! Files to bytes and text.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::InputError;

/// The largest file that is read, in bytes: a thousand times what any policy has.
const MAX_FILE: u64 = 64 << 20;

/// All of a file, unless it is larger than any policy, or endless.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    let io = |cause| InputError::Io { path: path.to_owned(), cause };
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(InputError::file(path, None, format!("the file is larger than {MAX_FILE} bytes")));
    }
    Ok(bytes)
}

/// All of a file as text.
pub(super) fn read_text(path: &Path) -> Result<String, InputError> {
    String::from_utf8(read_bytes(path)?).map_err(|error| {
        let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = 1 + valid.matches('\n').count();
        let column = 1 + valid.rsplit('\n').next().map_or(0, |last| last.chars().count());
        let at = assay_engine::oslo::load::yaml::Position { line, column };
        InputError::file(path, Some(at), "the file is not UTF-8")
    })
}
