//! What the threads of one worker share: the frames that are under way, their deadlines, and how it ended.
//!
//! The private half of [`super::process`]. A frame is entered before it is sent and struck off when its reply is read;
//! the first of the reasons to end stands.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::frame;
use super::process::WorkerError;

/// For the greeting. Imports included; some file systems are slow on the first day.
const START_LIMIT: Duration = Duration::from_secs(120);
const STDERR_LINES: usize = 20;

/// What the threads of one worker share.
#[derive(Debug)]
pub(super) struct Shared {
    child: Mutex<Child>,
    line: Mutex<Line>,
    // One for each that waits: a thread that is woken for nothing takes the processor from a worker.
    /// A frame was struck off.
    room: Condvar,
    /// The first frame was entered.
    begun: Condvar,
    /// It ended.
    ended: Condvar,
}

/// The frames that are under way, and how it ended.
#[derive(Debug)]
struct Line {
    batch: Duration,
    /// When each was sent and how long it may take, the oldest first.
    sent: VecDeque<(Instant, Duration)>,
    answered: Instant,
    end: Option<WorkerError>,
}

impl Shared {
    /// Of a worker that was just started, and owes its greeting.
    pub(super) fn new(child: Child, batch: Duration) -> Self {
        let now = Instant::now();
        let sent = VecDeque::from([(now, START_LIMIT)]);
        let line = Line { batch, sent, answered: now, end: None };
        Self {
            child: Mutex::new(child),
            line: Mutex::new(line),
            room: Condvar::new(),
            begun: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    /// Takes down that a frame is about to be sent; waits while `most` are unanswered.
    pub(super) fn enter(&self, most: usize) -> Result<(), WorkerError> {
        let mut line = self.line();
        while line.end.is_none() && line.sent.len() >= most {
            line = wait(&self.room, line);
        }
        if let Some(end) = &line.end {
            return Err(end.clone());
        }
        let limit = line.batch;
        // Counted from before the write: a worker that does not even read is expired too.
        line.sent.push_back((Instant::now(), limit));
        if line.sent.len() == 1 {
            self.begun.notify_one();
        }
        Ok(())
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is known how the worker ended.
    pub(super) fn end(&self) -> WorkerError {
        let mut line = self.line();
        loop {
            match &line.end {
                Some(end) => return end.clone(),
                None => line = wait(&self.ended, line),
            }
        }
    }

    /// The first reason stands: a worker that is killed because it expired has not "died".
    pub(super) fn close(&self, reason: WorkerError) {
        self.line().end.get_or_insert(reason);
        self.tell_the_end();
    }

    fn tell_the_end(&self) {
        for waited_for in [&self.room, &self.begun, &self.ended] {
            waited_for.notify_all();
        }
    }

    /// Ends the worker at once.
    pub(super) fn kill(&self) {
        // Fails where it has ended already, which is as good.
        self.child.lock().unwrap_or_else(PoisonError::into_inner).kill().ok();
    }

    fn reap(&self) -> String {
        // A worker that closes its stdout is ending; should it linger, nothing more can come of it. One that has
        // begun to exit keeps its own status.
        self.kill();
        match self.child.lock().unwrap_or_else(PoisonError::into_inner).wait() {
            Ok(status) => status.to_string(),
            Err(error) => format!("status unknown: {error}"),
        }
    }

    /// Reads replies until the pipe ends, then finds out why it did. Runs in a thread of its own.
    pub(super) fn read(
        &self,
        stdout: ChildStdout,
        replies: &mpsc::Sender<Vec<u8>>,
        last_words: JoinHandle<Vec<String>>,
    ) {
        let mut stdout = BufReader::with_capacity(1 << 16, stdout);
        let protocol = loop {
            match frame::read(&mut stdout) {
                Ok(Some(reply)) => {
                    let mut line = self.line();
                    if line.end.is_some() {
                        break None;
                    }
                    if line.sent.pop_front().is_none() {
                        break Some("a frame that nobody asked for".to_owned());
                    }
                    line.answered = Instant::now();
                    drop(line);
                    self.room.notify_one();
                    // Nobody receives any more: the worker is being dropped.
                    replies.send(reply).ok();
                }
                Ok(None) => break None,
                // A worker that is killed, or aborts, may leave half a frame.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        let status = self.reap();
        let stderr = last_words.join().unwrap_or_default();
        let asked = !self.line().sent.is_empty();
        self.close(match protocol {
            Some(message) => WorkerError::Protocol(message),
            None if !asked && status == SUCCESS => WorkerError::Finished,
            None => WorkerError::Died { status, stderr },
        });
    }

    /// Kills the worker when the oldest frame's time is up. Runs in a thread of its own.
    pub(super) fn watch(&self) {
        let mut line = self.line();
        while line.end.is_none() {
            let Some(&(sent, limit)) = line.sent.front() else {
                line = wait(&self.begun, line);
                continue;
            };
            let left = (sent.max(line.answered) + limit).saturating_duration_since(Instant::now());
            if left.is_zero() {
                // Under the same lock: a reply that comes this very moment must not shift the blame to the next frame.
                line.end = Some(WorkerError::Expired(limit));
                drop(line);
                self.tell_the_end();
                self.kill();
                return;
            }
            // Replies only put it off.
            line = self.begun.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn wait<'a>(changed: &Condvar, line: MutexGuard<'a, Line>) -> MutexGuard<'a, Line> {
    changed.wait(line).unwrap_or_else(PoisonError::into_inner)
}

/// How `ExitStatus` prints success on every Unix.
const SUCCESS: &str = "exit status: 0";

/// Reads to the end, so that the worker never waits for a reader, and keeps the last lines.
pub(super) fn last_lines(stderr: ChildStderr) -> Vec<String> {
    const LONGEST: u64 = 4096;
    let mut stderr = BufReader::new(stderr);
    let mut lines = VecDeque::new();
    loop {
        let mut line = Vec::new();
        match stderr.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return lines.into(),
            Ok(_) => lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
        if lines.len() > STDERR_LINES {
            lines.pop_front();
        }
    }
}
