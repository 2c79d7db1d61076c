//! This engine.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use assay_engine::oslo::enforcer::{Definition, Enforcer, Options, RuleDefault};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{self, Creds, Program, Rules, Target};
use assay_scenarios::{Attributes, Bench, Policy, Request, Scenario};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::report::LOAD_AND_COMPILE;
use crate::subject::{Asked, Prepared, Subject, clocked, timed};

/// How it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// A program, with creds and target made ready.
    Compiled,
    /// A program; creds and target are made ready for each decision, from values that are there.
    Anew,
    /// The reference interpreter.
    Interpreted,
    /// The whole enforcer, which looks at its files before each decision.
    Enforcer,
}

impl Subject for Engine {
    fn name(&self) -> &'static str {
        match self {
            Self::Compiled => "assay",
            Self::Anew => "assay, request anew",
            Self::Interpreted => "assay, interpreted",
            Self::Enforcer => "assay, enforcer",
        }
    }

    fn about(&self) -> String {
        match self {
            Self::Compiled => {
                "Program::decide by the rule's name, creds and target made ready before".to_owned()
            }
            Self::Anew => "Creds::of, Target::of and Program::decide, from values that are there".to_owned(),
            Self::Interpreted => "the walk over the check tree that the program is held against".to_owned(),
            Self::Enforcer => {
                "Enforcer::enforce as services have it: the rules registered, a policy file there".to_owned()
            }
        }
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        let rules = Rules::from_texts(bench.policy.rules.iter().map(|(name, text)| (name.as_str(), text)));
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = directory.path().join("policy.yaml");
        std::fs::write(&file, "\"overridden\": \"role:admin\"\n").map_err(|error| error.to_string())?;
        let registered = if *self == Self::Enforcer { bench.policy.rules.as_slice() } else { &[] };
        let enforcer = enforcer(&file, registered)?;
        Ok(Box::new(Loaded { how: *self, program: Program::new(rules), enforcer, _directory: directory }))
    }

    fn loads(&self, _: &Policy, file: &Path) -> Result<Vec<(&'static str, Duration)>, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let read = || {
            let bytes = std::fs::read(file).map_err(|error| said(&error))?;
            Rules::load_bytes(&bytes).map_err(|error| said(&error))
        };
        match self {
            Self::Compiled => Ok(vec![(LOAD_AND_COMPILE, clocked(|| read().map(Program::new))?)]),
            Self::Interpreted => Ok(vec![("assay: Rules::load_bytes alone", clocked(read)?)]),
            Self::Anew => Ok(Vec::new()),
            Self::Enforcer => {
                let enforcer = enforcer(file, &[])?;
                let load = || enforcer.load_rules(false).map_err(|error| said(&error));
                let loaded = clocked(load)?;
                let touch = File::options().append(true).open(file).and_then(|file| {
                    let later = file.metadata()?.modified()? + Duration::from_secs(10);
                    file.set_modified(later)
                });
                touch.map_err(|error| said(&error))?;
                Ok(vec![
                    ("assay: Enforcer::load_rules", loaded),
                    ("assay: Enforcer::load_rules of a file that has changed", clocked(load)?),
                ])
            }
        }
    }
}

/// An enforcer as services have it.
fn enforcer(file: &Path, rules: &[(String, String)]) -> Result<Enforcer, String> {
    let search = file.parent().into_iter().map(Path::to_owned).collect();
    let options = Options { search, ..Options::default() };
    let enforcer = Enforcer::builder(options).build();
    for (name, text) in rules {
        let default = RuleDefault::new(Definition::new(name.as_str(), text.as_str()));
        let default = default.map_err(|error| error.to_string())?;
        enforcer.register_default(default).map_err(|error| error.to_string())?;
    }
    Ok(enforcer)
}

struct Loaded {
    how: Engine,
    program: Program,
    enforcer: Enforcer,
    _directory: TempDir,
}

impl Prepared for Loaded {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let rule = scenario.rule.clone();
        let (creds, target) = (value(&request.creds), value(&request.target));
        let program = &self.program;
        match self.how {
            Engine::Compiled => {
                let creds = Creds::new(creds).map_err(|error| error.to_string())?;
                let target = Target::new(target);
                Ok(Box::new(move |loops| {
                    timed(loops, || {
                        program.decide(black_box(&rule), black_box(&creds), black_box(&target)) == Ok(true)
                    })
                }))
            }
            Engine::Anew => Ok(Box::new(move |loops| {
                timed(loops, || {
                    let target = Target::of(black_box(&target));
                    Creds::of(black_box(&creds))
                        .and_then(|creds| program.decide(black_box(&rule), &creds, &target))
                        == Ok(true)
                })
            })),
            Engine::Enforcer => Ok(Box::new(move |loops| {
                timed(loops, || {
                    let request = oslo::Request { creds: black_box(&creds), target: black_box(&target) };
                    self.enforcer.enforce(black_box(rule.as_str()), request).is_ok_and(|value| value.truthy())
                })
            })),
            Engine::Interpreted => Ok(Box::new(move |loops| {
                timed(loops, || {
                    let request = oslo::Request { creds: black_box(&creds), target: black_box(&target) };
                    oslo::decide(program.rules(), black_box(&rule), request) == Ok(true)
                })
            })),
        }
    }
}

fn value(attributes: &Attributes) -> Value {
    Value::dict(attributes.iter().map(|(key, value)| (key.as_str(), member(value))))
}

fn member(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number.as_i64().map_or(Value::None, |number| Value::Int(number.into())),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(member)),
        Json::Object(members) => value(members),
    }
}
