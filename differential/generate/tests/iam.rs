//! What is drawn for the IAM half: valid documents, both outcomes, every operator and element.

use assay_case::iam::{Answer, answer};
use assay_engine::iam::{By, Denial, Verdict};
use assay_generate::iam::{Capability, Coverage, ELEMENTS, world, world_of_bytes};

/// Worlds that are drawn only; deciding takes longer.
const WORLDS: u64 = 3000;
const DECIDED: u64 = 600;

/// The least share of worlds that must have an element.
const FLOOR: f64 = 0.01;

#[test]
fn every_world_can_be_asked_and_both_outcomes_are_frequent() {
    let capability = Capability::everything();
    let mut counts = [0_u32; 5];
    for index in 0..DECIDED {
        let world = world(3, &capability, index);
        for answer in answer(&world) {
            let Answer::Decision(decision) = answer else { panic!("{index}: {answer}: {world:?}") };
            let kind = match (decision.verdict, decision.by) {
                (Verdict::Allow, _) => 0,
                (Verdict::Deny(Denial::Explicit), By::Scp) => 1,
                (Verdict::Deny(Denial::Implicit), By::Scp) => 2,
                (Verdict::Deny(Denial::Explicit), _) => 3,
                (Verdict::Deny(Denial::Implicit), _) => 4,
            };
            counts[kind] += 1;
        }
    }
    let floors = [15, 5, 5, 5, 20].map(|percent| percent * counts.iter().sum::<u32>() / 100);
    assert!(counts.iter().zip(floors).all(|(count, floor)| *count >= floor), "{counts:?}");
}

#[test]
fn every_operator_and_every_element_is_drawn() {
    let capability = Capability::everything();
    let mut coverage = Coverage::default();
    (0..WORLDS).for_each(|index| coverage.count(&world(3, &capability, index)));
    let rare: Vec<_> = ELEMENTS.into_iter().filter(|element| coverage.share(element) < FLOOR).collect();
    assert_eq!(rare, Vec::<&str>::new(), "{coverage:?}");
    let names: Vec<String> = capability.operators.iter().map(ToString::to_string).collect();
    let missing: Vec<&String> =
        names.iter().filter(|name| coverage.operators.get(*name).copied().unwrap_or_default() < 3).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_narrower_capability_draws_nothing_outside() {
    let everything = Capability::everything();
    let operators = everything.operators[..4].to_vec();
    let narrow = Capability {
        name: "narrow",
        organization: false,
        root_user: false,
        question_mark: false,
        type_wildcards: false,
        decimals: false,
        null_of_both: false,
        operators: operators.clone(),
    };
    let mut coverage = Coverage::default();
    (0..WORLDS).for_each(|index| coverage.count(&world(3, &narrow, index)));
    for element in ["organization", "SCP that denies", "root user", "? in an action"] {
        assert_eq!(coverage.elements.get(element), None, "{element}");
    }
    let named: Vec<String> = operators.iter().map(ToString::to_string).collect();
    assert!(coverage.operators.keys().all(|name| named.contains(name)), "{coverage:?}");
    assert!(coverage.operators.len() == named.len(), "{coverage:?}");
}

/// Draws that have run dry give the first of everything, again and again.
#[test]
fn any_bytes_spell_out_a_world_that_ends() {
    let everything = Capability::everything();
    for bytes in [&[] as &[u8], &[0; 64], &[255; 512], b"assay assay assay assay assay assay"] {
        let made = world_of_bytes(&everything, bytes, 3);
        assert_eq!(made, world_of_bytes(&everything, bytes, 3));
        assert_eq!(made.cases.len(), 3);
    }
}
