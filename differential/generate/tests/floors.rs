//! What is generated: enough of everything, nothing that the engine has no answer to, and the same
//! each time. A generator that silently stops making something would otherwise still find nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assay_case::{Answer, EngineSubject, Subject};
use assay_engine::oslo::language::Reduction;
use assay_generate::{
    Feature, Features, GeneratedWorld, Generator, Measures, ParsedRules, Profile, Schedule,
};
use rstest::rstest;

const CASES: u64 = 100_000;

/// What 100,000 cases of all profiles hold.
struct Seen {
    /// Worlds by feature. There are about 2,300.
    features: BTreeMap<Feature, u64>,
    /// Cases by profile and outcome. The outcome is the engine's, which a campaign compares with
    /// upstream's: here it matters only that there is a mix.
    outcomes: BTreeMap<(Profile, String), u64>,
    /// Sizes, kinds and reductions by profile.
    measures: BTreeMap<Profile, Measures>,
}

static SEEN: LazyLock<Seen> = LazyLock::new(|| {
    let generator = Generator::new(1);
    let mut seen = Seen { features: BTreeMap::new(), outcomes: BTreeMap::new(), measures: BTreeMap::new() };
    for index in 0..Schedule::All.worlds_of(CASES) {
        let profile = Schedule::All.profile(index);
        let GeneratedWorld { world, requests } = generator.world(profile, index);
        let parsed = ParsedRules::of(&world);
        let features = Features::of(&world, &parsed, &requests);
        for &feature in Feature::ALL.iter().filter(|&&feature| features.has(feature)) {
            *seen.features.entry(feature).or_default() += 1;
        }
        let loaded = EngineSubject.load(&world);
        let shapes = loaded.shapes().unwrap_or_default();
        let mut measures = Measures::of(&world, &parsed, &requests);
        measures.add_shapes(&shapes);
        seen.measures.entry(profile).or_default().join(&measures);
        for request in &requests {
            let answer = loaded.decide(request);
            assert!(answer != Answer::Panicked, "{world:?} {request:?}");
            *seen.outcomes.entry((profile, answer.to_string())).or_default() += 1;
        }
    }
    seen
});

/// In so many of the worlds of 100,000 cases each feature occurs at least. They are floors, at about a
/// half of what was seen when they were set: what matters is that none falls to nothing.
const FLOORS: [(Feature, u64); Feature::ALL.len()] = [
    (Feature::And, 550),
    (Feature::Or, 550),
    (Feature::Not, 300),
    (Feature::Precedence, 50),
    (Feature::Parentheses, 500),
    (Feature::KeywordCase, 250),
    (Feature::Spacing, 400),
    (Feature::Quoted, 75),
    (Feature::Unparsable, 350),
    (Feature::NoColon, 350),
    (Feature::Empty, 100),
    (Feature::List, 300),
    (Feature::OddRule, 45),
    (Feature::Constant, 650),
    (Feature::Role, 500),
    (Feature::Reference, 400),
    (Feature::Undefined, 200),
    (Feature::Cycle, 1),
    (Feature::DefaultRule, 100),
    (Feature::Path, 600),
    (Feature::DottedPath, 350),
    (Feature::NoneKind, 45),
    (Feature::BoolKind, 100),
    (Feature::IntegerKind, 200),
    (Feature::FloatKind, 45),
    (Feature::ComplexKind, 25),
    (Feature::StringKind, 350),
    (Feature::BytesKind, 40),
    (Feature::TupleKind, 15),
    (Feature::ListKind, 20),
    (Feature::SetKind, 20),
    (Feature::DictKind, 9),
    (Feature::EllipsisKind, 6),
    (Feature::InvalidKind, 250),
    (Feature::Format, 650),
    (Feature::Directive, 450),
    (Feature::Percent, 100),
    (Feature::ConversionD, 20),
    (Feature::ConversionI, 18),
    (Feature::ConversionO, 25),
    (Feature::ConversionU, 50),
    (Feature::ConversionX, 20),
    (Feature::ConversionUpperX, 25),
    (Feature::ConversionE, 25),
    (Feature::ConversionUpperE, 19),
    (Feature::ConversionF, 30),
    (Feature::ConversionUpperF, 20),
    (Feature::ConversionG, 20),
    (Feature::ConversionUpperG, 25),
    (Feature::ConversionC, 30),
    (Feature::ConversionR, 20),
    (Feature::ConversionS, 650),
    (Feature::ConversionA, 20),
    (Feature::ConversionPercent, 25),
    (Feature::ConversionOther, 300),
    (Feature::Unfinished, 350),
    (Feature::Anonymous, 750),
    (Feature::AskUndefined, 850),
    (Feature::OddRoles, 800),
    (Feature::ListInCreds, 750),
    (Feature::NestedCreds, 800),
    (Feature::OddCreds, 700),
    (Feature::OddTarget, 600),
    (Feature::SystemScope, 850),
    (Feature::Unicode, 900),
    (Feature::Surrogate, 750),
    (Feature::FileLoads, 95),
    (Feature::FileFails, 80),
    (Feature::PlainScalar, 80),
    (Feature::SingleQuoted, 75),
    (Feature::DoubleQuoted, 100),
    (Feature::LiteralBlock, 55),
    (Feature::FoldedBlock, 35),
    (Feature::FlowCollection, 25),
    (Feature::BlockList, 20),
    (Feature::Anchor, 12),
    (Feature::Alias, 9),
    (Feature::MergeKey, 2),
    (Feature::Tag, 18),
    (Feature::ComplexKey, 10),
    (Feature::FileDirective, 6),
    (Feature::DocumentStart, 30),
    (Feature::Comment, 70),
    (Feature::NotUtf8, 2),
    (Feature::Registered, 85),
    (Feature::Documented, 7),
    (Feature::DeprecatedSame, 60),
    (Feature::DeprecatedRenamed, 50),
    (Feature::DeprecatedOverridden, 30),
    (Feature::ForRemoval, 25),
    (Feature::ScopeTypes, 75),
    (Feature::OldDefaults, 35),
    (Feature::PolicyDirs, 18),
    (Feature::DirectoryFile, 40),
    (Feature::Edit, 65),
    (Feature::EditUnseen, 55),
    (Feature::Removal, 50),
    (Feature::Authorize, 60),
    (Feature::CheckRules, 55),
    (Feature::LoadRules, 55),
    (Feature::DoRaise, 65),
    (Feature::GivenException, 40),
    (Feature::ScopedCheck, 25),
    (Feature::DefaultCheck, 6),
    (Feature::NoOverwrite, 5),
    (Feature::SkipUndefined, 6),
    (Feature::Suppressed, 12),
    (Feature::CustomCheck, 25),
    (Feature::LegacyCheck, 20),
    (Feature::RemoteCheck, 3),
];

#[test]
fn every_feature_is_generated() {
    let seen = |feature| SEEN.features.get(&feature).copied().unwrap_or_default();
    assert!(FLOORS.iter().map(|(feature, _)| feature).eq(Feature::ALL), "every feature has a floor");
    let below: Vec<_> = FLOORS
        .iter()
        .filter(|&&(feature, floor)| seen(feature) < floor)
        .map(|&(feature, floor)| format!("{}: {}, floor {floor}", feature.id(), seen(feature)))
        .collect();
    assert!(below.is_empty(), "{below:#?}");
}

#[rstest]
#[case("raise AttributeError", 300)]
#[case("raise IndentationError", 5)]
#[case("raise InvalidContextObject", 1000)]
#[case("raise OverflowError", 5)]
#[case("raise SyntaxError", 1500)]
#[case("raise TypeError", 2000)]
#[case("raise ValueError", 1000)]
#[case("load AttributeError", 16)]
#[case("load KeyError", 16)]
#[case("load IndexError", 16)]
#[case("load OverflowError", 16)]
#[case("load RecursionError", 16)]
#[case("load TypeError", 1000)]
#[case("load UnicodeDecodeError", 30)]
#[case("load ValueError", 1000)]
fn every_exception_class_is_met(#[case] outcome: &str, #[case] floor: u64) {
    let seen: u64 =
        SEEN.outcomes.iter().filter(|((_, seen), _)| seen == outcome).map(|(_, count)| count).sum();
    assert!(seen >= floor, "{seen} of {CASES}");
}

/// Of each reduction in each profile that draws rules of every form so many.
#[rstest]
#[case(Profile::Language, 30)]
#[case(Profile::Python, 30)]
#[case(Profile::Unicode, 10)]
fn every_reduction_of_the_parser_is_taken(#[case] profile: Profile, #[case] floor: u64) {
    let taken = |reduction: Reduction| {
        SEEN.measures[&profile].reductions.get(reduction.name()).copied().unwrap_or_default()
    };
    let below: Vec<_> = Reduction::ALL
        .into_iter()
        .filter(|&reduction| taken(reduction) < floor)
        .map(|reduction| format!("{}: {}", reduction.name(), taken(reduction)))
        .collect();
    assert!(below.is_empty(), "{below:#?}");
}

#[rstest]
#[case("TrueCheck", 1000)]
#[case("FalseCheck", 1000)]
#[case("NotCheck", 1000)]
#[case("AndCheck", 1000)]
#[case("OrCheck", 1000)]
#[case("RuleCheck", 1000)]
#[case("RoleCheck", 1000)]
#[case("GenericCheck", 1000)]
#[case("HttpCheck", 1)]
fn every_kind_of_check_is_in_rules(#[case] class: &str, #[case] floor: u64) {
    let count: u64 = SEEN.measures.values().filter_map(|measures| measures.checks.get(class)).sum();
    assert!(count >= floor, "{count}");
}

/// Small rules and large ones: so many of some profile have at least so many levels, or checks.
#[test]
fn rules_are_of_all_sizes() {
    let all = SEEN.measures.values().fold(Measures::default(), |mut all, measures| {
        all.join(measures);
        all
    });
    let least =
        |counts: &BTreeMap<u64, u64>, from: u64| counts.range(from..).map(|(_, count)| count).sum::<u64>();
    let floors = [(least(&all.depths, 1), 2000), (least(&all.depths, 4), 500), (least(&all.depths, 8), 5)];
    assert!(floors.iter().all(|(count, floor)| count >= floor), "{all}");
    let floors = [(least(&all.sizes, 1), 2000), (least(&all.sizes, 8), 200), (least(&all.sizes, 16), 20)];
    assert!(floors.iter().all(|(count, floor)| count >= floor), "{all}");
}

/// In every profile that draws: allow, deny, and an exception out of the load or the decision.
#[rstest]
fn requests_come_to_every_kind_of_outcome(
    #[values(
        Profile::Language,
        Profile::Python,
        Profile::List,
        Profile::Unicode,
        Profile::File,
        Profile::Glance,
        Profile::Cinder,
        Profile::Enforcer
    )]
    profile: Profile,
) {
    let count = |wanted: &dyn Fn(&str) -> bool| -> u64 {
        let of_profile = SEEN.outcomes.iter().filter(|((of, outcome), _)| *of == profile && wanted(outcome));
        of_profile.map(|(_, count)| count).sum()
    };
    let raise = |outcome: &str| outcome.starts_with("raise ") || outcome.starts_with("load ");
    let kinds = [count(&|outcome| outcome == "allow"), count(&|outcome| outcome == "deny"), count(&raise)];
    let all = count(&|_| true);
    assert!(kinds.iter().all(|count| count * 10 >= all), "{kinds:?} of {all}");
}

#[rstest]
fn a_world_depends_on_seed_profile_and_index_only(
    #[values(
        Profile::Language,
        Profile::Python,
        Profile::Unicode,
        Profile::File,
        Profile::Glance,
        Profile::Enforcer
    )]
    profile: Profile,
) {
    let world = |seed, index| Generator::new(seed).world(profile, index);
    let generator = Generator::new(5);
    let forwards: Vec<_> = (0..4).map(|index| generator.world(profile, index)).collect();
    let backwards: Vec<_> = (0..4).rev().map(|index| generator.world(profile, index)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert_eq!(world(5, 2), forwards[2]);
    assert_ne!(world(6, 2), forwards[2]);
    assert_ne!(forwards[1], forwards[2]);
    assert!(forwards.iter().all(|made| made.requests.len() as u64 == profile.requests()));
}

#[rstest]
fn any_bytes_spell_out_a_world(
    #[values(
        Profile::Language,
        Profile::Python,
        Profile::List,
        Profile::Unicode,
        Profile::File,
        Profile::Enforcer,
        Profile::Exhaustive
    )]
    profile: Profile,
    #[values(&[], &[0; 64], &[255; 512], b"assay assay assay assay assay assay")] bytes: &[u8],
) {
    let generator = Generator::new(1);
    let made = generator.world_of_bytes(profile, bytes, u64::MAX);
    assert_eq!(made, generator.world_of_bytes(profile, bytes, u64::MAX));
    assert!(made.requests.len() as u64 <= profile.requests());
    assert!(generator.world_of_bytes(profile, bytes, 3).requests.len() <= 3);
}

#[test]
fn all_profiles_take_turns() {
    let of = |profile| (0..Schedule::ROUND).filter(|&index| Schedule::All.profile(index) == profile).count();
    assert_eq!(Profile::ALL.map(of), [6, 5, 1, 2, 12, 2, 2, 4, 0]);
}

#[test]
fn the_cases_of_a_schedule_add_up() {
    for schedule in [Schedule::All, Schedule::One(Profile::File), Schedule::One(Profile::Cinder)] {
        let mut sum = 0;
        for index in 0..90 {
            assert_eq!(schedule.cases_before(index), sum, "{schedule} {index}");
            assert_eq!(schedule.worlds_of(sum), index);
            sum += schedule.profile(index).requests();
        }
    }
}
