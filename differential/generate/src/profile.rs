//! Profiles, and the worlds that they make of a seed and an index.

use std::fmt;
use std::str::FromStr;

use assay_case::{Request, World};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::contexts::requests;
use crate::exhaustive;
use crate::policies::{PolicyError, cinder, glance};
use crate::rules;

/// Requests per world: enough that upstream's set-up of a world is small beside its decisions, and
/// few enough that one world stays well under a second.
pub const REQUESTS: usize = 64;

/// A kind of worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Generated rules in every form that the language has.
    Language,
    /// Random requests to Glance's registered defaults.
    Glance,
    /// Random requests to Cinder's policy.json.
    Cinder,
    /// Every rule text of up to six words, and no randomness at all.
    Exhaustive,
}

/// No profile has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no profile is called {0:?}; there are: all, language, glance, cinder, exhaustive")]
pub struct UnknownProfile(String);

impl Profile {
    /// All profiles, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Language, Self::Glance, Self::Cinder, Self::Exhaustive];

    /// Its name on command lines and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Glance => "glance",
            Self::Cinder => "cinder",
            Self::Exhaustive => "exhaustive",
        }
    }

    /// How many worlds it has, where that is a number.
    #[must_use]
    pub const fn worlds(self) -> Option<u64> {
        match self {
            Self::Exhaustive => Some(exhaustive::WORLDS),
            Self::Language | Self::Glance | Self::Cinder => None,
        }
    }

    /// Whether all of its worlds have the same rules, and differ in their requests only.
    #[must_use]
    pub const fn has_fixed_rules(self) -> bool {
        matches!(self, Self::Glance | Self::Cinder)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which profile each index of a campaign has.
///
/// ```
/// use assay_generate::{Profile, Schedule};
/// let all: Schedule = "all".parse().unwrap();
/// assert_eq!(all.profile(0), Profile::Language);
/// assert!((0..8).any(|index| all.profile(index) == Profile::Cinder));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// All profiles that draw, in turn, generated rules most often.
    All,
    /// One profile.
    One(Profile),
}

impl Schedule {
    /// So many indices in a row meet every profile of the schedule.
    pub const ROUND: u64 = 8;

    /// How many worlds there are, where that is a number.
    #[must_use]
    pub const fn worlds(self) -> Option<u64> {
        match self {
            Self::All => None,
            Self::One(profile) => profile.worlds(),
        }
    }

    /// The profile of an index.
    #[must_use]
    pub const fn profile(self, index: u64) -> Profile {
        match self {
            Self::One(profile) => profile,
            Self::All => match index % Self::ROUND {
                3 => Profile::Glance,
                7 => Profile::Cinder,
                _ => Profile::Language,
            },
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::One(profile) => profile.fmt(f),
        }
    }
}

impl FromStr for Schedule {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == "all" {
            return Ok(Self::All);
        }
        let known = Profile::ALL.into_iter().find(|profile| profile.name() == name);
        known.map(Self::One).ok_or_else(|| UnknownProfile(name.to_owned()))
    }
}

/// A world with the requests that are asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneratedWorld {
    /// The rules.
    pub world: World,
    /// The requests.
    pub requests: Vec<Request>,
}

/// Makes the worlds of one seed.
pub struct Generator {
    seed: u64,
    worlds: BoxedStrategy<World>,
    glance: (World, BoxedStrategy<Vec<Request>>),
    cinder: (World, BoxedStrategy<Vec<Request>>),
}

impl Generator {
    /// A generator for a seed.
    ///
    /// # Panics
    /// If a documented policy that this build carries cannot be read; a test reads them.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::try_new(seed).expect("the documented policies are readable")
    }

    /// A generator for a seed.
    ///
    /// # Errors
    /// A documented policy that cannot be read.
    pub fn try_new(seed: u64) -> Result<Self, PolicyError> {
        let with_requests = |world| {
            let requests = requests(&world, REQUESTS).boxed();
            (world, requests)
        };
        Ok(Self {
            seed,
            worlds: rules::world(),
            glance: with_requests(glance()?),
            cinder: with_requests(cinder()?),
        })
    }

    /// The world at an index: the same for the same seed, profile and index.
    ///
    /// # Panics
    /// Never: no strategy of a profile rejects all of its values.
    #[must_use]
    pub fn world(&self, profile: Profile, index: u64) -> GeneratedWorld {
        let mut runner = self.runner(profile, index);
        let mut asked_of = |(world, requests): &(World, BoxedStrategy<Vec<Request>>)| GeneratedWorld {
            world: world.clone(),
            requests: draw(requests, &mut runner),
        };
        match profile {
            Profile::Glance => asked_of(&self.glance),
            Profile::Cinder => asked_of(&self.cinder),
            Profile::Exhaustive => exhaustive::world(index),
            Profile::Language => {
                let world = draw(&self.worlds, &mut runner);
                let requests = draw(&requests(&world, REQUESTS), &mut runner);
                GeneratedWorld { world, requests }
            }
        }
    }

    fn runner(&self, profile: Profile, index: u64) -> TestRunner {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(index.to_le_bytes());
        hash.update(profile.name());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &hash.finalize());
        TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng)
    }
}

fn draw<T: fmt::Debug>(strategy: &impl Strategy<Value = T>, runner: &mut TestRunner) -> T {
    strategy.new_tree(runner).expect("a strategy that rejects few values").current()
}
