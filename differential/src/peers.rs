//! Subjects that are not ours: other implementations, each a program of its own in `peers/`.
//!
//! That workspace is compiled when one of them is asked for, and only then. A peer that panics, dies or
//! hangs gives that as its answer to the request it was asked, and the next request meets a new process.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_case::{
    Answer, EngineSubject, LoadedWorld, READY, Request, RuleShape, Subject, World, request_line, world_line,
};
use thiserror::Error;

/// Subject and package of each peer.
const PEERS: [(&str, &str); 1] = [("oslo-policy-0.1", "peer-oslo-policy-0-1")];

/// How long a peer may take over one line.
const LIMIT: Duration = Duration::from_secs(5);

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// There is no such subject.
#[derive(Debug, Error)]
pub enum SubjectError {
    /// Its name is unknown.
    #[error("no subject is called {name:?}; there are: {}", names().join(", "))]
    Unknown {
        /// The name.
        name: String,
    },
    /// Its program cannot be built.
    #[error("{name} cannot be built: {command}: {cause}")]
    Build {
        /// The subject.
        name: &'static str,
        /// What was run.
        command: String,
        /// How that ended.
        cause: String,
    },
}

/// The names of all subjects, ours first.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let ours = EngineSubject.name();
    std::iter::once(ours).chain(PEERS.iter().map(|&(name, _)| name)).collect()
}

/// A subject by its name. A peer is built if it has to be.
///
/// # Errors
/// See [`SubjectError`].
pub fn subject(name: &str) -> Result<Box<dyn Subject>, SubjectError> {
    if name == EngineSubject.name() {
        return Ok(Box::new(EngineSubject));
    }
    let Some(&(name, package)) = PEERS.iter().find(|(known, _)| *known == name) else {
        return Err(SubjectError::Unknown { name: name.to_owned() });
    };
    Ok(Box::new(Peer::new(name, build(name, package)?, LIMIT)))
}

fn build(name: &'static str, package: &str) -> Result<PathBuf, SubjectError> {
    let root = Path::new(ROOT).canonicalize().unwrap_or_else(|_| ROOT.into());
    let target = root.join("target/peers");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "--locked", "--package", package]);
    cargo.arg("--manifest-path").arg(root.join("peers/Cargo.toml")).arg("--target-dir").arg(&target);
    // Stdout is for what this program prints.
    let ended = cargo.stdout(Stdio::null()).status();
    match ended {
        Ok(status) if status.success() => Ok(target.join("release").join(package)),
        ended => Err(SubjectError::Build {
            name,
            command: format!("{cargo:?}").replace('"', ""),
            cause: ended.map_or_else(|error| error.to_string(), |status| status.to_string()),
        }),
    }
}

/// A subject behind the pipes of a program that does as [`assay_case::serve`] does.
#[derive(Debug)]
pub struct Peer {
    name: &'static str,
    start: Arc<Start>,
}

#[derive(Debug)]
struct Start {
    program: PathBuf,
    limit: Duration,
    /// Processes that wait for the next world.
    idle: Mutex<Vec<Process>>,
}

impl Peer {
    /// A subject that runs `program`, which may take so long over one line.
    #[must_use]
    pub fn new(name: &'static str, program: PathBuf, limit: Duration) -> Self {
        Self { name, start: Arc::new(Start { program, limit, idle: Mutex::default() }) }
    }
}

impl Subject for Peer {
    fn name(&self) -> &str {
        self.name
    }

    fn load(&self, given: &World) -> Box<dyn LoadedWorld> {
        let world = world_line(given);
        let process = match given.service() {
            Some(_) => Err(Answer::Unsupported("a whole enforcer".to_owned())),
            None => self.start.with_world(&world),
        };
        Box::new(Loaded { start: self.start.clone(), world, process: RefCell::new(process.map(Some)) })
    }
}

impl Start {
    /// A process that has taken a world; how it died of it, if it has.
    fn with_world(&self, world: &str) -> Result<Process, Answer> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut process = match idle {
            Some(process) => process,
            None => Process::start(&self.program).map_err(|error| {
                Answer::Died(format!("{} cannot be started: {error}", self.program.display()))
            })?,
        };
        match process.ask(world, self.limit) {
            Ok(reply) if reply == READY => Ok(process),
            Ok(reply) => Err(Answer::Died(format!("not an answer: {reply}"))),
            Err(died) => Err(died),
        }
    }
}

struct Loaded {
    start: Arc<Start>,
    world: String,
    /// A world that cannot be taken is tried once; after a request that killed the process there is none
    /// until the next.
    process: RefCell<Result<Option<Process>, Answer>>,
}

impl LoadedWorld for Loaded {
    fn shapes(&self) -> Option<Vec<RuleShape>> {
        None
    }

    fn decide(&self, request: &Request) -> Answer {
        let mut slot = self.process.borrow_mut();
        if matches!(*slot, Ok(None)) {
            *slot = self.start.with_world(&self.world).map(Some);
        }
        let process = match &mut *slot {
            Err(died) => return died.clone(),
            Ok(None) => return Answer::Died("no process".to_owned()),
            Ok(Some(process)) => process,
        };
        let answer = process.ask(&request_line(request), self.start.limit).and_then(|reply| {
            serde_json::from_str(&reply).map_err(|_| Answer::Died(format!("not an answer: {reply}")))
        });
        answer.unwrap_or_else(|died| {
            *slot = Ok(None);
            died
        })
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        if let Ok(Some(process)) = self.process.replace(Ok(None)) {
            self.start.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
    }
}

/// A running program. It is killed and reaped when this is dropped.
#[derive(Debug)]
struct Process {
    child: Child,
    pipe: ChildStdin,
    replies: Receiver<String>,
}

impl Process {
    fn start(program: &Path) -> std::io::Result<Self> {
        // What it says when it panics is no answer, and there may be very much of it.
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (read, replies) = mpsc::channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            for line in lines {
                if read.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, pipe, replies })
    }

    /// The line that answers a line. After an error the process is of no more use.
    fn ask(&mut self, line: &str, limit: Duration) -> Result<String, Answer> {
        // A process that has died cannot be written to: how it died shows when it is read from.
        let _ = self.pipe.write_all(line.as_bytes());
        self.replies.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => Answer::Died(format!("no answer in {} s", limit.as_secs_f64())),
            RecvTimeoutError::Disconnected => Answer::Died(match self.child.wait() {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            }),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
