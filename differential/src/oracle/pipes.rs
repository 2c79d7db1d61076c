//! The parent's ends of a worker's pipes, for one thread that both sends and receives.
//!
//! A worker that writes a long reply does not read. Whoever waits until there is room for a frame might therefore wait
//! for ever; here it takes in what comes meanwhile.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Write};
use std::os::fd::BorrowedFd;
use std::process::{ChildStdin, ChildStdout};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{ioctl_fionbio, retry_on_intr};

use super::frame;

/// As much as a pipe holds on Linux.
const CHUNK: usize = 1 << 16;

/// Both pipes of a worker.
#[derive(Debug)]
pub(super) struct Pipes {
    /// Never waits; `None` once it is closed.
    to: Option<ChildStdin>,
    from: BufReader<Incoming>,
}

/// What comes from a worker.
#[derive(Debug)]
struct Incoming {
    /// What came before anybody asked.
    early: VecDeque<u8>,
    pipe: ChildStdout,
}

impl Pipes {
    pub(super) fn new(to: ChildStdin, pipe: ChildStdout) -> io::Result<Self> {
        ioctl_fionbio(&to, true)?;
        let incoming = Incoming { early: VecDeque::new(), pipe };
        Ok(Self { to: Some(to), from: BufReader::with_capacity(CHUNK, incoming) })
    }

    /// Sends a frame; `more` where others follow at once.
    ///
    /// # Errors
    /// Those of the pipes: mostly, that the worker is gone.
    pub(super) fn send(&mut self, bytes: &[u8], more: bool) -> io::Result<()> {
        let Some(to) = &mut self.to else { return Err(io::ErrorKind::BrokenPipe.into()) };
        frame::write(&mut Outgoing { to, from: self.from.get_mut() }, bytes, more)
    }

    /// Waits for a frame; `None` where the worker closes its end.
    ///
    /// # Errors
    /// As [`frame::read`].
    pub(super) fn receive(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(frame::read(&mut self.from)?.map(|frame| frame.bytes))
    }

    /// Tells the worker that nothing more comes.
    pub(super) fn close(&mut self) {
        self.to = None;
    }
}

/// Whether something waits in a pipe to be read, be it its end.
pub(super) fn is_unread(pipe: BorrowedFd<'_>) -> bool {
    let mut end = [PollFd::new(&pipe, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    retry_on_intr(|| poll(&mut end, Some(&at_once))).is_ok_and(|ready| ready > 0)
}

impl Incoming {
    /// Takes in what is there.
    fn take_in(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        match self.pipe.read(&mut chunk) {
            // It reads no more either.
            Ok(0) => Err(io::ErrorKind::BrokenPipe.into()),
            Ok(length) => {
                self.early.extend(&chunk[..length]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.early.is_empty() { self.pipe.read(into) } else { self.early.read(into) }
    }
}

/// The pipe that is written, and what comes while it is full.
struct Outgoing<'a> {
    to: &'a mut ChildStdin,
    from: &'a mut Incoming,
}

impl Outgoing<'_> {
    /// Waits until there is room for more to be written, or something to be taken in, and takes it in.
    fn wait(&mut self) -> io::Result<()> {
        let mut ends = [PollFd::new(self.to, PollFlags::OUT), PollFd::new(&self.from.pipe, PollFlags::IN)];
        retry_on_intr(|| poll(&mut ends, None))?;
        if ends[1].revents().is_empty() { Ok(()) } else { self.from.take_in() }
    }
}

impl Write for Outgoing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.to.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
