//! `draw`: generated worlds as case files.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `draw`.
#[derive(Debug, Clone, Args)]
pub struct DrawArgs {
    /// Where the files go, one per profile; those of the same names are replaced.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The seed of all randomness.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How many worlds of each profile are drawn. Kept are those with two features, or a feature and an outcome,
    /// that none before them has together.
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub worlds: u64,
    /// How many requests of a world are kept at most: one for each outcome of a rule.
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub requests: usize,
}

/// Says that this build cannot.
#[cfg(not(feature = "upstream"))]
pub fn run(_: &DrawArgs) -> std::process::ExitCode {
    super::without_upstream("draw")
}

#[cfg(feature = "upstream")]
pub use live::run;

#[cfg(feature = "upstream")]
mod live {
    use std::collections::HashSet;
    use std::process::ExitCode;

    use assay_case::{Ask, Document, Outcome, Request, RuleTexts, World, write_file};
    use assay_generate::{Feature, Features, GeneratedWorld, Generator, ParsedRules, Profile};

    use super::DrawArgs;
    use crate::campaign::finding::document;
    use crate::cli::{recipe, unusable};
    use crate::oracle::upstream::Upstream;
    use crate::oracle::wire::told;

    /// The largest frame that is kept.
    const LARGEST: usize = 6 << 10;

    /// Draws and writes, profile by profile.
    pub fn run(arguments: &DrawArgs) -> ExitCode {
        match draw(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => unusable(error),
        }
    }

    fn draw(arguments: &DrawArgs) -> Result<(), String> {
        let generator = Generator::try_new(arguments.seed).map_err(|error| error.to_string())?;
        let mut upstream = Upstream::start(recipe(None)?).map_err(|error| error.to_string())?;
        std::fs::create_dir_all(&arguments.directory)
            .map_err(|error| format!("{}: {error}", arguments.directory.display()))?;
        // Of fixed rules there are corpora, and what is no matter of chance needs none.
        let drawn = |profile: &Profile| !profile.has_fixed_rules() && profile.worlds().is_none();
        for profile in Profile::ALL.into_iter().filter(drawn) {
            let mut seen = HashSet::new();
            let mut documents = Vec::new();
            for index in 0..arguments.worlds {
                let GeneratedWorld { world, requests } = generator.world(profile, index);
                let drawn = keep(&world, requests, arguments.requests, &mut upstream, &mut seen)?;
                documents.extend(drawn.map(|document| Document {
                    about: Some(format!("world {index} of profile {profile}, seed {}", arguments.seed)),
                    ..document
                }));
            }
            let file = arguments.directory.join(format!("{profile}.yaml"));
            write_file(&file, &documents).map_err(|error| format!("{}: {error}", file.display()))?;
            let cases: usize = documents.iter().map(|document| document.cases.len()).sum();
            show_line!("{}: {cases} cases of {} worlds", file.display(), documents.len());
        }
        Ok(())
    }

    /// A world with some of its requests, if there is anything new in it.
    fn keep(
        world: &World,
        requests: Vec<Request>,
        most: usize,
        upstream: &mut Upstream,
        seen: &mut HashSet<(String, String)>,
    ) -> Result<Option<Document>, String> {
        let reply = upstream.decide(world, &requests).map_err(|error| error.to_string())?;
        // Steps are written all or none.
        let steps = world.service().is_some_and(|service| !service.steps.is_empty());
        let poisoned = |outcome: &Outcome| matches!(outcome, Outcome::Poisoned(_));
        if steps && reply.outcomes.iter().any(poisoned) {
            return Ok(None);
        }
        let mut answers = HashSet::new();
        let mut is_wanted = |(request, outcome): &(Request, Outcome)| {
            let asked = match &request.ask {
                Ask::Rule(name) => name.clone(),
                Ask::Check(_) | Ask::Step(_) => String::new(),
            };
            steps
                || !poisoned(outcome) && answers.len() < most && answers.insert((asked, outcome.to_string()))
        };
        let kept = requests.into_iter().zip(reply.outcomes).filter(&mut is_wanted);
        let (requests, outcomes): (Vec<Request>, Vec<Outcome>) = kept.unzip();
        if requests.is_empty() || told(world, &requests, true).len() > LARGEST {
            return Ok(None);
        }
        let features = Features::of(world, &ParsedRules::of(world), &requests);
        let features = Feature::ALL.iter().filter(|&&feature| features.has(feature));
        let labels: Vec<String> = features
            .map(|feature| feature.id().to_owned())
            .chain(outcomes.iter().map(|outcome| format!("outcome {outcome}")))
            .collect();
        let mut is_new = false;
        for (position, label) in labels.iter().enumerate() {
            for other in &labels[position..] {
                is_new |= seen.insert((label.clone(), other.clone()));
            }
        }
        let drawn = || {
            let drawn = document(world, requests, outcomes, upstream.facts());
            // The texts of an enforcer's rules may name servers, whose ports are others each time.
            let shapes = reply.shapes.as_deref().filter(|_| world.service().is_none());
            Document { texts: shapes.map(RuleTexts::of), ..drawn }
        };
        Ok(is_new.then(drawn))
    }
}
