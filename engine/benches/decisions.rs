//! The engine alone: `cargo bench -p assay-engine --bench decisions [-- FILTER]`. Beside others: `scripts/bench`.

mod requests;

use assay_engine::oslo::{self, Creds, Program, Rules, Target};
use assay_scenarios::{Bench, Request, Scenario, Shape, cinder, glance, nova_size, policy_file, wide};
use divan::{Bencher, black_box};
use requests::{rules, value};

fn main() {
    divan::main();
}

/// One decision of a scenario that is timed.
struct Decision {
    program: Program,
    scenario: Scenario,
    request: Request,
}

const NAMES: [&str; 18] = [
    "glance get_image allow",
    "glance get_image deny",
    "glance get_image worst",
    "glance add_image allow",
    "glance add_image deny",
    "glance add_image worst",
    "glance modify_image allow",
    "glance modify_image deny",
    "glance modify_image worst",
    "cinder volume:get allow",
    "cinder volume:get deny",
    "cinder volume:get worst",
    "nova-size show allow",
    "nova-size show deny",
    "nova-size show worst",
    "nova-size update allow",
    "nova-size update deny",
    "nova-size update worst",
];

fn find(name: &str) -> Decision {
    let bench = [glance(), cinder(), nova_size()]
        .into_iter()
        .find(|bench| bench.scenarios.iter().any(|scenario| name.starts_with(&scenario.name)));
    only(&bench.expect("a scenario"), name)
}

fn only(bench: &Bench, name: &str) -> Decision {
    let of = |scenario: &&Scenario| name.starts_with(&scenario.name);
    let scenario = bench.scenarios.iter().find(of).expect("a scenario").clone();
    let request = scenario.requests.iter().find(|request| name.ends_with(&request.name));
    let request = request.expect("a request").clone();
    Decision { program: Program::new(rules(&bench.policy)), scenario, request }
}

fn compiled(bencher: Bencher<'_, '_>, decision: &Decision) {
    let creds = Creds::new(value(&decision.request.creds)).expect("a mapping");
    let target = Target::new(value(&decision.request.target));
    let rule = decision.scenario.rule.as_str();
    bencher.bench_local(|| decision.program.decide(black_box(rule), black_box(&creds), black_box(&target)));
}

/// The program, on creds and target that are ready.
#[divan::bench(args = NAMES)]
fn program(bencher: Bencher<'_, '_>, name: &str) {
    compiled(bencher, &find(name));
}

/// The reference interpreter.
#[divan::bench(args = NAMES)]
fn interpreter(bencher: Bencher<'_, '_>, name: &str) {
    let decision = find(name);
    let (creds, target) = (value(&decision.request.creds), value(&decision.request.target));
    let (rules, rule) = (decision.program.rules(), decision.scenario.rule.as_str());
    bencher.bench_local(|| {
        let request = oslo::Request { creds: black_box(&creds), target: black_box(&target) };
        oslo::decide(rules, black_box(rule), request)
    });
}

/// One decision among so many rules.
#[divan::bench(args = [10, 100, 1_000, 10_000, 100_000])]
fn rules_beside(bencher: Bencher<'_, '_>, count: usize) {
    compiled(bencher, &only(&wide(count), &format!("{count} rules worst")));
}

/// A rule that refers to a rule, so many times.
#[divan::bench(args = [1, 10, 100])]
fn chain(bencher: Bencher<'_, '_>, levels: usize) {
    compiled(bencher, &only(&Shape::Chain(levels).bench(), &format!("chain of {levels} worst")));
}

/// Each level referring to the next twice.
#[divan::bench(args = [2, 10, 18])]
fn doubled(bencher: Bencher<'_, '_>, levels: usize) {
    compiled(bencher, &only(&Shape::Doubled(levels).bench(), &format!("doubled {levels} worst")));
}

/// An `or` of so many operands.
#[divan::bench(args = [1, 10, 100, 1_000])]
fn length(bencher: Bencher<'_, '_>, operands: usize) {
    compiled(bencher, &only(&Shape::Length(operands).bench(), &format!("{operands} operands worst")));
}

/// Every rule of a policy for one request.
#[divan::bench]
fn every_rule_of_nova_size(bencher: Bencher<'_, '_>) {
    let decision = find("nova-size show worst");
    let creds = Creds::new(value(&decision.request.creds)).expect("a mapping");
    let target = Target::new(value(&decision.request.target));
    bencher.bench_local(|| decision.program.decide_all(black_box(&creds), black_box(&target)));
}

/// A policy file of so many rules to [`Rules`].
#[divan::bench(args = [100, 10_000], sample_count = 20, sample_size = 1)]
fn load(bencher: Bencher<'_, '_>, count: usize) {
    let file = policy_file(&wide(count).policy);
    bencher.bench_local(|| Rules::load(black_box(&file)).expect("a policy"));
}

/// [`Rules`] to a program.
#[divan::bench(args = [100, 10_000], sample_count = 20, sample_size = 1)]
fn compile(bencher: Bencher<'_, '_>, count: usize) {
    let policy = wide(count).policy;
    bencher.with_inputs(|| rules(&policy)).bench_local_values(Program::new);
}
