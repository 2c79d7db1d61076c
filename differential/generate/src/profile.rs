//! Profiles, and the worlds that they make of a seed and an index.

use std::fmt;

use assay_case::{Request, World};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::contexts::Contexts;
use crate::draw::Draw;
use crate::policies::{PolicyError, cinder, glance};
use crate::rules::{self, Flavour};
use crate::schedule::{FILE_REQUESTS, REQUESTS, SERVICE_REQUESTS};
use crate::swarm::Swarm;
use crate::{exhaustive, files, services};

/// A kind of worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Generated rules in every form that the language has.
    Language,
    /// Kinds that are Python expressions, formats and values of every type.
    Python,
    /// Rules in the older form, and rules that are neither texts nor lists.
    List,
    /// Text from all of Unicode.
    Unicode,
    /// Policy files: rules written as YAML or JSON in every style, many of them damaged.
    File,
    /// Random requests to Glance's registered defaults.
    Glance,
    /// Random requests to Cinder's policy.json.
    Cinder,
    /// Whole enforcers: registered defaults, deprecations, scopes, options, files that change in between.
    Enforcer,
    /// Every rule text of up to six words, and no randomness at all.
    Exhaustive,
}

/// No profile has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no profile is called {0:?}; there are: all, {names}", names = Profile::ALL.map(Profile::name).join(", "))]
pub struct UnknownProfile(pub(crate) String);

impl Profile {
    /// All profiles, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Language,
        Self::Python,
        Self::List,
        Self::Unicode,
        Self::File,
        Self::Glance,
        Self::Cinder,
        Self::Enforcer,
        Self::Exhaustive,
    ];

    /// Its name on command lines and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Python => "python",
            Self::List => "list",
            Self::Unicode => "unicode",
            Self::File => "file",
            Self::Glance => "glance",
            Self::Cinder => "cinder",
            Self::Enforcer => "enforcer",
            Self::Exhaustive => "exhaustive",
        }
    }

    /// What its worlds are, in a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Language => "rules in every form that the language has",
            Self::Python => "kinds that are Python expressions, formats, values of every type",
            Self::List => "rules in the older form, and rules that are neither texts nor lists",
            Self::Unicode => "text from all of Unicode",
            Self::File => "policy files in every style of YAML and JSON, many of them damaged",
            Self::Glance => "random requests to Glance's registered defaults",
            Self::Cinder => "random requests to Cinder's policy.json",
            Self::Enforcer => {
                "whole enforcers: registered defaults, deprecations, scopes, options, files that change in between"
            }
            Self::Exhaustive => {
                "no randomness: every rule text of up to six words, every printf directive over a table of values, \
                 every kind of up to three characters"
            }
        }
    }

    /// How many requests each of its worlds has; only the last world of the exhaustive sections has fewer.
    #[must_use]
    pub const fn requests(self) -> u64 {
        match self {
            // Reading a file takes upstream as long as dozens of decisions.
            Self::File => FILE_REQUESTS,
            // Each may read several files.
            Self::Enforcer => SERVICE_REQUESTS,
            _ => REQUESTS,
        }
    }

    /// How many worlds it has, where that is a number.
    #[must_use]
    pub const fn worlds(self) -> Option<u64> {
        match self {
            Self::Exhaustive => Some(exhaustive::WORLDS),
            _ => None,
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
    glance: World,
    cinder: World,
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
        Ok(Self { seed, glance: glance()?, cinder: cinder()? })
    }

    /// The world at an index: the same for the same seed, profile and index.
    #[must_use]
    pub fn world(&self, profile: Profile, index: u64) -> GeneratedWorld {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(index.to_le_bytes());
        hash.update(profile.name());
        self.draw(profile, index, profile.requests(), &mut Draw::seeded(&hash.finalize().into()))
    }

    /// The world that some bytes spell out, for drivers that choose bytes: the same for the same bytes, and
    /// a world for any. Of the exhaustive profile it is the one at the index that the bytes begin with. At
    /// most `requests` are made, so that a driver need not pay for more than it asks.
    #[must_use]
    pub fn world_of_bytes(&self, profile: Profile, bytes: &[u8], requests: u64) -> GeneratedWorld {
        let mut draw = Draw::spelled(bytes);
        let index = if profile == Profile::Exhaustive { draw.bits() % exhaustive::WORLDS } else { 0 };
        let mut made = self.draw(profile, index, requests.min(profile.requests()), &mut draw);
        made.requests.truncate(usize::try_from(requests).unwrap_or(usize::MAX));
        made
    }

    fn draw(&self, profile: Profile, index: u64, requests: u64, draw: &mut Draw) -> GeneratedWorld {
        let count = usize::try_from(requests).unwrap_or_default();
        let flavour = match profile {
            Profile::Exhaustive => return exhaustive::world(index),
            Profile::Enforcer => {
                let (world, requests) = services::world(count, draw);
                return GeneratedWorld { world, requests };
            }
            Profile::Language | Profile::File | Profile::Glance | Profile::Cinder => Flavour::Language,
            Profile::Python => Flavour::Python,
            Profile::List => Flavour::List,
            Profile::Unicode => Flavour::Unicode,
        };
        let swarm = Swarm::draw(draw);
        let model = match profile {
            Profile::Glance => self.glance.clone(),
            Profile::Cinder => self.cinder.clone(),
            _ => rules::world(flavour, swarm, draw),
        };
        let world = if profile == Profile::File { files::world(&model, draw) } else { model.clone() };
        let requests = Contexts { draw, swarm, flavour }.requests(&model, count);
        GeneratedWorld { world, requests }
    }
}
