//! Batches on several workers, results in order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};

use crate::oracle::process::WorkerError;
use crate::oracle::upstream::{Recipe, Upstream};
use crate::oracle::wire::{Batch, Reply};

/// Runs all batches of `source` on `jobs` workers. `judge` sees each batch with its reply and with what was made along
/// with it, on the worker's thread; `sink` gets what it made of them, on the caller's, in the order of `source`.
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
    mut sink: impl FnMut(u64, T),
) -> Result<(), WorkerError>
where
    S: Iterator<Item = M> + Send,
    G: FnMut(M, u64) -> (Batch, P),
    T: Send,
{
    let source = Mutex::new(source.zip(0_u64..));
    let stop = AtomicBool::new(false);
    let (results, received) = mpsc::channel();
    let drive = |mut upstream: Upstream, results: mpsc::Sender<(u64, T)>| -> Result<(), WorkerError> {
        let mut make = maker();
        let mut along = VecDeque::new();
        loop {
            while !upstream.is_busy() && !stop.load(Ordering::Relaxed) {
                let next = source.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                let Some((item, order)) = next else { break };
                let (batch, made) = make(item, order);
                along.push_back(made);
                upstream.submit(batch)?;
            }
            let Some((batch, reply)) = upstream.receive()? else {
                upstream.finish();
                return Ok(());
            };
            let made = along.pop_front().expect("replies come in the order of batches");
            // Nobody listens any more only when the caller is gone.
            let _ = results.send((batch.index(), judge(&batch, &reply, made)));
        }
    };
    let upstreams = start(recipe, jobs)?;
    std::thread::scope(|scope| {
        let workers: Vec<_> = upstreams
            .into_iter()
            .map(|upstream| {
                let results = results.clone();
                let (drive, stop) = (&drive, &stop);
                scope.spawn(move || {
                    let ended = drive(upstream, results);
                    if ended.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    ended
                })
            })
            .collect();
        drop(results);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (index, result) in received {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&next) {
                sink(next, result);
                next += 1;
            }
        }
        let mut outcome = Ok(());
        for worker in workers {
            match worker.join() {
                Ok(ended) => outcome = outcome.and(ended),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcome
    })
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
