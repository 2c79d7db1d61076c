//! The Python environment that upstream is installed in: where it is, whether it fits, and having it made.
//!
//! It belongs to the interpreter that the program was linked with and to the pinned requirements; both are in its
//! name and in its stamp. Nothing of Python runs here while the stamp fits. Making it is the work of
//! `scripts/oracle`, of which the program carries a copy, as it does of the requirements: a copied binary works.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The interpreter that was linked; it makes the environment.
pub const PYTHON: &str = env!("ASSAY_PYTHON");
/// The version of that interpreter, as `3.11.7`.
pub const PYTHON_VERSION: &str = env!("ASSAY_PYTHON_VERSION");
/// Names a virtual environment to use in place of our own. It is only checked, never made or changed.
pub const OVERRIDE: &str = "ASSAY_ORACLE";

const SYS_VERSION: &str = env!("ASSAY_PYTHON_SYS_VERSION");
const TARGET_DIR: &str = env!("ASSAY_TARGET_DIR");
const SCRIPT: &str = include_str!("../../../scripts/oracle");
const ORACLE: Requirements = Requirements { name: "oracle", text: include_str!("../../requirements.txt") };
/// Agreed with `scripts/oracle`.
const STAMP: &str = "assay-oracle.stamp";

/// What an environment is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Requirements {
    /// The directory below the target directory that its environments are in.
    pub name: &'static str,
    /// Pinned and hashed, as pip reads it.
    pub text: &'static str,
}

impl Requirements {
    fn sha256(self) -> String {
        Sha256::digest(self.text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A virtual environment that is there. That oslo.policy in it is the right one is checked by
/// [`super::interpreter::check`].
#[derive(Debug, Clone)]
pub struct Environment {
    root: PathBuf,
    origin: Origin,
    any_upstream: bool,
}

/// How an [`Environment`] came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Named by `ASSAY_ORACLE`.
    Given,
    /// Made by an earlier run.
    Found,
    /// Made just now.
    Made,
}

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// `ASSAY_ORACLE` names something else than a virtual environment.
    #[error(
        "{OVERRIDE} is {path}, which is no virtual environment (it has no {missing}): name one, or unset {OVERRIDE}"
    )]
    NotAnEnvironment {
        /// What `ASSAY_ORACLE` says.
        path: PathBuf,
        /// The first file that a virtual environment has and this one has not.
        missing: &'static str,
    },
    /// The interpreter that was linked is not there any more.
    #[error("the Python that this program was built with, {PYTHON}, cannot be run ({0}): build it again")]
    NoInterpreter(#[source] io::Error),
    /// The script said why it made none.
    #[error("{0}")]
    NotMade(String),
    /// The interpreter says another version than it did when the program was built.
    #[error("{PYTHON} has changed since this program was built with it ({SYS_VERSION}): build it again")]
    InterpreterChanged,
    /// A file or directory could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Environment {
    /// Finds the environment, and makes it where it is missing or out of date; a line on stderr says so.
    ///
    /// # Errors
    /// Where `ASSAY_ORACLE` names no virtual environment, or our own could not be made.
    pub fn ensure() -> Result<Self, EnvironmentError> {
        match std::env::var_os(OVERRIDE).filter(|path| !path.is_empty()) {
            Some(path) => Self::given(Path::new(&path)),
            None => Self::ensure_for(&ORACLE),
        }
    }

    /// Our own environment with these requirements, whatever `ASSAY_ORACLE` says; made where it is missing.
    ///
    /// # Errors
    /// Where it could not be made.
    pub fn ensure_for(requirements: &Requirements) -> Result<Self, EnvironmentError> {
        Self::own(&own_root(*requirements), *requirements)
    }

    /// The same, with whatever oslo.policy is in it taken for upstream.
    #[must_use]
    pub fn with_any_upstream(self) -> Self {
        Self { any_upstream: true, ..self }
    }

    /// Whether oslo.policy in it may be another than the pinned one.
    pub fn any_upstream(&self) -> bool {
        self.any_upstream
    }

    /// The directory of the virtual environment.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How it came to be.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    fn given(path: &Path) -> Result<Self, EnvironmentError> {
        for missing in ["pyvenv.cfg", "bin/python"] {
            if !path.join(missing).exists() {
                return Err(EnvironmentError::NotAnEnvironment { path: path.into(), missing });
            }
        }
        Self::at(path, Origin::Given)
    }

    fn own(root: &Path, requirements: Requirements) -> Result<Self, EnvironmentError> {
        if is_current(root, requirements)? {
            return Self::at(root, Origin::Found);
        }
        writeln!(
            io::stderr(),
            "making the Python environment of the {} in {} (once; it takes a while)",
            requirements.name,
            root.display()
        )
        .ok();
        make(root, requirements)?;
        if is_current(root, requirements)? {
            Self::at(root, Origin::Made)
        } else {
            Err(EnvironmentError::InterpreterChanged)
        }
    }

    fn at(path: &Path, origin: Origin) -> Result<Self, EnvironmentError> {
        // sys.prefix will be compared with it, and workers may be given another current directory.
        let root = path.canonicalize().map_err(at(path))?;
        Ok(Self { root, origin, any_upstream: false })
    }
}

/// The SHA-256 of the oracle's pinned requirements, in hexadecimal.
pub fn requirements_sha256() -> String {
    ORACLE.sha256()
}

/// Below the target directory, so that `cargo clean` removes it; named so that two Pythons or two states of the
/// requirements never share one.
fn own_root(requirements: Requirements) -> PathBuf {
    let directory = format!("{PYTHON_VERSION}-{}", &requirements.sha256()[..12]);
    Path::new(TARGET_DIR).join(requirements.name).join(directory)
}

fn is_current(root: &Path, requirements: Requirements) -> Result<bool, EnvironmentError> {
    let path = root.join(STAMP);
    let wanted = format!("requirements {}\npython {SYS_VERSION}\n", requirements.sha256());
    match std::fs::read(&path) {
        Ok(stamp) => Ok(stamp == wanted.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(at(&path)(error)),
    }
}

fn make(root: &Path, requirements: Requirements) -> Result<(), EnvironmentError> {
    let parent = root.parent().unwrap_or(root);
    std::fs::create_dir_all(parent).map_err(at(parent))?;
    let requirements = write_requirements(root, requirements)?;
    let mut child = Command::new(PYTHON)
        .args(["-I", "-", "--dir"])
        .arg(root)
        .arg("--requirements")
        .arg(&requirements)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(EnvironmentError::NoInterpreter)?;
    // A write that fails means that the interpreter ended early; its stderr then says more than EPIPE would.
    child.stdin.take().map(|mut stdin| stdin.write_all(SCRIPT.as_bytes()));
    let output = child.wait_with_output().map_err(EnvironmentError::NoInterpreter)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(EnvironmentError::NotMade(match line {
        Some(line) => line.trim_start_matches("oracle: ").to_owned(),
        None => format!("{PYTHON} made no environment in {} ({})", root.display(), output.status),
    }))
}

/// Lays the requirements beside the environment. Several processes and threads may do that at once: the file appears
/// whole.
fn write_requirements(root: &Path, requirements: Requirements) -> Result<PathBuf, EnvironmentError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut path = root.as_os_str().to_owned();
    path.push(".requirements.txt");
    let path = PathBuf::from(path);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let new = path.with_extension(format!("{}-{number}.new", std::process::id()));
    std::fs::write(&new, requirements.text).map_err(at(&new))?;
    std::fs::rename(&new, &path).map_err(at(&path))?;
    Ok(path)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EnvironmentError {
    let path = path.to_path_buf();
    move |source| EnvironmentError::Io { path, source }
}
