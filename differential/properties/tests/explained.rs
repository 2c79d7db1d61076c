//! Traces of generated worlds come to what is decided.

use assay_case::{Ask, engine_rules};
use assay_engine::oslo::Request;
use assay_generate::{Generator, Profile};
use assay_properties::explained;
use rstest::rstest;

/// How many worlds of each profile: some thousand requests, in seconds without optimization.
const WORLDS: u64 = 60;

#[rstest]
#[case::language(Profile::Language)]
#[case::python(Profile::Python)]
#[case::list(Profile::List)]
#[case::unicode(Profile::Unicode)]
#[case::glance(Profile::Glance)]
#[case::cinder(Profile::Cinder)]
fn a_trace_comes_to_what_is_decided_and_its_facts_to_what_it_says(#[case] profile: Profile) {
    let generator = Generator::new(9);
    let mut explanations = 0;
    for index in 0..WORLDS {
        let made = generator.world(profile, index);
        let Ok(rules) = engine_rules(&made.world) else { continue };
        for request in &made.requests {
            if let Ask::Rule(name) = &request.ask {
                explained(&rules, name, Request { creds: &request.creds, target: &request.target });
                explanations += 1;
            }
        }
    }
    assert!(explanations > 500, "{explanations}");
}
