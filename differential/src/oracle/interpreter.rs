//! Starting the embedded CPython, and making sure that it is the one that was meant.
//!
//! An rpath alone does not do it: CPython looks for its standard library by searching PATH, obeys PYTHONHOME and
//! PYTHONPATH, and starts without a word where a virtual environment is missing or belongs to another version. So
//! the start is isolated, tied to the virtual environment by `executable`, and everything that could be mixed up is
//! looked at afterwards.
//!
//! The only `unsafe` code of the project is here: the initialisation API of CPython (PEP 587) has no safe counterpart.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use pyo3::ffi;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::environment::OVERRIDE;

const REQUIREMENTS_IN: &str = include_str!("../../requirements.in");

/// What really runs, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The version of the running interpreter, as `3.11.7`.
    pub python_version: String,
    /// The whole of `sys.version`, on one line.
    pub sys_version: String,
    /// `sys.executable`: the virtual environment's python.
    pub executable: PathBuf,
    /// `sys.prefix`: the virtual environment.
    pub prefix: PathBuf,
    /// The libpython that the loader took; `None` where the system does not tell (other than Linux).
    pub libpython: Option<PathBuf>,
    /// The package directory of oslo.policy.
    pub oslo_policy_path: PathBuf,
    /// The version of oslo.policy, as its metadata says.
    pub oslo_policy_version: String,
    /// The version of PyYAML, which reads the policy files upstream.
    pub pyyaml_version: String,
}

/// Why the embedded interpreter is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum InterpreterError {
    /// [`start`] was called before; CPython can be started once in a process.
    #[error("the embedded Python was started already")]
    StartedAlready,
    /// The path cannot be handed to CPython.
    #[error("the path of the Python environment has a NUL byte in it: {0:?}")]
    Path(PathBuf),
    /// CPython refused to start.
    #[error("the embedded Python does not start in {venv}: {message}")]
    Start {
        /// The virtual environment.
        venv: PathBuf,
        /// What CPython says.
        message: String,
    },
    /// CPython did not take the virtual environment for one.
    #[error("the embedded Python runs in {found}, not in {venv}: {advice}", advice = advice(venv))]
    Prefix {
        /// `sys.prefix`.
        found: PathBuf,
        /// The virtual environment.
        venv: PathBuf,
    },
    /// The environment was made by another Python than the one that is embedded.
    #[error("the Python environment {venv} belongs to Python {environment}, this program to {running}: {advice}", advice = advice(venv))]
    Version {
        /// The version of the embedded interpreter.
        running: String,
        /// The version in `pyvenv.cfg`.
        environment: String,
        /// The virtual environment.
        venv: PathBuf,
    },
    /// `import oslo_policy` (or `yaml`) failed.
    #[error("oslo.policy cannot be imported in {venv} ({message}): {advice}", advice = advice(venv))]
    Missing {
        /// What CPython says.
        message: String,
        /// The virtual environment.
        venv: PathBuf,
    },
    /// oslo.policy was imported from somewhere else.
    #[error("oslo.policy was imported from {found}, not from {venv}: {advice}", advice = advice(venv))]
    Elsewhere {
        /// Where it came from.
        found: PathBuf,
        /// The virtual environment.
        venv: PathBuf,
    },
    /// oslo.policy is not the pinned one.
    #[error("oslo.policy in {venv} is {found}, not the pinned {pinned}: {advice}", pinned = pinned_version(), advice = advice(venv))]
    Upstream {
        /// The version that is installed.
        found: String,
        /// The virtual environment.
        venv: PathBuf,
    },
    /// Python failed at something that cannot fail.
    #[error("the embedded Python is broken: {0}")]
    Python(String),
}

fn advice(venv: &Path) -> String {
    match std::env::var_os(OVERRIDE).filter(|path| !path.is_empty()) {
        Some(_) => format!("name another environment in {OVERRIDE}, or unset it"),
        None => format!("delete {} and run this again, or build the program again", venv.display()),
    }
}

impl From<PyErr> for InterpreterError {
    fn from(error: PyErr) -> Self {
        Self::Python(error.to_string())
    }
}

/// The version of oslo.policy that is the specification: the one of `requirements.in`.
pub fn pinned_version() -> &'static str {
    REQUIREMENTS_IN.lines().find_map(|line| line.strip_prefix("oslo.policy==")).unwrap_or("unknown").trim()
}

/// Starts CPython in the virtual environment, as `VENV/bin/python -I` would, in UTF-8 mode.
///
/// To be called once, by the main thread, before anything else of Python. `Python::attach` works afterwards.
///
/// # Errors
/// Where Python was started before, or does not start. Whether what started is right is told by [`check`].
pub fn start(venv: &Path) -> Result<(), InterpreterError> {
    let executable = venv.join("bin/python");
    let executable = CString::new(executable.as_os_str().as_bytes())
        .map_err(|_| InterpreterError::Path(executable.clone()))?;
    // SAFETY: Py_IsInitialized may be called at any time.
    if unsafe { ffi::Py_IsInitialized() } != 0 {
        return Err(InterpreterError::StartedAlready);
    }
    initialize(&executable).map_err(|message| InterpreterError::Start { venv: venv.into(), message })
}

fn initialize(executable: &CStr) -> Result<(), String> {
    let mut before = MaybeUninit::<ffi::PyPreConfig>::zeroed();
    // SAFETY: PyPreConfig is a struct of integers, for which all zeroes are a value; the call below fills it in and
    // the pointer is valid for writes.
    let mut before = unsafe {
        ffi::PyPreConfig_InitIsolatedConfig(before.as_mut_ptr());
        before.assume_init()
    };
    // An isolated Python takes the C locale for ASCII, and open() without an encoding, by which upstream reads policy
    // files, then fails at the first ä. A service under a UTF-8 locale (or PEP 540) reads UTF-8.
    before.utf8_mode = 1;
    // SAFETY: `before` was initialised above, and no other thread uses Python, which has not been started yet.
    fine(unsafe { ffi::Py_PreInitialize(&raw const before) })?;

    let mut config = MaybeUninit::<ffi::PyConfig>::zeroed();
    // SAFETY: PyConfig is a struct of integers and pointers, for which all zeroes (null pointers) are a value; the
    // call below fills it in and the pointer is valid for writes. Python was pre-initialised, which the call needs.
    let mut config = unsafe {
        ffi::PyConfig_InitIsolatedConfig(config.as_mut_ptr());
        config.assume_init()
    };
    // The order of sets is upstream's own accident; at least it is the same accident each time.
    config.use_hash_seed = 1;
    config.hash_seed = 0;
    config.write_bytecode = 0;
    let field = &raw mut config.executable;
    // SAFETY: `config` was initialised above, `field` points into it, `executable` ends with NUL; the string is
    // copied. The status of each step is looked at before the next, and PyConfig_Clear is called exactly once, after
    // the last use. This is the only thread that uses Python.
    let status = unsafe {
        let mut status = ffi::PyConfig_SetBytesString(&raw mut config, field, executable.as_ptr());
        if ffi::PyStatus_Exception(status) == 0 {
            status = ffi::Py_InitializeFromConfig(&raw const config);
        }
        ffi::PyConfig_Clear(&raw mut config);
        status
    };
    fine(status)?;
    // SAFETY: the initialisation succeeded, so this thread holds the GIL; nothing of Python is held across the call.
    // The thread state that is given up stays alive for the life of the process, and `Python::attach` finds it.
    unsafe { ffi::PyEval_SaveThread() };
    Ok(())
}

fn fine(status: ffi::PyStatus) -> Result<(), String> {
    // SAFETY: the status came from CPython; the function only looks at it.
    if unsafe { ffi::PyStatus_Exception(status) } == 0 {
        return Ok(());
    }
    if status.err_msg.is_null() {
        return Err(format!("exit code {}", status.exitcode));
    }
    // SAFETY: err_msg is not null, and CPython's messages are string constants that end with NUL.
    Err(unsafe { CStr::from_ptr(status.err_msg) }.to_string_lossy().into_owned())
}

/// Looks at what [`start`] started, and at the oslo.policy that it imports.
///
/// # Errors
/// Where the prefix, the version of Python, or oslo.policy's place or version is not the one that was meant; with
/// `any_upstream` its version may be any.
pub fn check(venv: &Path, any_upstream: bool) -> Result<Facts, InterpreterError> {
    Python::attach(|py| {
        let facts = interpreter_facts(py, venv)?;
        let missing =
            |error: PyErr| InterpreterError::Missing { message: error.to_string(), venv: venv.into() };
        let upstream = py.import("oslo_policy").map_err(missing)?;
        // A directory without __init__.py imports as a namespace package, whose __file__ is None.
        let file: Option<PathBuf> = upstream.getattr("__file__")?.extract()?;
        let file = file.unwrap_or_default();
        if !file.starts_with(venv) {
            return Err(InterpreterError::Elsewhere { found: file, venv: venv.into() });
        }
        let metadata = py.import("importlib.metadata")?;
        let version = |name: &str| -> Result<String, InterpreterError> {
            Ok(metadata.call_method1("version", (name,)).map_err(missing)?.extract()?)
        };
        let found = version("oslo.policy")?;
        if !any_upstream && found != pinned_version() {
            return Err(InterpreterError::Upstream { found, venv: venv.into() });
        }
        Ok(Facts {
            oslo_policy_path: file.parent().unwrap_or(&file).into(),
            oslo_policy_version: found,
            pyyaml_version: version("PyYAML")?,
            ..facts
        })
    })
}

fn interpreter_facts(py: Python<'_>, venv: &Path) -> Result<Facts, InterpreterError> {
    let sys = py.import("sys")?;
    let prefix: PathBuf = sys.getattr("prefix")?.extract()?;
    if prefix.canonicalize().ok().as_deref() != Some(venv) {
        return Err(InterpreterError::Prefix { found: prefix, venv: venv.into() });
    }
    let sys_version: String = sys.getattr("version")?.extract()?;
    let sys_version = sys_version.split_whitespace().collect::<Vec<_>>().join(" ");
    let (major, minor, micro): (u8, u8, u8) =
        sys.getattr("version_info")?.get_item(pyo3::types::PySlice::new(py, 0, 3, 1))?.extract()?;
    let running = format!("{major}.{minor}.{micro}");
    let environment = environment_version(venv);
    if environment != running {
        return Err(InterpreterError::Version { running, environment, venv: venv.into() });
    }
    Ok(Facts {
        python_version: running,
        sys_version,
        executable: sys.getattr("executable")?.extract()?,
        prefix,
        libpython: loaded_libpython(),
        oslo_policy_path: PathBuf::new(),
        oslo_policy_version: String::new(),
        pyyaml_version: String::new(),
    })
}

/// The version that `pyvenv.cfg` records: `version = 3.11.7` by venv, `version_info = 3.11.7.final.0` by other makers.
fn environment_version(venv: &Path) -> String {
    let text = std::fs::read_to_string(venv.join("pyvenv.cfg")).unwrap_or_default();
    let value = |wanted: &str| {
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(key, value)| (key.trim(), value.trim()))
            .find(|(key, _)| *key == wanted)
            .map(|(_, value)| value)
    };
    let recorded = value("version_info").or_else(|| value("version")).unwrap_or("unknown");
    recorded.split('.').take(3).collect::<Vec<_>>().join(".")
}

/// The loader's own record: neither the rpath nor Python's configuration tells which file was really mapped.
fn loaded_libpython() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let paths = maps.lines().filter_map(|line| line.find('/').map(|start| PathBuf::from(&line[start..])));
    paths
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"libpython")))
}
