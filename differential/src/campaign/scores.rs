//! Generated worlds, on our engine and on a peer: how far each agrees with upstream.
//!
//! A peer's disagreements are counted, not shrunk and not saved: they are no findings about this project.

use assay_case::{Answer, EngineSubject, Outcome, Subject};
use assay_generate::{Generator, Profile};

use super::pool;
use super::run::{RunError, Settings, Watcher, batch, worlds};
use crate::oracle::upstream::Recipe;
use crate::scores::Scores;

/// Of one request: what upstream, our engine and the peer say.
type Said = (Outcome, Answer, Answer);

/// Decides generated requests on all three, by profile.
///
/// # Errors
/// See [`RunError`].
pub fn score(
    settings: &Settings,
    recipe: &Recipe,
    peer: &dyn Subject,
    watcher: &mut dyn Watcher,
) -> Result<Scores, RunError> {
    Generator::try_new(settings.seed)?;
    let mut scores = Scores::default();
    let (worlds, total) = worlds(settings);
    let mut cases = 0;
    pool::run(
        recipe,
        settings.jobs,
        worlds,
        || {
            let generator = Generator::new(settings.seed);
            move |index, order| (batch(&generator, settings, index, order), ())
        },
        |batch, reply, ()| {
            let contents = batch.contents();
            let (engine, peer) = (EngineSubject.load(&contents.world), peer.load(&contents.world));
            let said =
                contents.requests.iter().zip(&reply.outcomes).map(|(request, expected)| {
                    (expected.clone(), engine.decide(request), peer.decide(request))
                });
            let profile = settings.schedule.profile(settings.world_index(batch.index()));
            (profile, said.collect())
        },
        |_, (profile, said): (Profile, Vec<Said>)| {
            cases += said.len() as u64;
            for (expected, engine, peer) in &said {
                scores.count(profile.name(), expected, engine, Some(peer));
            }
            watcher.progress(cases, total);
        },
    )?;
    Ok(scores)
}
