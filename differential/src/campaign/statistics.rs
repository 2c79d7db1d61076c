//! What was generated and what came of it, counted.

use std::collections::BTreeMap;

use assay_case::{Answer, Outcome, Poison};
use assay_generate::{Feature, Features, Measures, Profile};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::oracle::wire::{Batch, Reply};

/// The counts of one profile, or of several added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rule sets.
    pub worlds: u64,
    /// Requests.
    pub cases: u64,
    /// Requests by upstream's outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Worlds by the features that they use; every feature is there, with 0 if need be.
    pub features: BTreeMap<&'static str, u64>,
    /// Requests to which the subject had no answer, by its reason.
    pub unsupported: BTreeMap<String, u64>,
    /// How large rules are, and what the parser makes of their texts.
    pub measures: Measures,
    /// Nanoseconds of the workers inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds of the workers in all, while they had a batch.
    pub total_ns: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            worlds: 0,
            cases: 0,
            outcomes: BTreeMap::new(),
            features: Feature::ALL.iter().map(|feature| (feature.id(), 0)).collect(),
            unsupported: BTreeMap::new(),
            measures: Measures::default(),
            upstream_ns: 0,
            total_ns: 0,
        }
    }
}

impl Counts {
    /// Counts a batch.
    pub fn add(&mut self, seen: &Seen) {
        self.worlds += 1;
        self.cases += seen.outcomes.iter().map(|(_, count)| count).sum::<u64>();
        for (outcome, count) in &seen.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += count;
        }
        for feature in Feature::ALL.iter().filter(|&&feature| seen.features.has(feature)) {
            *self.features.entry(feature.id()).or_default() += 1;
        }
        for reason in &seen.unsupported {
            *self.unsupported.entry(reason.clone()).or_default() += 1;
        }
        self.measures.join(&seen.measures);
        self.upstream_ns += seen.upstream_ns;
        self.total_ns += seen.total_ns;
    }

    /// How many requests are poisoned with this reason.
    #[must_use]
    pub fn poisoned(&self, reason: Poison) -> u64 {
        self.outcomes.get(&Outcome::Poisoned(reason).to_string()).copied().unwrap_or_default()
    }

    /// Requests without an answer of the subject.
    #[must_use]
    pub fn unsupported_cases(&self) -> u64 {
        self.unsupported.values().sum()
    }

    /// The share of worker time inside upstream, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share, for people")]
    pub fn upstream_share(&self) -> f64 {
        if self.total_ns == 0 { 0.0 } else { self.upstream_ns as f64 / self.total_ns as f64 }
    }
}

/// What is kept of a batch once it has been compared.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its profile.
    pub profile: Profile,
    /// Requests by outcome.
    pub outcomes: Vec<(String, u64)>,
    /// The features of its world and requests.
    pub features: Features,
    /// Why the subject had no answer, once per request.
    pub unsupported: Vec<String>,
    /// How large rules are, and what the parser makes of their texts.
    pub measures: Measures,
    /// Nanoseconds inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds of the worker.
    pub total_ns: u64,
    /// Of the index, the case and its outcomes.
    pub digest: Digest,
}

impl Seen {
    /// What is kept of a batch at an index of a campaign.
    #[must_use]
    pub fn of(profile: Profile, index: u64, batch: &Batch, reply: &Reply, answers: &[Answer]) -> Self {
        let mut outcomes = BTreeMap::new();
        for outcome in &reply.outcomes {
            *outcomes.entry(outcome.to_string()).or_default() += 1;
        }
        // Of what is poisoned no answer is expected.
        let unsupported = answers.iter().zip(&reply.outcomes).filter_map(|pair| match pair {
            (Answer::Unsupported(reason), outcome) if !matches!(outcome, Outcome::Poisoned(_)) => {
                Some(reason.clone())
            }
            _ => None,
        });
        Self {
            profile,
            outcomes: outcomes.into_iter().collect(),
            features: Features::of(&batch.world, &batch.requests),
            unsupported: unsupported.collect(),
            measures: Measures::of(
                &batch.world,
                &batch.requests,
                reply.shapes.as_deref().unwrap_or_default(),
            ),
            upstream_ns: reply.upstream_ns,
            total_ns: reply.total_ns,
            digest: Digest::of(index, batch, reply),
        }
    }
}

/// A fingerprint of worlds, requests and upstream's outcomes. Digests add up in any order, so shards
/// and runs with any number of jobs come to the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of one batch.
    #[must_use]
    pub fn of(index: u64, batch: &Batch, reply: &Reply) -> Self {
        let mut hash = Sha256::new();
        hash.update(index.to_le_bytes());
        hash.update(batch.frame());
        for outcome in &reply.outcomes {
            hash.update(outcome.to_string());
            hash.update([0]);
        }
        Self(hash.finalize().into())
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] ^ other.0[index]))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
