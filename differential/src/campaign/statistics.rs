//! What was generated and what came of it, counted.

use std::collections::BTreeMap;
#[cfg(feature = "upstream")]
use std::fmt::Write as _;

#[cfg(feature = "upstream")]
use assay_case::Answer;
use assay_case::{Outcome, Poison};
use assay_generate::{Feature, Measures, count_more};
#[cfg(feature = "upstream")]
use assay_generate::{Features, ParsedRules, Profile};
use serde::{Deserialize, Serialize, de};
use sha2::{Digest as _, Sha256};

#[cfg(feature = "upstream")]
use crate::oracle::batch::{Batch, Contents};
#[cfg(feature = "upstream")]
use crate::oracle::wire::Reply;

/// The counts of one profile, or of several added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rule sets.
    pub worlds: u64,
    /// Requests.
    pub cases: u64,
    /// Requests by upstream's outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Worlds by the features that they use; every feature is there, with 0 if need be.
    pub features: BTreeMap<String, u64>,
    /// Requests to which the subject had no answer, by its reason.
    pub unsupported: BTreeMap<String, u64>,
    /// How large rules are, and what the parser makes of their texts.
    pub measures: Measures,
    /// Nanoseconds of the workers' processors inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds of the workers' processors in all, while they had a batch.
    pub total_ns: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            worlds: 0,
            cases: 0,
            outcomes: BTreeMap::new(),
            features: Feature::ALL.iter().map(|feature| (feature.id().to_owned(), 0)).collect(),
            unsupported: BTreeMap::new(),
            measures: Measures::default(),
            upstream_ns: 0,
            total_ns: 0,
        }
    }
}

impl Counts {
    /// Counts a batch.
    #[cfg(feature = "upstream")]
    pub fn add(&mut self, seen: &Seen) {
        self.worlds += 1;
        self.cases += seen.outcomes.iter().map(|(_, count)| count).sum::<u64>();
        for (outcome, count) in &seen.outcomes {
            count_more(&mut self.outcomes, outcome, *count);
        }
        for feature in Feature::ALL.iter().filter(|&&feature| seen.features.has(feature)) {
            count_more(&mut self.features, feature.id(), 1);
        }
        for reason in &seen.unsupported {
            count_more(&mut self.unsupported, reason, 1);
        }
        self.measures.join(&seen.measures);
        self.upstream_ns += seen.upstream_ns;
        self.total_ns += seen.total_ns;
    }

    /// Adds the counts of another part.
    pub fn join(&mut self, other: &Self) {
        fn sum(ours: &mut BTreeMap<String, u64>, theirs: &BTreeMap<String, u64>) {
            for (key, count) in theirs {
                count_more(ours, key, *count);
            }
        }
        self.worlds += other.worlds;
        self.cases += other.cases;
        sum(&mut self.outcomes, &other.outcomes);
        sum(&mut self.features, &other.features);
        sum(&mut self.unsupported, &other.unsupported);
        self.measures.join(&other.measures);
        self.upstream_ns += other.upstream_ns;
        self.total_ns += other.total_ns;
    }

    /// How many worlds use a feature.
    #[must_use]
    pub fn feature(&self, feature: Feature) -> u64 {
        self.features.get(feature.id()).copied().unwrap_or_default()
    }

    /// How many requests had an outcome of a kind: allow, deny, raise, load, poisoned.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> u64 {
        let is_of_kind = |(outcome, _): &(&String, &u64)| outcome.split(' ').next() == Some(kind);
        self.outcomes.iter().filter(is_of_kind).map(|(_, count)| count).sum()
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

    /// The share of the workers' processor time inside upstream, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share, for people")]
    pub fn upstream_share(&self) -> f64 {
        if self.total_ns == 0 { 0.0 } else { self.upstream_ns as f64 / self.total_ns as f64 }
    }
}

/// What is kept of a batch once it has been compared.
#[cfg(feature = "upstream")]
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
    /// Nanoseconds of the worker's processor inside upstream.
    pub upstream_ns: u64,
    /// Nanoseconds of the worker's processor.
    pub total_ns: u64,
    /// Of the index, the case and its outcomes.
    pub digest: Digest,
}

/// What can be told of a batch before upstream is asked.
#[cfg(feature = "upstream")]
#[derive(Clone, Debug)]
pub struct Foreseen {
    profile: Profile,
    features: Features,
    measures: Measures,
    digest: Sha256,
}

#[cfg(feature = "upstream")]
impl Foreseen {
    /// Of a batch at an index of a campaign.
    #[must_use]
    pub fn of(profile: Profile, index: u64, batch: &Batch) -> Self {
        let contents = batch.contents();
        let Contents { world, requests } = &*contents;
        let parsed = ParsedRules::of(world);
        Self {
            profile,
            features: Features::of(world, &parsed, requests),
            measures: Measures::of(world, &parsed, requests),
            digest: Sha256::new().chain_update(index.to_le_bytes()).chain_update(batch.told()),
        }
    }
}

#[cfg(feature = "upstream")]
impl Seen {
    /// What is kept of a batch when it has been compared.
    #[must_use]
    pub fn of(foreseen: Foreseen, reply: &Reply, answers: &[Answer]) -> Self {
        let Foreseen { profile, features, mut measures, digest } = foreseen;
        let mut outcomes: BTreeMap<&Outcome, u64> = BTreeMap::new();
        for outcome in &reply.outcomes {
            *outcomes.entry(outcome).or_default() += 1;
        }
        // Of what is poisoned no answer is expected.
        let unsupported = answers.iter().zip(&reply.outcomes).filter_map(|pair| match pair {
            (Answer::Unsupported(reason), outcome) if !matches!(outcome, Outcome::Poisoned(_)) => {
                Some(reason.clone())
            }
            _ => None,
        });
        measures.add_shapes(reply.shapes.as_deref().unwrap_or_default());
        Self {
            profile,
            outcomes: outcomes.into_iter().map(|(outcome, count)| (outcome.to_string(), count)).collect(),
            features,
            unsupported: unsupported.collect(),
            measures,
            upstream_ns: reply.upstream_ns,
            total_ns: reply.total_ns,
            digest: Digest::of(digest, &reply.outcomes),
        }
    }
}

/// A fingerprint of worlds, requests and upstream's outcomes. Digests add up in any order, so shards
/// and runs with any number of jobs come to the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of one batch: of its index and of what is told of it, which have been hashed, and of its outcomes.
    #[cfg(feature = "upstream")]
    fn of(told: Sha256, outcomes: &[Outcome]) -> Self {
        let mut text = String::new();
        for outcome in outcomes {
            let _ = write!(text, "{outcome}\0");
        }
        Self(told.chain_update(text).finalize().into())
    }

    /// Of several campaigns: of one its own, and in what order they are told matters.
    #[must_use]
    pub fn of_all(campaigns: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = campaigns.into_iter().collect();
        match all.as_slice() {
            [] => Self::default(),
            [one] => *one,
            several => Self(
                several.iter().fold(Sha256::new(), |hash, one| hash.chain_update(one.0)).finalize().into(),
            ),
        }
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

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let byte = |index: usize| u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
        let bytes = bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| de::Error::custom("a digest is 64 hexadecimal digits"))
    }
}
