//! The parent's side of a worker: starting it, feeding it, holding it to its limits, and getting rid of it.
//!
//! Replies are read by a thread of the worker's own as soon as they come, so a full pipe cannot hold up both sides,
//! whoever sends and receives. Another thread waits for the deadline of the oldest batch and kills the worker when it
//! passes. What a frame means is not known here, but for the refusal that `worker.py` may answer with.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Deserialize;

use super::environment::Environment;
use super::frame;
use super::interpreter::Facts;
use super::supervise::{self, Shared};

/// How many frames may be on their way at once; [`Sender::send`] waits while there are as many. More would not keep
/// a worker busier, and each is lost when the worker dies.
pub const IN_FLIGHT: usize = 4;

/// What a worker may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seconds for one batch, from when it was sent or the batch before it was answered, whichever is later.
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
    /// The sender was dropped and every frame is answered.
    #[error("nothing more to receive")]
    Finished,
}

fn tail(stderr: &[String]) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {}", stderr.join(" | ")) }
}

/// A running worker. It is killed and reaped when this, or both halves of it, are dropped.
#[derive(Debug)]
pub struct WorkerProcess {
    sender: Sender,
    receiver: Receiver,
}

/// The half that sends frames. When it is dropped the worker answers what it has, and ends.
#[derive(Debug)]
pub struct Sender {
    pipe: ChildStdin,
    owner: Arc<Owner>,
}

/// The half that receives the replies, in the order of the frames.
#[derive(Debug)]
pub struct Receiver {
    replies: mpsc::Receiver<Vec<u8>>,
    owner: Arc<Owner>,
}

impl WorkerProcess {
    /// Starts `program worker` in the environment, and waits until it has checked its Python. Where `coverage` names
    /// a directory, a worker that ends by itself leaves there what it has seen of upstream's branches.
    ///
    /// `program` is the harness's own binary: `std::env::current_exe()` there, `CARGO_BIN_EXE_…` in tests.
    ///
    /// # Errors
    /// `Spawn`; `Unfit` where the checks fail; else as [`Receiver::receive`].
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

        let shared = Arc::new(Shared::new(child, Duration::from_secs(limits.batch_seconds)));
        let (announce, replies) = mpsc::channel();
        let last_words = std::thread::spawn(move || supervise::last_lines(stderr));
        let (reading, watching) = (shared.clone(), shared.clone());
        let threads = vec![
            std::thread::spawn(move || reading.read(stdout, &announce, last_words)),
            std::thread::spawn(move || watching.watch()),
        ];
        let owner = Arc::new(Owner { shared, threads: Mutex::new(threads), _scratch: scratch });
        let mut worker =
            Self { sender: Sender { pipe, owner: owner.clone() }, receiver: Receiver { replies, owner } };
        let facts = worker.receiver.hello()?;
        Ok((worker, facts))
    }

    /// Sends a frame. See [`Sender::send`].
    ///
    /// # Errors
    /// As [`Sender::send`].
    pub fn send(&mut self, frame: &[u8]) -> Result<(), WorkerError> {
        self.sender.send(frame)
    }

    /// Receives the oldest reply. See [`Receiver::receive`].
    ///
    /// # Errors
    /// As [`Receiver::receive`].
    pub fn receive(&mut self) -> Result<Vec<u8>, WorkerError> {
        self.receiver.receive()
    }

    /// Sends one frame and waits for its reply.
    ///
    /// # Errors
    /// As [`Receiver::receive`].
    pub fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, WorkerError> {
        self.send(frame)?;
        self.receive()
    }

    /// Takes the worker apart, so that one thread can send and another receive.
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }
}

impl Sender {
    /// Sends a frame; waits while [`IN_FLIGHT`] frames are unanswered.
    ///
    /// # Errors
    /// Why the worker ended, if it has; the frames that are not answered by then are lost.
    pub fn send(&mut self, frame: &[u8]) -> Result<(), WorkerError> {
        let shared = &self.owner.shared;
        shared.enter(IN_FLIGHT)?;
        frame::write(&mut self.pipe, frame).map_err(|_| {
            // The pipe broke because the worker is gone. How it went is found out by the thread that reads.
            shared.kill();
            shared.end()
        })
    }
}

impl Receiver {
    /// Waits for the reply to the oldest frame that is not answered, or until one is sent.
    ///
    /// # Errors
    /// `Refused` for this frame alone. `Expired`, `Died`, `Protocol`: the worker is lost, and every frame that was
    /// under way with it; the oldest one is the culprit. `Finished` when nothing can come any more.
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

    fn next(&mut self) -> Result<Vec<u8>, WorkerError> {
        self.replies.recv().map_err(|_| self.owner.shared.end())
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

/// Shared by the two halves; the last of them ends the worker.
#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _scratch: Scratch,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.close(WorkerError::Finished);
        self.shared.kill();
        // The thread that reads sees the pipe end, reaps the child and is done.
        for thread in self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            thread.join().ok();
        }
    }
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
