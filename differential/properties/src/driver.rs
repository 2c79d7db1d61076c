//! A driver on stable Rust: seeds, mutated by a seeded generator, for a time.
//!
//! It sees no coverage, so libFuzzer finds more; but it runs wherever Rust does, and its sequence of inputs
//! depends on the seed alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use sha2::{Digest as _, Sha256};

use crate::targets::Target;
use crate::vocabulary::words;

/// How a run is driven.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed of all randomness.
    pub seed: u64,
    /// For how long.
    pub time: Duration,
    /// How long one input may take.
    pub limit: Duration,
    /// Megabytes that the process may hold, where that can be told.
    pub megabytes: u64,
    /// What mutations start from.
    pub seeds: Vec<Vec<u8>>,
}

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The property does not hold, or the engine panicked: with this message.
    Panicked(String),
    /// It took longer than it may. Its thread goes on.
    Hung,
    /// The process held more than it may.
    Memory,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Panicked(message) => write!(f, "panic: {message}"),
            Self::Hung => f.write_str("hang"),
            Self::Memory => f.write_str("too much memory"),
        }
    }
}

/// An input that shows something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What is wrong.
    pub wrong: Wrong,
    /// The input.
    pub input: Vec<u8>,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Driven {
    /// How many inputs were run.
    pub executions: u64,
    /// For how long.
    pub time: Duration,
    /// The first find, which ends the run.
    pub find: Option<Find>,
}

/// What both threads see.
struct Shared {
    stop: AtomicBool,
    executions: AtomicU64,
    current: Mutex<(Vec<u8>, Instant)>,
}

/// Drives a target until something is found or the time is up.
///
/// ```
/// use assay_properties::driver::{Settings, drive};
/// use std::time::Duration;
/// let second = Duration::from_secs(1);
/// let settings = Settings { seed: 0, time: second, limit: second, megabytes: 2048, seeds: vec![b"@ or !".to_vec()] };
/// let driven = drive(assay_properties::target("parse-bytes").unwrap(), settings);
/// assert!(driven.executions > 0 && driven.find.is_none());
/// ```
#[must_use]
pub fn drive(target: &Target, settings: Settings) -> Driven {
    let started = Instant::now();
    let shared = Arc::new(Shared {
        stop: AtomicBool::new(false),
        executions: AtomicU64::new(0),
        current: Mutex::new((Vec::new(), started)),
    });
    let (found, finds) = mpsc::channel();
    let Settings { time, limit, megabytes, .. } = settings;
    let (theirs, target) = (Arc::clone(&shared), *target);
    // Not joined: a hang has no end.
    thread::spawn(move || work(&target, settings, &theirs, &found));
    let find = loop {
        match finds.recv_timeout(Duration::from_millis(50)) {
            Ok(find) => break Some(find),
            Err(mpsc::RecvTimeoutError::Disconnected) => break None,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        let (input, since) = {
            let current = shared.current.lock().unwrap_or_else(PoisonError::into_inner);
            (current.0.clone(), current.1)
        };
        if since.elapsed() > limit {
            break Some(Find { wrong: Wrong::Hung, input });
        }
        if held_megabytes().is_some_and(|held| held > megabytes) {
            break Some(Find { wrong: Wrong::Memory, input });
        }
        if started.elapsed() > time {
            shared.stop.store(true, Ordering::Relaxed);
        }
    };
    shared.stop.store(true, Ordering::Relaxed);
    Driven { executions: shared.executions.load(Ordering::Relaxed), time: started.elapsed(), find }
}

fn work(target: &Target, settings: Settings, shared: &Shared, found: &mpsc::Sender<Find>) {
    let mut mutator = Mutator::new(target, settings);
    let mut first = mutator.seeds.clone().into_iter();
    while !shared.stop.load(Ordering::Relaxed) {
        let input = first.next().unwrap_or_else(|| mutator.next());
        *shared.current.lock().unwrap_or_else(PoisonError::into_inner) = (input.clone(), Instant::now());
        let ran = catch_unwind(AssertUnwindSafe(|| target.run(&input)));
        shared.executions.fetch_add(1, Ordering::Relaxed);
        if let Err(panic) = ran {
            let message = panic.downcast_ref::<String>().cloned();
            let message = message.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let wrong = Wrong::Panicked(message.unwrap_or_default());
            // Nobody listens any more only when the run is over.
            let _ = found.send(Find { wrong, input });
            return;
        }
    }
}

/// Inputs out of other inputs.
struct Mutator {
    rng: TestRng,
    seeds: Vec<Vec<u8>>,
    words: Vec<&'static str>,
    longest: usize,
}

impl Mutator {
    fn new(target: &Target, settings: Settings) -> Self {
        let seed = Sha256::digest(format!("{} {}", settings.seed, target.name));
        Self {
            rng: TestRng::from_seed(RngAlgorithm::ChaCha, &seed),
            seeds: settings.seeds,
            words: words(target.name),
            longest: target.bounds.bytes,
        }
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.rng.next_u64() % count.max(1) as u64).unwrap_or_default()
    }

    fn any_seed(&mut self) -> Vec<u8> {
        match self.below(self.seeds.len() + 1) {
            0 => {
                let length = self.below(512);
                (0..length).map(|_| self.rng.next_u64().to_le_bytes()[0]).collect()
            }
            index => self.seeds[index - 1].clone(),
        }
    }

    fn next(&mut self) -> Vec<u8> {
        let mut input = self.any_seed();
        for _ in 0..1 + self.below(6) {
            self.mutate(&mut input);
        }
        input.truncate(self.longest);
        input
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(64);
        start..start + self.below(most + 1)
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let place = self.below(input.len() + 1);
        match self.below(8) {
            0 | 1 if !self.words.is_empty() => {
                let index = self.below(self.words.len());
                let word = self.words[index];
                input.splice(place..place, word.bytes());
            }
            2 => {
                let range = self.range(input.len());
                input.drain(range);
            }
            3 => {
                let range = self.range(input.len());
                let part = input[range].to_vec();
                let times = 1 + self.below(4);
                input.splice(place..place, part.repeat(times));
            }
            4 => {
                let other = self.any_seed();
                let range = self.range(other.len());
                input.splice(place..place, other[range].iter().copied());
            }
            5 => input.truncate(place),
            6 => {
                let byte = self.rng.next_u64().to_le_bytes()[0];
                input.insert(place, byte);
            }
            _ => {
                let bit = 1 << self.below(8);
                if let Some(byte) = input.get_mut(place) {
                    *byte ^= bit;
                }
            }
        }
    }
}

/// What the process holds, where the system tells.
fn held_megabytes() -> Option<u64> {
    const PAGES_OF_A_MEGABYTE: u64 = 256;
    let text = std::fs::read_to_string(Path::new("/proc/self/statm")).ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages / PAGES_OF_A_MEGABYTE)
}
