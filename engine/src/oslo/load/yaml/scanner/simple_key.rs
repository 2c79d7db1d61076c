//! Simple keys: those without a `?`. Whether a token was one shows only at the `:` behind it, on the
//! same line and not more than 1024 characters on.

use super::super::error::{FileError, Result};
use super::super::reader::Mark;
use super::Scanner;

const MAX_LENGTH: usize = 1024;

pub(super) struct SimpleKey {
    /// The number of its first token.
    pub(super) token: usize,
    /// Nothing but a key can stand here, since the mapping's earlier keys stand in this column.
    required: bool,
    pub(super) mark: Mark,
}

impl SimpleKey {
    fn missing_colon(&self) -> FileError {
        FileError::yaml(self.mark.position(), "this line is in the place of a key but no ':' follows")
    }
}

impl Scanner {
    /// Forgets what can no longer become a key.
    pub(super) fn drop_stale_keys(&mut self) -> Result<()> {
        let here = self.reader.mark();
        let length = if fault!(YamlLongSimpleKeysRead) { usize::MAX } else { MAX_LENGTH };
        let stale = |key: &SimpleKey| key.mark.line != here.line || here.index - key.mark.index > length;
        if let Some(key) = self.simple_keys.values().find(|key| key.required && stale(key)) {
            return Err(key.missing_colon());
        }
        if self.simple_keys.values().any(stale) {
            self.simple_keys.retain(|_, key| !stale(key));
        }
        Ok(())
    }

    /// The token that comes next may be a simple key.
    pub(super) fn save_simple_key(&mut self) -> Result<()> {
        if self.allow_simple_key {
            self.remove_simple_key()?;
            let required = !self.in_flow() && self.indent == self.column();
            let token = self.taken + self.tokens.len();
            let key = SimpleKey { token, required, mark: self.reader.mark() };
            self.simple_keys.insert(self.flow_level, key);
        }
        Ok(())
    }

    /// What may have been a key on this level is none.
    pub(super) fn remove_simple_key(&mut self) -> Result<()> {
        match self.simple_keys.remove(&self.flow_level) {
            Some(key) if key.required => Err(key.missing_colon()),
            _ => Ok(()),
        }
    }

    /// The current column, to be compared with indentation.
    pub(super) fn column(&self) -> i64 {
        column_of(self.reader.mark())
    }
}

pub(super) fn column_of(mark: Mark) -> i64 {
    i64::try_from(mark.column).unwrap_or(i64::MAX)
}
