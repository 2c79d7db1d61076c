//! The stable driver finds what is wrong.

use std::time::{Duration, Instant};

use assay_properties::bounds::Bounds;
use assay_properties::driver::{Settings, Wrong, drive};
use assay_properties::{TARGETS, Target, seeds, target};

const MINUTE: Duration = Duration::from_secs(60);

/// A target with a fault in it, and the words of `parse-bytes`.
fn with_a_fault(property: fn(&[u8])) -> Target {
    Target { property, ..*target("parse-bytes").expect("a target") }
}

fn settings() -> Settings {
    let seeds = vec![b"role:admin or rule:owner".to_vec(), b"is_admin:True".to_vec()];
    Settings { seed: 0, time: MINUTE, limit: Duration::from_secs(2), megabytes: 2048, seeds }
}

fn holds(input: &[u8], word: &[u8]) -> bool {
    input.windows(word.len()).any(|window| window == word)
}

#[test]
fn a_planted_panic_is_found_within_a_minute() {
    fn panics(input: &[u8]) {
        assert!(!(holds(input, b"not (") && holds(input, b"!")), "a planted panic");
    }
    let find = drive(&with_a_fault(panics), settings()).find.expect("found");
    assert_eq!(find.wrong, Wrong::Panicked("a planted panic".to_owned()));
    assert!(holds(&find.input, b"not ("));
}

#[test]
fn a_planted_hang_is_found_within_a_minute() {
    fn hangs(input: &[u8]) {
        while holds(input, b"rule:default") && holds(input, b"@") {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    let started = Instant::now();
    let find = drive(&with_a_fault(hangs), settings()).find.expect("found");
    assert_eq!(find.wrong, Wrong::Hung);
    assert!(holds(&find.input, b"rule:default") && started.elapsed() < MINUTE);
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let settings = Settings { time: Duration::from_secs(1), ..settings() };
    let driven = drive(&with_a_fault(|_| ()), settings);
    assert!(driven.find.is_none() && driven.executions > 1000);
}

#[test]
fn every_target_but_the_empty_one_has_a_manifest_entry_and_bounds() {
    let manifest = include_str!("../../../fuzz/Cargo.toml");
    let names: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[[bin]]")
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    assert_eq!(names, TARGETS.map(|target| target.name), "fuzz/Cargo.toml");
    for target in &TARGETS {
        assert!(target.bounds.bytes > 0 && target.bounds.memory(0) >= 1 << 20, "{}", target.name);
    }
    assert_ne!(target("parse-bytes").expect("a target").bounds, Bounds { seconds: 0, ..TARGETS[0].bounds });
}

#[test]
fn an_unknown_target_is_told_from_those_there_are() {
    let error = target("parse").expect_err("no target").to_string();
    assert!(error.contains("\"parse\"") && error.contains("parse-bytes"), "{error}");
    assert!(seeds::dictionary(target("empty").expect("a target")).is_none());
}
