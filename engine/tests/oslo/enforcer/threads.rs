//! Many threads decide while the policy file changes.

use std::fs::{self, File};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use assay_engine::oslo::enforcer::{Enforcer, Options};
use assay_engine::oslo::python::{Value, text::str_of};
use assay_engine::oslo::{Call, Checks, Request};

use crate::enforcer::world::World;

const READERS: usize = 4;
const SWAPS: u64 = if cfg!(debug_assertions) { 120 } else { 2000 };

/// The rules of a version: `version` hands its number back, and exactly one of `even` and `odd` allows,
/// so that `torn` could allow only in a policy of two halves.
fn text(version: u64) -> String {
    let (even, odd) = if version.is_multiple_of(2) { ("@", "!") } else { ("!", "@") };
    let torn = "(rule:even and rule:odd) or (not rule:even and not rule:odd)";
    let filling: String = (0..50).map(|n| format!("rule{n}: role:a or project_id:%(p)s\n")).collect();
    format!("even: '{even}'\n{filling}version: number:{version}\ntorn: {torn}\nodd: '{odd}'\n")
}

/// Puts a whole file in place of the old one, with a later mtime.
fn swap(world: &World, text: &str, tick: u64) {
    let (new, file) = (world.path.join("new"), world.path.join("policy.yaml"));
    fs::write(&new, text).expect("a file");
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + tick);
    File::open(&new).and_then(|file| file.set_modified(time)).expect("a time");
    fs::rename(new, file).expect("the same directory");
}

fn enforcer(world: &World, strict: bool) -> Enforcer {
    let mut checks = Checks::new();
    checks.register("number", |call: &Call<'_>| Ok(Value::Str(call.text.clone())));
    let options = Options { policy_dirs: Vec::new(), ..world.options() };
    Enforcer::builder(options).checks(checks).strict(strict).build()
}

/// What one reader saw.
#[derive(Default)]
struct Seen {
    decisions: u64,
    versions: u64,
    torn: u64,
    wrong: u64,
    errors: u64,
    slowest: Duration,
}

fn read(enforcer: &Enforcer, floor: &AtomicU64, ceiling: &AtomicU64, done: &AtomicBool) -> Seen {
    let (creds, target) = (py!({}), py!({}));
    let request = Request { creds: &creds, target: &target };
    let mut seen = Seen::default();
    let mut last = 0;
    while !done.load(SeqCst) {
        let least = floor.load(SeqCst).max(last);
        let started = Instant::now();
        let version = enforcer.enforce("version", request);
        seen.slowest = seen.slowest.max(started.elapsed());
        let most = ceiling.load(SeqCst);
        seen.decisions += 1;
        match version {
            Ok(version) => {
                let text = str_of(&version).expect("a text").to_string();
                let version: u64 = text.parse().expect("a number");
                seen.wrong += u64::from(version < least || version > most);
                seen.versions += u64::from(version != last);
                last = version;
            }
            Err(_) => seen.errors += 1,
        }
        match enforcer.enforce("torn", request) {
            Ok(torn) => seen.torn += u64::from(torn.truthy()),
            Err(_) => seen.errors += 1,
        }
        seen.decisions += 1;
    }
    seen
}

/// Every tenth version is broken: upstream raises for one request, strict mode for none.
fn hammer(strict: bool) {
    let world = World::new();
    swap(&world, &text(1), 1);
    let enforcer = enforcer(&world, strict);
    let (floor, ceiling, done) = (AtomicU64::new(1), AtomicU64::new(1), AtomicBool::new(false));
    enforcer.load_rules(false).expect("a policy");
    let started = Instant::now();
    let (mut broken, mut errors) = (0, 0);
    let seen: Vec<Seen> = thread::scope(|scope| {
        let readers: Vec<_> =
            (0..READERS).map(|_| scope.spawn(|| read(&enforcer, &floor, &ceiling, &done))).collect();
        for version in 2..=SWAPS {
            if version % 10 == 0 {
                broken += 1;
                swap(&world, "even: [", version);
                errors += u64::from(enforcer.load_rules(false).is_err());
                continue;
            }
            ceiling.store(version, SeqCst);
            swap(&world, &text(version), version);
            enforcer.load_rules(false).expect("a policy");
            floor.store(version, SeqCst);
        }
        done.store(true, SeqCst);
        readers.into_iter().map(|reader| reader.join().expect("no panic")).collect()
    });
    let sum = |of: fn(&Seen) -> u64| seen.iter().map(of).sum::<u64>();
    let slowest = seen.iter().map(|seen| seen.slowest).max().unwrap_or_default();
    println!(
        "strict {strict}: {READERS} threads, {SWAPS} swaps ({broken} broken) in {:?}: {} decisions, {} changes seen, \
         {} torn, {} wrong, {} errors to readers, {errors} to the writer, slowest decision {slowest:?}",
        started.elapsed(),
        sum(|seen| seen.decisions),
        sum(|seen| seen.versions),
        sum(|seen| seen.torn),
        sum(|seen| seen.wrong),
        sum(|seen| seen.errors),
    );
    assert_eq!((sum(|seen| seen.torn), sum(|seen| seen.wrong)), (0, 0));
    assert!(sum(|seen| seen.decisions) > SWAPS, "too little was decided to say anything");
    let to_readers = sum(|seen| seen.errors);
    if strict {
        assert_eq!((to_readers, errors), (0, broken));
    } else {
        assert_eq!(to_readers + errors, broken, "each broken file raises once, for whoever meets it");
    }
}

#[test]
fn readers_see_whole_policies_and_each_failure_once() {
    hammer(false);
}

#[test]
fn in_strict_mode_readers_see_no_failure() {
    hammer(true);
}

/// A reader that finds a reload under way decides on the policy before it: a check that never comes back
/// holds up nobody, since nothing is locked while it decides.
#[test]
fn a_check_may_ask_the_enforcer_it_is_part_of() {
    use std::sync::{Arc, OnceLock};
    let this: Arc<OnceLock<Enforcer>> = Arc::default();
    let that = Arc::clone(&this);
    let mut checks = Checks::new();
    checks.register("ask", move |call: &Call<'_>| {
        let request = Request { creds: call.creds, target: call.target };
        let other = call.text.as_text().unwrap_or_default();
        Ok(that.get().expect("built").enforce(other, request).expect("a decision"))
    });
    let world = World::with(&[("policy.yaml", "a: ask:b\nb: '@'")]);
    this.set(Enforcer::builder(world.options()).checks(checks).build()).expect("not yet built");
    let enforcer = this.get().expect("built");
    assert_eq!(crate::enforcer::world::ask(enforcer, "a", &[]), "allow");
}

#[test]
fn an_enforcer_goes_to_any_thread() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    is_shared(&World::new().enforcer());
}
