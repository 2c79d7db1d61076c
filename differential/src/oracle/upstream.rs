//! One worker, kept alive: batches go in, outcomes come out, whatever a batch does to the worker.

use std::collections::VecDeque;
use std::path::PathBuf;

use assay_case::{Outcome, Poison, Request, World};

use super::batch::{Batch, Contents};
use super::environment::Environment;
use super::interpreter::Facts;
use super::process::{Limits, WorkerError, WorkerProcess};
use super::wire::{Reply, frame, read_reply};

/// How many batches are handed over at once, and come back at once. Whoever makes and compares takes a processor from
/// some worker, and with it the caches that both fill: the less often, the better.
pub const TURN: usize = 4;

/// How many batches are with a worker: it decides one turn while another is made and compared.
const AHEAD: usize = 2 * TURN;

/// Where workers come from.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The harness's own binary.
    pub program: PathBuf,
    /// The Python environment.
    pub environment: Environment,
    /// What a worker may use up.
    pub limits: Limits,
    /// Where workers leave which of upstream's branches they took.
    pub coverage: Option<PathBuf>,
}

/// Upstream, in a worker process that is replaced when a batch ends it.
#[derive(Debug)]
pub struct Upstream {
    recipe: Recipe,
    worker: WorkerProcess,
    facts: Facts,
    pending: VecDeque<Batch>,
    decided: VecDeque<(Batch, Reply)>,
}

impl Upstream {
    /// Starts a worker.
    ///
    /// # Errors
    /// A worker that cannot be started, or finds its Python wanting.
    pub fn start(recipe: Recipe) -> Result<Self, WorkerError> {
        let (worker, facts) = spawn(&recipe)?;
        Ok(Self { recipe, worker, facts, pending: VecDeque::new(), decided: VecDeque::new() })
    }

    /// What the worker found out about its Python.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether there is room for a turn more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pending.len() + self.decided.len() + TURN <= AHEAD
    }

    /// Hands batches over, mostly a [`TURN`] of them.
    ///
    /// # Errors
    /// A worker that cannot be replaced, or breaks the protocol.
    pub fn submit(&mut self, turn: impl IntoIterator<Item = Batch>) -> Result<(), WorkerError> {
        let mut turn = turn.into_iter().peekable();
        while let Some(batch) = turn.next() {
            self.send(batch, turn.peek().is_some())?;
        }
        Ok(())
    }

    fn send(&mut self, batch: Batch, more: bool) -> Result<(), WorkerError> {
        let sent = self.worker.send(batch.frame(), more);
        self.pending.push_back(batch);
        match sent {
            Ok(()) => Ok(()),
            Err(error) => self.recover(error),
        }
    }

    /// The oldest batch with its reply; `None` where all that were handed over have been answered.
    ///
    /// # Errors
    /// As [`Upstream::submit`].
    pub fn receive(&mut self) -> Result<Option<(Batch, Reply)>, WorkerError> {
        if let Some(decided) = self.decided.pop_front() {
            return Ok(Some(decided));
        }
        let Some(oldest) = self.pending.front() else {
            return Ok(None);
        };
        let requests = oldest.size();
        match self.worker.receive() {
            Ok(bytes) => {
                let reply = read_reply(&bytes, requests).map_err(WorkerError::Protocol)?;
                Ok(self.pending.pop_front().map(|batch| judged(batch, reply)))
            }
            Err(error) => {
                self.recover(error)?;
                Ok(self.decided.pop_front())
            }
        }
    }

    /// Lets the worker come to its end by itself, so that it leaves its coverage; dropping kills it.
    pub fn finish(self) {
        self.worker.finish();
    }

    /// Decides one rule set's requests, with nothing else under way.
    ///
    /// # Errors
    /// As [`Upstream::submit`].
    pub fn decide(&mut self, world: &World, requests: &[Request]) -> Result<Reply, WorkerError> {
        debug_assert!(self.pending.is_empty() && self.decided.is_empty());
        let (world, requests) = (world.clone(), requests.to_vec());
        self.submit([Batch::new(0, world, requests, true)])?;
        match self.receive()? {
            Some((_, reply)) => Ok(reply),
            None => Err(WorkerError::Finished),
        }
    }

    /// A worker that is lost is replaced. The oldest batch, which it was at if it did not keep replies back, is decided
    /// request by request, to find the culprit; those behind it are sent again, and alone, so that the next to be
    /// suspected is the one.
    fn recover(&mut self, error: WorkerError) -> Result<(), WorkerError> {
        if poison(&error).is_none() {
            return Err(error);
        }
        self.worker = spawn(&self.recipe)?.0;
        let mut lost = std::mem::take(&mut self.pending).into_iter();
        if let Some(culprit) = lost.next() {
            let reply = self.one_by_one(&culprit)?;
            self.decided.push_back(judged(culprit, reply));
        }
        lost.try_for_each(|batch| self.send(batch, false))
    }

    fn one_by_one(&mut self, batch: &Batch) -> Result<Reply, WorkerError> {
        let contents = batch.contents();
        let Contents { world, requests } = &*contents;
        let mut whole = match self.alone(world, &[])? {
            Ok(reply) => reply,
            // The rules alone are too much.
            Err(poison) => {
                let outcomes = vec![Outcome::Poisoned(poison); requests.len()];
                return Ok(Reply { shapes: None, outcomes, upstream_ns: 0, total_ns: 0 });
            }
        };
        for request in requests {
            match self.alone(world, std::slice::from_ref(request))? {
                Ok(reply) => {
                    whole.outcomes.extend(reply.outcomes);
                    whole.upstream_ns += reply.upstream_ns;
                    whole.total_ns += reply.total_ns;
                }
                Err(poison) => whole.outcomes.push(Outcome::Poisoned(poison)),
            }
        }
        Ok(whole)
    }

    /// One small frame; if it is too much for a worker, why, and a new worker.
    fn alone(&mut self, world: &World, requests: &[Request]) -> Result<Result<Reply, Poison>, WorkerError> {
        let bytes = match self.worker.exchange(&frame(world, requests, true)) {
            Ok(bytes) => bytes,
            Err(error) => {
                let poison = poison(&error).ok_or(error)?;
                self.worker = spawn(&self.recipe)?.0;
                return Ok(Err(poison));
            }
        };
        read_reply(&bytes, requests.len()).map(Ok).map_err(WorkerError::Protocol)
    }
}

/// A batch with its reply, in which what cannot be compared is called so.
fn judged(batch: Batch, mut reply: Reply) -> (Batch, Reply) {
    for (doubt, outcome) in batch.doubts().iter().zip(&mut reply.outcomes) {
        if let Some(poison) = doubt.filter(|_| !matches!(outcome, Outcome::Poisoned(_))) {
            *outcome = Outcome::Poisoned(poison);
        }
    }
    (batch, reply)
}

fn spawn(recipe: &Recipe) -> Result<(WorkerProcess, Facts), WorkerError> {
    WorkerProcess::spawn(&recipe.program, &recipe.environment, recipe.limits, recipe.coverage.as_deref())
}

/// Whether a batch, rather than the set-up, is to blame for a lost worker, and what that is called.
/// What ends a worker from within is its memory limit: CPython turns the rest into exceptions.
const fn poison(error: &WorkerError) -> Option<Poison> {
    match error {
        WorkerError::Expired(_) => Some(Poison::TooSlow),
        WorkerError::Died { .. } => Some(Poison::TooLarge),
        _ => None,
    }
}
