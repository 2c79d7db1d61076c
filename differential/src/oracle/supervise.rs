//! What the thread that talks to a worker and the one that watches it share: the frames that are under way, their
//! deadlines, and how it ended.
//!
//! The private half of [`super::process`]. A frame is entered before it is sent and struck off when its reply is read;
//! the first of the reasons to end stands.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Child, ChildStderr};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::pipes::is_unread;
use super::process::WorkerError;

/// For the greeting. Imports included; some file systems are slow on the first day.
const START_LIMIT: Duration = Duration::from_secs(120);
const STDERR_LINES: usize = 20;

/// What the threads of one worker share.
#[derive(Debug)]
pub(super) struct Shared {
    child: Mutex<Child>,
    line: Mutex<Line>,
    /// The first frame was entered, or it ended.
    changed: Condvar,
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
        Self { child: Mutex::new(child), line: Mutex::new(line), changed: Condvar::new() }
    }

    /// Takes down that a frame is about to be sent.
    pub(super) fn enter(&self) -> Result<(), WorkerError> {
        let mut line = self.line();
        if let Some(end) = &line.end {
            return Err(end.clone());
        }
        let limit = line.batch;
        // Counted from before the write: a worker that does not even read is expired too.
        line.sent.push_back((Instant::now(), limit));
        if line.sent.len() == 1 {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Takes down that a reply was read.
    pub(super) fn strike_off(&self) -> Result<(), WorkerError> {
        let mut line = self.line();
        if line.end.is_none() && line.sent.pop_front().is_none() {
            line.end = Some(WorkerError::Protocol("a frame that nobody asked for".to_owned()));
        }
        line.answered = Instant::now();
        line.end.clone().map_or(Ok(()), Err)
    }

    /// That a reply may come, or why none will.
    pub(super) fn expects_reply(&self) -> Result<(), WorkerError> {
        let line = self.line();
        match &line.end {
            Some(end) => Err(end.clone()),
            None if line.sent.is_empty() => Err(WorkerError::Finished),
            None => Ok(()),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first reason stands: a worker that is killed because it expired has not "died".
    pub(super) fn close(&self, reason: WorkerError) -> WorkerError {
        let end = self.line().end.get_or_insert(reason).clone();
        self.changed.notify_all();
        end
    }

    /// Ends the worker at once.
    fn kill(&self) {
        // Fails where it has ended already, which is as good.
        self.child.lock().unwrap_or_else(PoisonError::into_inner).kill().ok();
    }

    /// Ends the worker and tells its status.
    pub(super) fn reap(&self) -> String {
        // A worker that closes its stdout is ending; should it linger, nothing more can come of it. One that has
        // begun to exit keeps its own status.
        self.kill();
        match self.child.lock().unwrap_or_else(PoisonError::into_inner).wait() {
            Ok(status) => status.to_string(),
            Err(error) => format!("status unknown: {error}"),
        }
    }

    /// Kills the worker when the oldest frame's time is up. Runs in a thread of its own, and has its own end of the
    /// pipe that replies come through.
    pub(super) fn watch(&self, replies: &OwnedFd) {
        let mut line = self.line();
        while line.end.is_none() {
            let Some(&(sent, limit)) = line.sent.front() else {
                line = self.changed.wait(line).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = (sent.max(line.answered) + limit).saturating_duration_since(Instant::now());
            if left.is_zero() {
                if is_unread(replies.as_fd()) {
                    // It has answered, and whoever asked is busy with something else.
                    line.answered = Instant::now();
                    continue;
                }
                // Under the same lock: a reply that comes this very moment must not shift the blame to the next frame.
                line.end = Some(WorkerError::Expired(limit));
                drop(line);
                self.kill();
                return;
            }
            // Replies only put it off.
            line = self.changed.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// How `ExitStatus` prints success on every Unix.
pub(super) const SUCCESS: &str = "exit status: 0";

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
