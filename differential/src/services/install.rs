//! Archives of releases: fetched once by pip, checked against their hashes, and left as they are.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::defaults::Archive;
use super::list::{List, Release, Service};
use crate::oracle::environment::Environment;

/// Below the target directory, so that `cargo clean` removes it.
const TARGET_DIR: &str = env!("ASSAY_TARGET_DIR");

/// A release that is there.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The archive of the service, then what its modules need beside it.
    pub archives: Vec<PathBuf>,
    /// Where its defaults come from.
    pub source: Archive,
}

/// Why a release is not there.
#[derive(Debug, Error)]
pub enum InstallError {
    /// pip said why.
    #[error("{package} {release}: {message}")]
    Pip {
        /// The package.
        package: String,
        /// Its release.
        release: String,
        /// The line of pip's output that says most.
        message: String,
    },
    /// What was fetched is something else than what is listed.
    #[error("{path} has the SHA-256 {found}, not the listed {listed}: delete it, or mend the list")]
    Hash {
        /// The archive.
        path: PathBuf,
        /// Its hash.
        found: String,
        /// The listed one.
        listed: String,
    },
    /// A file or directory could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Fetches a release and what its modules need, as far as they are not there.
///
/// # Errors
/// Where pip does not find an archive with the listed hash.
pub fn install(
    environment: &Environment,
    list: &List,
    service: &Service,
    release: &Release,
) -> Result<Installed, InstallError> {
    let is_source = release.policy.is_some();
    let own = archive(environment, service.package(), &release.release, &release.sha256, is_source)?;
    let source = Archive {
        package: service.package().to_owned(),
        archive: own.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256: sha256(&own)?,
        policy: release.policy.clone(),
    };
    let mut archives = vec![own];
    if !is_source {
        for beside in list.beside.iter().chain(&service.beside) {
            archives.push(archive(environment, &beside.package, &beside.release, &beside.sha256, false)?);
        }
    }
    Ok(Installed { archives, source })
}

fn archive(
    environment: &Environment,
    package: &str,
    release: &str,
    listed: &str,
    is_source: bool,
) -> Result<PathBuf, InstallError> {
    let kind = if is_source { "-source" } else { "" };
    let directory = Path::new(TARGET_DIR).join("services").join(format!("{package}-{release}{kind}"));
    if !directory.exists() {
        fetch(environment, &directory, package, release, listed, is_source)?;
    }
    let path = only_file(&directory)?;
    let found = sha256(&path)?;
    if listed.is_empty() || found == listed {
        Ok(path)
    } else {
        Err(InstallError::Hash { path, found, listed: listed.to_owned() })
    }
}

/// Several processes may do that at once: the directory appears whole.
fn fetch(
    environment: &Environment,
    directory: &Path,
    package: &str,
    release: &str,
    listed: &str,
    is_source: bool,
) -> Result<(), InstallError> {
    let parent = directory.parent().unwrap_or(directory);
    std::fs::create_dir_all(parent).map_err(at(parent))?;
    let new = tempfile::tempdir_in(parent).map_err(at(parent))?;
    let requirements = new.path().join("requirements.txt");
    let hash = if listed.is_empty() { String::new() } else { format!(" --hash=sha256:{listed}") };
    std::fs::write(&requirements, format!("{package}=={release}{hash}\n")).map_err(at(&requirements))?;
    let archives = new.path().join("archives");
    let mut pip = Command::new(environment.root().join("bin/python"));
    pip.args([
        "-I",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "download",
        "--quiet",
        "--no-deps",
    ]);
    // pip asks a source archive for its metadata; what that takes is in the environment, pinned.
    let kind: &[&str] = if is_source {
        &["--no-build-isolation", "--no-binary", ":all:"]
    } else {
        &["--only-binary", ":all:"]
    };
    pip.args(kind).arg("--dest").arg(&archives).arg("--requirement").arg(&requirements);
    let output = pip.stdin(Stdio::null()).output().map_err(at(&environment.root().join("bin/python")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().rfind(|line| line.contains("ERROR:")).or(said.lines().next_back());
        return Err(InstallError::Pip {
            package: package.to_owned(),
            release: release.to_owned(),
            message: line.unwrap_or("pip did not fetch it").trim().to_owned(),
        });
    }
    match std::fs::rename(&archives, directory) {
        // Somebody else was faster, with the same file.
        Err(_) if directory.exists() => Ok(()),
        outcome => outcome.map_err(at(directory)),
    }
}

fn only_file(directory: &Path) -> Result<PathBuf, InstallError> {
    let mut entries = std::fs::read_dir(directory).map_err(at(directory))?;
    match entries.next() {
        Some(entry) => Ok(entry.map_err(at(directory))?.path()),
        None => Err(at(directory)(io::ErrorKind::NotFound.into())),
    }
}

fn sha256(path: &Path) -> Result<String, InstallError> {
    let bytes = std::fs::read(path).map_err(at(path))?;
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> InstallError {
    let path = path.to_path_buf();
    move |source| InstallError::Io { path, source }
}
