//! A fixed loop over each decision, for callgrind: `scripts/instructions`.
//!
//! Each measurement is one call of [`bench_measured`], in the order that `--list` prints; callgrind collects inside it
//! and writes a file as it leaves. How many instructions a decision takes does not depend on what else the machine does.
#![forbid(unsafe_code)]

mod requests;

use std::hint::black_box;
use std::process::ExitCode;

use assay_engine::oslo::{Creds, Program, Rules, Target};
use assay_scenarios::{Bench, Scenario, Shape, cinder, glance, nova_size, policy_file, wide};
use requests::{rules, value};

/// How often a decision is made.
const LOOPS: u64 = 100;
/// How many rules the file has that is loaded.
const LOADED: usize = 1_000;

/// What is run so many times.
type Body = Box<dyn FnMut(u64)>;

/// One measurement.
struct Measured {
    name: String,
    loops: u64,
    body: Body,
}

fn main() -> ExitCode {
    let only_list = std::env::args().any(|argument| argument == "--list");
    for Measured { name, loops, mut body } in measurements() {
        if only_list {
            println!("{name}\t{loops}");
        } else {
            body(2);
            bench_measured(&mut body, loops);
        }
    }
    ExitCode::SUCCESS
}

/// What callgrind looks at.
#[inline(never)]
fn bench_measured(body: &mut Body, loops: u64) {
    body(black_box(loops));
}

/// All of them, in order.
fn measurements() -> Vec<Measured> {
    let mut all = vec![decision("nothing", |loops| {
        (0..loops).for_each(|loop_| {
            black_box(loop_);
        });
    })];
    for bench in [glance(), cinder(), nova_size()] {
        all.extend(decisions(&bench));
    }
    all.push(anew());
    all.push(every_rule());
    all.extend(floors());
    for levels in [1, 10, 100] {
        all.extend(decisions(&Shape::Chain(levels).bench()));
    }
    for levels in [2, 10, 18] {
        all.extend(decisions(&Shape::Doubled(levels).bench()));
    }
    for operands in [1, 10, 100, 1_000] {
        all.extend(decisions(&Shape::Length(operands).bench()));
    }
    for count in [10, 100, 1_000, 10_000, 100_000] {
        all.extend(decisions(&wide(count)));
    }
    all.push(load());
    all
}

fn decision(name: &str, body: impl FnMut(u64) + 'static) -> Measured {
    Measured { name: name.to_owned(), loops: LOOPS, body: Box::new(body) }
}

fn decisions(bench: &Bench) -> Vec<Measured> {
    let program = std::sync::Arc::new(Program::new(rules(&bench.policy)));
    let mut all = Vec::new();
    for Scenario { name, rule, requests } in &bench.scenarios {
        for request in requests.iter().filter(|request| request.timed) {
            let (program, rule) = (std::sync::Arc::clone(&program), rule.clone());
            let creds = Creds::new(value(&request.creds)).expect("a mapping");
            let target = Target::new(value(&request.target));
            all.push(decision(&format!("{name} {}", request.name), move |loops| {
                for _ in 0..loops {
                    let _ =
                        black_box(program.decide(black_box(&rule), black_box(&creds), black_box(&target)));
                }
            }));
        }
    }
    all
}

/// `get_image` on the worst path, creds and target made ready for each decision.
fn anew() -> Measured {
    let bench = glance();
    let program = Program::new(rules(&bench.policy));
    let request = &bench.scenarios[0].requests[2];
    let (creds, target) = (value(&request.creds), value(&request.target));
    decision("glance get_image worst, request anew", move |loops| {
        for _ in 0..loops {
            let creds = Creds::of(black_box(&creds)).expect("a mapping");
            let target = Target::of(black_box(&target));
            let _ = black_box(program.decide(black_box("get_image"), &creds, &target));
        }
    })
}

/// Every rule of Glance for the request of [`anew`].
fn every_rule() -> Measured {
    let bench = glance();
    let program = Program::new(rules(&bench.policy));
    let request = &bench.scenarios[0].requests[2];
    let creds = Creds::new(value(&request.creds)).expect("a mapping");
    let target = Target::new(value(&request.target));
    decision("glance, all rules for one request", move |loops| {
        for _ in 0..loops {
            drop(black_box(program.decide_all(black_box(&creds), black_box(&target))));
        }
    })
}

/// What a decision cannot do without: the comparisons of texts that it comes to, by somebody who knows where each
/// text is. Nothing is looked up, nothing can raise, no value has another type.
fn floors() -> Vec<Measured> {
    let bench = glance();
    let text = |of: &assay_scenarios::Attributes, key: &str| {
        of.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let mut all = Vec::new();
    for (scenario, request) in [(0, 0), (0, 1), (0, 2)] {
        let request = &bench.scenarios[scenario].requests[request];
        let roles = request.creds["roles"].as_array().expect("a list");
        let roles: Vec<String> = roles.iter().map(|role| role.as_str().expect("a text").to_owned()).collect();
        let project = text(&request.creds, "project_id");
        let (of, member) = (text(&request.target, "project_id"), text(&request.target, "member_id"));
        let visibility = text(&request.target, "visibility");
        all.push(decision(&format!("floor of glance get_image {}", request.name), move |loops| {
            for _ in 0..loops {
                let (roles, project) = (black_box(&roles), black_box(&project));
                let (of, member, visibility) = (black_box(&of), black_box(&member), black_box(&visibility));
                black_box(
                    roles.iter().any(|role| role == "admin")
                        || (roles.iter().any(|role| role == "reader")
                            && (project == of
                                || project == member
                                || visibility == "community"
                                || visibility == "public"
                                || visibility == "shared")),
                );
            }
        }));
    }
    all
}

/// A policy file and its program, by the rule.
fn load() -> Measured {
    let file = policy_file(&wide(LOADED).policy);
    Measured {
        name: "load and compile, each rule of 1000".to_owned(),
        loops: LOADED as u64,
        body: Box::new(move |loops| {
            // Once, whatever is asked for but a call that warms up.
            if loops >= LOADED as u64 {
                drop(black_box(Program::new(Rules::load(black_box(&file)).expect("a policy"))));
            }
        }),
    }
}
