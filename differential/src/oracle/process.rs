//! The parent's side of a worker: starting it, feeding it, holding it to its limits, and getting rid of it.
//!
//! One thread sends frames and reads replies ([`super::pipes`]). Another waits for the deadline of the oldest batch and
//! kills the worker when it passes; a third keeps what the worker last said on stderr. What a frame means is not known
//! here, but for the refusal that `worker.py` may answer with.

use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Deserialize;

use super::environment::Environment;
use super::interpreter::Facts;
use super::pipes::Pipes;
use super::supervise::{self, Shared};

/// What a worker may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seconds for one batch, from when it was sent or the batch before it was answered, whichever is later. Of those
    /// that are sent as several at once, for all together.
    pub batch_seconds: u64,
    /// Bytes of address space, libraries included; Python alone has some 200 MiB of it.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { batch_seconds: 30, memory_bytes: 4 << 30 }
    }
}

/// Why a worker gave no answer. After any of these but `Refused` the worker is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkerError {
    /// The program could not be started.
    #[error("the worker {program} cannot be started: {message}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system says.
        message: String,
    },
    /// The worker found its Python wanting: the line of [`super::interpreter::InterpreterError`].
    #[error("{0}")]
    Unfit(String),
    /// The oldest batch took longer than its limit; the worker was killed.
    #[error("the batch took longer than {} s", .0.as_secs_f64())]
    Expired(Duration),
    /// The worker ended by itself.
    #[error("the worker died ({status}){}", tail(.stderr))]
    Died {
        /// Exit code or signal.
        status: String,
        /// The last lines that it wrote to stderr.
        stderr: Vec<String>,
    },
    /// Something else than the agreed frames was in the pipe.
    #[error("the worker does not keep to the protocol: {0}")]
    Protocol(String),
    /// The worker could not make sense of this frame. It goes on with the next.
    #[error("the worker refused the frame: {0}")]
    Refused(String),
    /// Every frame is answered.
    #[error("nothing more to receive")]
    Finished,
}

fn tail(stderr: &[String]) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {}", stderr.join(" | ")) }
}

/// A running worker. It is killed and reaped when this is dropped.
#[derive(Debug)]
pub struct WorkerProcess {
    pipes: Pipes,
    shared: Arc<Shared>,
    watcher: Option<JoinHandle<()>>,
    last_words: Option<JoinHandle<Vec<String>>>,
    _scratch: Scratch,
}

impl WorkerProcess {
    /// Starts `program worker` in the environment, and waits until it has checked its Python. Where `coverage` names
    /// a directory, a worker that ends by itself leaves there what it has seen of upstream's branches.
    ///
    /// `program` is the harness's own binary: `std::env::current_exe()` there, `CARGO_BIN_EXE_…` in tests.
    ///
    /// # Errors
    /// `Spawn`; `Unfit` where the checks fail; else as [`WorkerProcess::receive`].
    pub fn spawn(
        program: &Path,
        environment: &Environment,
        limits: Limits,
        coverage: Option<&Path>,
    ) -> Result<(Self, Facts), WorkerError> {
        let failed =
            |error: io::Error| WorkerError::Spawn { program: program.into(), message: error.to_string() };
        let scratch = Scratch::new().map_err(failed)?;
        let mut child = command(program, environment, &scratch, limits, coverage).spawn().map_err(failed)?;
        let pipe = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");

        let replies = stdout.as_fd().try_clone_to_owned().map_err(failed)?;
        let shared = Arc::new(Shared::new(child, Duration::from_secs(limits.batch_seconds)));
        let watching = shared.clone();
        let mut worker = Self {
            pipes: Pipes::new(pipe, stdout).map_err(failed)?,
            shared,
            watcher: Some(std::thread::spawn(move || watching.watch(&replies))),
            last_words: Some(std::thread::spawn(move || supervise::last_lines(stderr))),
            _scratch: scratch,
        };
        let facts = worker.hello()?;
        Ok((worker, facts))
    }

    /// Sends a frame. May wait until the worker has read those before it, and takes in its replies meanwhile. Where
    /// `more` follow at once, the reply may wait for that to the last of them: who waits is woken once for all.
    ///
    /// # Errors
    /// Why the worker ended, if it has; the frames that are not answered by then are lost.
    pub fn send(&mut self, frame: &[u8], more: bool) -> Result<(), WorkerError> {
        self.shared.enter()?;
        // The pipe broke because the worker is gone.
        self.pipes.send(frame, more).map_err(|_| self.end(None))
    }

    /// Waits for the reply to the oldest frame that is not answered.
    ///
    /// # Errors
    /// `Refused` for this frame alone. `Expired`, `Died`, `Protocol`: the worker is lost, and every frame that was
    /// under way with it; the culprit is the oldest one, or, where more followed it at once, one of these. `Finished`
    /// where nothing is under way.
    pub fn receive(&mut self) -> Result<Vec<u8>, WorkerError> {
        let reply = self.next()?;
        // No other reply begins like that, so most are not parsed here.
        if reply.starts_with(br#"{"error""#)
            && let Ok(Refusal { error }) = serde_json::from_slice(&reply)
        {
            return Err(WorkerError::Refused(error));
        }
        Ok(reply)
    }

    /// Sends one frame and waits for its reply.
    ///
    /// # Errors
    /// As [`WorkerProcess::receive`].
    pub fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, WorkerError> {
        self.send(frame, false)?;
        self.receive()
    }

    /// Lets the worker answer what it has and end by itself, and tells how it ended: `Finished`, if all is well.
    pub fn finish(mut self) -> WorkerError {
        self.pipes.close();
        loop {
            match self.read() {
                Ok(_) => {}
                Err(end) => return end,
            }
        }
    }

    fn next(&mut self) -> Result<Vec<u8>, WorkerError> {
        self.shared.expects_reply()?;
        self.read()
    }

    fn read(&mut self) -> Result<Vec<u8>, WorkerError> {
        match self.pipes.receive() {
            Ok(Some(reply)) => self.shared.strike_off().map(|()| reply),
            Ok(None) => Err(self.end(None)),
            // A worker that is killed, or aborts, may leave half a frame.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.end(None)),
            Err(error) => Err(self.end(Some(error.to_string()))),
        }
    }

    /// Finds out how the worker ended, or ends it, where it does not keep to the protocol.
    fn end(&mut self, protocol: Option<String>) -> WorkerError {
        let status = self.shared.reap();
        let stderr = self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let reason = match protocol {
            Some(message) => WorkerError::Protocol(message),
            None if self.shared.expects_reply().is_err() && status == supervise::SUCCESS => {
                WorkerError::Finished
            }
            None => WorkerError::Died { status, stderr },
        };
        self.shared.close(reason)
    }

    fn hello(&mut self) -> Result<Facts, WorkerError> {
        let hello = self.next()?;
        match serde_json::from_slice(&hello) {
            Ok(Hello::Facts(facts)) => Ok(facts),
            Ok(Hello::Error(message)) => Err(WorkerError::Unfit(message)),
            Err(error) => Err(WorkerError::Protocol(error.to_string())),
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.shared.close(WorkerError::Finished);
        self.shared.reap();
        self.watcher.take().map(JoinHandle::join);
        self.last_words.take().map(JoinHandle::join);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Hello {
    Facts(Facts),
    Error(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

fn command(
    program: &Path,
    environment: &Environment,
    scratch: &Scratch,
    limits: Limits,
    coverage: Option<&Path>,
) -> Command {
    let mut command = Command::new(program);
    command.arg("worker").arg("--venv").arg(environment.root()).arg("--scratch").arg(&scratch.0);
    command.arg("--memory-bytes").arg(limits.memory_bytes.to_string());
    if environment.any_upstream() {
        command.arg("--any-upstream");
    }
    if let Some(directory) = coverage {
        command.arg("--coverage").arg(directory);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Upstream reads HOME (configuration), XDG_CACHE_HOME (entry points), proxies and locales. Its answers must not
    // depend on who runs it; the loader, the tests' instruments and our own settings are another matter.
    command.env_clear().env("HOME", scratch.home());
    let kept = |name: &str| {
        ["LD_", "DYLD_", "RUST_", "LLVM_", "ASSAY_"].iter().any(|prefix| name.starts_with(prefix))
            || ["PATH", "TMPDIR"].contains(&name)
    };
    command.envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(kept)));
    command
}

/// A directory of one worker's own. Removed here and not by the worker alone, which may be killed.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("assay-worker-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    let scratch = Self(path);
                    std::fs::create_dir(scratch.home())?;
                    return Ok(scratch);
                }
                // Left behind by a process of the same number that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Not the directory itself: an enforcer looks for its policy file in its user's home too, and would find there
    /// the policy file of a world before its own.
    fn home(&self) -> PathBuf {
        self.0.join("home")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
