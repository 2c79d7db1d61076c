//! The worker: a child process that decides batches with upstream oslo.policy.
//!
//! The same binary, entered by a hidden subcommand. Python runs on its main thread, which has the large stack, and
//! one interpreter keeps one core busy; where upstream crashes, hangs or eats memory, one batch is lost and the
//! process is replaced. Frames come in on stdin and go out on stdout ([`super::frame`]); `worker.py` is the other
//! half and says what is in them. The first frame out is `{"facts": {...}}` or `{"error": "one line"}`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::json;

use super::frame::{self, Frame};
use super::interpreter::{self, Facts, InterpreterError};

/// The arguments of the hidden subcommand `worker`. [`super::process::WorkerProcess`] gives them.
#[derive(Debug, Clone, clap::Args)]
pub struct WorkerArgs {
    /// The virtual environment, as an absolute path without symbolic links.
    #[arg(long)]
    pub venv: PathBuf,
    /// An empty directory of this worker's own, for policy files; removed at the end.
    #[arg(long)]
    pub scratch: PathBuf,
    /// The limit of the worker's address space.
    #[arg(long)]
    pub memory_bytes: u64,
    /// Whether oslo.policy may be another than the pinned one.
    #[arg(long)]
    pub any_upstream: bool,
    /// Where to leave which of upstream's branches were taken.
    #[arg(long)]
    pub coverage: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error(transparent)]
    Interpreter(#[from] InterpreterError),
    #[error("the worker's Python half failed: {0}")]
    Python(#[from] PyErr),
    #[error("the worker's pipe broke: {0}")]
    Pipe(#[from] io::Error),
}

/// Serves frames until stdin ends. Exit code 0 then, 2 where it could not start or the pipe broke.
pub fn run(arguments: &WorkerArgs) -> ExitCode {
    let served = serve(arguments);
    // The parent does that too, but a parent that was killed cannot.
    std::fs::remove_dir_all(&arguments.scratch).ok();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve(arguments: &WorkerArgs) -> Result<(), WorkerError> {
    // Copies, since Python is about to lose descriptors 0 and 1.
    let mut input = BufReader::with_capacity(1 << 16, own(io::stdin().as_fd())?);
    // Never closed but by the end of the process: the parent takes the end of this pipe for the end of the worker, and
    // asks for its exit status at once.
    let output = ManuallyDrop::new(own(io::stdout().as_fd())?);
    let mut output = BufWriter::with_capacity(1 << 16, &*output);

    let Prepared { facts, decide, coverage } = match prepare(arguments) {
        Ok(prepared) => prepared,
        Err(error) => {
            frame::write(&mut output, json!({"error": error.to_string()}).to_string().as_bytes(), false)?;
            return Err(error);
        }
    };
    frame::write(&mut output, json!({"facts": facts}).to_string().as_bytes(), false)?;

    while let Some(Frame { bytes: request, more }) = frame::read(&mut input)? {
        Python::attach(|py| -> Result<(), WorkerError> {
            match decide.call1(py, (PyBytes::new(py, &request),)) {
                Ok(reply) => Ok(frame::write(
                    &mut output,
                    reply.bind(py).cast::<PyBytes>().map_err(PyErr::from)?.as_bytes(),
                    more,
                )?),
                // Those two mean "end", whoever raises them.
                Err(end)
                    if end.is_instance_of::<PySystemExit>(py)
                        || end.is_instance_of::<PyKeyboardInterrupt>(py) =>
                {
                    Err(end.into())
                }
                Err(error) => Ok(frame::write(&mut output, refusal(&error).as_bytes(), more)?),
            }
        })?;
    }
    Python::attach(|py| finish(py, coverage.as_ref()))?;
    Ok(())
}

/// The frame could not be read or answered, and the fault is not upstream's. The worker itself is sound.
fn refusal(error: &PyErr) -> String {
    json!({"error": error.to_string()}).to_string()
}

fn own(descriptor: BorrowedFd<'_>) -> io::Result<File> {
    descriptor.try_clone_to_owned().map(File::from)
}

struct Prepared {
    facts: Facts,
    decide: Py<PyAny>,
    /// The running measurement, if there is one.
    coverage: Option<Py<PyAny>>,
}

fn prepare(arguments: &WorkerArgs) -> Result<Prepared, WorkerError> {
    interpreter::start(&arguments.venv)?;
    Python::attach(keep_pipes_from_python)?;
    // Before upstream is imported for the first time: what runs at import counts too.
    let coverage =
        Python::attach(|py| arguments.coverage.as_deref().map(|path| measure(py, path)).transpose())?;
    let facts = interpreter::check(&arguments.venv, arguments.any_upstream)?;
    let decide = Python::attach(|py| load(py, &arguments.scratch, arguments.memory_bytes))?;
    Ok(Prepared { facts, decide, coverage })
}

/// Starts to record which branches of upstream are taken.
fn measure(py: Python<'_>, directory: &Path) -> PyResult<Py<PyAny>> {
    let settings = PyDict::new(py);
    settings.set_item("data_file", directory.join(".coverage"))?;
    // Each worker leaves a file of its own.
    settings.set_item("data_suffix", true)?;
    settings.set_item("branch", true)?;
    let include = ["_parser.py", "_checks.py", "policy.py"].map(|file| format!("*/oslo_policy/{file}"));
    settings.set_item("include", include)?;
    settings.set_item("config_file", false)?;
    let coverage = py.import("coverage")?.getattr("Coverage")?.call((), Some(&settings))?;
    coverage.call_method0("start")?;
    Ok(coverage.unbind())
}

fn finish(py: Python<'_>, coverage: Option<&Py<PyAny>>) -> PyResult<()> {
    if let Some(coverage) = coverage {
        coverage.call_method0(py, "stop")?;
        coverage.call_method0(py, "save")?;
    }
    Ok(())
}

/// What Python prints, at import too and from C as well, must not land among the frames: it goes to stderr.
fn keep_pipes_from_python(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    os.call_method1("dup2", (2, 1))?;
    let null = os.call_method1("open", (os.getattr("devnull")?, os.getattr("O_RDONLY")?))?;
    os.call_method1("dup2", (&null, 0))?;
    os.call_method1("close", (&null,))?;
    Ok(())
}

fn load(py: Python<'_>, scratch: &Path, memory_bytes: u64) -> PyResult<Py<PyAny>> {
    let module =
        PyModule::from_code(py, pyo3::ffi::c_str!(include_str!("worker.py")), c"worker.py", c"assay_worker")?;
    module.call_method1("prepare", (scratch, memory_bytes))?;
    Ok(module.getattr("decide")?.unbind())
}
