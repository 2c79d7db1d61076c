//! Policy files and directories as upstream sees them (`oslo_policy._cache_handler`, oslo.config's
//! `find_file`).

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::PolicyError;
use super::warning::Warning;
use crate::oslo::error::ExceptionClass;
use crate::oslo::load::yaml::decode;

/// The first place of the search path that has something of this name.
pub(super) fn find(search: &[PathBuf], name: &str) -> Option<PathBuf> {
    search.iter().map(|directory| directory.join(name)).find(|path| path.exists())
}

/// A file as it was last read.
#[derive(Clone, Debug, Default)]
struct Cached {
    text: Arc<str>,
    mtime: f64,
}

/// What has been read of files, and when directories had last changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    files: HashMap<PathBuf, Cached>,
    directories: HashMap<PathBuf, f64>,
}

/// What a file holds, and whether that is news.
pub(super) struct Content {
    pub(super) fresh: bool,
    pub(super) text: Arc<str>,
}

impl Cache {
    /// A file, read again if its mtime is greater than when it was last read (`read_cached_file`).
    ///
    /// A file that is gone is empty and always news. One that cannot be read keeps what it held, as news.
    pub(super) fn read(
        &mut self,
        path: &Path,
        force: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Content, PolicyError> {
        if force {
            self.files.remove(path);
        }
        let Ok(mtime) = mtime(path) else {
            warnings.push(Warning::Gone(path.to_owned()));
            return Ok(Content { fresh: !fault!(RemovedFileStays), text: "".into() });
        };
        let cached = self.files.entry(path.to_owned()).or_default();
        let seen = fault!(FilesNeverReload) && cached.mtime != 0.0;
        let fresh = (mtime > cached.mtime && !seen) || fault!(AnyMtimeReloads);
        if fresh {
            match fs::read(path) {
                // What is not UTF-8 is tried again each time, since its mtime is not kept.
                Ok(bytes) => cached.text = decode_file(path, &bytes)?.into(),
                Err(error) => {
                    warnings.push(Warning::Unreadable(path.to_owned()));
                    if error.kind() == ErrorKind::PermissionDenied {
                        let class = ExceptionClass::ConfigFilesPermissionDeniedError;
                        return Err(failed(path, class, "the file may not be read"));
                    }
                }
            }
            cached.mtime = mtime;
        }
        Ok(Content { fresh, text: Arc::clone(&cached.text) })
    }

    /// Whether a directory, or anything in it, has a greater mtime than ever before
    /// (`_is_directory_updated`).
    pub(super) fn directory_updated(&mut self, path: &Path) -> Result<bool, PolicyError> {
        let newest = if path.exists() { newest(path)? } else { 0.0 };
        let known = self.directories.entry(path.to_owned()).or_insert(0.0);
        let updated = newest > *known;
        if updated {
            *known = newest;
        }
        Ok(updated)
    }
}

fn decode_file(path: &Path, bytes: &[u8]) -> Result<String, PolicyError> {
    decode(bytes).map_err(|error| PolicyError {
        path: path.to_owned(),
        at: error.at,
        cause: error.cause,
        message: error.message,
    })
}

/// The text of a file, whenever it was written; `None` if it is not there.
pub(super) fn read_now(path: &Path) -> Result<Option<String>, PolicyError> {
    match fs::read(path) {
        Ok(bytes) => decode_file(path, &bytes).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_failed(path, &error)),
    }
}

fn newest(directory: &Path) -> Result<f64, PolicyError> {
    if !directory.is_dir() {
        return Err(failed(directory, ExceptionClass::ValueError, "this is no directory"));
    }
    let of = |path: &Path| mtime(path).map_err(|error| io_failed(path, &error));
    let mut newest = of(directory)?;
    for entry in fs::read_dir(directory).map_err(|error| io_failed(directory, &error))? {
        let path = entry.map_err(|error| io_failed(directory, &error))?.path();
        newest = newest.max(of(&path)?);
    }
    Ok(newest)
}

/// The policy files of a directory in the order in which they apply: by name, without those that begin
/// with a dot, and without sub-directories.
pub(super) fn policy_files(directory: &Path) -> Result<Vec<PathBuf>, PolicyError> {
    if !directory.is_dir() {
        return Err(failed(directory, ExceptionClass::ValueError, "this is no directory"));
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| io_failed(directory, &error))? {
        let entry = entry.map_err(|error| io_failed(directory, &error))?;
        let name = entry.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".") && !fault!(HiddenFilesRead);
        let other = fault!(PolicyDirsOnlyYaml) && !name.as_encoded_bytes().ends_with(b".yaml");
        if !entry.path().is_dir() && !hidden && !other {
            names.push(entry.file_name());
        }
    }
    // Bytes of UTF-8 sort as code points do.
    names.sort_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    if fault!(PolicyDirsBackwards) {
        names.reverse();
    }
    Ok(names.into_iter().map(|name| directory.join(name)).collect())
}

/// `os.path.getmtime`: seconds, in a float that cannot tell apart what is less than some 200 ns apart.
fn mtime(path: &Path) -> io::Result<f64> {
    Ok(seconds(fs::metadata(path)?.modified()?))
}

fn seconds(time: SystemTime) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "as CPython does it")]
    let float = |seconds: i128, nanos: u32| seconds as f64 + 1e-9 * f64::from(nanos);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => float(after.as_secs().into(), after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            match before.subsec_nanos() {
                0 => float(-i128::from(before.as_secs()), 0),
                nanos => float(-i128::from(before.as_secs()) - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

fn failed(path: &Path, class: ExceptionClass, message: &str) -> PolicyError {
    PolicyError { path: path.to_owned(), at: None, cause: class.into(), message: message.to_owned() }
}

fn io_failed(path: &Path, error: &io::Error) -> PolicyError {
    let class = match error.kind() {
        ErrorKind::NotFound => ExceptionClass::FileNotFoundError,
        ErrorKind::PermissionDenied => ExceptionClass::PermissionError,
        _ => ExceptionClass::OSError,
    };
    failed(path, class, &error.to_string())
}

/// What a file was like at some time, however that differs from before.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stamp {
    path: PathBuf,
    /// `None` where it is not there.
    state: Option<(SystemTime, u64)>,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Self {
        let state = fs::metadata(path).ok().and_then(|data| Some((data.modified().ok()?, data.len())));
        Self { path: path.to_owned(), state }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use rstest::rstest;

    /// What `os.path.getmtime` says of such a file. Source: CPython 3.11.7.
    #[rstest]
    #[case(1, 250_000_000, 1.25, -1.25)]
    #[case(3, 0, 3.0, -3.0)]
    #[case(0, 500_000_000, 0.5, -0.5)]
    fn times_are_told_as_python_tells_them(
        #[case] seconds_from: u64,
        #[case] nanos: u32,
        #[case] after: f64,
        #[case] before: f64,
    ) {
        let from = Duration::new(seconds_from, nanos);
        assert_eq!([seconds(UNIX_EPOCH + from), seconds(UNIX_EPOCH - from)], [after, before]);
    }
}
