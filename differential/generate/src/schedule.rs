//! Which profile comes when.

use std::fmt;
use std::str::FromStr;

use crate::profile::{Profile, UnknownProfile};

/// Requests of most worlds: enough that upstream's set-up of a world is small beside its decisions, and
/// few enough that one world stays well under a second.
pub(crate) const REQUESTS: u64 = 64;

/// Requests of a world that is a policy file.
pub(crate) const FILE_REQUESTS: u64 = 16;

/// Requests of a world that is a whole enforcer.
pub(crate) const SERVICE_REQUESTS: u64 = 32;

/// Which profile each index of a campaign has.
///
/// ```
/// use assay_generate::{Profile, Schedule};
/// let all: Schedule = "all".parse().unwrap();
/// assert_eq!(all.profile(0), Profile::Language);
/// assert!((0..Schedule::ROUND).any(|index| all.profile(index) == Profile::Cinder));
/// assert_eq!(all.cases_before(1), Profile::Language.requests());
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
    pub const ROUND: u64 = ORDER.len() as u64;

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
            Self::All => ORDER[(index % Self::ROUND) as usize],
        }
    }

    /// How many requests the worlds before an index hold.
    #[must_use]
    pub fn cases_before(self, index: u64) -> u64 {
        match self {
            Self::One(profile) => index.saturating_mul(profile.requests()),
            Self::All => {
                let cases =
                    |profiles: &[Profile]| profiles.iter().map(|profile| profile.requests()).sum::<u64>();
                let rest = usize::try_from(index % Self::ROUND).unwrap_or_default();
                (index / Self::ROUND).saturating_mul(cases(&ORDER)).saturating_add(cases(&ORDER[..rest]))
            }
        }
    }

    /// How many worlds it takes to hold so many requests.
    ///
    /// ```
    /// use assay_generate::Schedule;
    /// let all = Schedule::All;
    /// let worlds = all.worlds_of(100_000);
    /// assert!(all.cases_before(worlds) >= 100_000 && all.cases_before(worlds - 1) < 100_000);
    /// ```
    #[must_use]
    pub fn worlds_of(self, cases: u64) -> u64 {
        let round = self.cases_before(Self::ROUND);
        let mut worlds = cases / round * Self::ROUND;
        while self.cases_before(worlds) < cases {
            worlds += 1;
        }
        worlds
    }
}

/// The round of all profiles that draw. Files and enforcers have few requests and much that can differ between two of
/// them: there are more of these than their share of the requests would have.
const ORDER: [Profile; 34] = {
    use Profile::{Cinder, Enforcer, File, Glance, Language, List, Python, Unicode};
    [
        Language, File, Python, File, Language, Unicode, File, Enforcer, Python, File, Language, File,
        Glance, Python, File, Enforcer, Cinder, Language, File, List, File, Language, Enforcer, File,
        Unicode, Python, File, Glance, Language, File, Cinder, Python, File, Enforcer,
    ]
};

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
