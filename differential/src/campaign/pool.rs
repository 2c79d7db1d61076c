//! Batches on several workers, results in order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::oracle::batch::Batch;
use crate::oracle::process::WorkerError;
use crate::oracle::upstream::{Recipe, TURN, Upstream};
use crate::oracle::wire::Reply;

/// Runs all batches of `source` on `jobs` workers. `judge` sees each batch with its reply and with what was made along
/// with it, on the worker's thread; `sink` gets what it made of them, on one thread at a time, in the order of
/// `source`.
///
/// `source` is asked under a lock for what a batch is made of; `maker` gives each worker's thread a
/// maker of its own, so that what makes batches need not be shared. What can be found out without the reply is best
/// found out when the batch is made: by the time that the reply is there, the worker has had the processor's caches.
///
/// # Errors
/// The first worker that could not be started or replaced; everything that was decided before is
/// handed to `sink` all the same, as far as nothing before it is missing.
pub fn run<S, M, G, P, T>(
    recipe: &Recipe,
    jobs: usize,
    source: S,
    maker: impl Fn() -> G + Sync,
    judge: impl Fn(&Batch, &Reply, P) -> T + Sync,
    sink: impl FnMut(u64, T) + Send,
) -> Result<(), WorkerError>
where
    S: Iterator<Item = M> + Send,
    G: FnMut(M, u64) -> (Batch, P),
    T: Send,
{
    let source = Mutex::new(source.zip(0_u64..));
    let stop = AtomicBool::new(false);
    let results = Results::new(sink);
    let drive = |mut upstream: Upstream| -> Result<(), WorkerError> {
        // A thread ends when nothing is left, and when it fails or panics: there is no more to do for the others.
        let _stop = Raise(&stop);
        let mut make = maker();
        let mut along = VecDeque::new();
        loop {
            while upstream.has_room() && !stop.load(Ordering::Relaxed) {
                let mut turn = Vec::with_capacity(TURN);
                while turn.len() < TURN {
                    let next = lock(&source).next();
                    let Some((item, order)) = next else { break };
                    let (batch, made) = make(item, order);
                    along.push_back(made);
                    turn.push(batch);
                }
                if turn.is_empty() {
                    break;
                }
                upstream.submit(turn)?;
            }
            let Some((batch, reply)) = upstream.receive()? else {
                upstream.finish();
                return Ok(());
            };
            let made = along.pop_front().expect("replies come in the order of batches");
            results.add(batch.index(), judge(&batch, &reply, made));
        }
    };
    let upstreams = start(recipe, jobs)?;
    std::thread::scope(|scope| {
        let drive = &drive;
        let workers: Vec<_> =
            upstreams.into_iter().map(|upstream| scope.spawn(move || drive(upstream))).collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        // All are waited for, whichever fails.
        ended.fold(Ok(()), Result::and)
    })
}

/// Is raised when it goes.
struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the workers' threads leave their results. Whichever has one hands on all that are there, unless another
/// thread is at it: a thread for that alone would be woken for every batch, and take the processor from a worker.
struct Results<T, F> {
    left: Mutex<Vec<(u64, T)>>,
    in_order: Mutex<InOrder<T, F>>,
}

/// What hands results on.
struct InOrder<T, F> {
    sink: F,
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T, F: FnMut(u64, T)> Results<T, F> {
    const fn new(sink: F) -> Self {
        let in_order = InOrder { sink, next: 0, waiting: BTreeMap::new() };
        Self { left: Mutex::new(Vec::new()), in_order: Mutex::new(in_order) }
    }

    fn add(&self, order: u64, result: T) {
        lock(&self.left).push((order, result));
        loop {
            let mut in_order = match self.in_order.try_lock() {
                Ok(in_order) => in_order,
                // Who has it looks once more after giving it back. If the sink has panicked, all is over.
                Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return,
            };
            in_order.hand_on(std::mem::take(&mut *lock(&self.left)));
            drop(in_order);
            if lock(&self.left).is_empty() {
                return;
            }
        }
    }
}

impl<T, F: FnMut(u64, T)> InOrder<T, F> {
    fn hand_on(&mut self, results: Vec<(u64, T)>) {
        self.waiting.extend(results);
        while let Some(result) = self.waiting.remove(&self.next) {
            (self.sink)(self.next, result);
            self.next += 1;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All workers, started at the same time: none begins while others still take the processors to start.
fn start(recipe: &Recipe, jobs: usize) -> Result<Vec<Upstream>, WorkerError> {
    std::thread::scope(|scope| {
        let starting: Vec<_> =
            (0..jobs.max(1)).map(|_| scope.spawn(|| Upstream::start(recipe.clone()))).collect();
        let started = starting.into_iter().map(|worker| match worker.join() {
            Ok(started) => started,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        started.collect()
    })
}
